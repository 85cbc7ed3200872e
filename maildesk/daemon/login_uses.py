"""The servers that a login is for: each tried with a token, in the order of the configuration."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from maildesk.config import building
from maildesk.config.settings import NamedServer, Settings
from maildesk.daemon.findings import Check, Finding, ok
from maildesk.transport.mailbox import MailServer
from maildesk.transport.relay import Relay
from maildesk.transport.tokens import GrantedTokens, TokenSource


def uses(settings: Settings, login: str | None = None) -> list[NamedServer]:
    """The servers that name this login, or any."""
    found = [each for each in settings.servers if each.section.login is not None]
    return [each for each in found if login in (None, each.section.login)]


@dataclass(frozen=True, slots=True)
class _TokensInHand:
    """Tokens of a sign-in that is not kept yet, for every server of its login."""

    source: TokenSource

    def of(self, login: str, username: str) -> TokenSource:
        return self.source


def proofs(
    settings: Settings, environ: Mapping[str, str], login: str, granted: GrantedTokens
) -> Iterator[tuple[NamedServer, Check]]:
    """List what is to be tried with the tokens of a sign-in before they are kept."""
    tokens = _TokensInHand(granted.source)
    for use in uses(settings, login):
        if use.reads and use.box:
            server = partial(building.mail_server, settings, use.box, environ, tokens)
            yield use, Check(use.name, partial(_read, use.name, server, use.box.folder))
        else:
            relay = partial(building.relay_of, settings, use, environ, tokens)
            yield use, Check(use.name, partial(_sent, use.name, relay))


async def _read(name: str, server: partial[MailServer], folder: str) -> AsyncIterator[Finding]:
    found = server()
    conn = await found.connect(hurried=True)
    try:
        await conn.select(folder, look_only=True)
        yield ok(name, f"{found.described}; {folder} opens")
    finally:
        await conn.close()


async def _sent(name: str, relay: partial[Relay]) -> AsyncIterator[Finding]:
    found = relay()
    conn = await found.connect(hurried=True)
    await conn.close()
    yield ok(name, found.described)
