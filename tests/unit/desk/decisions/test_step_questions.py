"""Questions in steps: each answer asks the next until one says what was found; some are asked inside."""

from __future__ import annotations

from dataclasses import replace

import pytest

from maildesk.desk.case.case import TEAM, Asked, Case, Phase
from maildesk.desk.case.change import Change
from maildesk.desk.case.events import Event, EventKind
from maildesk.desk.case.letter_order import LetterKind
from maildesk.desk.case.transitions import apply
from maildesk.desk.decisions.actor import Actor
from maildesk.desk.decisions.asking import still_asked
from maildesk.desk.decisions.inside_answers import answer_inside
from maildesk.desk.decisions.replying import replied
from maildesk.desk.decisions.step_questions import after_step, ask_question, question_called
from maildesk.desk.policy.case_fields import CaseField, FieldKind
from maildesk.desk.policy.desk import Desk
from maildesk.desk.policy.questions import Answer, Question, Step
from maildesk.desk.policy.statuses import Status, Statuses
from maildesk.errors import NotAllowed, NotFound
from tests.unit.desk.matters import AGENT, BO, CASE, DESK, NOW

K, L = EventKind, LetterKind
ANSWERS = tuple(map(Answer, ("yes", "no", "cannot try")))
OF = "cannot reproduce"


def step(name: str, following: str | None, *, inside: bool = False) -> Question:
    place = Step(OF, name, "no", "scope", f"{OF}: {following}" if following else None)
    return Question(f"{OF}: {name}", f"In another {name}?", ANSWERS, step=place, inside=inside)


BROWSER, COMPUTER, ISP = step("browser", "computer"), step("computer", "ISP"), step("ISP", None, inside=True)
WHOLE = Question(OF, "", (), first=BROWSER.name)
STAGING = Question("staging", "Does it work?", (Answer("yes"), Answer("no")))
STATUSES = Statuses(
    (
        Status("New", Phase.NEW),
        Status("Assigned", Phase.OPEN, tells=("owner",)),
        Status("Pending Input", Phase.WAITING, reply="Assigned"),
        Status("Resolved", Phase.RESOLVED),
        Status("Closed", Phase.CLOSED),
    )
)
POLICY = replace(
    DESK.policy,
    statuses=STATUSES,
    questions={each.name: each for each in (WHOLE, BROWSER, COMPUTER, ISP, STAGING)},
    fields={"scope": CaseField("scope", FieldKind.TEXT)},
)
OURS: Desk = replace(DESK, policy=POLICY)
ANA, CUSTOMER = Actor(AGENT, NOW, AGENT), Actor(BO, NOW)
HELD = replace(CASE, owner=AGENT, phase=Phase.OPEN, status="Assigned")


def asked(held: Case = HELD, name: str = "cannot") -> Change:
    return ask_question(held, OURS, ANA, question_called(POLICY, name))


def went(held: Case, question: Question, answer: str) -> Change:
    given = next(each for each in ANSWERS if each.name == answer)
    return after_step(held, OURS, question, given, CUSTOMER)


def kinds(change: Change) -> tuple[list[EventKind], list[LetterKind]]:
    return [each.kind for each in change.events], [each.kind for each in change.letters]


def open_question(case: Case) -> Asked:
    assert case.asked
    return case.asked


def test_the_first_step_waits_for_the_customer_and_answers_them() -> None:
    change = asked()
    assert kinds(change) == ([K.WAITING, K.QUESTION_ASKED], [L.NEED, L.QUESTION])
    assert change.events[0].answers
    assert (change.case.status, open_question(change.case).question) == ("Pending Input", BROWSER.name)
    assert change.case.first_response_at == NOW


@pytest.mark.parametrize("answer", ["yes", "cannot try"])
def test_any_other_answer_asks_the_next_step_in_the_same_status(answer: str) -> None:
    change = went(asked().case, BROWSER, answer)
    assert kinds(change) == ([K.QUESTION_ASKED], [L.QUESTION])
    assert (change.case.status, open_question(change.case).question) == ("Pending Input", COMPUTER.name)


def test_the_first_no_says_what_was_found_and_hands_the_case_back() -> None:
    change = went(asked().case, COMPUTER, "no")
    assert kinds(change)[0] == [K.STATUS_CHANGED, K.FIELD_SET]
    assert (change.case.status, change.case.fields) == ("Assigned", {"scope": "computer"})


def test_a_step_inside_asks_nobody_outside_and_hands_the_case_back() -> None:
    change = went(asked().case, COMPUTER, "yes")
    assert kinds(change) == ([K.STATUS_CHANGED, K.QUESTION_ASKED], [L.QUESTION_TEAM])
    waits = open_question(change.case)
    assert (change.case.status, waits.to, waits.inside) == ("Assigned", TEAM, True)


@pytest.mark.parametrize(
    ("typed", "fields"),
    [("no", {"scope": "ISP"}), ("ISP: yes", {}), ("Cannot.", {}), ("ja", {}), ("não", {"scope": "ISP"})],
)
def test_what_is_answered_inside_ends_the_steps(typed: str, fields: dict[str, str]) -> None:
    inside = replace(went(asked().case, COMPUTER, "yes").case, fields={"scope": "user"})
    change = answer_inside(inside, OURS, ANA, typed)
    assert change.case.fields == fields
    assert kinds(change)[1] == [L.ANSWERED_TEAM]
    assert change.letters[0].extra["found"] == fields.get("scope", "")
    with pytest.raises(NotAllowed):
        answer_inside(change.case, OURS, ANA, "yes")


@pytest.mark.parametrize(("typed", "error"), [("browser: no", NotAllowed), ("perhaps", NotFound)])
def test_an_answer_to_another_step_and_none_of_the_answers_change_nothing(
    typed: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        answer_inside(went(asked().case, COMPUTER, "yes").case, OURS, ANA, typed)


def test_a_customers_question_is_nobodys_of_the_desk_to_answer() -> None:
    with pytest.raises(NotAllowed):
        answer_inside(asked().case, OURS, ANA, "no")


@pytest.mark.parametrize("clicked", [True, False])
def test_after_a_reply_the_step_still_counts_and_words_until_the_desk_writes_its_own(clicked: bool) -> None:
    case = replied(asked().case, OURS, NOW, BO).case
    assert still_asked(open_question(case), BROWSER, case, clicked=clicked)
    spoke = apply(case, Event(NOW, K.ANSWERED, AGENT))
    assert still_asked(open_question(spoke), BROWSER, spoke, clicked=clicked) is clicked
    ended = replace(case, phase=Phase.CLOSED)
    assert not still_asked(open_question(ended), BROWSER, ended, clicked=clicked)


def test_a_plain_question_of_the_policy_is_asked_too() -> None:
    assert open_question(asked(name="staging").case).question == "staging"


@pytest.mark.parametrize(
    ("held", "name", "error"),
    [
        (replace(HELD, phase=Phase.CLOSED, status="Closed"), "cannot", NotAllowed),
        (replace(HELD, requester=""), "cannot", NotAllowed),
        (HELD, "nothing", NotFound),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused(held: Case, name: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        asked(held, name)
