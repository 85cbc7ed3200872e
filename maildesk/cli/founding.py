"""The beginning of a desk: what is said in options or answered at a terminal, and what is left to do."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from email.utils import parseaddr
from pathlib import Path
from typing import Any

import click

from maildesk.cli.wrapping import echo
from maildesk.config.beginning import LOGIN, Beginning, Founder
from maildesk.config.problems import WrongValue
from maildesk.config.providers import SERVERS, Provider, is_private, provider_of
from maildesk.config.settings import ExistingMail
from maildesk.config.values import read_address, read_host, read_line
from maildesk.mail.addr_spec import same_address

OTHER = "other"
"""The word for a provider that we do not know."""


_TRUST: Mapping[Provider | None, str] = {
    Provider.MICROSOFT: ", {microsoft365: true, hops: 4} as a rule where mail reaches Microsoft first",
    Provider.GOOGLE: ", {authserv_id: mx.google.com, hops: 2} as a rule where mail reaches Google first",
}
"""The usual `trust` at a provider. Only mails show it, and a wrong one refuses good mail: it is not set."""

_APP_PASSWORD = re.compile(r"[a-z]{4}(?:\s[a-z]{4}){3}", re.IGNORECASE)
"""An app password as its page shows it, with blanks that are no part of it."""


_PRIVATE = (
    "that is a person's own account at Microsoft: it takes no password and lets no application in by itself, "
    'so a person signs in (docs/microsoft365.md, "A private account")'
)


def at_a_terminal() -> bool:
    """Tell whether somebody sits there who can be asked."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def typed(reader: Callable[[str], str]) -> Callable[[Any], str]:
    """Read what a person types as the configuration would; a mistake is told, and asked for again."""

    def read(value: Any) -> str:
        said = str(value).strip()
        try:
            return reader(said)
        except WrongValue as wrong:
            what = wrong.message if said else "this cannot be left out"
            raise click.BadParameter(f"{what} ({wrong.remedy})" if wrong.remedy else what) from None

    return read


def asked(*, service: bool) -> Beginning:
    """Ask for everything that a desk needs; whatever has a usual answer proposes it."""
    address = _asked("The address that customers write to", "", read_address)
    desk = _at_its_servers(Beginning(address, service=service))
    desk = replace(desk, name=_asked("What customers read as the desk's name", desk.desk_name, read_line))
    name = _asked("Your name, as customers read it", "", read_line)
    own = _asked("Your own address, to which notices go", "", _others(desk))
    operator = _asked("Who hears of alarms", own, _others(desk))
    existing = click.prompt(
        "Mail that lies in the inbox already: make cases of it, or leave it",
        type=click.Choice([each.value for each in ExistingMail]),
        default=ExistingMail.LEAVE.value,
    )
    return replace(
        desk, founder=Founder(name, own), operators=(operator,), existing_mail=ExistingMail(existing)
    )


def said(
    *,
    address: str | None,
    provider: str | None,
    imap: str | None,
    smtp: str | None,
    agent: str | None,
    operator: str | None,
    existing_mail: str | None,
    service: bool,
) -> Beginning | None:
    """The beginning that options say, each read as the configuration would; None where they say nothing."""
    others = (provider, imap, smtp, agent, operator, existing_mail)
    if address is None:
        if service or any(others):
            raise click.UsageError("the rest wants to know the --address that customers write to")
        return None
    desk = Beginning(typed(read_address)(address), service=service)
    first = _founder(agent, desk) if agent else None
    alarmed = typed(_others(desk))(operator) if operator else first and first.address
    known = Provider(provider) if provider else None if imap or smtp else provider_of(address)
    if known is None and not (imap and smtp):
        names = " or ".join(Provider)
        raise click.UsageError(f"{address} may be anywhere: add --provider {names}, or --imap and --smtp")
    return replace(
        desk,
        provider=known,
        imap=typed(read_host)(imap) if imap else "",
        relay=typed(read_host)(smtp) if smtp else "",
        founder=first,
        operators=(alarmed,) if alarmed else (),
        existing_mail=ExistingMail(existing_mail) if existing_mail else None,
    )


def _founder(written: str, desk: Beginning) -> Founder:
    """Read `Ana Souza <ana@acme.example>`."""
    name, address = parseaddr(written)
    if not name:
        raise click.BadParameter(f"{written!r} names nobody (write it as 'Ana Souza <ana@acme.example>')")
    return Founder(typed(read_line)(name), typed(_others(desk))(address))


def _at_its_servers(desk: Beginning) -> Beginning:
    """The same with the provider that the address tells, or that is asked for, and hosts if it is another."""
    guess = provider_of(desk.address)
    if is_private(desk.address):
        echo(f"{_PRIVATE[0].upper()}{_PRIVATE[1:]}.")
    elif guess:
        click.echo(f"That is at {SERVERS[guess].name}.")
    answer = click.prompt(
        "The provider of that mailbox",
        type=click.Choice([*(each.value for each in Provider), OTHER]),
        default=guess.value if guess else OTHER,
    )
    if answer == OTHER:
        imap = _asked("The IMAP server", f"imap.{desk.domain}", read_host)
        return replace(desk, imap=imap, relay=_asked("The SMTP server", f"smtp.{desk.domain}", read_host))
    desk = replace(desk, provider=Provider(answer))
    if desk.has_password:
        return desk
    click.echo("Microsoft takes an application's login in place of a password. Enter: you fill it in later.")
    if not desk.is_private:
        desk = replace(desk, tenant=_asked("Directory (tenant) ID", "", str))
    return replace(desk, client_id=_asked("Application (client) ID", "", str))


def _login_left(desk: Beginning, folder: Path) -> Iterator[tuple[str, str]]:
    """List what a login at Microsoft still lacks."""
    if desk.has_password:
        return
    ids = {"tenant": desk.tenant or desk.is_private, "client_id": desk.client_id}
    if lacking := [name for name, there in ids.items() if not there]:
        are = "is" if len(lacking) == 1 else "are"
        yield f"logins.{LOGIN}", f"{' and '.join(lacking)} {are} still made up (docs/microsoft365.md)"
    if desk.is_private:
        yield f"maildesk login {LOGIN} -c {folder / 'config.yaml'}", _PRIVATE


def _others(desk: Beginning) -> Callable[[str], str]:
    """Read an address that is not the desk's: letters to ourselves would go round for ever."""

    def read(value: str) -> str:
        address = read_address(value)
        if same_address(address, desk.address):
            raise WrongValue(f"{address} is the desk itself", "give a person's own address")
        return address

    return read


def _asked(question: str, usual: str, reader: Callable[[str], str]) -> str:
    answer: str = click.prompt(question, default=usual, show_default=bool(usual), value_proc=typed(reader))
    return answer


def ask_secret(desk: Beginning) -> str:
    """Ask for the password, unseen; empty where it comes later."""
    what = _secret_of(desk)
    question = f"{what[0].upper()}{what[1:]} (not shown; Enter: later)"
    answer: str = click.prompt(question, default="", show_default=False, hide_input=True)
    secret = answer.strip()
    shown_in_groups = desk.provider and desk.has_password and _APP_PASSWORD.fullmatch(secret)
    return "".join(secret.split()) if shown_in_groups else secret


def _secret_of(desk: Beginning) -> str:
    if not desk.has_password:
        return "the application's secret (its value)"
    kind = SERVERS[desk.provider].takes if desk.provider else "the password"
    return f"{kind} of {desk.address}"


def left_to_do(
    desk: Beginning, folder: Path, *, old_secret: bool, new_secret: bool
) -> Iterator[tuple[str, str]]:
    """List what a person must still do or look at: where, and what.

    `old_secret`: the file of the secret was there before; `new_secret`: it was just written.
    """
    if desk.secret_file and not new_secret:
        todo = "it was there already; see that it holds" if old_secret else "make this file (mode 0600):"
        yield str(folder / desk.secret_file), f"{todo} {_secret_of(desk)}, on one line"
    yield from _login_left(desk, folder)
    if desk.founder is None:
        yield "people.agents", "nobody answers customers yet: name who does"
    if not desk.operators:
        yield "people.operators", "nobody hears of alarms yet: name who does"
    if desk.existing_mail is None:
        yield "existing_mail", "if there is mail in the inbox already: say file or leave"
    yield "desk", f"name {desk.desk_name}, tag and time zone are taken from the address and this machine"
    yield (
        "trust",
        f"who vouches for senders{_TRUST.get(desk.provider, '')}; maildesk check says it once there is mail",
    )
