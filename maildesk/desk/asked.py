"""Colleagues who were asked about a case: what they answer is for the desk and reaches no customer."""

from __future__ import annotations

from maildesk.desk.case import apply
from maildesk.desk.change import Change, Decision
from maildesk.desk.desk import Desk
from maildesk.desk.events import Event, EventKind
from maildesk.desk.notices import LetterKind, LetterOrder
from maildesk.desk.screening import Screened
from maildesk.desk.situation import Situation
from maildesk.desk.verdicts import Verdict


def colleagues_answer(s: Situation, desk: Desk, screened: Screened) -> Decision:
    """An internal note, and the owner is told. It opens, reopens and escalates nothing, and brings nobody."""
    assert s.found is not None  # only a party of a case was asked about it
    event = Event(s.now, EventKind.NOTED, s.author, {"why": "a colleague who was asked answered"})
    letters = (LetterOrder(LetterKind.COLLEAGUE_WROTE),)
    change = Change(apply(s.found.case, event), (event,), letters)
    note = f"kept on {change.case.ref}: a colleague's answer, for the desk only"
    return Decision(Verdict.NOTE, screened.reason, note, change, internal=True)
