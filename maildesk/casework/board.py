"""The board of a desk: its open cases with the names that its people have, at one moment."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from maildesk.desk.case.told import Phrase
from maildesk.desk.letters.language import ENGLISH
from maildesk.desk.policy.desk import Desk
from maildesk.pages.board import Board, BoardCase
from maildesk.pages.board_wish import BoardWish, Shown
from maildesk.store.board_rows import BoardRow, board_rows
from maildesk.store.database import Connection


def board_of(conn: Connection, desk: Desk, wish: BoardWish, now: datetime) -> Board:
    """Read the board as it is now. What it does not show, it does not hold."""
    ranked = desk.policy.priorities
    first = {each.name for each in ranked if each.rank == 1 < len(ranked)}
    return Board(
        name=desk.name,
        at=now,
        zone=ZoneInfo(desk.zone),
        calendar=desk.policy.calendar,
        cases=tuple(_case(row, desk, wish.shows, first) for row in board_rows(conn)),
        wish=wish,
        language=desk.language or ENGLISH,
    )


_ANSWER: Final = Phrase("answer")
_SOLUTION: Final = Phrase("solution")


def _case(row: BoardRow, desk: Desk, shows: Collection[Shown], first: Collection[str]) -> BoardCase:
    owner = desk.people.person(row.owner) if row.owner else None
    promises = ((row.response_due, _ANSWER), (row.resolution_due, _SOLUTION))
    due, owes = min(((at, what) for at, what in promises if at), default=(None, ""))
    return BoardCase(
        ref=row.ref,
        subject=row.subject if Shown.SUBJECT in shows else "",
        customer=row.requester if Shown.CUSTOMER in shows else "",
        priority=row.priority,
        first=row.priority in first,
        owner=owner.name if owner else row.owner or "",
        team=row.team or "",
        escalated=row.escalation_level is not None,
        opened_at=row.opened_at,
        due=due,
        owes=owes,
        asked_at=row.asked_at,
        answered=row.first_response_at is not None,
        said_at=row.said_at,
    )
