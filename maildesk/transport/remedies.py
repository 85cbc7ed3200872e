"""The remedy for a connection that did not come about, for IMAP and SMTP alike."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Mapping

from maildesk.transport.security import Security

Ports = Mapping[Security, int]
"""The usual port of each kind of security."""

_NO_TLS = frozenset(
    {"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "UNKNOWN_PROTOCOL", "PACKET_LENGTH_TOO_LONG"}
)
"""The names that OpenSSL has for words in clear where a handshake should be."""

_NOT_YET_VALID, _EXPIRED, _OTHER_NAME = 9, 10, 62
"""X509_V_ERR_… of OpenSSL."""


def remedy_for(trouble: BaseException, security: Security, ports: Ports) -> str:
    """Say what a person can do about it; empty where nothing is sure."""
    if isinstance(trouble, ssl.SSLCertVerificationError):
        return _about_certificate(trouble.verify_code)
    if isinstance(trouble, ssl.SSLError) and _reason(trouble) in _NO_TLS and security is Security.TLS:
        port = ports[Security.STARTTLS]
        return (
            f"this port does not speak TLS from the first byte: set security: starttls (usually port {port})"
        )
    if isinstance(trouble, TimeoutError) and security is not Security.TLS:
        port = ports[Security.TLS]
        return f"a port that speaks TLS at once, such as {port}, stays silent: there set security: tls"
    if isinstance(trouble, ConnectionRefusedError):
        usual = f"{ports[Security.TLS]} with tls, {ports[Security.STARTTLS]} with starttls"
        return f"nothing listens on this port: correct it (usually {usual}), or start the server"
    if isinstance(trouble, socket.gaierror):
        return "correct the name of the host, or see how this machine looks names up"
    return ""


def _reason(trouble: ssl.SSLError) -> str | None:
    """Give OpenSSL's name for it; one that Python raised of itself has none."""
    return getattr(trouble, "reason", None)


def _about_certificate(code: int) -> str:
    today = time.strftime("%Y-%m-%d %H:%M", time.gmtime())
    if code == _NOT_YET_VALID:
        return f"this machine's clock says {today} UTC: if that is wrong, set it (timedatectl)"
    if code == _EXPIRED:
        return f"have it renewed; or set this machine's clock, which says {today} UTC"
    if code == _OTHER_NAME:
        return "write the host as the certificate names it"
    return "correct the host name, or name the authority that signed it as ca_file"
