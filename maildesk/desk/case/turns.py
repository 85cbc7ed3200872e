"""Turns: whose turn a case is, and since when the customer waits for an answer."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Protocol

from maildesk.desk.case.case import Case, Phase
from maildesk.desk.case.events import CAME_BACK, Event, EventKind
from maildesk.desk.case.letter_order import ANSWERING
from maildesk.desk.case.replacing import replace


def asked_at_first(phase: Phase, event: Event, recorded: datetime, *, answered: bool) -> datetime | None:
    """The moment since which the customer waits, as the event that begins a case in this phase says.

    `recorded` is since when, and `answered` whether not, where it recorded a whole case.
    """
    if _theirs(phase):
        return None
    if event.kind is EventKind.STATE_RECORDED:
        return None if answered else recorded
    return _reached(event)


def with_turn(before: Case, after: Case, event: Event) -> Case:
    """The case after an event, with the customer's oldest mail that nobody has answered."""
    asked = asked_after(before, after.phase, event)
    if asked == before.asked_at:
        return after
    return replace(after, asked_at=asked, last_asked_at=before.asked_at or before.last_asked_at)


class Turning(Protocol):
    """A case, as far as whose turn it is."""

    @property
    def phase(self) -> Phase:
        """Its phase."""

    @property
    def asked_at(self) -> datetime | None:
        """The customer's oldest mail without an answer."""

    @property
    def last_asked_at(self) -> datetime | None:
        """The one before it."""

    def is_requester(self, address: str) -> bool:
        """Tell whether this is the customer whose case it is."""


def asked_after(before: Turning, phase: Phase, event: Event) -> datetime | None:
    """The customer's oldest mail that nobody has answered after an event that leads to this phase."""
    asked, kind = before.asked_at, event.kind
    if phase.ended:
        return None
    if kind in _WRITES or (kind is EventKind.FIRST_MAIL and "since" in event.data):
        return asked or _reached(event)
    if kind is EventKind.WAITING or (_theirs(phase) and not _theirs(before.phase)):
        return None
    if event.answers:
        return asked if event.data.get("too_little") else None
    if _theirs(before.phase) and not _theirs(phase):
        return asked or _reached(event)
    if kind is EventKind.MERGED:
        return _earlier(asked, _moment(event, "asked_at"))
    if kind is EventKind.LETTER_RETRIED and _of_an_answer(before, event):
        return None if asked == before.last_asked_at else asked
    return asked or before.last_asked_at or event.at if _undone(before, event) else asked


_WRITES: Final = (EventKind.REPLIED, EventKind.REOPENED)
"""Events by which the customer writes, or somebody of the desk makes a case theirs to answer again."""


def _theirs(phase: Phase) -> bool:
    """Tell whether the desk waits in this phase, or is done."""
    return phase is Phase.WAITING or phase.ended


def _undone(case: Turning, event: Event) -> bool:
    """Tell whether an answer turns out not to have reached the requester, and no other one stands."""
    if event.data.get("first_answer"):
        return False
    if event.kind is EventKind.BOUNCED:
        return bool(event.data.get(CAME_BACK))
    lost = event.kind in (EventKind.LETTER_FAILED, EventKind.LETTER_DROPPED)
    return lost and _of_an_answer(case, event)


def _of_an_answer(case: Turning, event: Event) -> bool:
    return event.data.get("letter") in ANSWERING and case.is_requester(str(event.data.get("to") or ""))


def _reached(event: Event) -> datetime:
    """The moment at which the mail behind an event reached the mailbox; of an act, when it was done."""
    return _moment(event, "since") or event.at


def _moment(event: Event, key: str) -> datetime | None:
    value = event.data.get(key)
    return datetime.fromisoformat(str(value)) if value else None


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((each for each in (one, other) if each), default=None)
