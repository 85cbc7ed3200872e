"""The acts that change where a case stands, in a policy of many statuses: where they lead, who hears."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from maildesk.desk.case.case import Case, Phase
from maildesk.desk.case.change import Change
from maildesk.desk.case.events import DESK as BY_TIME
from maildesk.desk.case.events import EventKind
from maildesk.desk.case.letter_order import LetterKind
from maildesk.desk.decisions import acts, status_acts
from maildesk.desk.decisions.actor import Actor
from maildesk.desk.decisions.moving import move
from maildesk.desk.policy.desk import Desk
from maildesk.errors import MaildeskError, NotAllowed, NotFound
from tests.unit.desk.matters import AGENT, BO, DESK, NOW, case
from tests.unit.desk.statuses_of_ours import CUSTOMERS_DESK, GUS, OUR_DESK, STATUSES

HAND = Actor(AGENT, NOW, AGENT)
K, L = EventKind, LetterKind

Act = Callable[[Case], Change]


def standing(status: str, **more: Any) -> Case:
    known = STATUSES.get(status)
    assert known
    ended = {"resolved_at": NOW} if known.phase.ended else {}
    ended |= {"closed_at": NOW} if known.phase is Phase.CLOSED else {}
    given = {"team": "support", "owner": AGENT, "type": "Question", "priority": "P5 – Medium"}
    return case(**given | {"status": status, "phase": known.phase} | ended | more)


def to(name: str) -> Act:
    return lambda held: status_acts.status(held, OUR_DESK, HAND, name)


def needs(*pieces: str) -> Act:
    return lambda held: status_acts.need(held, OUR_DESK, HAND, pieces)


def resolves(outcome: str = "") -> Act:
    return lambda held: status_acts.resolve(held, OUR_DESK, HAND, outcome)


def closes(outcome: str = "") -> Act:
    return lambda held: status_acts.close(held, OUR_DESK, HAND, outcome)


def waits(held: Case) -> Change:
    return status_acts.wait(held, OUR_DESK, HAND)


def reopens(held: Case) -> Change:
    return status_acts.reopen(held, OUR_DESK, HAND)


def answers(held: Case) -> Change:
    return acts.answer(held, OUR_DESK, "Try water.", HAND)


Q = K.QUESTION_ASKED
WAYS: dict[str, tuple[str, Act, str, list[EventKind], list[LetterKind]]] = {
    "a status by a word of it": (
        "Assigned", to("development"), "Pending Development", [K.STATUS_CHANGED], [L.STATUS_TEAM]),
    "a status that tells the customer": (
        "Assigned", to("pending rel"), "Pending Release", [K.STATUS_CHANGED], [L.STATUS]),
    "of the ones meant the one that may follow": (
        "Pending Development", to("staging"), "Moved to Staging", [K.WAITING, Q], [L.QUESTION]),
    "a status that asks": (
        "Resolved", to("pending closure"), "Pending Closure", [K.STATUS_CHANGED, Q],
        [L.QUESTION]),
    "a closed status": ("Assigned", to("withdrawn"), "Withdrawn", [K.CLOSED], [L.CLOSED]),
    "an open status of what had ended": ("Closed", to("assigned"), "Assigned", [K.REOPENED], [L.STATUS_TEAM]),
    "a waiting status of what had ended": ("Closed", to("waiting"), "Waiting", [K.STATUS_CHANGED], []),
    "an answer to a new case": ("New", answers, "Assigned", [K.ANSWERED], [L.ANSWER, L.STATUS_TEAM]),
    "an answer to one that waits": ("Waiting", answers, "Waiting", [K.ANSWERED], [L.ANSWER]),
    "waiting": ("Assigned", waits, "Third party", [K.WAITING], []),
    "waiting, where it may not follow": ("New", waits, "Pending Input", [K.WAITING], []),
    "needing": ("Assigned", needs("screenshot"), "Pending Input", [K.WAITING], [L.NEED]),
    "resolving": ("Assigned", resolves(), "Resolved", [K.RESOLVED], [L.OUTCOME]),
    "resolving with an outcome": (
        "Assigned", resolves("nao reprod"), "Resolved", [K.RESOLVED], [L.OUTCOME]),
    "an outcome that asks": (
        "Assigned", resolves("without"), "Resolved", [K.RESOLVED, Q],
        [L.QUESTION]),
    "an outcome that is no end": ("Assigned", resolves("third"), "Third party", [K.WAITING], [L.OUTCOME]),
    "closing": ("Assigned", closes(), "Closed", [K.CLOSED], [L.CLOSED]),
    "closing what is resolved": ("Pending Closure", closes(), "Closed", [K.CLOSED], [L.CLOSED]),
    "reopening": (
        "Closed", reopens, "Assigned", [K.REOPENED], [L.REOPENED, L.REOPENED_TEAM, L.STATUS_TEAM]),
}  # fmt: skip


@pytest.mark.parametrize(("now", "act", "then", "events", "letters"), WAYS.values(), ids=WAYS)
def test_an_act_leads_to_a_status_of_the_policy_and_tells_whom_that_tells(
    now: str, act: Act, then: str, events: list[EventKind], letters: list[LetterKind]
) -> None:
    change = act(standing(now))
    statuses = OUR_DESK.policy.statuses
    assert (statuses.of_case(change.case).name, change.case.phase) == (then, statuses.called(then).phase)
    assert [each.kind for each in change.events] == events
    assert [each.kind for each in change.letters] == letters
    assert (change.case.resolved_at is not None) == change.case.phase.ended
    assert (change.case.closed_at is not None) == (change.case.phase is Phase.CLOSED)


REFUSED: dict[str, tuple[str, Act, type[MaildeskError], str]] = {
    "what may not follow": (
        "Pending Development", to("closed"), NotAllowed,
        "from Pending Development a case goes to Pending Release, Moved to Staging"),
    "the customer's own": ("Assigned", to("staging pass"), NotAllowed, "only the customer"),
    "where it is": ("Assigned", to("assigned"), NotAllowed, "is Assigned already"),
    "a status nobody knows": ("Assigned", to("xyzzy"), NotFound, "no status"),
    "an outcome nobody knows": ("Assigned", resolves("a new cable"), NotFound, "no outcome"),
    "resolving twice": ("Resolved", resolves(), NotAllowed, "already"),
    "closing twice": ("Closed", closes(), NotAllowed, "already"),
    "closing where it may not follow": ("Moved to Staging", closes(), NotAllowed, "Staging Pass"),
    "needing what has ended": ("Resolved", needs("system"), NotAllowed, "reopen it first"),
    "reopening what is open": ("Assigned", reopens, NotAllowed, "only a resolved or closed case"),
}  # fmt: skip


@pytest.mark.parametrize(("now", "act", "error", "why"), REFUSED.values(), ids=REFUSED)
def test_what_may_not_be_is_refused_with_what_may(
    now: str, act: Act, error: type[MaildeskError], why: str
) -> None:
    with pytest.raises(error) as refused:
        act(standing(now))
    assert why in str(refused.value)


def test_an_outcomes_own_words_are_told_and_kept() -> None:
    change = resolves("não reproduzido")(standing("Assigned"))
    [letter] = change.letters
    assert (letter.extra["means"], letter.own) == ("We cannot reproduce it.", "não reproduzido")
    assert change.case.outcome == "não reproduzido"


def test_without_a_name_the_first_outcome_is_kept_and_its_words_are_told() -> None:
    change = resolves()(standing("Assigned"))
    assert change.letters[0].extra == {"outcome": "", "means": "The correction is there."}
    assert change.case.outcome == "corrected"


def test_an_outcome_that_is_no_end_is_no_outcome_of_the_case_yet() -> None:
    assert resolves("third party")(standing("Assigned")).case.outcome is None


def test_what_is_needed_is_asked_in_the_policys_words_and_stands_in_the_event() -> None:
    change = needs("screenshot", "first time")(standing("Assigned"))
    assert change.letters[0].extra == {"pieces": "A picture of it\nSince when?"}
    assert change.events[0].data["needs"] == "screenshot, first time"


@pytest.mark.parametrize(
    ("words", "outcome", "means"),
    [
        ("Nao reproduzido", "não reproduzido", "We cannot reproduce it."),
        ("a new cable was sent", None, ""),
        ("corrected by a new cable", None, ""),
        ("", None, ""),
    ],
)
def test_closing_with_the_name_of_an_outcome_takes_it(words: str, outcome: str | None, means: str) -> None:
    change = closes(words)(standing("Assigned"))
    assert change.case.outcome == outcome
    assert change.letters[0].extra == {"outcome": "" if outcome else words, "means": means}


def test_closed_by_silence_the_customer_hears_the_outcome() -> None:
    policy = OUR_DESK.policy
    closed = policy.statuses.called("Closed")
    hand = Actor(BY_TIME, NOW)
    change = move(standing("Waiting"), OUR_DESK, closed, hand, outcome=policy.outcome("não"))
    assert [each.kind for each in change.letters] == [L.CLOSED]
    assert change.letters[0].extra["means"] == "We cannot reproduce it."


def test_what_the_customer_agreed_to_is_told_as_it_closes_and_not_before() -> None:
    asked = resolves("without a solution")(standing("Assigned"))
    assert [each.data["question"] for each in asked.events if each.kind is Q] == ["agreed"]
    closed = move(asked.case, OUR_DESK, OUR_DESK.policy.statuses.called("Closed"), Actor(BO, NOW))
    assert [each.extra["means"] for each in closed.letters if each.kind is L.CLOSED] == [
        "You agreed to close it."
    ]
    assert closed.case.outcome == "without a solution"


# --- where only the customer may close --------------------------------------------------------------


def theirs(phase: Phase, status: str) -> Case:
    return case(phase=phase, status=status, owner=AGENT, resolved_at=NOW if phase.ended else None)


def test_where_only_the_customer_may_close_they_are_asked_instead() -> None:
    change = status_acts.close(theirs(Phase.OPEN, "Open"), CUSTOMERS_DESK, HAND)
    assert (change.case.phase, change.case.status) == (Phase.RESOLVED, "Solved")
    assert [each.kind for each in change.events] == [K.RESOLVED, Q]
    assert change.case.asked is not None
    assert change.case.outcome == "corrected"


def test_and_with_an_outcome_that_asks_that_is_asked() -> None:
    change = status_acts.close(theirs(Phase.OPEN, "Open"), CUSTOMERS_DESK, HAND, "without a solution")
    assert change.events[-1].data["question"] == "agreed"


def test_who_closes_what_was_asked_about_hears_that_the_customer_was_asked() -> None:
    with pytest.raises(NotAllowed, match="was asked"):
        status_acts.close(theirs(Phase.RESOLVED, "Solved"), CUSTOMERS_DESK, HAND)


def test_spam_and_merging_ask_nobody() -> None:
    assert status_acts.spam(theirs(Phase.OPEN, "Open"), HAND).case.phase is Phase.CLOSED


# --- whose it is ------------------------------------------------------------------------------------

LEAVING = replace(OUR_DESK, policy=replace(OUR_DESK.policy, answering_takes=False))
TAKES: dict[str, tuple[Desk, dict[str, Any], Actor, str | None]] = {
    "a case of the queue": (OUR_DESK, {"owner": None}, HAND, AGENT),
    "a case of another": (OUR_DESK, {"owner": GUS}, HAND, GUS),
    "at the command line": (OUR_DESK, {"owner": None}, Actor("cli:root", NOW), None),
    "by leadership": (OUR_DESK, {"owner": None}, Actor("l", NOW, "leader@acme.example"), None),
    "where answering leaves it": (LEAVING, {"owner": None}, HAND, None),
}  # fmt: skip


@pytest.mark.parametrize(("desk", "held", "hand", "owner"), TAKES.values(), ids=TAKES)
def test_who_answers_a_case_of_the_queue_has_it(
    desk: Desk, held: dict[str, Any], hand: Actor, owner: str | None
) -> None:
    change = acts.answer(standing("Assigned", **held), desk, "Try water.", hand)
    assert (change.case.owner, change.case.team) == (owner, "support")


def test_another_type_brings_its_team_its_scale_and_where_it_begins() -> None:
    change = acts.change(standing("Assigned"), OUR_DESK, HAND, "type", "bug")
    held = change.case
    assert (held.type, held.team, held.owner) == ("Bug", "development", None)
    assert (held.status, held.priority) == ("Pending Development", "P2 – Blocker")
    assert [each.kind for each in change.events] == [K.CHANGED, K.CHANGED, K.ASSIGNED, K.STATUS_CHANGED]


def test_another_type_of_what_has_ended_changes_no_more() -> None:
    change = acts.change(standing("Closed"), OUR_DESK, HAND, "type", "bug")
    assert (change.case.type, change.case.status, change.case.team) == ("Bug", "Closed", "support")


def test_a_priority_is_one_that_the_type_knows() -> None:
    bug = standing("Assigned", type="Bug", priority="P1 – Emergency")
    assert acts.change(bug, OUR_DESK, HAND, "priority", "blocker").case.priority == "P2 – Blocker"
    with pytest.raises(NotFound, match="P1 – Emergency, P2 – Blocker"):
        acts.change(bug, OUR_DESK, HAND, "priority", "P5")


def test_where_the_policy_names_no_outcomes_the_words_are_ones_own() -> None:
    change = status_acts.resolve(case(), DESK, HAND, "a new cable was sent")
    assert change.letters[0].extra == {"outcome": "a new cable was sent", "means": ""}
