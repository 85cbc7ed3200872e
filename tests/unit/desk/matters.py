"""The values that stories of the desk are made of: one desk, its people, a case, a mail, a situation."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from maildesk.desk.case.case import Case, PartyRole, Phase
from maildesk.desk.case.clocks import Clock, ClockKind, after_event, set_in
from maildesk.desk.policy.case_types import CaseType, Priority
from maildesk.desk.policy.desk import Desk, Mailbox
from maildesk.desk.policy.people import Account, People, Person
from maildesk.desk.policy.policy import Policy
from maildesk.desk.promises.calendar import BusinessCalendar, Window
from maildesk.desk.promises.promised import Promised, PromiseRow
from maildesk.desk.promises.spans import Span
from maildesk.desk.screening.command_context import AtHand
from maildesk.desk.screening.heard import WordsWanted, hear
from maildesk.desk.screening.situation import Evidence, Inquiry, Link, Repeat, Situation
from maildesk.mail.addr_spec import Addresses
from maildesk.mail.identity.own_names import OwnNames
from maildesk.mail.message import (
    Address,
    Addressing,
    Author,
    Automation,
    Body,
    Digests,
    Identification,
    IncomingMail,
    Standing,
)

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
"""A Monday, ten in the morning."""

BO, CY, EVE = "bo@client.example", "cy@client.example", "eve@evil.example"
AGENT, LEADER, DESK_ADDRESS = "agent@acme.example", "leader@acme.example", "support@acme.example"
OWN_DETAIL = "support+7k2q9f3m.a1xyz@acme.example"
"""An address of ours, with something between the name and the @."""

PEOPLE = People(
    agents=(Person("Ana Agent", AGENT),),
    leadership=(Person("Lea Leader", LEADER),),
    operators=("ops@acme.example",),
    accounts=(Account("Client Inc", ("client.example",)),),
    own=OwnNames.of([DESK_ADDRESS]),
)
POLICY = Policy(
    name="Acme",
    calendar=BusinessCalendar(ZoneInfo("UTC"), ((Window(9 * 60, 17 * 60),),) * 5 + ((), ())),
    priorities=(
        Priority("urgent", 1),
        Priority("normal", 2),
    ),
    promises=(
        PromiseRow({Promised.FIRST_RESPONSE: Span.parse("2h")}, priority=("urgent",)),
        PromiseRow({Promised.FIRST_RESPONSE: Span.parse("8h")}, priority=("normal",)),
    ),
    default_priority="normal",
    types={"problem": CaseType("problem"), "question": CaseType("question")},
)
DESK = Desk(
    name="Acme Support",
    address=DESK_ADDRESS,
    tag="Acme",
    zone="Europe/Lisbon",
    policy=POLICY,
    people=PEOPLE,
    mailboxes={"support": Mailbox("support", DESK_ADDRESS, "+")},
)
CASE = Case(
    ref="7K2Q-9F3M",
    subject="Printer",
    phase=Phase.OPEN,
    requester=BO,
    mailbox=DESK_ADDRESS,
    opened_at=NOW - timedelta(days=1),
    updated_at=NOW - timedelta(days=1),
    priority="normal",
    account="Client Inc",
    promised_from=NOW - timedelta(days=1),
    clocks=(Clock(ClockKind.FIRST_RESPONSE, NOW - timedelta(days=1), NOW + timedelta(hours=1), span="8h"),),
)
CASE = CASE.joined(BO, "Bo Lund", PartyRole.REQUESTER).heard_from(BO)


LISTENING = WordsWanted(POLICY.vocabulary, PEOPLE, POLICY.escalation)


T = TypeVar("T")

_MAIL_GROUPS = {
    "digests": Digests,
    "ids": Identification,
    "addressing": Addressing,
    "body": Body,
    "automation": Automation,
}

_SITUATION_GROUPS = {"repeat": Repeat, "evidence": Evidence, "inquiry": Inquiry, "at_hand": AtHand}


def _of_groups(kind: type[T], groups: dict[str, type[Any]], given: dict[str, Any]) -> T:
    """A value of several smaller ones, each made of what is given for it by name."""
    for name, group in groups.items():
        own = group.__dataclass_fields__.keys() & given.keys()
        known = {each: given.pop(each) for each in own}
        given[name] = replace(given[name], **known) if name in given else group(**known)
    return kind(**given)


_TIMED = {
    "response_due": (ClockKind.FIRST_RESPONSE, "due"),
    "warn_at": (ClockKind.FIRST_RESPONSE, "warn_at"),
    "overdue_at": (ClockKind.FIRST_RESPONSE, "told_at"),
    "resolution_due": (ClockKind.RESOLUTION, "due"),
    "wait_until": (ClockKind.WAIT, "due"),
}


def case(**changes: Any) -> Case:
    """Bo's case about the printer, with changes; a moment that its clocks say is set there."""
    said = [(*_TIMED[name], changes.pop(name)) for name in _TIMED if name in changes]
    made = replace(CASE, **changes)
    for kind, name, at in said:
        made = _with_clock(made, kind, name, at)
    return made


def _with_clock(made: Case, kind: ClockKind, name: str, at: datetime | None) -> Case:
    known = made.clock(kind) or Clock(kind, made.opened_at, None, span="8h")
    clock = None if name == "due" and at is None else replace(known, **{name: at})  # type: ignore[arg-type]
    return replace(made, clocks=after_event(made.clocks, set_in(kind, clock)))


def mail(author: str = BO, standing: Standing = Standing.UNKNOWN, **changes: Any) -> IncomingMail:
    """A mail about the printer; an author of "" is one whose From was not one strict mailbox."""
    address = Address(author, "Some Name") if author else None
    content = changes.pop("content_digest", "b" * 64)
    given: dict[str, Any] = {
        "raw": changes.pop("raw_sha256", "a" * 64),
        "content": content,
        "words": changes.pop("words_digest", content),
        "message_id": "1@client.example",
        "author": Author(address, standing, "", author or "nobody"),
        "to": (Address(DESK_ADDRESS),),
        "recipients": (DESK_ADDRESS,),
        "subject": "Printer",
        "date": NOW,
        "text": "It burns.",
        "new_text": "It burns.",
    }
    return _of_groups(IncomingMail, _MAIL_GROUPS, given | changes)


def situation(the_mail: IncomingMail | None = None, **changes: Any) -> Situation:
    """That mail at ten on Monday, freshly received, pointing nowhere.

    Where it answers a letter of ours by its Message-ID, that letter went to its author alone.
    """
    the_mail = the_mail or mail()
    author = the_mail.author.address.address.lower() if the_mail.author.address else ""
    found = changes.get("found")
    if found and found.link is Link.TOKEN and found.party is None and found.case.party(author):
        changes.setdefault("letter_to", {author})
    for named in ("letter_to", "proven"):
        changes[named] = Addresses(changes.get(named, ()))
    given: dict[str, Any] = {
        "mail": the_mail,
        "now": NOW,
        "received": NOW,
        "mailbox": "support",
        "ref": "NEWC-ASE1",
    }
    if "heard" not in changes:
        given["heard"] = hear(the_mail, LISTENING)
    return _of_groups(Situation, _SITUATION_GROUPS, given | changes)
