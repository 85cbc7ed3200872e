"""The question that the team is asked once an escalation is over, and what its people answer."""

from __future__ import annotations

from maildesk.desk.case.case import TEAM, Case
from maildesk.desk.case.change import Change
from maildesk.desk.case.events import DESK, INSIDE, UNCONFIRMED, Event, EventKind, Plain
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.case.transitions import apply
from maildesk.desk.case.verdicts import Verdict
from maildesk.desk.decisions.decision import CaseEntry, Decision
from maildesk.desk.decisions.given_answers import told
from maildesk.desk.policy.desk import Desk
from maildesk.desk.policy.usual_questions import AFTERWARDS
from maildesk.desk.screening.outcomes import ScreeningResult
from maildesk.desk.screening.situation import Situation


def with_afterwards(change: Change, desk: Desk) -> Change:
    """The change with the question to the team, where an escalation is over by it.

    It waits for no answer: as many as want to give one, whenever they do.
    """
    question = desk.policy.questions.get(AFTERWARDS) if desk.policy.escalation_path.afterwards else None
    over = next((each for each in change.events if each.kind is EventKind.ESCALATION_OVER), None)
    if question is None or over is None or not over.data.get("level"):  # never approved: it was none
        return change
    data: dict[str, Plain] = {"question": question.name, "to": TEAM, INSIDE: True}
    event = Event(over.at, EventKind.QUESTION_ASKED, DESK, data)
    extra = {"question": question.name, "number": ""}
    order = LetterOrder(LetterKind.AFTERWARDS, to=(_asked(change.case, desk),), extra=extra)
    return change.then(Change(apply(change.case, event), (event,), (order,)))


def _asked(case: Case, desk: Desk) -> str:
    """Name who is asked: the team of escalations, else that of the case, else who had it or leads."""
    team = desk.policy.escalation_path.team
    return team or (TEAM if case.team else "owner" if case.owner else "leadership")


def keep_afterwards(s: Situation, desk: Desk, screened: ScreeningResult, *, unsure: bool) -> Decision:
    """An answer: kept inside and listed; it moves nothing, and nobody is told."""
    assert s.found is not None  # a letter about the case is answered
    words = s.mail.body.own_text.strip()
    data = told(desk.policy.questions.get(AFTERWARDS), 0, None, words) | {
        "question": AFTERWARDS,
        INSIDE: True,
    }
    event = Event(s.now, EventKind.QUESTION_ANSWERED, s.author, data | {UNCONFIRMED: unsure or None})
    change = Change(apply(s.found.case, event), (event,))
    note = f"kept on {change.case.ref}: what would have avoided its escalation, for the desk only"
    entry = CaseEntry(internal=True, words=words or None, unconfirmed=unsure)
    return Decision(Verdict.NOTE, screened.reason, note, change, entry=entry)
