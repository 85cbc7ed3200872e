"""The meaning of an IMAP server's NO, BAD or BYE for us: one table, read in one place."""

from __future__ import annotations

import re
from collections.abc import Iterable

from maildesk.errors import (
    CommandRefused,
    ConnectionLost,
    LoginRefused,
    MaildeskError,
    ServerBusy,
    SessionEnded,
    TlsRefused,
)
from maildesk.transport.imap_answers import Status, readable
from maildesk.transport.imap_values import ImapAccount

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

_LONGEST_WAIT = 3600
_BACK_OFF = re.compile(r"suggested backoff time: (\d{1,9}) milliseconds", re.IGNORECASE)
# Microsoft 365 takes the token of a login that has no right to the mailbox, and says so at the next command.
_NOT_ITS_MAILBOX = "authenticated but not connected"
_GIVE_RIGHTS = (
    "the token is good, but not for this mailbox: is username its address? Give the login full access to it "
    "(Add-MailboxPermission; for an application, by the Object ID of its Enterprise application)"
)
_TOKEN_ENDED = re.compile(r"token ?expired|session (?:invalidated|expired)", re.IGNORECASE)


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
    if _NOT_ITS_MAILBOX in status.text.lower():
        return LoginRefused(said, remedy=_GIVE_RIGHTS)
    if busy(status):
        return ServerBusy(said, remedy=_SLOW_DOWN, away=_is_away(status), wait=_named_wait(status))
    return otherwise(said, remedy=remedy)


def login_refused(user: str, status: Status, secrets: Iterable[str]) -> MaildeskError:
    """The error for a refused login, without the password should the server repeat it."""
    doing = f"cannot log in as {user}"
    if status.code == "PRIVACYREQUIRED":
        return refused(doing, status, TlsRefused, "set security: tls or security: starttls", secrets)
    return refused(doing, status, LoginRefused, "check user name and password of this mailbox", secrets)


class TokenNotTaken(LoginRefused):
    """The server does not accept a token; `status` is what it says of it (401, invalid_token), if it does."""

    def __init__(self, message: str, *, remedy: str = "", status: str = "") -> None:
        super().__init__(message, remedy=remedy)
        self.status = status


def token_refused(account: ImapAccount, status: Status, about: str, secrets: Iterable[str]) -> MaildeskError:
    """The error for a token that was refused."""
    found = refused(f"cannot log in as {account.username} with a token", status, LoginRefused, "", secrets)
    if not isinstance(found, LoginRefused) or found.remedy:
        return found
    said = f"{found.message} (status {about})" if about else found.message
    name = account.bearer.name if account.bearer else ""
    remedy = (
        f"may login {name} read this mailbox over IMAP? Look at its permissions, at an administrator's "
        "consent to them, and at username; docs/microsoft365.md and docs/gmail.md list the causes"
    )
    return TokenNotTaken(said, remedy=remedy, status=about)


def goodbye(status: Status, *, token: bool = False) -> MaildeskError:
    """The error for a BYE, at the greeting or later. `token`: the session began with one."""
    said = f"the server ended the connection: {status.text or 'BYE'}"
    if token and _TOKEN_ENDED.search(status.text):
        return SessionEnded(said)
    if busy(status):
        return ServerBusy(said, remedy=_SLOW_DOWN, away=_is_away(status), wait=_named_wait(status))
    return ConnectionLost(said)


def _named_wait(status: Status) -> float:
    """The seconds for which Microsoft 365 wants to be left alone, where it names them."""
    found = _BACK_OFF.search(status.text)
    return min(int(found[1]) / 1000, _LONGEST_WAIT) if found else 0


def _is_away(status: Status) -> bool:
    """A server that is not whole comes back by itself (RFC 5530 §3); one that counts what we ask does not."""
    return status.code in _AWAY_CODES or (not status.code and "[unavailable]" in status.text.lower())
