"""People consulted about a case: what they answer is for the desk and reaches no customer."""

from __future__ import annotations

from maildesk.desk.case.change import Change
from maildesk.desk.case.events import UNCONFIRMED, Event, EventKind
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.case.transitions import apply
from maildesk.desk.case.verdicts import Verdict
from maildesk.desk.decisions.afterwards import keep_afterwards
from maildesk.desk.decisions.decision import CaseEntry, Decision
from maildesk.desk.policy.desk import Desk
from maildesk.desk.screening.outcomes import ScreeningResult
from maildesk.desk.screening.situation import Consultation, Link, Situation
from maildesk.mail.message import Standing


def keep_consulted_answer(s: Situation, desk: Desk, screened: ScreeningResult) -> Decision:
    """An internal note, and the owner is told. It opens, reopens and escalates nothing, and brings nobody."""
    assert s.found is not None  # only a party of a case was asked about it
    unsure = _may_be_anybodys(s)
    if s.inquiry.consultation and s.inquiry.consultation.letter == LetterKind.AFTERWARDS:
        return keep_afterwards(s, desk, screened, unsure=unsure)
    why = "a colleague who was asked answered"
    event = Event(s.now, EventKind.NOTED, s.author, {"why": why, UNCONFIRMED: unsure or None})
    theirs = desk.people.is_desk_person(s.author)
    words = s.mail.body.own_text if theirs else ""  # another's whole mail stands in the notice
    letters = (answer_told(s.inquiry.consultation, s.author, words, unsure=unsure),)
    change = Change(apply(s.found.case, event), (event,), letters)
    note = f"kept on {change.case.ref}: a colleague's answer, for the desk only"
    return Decision(
        Verdict.NOTE, screened.reason, note, change, entry=CaseEntry(internal=True, unconfirmed=unsure)
    )


def answer_told(
    asked_by: Consultation | None, author: str, words: str, *, unsure: bool = False
) -> LetterOrder:
    """The notice of an answer, for the owner and whoever asked; `words` are a desk person's own."""
    to = (asked_by.asker,) if asked_by and asked_by.asker else ()
    extra = {"unsure": "yes" if unsure else ""}
    return LetterOrder(LetterKind.CONSULTED_WROTE, author=author, text=words, extra=extra, to=to)


def _may_be_anybodys(s: Situation) -> bool:
    """Tell whether the host that was named says nothing of its sender, who returns no own token either."""
    assert s.found is not None  # asked for above
    party = s.found.case.party(s.author)
    own = party is not None and s.found.link is Link.TOKEN and s.found.party == party.number
    return s.evidence.host_named and s.mail.author.standing is not Standing.VOUCHED and not own
