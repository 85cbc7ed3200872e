"""Made-up occasions for every letter, so that a mistake in a template shows before a customer is waiting."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from maildesk.desk.case import Case, PartyRole, Phase
from maildesk.desk.desk import Desk
from maildesk.desk.letters import Occasion, Spoken
from maildesk.desk.notices import Addressee, LetterKind, LetterOrder

CUSTOMER = Addressee("sam@customer.example", "Sam Sample", PartyRole.REQUESTER)

_EXTRAS: dict[LetterKind, dict[str, str]] = {
    LetterKind.ACKNOWLEDGEMENT: {"escalated": "yes"},
    LetterKind.ACKNOWLEDGEMENT_FIXED: {"escalated": "yes"},
    LetterKind.CLOSED: {"outcome": "the printer was replaced"},
    LetterKind.OPENED_TEAM: {"warning": "the sender's address could not be trusted"},
    LetterKind.SUSPICIOUS: {"why": "its author does not take part in the case"},
    LetterKind.UNDELIVERED: {"recipients": CUSTOMER.address, "reason": "no such user"},
    LetterKind.NOTE_KEPT: {"why": "it did not answer a notice addressed to its author"},
}
"""The values that each letter's order brings along beside the case."""


def sample_letters(desk: Desk, now: datetime) -> Iterator[tuple[LetterOrder, Occasion]]:
    """Every letter about a case, twice: with everything a template may show, and with as little as can be.

    Alarms are not among them: they belong to no case (`LetterWriter.alarm`).
    """
    author = desk.people.agents[0].address if desk.people.agents else ""
    for kind in LetterKind:
        if kind is LetterKind.ALARM:
            continue
        extra = _EXTRAS.get(kind, {})
        yield LetterOrder(kind, author=author, text="Please try again.", extra=extra), _rich(desk, now)
        yield LetterOrder(kind, extra=dict.fromkeys(extra, "")), _bare(desk, now)


def _rich(desk: Desk, now: datetime) -> Occasion:
    agent = desk.people.agents[0].address if desk.people.agents else None
    case = replace(
        _case(desk, now),
        requester=CUSTOMER.address,
        account="Sample Company",
        owner=agent,
        response_due=now + timedelta(hours=4),
        resolution_due=now + timedelta(days=2),
    ).joined(CUSTOMER.address, CUSTOMER.name, PartyRole.REQUESTER)
    said = Spoken(now, CUSTOMER.name, "It does not print.\nWhat now?", ("photo.jpg",))
    thread = (said, Spoken(now, "a colleague", "Seen in March too.", internal=True))
    return Occasion(case, now, "sample", said, ("one@customer.example",), thread)


def _bare(desk: Desk, now: datetime) -> Occasion:
    # The templates ask for the time of a promise only where one was made, except the letter that it passed.
    return Occasion(replace(_case(desk, now), response_due=now), now, "bare sample")


def _case(desk: Desk, now: datetime) -> Case:
    mailbox = desk.address_of(next(iter(desk.mailboxes), ""))
    return Case(
        ref="7K2Q-9F3M",
        subject="It does not print",
        phase=Phase.NEW,
        requester="",
        mailbox=mailbox,
        opened_at=now,
        updated_at=now,
        priority=desk.policy.default_priority,
    )
