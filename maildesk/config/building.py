"""Values of desk, mail and transport, built from settings; the only place where secrets are looked up."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from maildesk.config.accounts_file import read_accounts
from maildesk.config.files import existing_file
from maildesk.config.secrets import Secret
from maildesk.config.servers import ImapSection, SmtpSection
from maildesk.config.settings import AgentEntry, MailboxSection, NamedServer, Settings, Subaddress
from maildesk.desk.policy.names import comparable
from maildesk.desk.policy.people import Account, People, Person, Team
from maildesk.desk.policy.suggestions import suggestion
from maildesk.errors import BadInput, NotFound
from maildesk.mail.identity.own_names import OwnNames

if TYPE_CHECKING:  # a command that only lists cases need not load the wire
    from maildesk.config.token_sources import TokenSources
    from maildesk.mail.identity.authenticity import Trust
    from maildesk.mail.identity.references import KeyRing
    from maildesk.transport.mailbox import MailServer
    from maildesk.transport.relay import Relay
    from maildesk.transport.tokens import Logins, TokenSource

_SQLITE = "sqlite:///"


def people(settings: Settings, plans: Iterable[str] = ()) -> People:
    """Everybody the configuration names; an account's plan is spelled as the policy does, one of `plans`."""
    return replace(staff(settings), accounts=_spelled(accounts(settings), plans))


def staff(settings: Settings) -> People:
    """The desk's own people alone: no file of accounts is read."""
    section = settings.people
    return People(
        agents=tuple(_agent(each) for each in section.agents),
        teams=tuple(Team(each.name, each.lead) for each in section.teams),
        leadership=tuple(
            Person(each.name, each.address, role=each.role or "") for each in section.leadership
        ),
        operators=section.operators,
        own=own_names(settings),
    )


def mailbox_called(settings: Settings, name: str) -> MailboxSection:
    """The mailbox of that name; raises NotFound, which says which may be meant."""
    if found := settings.mailbox(name):
        return found
    remedy = suggestion((box.name for box in settings.mailboxes), name, "see mailboxes in the configuration")
    raise NotFound(f"there is no mailbox {name!a}", remedy=remedy)


def accounts(settings: Settings) -> tuple[Account, ...]:
    """The customers' organisations, those of the file of accounts too; raises ConfigError."""
    own = tuple(
        Account(each.name, each.domains, each.addresses, each.plan, each.language, each.fields)
        for each in settings.accounts
    )
    file = accounts_path(settings)
    return (*own, *read_accounts(file, settings.limits.accounts_size, own)) if file else own


def _spelled(known: tuple[Account, ...], plans: Iterable[str]) -> tuple[Account, ...]:
    spelled = {comparable(plan): plan for plan in plans}
    other = {plan: spelled.get(comparable(plan), plan) for plan in {each.plan for each in known} if plan}
    if all(plan == same for plan, same in other.items()):
        return known
    return tuple(replace(each, plan=other[each.plan]) if each.plan else each for each in known)


def accounts_path(settings: Settings) -> Path | None:
    """Find the file of accounts, beside the configuration, if there is one."""
    named = settings.accounts_file
    return settings.file.parent / named.expanduser() if named else None


def own_names(settings: Settings) -> OwnNames:
    """Every address that is the desk itself."""
    boxes = settings.mailboxes
    return OwnNames.of(
        (settings.desk.address, *(each for box in boxes for each in (box.address, *box.aliases))),
        dashed=(
            each
            for box in boxes
            if box.subaddress is Subaddress.DASH
            for each in (box.address, *box.aliases, *box.groups)
        ),
        groups=(each for box in boxes for each in box.groups),
    )


def _agent(entry: AgentEntry) -> Person:
    away = entry.away
    return Person(
        entry.name,
        entry.address,
        entry.teams,
        entry.signature or "",
        away=away is not None,
        until=away.until if away else None,
        deputy=(away.deputy or "") if away else "",
    )


def template_folder(settings: Settings) -> Path | None:
    """Find the operator's own letters, if anywhere."""
    return settings.at(settings.templates) if settings.templates else None


def store_url(settings: Settings, environ: Mapping[str, str] = os.environ) -> str:
    """The database's URL with its password; the file of an SQLite one is made absolute."""
    url = settings.store.url.resolve(settings.folder, environ, "store.url")
    if not url.startswith((_SQLITE, "postgresql://")):
        raise BadInput(
            "store.url is not a database we know", remedy="write sqlite:///desk.db or postgresql://…"
        )
    if not url.startswith(_SQLITE):
        return url
    file = url.removeprefix(_SQLITE)
    if not file or ":memory:" in file:
        raise BadInput("store.url names no file: a desk must remember", remedy="write sqlite:///desk.db")
    return _SQLITE + str(settings.at(Path(file)))


def trust(settings: Settings) -> Trust:
    """Name the servers whose word about senders is taken."""
    from maildesk.mail.identity.authenticity import Trust

    section = settings.trust
    return Trust(
        section.authserv_id,
        section.hops,
        section.border_strips,
        section.microsoft365,
        section.submission,
    )


def keyring(settings: Settings, environ: Mapping[str, str] = os.environ) -> KeyRing:
    """The desk's secret keys."""
    from maildesk.mail.identity.references import KeyRing

    return KeyRing.parse(settings.desk.secret.resolve(settings.folder, environ, "desk.secret"))


def token_sources(
    settings: Settings,
    environ: Mapping[str, str] = os.environ,
    now: Callable[[], float] = time.time,
    steady: Callable[[], float] = time.monotonic,
    before: TokenSources | None = None,
) -> TokenSources:
    """The sources of tokens that all servers of a process share; they go on from those `before`."""
    from maildesk.config.token_sources import TokenSources

    return TokenSources(settings, environ, now, steady, before)


def mail_server(
    settings: Settings,
    mailbox: MailboxSection,
    environ: Mapping[str, str] = os.environ,
    tokens: Logins | None = None,
) -> MailServer:
    """The place of a watched mailbox, and the way to log in to it. `tokens`: those that others use too."""
    from maildesk.transport.imap import ImapServer
    from maildesk.transport.imap_values import ImapAccount

    imap, key = mailbox.imap, f"mailbox {mailbox.name}: imap"
    if imap is None:
        raise BadInput(f"mailbox {mailbox.name} is a pipe: there is nothing to log in to")
    login = ImapAccount(
        host=imap.host,
        port=imap.port,
        security=imap.security,
        username=imap.username,
        password=_password(settings, imap.password, environ, key) or "",
        ca_file=existing_file(settings, imap.ca_file, f"{key}.ca_file"),
        bearer=_bearer(settings, imap, environ, tokens),
    )
    return ImapServer(login, largest=settings.limits.store_size, hurry=_hurry(settings))


def relay(
    settings: Settings,
    mailbox: MailboxSection | None = None,
    environ: Mapping[str, str] = os.environ,
    tokens: Logins | None = None,
) -> Relay:
    """The relay that takes a mailbox's letters: its own, else the common one, as where none is given.

    `tokens`: those that others use too, without which no two relays with a login are the same.
    """
    own = mailbox.smtp if mailbox else None
    smtp, key = own or settings.smtp, f"mailbox {mailbox.name}: smtp" if mailbox and own else "smtp"
    if smtp is None:
        raise BadInput("there is no relay to send through", remedy="add smtp: to the configuration")
    return _relay(settings, smtp, key, environ, tokens)


def operators_relay(
    settings: Settings, environ: Mapping[str, str] = os.environ, tokens: Logins | None = None
) -> Relay:
    """The relay that takes alarms; the desk's own where they have none of theirs."""
    section = settings.operators_relay
    if section is None:
        return relay(settings, None, environ, tokens)
    return _relay(settings, section, "operators_relay", environ, tokens)


def relay_of(
    settings: Settings,
    server: NamedServer,
    environ: Mapping[str, str] = os.environ,
    tokens: Logins | None = None,
) -> Relay:
    """The relay of this very section."""
    if server.section is settings.operators_relay:
        return operators_relay(settings, environ, tokens)
    return relay(settings, server.box, environ, tokens)


def _relay(
    settings: Settings,
    smtp: SmtpSection,
    key: str,
    environ: Mapping[str, str],
    tokens: Logins | None,
) -> Relay:
    from maildesk.transport.smtp import SmtpRelay
    from maildesk.transport.smtp_opening import SmtpAccount

    account = SmtpAccount(
        host=smtp.host,
        port=smtp.port,
        security=smtp.security,
        username=smtp.username,
        password=_password(settings, smtp.password, environ, key),
        ca_file=existing_file(settings, smtp.ca_file, f"{key}.ca_file"),
        local_hostname=smtp.local_hostname,
        bearer=_bearer(settings, smtp, environ, tokens),
    )
    return SmtpRelay(account, smtp.connections, _hurry(settings))


def _hurry(settings: Settings) -> float:
    return settings.limits.check_patience.total_seconds()


def _password(
    settings: Settings, password: Secret | None, environ: Mapping[str, str], key: str
) -> str | None:
    return password.resolve(settings.folder, environ, f"{key}.password") if password else None


def _bearer(
    settings: Settings,
    server: ImapSection | SmtpSection,
    environ: Mapping[str, str],
    tokens: Logins | None,
) -> TokenSource | None:
    if server.login is None:
        return None
    return (tokens or token_sources(settings, environ)).of(server.login, server.username or "")
