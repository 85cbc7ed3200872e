"""The board: every open case in the order in which it wants somebody, on one page without a server."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from html import escape
from typing import Final
from zoneinfo import ZoneInfo

from maildesk.desk.case.case_name import NO_SUBJECT
from maildesk.desk.case.told import Phrase, Speech
from maildesk.desk.letters.language import ENGLISH
from maildesk.desk.promises.calendar import BusinessCalendar
from maildesk.pages.board_form import SCRIPT, style_in
from maildesk.pages.board_wish import BoardWish, Shown
from maildesk.pages.board_words import PLACE, BoardWords
from maildesk.pages.page import page, words

_FAR = timedelta(days=14)
"""The distance beyond which whole days are said, and not hours of work."""


@dataclass(frozen=True, slots=True)
class BoardCase:
    """One open case. `due` is the next moment at which something is promised, `owes` what.

    `first`: no priority of the policy comes before its own.

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
    """All that a board says: the cases, the times around them, and the language in which it says it."""

    name: str
    at: datetime
    zone: ZoneInfo
    calendar: BusinessCalendar
    cases: tuple[BoardCase, ...]
    wish: BoardWish = field(default_factory=BoardWish)
    language: Speech = ENGLISH

    def says_the_same(self, other: Board | None) -> bool:
        """Tell whether only the time passed between the two, and no case came due by that."""
        return other is not None and replace(other, at=self.at) == self and _places(other) == _places(self)


class Place(StrEnum):
    """The parts of a board, the most urgent first."""

    OVERDUE = "overdue"
    TODAY = "today"
    LATER = "later"
    AGAIN = "again"
    UNPROMISED = "unpromised"
    THEIRS = "theirs"


HEADS: Final = {
    Place.OVERDUE: Phrase("Overdue"),
    Place.TODAY: Phrase("Due today"),
    Place.LATER: Phrase("Due later"),
    Place.AGAIN: Phrase("The customer wrote again"),
    Place.UNPROMISED: Phrase("To answer, nothing promised"),
    Place.THEIRS: Phrase("Waiting for the customer"),
}
"""The head of each part."""


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


def _in_order(cases: Iterable[BoardCase]) -> list[BoardCase]:
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
    told = BoardWords(board.language, board.zone.key)
    body = "".join(_body(board, {place: _in_order(cases) for place, cases in parts.items()}, told))
    late = len(parts[Place.OVERDUE])
    title = told.plainly(Phrase("{number} overdue", number=late)) if late else ""
    return page(
        f"{title} – {board.name}" if late else board.name,
        body,
        style_in(told),
        SCRIPT,
        again=board.wish.again,
        language=board.language.tag,
    )


def _body(board: Board, parts: dict[Place, list[BoardCase]], told: BoardWords) -> Iterator[str]:
    at = board.at.replace(microsecond=0)
    before, after = told.around(Phrase("As of {moment} ({zone}).", moment=PLACE, zone=board.zone.key))
    old = told.say(Phrase("This page is {minutes} minutes old: does the daemon run?", minutes="{minutes}"))
    yield (
        f'<header><h1>{words(board.name)}</h1><p class="mute">'
        f'{before}<time id="at" datetime="{at.isoformat()}">{told.moment(at)}</time>{after} '
        f'<b id="old" class="late" role="status" data-told="{old}"></b></p></header>\n<main>\n'
    )
    yield _tiles(board, parts, told)
    shown = told.say(Phrase("{number} shown", number="{number}"))
    yield (
        f'<p class="find screen" hidden><label for="find">{told.say(Phrase("Show only"))}</label>'
        '<input id="find" type="search" autocomplete="off">'
        f'<span id="n" class="mute" role="status" data-told="{shown}"></span></p>\n'
    )
    left = board.wish.rows
    for place, cases in parts.items():
        if cases:
            yield from _part(board, place, cases[:left], len(cases), told)
            left -= min(left, len(cases))
    if not board.cases:
        yield f"<p>{told.say(Phrase('Nothing is open: every customer has an answer.'))}</p>\n"
    counted = Phrase("Times that are left, over or waited are counted in opening hours, up to two weeks.")
    yield f'<p class="mute">{told.say(counted)}</p>\n</main>\n'


def _tiles(board: Board, parts: dict[Place, list[BoardCase]], told: BoardWords) -> str:
    late = len(parts[Place.OVERDUE])
    ours = [each for each in board.cases if each.asked_at is not None]
    counts = (
        (late, Phrase("overdue")),
        (len(parts[Place.TODAY]), Phrase("due today")),
        (sum(1 for each in ours if not each.owner), Phrase("nobody’s yet")),
        (sum(1 for each in board.cases if each.escalated), _ESCALATED),
        (len(ours), Phrase("our turn")),
        (len(board.cases) - len(ours), Phrase("the customer’s turn")),
    )
    tiles = (f"<b>{number}</b> <span>{told.say(what)}</span>" for number, what in counts)
    first, *others = tiles
    return (
        f'<ul class="tiles"><li{" class=bad" if late else ""}>{first}</li>'
        f"{''.join(f'<li>{each}</li>' for each in others)}</ul>\n"
    )


_ESCALATED: Final = Phrase("escalated")


def _part(
    board: Board, place: Place, shown: list[BoardCase], all_of_it: int, told: BoardWords
) -> Iterator[str]:
    yield f"<section><h2>{told.say(HEADS[place])}: {all_of_it}</h2>\n"
    if shown:
        last, kind, cell = _LAST_COLUMN[place]
        heads = (
            ("p", Phrase("Priority")),
            ("o", Phrase("Owner")),
            ("t", Phrase("Team")),
            ("a", Phrase("Age")),
            ("w", last),
        )
        cells = "".join(f"<th scope=col class={name}>{told.say(text)}</th>" for name, text in heads)
        yield f"<table{kind}><thead><tr><th scope=col>{told.say(Phrase('Case'))}</th>{cells}</tr></thead>"
        yield "<tbody>\n"
        yield from map(_rows(board, told, cell), shown)
        yield "</tbody></table>\n"
    if more := all_of_it - len(shown):
        before, after = told.around(Phrase("{number} more: see {command}", number=more, command=PLACE))
        yield f"<p class=mute>{before}<code>maildesk case list</code>{after}</p>\n"
    yield "</section>\n"


def _rows(board: Board, told: BoardWords, last: _Last) -> Callable[[BoardCase], str]:
    """The maker of a row; the ends of its cells are left out: HTML allows it, ten thousand rows are glad."""
    subjects, customers = (each in board.wish.shows for each in (Shown.SUBJECT, Shown.CUSTOMER))
    unnamed, nobody = told.say(Phrase(NO_SUBJECT)), f"<b>{told.say(Phrase('nobody yet'))}</b>"
    escalated = f"<small class=soon>{told.say(_ESCALATED)}</small>"

    def row(case: BoardCase) -> str:
        about = f"<bdi>{words(case.subject) or unnamed}</bdi>" if subjects else ""
        about += f"<small><bdi>{words(case.customer)}</bdi></small>" if customers else ""
        about += escalated if case.escalated else ""
        priority = told.name(case.priority)
        return (
            f"<tr><th scope=row><code>{escape(case.ref)}</code>{about}"
            f"<td class=p>{f'<b class=soon>{priority}</b>' if case.first else priority}"
            f"<td class=o>{told.name(case.owner) or nobody}<td class=t>{told.name(case.team)}"
            f"<td class=a>{told.span(board.at - case.opened_at)}<td class=w>{last(board, case, told)}\n"
        )

    return row


def _due(board: Board, case: BoardCase, told: BoardWords) -> str:
    assert case.due is not None  # it stands in a part of those that have one
    when = told.moment(case.due)
    if case.due <= board.at:
        over = told.over(case.owes, _worked(board, case.due, board.at))
        return f"<span class=late>{when}</span><small>{over}</small>"
    return f"{when}<small>{told.left(case.owes, _worked(board, board.at, case.due))}</small>"


def _waits(board: Board, case: BoardCase, told: BoardWords) -> str:
    assert case.asked_at is not None  # it stands in a part of those who wait
    waited = told.span(_worked(board, case.asked_at, board.at))
    return f"{told.moment(case.asked_at)}<small>{waited}</small>"


def _said(board: Board, case: BoardCase, told: BoardWords) -> str:
    return told.moment(case.said_at) if case.said_at else "–"


_Last = Callable[[Board, BoardCase, BoardWords], str]
"""The maker of a case's last cell."""

_IS_DUE: Final = (Phrase("Due"), "", _due)
_WAITING: Final = (Phrase("Waits since"), " class=since", _waits)
_LAST_COLUMN: Final[dict[Place, tuple[Phrase, str, _Last]]] = {
    Place.OVERDUE: _IS_DUE,
    Place.TODAY: _IS_DUE,
    Place.LATER: _IS_DUE,
    Place.AGAIN: _WAITING,
    Place.UNPROMISED: _WAITING,
    Place.THEIRS: (Phrase("Our last word"), " class=ours", _said),
}
"""The last column of each part: its head, the name by which the form knows it, and its cells."""


def _worked(board: Board, start: datetime, end: datetime) -> timedelta:
    """The opening hours between two moments; all of the time where they lie far apart or none was open."""
    if end - start > _FAR:
        return end - start
    return board.calendar.between(start, end) or end - start
