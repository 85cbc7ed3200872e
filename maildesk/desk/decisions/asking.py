"""Asking the questions of the policy: when one is due, the event that counts it, the letter."""

from __future__ import annotations

from datetime import datetime

from maildesk.desk.case.case import TEAM, Asked, Case
from maildesk.desk.case.change import Change
from maildesk.desk.case.events import DESK, INSIDE, Event, EventKind, Plain
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.case.transitions import apply
from maildesk.desk.policy.policy import Policy
from maildesk.desk.policy.questions import Outcome, Question
from maildesk.desk.policy.statuses import Status


def question_on_entry(case: Case, to: Status, outcome: Outcome | None, policy: Policy) -> Question | None:
    """The question that a case is asked as it comes into a status, now with this outcome.

    That of the outcome comes before the status's own; one of once is not asked again, and nobody is asked
    how satisfied they are with an outcome that wants no survey.
    """
    name = outcome.ask if outcome and outcome.ask else to.ask
    question = policy.questions.get(name) if name else None
    if question is None or (question.once and question.name in case.asked_before):
        return None
    ended = outcome or policy.outcomes.get(case.outcome or "")
    return None if question.scale and ended and not ended.survey else question


def asked(case: Case, question: Question, at: datetime, policy: Policy) -> Change:
    """The change by which a question is asked, by the policy, at that moment.

    The requester is asked, or the desk's own people where it is `inside`; of one in steps the first.
    """
    question = policy.questions[question.first] if question.first else question
    if not (question.inside or case.requester):
        return Change(case)
    number = case.askings + 1
    data: dict[str, Plain] = {"question": question.name, "number": number}
    data |= {"to": TEAM, INSIDE: True} if question.inside else {"to": case.requester}
    asking = Event(at, EventKind.QUESTION_ASKED, DESK, data)
    return Change(apply(case, asking), (asking,), (question_letter(question, number),))


def still_asked(asked: Asked, question: Question, case: Case, *, clicked: bool = False) -> bool:
    """Tell whether an answer still counts: where it was asked, a score as long as the case stays ended.

    One to a step does as long as the case goes on, where it can be one to nothing else: by a click, inside,
    or in words as long as nobody of the desk has written to the customer since.
    """
    if question.step:
        return not case.phase.ended and (clicked or asked.inside or not asked.spoken)
    there = (case.phase.value, case.status) == (asked.phase, asked.status)
    return not asked.left and (bool(question.scale) or there)


def question_letter(question: Question, number: int) -> LetterOrder:
    """The letter that asks a question, for the first time or again: the number of its asking stays."""
    kind = LetterKind.QUESTION_TEAM if question.inside else LetterKind.QUESTION
    return LetterOrder(kind, extra={"question": question.name, "number": str(number)})
