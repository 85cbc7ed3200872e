"""Made-up occasions for every letter, so that a mistake in a template shows before a customer is waiting."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from maildesk.desk.case.case import Case, Escalation, PartyRole, Phase
from maildesk.desk.case.clocks import Clock, ClockKind
from maildesk.desk.case.events import DESK, Event, EventKind
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.letters.audiences import Addressee
from maildesk.desk.letters.digest import DigestItem
from maildesk.desk.letters.letter_context import LetterContext, QuotedMail
from maildesk.desk.letters.letter_kinds import FORMS, NOTICES
from maildesk.desk.letters.letter_values import values_of
from maildesk.desk.letters.templates import LetterTemplates, TemplateProblem, file_of, own_file
from maildesk.desk.policy.desk import Desk

CUSTOMER = Addressee("sam@customer.example", "Sam Sample", PartyRole.REQUESTER)


def sample_letters(desk: Desk, now: datetime) -> Iterator[tuple[LetterOrder, LetterContext]]:
    """Every letter about a case, twice: with everything a template may show, and with as little as can be.

    Alarms and digests are not among them: they belong to no case (`LetterWriter.alarm`, `sample_digest`).
    """
    author = desk.people.agents[0].address if desk.people.agents else ""
    for kind in LetterKind:
        form = FORMS[kind]
        if form.of_case:
            full, bare = dict(form.example), dict.fromkeys(form.example, "")
            also = tuple(LetterOrder(each, extra=dict(FORMS[each].example)) for each in _TAKEN_ALONG)
            order = LetterOrder(kind, author=author, text="Please try again.", extra=full, also=also)
            yield order, _rich(desk, now)
            yield LetterOrder(kind, extra=bare), _bare(desk, now)
    for name in own_letters(desk):
        yield LetterOrder(LetterKind.OWN, author=author, own=name), _rich(desk, now)
    for name, outcome in desk.policy.outcomes.items():
        extra = {"outcome": "", "means": outcome.means}
        yield LetterOrder(LetterKind.OUTCOME, author=author, extra=extra, own=name), _rich(desk, now)


def own_files(desk: Desk) -> frozenset[str]:
    """The files that an operator may have beside those of all letters: of outcomes, and what follows."""
    outcomes = {own_file(LetterKind.OUTCOME, each) for each in desk.policy.outcomes}
    return frozenset(outcomes | {own_file(LetterKind.OWN, each) for each in own_letters(desk)})


def own_letters(desk: Desk) -> tuple[str, ...]:
    """The names of the letters that the policy sends after an answer or silence."""
    policy = desk.policy
    follows = [each.then for each in policy.statuses]
    follows += [answer.then for question in policy.questions.values() for answer in question.answers]
    return tuple(dict.fromkeys(each.letter for each in follows if each.letter))


_TAKEN_ALONG = (
    LetterKind.CLOSED,
    LetterKind.REOPENED,
    LetterKind.ESCALATED,
    LetterKind.REASSIGNED,
    LetterKind.NEW_MOMENT,
    LetterKind.REMINDER,
    LetterKind.OUTCOME,
    LetterKind.NEED,
    LetterKind.STATUS,
    LetterKind.QUESTION,
)
"""Letters to customers that another one may take along."""


def sample_orders_apart(desk: Desk) -> Iterator[LetterOrder]:
    """List what somebody of the desk hears about a mail of theirs that is about no case."""
    for author in desk.people.agents[:1]:
        for kind, form in FORMS.items():
            if form.apart:
                yield LetterOrder(kind, author=author.address, extra={"subject": "Hello", **form.example})


def lost_words(desk: Desk, templates: LetterTemplates) -> Iterator[TemplateProblem]:
    """Find the templates whose letter, in full or with little to say, lacks the words it is written for."""
    author = desk.people.agents[0].address if desk.people.agents else ""
    for kind in (each for each in LetterKind if FORMS[each].personal):
        order = LetterOrder(kind, author=author, text=_WORDS)
        for occasion in (_rich(desk, _A_DAY), _bare(desk, _A_DAY)):
            try:
                written = templates.render(kind, values_of(order, occasion, desk, _SIZE)).text
            except TemplateProblem:
                break  # told where every letter is tried
            if _WORDS.casefold() not in " ".join(written.casefold().split()):
                message = f"templates/{file_of(kind)}: the words of who writes are not in it"
                yield TemplateProblem(message, remedy="put {{ text }} where they are to stand")
                break


_WORDS: Final = "Pull the plug, wait a minute, and try again."
_A_DAY: Final = datetime(2026, 3, 3, 10, tzinfo=UTC)
_SIZE: Final = 65536


def _rich(desk: Desk, now: datetime) -> LetterContext:
    agent = desk.people.agents[0].address if desk.people.agents else None
    case = replace(
        _case(desk, now),
        requester=CUSTOMER.address,
        account="Sample Company",
        owner=agent,
        team=desk.people.teams[0].name if desk.people.teams else None,
        escalation=Escalation(1, now, CUSTOMER.address),
        clocks=(
            Clock(ClockKind.FIRST_RESPONSE, now, now + timedelta(hours=4)),
            Clock(ClockKind.RESOLUTION, now, now + timedelta(days=2)),
        ),
    ).joined(CUSTOMER.address, CUSTOMER.name, PartyRole.REQUESTER)
    said = QuotedMail(now, CUSTOMER.name, "It does not print.\nWhat now?", ("photo.jpg",))
    thread = (said, QuotedMail(now, "a colleague", "Seen in March too.", internal=True))
    history = (Event(now, EventKind.OPENED, CUSTOMER.address), Event(now, EventKind.ESCALATED, DESK))
    return LetterContext(
        case,
        now,
        "sample",
        said,
        ("one@customer.example",),
        thread,
        history=history,
        also=(LetterKind.REPLIED_TEAM,),
    )


def sample_digest(desk: Desk, now: datetime) -> Sequence[DigestItem]:
    """Make what a digest may hold: cases of two kinds, with much to say of them and with little."""
    cases = (_rich(desk, now).case, _bare(desk, now).case)
    return [DigestItem(kind, case, now) for kind in list(NOTICES)[:2] for case in cases]


def _bare(desk: Desk, now: datetime) -> LetterContext:
    # The templates ask for the time of a promise only where one was made, except a letter that it passed.
    clocks = tuple(Clock(kind, now, now) for kind in (ClockKind.FIRST_RESPONSE, ClockKind.RESOLUTION))
    return LetterContext(replace(_case(desk, now), clocks=clocks), now, "bare sample")


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
        priority=desk.policy.default_priority or "",
    )
