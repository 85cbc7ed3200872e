"""Privacy of a connection, for IMAP and SMTP alike."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import ssl
from enum import StrEnum

from maildesk.errors import PermanentError


class Security(StrEnum):
    """`tls` from the first byte, `starttls` demanded before anything else, `none` on this machine only."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


def tls_context(ca_file: str | None = None) -> ssl.SSLContext:
    """A client context that verifies certificate and host name and refuses anything older than TLS 1.2.

    `ca_file` adds the operator's own authority to nothing: where it is given, only it is trusted.
    """
    context = ssl.create_default_context(cafile=ca_file)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def is_loopback(host: str) -> bool:
    """Tell whether `host` names this machine without asking anyone (no name look-up but `localhost`)."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def refuse_plaintext_abroad(host: str, security: Security) -> None:
    """Raise PermanentError when a connection without encryption would leave this machine (RFC 8314 §3)."""
    if security is Security.NONE and not is_loopback(host):
        raise PermanentError(
            f"security: none is for this machine only, but {host} is elsewhere",
            remedy="set security: tls or security: starttls",
        )


def hang_up(transport: asyncio.WriteTransport) -> None:
    """End a connection at once; one that has ended already is left as it is.

    Debian 12's Python 3.11.2 raises AttributeError when an encrypted transport that was closed is aborted.
    """
    with contextlib.suppress(AttributeError):
        transport.abort()
