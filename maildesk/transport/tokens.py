"""The port to the tokens of a login (OAuth 2.0): what a connection asks for, and how a person brings them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from maildesk.errors import MaildeskError


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A token as it is handed out. `fresh`: seconds until another is due; `left`: until it ends."""

    value: str = field(repr=False)
    fresh: float
    left: float


@dataclass(frozen=True, slots=True)
class TokenTrouble:
    """A renewal that fails: how often in a row, since which moment (seconds since 1970), and why."""

    failures: int
    since: float
    problem: MaildeskError


@dataclass(frozen=True, slots=True)
class TokenState:
    """Moments in the life of a login's tokens, in seconds since 1970; 0 is a moment that never was.

    `obtained` and `expires` are those of the access token, `refresh_since` that of the refresh token. `skew`:
    by how many seconds our clock is ahead of the token endpoint's, where that is worth a word.
    """

    obtained: float
    expires: float
    refresh_since: float
    scope: str
    skew: float
    trouble: TokenTrouble | None


class TokenSource(Protocol):
    """The tokens of one login for one user name: one source in a process, equal to itself alone.

    A connection asks each time it logs in and keeps no token. Raised: TokenUnavailable, or TokenRefused (as
    GrantLost, ClientRefused, TokensUnusable), or what the secret's place says.
    """

    @property
    def name(self) -> str:
        """The name of the login, as the configuration has it."""

    @property
    def state(self) -> TokenState: ...
    async def token(self, refused: str = "") -> AccessToken:
        """Give a token that holds; never the `refused` one, which a server did not take."""


class KeptTokens(TokenSource, Protocol):
    """A source that keeps its tokens for the time after the process."""

    async def prove_writable(self) -> None:
        """Raise TokensUnusable where tokens could not be kept."""

    async def settled(self) -> None:
        """Wait until a renewal that has begun is over: it may have ended the tokens that are kept.

        What could not be written before is tried once more.
        """


class Logins(Protocol):
    """The sources of the logins that a configuration names."""

    def of(self, login: str, username: str) -> TokenSource:
        """The source of a login for this user name."""


class GrantedTokens(Protocol):
    """Tokens that a person's sign-in brought, in hand and not kept yet.

    `lasting`: they can be renewed. `scope` is what was granted, as the provider says it; empty where it is
    what was asked for.
    """

    @property
    def scope(self) -> str: ...
    @property
    def lasting(self) -> bool: ...
    @property
    def source(self) -> TokenSource:
        """Give these tokens to a server, to see whether it takes them; they are never renewed."""

    def keep(self) -> Path:
        """Store them in place of what was there, and say where; it blocks. Raises TokensUnusable."""


class BrowserSignIn(Protocol):
    """A sign-in that waits for a person with a browser, on this machine or another.

    `opened` is the address to open. Where the provider then sends the browser, `waits_at` on this machine, is
    listened to. Raised: BadInput where an address is not that of this sign-in, and what asking for tokens
    raises.
    """

    @property
    def opened(self) -> str: ...
    @property
    def waits_at(self) -> str: ...
    async def landed(self) -> GrantedTokens:
        """Wait until the browser comes to this machine."""

    async def pasted(self, address: str) -> GrantedTokens:
        """Take the address at which a browser ended elsewhere."""

    async def close(self) -> None:
        """Listen no more."""


class DeviceSignIn(Protocol):
    """A sign-in by a code that a person types at an address, on whatever device (RFC 8628)."""

    @property
    def opened(self) -> str: ...
    @property
    def code(self) -> str: ...
    async def approved(self) -> GrantedTokens:
        """Wait until the person has said yes."""


class PersonSignIn(Protocol):
    """The ways in which a person signs in for a login. What they begin with is found at the provider."""

    @property
    def wanted(self) -> str:
        """The scope that is asked for."""

    async def prove(self) -> None:
        """Raise TokensUnusable where tokens could not be kept afterwards."""

    async def by_browser(self, who: str, port: int | None = None) -> BrowserSignIn:
        """Begin one; `who` is expected to sign in, and the browser to come back to this port."""

    async def by_device(self) -> DeviceSignIn:
        """Begin one; raises BadInput where the provider has no such way."""
