"""The morning sheet: what is an agent's to do today, the most pressing first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from maildesk.desk.case.case import Case, Phase
from maildesk.desk.case.letter_order import LetterKind
from maildesk.desk.letters.digest import MOST_LINES
from maildesk.desk.letters.letter_writer import LetterWriter, WrittenLetter
from maildesk.desk.policy.people import Person
from maildesk.mail.addr_spec import folded
from maildesk.mail.message import Address
from maildesk.mail.our_marks import LETTER_BEGIN

MOST_SHOWN: Final = MOST_LINES
"""A sheet lists no more cases of one kind than this, and says how many there are beyond."""


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One case to be answered: by `due`, or to be `solved` by then; without one since its customer waits."""

    case: Case
    due: datetime | None = None
    solved: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """The cases of one agent, by what they want: `again` are those whose customer wrote again.

    `nobodys` are those of their teams that nobody has taken; `waiting` wait for their customers, the longest
    since `since`.
    """

    overdue: Sequence[SheetLine]
    today: Sequence[SheetLine]
    again: Sequence[SheetLine]
    later: Sequence[SheetLine]
    nobodys: Sequence[SheetLine]
    waiting: int = 0
    since: datetime | None = None

    @property
    def count(self) -> int:
        """The number of cases that are the agent's."""
        return sum(map(len, (self.overdue, self.today, self.again, self.later))) + self.waiting

    @property
    def empty(self) -> bool:
        """Tell whether there is nothing to do: what waits for customers is nobody's to do today."""
        return not (self.overdue or self.today or self.again or self.later or self.nobodys)


def sheet_of(mine: Iterable[Case], nobodys: Sequence[Case], now: datetime, end: datetime) -> Sheet:
    """The sheet of an agent's open cases, and of those that nobody has; the day ends at `end`."""
    overdue, today, again, later, waiting = [], [], [], [], list[Case]()
    for line in map(_line, mine):
        case = line.case
        if line.due and line.due <= now:
            overdue.append(line)
        elif line.due and line.due <= end:
            today.append(line)
        elif case.asked_at is None:
            waiting.append(case)
        elif case.first_response_at:
            again.append(line)
        else:
            later.append(line)
    return Sheet(
        sorted(overdue, key=_by_due),
        sorted(today, key=_by_due),
        sorted(again, key=lambda line: (line.case.asked_at or now, line.case.ref)),
        sorted(later, key=lambda line: (line.due or line.case.opened_at, line.case.ref)),
        [_line(case) for case in nobodys],
        len(waiting),
        min(map(_waits_since, waiting), default=None),
    )


def _line(case: Case) -> SheetLine:
    """The case by what is due first of it; a case that waits owes nothing today."""
    response, resolution = case.response_due, case.resolution_due
    if case.phase is Phase.WAITING and case.asked_at is None:
        return SheetLine(case)
    if resolution and (response is None or resolution < response):
        return SheetLine(case, resolution, solved=True)
    return SheetLine(case, response)


def _by_due(line: SheetLine) -> tuple[datetime, str]:
    assert line.due is not None  # only such lines are sorted by it
    return line.due, line.case.ref


def _waits_since(case: Case) -> datetime:
    """The moment since which a case waits, as far as its clocks know."""
    began = [clock.began for clock in case.clocks if clock.kind in _STARTED_BY_WAITING]
    return max(began, default=case.updated_at)


_STARTED_BY_WAITING: Final = frozenset({"wait", "remind", "after"})


_GROUPS: Final = ("overdue", "today", "again", "later", "nobodys")


def sheet_letter(
    writer: LetterWriter, sheet: Sheet, to: Person, whose: Person, now: datetime, day: str
) -> WrittenLetter:
    """The letter of a sheet; who gets it, whose it is and the day name it for good."""
    groups = {
        name: [
            {
                **writer.line_of(line.case, to.address),
                "due": line.due,
                "solved": line.solved,
                "since": line.case.asked_at,
            }
            for line in getattr(sheet, name)[:MOST_SHOWN]
        ]
        for name in _GROUPS
    }
    shown = {
        **groups,
        "reader": to.name,
        "whose": "" if to is whose else whose.name,
        "away_until": whose.until,
        "count": sheet.count,
        "waiting": sheet.waiting,
        "waiting_since": sheet.since,
        "teams": ", ".join(to.teams),
        "now": now,
        "reply_mark": LETTER_BEGIN,
    }
    cause = ("sheet", folded(to.address), folded(whose.address), day)
    return writer.of_desk(LetterKind.SHEET, Address(to.address, to.name), shown, cause, now)
