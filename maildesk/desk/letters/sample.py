"""Made-up occasions for every letter, so that a mistake in a template shows before a customer is waiting."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from maildesk.desk.case.case import Case, PartyRole, Phase
from maildesk.desk.case.clocks import Clock, ClockKind
from maildesk.desk.case.escalation import Escalation
from maildesk.desk.case.events import DESK, Event, EventKind
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.letters.audiences import Addressee
from maildesk.desk.letters.customer_card import CustomerCard, EarlierCase, Satisfaction
from maildesk.desk.letters.digest import DigestItem
from maildesk.desk.letters.form_letters import FORM_LETTERS
from maildesk.desk.letters.letter_context import LetterContext, QuotedMail
from maildesk.desk.letters.letter_kinds import FORMS, NOTICES
from maildesk.desk.letters.letter_values import LetterValues
from maildesk.desk.letters.letter_writer import LetterWriter, WrittenLetter
from maildesk.desk.letters.morning_sheet import Sheet, SheetLine, sheet_letter
from maildesk.desk.letters.suggestion_letter import suggestion_letter
from maildesk.desk.letters.summary_letter import SummaryPeriod, summary_letters
from maildesk.desk.letters.template_problem import PREFIX, TemplateProblem
from maildesk.desk.letters.templates import LetterTemplates, own_name
from maildesk.desk.policy.absences import NotedAbsence
from maildesk.desk.policy.desk import Desk
from maildesk.desk.policy.people import Person
from maildesk.desk.policy.summary import Summary
from maildesk.desk.policy.summary_counts import CountedValue
from maildesk.mail.message import Address

CUSTOMER = Addressee("sam@customer.example", "Sam Sample", PartyRole.REQUESTER)


def sample_letters(
    desk: Desk, now: datetime, language: str = ""
) -> Iterator[tuple[LetterOrder, LetterContext]]:
    """Every letter about a case, twice: with everything a template may show, and with as little as can be.

    The customer's are in this `language`. Alarms and digests are not among them: they belong to no case
    (`LetterWriter.alarm`, `sample_digest`).
    """
    for order, occasion in _samples(desk, now):
        yield order, replace(occasion, case=replace(occasion.case, language=language))


def _samples(desk: Desk, now: datetime) -> Iterator[tuple[LetterOrder, LetterContext]]:
    author = desk.people.agents[0].address if desk.people.agents else ""
    for kind in LetterKind:
        form = FORMS[kind]
        if form.of_case:
            full, bare = dict(form.example), dict.fromkeys(form.example, "")
            also = tuple(LetterOrder(each, extra=dict(FORMS[each].example)) for each in _TAKEN_ALONG)
            order = LetterOrder(kind, author=author, text="Please try again.", extra=full, also=also)
            yield order, _rich(desk, now)
            yield LetterOrder(kind, extra=bare), _bare(desk, now)
    for name in desk.policy.own_letters:
        yield LetterOrder(LetterKind.OWN, author=author, own=name), _rich(desk, now)
    for name, outcome in desk.policy.outcomes.items():
        extra = {"outcome": "", "means": outcome.means}
        yield LetterOrder(LetterKind.OUTCOME, author=author, extra=extra, own=name), _rich(desk, now)


def own_files(desk: Desk) -> frozenset[str]:
    """The names of files that an operator may have beside those of all letters: of outcomes, and what
    follows."""
    outcomes = {own_name(LetterKind.OUTCOME, each) for each in desk.policy.outcomes}
    return frozenset(outcomes | {own_name(LetterKind.OWN, each) for each in desk.policy.own_letters})


_TAKEN_ALONG = (
    LetterKind.CLOSED,
    LetterKind.REOPENED,
    LetterKind.ESCALATED,
    LetterKind.ESCALATION_ASKED,
    LetterKind.ESCALATION_DECLINED,
    LetterKind.PLAN,
    LetterKind.REASSIGNED,
    LetterKind.NEW_MOMENT,
    LetterKind.REMINDER,
    LetterKind.OUTCOME,
    LetterKind.NEED,
    LetterKind.SPLIT_OFF,
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


def sample_form_letters(desk: Desk) -> Iterator[LetterOrder]:
    """List the letters of no case that send a form back, filled in and blank."""
    for kind in FORM_LETTERS:
        for extra in (FORMS[kind].example, dict.fromkeys(FORMS[kind].example, "")):
            yield LetterOrder(kind, to=(CUSTOMER.address,), extra=dict(extra))


def lost_words(desk: Desk, templates: LetterTemplates) -> Iterator[TemplateProblem]:
    """Find the templates whose letter, in full or with little to say, lacks the words it is written for."""
    author = desk.people.agents[0].address if desk.people.agents else ""
    for kind in (each for each in LetterKind if FORMS[each].personal):
        files = {templates.name_of(kind, language=each): each for each in reversed(desk.policy.languages)}
        order = LetterOrder(kind, author=author, text=_WORDS)
        for file, language in files.items():
            if any(_loses_words(order, each, desk, templates, language) for each in occasions(desk, _A_DAY)):
                message = f"{PREFIX}{file}: the words of who writes are not in it"
                yield TemplateProblem(message, remedy="put {{ text }} where they are to stand")


def occasions(desk: Desk, now: datetime, language: str = "") -> tuple[LetterContext, ...]:
    """Make up two occasions of letters: one with all that there is to say, and one with little."""
    return tuple(
        replace(each, case=replace(each.case, language=language))
        for each in (_rich(desk, now), _bare(desk, now))
    )


def _loses_words(
    order: LetterOrder, occasion: LetterContext, desk: Desk, templates: LetterTemplates, language: str
) -> bool:
    spoken = templates.language(order.kind, language)
    try:
        values = LetterValues(order, occasion, desk, _SIZE, spoken)
        written = templates.render(order.kind, values, language=spoken.tag).text
    except TemplateProblem:
        return False  # told where every letter is tried
    return _WORDS.casefold() not in " ".join(written.casefold().split())


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
            Clock(ClockKind.NEXT_LEVEL, now, now + timedelta(days=1)),
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
        also=(LetterKind.REOPENED_TEAM,),
        card=CustomerCard(
            (EarlierCase("8MNE-20QX", "It prints too much", now, ended=True),),
            Satisfaction(4, 5, now, "8MNE-20QX"),
        ),
    )


def sample_digest(desk: Desk, now: datetime) -> Sequence[DigestItem]:
    """Make what a digest may hold: cases of two kinds, with much to say of them and with little."""
    cases = (_rich(desk, now).case, _bare(desk, now).case)
    return [DigestItem(kind, case, now) for kind in list(NOTICES)[:2] for case in cases]


def sample_summary(writer: LetterWriter, desk: Desk, now: datetime) -> list[WrittenLetter]:
    """Write a summary with cases and one with none, so that a mistake in its template shows at once."""
    summary = Summary("A sample", 18 * 60, (), "sample")
    cases = tuple(item.case for item in sample_digest(desk, now))
    to, period = [Person("Sam Sample", "sam@customer.example")], SummaryPeriod(now, now)
    told: list[list[CountedValue]] = [[CountedValue("A value", cases), CountedValue("Another")], []]
    written = (summary_letters(writer, summary, each, period, to, desk.policy, now) for each in told)
    return [letter for letters in written for letter in letters]


def sample_weekly(writer: LetterWriter, now: datetime) -> WrittenLetter:
    """Write a weekly report with something in each of its places."""
    share = {"part": 7, "of": 9}
    tally: dict[str, Any] = dict.fromkeys(_COUNTED, 3) | {"first_in_time": share, "satisfied": share}
    values = {
        "week": {"number": 47, "year": 2026},
        "now": tally,
        "rows": [{"label": "A figure", "now": "7 of 9", "before": "81 %"}],
        "bars": {"opened": "▁█", "ended": "▁█", "after": "▁█"},
        "told": ["Open cases by age: 3."],
        "late": [{"ref": "7K2Q-9F3M", "subject": "It does not print"}],
        "lessons": [{"ref": "7K2Q-9F3M", "words": "Tell customers a day before."}],
        "attached": True,
        "url": "https://desk.example.com/report",
    }
    to = Address("sam@customer.example", "Sam Sample")
    return writer.of_desk(LetterKind.WEEKLY, to, values, ("weekly", "sample"), now)


_COUNTED: Final = (
    "opened", "came_back", "ended", "before", "after", "ours", "surveys_sent", "spam", "merged", "set_aside"
)  # fmt: skip


def sample_sheets(writer: LetterWriter, desk: Desk, now: datetime) -> list[WrittenLetter]:
    """Write a morning sheet with cases of each kind, and one with next to nothing."""
    rich, bare = (replace(each.case, asked_at=now) for each in occasions(desk, now))
    due, waits = SheetLine(rich, now), SheetLine(rich)
    full = Sheet([due, SheetLine(rich, now, solved=True)], [due], [waits], [waits, due], [waits], 2, now)
    person = Person("Sam Sample", "sam@customer.example", ("support",), until=now.date())
    sheets = ((full, replace(person, name="Ana Sample")), (Sheet([], [], [SheetLine(bare)], [], []), person))
    return [sheet_letter(writer, sheet, person, whose, now, "sample") for sheet, whose in sheets]


def sample_suggestions(writer: LetterWriter, now: datetime) -> list[WrittenLetter]:
    """Write what suggests `#away`: for an absence with a last day, and for one without."""
    person = Person("Sam Sample", "sam@customer.example")
    absences = (NotedAbsence(person.address, now, until) for until in (now.date(), None))
    return [suggestion_letter(writer, person, each, now) for each in absences]


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
