"""Answers of the desk's own people to what they are asked: they stay inside."""

from __future__ import annotations

from dataclasses import replace

from maildesk.desk.case.case import Asked, Case
from maildesk.desk.case.change import Change
from maildesk.desk.case.letter_order import LetterKind
from maildesk.desk.case.told import Phrase
from maildesk.desk.decisions.actor import Actor
from maildesk.desk.decisions.asking import still_asked
from maildesk.desk.decisions.given_answers import answered, by_desk, follows, notice, told
from maildesk.desk.decisions.step_questions import is_last
from maildesk.desk.policy.desk import Desk
from maildesk.desk.policy.names import comparable, named
from maildesk.desk.policy.questions import Answer, Question
from maildesk.desk.policy.usual_questions import USUAL_WORDS
from maildesk.desk.screening.short_replies import ShortReply
from maildesk.desk.screening.situation import Consultation
from maildesk.desk.screening.step_answers import step_answer
from maildesk.errors import NotAllowed, NotFound


def answer_inside(case: Case, desk: Desk, hand: Actor, typed: str) -> Change:
    """The answer that somebody of the desk types, `no` or `ISP: no`, to the question that is open inside."""
    asked, question = _open_question(case, desk)
    step, _, name = typed.rpartition(":")
    if step and comparable(step) not in map(comparable, (_step_of(question), question.name)):
        raise NotAllowed(
            Phrase("{typed} is not asked any more", typed=repr(step.strip()[:60])),
            remedy=Phrase("{question} is", question=question.name),
        )
    return _counted(case, desk, hand, question, _answer(question, name.strip(" .!")), asked.number, "")


def _answer(question: Question, typed: str) -> Answer:
    """The answer that is meant by its name, or by a word that says it: who reads `ja` may type it."""
    answers = {each.name: each for each in question.answers}
    try:
        return answers[named(answers, typed, Phrase("answer"))]
    except NotFound:
        words = {each.name: (*each.words.words, *USUAL_WORDS.get(each.name, ())) for each in question.answers}
        said = [answers[name] for name in words if comparable(typed) in map(comparable, words[name])]
        if len(said) != 1:
            raise
        return said[0]


def said_inside(
    case: Case, desk: Desk, hand: Actor, asks: Consultation, reply: ShortReply | None, words: str
) -> Change | None:
    """The reply to a letter that asks inside, as an answer; None where it is none, or comes too late."""
    if asks.letter != LetterKind.QUESTION_TEAM or reply is None or asks.at is None:
        return None
    try:
        asked, question = _open_question(case, desk)
    except (NotAllowed, NotFound):
        return None
    # What stands below the first clause explains it: people who know are asked, and it stays with them.
    answer = step_answer(question, replace(reply, clauses=reply.clauses[:1])) if asks.at >= asked.at else None
    return _counted(case, desk, hand, question, answer, asked.number, words) if answer else None


def open_inside(case: Case, desk: Desk) -> Question | None:
    """The question that is open inside, if there is one."""
    asked = case.asked
    question = desk.policy.questions.get(asked.question) if asked and asked.inside else None
    return question if asked and question and still_asked(asked, question, case) else None


def _open_question(case: Case, desk: Desk) -> tuple[Asked, Question]:
    question = open_inside(case, desk)
    if question is None or case.asked is None:
        if case.asked and not case.asked.inside and not case.phase.ended:
            asks = Phrase("{command} asks them again", command=f"#question {case.asked.question}")
            raise NotAllowed(Phrase("the customer is asked that, and nobody of the desk"), remedy=asks)
        raise NotAllowed(Phrase("nobody of the desk is asked anything about case {case}", case=case.ref))
    return case.asked, question


def _step_of(question: Question) -> str:
    return question.step.name if question.step else question.name


def _counted(
    case: Case, desk: Desk, hand: Actor, question: Question, answer: Answer, number: int, words: str
) -> Change:
    data = told(question, number, answer, words)
    change = answered(case, hand, data)
    if is_last(question, answer, desk):
        change = replace(change, letters=(by_desk(notice(question, answer, data, desk), hand, desk),))
    return change.then(follows(change.case, desk, question, answer, hand))
