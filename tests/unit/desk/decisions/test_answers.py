"""Answers of customers: the first to an open question counts, from the address that was asked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from maildesk.desk.case.case import Case, PartyRole, Phase
from maildesk.desk.case.change import Change
from maildesk.desk.case.events import EventKind
from maildesk.desk.case.letter_order import LetterKind
from maildesk.desk.case.told import Phrase
from maildesk.desk.case.verdicts import Verdict
from maildesk.desk.decisions.actor import Actor
from maildesk.desk.decisions.deciding import decide
from maildesk.desk.decisions.decision import Decision
from maildesk.desk.decisions.moving import move
from maildesk.desk.policy.desk import Desk
from maildesk.desk.policy.questions import Answer, Outcome
from maildesk.desk.policy.statuses import Status, Statuses
from maildesk.desk.policy.then import Then
from maildesk.desk.policy.usual_questions import USUAL_QUESTIONS
from maildesk.desk.screening.situation import CaseMatch, Link
from maildesk.mail.identity.question_tokens import AnswerToken, answer_code
from maildesk.mail.message import Attachment, Automatic, AutomaticKind, Restraint, Standing
from tests.unit.desk.matters import AGENT, BO, CASE, CY, DESK, EVE, NOW, case, mail, situation

VOUCHED, UNKNOWN, FAILED = Standing.VOUCHED, Standing.UNKNOWN, Standing.FAILED
K, L = EventKind, LetterKind

STATUSES = Statuses(
    (
        Status("New", Phase.NEW),
        Status("Open", Phase.OPEN),
        Status("Waiting for you", Phase.WAITING),
        Status("Solved", Phase.RESOLVED, ask="solved"),
        Status("Closed", Phase.CLOSED, ask="survey"),
    )
)


def _leading(name: str, yes: Then, no: Then) -> Any:
    leads = {"yes": yes, "no": no}
    usual = USUAL_QUESTIONS[name]
    answers = tuple(Answer(each.name, leads[each.name], each.words) for each in usual.answers)
    return replace(usual, answers=answers)


QUESTIONS = {
    "solved": _leading("solved", Then("Closed", "solved"), Then("Open")),
    "agreed": _leading("agreed", Then("Closed"), Then("Open")),
    "survey": USUAL_QUESTIONS["survey"],
}
OUTCOMES = {
    "solved": Outcome("solved", "You said that it is solved."),
    "without a solution": Outcome("without a solution", ask="agreed"),
    "no answer": Outcome("no answer", survey=False),
}
DESK_THAT_ASKS = replace(
    DESK, policy=replace(DESK.policy, statuses=STATUSES, questions=QUESTIONS, outcomes=OUTCOMES)
)
ANA = Actor(AGENT, NOW, AGENT)
OPEN = replace(CASE, owner=AGENT).joined(CY, "Cy", PartyRole.CC)


def moved(held: Case, status: str, outcome: str | None = None) -> Change:
    to = STATUSES.called(status)
    return move(held, DESK_THAT_ASKS, to, ANA, outcome=OUTCOMES[outcome] if outcome else None)


ASKED = moved(OPEN, "Solved").case
CLOSED = moved(ASKED, "Closed").case
"""The survey was asked."""


def code(held: Case, number: int, answer: int) -> str:
    """The code of that answer, from 0, to the question asked then; of none where it has no such answer."""
    question = QUESTIONS.get((*held.asked_before, *[""] * number)[number - 1])
    names = [each.name for each in question.answers] if question else []
    return answer_code(question.name, names[answer]) if question and answer < len(names) else "00000"


def clicked(
    held: Case,
    answer: int = 0,
    number: int | None = None,
    author: str = BO,
    standing: Standing = VOUCHED,
    ref: str = CASE.ref,
    desk: Desk = DESK_THAT_ASKS,
    **more: Any,
) -> Decision:
    number = number or held.askings
    token = AnswerToken(ref, number, code(held, number, answer))
    said = {"text": "", "new_text": ""} | more
    found = CaseMatch(held, Link.TOKEN)
    the_mail = mail(author, standing, subject="Yes: Printer [Acme #7K2Q-9F3M]", **said)
    return decide(situation(the_mail, found=found, click=token), desk)


def replied(
    held: Case, text: str, author: str = BO, link: Link = Link.THREAD, via: str = "", **more: Any
) -> Decision:
    standing = more.pop("standing", VOUCHED)
    the_mail = mail(author, standing, text=text, new_text=text, in_reply_to=("x@acme.example",), **more)
    the_mail = replace(the_mail, author=replace(the_mail.author, via=via))
    return decide(situation(the_mail, found=CaseMatch(held, link)), DESK_THAT_ASKS)


def made(decision: Decision) -> tuple[Case, list[EventKind], list[LetterKind]]:
    assert decision.change
    change = decision.change
    return change.case, [each.kind for each in change.events], [each.kind for each in change.letters]


PASSES, FAILS, PARTLY = (
    Answer("passes", Then("Closed")), Answer("fails", Then("Open")), Answer("partly", Then("Open")),
)  # fmt: skip


@pytest.mark.parametrize(
    ("answers", "phase", "late"),
    [
        ((PARTLY, PASSES, FAILS), Phase.OPEN, None),
        ((FAILS, PASSES), Phase.OPEN, None),
        ((PARTLY, PASSES), Phase.RESOLVED, "the desk no longer asks that"),
    ],
)
def test_a_click_says_what_its_link_said_when_the_policy_lists_other_answers_since(
    answers: tuple[Answer, ...], phase: Phase, late: str | None
) -> None:
    edited = replace(QUESTIONS["solved"], answers=answers)
    desk = replace(DESK_THAT_ASKS, policy=replace(DESK_THAT_ASKS.policy, questions={"solved": edited}))
    click = AnswerToken(CASE.ref, 1, answer_code("solved", "fails"))
    the_mail = mail(BO, VOUCHED, subject="Fails: Printer", text="", new_text="")
    decision = decide(situation(the_mail, found=CaseMatch(ASKED, Link.TOKEN), click=click), desk)
    assert made(decision)[0].phase is phase
    assert (told(decision).get("answer"), told(decision).get("late")) == (None if late else "fails", late)


def told(decision: Decision) -> dict[str, Any]:
    assert decision.change
    (event,) = [each for each in decision.change.events if each.kind is K.QUESTION_ANSWERED]
    return {key: value for key, value in event.data.items() if value is not None}


# --- who is asked, and when -------------------------------------------------------------------------


def test_coming_into_a_status_asks_its_question_once_and_numbers_it() -> None:
    change = moved(OPEN, "Solved")
    (asked,) = [each for each in change.events if each.kind is K.QUESTION_ASKED]
    assert asked.data == {"question": "solved", "number": 1, "to": BO}
    (letter,) = [each for each in change.letters if each.kind is L.QUESTION]
    assert letter.extra == {"question": "solved", "number": "1"}
    assert (change.case.askings, change.case.asked_before) == (1, ("solved",))


def test_the_question_of_the_outcome_is_asked_instead() -> None:
    assert moved(OPEN, "Solved", "without a solution").case.asked_before == ("agreed",)


def test_no_satisfaction_is_asked_about_where_the_outcome_wants_none() -> None:
    assert moved(ASKED, "Closed", "no answer").case.asked_before == ("solved",)
    ended = moved(OPEN, "Solved", "no answer").case
    assert moved(ended, "Closed").case.asked_before == ("solved",)


def test_a_survey_is_asked_once_in_a_case() -> None:
    assert CLOSED.asked_before == ("solved", "survey")
    again = moved(moved(moved(CLOSED, "Open").case, "Solved").case, "Closed").case
    assert again.asked_before == ("solved", "survey", "solved")


def test_nobody_is_asked_where_nobody_is_known() -> None:
    assert moved(replace(OPEN, requester=""), "Solved").case.asked is None


# --- clicks -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("standing", [VOUCHED, UNKNOWN])
def test_yes_closes_with_its_outcome_and_asks_the_survey(standing: Standing) -> None:
    decision = clicked(ASKED, standing=standing)
    after, events, letters = made(decision)
    assert (after.phase, after.status, after.outcome) == (Phase.CLOSED, "Closed", "solved")
    assert events == [K.QUESTION_ANSWERED, K.CLOSED, K.QUESTION_ASKED]
    assert {L.ANSWERED_TEAM, L.QUESTION} <= set(letters)
    assert told(decision) == {"question": "solved", "number": 1, "answer": "yes"}
    assert (decision.verdict, decision.reason, decision.proves) == (Verdict.APPENDED, "answer", True)


def test_no_opens_and_its_customer_is_told() -> None:
    decision = clicked(ASKED, 1, new_text="Still broken.")
    after, events, letters = made(decision)
    assert (after.phase, after.status, after.owner) == (Phase.OPEN, "Open", AGENT)
    assert events == [K.QUESTION_ANSWERED, K.REOPENED]
    assert letters == [L.ANSWERED_TEAM, L.REOPENED]
    assert told(decision)["words"] == "Still broken."
    assert decision.verdict is Verdict.REOPENED


@pytest.mark.parametrize(("answer", "outcome"), [(0, "without a solution"), (1, None)])
def test_agreeing_closes_without_asking_again(answer: int, outcome: str | None) -> None:
    after, _, _ = made(clicked(moved(OPEN, "Solved", "without a solution").case, answer))
    assert after.outcome == outcome
    assert after.phase is (Phase.OPEN if answer else Phase.CLOSED)


def test_an_answer_that_leads_nowhere_from_there_is_kept_and_moves_nothing() -> None:
    """An agent closes with an outcome whose question leads to a resolved status."""
    agreed = _leading("agreed", Then("Solved"), Then("Open"))
    policy = replace(DESK_THAT_ASKS.policy, questions=QUESTIONS | {"agreed": agreed})
    held = moved(OPEN, "Closed", "without a solution").case
    after, events, letters = made(clicked(held, desk=replace(DESK_THAT_ASKS, policy=policy)))
    assert (after.phase, after.asked) == (Phase.CLOSED, None)
    assert (events, letters) == ([K.QUESTION_ANSWERED], [L.ANSWERED_TEAM])


def test_a_score_is_kept_with_its_words_and_moves_nothing() -> None:
    decision = clicked(CLOSED, 3, new_text="quick help")
    after, events, letters = made(decision)
    assert after.phase is Phase.CLOSED
    assert (events, letters) == ([K.QUESTION_ANSWERED], [L.ANSWERED_TEAM])
    assert told(decision) == {
        "question": "survey", "number": 2, "answer": "4", "score": 4, "words": "quick help",
    }  # fmt: skip


OPEN_AGAIN = moved(CLOSED, "Open").case
CLOSED_AGAIN = moved(OPEN_AGAIN, "Closed").case
"""Open and closed again: the survey was asked once."""

LATE: dict[str, tuple[Case, dict[str, Any], str, str | None]] = {
    "an old asking": (CLOSED, {"number": 1}, "another question was asked since", "solved"),
    "both clicked": (made(clicked(ASKED, 1))[0], {"number": 1}, "the question was answered before", "solved"),
    "the case went on": (moved(ASKED, "Waiting").case, {}, "the case has gone on since", "solved"),
    "a survey, and the case is open": (OPEN_AGAIN, {}, "the case has gone on since", "survey"),
    "a survey of an end before this one": (CLOSED_AGAIN, {}, "the case has gone on since", "survey"),
    "never asked": (OPEN, {"number": 1}, "the desk no longer asks that", None),
    "no such answer": (ASKED, {"answer": 9}, "the desk no longer asks that", "solved"),
    "of a case that became part": (ASKED, {"ref": "1111-1111"}, "the desk no longer asks that", None),
}


@pytest.mark.parametrize("name", LATE)
def test_a_late_click_is_recorded_and_moves_nothing(name: str) -> None:
    held, how, why, question = LATE[name]
    decision = clicked(held, **how)
    after, events, letters = made(decision)
    assert (after.phase, after.status) == (held.phase, held.status)
    assert (events, letters) == ([K.QUESTION_ANSWERED], [L.ANSWERED_TEAM])
    assert told(decision)["late"] == why
    assert decision.change
    assert isinstance(decision.change.letters[0].extra["late"], Phrase), "in the language of the desk"
    assert told(decision).get("question") == question


@pytest.mark.parametrize("author", [EVE, CY, "dee@client.example"])
@pytest.mark.parametrize("standing", [VOUCHED, UNKNOWN])
def test_a_click_from_another_address_moves_nothing(author: str, standing: Standing) -> None:
    decision = clicked(ASKED, author=author, standing=standing)
    after, events, letters = made(decision)
    assert (after.phase, after.asked) == (ASKED.phase, ASKED.asked)
    assert (events, letters) == ([K.THIRD_PARTY_WROTE], [L.SUSPICIOUS])
    assert (decision.verdict, decision.reason) == (Verdict.THIRD_PARTY, "answer-of-another")
    assert not decision.proves


@pytest.mark.parametrize("author", [BO, EVE])
def test_a_click_that_failed_authentication_moves_nothing(author: str) -> None:
    decision = clicked(ASKED, author=author, standing=FAILED)
    after, events, letters = made(decision)
    assert (after.phase, after.asked) == (ASKED.phase, ASKED.asked)
    assert (events, letters) == ([K.UNVERIFIED_MAIL], [L.SUSPICIOUS])


BULK = Automatic(AutomaticKind.LIST, "Precedence: bulk")
ABSENT = Automatic(AutomaticKind.AUTO_REPLY, "Auto-Submitted: auto-replied")


@pytest.mark.parametrize(
    ("more", "counts"),
    [
        ({"automatic": BULK, "reply_allowed": False}, True),
        ({"automatic": ABSENT, "reply_allowed": False}, False),
        ({"restraints": frozenset({Restraint.ABSENCE}), "reply_allowed": False}, False),
    ],
)
def test_a_person_clicks_whatever_their_system_calls_it_and_a_machine_does_not(
    more: dict[str, Any], counts: bool
) -> None:
    after, _, _ = made(clicked(ASKED, **more))
    assert (after.phase is Phase.CLOSED) is counts


def test_words_beside_a_click_may_escalate() -> None:
    after, events, _ = made(clicked(ASKED, 1, new_text="I want to escalate this."))
    assert K.ESCALATED in events
    assert after.escalation


def told_to(decision: Decision) -> dict[LetterKind, tuple[str, ...]]:
    """To whom the letters go that customers hear of it by."""
    assert decision.change
    kinds = (L.REOPENED, L.ESCALATED)
    return {each.kind: each.to for each in decision.change.letters if each.kind in kinds}


def withheld(decision: Decision) -> list[Any]:
    assert decision.change
    return [each.data["letter"] for each in decision.change.events if each.kind is K.LETTER_WITHHELD]


WISH = "I want to escalate this."


def test_a_no_is_heard_by_those_in_copy_as_a_reply_is() -> None:
    assert told_to(clicked(ASKED, 1)) == {L.REOPENED: (BO, CY)}
    assert told_to(replied(ASKED, "No")) == {L.REOPENED: (BO, CY)}
    assert told_to(clicked(ASKED, 1, new_text=WISH)) == {L.REOPENED: (BO, CY), L.ESCALATED: (BO,)}


def test_who_wants_no_automatic_letter_gets_none_for_words_beside_a_click() -> None:
    decision = clicked(ASKED, 1, new_text=WISH, automatic=BULK, reply_allowed=False)
    assert K.ESCALATED in made(decision)[1]
    assert told_to(decision) == {L.REOPENED: (CY,)}
    assert withheld(decision) == [L.REOPENED, L.ESCALATED]


FILE = Attachment("a.log", "text/plain", 1, "f" * 64)

# --- in words ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("held", "text", "phase", "kinds"),
    [
        (ASKED, "Yes, it works now, thank you!", Phase.CLOSED,
         [K.QUESTION_ANSWERED, K.CLOSED, K.QUESTION_ASKED]),
        (ASKED, "It does not work.", Phase.OPEN, [K.QUESTION_ANSWERED, K.REOPENED]),
        (ASKED, "It is still not solved", Phase.OPEN, [K.REOPENED]),
        (ASKED, "Solved? No.", Phase.OPEN, [K.REOPENED]),
        (ASKED, "Yes, but the second one fails", Phase.OPEN, [K.REOPENED]),
        (ASKED, "Thanks!", Phase.RESOLVED, [K.THANKED]),
        (CLOSED, "4 quick help", Phase.CLOSED, [K.QUESTION_ANSWERED]),
        (CLOSED, "It is back", Phase.OPEN, [K.REOPENED]),
        (CLOSED, "Yes, solved. Thank you!", Phase.CLOSED, [K.THANKED]),
        (CLOSED, "thank you, but it fails again", Phase.OPEN, [K.REOPENED]),
        (CLOSED, "3 printers are offline again", Phase.OPEN, [K.REOPENED]),
        (CLOSED, "It is gone again", Phase.OPEN, [K.REOPENED]),
        (CLOSED, "Yes please", Phase.OPEN, [K.REOPENED]),
        (CLOSED, "Yes, thanks", Phase.OPEN, [K.REOPENED]),
        (case(phase=Phase.CLOSED), "Great, yes!", Phase.OPEN, [K.REOPENED]),
        (case(phase=Phase.CLOSED), "Sure", Phase.OPEN, [K.REOPENED]),
        (case(phase=Phase.CLOSED), "No", Phase.OPEN, [K.REOPENED]),
        (case(phase=Phase.CLOSED), "It works, great!", Phase.CLOSED, [K.THANKED]),
        (ASKED, "Yes please", Phase.OPEN, [K.REOPENED]),
        (ASKED, "You closed it too early", Phase.OPEN, [K.REOPENED]),
        (OPEN, "Merci de me rappeler", Phase.OPEN, [K.REPLIED]),
        (moved(OPEN, "Waiting").case, "Thanks!", Phase.WAITING, [K.THANKED]),
        (moved(OPEN, "Waiting").case, "Yes, thanks", Phase.OPEN, [K.REPLIED]),
        (moved(OPEN_AGAIN, "Waiting").case, "3", Phase.OPEN, [K.REPLIED]),
        (CLOSED_AGAIN, "3", Phase.OPEN, [K.REOPENED]),
        (OPEN, "Thank you, Ana!", Phase.OPEN, [K.THANKED]),
        (OPEN, "Perfect", Phase.OPEN, [K.REPLIED]),
        (OPEN, "Thanks, please escalate", Phase.OPEN, [K.REPLIED, K.ESCALATED]),
    ],
)  # fmt: skip
def test_a_reply_is_an_answer_thanks_or_more(
    held: Case, text: str, phase: Phase, kinds: list[EventKind]
) -> None:
    after, events, letters = made(replied(held, text))
    assert (after.phase, events) == (phase, kinds)
    assert letters or events == [K.THANKED]


@pytest.mark.parametrize(
    ("author", "link", "standing", "more", "kind"),
    [
        (CY, Link.THREAD, VOUCHED, {}, K.THANKED),
        (BO, Link.TAG, UNKNOWN, {}, K.THANKED),
        (BO, Link.TOKEN, UNKNOWN, {"attachments": (FILE,)}, K.REOPENED),
        (BO, Link.THREAD, UNKNOWN, {"via": "group@client.example"}, K.THANKED),
    ],
)
def test_a_yes_in_words_closes_nothing_where_there_is_doubt(
    author: str, link: Link, standing: Standing, more: dict[str, Any], kind: EventKind
) -> None:
    after, events, _ = made(replied(ASKED, "Yes", author, link, standing=standing, **more))
    assert events[0] is kind
    assert after.phase is not Phase.CLOSED


def test_a_vouched_sender_may_say_yes_by_a_tag() -> None:
    assert made(replied(ASKED, "Yes", link=Link.TAG, standing=VOUCHED))[0].phase is Phase.CLOSED


def test_an_answer_in_words_keeps_the_words() -> None:
    assert told(replied(ASKED, "Yes, thanks!"))["words"] == "Yes, thanks!"
    assert told(replied(CLOSED, "4 quick help"))["words"] == "quick help"


def test_thanks_are_kept_with_their_words() -> None:
    decision = replied(case(phase=Phase.CLOSED), "Thanks a lot!")
    assert decision.change
    assert [each.data for each in decision.change.events] == [{"words": "Thanks a lot!"}]
    assert decision.verdict is Verdict.APPENDED
