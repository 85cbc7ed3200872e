"""The port to the tokens of a login (OAuth 2.0): what a connection asks for, and what it is given."""

from __future__ import annotations

from dataclasses import dataclass, field
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
