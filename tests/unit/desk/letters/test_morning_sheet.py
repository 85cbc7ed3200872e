"""What is an agent's to do today, and in which order."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from maildesk.desk.case.case import Case, Phase
from maildesk.desk.case.clocks import Clock, ClockKind
from maildesk.desk.letters.letter_writer import LetterWriter
from maildesk.desk.letters.morning_sheet import Sheet, SheetLine, sheet_letter, sheet_of
from maildesk.desk.letters.templates import LetterTemplates
from maildesk.desk.policy.people import Person
from tests.unit.desk.letter_matters import KEYS
from tests.unit.desk.letters.words_of_code import TEMPLATES
from tests.unit.desk.matters import AGENT, DESK, NOW, case

FOLDERS = sorted(each.name for each in TEMPLATES.iterdir() if each.is_dir())
END = NOW + timedelta(hours=14)


def hour(number: float) -> datetime:
    return NOW + timedelta(hours=number)


def a_case(ref: str, asked: float | None = None, **values: object) -> Case:
    """A case whose customer waits since that hour, with what is promised by its clocks."""
    at = hour(asked) if asked is not None else None
    open_case = replace(case(phase=Phase.OPEN, ref=ref), clocks=(), asked_at=at)
    return replace(open_case, **values)  # type: ignore[arg-type]


def due(kind: ClockKind, at: float) -> tuple[Clock, ...]:
    return (Clock(kind, NOW, hour(at)),)


def refs(lines: object) -> list[str]:
    assert isinstance(lines, list)
    return [line.case.ref for line in lines if isinstance(line, SheetLine)]


def sheet(*cases: Case, nobodys: tuple[Case, ...] = ()) -> Sheet:
    return sheet_of(cases, nobodys, NOW, END)


FIRST, NEXT = ClockKind.FIRST_RESPONSE, ClockKind.NEXT_RESPONSE


def test_what_is_overdue_stands_first_the_oldest_above() -> None:
    late, later = a_case("LATE", -9, clocks=due(FIRST, -3)), a_case("WORS", -9, clocks=due(NEXT, -5))
    assert refs(sheet(late, later).overdue) == ["WORS", "LATE"]


def test_what_is_due_before_midnight_is_to_be_answered_today() -> None:
    today, tomorrow = a_case("TODA", -1, clocks=due(FIRST, 3)), a_case("TOMO", -1, clocks=due(FIRST, 20))
    found = sheet(today, tomorrow)
    assert (refs(found.today), refs(found.later)) == (["TODA"], ["TOMO"])


def test_a_customer_who_wrote_again_stands_by_how_long_they_wait() -> None:
    answered = {"first_response_at": hour(-30)}
    new, old = a_case("NEW1", -1, **answered), a_case("OLD1", -20, **answered)
    assert refs(sheet(new, old).again) == ["OLD1", "NEW1"]


def test_one_that_was_never_answered_and_promises_nothing_is_for_later() -> None:
    assert refs(sheet(a_case("CALM", -1)).later) == ["CALM"]


def test_an_answered_case_waits_for_its_customer_and_is_only_counted() -> None:
    answered = a_case("DONE", first_response_at=hour(-3), updated_at=hour(-3))
    held = replace(a_case("WAIT"), phase=Phase.WAITING, clocks=(Clock(ClockKind.WAIT, hour(-7), hour(9)),))
    found = sheet(answered, held)
    assert (found.waiting, found.since, found.empty) == (2, hour(-7), True)


def test_a_solution_that_is_due_today_is_work_even_where_the_customer_was_answered() -> None:
    answered = a_case("SOLV", first_response_at=hour(-3), clocks=due(ClockKind.RESOLUTION, 2))
    (line,) = sheet(answered).today
    assert (line.case.ref, line.solved, line.due) == ("SOLV", True, hour(2))


def test_a_waiting_case_whose_customer_wrote_is_the_agents_again() -> None:
    wrote = replace(a_case("BACK", -2, first_response_at=hour(-9)), phase=Phase.WAITING)
    assert refs(sheet(wrote).again) == ["BACK"]


def test_what_nobody_has_keeps_the_order_of_the_queue_and_is_not_counted_as_theirs() -> None:
    found = sheet(nobodys=(a_case("ZZZZ", -1), a_case("AAAA", -2)))
    assert (refs(found.nobodys), found.count, found.empty) == (["ZZZZ", "AAAA"], 0, False)


def test_a_sheet_with_nothing_on_it_is_empty() -> None:
    assert sheet().empty


def written(wanted: Sheet, folder: str) -> str:
    """The text of Ana's letter, in the language of the folder."""
    sources = {f"{path.parent.name}/{path.name}": path.read_text() for path in TEMPLATES.glob("*/*.*")}
    desk = replace(DESK, policy=replace(DESK.policy, languages=(folder,)))
    writer = LetterWriter(desk, LetterTemplates(sources, desk.zone, (folder,)), KEYS)
    ana = Person("Ana Agent", AGENT)
    return sheet_letter(writer, wanted, ana, ana, NOW, "today").text


ORDERS = {"en": "in this order", "de": "in dieser Reihenfolge", "pt-BR": "nesta ordem"}


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_order_is_promised_of_cases_that_are_only_counted(folder: str) -> None:
    nobodys, waits = (a_case("FFFF", -1),), a_case("WAIT", first_response_at=hour(-30))
    assert ORDERS[folder] not in written(sheet(waits, nobodys=nobodys), folder)
    assert ORDERS[folder] in written(sheet(waits, a_case("EEEE", -1), nobodys=nobodys), folder)


@pytest.mark.parametrize("folder", FOLDERS)
def test_one_sheet_shows_its_groups_in_their_order_and_counts_what_waits(folder: str) -> None:
    """Overdue, to answer today, wrote again with the longest first, later, nobody's; then a number."""
    answered: dict[str, Any] = {"first_response_at": hour(-30)}
    theirs = [
        a_case("EEEE", -1),
        a_case("DDDD", -2, **answered),
        a_case("BBBB", -1, clocks=due(FIRST, 3)),
        a_case("WAIT", **answered),
        a_case("CCCC", -20, **answered),
        a_case("AAAA", -9, clocks=due(FIRST, -3)),
    ]
    text = written(sheet(*theirs, nobodys=(a_case("FFFF", -1),)), folder)
    found = re.findall(r"\b(?:A{4}|B{4}|C{4}|D{4}|E{4}|F{4}|WAIT)\b", text)
    assert found == ["AAAA", "BBBB", "CCCC", "DDDD", "EEEE", "FFFF", "AAAA"]  # how to write about the first
    parts = [line.partition(": ") for line in text.splitlines()]
    counts = [count[:1] for heading, _, count in parts if heading.isupper() and count[:1].isdigit()]
    assert counts == ["1", "1", "2", "1", "1", "1"], text
