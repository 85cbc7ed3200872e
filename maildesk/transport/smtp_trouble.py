"""Trouble on the way to a relay, before it is ready for mail, in the words and types of this program."""

from __future__ import annotations

import ssl

import aiosmtplib

from maildesk.errors import BadInput, CommandRefused, ConnectionLost, MaildeskError, ServerBusy, TlsRefused
from maildesk.transport.remedies import remedy_for
from maildesk.transport.security import Security
from maildesk.transport.smtp_answer import asks_to_slow_down, one_line

# The peer left in the middle of the handshake: that says nothing about its certificate.
_HANDSHAKE_CUT = (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError)


_PORTS = {Security.TLS: 465, Security.STARTTLS: 587}


def problem(error: Exception, where: str, security: Security = Security.NONE) -> MaildeskError:
    """Name what went wrong before the relay was ready for mail, in the words and types of this program."""
    broken = _tls_error(error)
    if broken is not None:
        return TlsRefused(
            f"no trustworthy encryption with {where}: {_tls_reason(broken)}",
            remedy=remedy_for(broken, security, _PORTS)
            or "nothing was sent; renew the relay's certificate, correct host, port or security, "
            "or name its authority in ca_file",
        )
    if isinstance(error, aiosmtplib.SMTPResponseException) and 400 <= error.code <= 599:
        busy = error.code < 500 or asks_to_slow_down(error.code, error.message)
        return (ServerBusy if busy else CommandRefused)(
            f"{where} does not take mail now: {error.code} {one_line(error.message)}"
        )
    if isinstance(error, TimeoutError):
        remedy = remedy_for(error, security, _PORTS)
        return ConnectionLost(f"{where} did not answer in time", remedy=remedy)
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return ConnectionLost(f"{where} answered something that is not SMTP")
    if isinstance(error, ValueError):
        return BadInput(f"{where} cannot be used as a relay: {one_line(str(error))}")
    cause = error.__cause__ or error
    remedy = remedy_for(cause, security, _PORTS)
    if isinstance(cause, ConnectionRefusedError):
        return ConnectionLost(f"no connection to {where}: it refuses the connection", remedy=remedy)
    return ConnectionLost(
        f"no connection to {where}: {one_line(str(cause)) or 'it was closed'}", remedy=remedy
    )


def _tls_error(error: BaseException | None) -> ssl.SSLError | None:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return None if isinstance(error, _HANDSHAKE_CUT) else error
        error = error.__cause__
    return None


def _tls_reason(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return one_line(error.verify_message)
    return (error.reason or "handshake failed").replace("_", " ").lower()
