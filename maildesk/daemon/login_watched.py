"""The logins that a configuration uses, each with its sources of tokens."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from maildesk.config.logins import LoginSection
from maildesk.config.settings import MailboxSection, Settings
from maildesk.config.token_sources import TokenSources
from maildesk.daemon.login_ends import LoginEnd, ends_of
from maildesk.daemon.login_uses import uses
from maildesk.errors import MaildeskError
from maildesk.mail.addr_spec import ByAddress
from maildesk.transport.tokens import KeptTokens, TokenTrouble


@dataclass(frozen=True, slots=True)
class WatchedLogin:
    """A login in use. `sources`: one for each user name for which it has tokens of their own.

    `senders`: whether the letters of a mailbox go by it, by the address; of all others by the empty one.
    """

    name: str
    section: LoginSection
    sources: Sequence[KeptTokens]
    certificate: Callable[[], datetime | None]
    senders: ByAddress[bool]

    @property
    def sends(self) -> bool:
        """Tell whether letters go by it, beside alarms."""
        return any(self.senders.values())

    def troubles(self) -> Iterator[TokenTrouble]:
        """Troubles that keep it from renewing its tokens."""
        yield from (found for each in self.sources if (found := each.state.trouble))

    def ends(self) -> Iterator[LoginEnd]:
        """Its ends that are known before; a sign-in ends where it is not used."""
        try:
            certificate = self.certificate()
        except MaildeskError:  # it cannot be read: the next renewal fails, and says so
            certificate = None
        yield from ends_of(self.name, self.section, certificate, self.sources[0].state)


def watched_logins(settings: Settings, tokens: TokenSources, login: str | None = None) -> list[WatchedLogin]:
    """List them, or only this `login`, as the configuration does; what is named and not used is left out."""
    found = []
    for name, section in settings.logins.items():
        used = uses(settings, name)
        if used and login in (None, name):
            sources = dict.fromkeys(tokens.of(name, each.section.username or "") for each in used)
            certificate = partial(tokens.certificate_end, name)
            found.append(WatchedLogin(name, section, list(sources), certificate, _senders(settings, name)))
    return found


def _senders(settings: Settings, login: str) -> ByAddress[bool]:
    """Find out whose letters go by this login, as the daemon chooses their relays."""

    def goes_by_it(box: MailboxSection | None) -> bool:
        relay = (box.smtp if box else None) or settings.smtp
        return relay is not None and relay.login == login

    found = ByAddress({box.address: goes_by_it(box) for box in settings.mailboxes})
    return found | {"": goes_by_it(None) if settings.smtp else next(iter(found.values()))}
