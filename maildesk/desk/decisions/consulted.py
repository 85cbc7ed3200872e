"""People consulted about a case: what they answer is for the desk and reaches no customer."""

from __future__ import annotations

from maildesk.desk.case.change import Change
from maildesk.desk.case.events import UNCONFIRMED, Event, EventKind
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.case.transitions import apply
from maildesk.desk.case.verdicts import Verdict
from maildesk.desk.decisions.decision import CaseEntry, Decision
from maildesk.desk.policy.desk import Desk
from maildesk.desk.screening.outcomes import ScreeningResult
from maildesk.desk.screening.situation import Link, Situation
from maildesk.mail.message import Standing


def keep_consulted_answer(s: Situation, desk: Desk, screened: ScreeningResult) -> Decision:
    """An internal note, and the owner is told. It opens, reopens and escalates nothing, and brings nobody."""
    assert s.found is not None  # only a party of a case was asked about it
    unsure = _may_be_anybodys(s)
    why = "a colleague who was asked answered"
    event = Event(s.now, EventKind.NOTED, s.author, {"why": why, UNCONFIRMED: unsure or None})
    letters = (LetterOrder(LetterKind.CONSULTED_WROTE, extra={"unsure": "yes" if unsure else ""}),)
    change = Change(apply(s.found.case, event), (event,), letters)
    note = f"kept on {change.case.ref}: a colleague's answer, for the desk only"
    return Decision(
        Verdict.NOTE, screened.reason, note, change, entry=CaseEntry(internal=True, unconfirmed=unsure)
    )


def _may_be_anybodys(s: Situation) -> bool:
    """Tell whether the host that was named says nothing of its sender, who returns no own token either."""
    assert s.found is not None  # asked for above
    party = s.found.case.party(s.author)
    own = party is not None and s.found.link is Link.TOKEN and s.found.party == party.number
    return s.evidence.host_named and s.mail.author.standing is not Standing.VOUCHED and not own
