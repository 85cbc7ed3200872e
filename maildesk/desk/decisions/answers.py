"""Answers of customers to questions of ours, by a click or in words: what counts, and what follows."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from maildesk.desk.case.case import Case
from maildesk.desk.case.change import Change
from maildesk.desk.case.events import EventKind
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.case.told import Phrase
from maildesk.desk.case.transitions import apply_all
from maildesk.desk.case.verdicts import Verdict
from maildesk.desk.decisions.actor import Actor
from maildesk.desk.decisions.answering import customers_told, knows_author, proves, unheard
from maildesk.desk.decisions.asking import still_asked
from maildesk.desk.decisions.decision import Decision
from maildesk.desk.decisions.escalating import escalate
from maildesk.desk.decisions.given_answers import answered, follows, notice, told
from maildesk.desk.decisions.opening import signs, since
from maildesk.desk.decisions.step_questions import is_last
from maildesk.desk.policy.desk import Desk
from maildesk.desk.policy.escalation_path import Start
from maildesk.desk.policy.questions import Answer, Question
from maildesk.desk.screening.answers_in_words import Answered, answer_in_words
from maildesk.desk.screening.outcomes import ScreeningResult
from maildesk.desk.screening.situation import Link, Situation
from maildesk.mail.addr_spec import same_address
from maildesk.mail.identity.question_tokens import AnswerToken, answer_code
from maildesk.mail.message import Standing

IN_WORDS: Final = "answer-in-words"
"""The reason of a reply that was read as an answer."""


def count_click(s: Situation, desk: Desk, screened: ScreeningResult) -> Decision:
    """An answer by a click: it counts if it is the first to a question that is still open."""
    case, click = _clicked(s)
    words = s.mail.body.new_text.strip()
    question = _question_of(case, click, desk)
    answer = _answer_of(click, question) if question else None
    if question is None or answer is None:
        return _recorded(s, desk, screened.reason, question, None, words)
    if late := _why_late(case, click, question):
        return _recorded(s, desk, screened.reason, question, answer, words, late)
    return _counted(s, desk, screened.reason, question, Answered(answer, words))


def _clicked(s: Situation) -> tuple[Case, AnswerToken]:
    assert s.found  # the row that leads here asks for both
    assert s.click
    return s.found.case, s.click


def _question_of(case: Case, click: AnswerToken, desk: Desk) -> Question | None:
    """The question that was asked then. A case that took over another one knows nothing of that one's."""
    asked = case.asked_before[click.number - 1 : click.number] if click.ref == case.ref else ()
    return desk.policy.questions.get(asked[0]) if asked else None


def _answer_of(click: AnswerToken, question: Question) -> Answer | None:
    """The answer that its link was made for, wherever it stands now; None where the policy dropped it."""
    named = (each for each in question.answers if answer_code(question.name, each.name) == click.answer)
    return next(named, None)


def heard_answer(s: Situation, desk: Desk) -> Decision | None:
    """The reply of a customer as an answer in words; None where it is none, or may be more.

    Whoever knows a tag could write so in another's name: there somebody must vouch for the sender. What comes
    through a group proves nothing of who wrote it.
    """
    assert s.found  # a reply joins a case
    case, asked, reply = s.found.case, s.found.case.asked, s.heard.reply
    if asked is None or reply is None or s.heard.wish or not same_address(asked.to, s.author):
        return None
    sure = s.found.link in (Link.TOKEN, Link.THREAD) or s.mail.author.standing is Standing.VOUCHED
    question = desk.policy.questions.get(asked.question)
    if question is None or s.mail.author.via or not sure or not still_asked(asked, question, case):
        return None
    given = answer_in_words(question, reply)
    if given is None:
        return None
    words = given.words if question.scale else s.mail.body.new_text.strip()
    return _counted(s, desk, IN_WORDS, question, replace(given, words=words))


# --- what counts ------------------------------------------------------------------------------------


def _why_late(case: Case, click: AnswerToken, question: Question) -> str:
    """Say why a click no longer counts; empty where it does."""
    if case.askings > click.number:
        return Phrase("another question was asked since")
    if case.asked is None or case.asked.number != click.number:
        return Phrase("the question was answered before")
    gone_on = Phrase("the case has gone on since")
    return "" if still_asked(case.asked, question, case, clicked=True) else gone_on


def _recorded(
    s: Situation,
    desk: Desk,
    reason: str,
    question: Question | None,
    answer: Answer | None,
    words: str,
    why: str = Phrase("the desk no longer asks that"),
) -> Decision:
    """A click that came too late is kept, changes nothing, and the owner sees it."""
    case, click = _clicked(s)
    data = told(question, click.number, answer, words) | {"late": why}
    change = answered(case, Actor(s.author, s.now), data)
    change = replace(change, letters=(notice(question, answer, data, desk),))
    note = f"kept on {case.ref}, where it changes nothing: {why}"
    return Decision(Verdict.APPENDED, reason, note, change)


def _counted(s: Situation, desk: Desk, reason: str, question: Question, given: Answered) -> Decision:
    """The answer with what the policy lets follow, and the notice to the owner."""
    assert s.found
    assert s.found.case.asked
    case, hand = s.found.case, Actor(s.author, s.now)
    number = s.found.case.asked.number
    case = case.heard_from(s.author) if knows_author(s) else case
    data = told(question, number, given.answer, given.words) | signs(s, case) | unheard(s, desk, case)
    change = answered(case, hand, data)
    if is_last(question, given.answer, desk) or (s.click and given.words):
        change = replace(change, letters=(notice(question, given.answer, data, desk),))
    change = change.then(follows(change.case, desk, question, given.answer, hand))
    change = _promising(change, s)
    change = change.then(_escalated(change.case, desk, hand, s.heard.wish.word))
    opened = case.phase.ended and not change.case.phase.ended
    change = _heard_by_customers(change, s, desk, case, opened=opened)
    verdict = Verdict.REOPENED if opened else Verdict.APPENDED
    note = f"answered on {case.ref}: {question.name}, {given.answer.name}"
    return Decision(verdict, reason, note, change, proves=s.click is not None or proves(s))


def _promising(change: Change, s: Situation) -> Change:
    """The change with when the promise of a case that is ours again starts: as the mail reached us."""
    begun = (
        replace(each, data={**each.data, **since(s)}) if each.kind in _MAKES_IT_OURS else each
        for each in change.events
    )
    return replace(change, events=tuple(begun))


_MAKES_IT_OURS: Final = (EventKind.REOPENED, EventKind.STATUS_CHANGED)


def _escalated(case: Case, desk: Desk, hand: Actor, word: str) -> Change:
    """The escalation that the words beside a click ask for."""
    starts = Start.CUSTOMER in desk.policy.escalation_path.starts
    if not word or not starts or case.phase.ended:
        return Change(case)
    return escalate(case, desk, hand, word=word)


def _heard_by_customers(change: Change, s: Situation, desk: Desk, before: Case, *, opened: bool) -> Change:
    """The change with letters that it is open again, or escalated, to those who hear of a reply by such."""
    escalates = [each for each in change.letters if each.kind in _ESCALATES]
    others = [each for each in change.letters if each not in escalates]
    orders = [*([LetterOrder(LetterKind.REOPENED)] if opened else []), *escalates]
    letters, withheld = customers_told(s, desk, before, orders)
    case, events = apply_all(change.case, withheld), (*change.events, *withheld)
    return replace(change, case=case, events=events, letters=(*others, *letters))


_ESCALATES: Final = (LetterKind.ESCALATED, LetterKind.ESCALATION_ASKED)
