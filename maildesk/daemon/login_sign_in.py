"""A sign-in, looked at before its tokens are kept: it must last, be for everything, and be let in."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from maildesk.config import building
from maildesk.config.logins import LoginFlow, LoginProvider
from maildesk.config.settings import Settings
from maildesk.daemon.findings import CheckOutcome, Finding, fail, ok
from maildesk.daemon.login_ends import UNUSED
from maildesk.daemon.login_uses import proofs, uses
from maildesk.errors import BadInput
from maildesk.transport.tokens import BrowserSignIn, GrantedTokens, PersonSignIn

Granted: TypeAlias = GrantedTokens
InBrowser: TypeAlias = BrowserSignIn

_NOT_SHOWN = frozenset({"offline_access", "openid", "profile", "email"})
_LASTS = {
    LoginProvider.MICROSOFT: "the application must ask for offline_access: is it in `scope`?",
    LoginProvider.GOOGLE: "take its access away at myaccount.google.com/permissions, and sign in again",
    LoginProvider.OTHER: "let the provider give this client refresh tokens (scope offline_access)",
}


@dataclass(slots=True)
class SigningIn:
    """A person who signs in for a login. `refused`: after the look, the tokens are not to be kept."""

    name: str
    who: str
    person: PersonSignIn
    settings: Settings
    environ: Mapping[str, str] = field(repr=False)
    refused: bool = False

    @classmethod
    def begin(
        cls, settings: Settings, environ: Mapping[str, str], name: str, who: str | None = None
    ) -> SigningIn:
        """Prepare one; raises BadInput where nobody can sign in for this login."""
        section = settings.logins[name]
        if section.flow is not LoginFlow.PERSON:
            message = f"login {name} is of flow {section.flow}: nobody signs in for it"
            raise BadInput(message, remedy="see whether it works: maildesk check")
        used = uses(settings, name)
        if not used:
            remedy = f"write login: {name} at the imap and smtp of the mailbox that it is for"
            raise BadInput(f"nothing uses login {name}", remedy=remedy)
        username = used[0].section.username or ""
        person = building.token_sources(settings, environ).sign_in(name, username)
        return cls(name, who or username, person, settings, environ)

    async def looked_at(self, granted: Granted) -> AsyncIterator[Finding]:
        """Look at what came, and try it at each server; a server for letters may be mended later."""
        provider = self.settings.logins[self.name].provider
        if not granted.lasting:
            self.refused = True
            message = "the provider gave no refresh token: this login would end within the hour"
            yield fail("signed in", message, _LASTS[provider])
            return
        span = UNUSED.get(provider)
        unused = f", at most {span.days} days unused" if span else ""
        scopes = " ".join(shown_scopes(granted.scope or self.person.wanted))
        yield ok("signed in", f"scopes {scopes}; renews by itself{unused}")
        if lacking := missing_scopes(self.person.wanted, granted.scope):
            message = f"not granted: {' '.join(lacking)}"
            yield fail("scope", message, "add these permissions to the application, and sign in again")
        for use, check in proofs(self.settings, self.environ, self.name, granted):
            async for finding in check.findings():
                if finding.outcome is CheckOutcome.FAIL and (use.reads or not self._reads):
                    self.refused = True
                yield finding

    @property
    def _reads(self) -> bool:
        return any(use.reads for use in uses(self.settings, self.name))


def shown_scopes(scope: str) -> list[str]:
    """The names of what was granted, without the addresses that stand before them."""
    names = (each.strip("/").rpartition("/")[2] for each in scope.split() if each not in _NOT_SHOWN)
    return list(dict.fromkeys(names))


def missing_scopes(wanted: str, granted: str) -> list[str]:
    """Name what was asked for and not granted. A provider that says nothing granted all (RFC 6749 §5.1)."""
    if not granted:
        return []
    there = {each.lower() for each in shown_scopes(granted)}
    return [each for each in shown_scopes(wanted) if each.lower() not in there]
