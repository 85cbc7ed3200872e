"""Flaws of policies: what cannot be kept, what is written in vain, and what is neither."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from maildesk.desk.case.case import Phase
from maildesk.desk.policy.case_types import CaseType
from maildesk.desk.policy.flaws import Flaw, flaws
from maildesk.desk.policy.policy import Policy
from maildesk.desk.policy.questions import Answer, Outcome, Question
from maildesk.desk.policy.rules import Assignment, Condition, Rule
from maildesk.desk.policy.statuses import By, Status, Statuses
from maildesk.desk.policy.then import Then
from maildesk.desk.policy.whole_words import WordList
from maildesk.desk.promises.promised import Promised, PromiseRow
from maildesk.desk.promises.spans import Span
from tests.unit.desk.matters import POLICY

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)


def span(text: str) -> Span:
    return Span.parse(text)


def row(first: str = "", resolution: str = "", **asks: Any) -> PromiseRow:
    said = {Promised.FIRST_RESPONSE: first, Promised.RESOLUTION: resolution}
    return PromiseRow({what: span(text) for what, text in said.items() if text}, **asks)


def policy(*statuses: Status, **changes: Any) -> Policy:
    """The common policy with these statuses in place of, or beside, the five plain ones."""
    own = {each.name: each for each in statuses}
    plain = tuple(own.pop(each.name, each) for each in POLICY.statuses)
    return replace(POLICY, statuses=Statuses((*plain, *own.values())), **changes)


def found(of: Policy) -> dict[str, Flaw]:
    """The flaws by their keys."""
    return {".".join(map(str, flaw.where)): flaw for flaw in flaws(of, NOW)}


CLOSES = Then(status="Closed")
SOLVED = Question("solved", "Is it?", (Answer("yes", CLOSES), Answer("no", Then(status="Open"))))
ONLY_CUSTOMERS = Status("Closed", Phase.CLOSED, by=(By.CUSTOMER,))
ASKING = Status("Resolved", Phase.RESOLVED, ask="solved")


def rule(name: str, priority: str | None = "urgent", **when: Any) -> Rule:
    return Rule(name, Condition(**when), Assignment(priority=priority))


def words(*listed: str) -> WordList:
    return WordList(listed)


FAULTLESS = {
    "the common policy": POLICY,
    "a rule that escalates below one that has decided the rest": replace(
        POLICY, rules=(rule("first"), Rule("second", Condition(), Assignment("urgent", escalate=True)))
    ),
    "a question that a rule asks": replace(
        POLICY,
        questions={"solved": SOLVED},
        rules=(Rule("asks", Condition(), Assignment(ask="solved")),),
    ),
    "a customer's status with an answer that leads to it": policy(
        ASKING, ONLY_CUSTOMERS, questions={"solved": SOLVED}
    ),
    "a status that only time reaches": policy(
        Status("Open", Phase.OPEN, next=("Waiting for the customer", "Resolved")),
        Status("New", Phase.NEW, next=("Open",)),
        Status(
            "Waiting for the customer", Phase.WAITING, next=(), after=span("2w"), then=Then(status="Lost")
        ),
        Status("Resolved", Phase.RESOLVED, next=("Closed",)),
        Status("Closed", Phase.CLOSED, next=("Open",)),
        Status("Lost", Phase.CLOSED),
    ),
    "a status that only a type begins in": policy(
        *(replace(each, next=()) for each in POLICY.statuses if each.phase is Phase.NEW),
        types={"problem": CaseType("problem", status="Open")},
    ),
    "an outcome that waits": policy(
        Status("Third party", Phase.WAITING, reply="stays"),
        outcomes={"third": Outcome("third", status="Third party")},
    ),
    "an outcome by the customer's yes": policy(
        outcomes={"agreed": Outcome("agreed", ask="solved")}, questions={"solved": SOLVED}
    ),
    "rows from the special to the common": replace(
        POLICY, promises=(row("1h", plan=("gold",)), row("2h", priority=("urgent",)), row("8h", "5bd"))
    ),
    "a row that only promises nothing": replace(
        POLICY,
        promises=(PromiseRow({Promised.RESOLUTION: None}, priority=("normal",)), row(resolution="2bd")),
    ),
    "rules about other words, and one that only notes": replace(
        POLICY,
        rules=(
            rule("one", words=words("down")),
            rule("two", words=words("down", "slow")),
            Rule("three", Condition(words=words("down")), Assignment(note="Look at the status page.")),
        ),
    ),
    "a rule below one that looks at what is decided": replace(
        POLICY, rules=(rule("one", type=("problem",)), rule("two", type=("problem",)))
    ),
    "a target within the time until silence closes": policy(
        Status("Waiting for the customer", Phase.WAITING, runs=False, after=span("2w"), then=CLOSES),
        promises=(row("5bd", "30bd"),),
    ),
    "reminders before the closing": policy(
        replace(ASKING, ask=None, remind=(span("4bd"), span("7bd")), after=span("2w"), then=CLOSES)
    ),
    "releases to come": replace(
        POLICY,
        calendar=replace(POLICY.calendar, releases=(date(2026, 3, 5), date(2026, 3, 19))),
        promises=(row(resolution="2 releases"),),
    ),
}


@pytest.mark.parametrize("of", FAULTLESS.values(), ids=FAULTLESS)
def test_a_policy_that_can_be_kept_has_no_flaw(of: Policy) -> None:
    assert flaws(of, NOW) == ()


BROKEN: dict[str, tuple[Policy, str, str]] = {
    "a customer's status that no answer leads to": (
        policy(ONLY_CUSTOMERS),
        "statuses.Closed.by",
        "only the customer may move a case here, and no answer to a question leads here",
    ),
    "an outcome whose question ends nothing": (
        policy(
            outcomes={"agreed": Outcome("agreed", ask="solved")},
            questions={"solved": replace(SOLVED, answers=SOLVED.answers[1:])},
        ),
        "outcomes.agreed.ask",
        "ends nowhere: no answer to solved leads to a status that is resolved or closed",
    ),
    "an outcome that waits for ever": (
        policy(
            Status("Third party", Phase.WAITING, next=(), reply="stays"),
            outcomes={"third": Outcome("third", status="Third party")},
        ),
        "outcomes.third.status",
        "ends nowhere: no way leads on from Third party to a resolved or closed status",
    ),
    "releases that have run out": (
        replace(
            POLICY,
            calendar=replace(POLICY.calendar, releases=(date(2026, 2, 5), date(2026, 3, 19))),
            promises=(row("1h"), row(resolution="2 releases")),
        ),
        "promises.1.resolution",
        "promises nothing: calendar.releases names too few to come for 2 releases",
    ),
    "a reminder after the closing": (
        policy(replace(ASKING, ask=None, remind=(span("4bd"), span("10bd")), after=span("2w"), then=CLOSES)),
        "statuses.Resolved.remind",
        "the reminder after 10bd never goes: 2w of silence end this status before",
    ),
    "a first answer owed after the closing": (
        policy(
            Status("Waiting for the customer", Phase.WAITING, runs=False, after=span("7d"), then=CLOSES),
            promises=(row("6bd"),),
        ),
        "promises.0.first_response",
        "6bd may be longer than the 1w after which silence closes a case that is Waiting for the customer",
    ),
    "a resolution owed after the closing where the clock runs": (
        policy(
            Status("Waiting for the customer", Phase.WAITING, runs=True, after=span("7d"), then=CLOSES),
            promises=(row("1h", "10bd"),),
        ),
        "promises.0.resolution",
        "10bd may be longer than the 1w after which silence closes a case that is Waiting for the customer",
    ),
}


@pytest.mark.parametrize(("of", "key", "message"), BROKEN.values(), ids=BROKEN)
def test_a_promise_that_cannot_be_kept_is_named_with_its_key(of: Policy, key: str, message: str) -> None:
    flaw = found(of)
    assert (set(flaw), flaw[key].message, flaw[key].breaks) == ({key}, message, True)
    assert flaw[key].remedy


IN_VAIN: dict[str, tuple[Policy, str, str]] = {
    "a status that nothing leads to": (
        policy(
            *(replace(each, next=("Open", "Resolved", "Closed")) for each in POLICY.statuses),
        ),
        "statuses.Waiting for the customer",
        "no case ever comes here: no next, type, rule, reply, answer or silence leads here",
    ),
    "a question nobody asks": (
        policy(questions={"solved": SOLVED}),
        "questions.solved",
        "nobody asks this question",
    ),
    "a row below a common one": (
        replace(POLICY, promises=(row("8h"), row("1h", priority=("urgent",)))),
        "promises.1",
        "promises no first_response: rows above have promised it in every such case",
    ),
    "a row below two that share its cases": (
        replace(
            POLICY,
            promises=(row("1h", priority=("urgent",)), row("8h", priority=("normal",)), row("2bd")),
        ),
        "promises.2",
        "promises no first_response: rows above have promised it in every such case",
    ),
    "half a row": (
        replace(POLICY, promises=(row("8h"), row("1h", "2bd"))),
        "promises.1.first_response",
        "promises no first_response: rows above have promised it in every such case",
    ),
    "a row about a priority that its type does not know": (
        replace(
            POLICY,
            types={"problem": CaseType("problem", priorities={"normal": "Any."})},
            promises=(row("1h", type=("problem",), priority=("urgent",)),),
        ),
        "promises.0",
        "promises nothing: no case is such",
    ),
    "a rule below a wider one": (
        replace(
            POLICY,
            rules=(
                rule("down", words=words("down", "outage")),
                rule("theirs", words=words("Outage"), domain=("client.example",)),
            ),
        ),
        "rules.1",
        "decides nothing: about each such mail it is decided above, by down",
    ),
}


@pytest.mark.parametrize(("of", "key", "message"), IN_VAIN.values(), ids=IN_VAIN)
def test_what_is_written_in_vain_is_named_and_breaks_nothing(of: Policy, key: str, message: str) -> None:
    flaw = found(of)
    assert (set(flaw), flaw[key].message, flaw[key].breaks) == ({key}, message, False)
    assert flaw[key].remedy


def test_before_the_first_analysis_a_case_has_no_priority() -> None:
    unseen = replace(
        POLICY,
        default_priority=None,
        promises=(row("1h", priority=("urgent",)), row("8h", priority=("normal",)), row("2bd")),
    )
    assert flaws(unseen, NOW) == ()
