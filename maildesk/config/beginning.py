"""A new desk's own values: what its founder says, what follows from that, and the configuration it makes."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from maildesk.config.example_text import ExampleText
from maildesk.config.logins import PRIVATE_TENANT, LoginFlow
from maildesk.config.problems import WrongValue
from maildesk.config.providers import SERVERS, Provider, is_private, provider_of
from maildesk.config.secrets import CREDENTIALS
from maildesk.config.settings import ExistingMail
from maildesk.config.values import read_tag

LOGIN = "m365"
"""The name of the login in the example that a mailbox at Microsoft uses."""

_STATE = "/var/lib/maildesk"


@dataclass(frozen=True, slots=True)
class Founder:
    """The person who begins: the first agent, who hears of alarms too."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Beginning:
    """All that a new configuration needs and no packaged file can know.

    `imap` and `relay` are hosts; a `provider` has its own, which they replace. `service`: for systemd.
    """

    address: str
    provider: Provider | None = None
    imap: str = ""
    relay: str = ""
    name: str = ""
    founder: Founder | None = None
    operators: tuple[str, ...] = ()
    existing_mail: ExistingMail | None = None
    tenant: str = ""
    client_id: str = ""
    service: bool = False
    timezone: str = ""

    @property
    def domain(self) -> str:
        """The domain of the address, as a browser would take it."""
        return self.address.rpartition("@")[2]

    @property
    def desk_name(self) -> str:
        """The name that was said, else one made of the address."""
        word = own_word(self.address)
        return self.name or (word if word == "Support" else f"{word} Support")

    @property
    def has_password(self) -> bool:
        """Tell whether the mailbox is opened with a password; else it is a login with tokens."""
        return self.provider is not Provider.MICROSOFT

    @property
    def is_private(self) -> bool:
        """Tell whether it is a person's own mailbox at Microsoft, where no application gets in by itself."""
        return self.provider is Provider.MICROSOFT and is_private(self.address)

    @property
    def servers(self) -> tuple[tuple[str, str], ...]:
        """The sections of both servers, each with its host where the provider does not say it."""
        own_relay = SERVERS[Provider.MICROSOFT].private_relay if self.is_private else ""
        return ("mailboxes.0.imap", self.imap), ("smtp", self.relay or own_relay)

    @property
    def secret_file(self) -> Path | None:
        """The file of the password, or of the application's secret, below the folder of the configuration.

        None where a person signs in.
        """
        if self.is_private:
            return None
        name = "mail.secret" if self.has_password else f"{LOGIN}.secret"
        return Path(CREDENTIALS) / name if self.service else Path(name)


def own_word(address: str) -> str:
    """The word that tells a desk from others: of its domain, at a provider of the local part."""
    name, _, domain = address.rpartition("@")
    word = name if provider_of(address) else domain.partition(".")[0]
    return word[:1].upper() + word[1:]


def machine_zone(root: Path = Path("/")) -> str:
    """The time zone of this machine by its IANA name; UTC where it does not say."""
    try:
        name = os.readlink(root / "etc/localtime").partition("zoneinfo/")[2]
        return ZoneInfo(name).key if name else "UTC"
    except (OSError, ValueError, KeyError):
        return "UTC"


def filled_in(example: str, beginning: Beginning) -> str:
    """The example configuration with these values; what nobody said of is commented out."""
    text = ExampleText(example)
    for path, value in _values(beginning):
        if value is None:
            text.put_in_force(path)
        else:
            text.write(path, value)
    for path in _without(beginning):
        text.leave_out(path)
    return str(text)


def _values(desk: Beginning) -> Iterator[tuple[str, str | None]]:
    """The keys that get a value of this desk's; none for one that comes in force with the example's."""
    yield "desk.name", _quoted(desk.desk_name)
    yield "desk.address", _quoted(desk.address)
    yield "desk.tag", _quoted(_tag(desk))
    yield "desk.timezone", desk.timezone or machine_zone()
    yield "mailboxes.0.address", _quoted(desk.address)
    if desk.existing_mail:
        yield "mailboxes.0.existing_mail", desk.existing_mail
    if desk.service:
        yield "desk.secret", "{credential: secret.key}"
        yield "store.url", f'"sqlite:///{_STATE}/desk.db"'
    for server, host in desk.servers:
        if desk.provider:
            yield f"{server}.provider", desk.provider
        if host:
            yield f"{server}.host", _quoted(host)
        yield f"{server}.username", _quoted(desk.address)
        if desk.has_password and desk.secret_file:
            yield f"{server}.password", _secret(desk, desk.secret_file)
        else:
            yield f"{server}.login", LOGIN
    if not desk.has_password:
        yield from _login(desk)
    if desk.founder:
        yield "people.agents.0.name", _quoted(desk.founder.name)
        yield "people.agents.0.address", _quoted(desk.founder.address)
        yield "people.teams.0.lead", _quoted(desk.founder.address)
    if desk.operators:
        yield "people.operators", f"[{', '.join(map(_quoted, desk.operators))}]"


def _login(desk: Beginning) -> Iterator[tuple[str, str | None]]:
    here = f"logins.{LOGIN}"
    tenant = PRIVATE_TENANT if desk.is_private else desk.tenant
    yield from ((path, None) for path in ("logins", here, f"{here}.provider"))
    yield f"{here}.flow", LoginFlow.PERSON if desk.is_private else LoginFlow.APP
    yield f"{here}.tenant", _quoted(tenant) if tenant else None
    yield f"{here}.client_id", _quoted(desk.client_id) if desk.client_id else None
    if desk.secret_file:
        yield f"{here}.client_secret", _secret(desk, desk.secret_file)


def _without(desk: Beginning) -> Iterator[str]:
    """The keys that would go on speaking of the made-up company."""
    for server, host in desk.servers:
        if desk.provider:
            yield from (f"{server}.{key}" for key in ("port", "security", *(() if host else ("host",))))
        yield f"{server}.{'password' if not desk.has_password else 'login'}"
    if desk.provider:
        yield "smtp.connections"
    if desk.founder is None:
        yield "people.agents"
        yield "people.teams.0.lead"
    if not desk.operators:
        yield "people.operators"
    yield from ("people.leadership", "accounts", "trust.authserv_id")


def _secret(desk: Beginning, file: Path) -> str:
    kind = "credential" if desk.service else "file"
    return f"{{{kind}: {file.name}}}"


def _tag(desk: Beginning) -> str:
    """The word for subjects: the address's own, unless it cannot stand there."""
    try:
        return read_tag(own_word(desk.address))
    except WrongValue:
        return "Support"


_PLAIN = re.compile(r"[A-Za-z][\w .@+-]*", re.ASCII)
_NO_TEXT = frozenset({"true", "false", "null"})


def _quoted(value: str) -> str:
    """The value as YAML: in quotes unless it is a plain word, which means nothing else there."""
    plain = _PLAIN.fullmatch(value) and value == value.strip() and value.lower() not in _NO_TEXT
    return value if plain else json.dumps(value, ensure_ascii=False)
