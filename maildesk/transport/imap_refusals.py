"""The meaning of an IMAP server's NO, BAD or BYE for us: one table, read in one place."""

from __future__ import annotations

from collections.abc import Iterable

from maildesk.errors import (
    CommandRefused,
    ConnectionLost,
    LoginRefused,
    MaildeskError,
    ServerBusy,
    TlsRefused,
)
from maildesk.transport.imap_answers import Status, readable

# Response codes that ask us to come back later (RFC 5530 §3, RFC 9051 §7.1, and what large providers send).
_BUSY_CODES = {"THROTTLED", "UNAVAILABLE", "INUSE", "LIMIT", "OVERQUOTA", "SERVERBUG"}
_AWAY_CODES = {"UNAVAILABLE", "SERVERBUG"}
_BUSY_WORDS = (
    "too many",
    "throttl",
    "temporar",
    "try again",
    "rate limit",
    "bandwidth limit",
    "[unavailable]",
    "[overquota]",
)
_SLOW_DOWN = "maildesk will wait before it tries again; if this stays, ask the mail provider about its limits"


def busy(status: Status) -> bool:
    """Tell whether the server asks for patience. A code of another trouble is believed before the words."""
    if status.code in _BUSY_CODES:
        return True
    words = status.text.lower()
    return status.code in ("", "ALERT") and any(sign in words for sign in _BUSY_WORDS)


def refused(
    doing: str,
    status: Status,
    otherwise: type[MaildeskError] = CommandRefused,
    remedy: str = "",
    hide: Iterable[str] = (),
) -> MaildeskError:
    """The error for a NO or BAD: ServerBusy where the server asks for patience, else `otherwise`."""
    said = f"{doing}: the server answered {status.word} {readable(status.words, hide)}".rstrip()
    if busy(status):
        return ServerBusy(said, remedy=_SLOW_DOWN, away=_is_away(status))
    return otherwise(said, remedy=remedy)


def login_refused(user: str, status: Status, secrets: Iterable[str]) -> MaildeskError:
    """The error for a refused login, without the password should the server repeat it."""
    doing = f"cannot log in as {user}"
    if status.code == "PRIVACYREQUIRED":
        return refused(doing, status, TlsRefused, "set security: tls or security: starttls", secrets)
    return refused(doing, status, LoginRefused, "check user name and password of this mailbox", secrets)


def goodbye(status: Status) -> MaildeskError:
    """The error for a BYE, at the greeting or later."""
    said = f"the server ended the connection: {status.text or 'BYE'}"
    if busy(status):
        return ServerBusy(said, remedy=_SLOW_DOWN, away=_is_away(status))
    return ConnectionLost(said)


def _is_away(status: Status) -> bool:
    """A server that is not whole comes back by itself (RFC 5530 §3); one that counts what we ask does not."""
    return status.code in _AWAY_CODES or (not status.code and "[unavailable]" in status.text.lower())
