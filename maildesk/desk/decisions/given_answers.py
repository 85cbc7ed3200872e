"""An answer that was given to a question of ours, whoever gave it: its event, its notice, what follows."""

from __future__ import annotations

from typing import Final

from maildesk.desk.case.case import Case
from maildesk.desk.case.change import Change
from maildesk.desk.case.events import INSIDE, EventKind, Plain
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.case.transitions import apply
from maildesk.desk.decisions.actor import Actor
from maildesk.desk.decisions.colleagues import name_of
from maildesk.desk.decisions.following import followed
from maildesk.desk.decisions.step_questions import after_step, found_told
from maildesk.desk.policy.desk import Desk
from maildesk.desk.policy.questions import Answer, Question

MOST_WORDS: Final = 2000
"""Characters of the words beside an answer that the list of answers keeps; the mail has them all."""


def told(question: Question | None, number: int, answer: Answer | None, words: str) -> dict[str, Plain]:
    """The answer as the history tells it."""
    inside: dict[str, Plain] = {INSIDE: True} if question and question.inside else {}
    return inside | {
        "question": question.name if question else None,
        "number": number or None,
        "answer": answer.name if answer else None,
        "score": int(answer.name) if question and answer and question.scale else None,
        "words": words[:MOST_WORDS] or None,
    }


def answered(case: Case, hand: Actor, data: dict[str, Plain]) -> Change:
    """The event of an answer."""
    event = hand.event(EventKind.QUESTION_ANSWERED, **data)
    return Change(apply(case, event), (event,))


def follows(case: Case, desk: Desk, question: Question, answer: Answer, hand: Actor) -> Change:
    """All that the policy lets follow from an answer; of a step the next one, or what was found."""
    if question.step:
        return after_step(case, desk, question, answer, hand)
    return followed(case, desk, answer.then, hand, answered=question.name)


def notice(
    question: Question | None, answer: Answer | None, data: dict[str, Plain], desk: Desk
) -> LetterOrder:
    """The notice of an answer."""
    given = ((key, data.get(key) or "") for key in ("answer", "late", INSIDE))
    extra = {key: each if isinstance(each, str) else str(each) for key, each in given}
    extra["asked"] = question.text if question else ""
    extra["score"] = str(question.scale or "") if question else ""
    found = found_told(question, answer, desk) if question and answer and not data.get("late") else {}
    return LetterOrder(LetterKind.ANSWERED_TEAM, extra=_NOTHING_FOUND | extra | found)


_NOTHING_FOUND: Final = {"steps_of": "", "found": "", "found_as": "", "stops_at": ""}


def by_desk(order: LetterOrder, hand: Actor, desk: Desk) -> LetterOrder:
    """The notice of an answer that somebody of the desk gave."""
    who = name_of(hand.address, desk.people)
    return LetterOrder(order.kind, extra=order.extra | {"who": who})
