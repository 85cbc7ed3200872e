"""Where a case begins: by its rules, its type and the policy's defaults; who hears of it, what is kept."""

from __future__ import annotations

from dataclasses import replace

import pytest

from maildesk.desk.case.case import Phase
from maildesk.desk.case.events import DESK as BY_RULES
from maildesk.desk.case.events import EventKind
from maildesk.desk.case.letter_order import LetterKind
from maildesk.desk.decisions.deciding import decide
from maildesk.desk.decisions.decision import Decision
from maildesk.desk.policy.beginning import Beginning, begins, scale_of
from maildesk.desk.policy.people import Account
from maildesk.desk.policy.rules import Assignment, Condition, Rule
from maildesk.desk.policy.whole_words import WordList
from tests.unit.desk.matters import BO, mail, situation
from tests.unit.desk.statuses_of_ours import OUR_DESK, OURS, STATUSES

NEW, CLOSED, PENDING, RELEASE = (
    STATUSES.called(each) for each in ("New", "Closed", "Pending Development", "Pending Release")
)
P1, P2, P5 = (each.name for each in OURS.priorities)
QUESTION, BUG = "Question", "Bug"

BEGINS = {
    "nothing decided": (Assignment(), Beginning(QUESTION, P5, NEW, None)),
    "a priority": (Assignment(priority=P1), Beginning(QUESTION, P1, NEW, None)),
    "a type": (Assignment(type=BUG, priority=P2), Beginning(BUG, P2, PENDING, "development")),
    "a type that does not know the default priority": (
        Assignment(type=BUG), Beginning(BUG, P2, PENDING, "development")),
    "a type, and another team": (
        Assignment(type=BUG, priority=P1, team="support"), Beginning(BUG, P1, PENDING, "support")),
    "a type, and another status": (
        Assignment(type=BUG, priority=P1, status="Pending Release"),
        Beginning(BUG, P1, RELEASE, "development")),
    "an end": (Assignment(status="Closed"), Beginning(QUESTION, P5, NEW, None, ends=CLOSED)),
    "an outcome": (
        Assignment(outcome="third party"),
        Beginning(QUESTION, P5, NEW, None, ends=STATUSES.called("Third party"))),
    "an outcome, and a status": (
        Assignment(outcome="corrected", status="Closed"), Beginning(QUESTION, P5, NEW, None, ends=CLOSED)),
}  # fmt: skip


@pytest.mark.parametrize(("ruled", "expected"), BEGINS.values(), ids=BEGINS)
def test_what_the_rules_left_open_the_type_says_and_then_the_policy(
    ruled: Assignment, expected: Beginning
) -> None:
    assert begins(ruled, OURS) == expected


def test_where_nobody_has_looked_yet_no_type_gives_a_priority() -> None:
    nobody = replace(OURS, default_priority=None)
    assert begins(Assignment(type=BUG), nobody).priority == ""


def test_a_type_has_a_scale_with_meanings_of_its_own() -> None:
    assert scale_of(BUG, OURS) == {P1: "At once.", P2: "By the next release."}
    assert list(scale_of(QUESTION, OURS)) == list(scale_of(None, OURS)) == [P1, P2, P5]


ON_FIRE = Condition(words=WordList(("burns",)))


def opened(*rules: Rule, language: str = "") -> Decision:
    policy = replace(OURS, rules=rules)
    people = replace(
        OUR_DESK.people,
        accounts=(Account("Client Inc", ("client.example",), plan="paid", fields={"licenses": "12"}),),
    )
    heard = replace(situation().heard, named=policy.vocabulary.all_in("It burns."))
    arrived = replace(situation(replace(mail(BO), language=language)), heard=heard)
    decided = decide(arrived, replace(OUR_DESK, policy=policy, people=people))
    assert decided.change
    return decided


def test_a_case_begins_where_its_type_says_with_what_the_rules_decided() -> None:
    fields = {"item": "the printer"}
    decided = opened(
        Rule("a bug", ON_FIRE, Assignment(type=BUG, fields=fields)),
        Rule("many seats", Condition(type=(BUG,), fields={"licenses": ("10+",)}), Assignment(priority=P1)),
        Rule("in German", Condition(language=("de",)), Assignment(priority=P2)),
    )
    assert decided.change
    held = decided.change.case
    assert (held.type, held.priority, held.team) == (BUG, P1, "development")
    assert (held.phase, held.status, held.fields) == (Phase.OPEN, "Pending Development", fields)
    assert decided.change.events[0].data["status"] == "Pending Development"


def test_a_rule_sees_the_language_of_the_mail() -> None:
    rule = Rule("in German", Condition(language=("de",)), Assignment(priority=P1))
    for language, priority in (("de-AT", P1), ("en", P5), ("", P5)):
        decided = opened(rule, language=language)
        assert decided.change
        assert decided.change.case.priority == priority


def test_a_rules_note_is_kept_inside_and_shown_with_whom_it_tells() -> None:
    decided = opened(Rule("noted", ON_FIRE, Assignment(note="Downgrade first.", tell=("development",))))
    assert decided.change
    [notice] = [each for each in decided.change.letters if each.kind is LetterKind.OPENED_TEAM]
    assert (notice.text, notice.to) == ("Downgrade first.", ("development", "lead"))
    [note] = [each for each in decided.change.events if each.kind is EventKind.NOTED]
    assert (note.actor, note.data) == (BY_RULES, {"words": "Downgrade first."})


def test_a_rule_may_end_a_case_at_once_and_its_customer_is_told() -> None:
    decided = opened(Rule("over", ON_FIRE, Assignment(status="Closed")))
    assert decided.change
    assert (decided.change.case.phase, decided.change.case.status) == (Phase.CLOSED, "Closed")
    assert LetterKind.CLOSED in [each.kind for each in decided.change.letters]


def test_a_case_that_begins_where_the_customer_is_told_tells_them_beside_the_receipt() -> None:
    decided = opened(Rule("planned", ON_FIRE, Assignment(status="Pending Release")))
    assert decided.change
    [told] = [each for each in decided.change.letters if each.kind is LetterKind.STATUS]
    assert told.extra == {"means": "It is part of the next release."}
