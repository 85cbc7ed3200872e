"""The board: every open case in the order in which it wants somebody, on one page without a server."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from maildesk.desk.promises.calendar import BusinessCalendar
from maildesk.pages.board_form import SCRIPT, STYLE
from maildesk.pages.board_wish import BoardWish, Shown
from maildesk.pages.page import page, words
from maildesk.pages.times import moment, span

_FAR = timedelta(days=14)
"""The distance beyond which whole days are said, and not hours of work."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class BoardCase:
    """One open case. `due` is the next moment at which something is promised, `owes` what.

    `asked_at` is since when the customer waits for us, None while it is their turn; `answered`: there was an
    answer before. `said_at` is when we last wrote to them. `owner` is a name, empty for nobody.
    """

    ref: str
    subject: str
    customer: str
    priority: str
    first: bool
    owner: str
    team: str
    escalated: bool
    opened_at: datetime
    due: datetime | None
    owes: str
    asked_at: datetime | None
    answered: bool
    said_at: datetime | None


@dataclass(frozen=True, slots=True)
class Board:
    """All that a board says: the cases, and the words and times around them."""

    name: str
    at: datetime
    zone: ZoneInfo
    calendar: BusinessCalendar
    cases: tuple[BoardCase, ...]
    wish: BoardWish = field(default_factory=BoardWish)

    def says_the_same(self, other: Board | None) -> bool:
        """Tell whether only the time passed between the two, and no case came due by that."""
        return other is not None and replace(other, at=self.at) == self and _places(other) == _places(self)


class Place(StrEnum):
    """The parts of a board, the most urgent first."""

    OVERDUE = "Overdue"
    TODAY = "Due today"
    LATER = "Due later"
    AGAIN = "The customer wrote again"
    UNPROMISED = "To answer, nothing promised"
    THEIRS = "Waiting for the customer"


_LAST_COLUMN = {
    Place.OVERDUE: "Due",
    Place.TODAY: "Due",
    Place.LATER: "Due",
    Place.AGAIN: "Waits since",
    Place.UNPROMISED: "Waits since",
    Place.THEIRS: "Our last word",
}


def place_of(case: BoardCase, at: datetime, zone: ZoneInfo) -> Place:
    """The part of the board in which a case stands at that moment."""
    if case.due is not None:
        if case.due <= at:
            return Place.OVERDUE
        today = case.due.astimezone(zone).date() == at.astimezone(zone).date()
        return Place.TODAY if today else Place.LATER
    if case.asked_at is None:
        return Place.THEIRS
    return Place.AGAIN if case.answered else Place.UNPROMISED


def _places(board: Board) -> tuple[Place, ...]:
    return tuple(place_of(each, board.at, board.zone) for each in board.cases)


def _in_order(place: Place, cases: Iterable[BoardCase]) -> list[BoardCase]:
    """The cases of one part: by what is due, else by who waits longest."""

    def key(case: BoardCase) -> tuple[datetime, str]:
        when = case.due or case.asked_at or case.said_at or case.opened_at
        return when, case.ref

    return sorted(cases, key=key)


def board_page(board: Board) -> str:
    """The page as one file."""
    parts: dict[Place, list[BoardCase]] = {place: [] for place in Place}
    for each, place in zip(board.cases, _places(board), strict=True):
        parts[place].append(each)
    late = len(parts[Place.OVERDUE])
    body = "".join(_body(board, {place: _in_order(place, found) for place, found in parts.items()}))
    return page(
        f"{late} overdue – {board.name}" if late else board.name, body, STYLE, SCRIPT, again=board.wish.again
    )


def _body(board: Board, parts: dict[Place, list[BoardCase]]) -> Iterator[str]:
    at = board.at.replace(microsecond=0)
    yield (
        f"<header><h1>{words(board.name)}</h1>"
        f'<p class="mute">As of <time id="at" datetime="{at.isoformat()}">{moment(at, board.zone)}</time> '
        f'({words(board.zone.key)}). <b id="old" class="late" role="status"></b></p></header>\n<main>\n'
    )
    yield _tiles(board, parts)
    yield (
        '<p class="find screen" hidden><label for="find">Show only</label>'
        '<input id="find" type="search" autocomplete="off">'
        '<span id="n" class="mute" role="status"></span></p>\n'
    )
    left = board.wish.rows
    for place, cases in parts.items():
        if cases:
            yield from _part(board, place, cases, left)
            left -= min(left, len(cases))
    if not board.cases:
        yield "<p>Nothing is open: every customer has an answer.</p>\n"
    counted = "Times that are left, over or waited are counted in opening hours, up to two weeks."
    yield f'<p class="mute">{counted}</p>\n'
    yield "</main>\n"


def _tiles(board: Board, parts: dict[Place, list[BoardCase]]) -> str:
    ours = [each for each in board.cases if each.asked_at is not None]
    counts = (
        (len(parts[Place.OVERDUE]), "overdue"),
        (len(parts[Place.TODAY]), "due today"),
        (sum(1 for each in ours if not each.owner), "nobody’s yet"),
        (sum(1 for each in board.cases if each.escalated), "escalated"),
        (len(ours), "open, our turn"),
        (len(board.cases) - len(ours), "open, the customer’s turn"),
    )
    tiles = "".join(
        f"<li{' class=bad' if number and what == 'overdue' else ''}><b>{number}</b> <span>{what}</span></li>"
        for number, what in counts
    )
    return f'<ul class="tiles">{tiles}</ul>\n'


def _part(board: Board, place: Place, cases: list[BoardCase], left: int) -> Iterator[str]:
    said, shown = _LAST_COLUMN[place], cases[:left]
    yield f"<h2>{place}: {len(cases)}</h2>\n"
    if shown:
        heads = (("p", "Priority"), ("o", "Owner"), ("t", "Team"), ("w", said), ("a", "Age"))
        cells = "".join(f"<th scope=col class={name}>{text}</th>" for name, text in heads)
        extra = " class=since" if place in (Place.AGAIN, Place.UNPROMISED) else ""
        extra = " class=ours" if place is Place.THEIRS else extra
        yield f"<table{extra}><thead><tr><th scope=col>Case</th>{cells}</tr></thead><tbody>\n"
        last = _LAST[place]
        yield from (_row(board, each, last(board, each)) for each in shown)
        yield "</tbody></table>\n"
    if len(cases) > len(shown):
        yield f"<p class=mute>{len(cases) - len(shown)} more: see <code>maildesk case list</code></p>\n"


def _row(board: Board, case: BoardCase, last: str) -> str:
    """A row; the ends of its cells are left out, which HTML allows and ten thousand rows are glad of."""
    subject = words(case.subject) or "(no subject)"
    told = f"<bdi>{subject}</bdi>" if Shown.SUBJECT in board.wish.shows else ""
    if Shown.CUSTOMER in board.wish.shows:
        told += f"<small><bdi>{words(case.customer)}</bdi></small>"
    marks = [*(["escalated"] if case.escalated else []), *([words(case.priority)] if case.first else [])]
    told += f"<small class=soon>{', '.join(marks)}</small>" if marks else ""
    owner = words(case.owner) or "<b>nobody</b>"
    return (
        f"<tr><th scope=row><code>{words(case.ref)}</code>{told}<td class=p>{words(case.priority)}"
        f"<td class=o>{owner}<td class=t>{words(case.team)}<td class=w>{last}"
        f"<td class=a>{span(board.at - case.opened_at)}\n"
    )


def _due(board: Board, case: BoardCase) -> str:
    assert case.due is not None  # it stands in a part of those that have one
    when, what = moment(case.due, board.zone), words(case.owes)
    if case.due <= board.at:
        over = _worked(board, case.due, board.at)
        return f'<span class="late">{when}</span><small>{what}, {over} over</small>'
    return f"{when}<small>{what}, {_worked(board, board.at, case.due)} left</small>"


def _waits(board: Board, case: BoardCase) -> str:
    assert case.asked_at is not None  # it stands in a part of those who wait
    waited = _worked(board, case.asked_at, board.at)
    return f"{moment(case.asked_at, board.zone)}<small>{waited}</small>"


def _said(board: Board, case: BoardCase) -> str:
    return moment(case.said_at, board.zone) if case.said_at else "none"


_LAST: dict[Place, Callable[[Board, BoardCase], str]] = {
    Place.OVERDUE: _due,
    Place.TODAY: _due,
    Place.LATER: _due,
    Place.AGAIN: _waits,
    Place.UNPROMISED: _waits,
    Place.THEIRS: _said,
}


def _worked(board: Board, start: datetime, end: datetime) -> str:
    """The opening hours between two moments; days where they lie far apart or none was open."""
    if end - start > _FAR:
        return span(end - start)
    worked = board.calendar.between(start, end)
    return span(worked) if worked else span(end - start)
