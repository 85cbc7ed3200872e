"""Every problem maildesk can name; whether trying again may help is part of the type.

The message of an error is what a person reads: what is wrong, where, and what to do about it.
Nothing here carries a password, a token or the words of a mail.
"""

from __future__ import annotations


class MaildeskError(Exception):
    """A problem with a name. `remedy` is one sentence that says what a person can do."""

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} ({self.remedy})" if self.remedy else self.message


class TemporaryError(MaildeskError):
    """Trying again later may work. Whatever we do not understand is temporary."""


class PermanentError(MaildeskError):
    """Trying again changes nothing until a person does something."""


# --- the wire -------------------------------------------------------------------------------------


class ConnectionLost(TemporaryError):
    """The connection ended, timed out or answered nonsense; nothing on it may be used again."""


class HungUp(ConnectionLost):
    """The server ended the connection after the work before; what was about to follow was never heard."""


class ServerBusy(TemporaryError):
    """The server asked us to slow down (THROTTLED, too many connections, 421, 432).

    `away`: a part of it is missing (UNAVAILABLE) and comes back by itself; it is not we who ask too much.
    `wait`: the seconds that the server itself named, if it did.
    """

    def __init__(self, message: str, *, remedy: str = "", away: bool = False, wait: float = 0) -> None:
        super().__init__(message, remedy=remedy)
        self.away = away
        self.wait = wait


class SessionEnded(TemporaryError):
    """The server ended a session because the token it began with ran out: another begins with a new one."""


class CommandRefused(TemporaryError):
    """The server understood the command and said NO or BAD; the connection is still in step."""


class LoginRefused(PermanentError):
    """The server does not accept the user name or password."""


class TokenUnavailable(TemporaryError):
    """No token can be had just now: network, token endpoint, clock. Nothing is lost, and it passes."""


class TokenRefused(PermanentError):
    """No token can be had until a person does something."""


class GrantLost(TokenRefused):
    """The right that a person once gave holds no more: revoked, run out, or the password was changed."""


class ClientRefused(TokenRefused):
    """The provider does not take us as the application we say we are, or not what we ask for."""


class TokensUnusable(TokenRefused):
    """The file in which tokens are kept cannot be read, trusted or written."""


class TlsRefused(PermanentError):
    """No trustworthy encrypted connection: certificate, host name, version, or STARTTLS not offered."""


class FolderMissing(PermanentError):
    """The folder we are told to watch cannot be selected."""


# --- the store ------------------------------------------------------------------------------------


class StoreBusy(TemporaryError):
    """Another process holds the database's write lock for too long."""


class StoreFull(TemporaryError):
    """The disk or quota of the database is full; intake pauses until there is room."""


class StoreUnreachable(TemporaryError):
    """The database server does not answer."""


class StoreReadOnly(TemporaryError):
    """The database can be read and not written: a standby, a disk in trouble, missing rights."""


class TooManyFiles(TemporaryError):
    """The process or the machine has no file descriptors left."""


class StoreUnusable(PermanentError):
    """The database cannot be used by this program: newer schema, wrong settings, damaged file."""


class StoreReplaced(StoreUnusable):
    """Another file lies in the place of the one that was opened."""


class StoreRefused(PermanentError):
    """The database does not take a value as it is (a constraint, a type): a fault of what was written."""


class PageUnwritten(TemporaryError):
    """A file for others to read cannot be put in its place."""


class AlreadyRunning(PermanentError):
    """Another daemon works on this database."""


# --- mail -----------------------------------------------------------------------------------------


class Unreadable(PermanentError):
    """A mail that our reader could not turn into a value; it goes to quarantine with this reason."""


class ReaderKilled(TemporaryError):
    """The child that was reading a mail died or was stopped at its time limit; one more try is owed."""


class ReaderNotReady(TemporaryError):
    """The child that reads mails ended before it could read any: no mail had to do with it."""


# --- people ---------------------------------------------------------------------------------------


class NotFound(PermanentError):
    """No case, mail, letter or person of that name."""


class Ambiguous(PermanentError):
    """The short form fits more than one."""


class NotAllowed(PermanentError):
    """The case's state or the person's rights do not allow this; nothing was changed."""


class BadInput(PermanentError):
    """The input cannot be used as it is."""
