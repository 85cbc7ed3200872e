"""Laws that hold between keys of the configuration: one table, one small function per law."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator

from maildesk.config.building import own_names
from maildesk.config.login_laws import broken_logins, broken_uses
from maildesk.config.secrets import Secret, SecretKind
from maildesk.config.settings import Settings, Source, Subaddress
from maildesk.config.validating import BrokenLaw, Law
from maildesk.config.yaml_file import Location
from maildesk.desk.letters.shared_domains import SHARED_DOMAINS
from maildesk.desk.policy.suggestions import suggestion
from maildesk.mail.addr_spec import Addresses, ByAddress, folded, same_address
from maildesk.mail.identity.own_names import OwnNames
from maildesk.mail.identity.references import MAILBOX_CHARS
from maildesk.transport.security import Security, is_loopback

# --- names ----------------------------------------------------------------------------------------


def _mailbox_names(settings: Settings) -> Iterator[BrokenLaw]:
    yield from _twice("mailbox", ("mailboxes", "name"), (box.name for box in settings.mailboxes))


_OF_IMAP = ("imap", "folder", "processed", "poll", "existing_mail")


def _sources(settings: Settings) -> Iterator[BrokenLaw]:
    """A folder is read somehow; a pipe has nothing that we could log in to, list or look for."""
    for at, box in enumerate(settings.mailboxes):
        if box.source is Source.IMAP and box.imap is None:
            remedy = "say how the mailbox is read, or write source: pipe"
            yield BrokenLaw(("mailboxes", at, "imap"), "is missing", remedy)
        for key in _OF_IMAP:
            if box.source is Source.PIPE and key in box.model_fields_set:
                message = "means nothing where source is pipe: a mail server hands the mail in"
                yield BrokenLaw(("mailboxes", at, key), message, "leave it out")


def _mailbox_folders(settings: Settings) -> Iterator[BrokenLaw]:
    """Two mailboxes on one folder would each file every mail."""
    seen: dict[tuple[str, str, str], str] = {}
    for at, box in enumerate(settings.mailboxes):
        if box.imap is None:
            continue
        folder = "INBOX" if box.folder.upper() == "INBOX" else box.folder  # RFC 9051 §5.1
        first = seen.setdefault((*box.account, folder), box.name)
        if first != box.name:
            yield BrokenLaw(("mailboxes", at, "folder"), f"{first} already watches this folder")
        if box.folder == box.processed:
            yield BrokenLaw(
                ("mailboxes", at, "processed"), "is the folder that is watched", "name another folder"
            )


def _mailbox_addresses(settings: Settings) -> Iterator[BrokenLaw]:
    addresses = (folded(box.address) for box in settings.mailboxes)
    yield from _twice("address", ("mailboxes", "address"), addresses)


def _reply_room(settings: Settings) -> Iterator[BrokenLaw]:
    """Reply addresses put a case, a party and a signature behind the mailbox's own name."""
    for at, box in enumerate(settings.mailboxes):
        name = box.address.rpartition("@")[0]
        if box.subaddress is not Subaddress.NONE and len(name) > MAILBOX_CHARS:
            message = f"{name} is too long for reply addresses: {MAILBOX_CHARS} characters fit before the @"
            yield BrokenLaw(("mailboxes", at, "subaddress"), message, "write none, or take a shorter address")


def _people_twice(settings: Settings) -> Iterator[BrokenLaw]:
    people = settings.people
    yield from _twice("team", ("people", "teams", "name"), (team.name for team in people.teams))
    agents = (folded(agent.address) for agent in people.agents)
    yield from _twice("agent", ("people", "agents", "address"), agents)
    leaders = (folded(leader.address) for leader in people.leadership)
    yield from _twice("leader", ("people", "leadership", "address"), leaders)


def _twice(what: str, path: tuple[str, ...], names: Iterable[str]) -> Iterator[BrokenLaw]:
    seen: set[str] = set()
    for at, name in enumerate(names):
        if name in seen:
            yield BrokenLaw((*path[:-1], at, path[-1]), f"there is already a{_n(what)} {what} {name}")
        seen.add(name)


def _n(word: str) -> str:
    return "n" if word[0] in "aeiou" else ""


# --- people and mailboxes -------------------------------------------------------------------------


def _teams(settings: Settings) -> Iterator[BrokenLaw]:
    known = {team.name for team in settings.people.teams}
    for at, agent in enumerate(settings.people.agents):
        for place, team in enumerate(agent.teams):
            if team not in known:
                location = ("people", "agents", at, "teams", place)
                remedy = suggestion(known, team, "add it to people.teams")
                yield BrokenLaw(location, f"there is no team {team}", remedy)


def _leads(settings: Settings) -> Iterator[BrokenLaw]:
    named = [agent.address for agent in settings.people.agents]
    agents = Addresses(named)
    for at, team in enumerate(settings.people.teams):
        if team.lead and team.lead not in agents:
            location = ("people", "teams", at, "lead")
            remedy = suggestion(named, team.lead, "add it to people.agents")
            yield BrokenLaw(location, f"{team.lead} is not an agent", remedy)


def _deputies(settings: Settings) -> Iterator[BrokenLaw]:
    """A deputy is another of the desk's people."""
    people = settings.people
    named = [*(each.address for each in people.agents), *(each.address for each in people.leadership)]
    known = Addresses(named)
    for at, agent in enumerate(people.agents):
        deputy = agent.away.deputy if agent.away else None
        location = ("people", "agents", at, "away", "deputy")
        if deputy and deputy not in known:
            remedy = suggestion(named, deputy, "name an agent or a leader")
            yield BrokenLaw(location, f"{deputy} is neither an agent nor a leader", remedy)
        elif deputy and same_address(deputy, agent.address):
            yield BrokenLaw(location, f"{deputy} is who is away", "name somebody else")


def _aliases(settings: Settings) -> Iterator[BrokenLaw]:
    """An address leads to one mailbox: letters of a case speak for one, and mail to an alias comes to one."""
    taken = ByAddress({box.address: f"the address of mailbox {box.name}" for box in settings.mailboxes})
    for at, box in enumerate(settings.mailboxes):
        for place, alias in enumerate(box.aliases):
            if what := taken.get(alias):
                location = ("mailboxes", at, "aliases", place)
                yield BrokenLaw(location, f"{alias} is {what} already", "leave it out here")
            taken.setdefault(alias, f"an alias of mailbox {box.name}")


def _groups(settings: Settings) -> Iterator[BrokenLaw]:
    """The mail of a group comes to the mailbox that names it; it may be what customers write to."""
    others = ByAddress({box.address: box.name for box in settings.mailboxes})
    for at, box in enumerate(settings.mailboxes):
        for place, group in enumerate(box.groups):
            holder = others.get(group, box.name)
            if holder != box.name:
                remedy = "name the group at that mailbox"
                message = f"{group} is the address of mailbox {holder}"
                yield BrokenLaw(("mailboxes", at, "groups", place), message, remedy)


def _loops(settings: Settings) -> Iterator[BrokenLaw]:
    """A notice to one of our own addresses would come back as mail, and be answered by a notice."""
    dashed = own_names(settings).dashed
    for location, address in _told(settings):
        same = (each for each in _ours(settings) if OwnNames.of([each[1]], dashed=dashed).has(address))
        for place, own, what in itertools.islice(same, 1):
            if place is None:
                remedy = "give the person's own address: letters to ourselves would go round for ever"
                yield BrokenLaw(location, f"{address} is {what}", remedy)
            else:
                key = ".".join(map(str, location))
                remedy = "it cannot be both: letters to ourselves would go round for ever"
                yield BrokenLaw(place, f"{own} is {what}, and {key} is {address}", remedy)


def _ours(settings: Settings) -> Iterator[tuple[Location | None, str, str]]:
    """Our own addresses; where they stand in the file, if people's addresses were there before them."""
    for box in settings.mailboxes:
        yield None, box.address, f"the address of mailbox {box.name}"
    yield None, settings.desk.address, "the desk's own address"
    for at, box in enumerate(settings.mailboxes):
        for place, alias in enumerate(box.aliases):
            yield ("mailboxes", at, "aliases", place), alias, f"an alias of mailbox {box.name}"
        for place, group in enumerate(box.groups):
            yield ("mailboxes", at, "groups", place), group, f"a group of mailbox {box.name}"


def _told(settings: Settings) -> Iterator[tuple[Location, str]]:
    """Everybody the desk writes to by itself."""
    people = settings.people
    for at, agent in enumerate(people.agents):
        yield ("people", "agents", at, "address"), agent.address
    for at, team in enumerate(people.teams):
        if team.lead:
            yield ("people", "teams", at, "lead"), team.lead
    for at, leader in enumerate(people.leadership):
        yield ("people", "leadership", at, "address"), leader.address
    for at, operator in enumerate(people.operators):
        yield ("people", "operators", at), operator


def _accounts(settings: Settings) -> Iterator[BrokenLaw]:
    yield from _twice("account", ("accounts", "name"), (account.name for account in settings.accounts))
    owner = ByAddress[str]()
    for at, account in enumerate(settings.accounts):
        for key in ("domains", "addresses"):
            for place, value in enumerate(getattr(account, key)):
                location = ("accounts", at, key, place)
                first = owner.setdefault(value, account.name)
                if first != account.name:
                    yield BrokenLaw(location, f"{value} belongs to account {first} already")
                if value in SHARED_DOMAINS:
                    remedy = "list its people under addresses"
                    yield BrokenLaw(location, f"anybody may have an address at {value}", remedy)


# --- the wire -------------------------------------------------------------------------------------


def _plaintext(settings: Settings) -> Iterator[BrokenLaw]:
    for server in settings.servers:
        wire = server.section
        if wire.security is Security.NONE and not is_loopback(wire.host):
            message = f"none is for this machine only, but {wire.host} is elsewhere"
            yield BrokenLaw((*server.location, "security"), message, "write tls or starttls")


def _logins(settings: Settings) -> Iterator[BrokenLaw]:
    for server in settings.servers:
        wire = server.section
        if wire.login is None and (wire.username is None) != (wire.password is None):
            given, wanted = ("username", "password") if wire.username else ("password", "username")
            or_login = ": write password or login" if wanted == "password" else ""
            yield BrokenLaw((*server.location, wanted), "is missing", f"a {given} is given{or_login}")


def _relays(settings: Settings) -> Iterator[BrokenLaw]:
    if settings.smtp:
        return
    for at, box in enumerate(settings.mailboxes):
        if box.smtp is None:
            message = f"mailbox {box.name} has no relay to send through"
            yield BrokenLaw(("mailboxes", at), message, "add smtp: at the top of the file, or to the mailbox")


# --- the rest -------------------------------------------------------------------------------------


def _store(settings: Settings) -> Iterator[BrokenLaw]:
    url: Secret = settings.store.url
    if url.kind is not SecretKind.TEXT or url.value.startswith("${"):
        return
    if not url.value.startswith(("sqlite:///", "postgresql://")):
        remedy = "write it as sqlite:///desk.db or postgresql://user@host/name"
        yield BrokenLaw(("store", "url"), "is not a database we know", remedy)


def _submission(settings: Settings) -> Iterator[BrokenLaw]:
    """Results of a server that is believed say who was let in; without one nobody is."""
    trust = settings.trust
    if trust.submission and trust.authserv_id is None and not trust.microsoft365:
        message = "means nothing where no server is named whose results count"
        yield BrokenLaw(("trust", "submission"), message, "write trust.authserv_id too, or leave it out")


def _sizes(settings: Settings) -> Iterator[BrokenLaw]:
    if settings.limits.parse_size > settings.limits.store_size:
        yield BrokenLaw(("limits", "parse_size"), "is larger than store_size", "lower it or raise store_size")


def _monitor(settings: Settings) -> Iterator[BrokenLaw]:
    monitor = settings.monitor
    if monitor and not (monitor.port or monitor.socket or monitor.textfile):
        yield BrokenLaw(("monitor",), "says of no place", "write port, socket or textfile, or leave it out")


LAWS: tuple[Law[Settings], ...] = (
    Law(("mailboxes",), _mailbox_names),
    Law(("mailboxes",), _sources),
    Law(("mailboxes",), _mailbox_folders),
    Law(("mailboxes",), _mailbox_addresses),
    Law(("mailboxes",), _aliases),
    Law(("mailboxes",), _groups),
    Law(("mailboxes",), _reply_room),
    Law(("people",), _people_twice),
    Law(("people",), _teams),
    Law(("people",), _leads),
    Law(("people",), _deputies),
    Law(("desk", "mailboxes", "people"), _loops),
    Law(("accounts",), _accounts),
    Law(("mailboxes", "smtp", "operators_relay"), _plaintext),
    Law(("mailboxes", "smtp", "operators_relay"), _logins),
    Law(("logins",), broken_logins),
    Law(("mailboxes", "smtp", "operators_relay", "logins"), broken_uses),
    Law(("mailboxes", "smtp"), _relays),
    Law(("store",), _store),
    Law(("trust",), _submission),
    Law(("limits",), _sizes),
    Law(("monitor",), _monitor),
)
