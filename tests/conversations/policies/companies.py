"""Desks that run a published support process: the shipped policy file, its people, its place on earth."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from zoneinfo import ZoneInfo

from tests.world.desk import TRUSTING, DeskWorld, mailbox_of
from tests.world.dovecot import Dovecot
from tests.world.people import Person, words

LISBON, HAMBURG, SAO_PAULO, LONDON, LOS_ANGELES = (
    ZoneInfo(name)
    for name in (
        "Europe/Lisbon",
        "Europe/Berlin",
        "America/Sao_Paulo",
        "Europe/London",
        "America/Los_Angeles",
    )
)
BEN = "ben@acme.example"
CORA = "cora@acme.example"
ROLES = {
    "advendio": {
        "Customer Success Manager": "csm@acme.example",
        "COO - Chief Operating Officer": "coo@acme.example",
        "CEO - Chief Executive Officer": "ceo@acme.example",
    },
    "escalate-my-case": {
        "Team Manager": "manager@acme.example",
        "Head of Support": "head@acme.example",
    },
    "profitco": {"Shift Lead": "shift@acme.example", "Manager": "manager@acme.example"},
}
TEAMS = {"escalate-my-case": ("customer-resolutions",)}
"""Roles of leadership, and teams, of which the escalations of a policy speak."""
MAILBOXES = {"escalate-my-case": ("escalations",)}
"""Mailboxes beside support of which a policy speaks."""


def at(zone: ZoneInfo, day: str, hour: str) -> datetime:
    """A moment of 2025 (UTC): `at(LISBON, "11-25", "10:30")`."""
    return datetime.fromisoformat(f"2025-{day}T{hour}:00").replace(tzinfo=zone).astimezone(UTC)


def told_as(moment: datetime, zone: ZoneInfo) -> str:
    """The moment as letters tell it, but for the name of its zone."""
    local = moment.astimezone(zone)
    return f"{local:%A}, {local.day} {local:%B} {local.year}, {local:%H:%M}"


async def a_desk(
    policy: str,
    zone: ZoneInfo,
    start: datetime,
    *,
    holidays: Mapping[str, str] | None = None,
    releases: Iterable[str] = (),
    teams: Iterable[str] = ("support",),
    changed: Mapping[str, Any] | None = None,
    **more: Any,
) -> DeskWorld:
    """The desk of one company, Ana and Ben agents of its `teams`; `changed` are keys of the policy.

    Leadership has somebody for each role that escalations go to, beside Lea.
    """
    teams = list(teams)
    named = [*teams, *(each for each in TEAMS.get(policy, ()) if each not in teams)]
    people = {
        "agents": [
            {"name": "Ana Agent", "address": "agent@acme.example", "teams": list(teams)},
            {"name": "Ben Beck", "address": BEN, "teams": list(teams)},
            *(
                {"name": "Cora Clark", "address": CORA, "teams": [each]}
                for each in TEAMS.get(policy, ())
                if each not in teams
            ),
        ],
        "teams": [{"name": each} for each in named],
        "leadership": [
            {"name": "Lea Leader", "address": "leader@acme.example"},
            *(
                {"name": f"The {role}", "address": address, "role": role}
                for role, address in ROLES.get(policy, {}).items()
            ),
        ],
        "operators": ["ops@acme.example"],
    }
    desk = {
        "name": "Acme Support",
        "address": "support@acme.example",
        "tag": "Acme",
        "timezone": zone.key,
        "secret": {"file": "secret.key"},
        "morning_sheet": False,
    }
    if boxes := MAILBOXES.get(policy, ()):
        users = dict.fromkeys(("support", *boxes), "secret")
        dovecot = more.setdefault("dovecot", await Dovecot.start(users=users))
        beside = [mailbox_of(dovecot, each) | {"subaddress": "+"} for each in boxes]
        more.setdefault("mailboxes", beside)
    return await DeskWorld.start(
        at=start,
        desk=desk,
        trust=TRUSTING,
        mailbox={"subaddress": "+"} | more.pop("mailbox", {}),
        policy_file=policy,
        calendar={
            "timezone": zone.key,
            **({"holidays": dict(holidays)} if holidays else {}),
            **({"releases": list(releases)} if releases else {}),
        },
        policy=changed,
        people=more.pop("people", people),
        **more,
    )


async def until(world: DeskWorld, moment: datetime) -> None:
    """The time becomes this moment, and the desk does what is due."""
    assert moment >= world.clock.now(), (moment, world.clock.now())
    world.clock.passes(moment - world.clock.now())
    await world.works()


async def just_before(world: DeskWorld, moment: datetime) -> None:
    """The minute before that moment, when what comes at it has not come yet."""
    await until(world, moment - timedelta(minutes=1))


def links(letter: EmailMessage) -> dict[str, str]:
    """The answers that a letter offers by links of its text: the address of each, by its subject."""
    return {subject: address for subject, address, _ in _ready_to_send(letter)}


def _ready_to_send(letter: EmailMessage) -> list[tuple[str, str, str]]:
    """The mails that the links of a letter make: subject, address, text."""
    split = [urlsplit(each) for each in re.findall(r"mailto:[^\s<>]+", words(letter))]
    asked = [(parse_qs(each.query), unquote(each.path)) for each in split]
    return [(query["subject"][0], path, query.get("body", [""])[0]) for query, path in asked]


async def clicks(person: Person, letter: EmailMessage, answer: str, **more: Any) -> None:
    """Somebody clicks the link of that answer, and sends the mail that it makes as it stands."""
    offered = _ready_to_send(letter)
    subject, address, text = next(
        each for each in offered if each[0].casefold().startswith(answer.casefold())
    )
    await person.writes(subject, more.pop("text", text), to=address, border="dmarc=pass", **more)
