"""The escalation of a case as one machine: what each step makes of it, and who hears; by tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from maildesk.desk.case.case import Case, Phase
from maildesk.desk.case.change import Change
from maildesk.desk.case.clocks import ClockKind
from maildesk.desk.case.escalation import Escalation, Particular
from maildesk.desk.case.events import DESK as ITSELF
from maildesk.desk.case.events import EventKind as K
from maildesk.desk.case.letter_order import LetterKind as L
from maildesk.desk.decisions import acts, reviewing
from maildesk.desk.decisions.actor import Actor
from maildesk.desk.decisions.afterwards import with_afterwards
from maildesk.desk.decisions.colleagues import with_owner_told
from maildesk.desk.decisions.escalating import escalate, level_over, missed, taken_over, with_end
from maildesk.desk.decisions.following import followed
from maildesk.desk.decisions.merging import merge
from maildesk.desk.decisions.moments_told import with_moments
from maildesk.desk.decisions.status_acts import close, resolve, spam
from maildesk.desk.letters.audiences import addressees
from maildesk.desk.letters.letter_kinds import FORMS
from maildesk.desk.policy.desk import Desk
from maildesk.desk.policy.escalation_path import EscalationPath, Level, Start
from maildesk.desk.policy.people import Person, Team
from maildesk.desk.policy.questions import Question
from maildesk.desk.policy.then import Then
from maildesk.desk.policy.usual_questions import AFTERWARDS
from maildesk.desk.promises.spans import Span
from maildesk.errors import BadInput, MaildeskError, NotAllowed
from tests.unit.desk.matters import AGENT, BO, CASE, DESK, LEADER, NOW, PEOPLE

MANAGER, HEAD, GUS = "manager@acme.example", "head@acme.example", "gus@acme.example"
A_DAY = Span.parse("1bd")
LEVELS = (Level("owner", A_DAY), Level("Team Manager", A_DAY), Level("head of support"))
LEADERS = (
    Person("Lea", LEADER),
    Person("Mia", MANAGER, role="Team Manager"),
    Person("Hal", HEAD, role="Head of Support"),
)
HELD = replace(CASE, owner=AGENT)
CUSTOMER, AGENTS, TIME = Actor(BO, NOW), Actor(AGENT, NOW, AGENT), Actor(ITSELF, NOW)
CLI = Actor("cli:root", NOW)
ASKED = Escalation(0, NOW, BO)
OWNERS = Escalation(1, NOW, BO, heard=("owner",))
TOP = Escalation(3, NOW, BO, heard=("owner", "Team Manager", "head of support"))


def a_desk(levels: tuple[Level, ...] = LEVELS, **path: object) -> Desk:
    told = replace(EscalationPath(levels=levels), **path)  # type: ignore[arg-type]  # its own fields
    people = replace(PEOPLE, agents=(*PEOPLE.agents, Person("Gus", GUS)), leadership=LEADERS)
    return replace(DESK, people=people, policy=replace(DESK.policy, escalation_path=told))


def kinds(change: Change) -> list[K]:
    return [event.kind for event in change.events]


def told(change: Change, desk: Desk) -> dict[L, list[str]]:
    """Who hears what inside the desk."""
    return {
        order.kind: sorted(one.address for one in addressees(order, change.case, desk.people))
        for order in change.letters
        if FORMS[order.kind].audience.of_desk
    }


def of(active: Escalation | None, **more: object) -> Case:
    return replace(HELD, escalation=active, **more)  # type: ignore[arg-type]  # fields of a case


# --- levels -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("active", "hand", "event", "level", "hears"),
    [
        (None, CUSTOMER, K.ESCALATED, 1, [AGENT]),
        (None, AGENTS, K.ESCALATED, 1, [AGENT]),
        (None, TIME, K.ESCALATED, 1, [AGENT]),
        (OWNERS, AGENTS, K.ESCALATION_RAISED, 2, [MANAGER]),
        (replace(OWNERS, answered=True), CUSTOMER, K.ESCALATION_RAISED, 2, [MANAGER]),
        (OWNERS, CUSTOMER, K.ESCALATION_REPEATED, 1, [AGENT]),
        (replace(OWNERS, again_at=NOW), CUSTOMER, K.ESCALATION_REPEATED, 1, None),
        (replace(OWNERS, again_at=NOW - timedelta(days=1)), CUSTOMER, K.ESCALATION_REPEATED, 1, [AGENT]),
        (TOP, AGENTS, K.ESCALATION_REPEATED, 3, [HEAD]),
        (replace(TOP, answered=True), CUSTOMER, K.ESCALATION_REPEATED, 3, [HEAD]),
    ],
)
def test_who_asks_reaches_the_next_level_or_the_same_again(
    active: Escalation | None, hand: Actor, event: K, level: int, hears: list[str] | None
) -> None:
    desk = a_desk()
    change = escalate(of(active), desk, hand, word="escalate" if hand is CUSTOMER else "")
    assert kinds(change) == [event]
    assert change.case.escalation
    assert change.case.escalation.level == level
    assert told(change, desk).get(L.ESCALATED_LEADERSHIP) == hears


@pytest.mark.parametrize(("active", "hears"), [(OWNERS, [MANAGER]), (TOP, None), (None, None)])
def test_time_tells_the_next_level_and_nobody_after_the_last(
    active: Escalation | None, hears: list[str] | None
) -> None:
    desk = a_desk()
    change = level_over(of(active), desk, TIME)
    assert told(change, desk).get(L.ESCALATED_LEADERSHIP) == hears
    assert not {order.kind for order in change.letters} & {L.ESCALATED}


def test_a_level_with_nobody_in_it_is_passed_over() -> None:
    desk = a_desk((Level("lead"), Level("Nobody's"), Level("Head of Support")))
    assert told(escalate(of(None), desk, CUSTOMER), desk)[L.ESCALATED_LEADERSHIP] == [HEAD]


def test_the_owner_of_nobodys_case_is_its_team() -> None:
    desk = a_desk()
    change = escalate(replace(HELD, owner=None), desk, CUSTOMER)
    assert AGENT in told(change, desk)[L.ESCALATED_LEADERSHIP]
    assert GUS in told(change, desk)[L.ESCALATED_LEADERSHIP]


@pytest.mark.parametrize(
    ("now", "level", "becomes"), [("normal", "urgent", "urgent"), ("urgent", "normal", "urgent")]
)
def test_a_level_makes_a_case_more_pressing_and_never_less(now: str, level: str, becomes: str) -> None:
    desk = a_desk((Level("owner", priority=level),))
    assert escalate(replace(HELD, priority=now), desk, CUSTOMER).case.priority == becomes


def test_who_of_the_desk_may_not_escalate_is_told() -> None:
    desk = a_desk(starts=(Start.CUSTOMER,))
    with pytest.raises(NotAllowed, match="policy of this desk"):
        escalate(HELD, desk, AGENTS)
    assert escalate(HELD, desk, CUSTOMER, word="escalate").events


@pytest.mark.parametrize(
    ("kind", "actor", "answered"),
    [
        (K.ANSWERED, AGENT, True),
        (K.NOTED, AGENT, True),
        (K.PLANNED, AGENT, True),
        (K.ASSIGNED, AGENT, False),
        (K.ANSWERED, GUS, False),
        (K.NOTED, BO, False),
    ],
)
def test_a_level_has_answered_when_somebody_of_it_writes_or_plans(
    kind: K, actor: str, answered: bool
) -> None:
    desk = a_desk()
    before = of(OWNERS)
    event = Actor(actor, NOW).event(kind, plan="a plan", owner=AGENT, first=False)
    change = with_moments(before, Change(before, (event,)), desk)
    assert change.case.escalation
    assert change.case.escalation.answered is answered


# --- approval ---------------------------------------------------------------------------------------


REVIEWED: dict[str, Any] = {"approval": True, "approved": "urgent"}


def test_what_waits_for_approval_is_heard_of_by_who_reviews_alone() -> None:
    desk = a_desk(**REVIEWED)
    impact = (Particular("Impact", "Major"),)
    change = escalate(HELD, desk, CUSTOMER, particulars=impact)
    active = change.case.escalation
    assert active
    assert (active.level, active.particulars, change.case.priority) == (0, impact, "normal")
    assert told(change, desk) == {L.REVIEW: sorted([LEADER, MANAGER, HEAD])}
    assert [order.kind for order in change.letters] == [L.ESCALATION_ASKED, L.REVIEW]


@pytest.mark.parametrize(
    ("hand", "why", "by"),
    [(AGENTS, "important", "Ana Agent"), (CUSTOMER, "", "Bo Lund"), (TIME, "a promise was missed", "")],
)
def test_who_reviews_reads_who_asks_and_why(hand: Actor, why: str, by: str) -> None:
    desk = a_desk(**REVIEWED)
    first = escalate(HELD, desk, hand, why=why)
    again = escalate(first.case, desk, hand, why=why)
    for change in (first, again):
        review = change.letters[-1]
        assert (review.kind, review.extra["by"], review.extra["why"]) == (L.REVIEW, by, why)


@pytest.mark.parametrize(
    ("hand", "by"),
    [(AGENTS, "Ana Agent"), (CUSTOMER, "Bo Lund"), (TIME, ""), (CLI, "Somebody at the command line")],
)
def test_the_first_level_reads_who_asks_and_why(hand: Actor, by: str) -> None:
    first = told_to(escalate(HELD, a_desk(), hand, why="he waits too long."), L.ESCALATED_LEADERSHIP)
    assert (first["by"], first["why"]) == (by, "he waits too long." if hand is TIME else "he waits too long")
    approved = reviewing.approve(
        of(replace(ASKED, by=hand.actor)), a_desk(**REVIEWED), Actor(LEADER, NOW, LEADER)
    )
    assert told_to(approved, L.ESCALATED_LEADERSHIP)["by"] == by


def told_to(change: Change, kind: L) -> Mapping[str, str]:
    return next(order.extra for order in change.letters if order.kind is kind)


def test_it_is_escalated_since_it_was_approved() -> None:
    later = Actor(LEADER, NOW + timedelta(hours=1), LEADER)
    active = reviewing.approve(of(ASKED), a_desk(**REVIEWED), later).case.escalation
    assert active
    assert (ASKED.since, active.since) == (NOW, later.now)


@pytest.mark.parametrize("again_at", [None, NOW])
def test_a_form_that_came_whole_is_answered_while_the_first_is_reviewed(again_at: Any) -> None:
    waits, impact = of(replace(ASKED, again_at=again_at)), (Particular("Impact", "Major"),)
    review = [] if again_at else [L.REVIEW]
    corrected = escalate(waits, a_desk(**REVIEWED), CUSTOMER, particulars=impact)
    assert [order.kind for order in corrected.letters] == [L.ESCALATION_ASKED, *review]
    mere_word = escalate(waits, a_desk(**REVIEWED), CUSTOMER, word="escalate")
    assert [order.kind for order in mere_word.letters] == review


def test_approved_it_is_at_the_first_level_with_its_priority() -> None:
    desk = a_desk(**REVIEWED)
    change = reviewing.approve(of(ASKED), desk, Actor(LEADER, NOW, LEADER))
    active = change.case.escalation
    assert active
    assert (active.level, active.to, change.case.priority) == (1, "owner", "urgent")
    assert change.letters[0].kind is L.ESCALATED
    assert change.letters[0].extra["approved"]
    assert told(change, desk)[L.ESCALATED_LEADERSHIP] == [AGENT]


def test_declined_it_is_none_and_the_customer_reads_why() -> None:
    change = reviewing.decline(
        of(ASKED), a_desk(**REVIEWED), Actor(LEADER, NOW, LEADER), "it comes this week"
    )
    assert (change.case.escalation, change.case.priority) == (None, "normal")
    assert [(order.kind, order.extra) for order in change.letters] == [
        (L.ESCALATION_DECLINED, {"why": "it comes this week"})
    ]


@pytest.mark.parametrize(
    ("owner", "words", "hear", "did"),
    [
        (AGENT, "", [AGENT], "declined the escalation: it comes this week"),
        (GUS, "", [GUS, AGENT], "declined the escalation: it comes this week"),
        (None, "", [AGENT], "declined the escalation: it comes this week"),
        (AGENT, "It comes this week.", [AGENT], "declined the escalation and answered the customer"),
    ],
)
def test_who_asked_and_the_owner_read_plainly_that_it_was_declined(
    owner: str | None, words: str, hear: list[str], did: str
) -> None:
    desk, hand = a_desk(**REVIEWED), Actor(LEADER, NOW, LEADER)
    before = replace(of(replace(ASKED, by=AGENT)), owner=owner)
    change = reviewing.decline(before, desk, hand, "it comes this week", said=not words)
    if words:
        change = change.then(acts.answer(change.case, desk, words, hand))
    told = with_owner_told(change, before, desk).letters[-1]
    assert (told.kind, list(told.to), told.extra["did"]) == (L.COLLEAGUE_ACTED, hear, did)


REFUSED = {
    "nothing waits": (None, LEADER, "#", "no escalation of"),
    "it is approved already": (OWNERS, LEADER, "#", "no escalation of"),
    "an agent": (ASKED, AGENT, "#", "is reviewed by leadership"),
    "without a reason": (ASKED, LEADER, " ", "is to read why"),
}


@pytest.mark.parametrize(("active", "who", "why", "said"), REFUSED.values(), ids=REFUSED)
def test_who_may_not_or_gives_no_reason_is_told(
    active: Escalation | None, who: str, why: str, said: str
) -> None:
    hand = Actor(who, NOW, who)
    with pytest.raises(MaildeskError, match=said):
        reviewing.decline(of(active), a_desk(**REVIEWED), hand, why)
    if why.strip():
        with pytest.raises(MaildeskError, match=said):
            reviewing.approve(of(active), a_desk(**REVIEWED), hand)


# --- the plan ---------------------------------------------------------------------------------------


def test_a_plan_is_kept_and_only_a_plan_is_shared() -> None:
    with pytest.raises(NotAllowed, match="no plan yet"):
        reviewing.share_plan(of(OWNERS), AGENTS)
    with pytest.raises(BadInput, match="no words"):
        reviewing.plan(of(OWNERS), AGENTS, " ")
    with pytest.raises(NotAllowed, match="is not escalated"):
        reviewing.plan(HELD, AGENTS, "Today.")
    kept = reviewing.plan(of(OWNERS), AGENTS, "Today.")
    assert kept.letters == ()
    shared = reviewing.share_plan(kept.case, AGENTS)
    assert [(order.kind, order.extra["plan"]) for order in shared.letters] == [(L.PLAN, "Today.")]
    with pytest.raises(NotAllowed, match="has this plan already"):
        reviewing.share_plan(shared.case, AGENTS)
    again = reviewing.plan(shared.case, AGENTS, "Tomorrow.").case.escalation
    assert again
    assert (again.plan, again.plan_shared_at) == ("Tomorrow.", None)


# --- what starts and ends one -----------------------------------------------------------------------


@pytest.mark.parametrize("starts", [(Start.CUSTOMER,), tuple(Start)])
def test_a_missed_promise_escalates_where_the_policy_says_so(starts: tuple[Start, ...]) -> None:
    desk = a_desk(starts=starts)
    event = TIME.event(K.RESPONSE_OVERDUE)
    change = missed(Change(HELD, (event,)), desk, TIME)
    assert (K.ESCALATED in kinds(change)) == (Start.MISSED_PROMISE in starts)
    assert L.ESCALATED not in {order.kind for order in change.letters}


def test_an_answer_or_silence_may_escalate() -> None:
    assert kinds(followed(HELD, a_desk(), Then(escalate=True), CUSTOMER)) == [K.ESCALATED]
    ended = replace(HELD, phase=Phase.CLOSED)
    assert kinds(followed(ended, a_desk(), Then(escalate=True), CUSTOMER)) == []


@pytest.mark.parametrize("act", [resolve, close])
def test_it_is_over_when_the_case_ends(act: object) -> None:
    desk, before = a_desk(), of(OWNERS)
    change = with_end(before, act(before, desk, AGENTS), desk)  # type: ignore[operator]  # an act of the desk
    assert kinds(change)[-1] is K.ESCALATION_OVER
    assert change.events[-1].data == {"level": 1}
    assert change.case.escalation is None
    assert with_end(before, change, desk) == change


@pytest.mark.parametrize(
    ("active", "letters", "hears", "asks"),
    [
        (OWNERS, [L.ESCALATION_OVER], ["owner"], True),
        (TOP, [L.ESCALATION_OVER], ["owner", "Team Manager", "head of support"], True),
        (ASKED, [L.ESCALATION_DECLINED, L.ESCALATION_OVER], ["leadership"], False),
        (replace(ASKED, by=ITSELF), [L.ESCALATION_OVER], ["leadership"], False),
    ],
)
def test_of_its_end_hears_who_had_it_and_who_was_promised_a_decision(
    active: Escalation, letters: list[L], hears: list[str], asks: bool
) -> None:
    desk, before = a_desk(**REVIEWED, afterwards="What would have avoided it?"), of(active)
    questions = {AFTERWARDS: Question(AFTERWARDS, "What would have avoided it?", ())}
    desk = replace(desk, policy=replace(desk.policy, questions=questions))
    change = with_end(before, close(before, desk, AGENTS), desk)
    assert [order.kind for order in change.letters if order.kind is not L.CLOSED] == letters
    assert list(change.letters[-1].to) == hears
    told = with_afterwards(change, desk)
    assert (L.AFTERWARDS in {order.kind for order in told.letters}) is asks


def test_what_one_mail_approves_and_closes_is_not_called_undecided() -> None:
    desk, before, hand = a_desk(**REVIEWED), of(ASKED), Actor(LEADER, NOW, LEADER)
    change = reviewing.approve(before, desk, hand)
    ended = with_end(before, change.then(close(change.case, desk, hand)), desk)
    assert (ended.events[-1].kind, ended.events[-1].data) == (K.ESCALATION_OVER, {"level": 1})
    assert L.ESCALATION_DECLINED not in {order.kind for order in ended.letters}
    assert ended.letters[-1].to == ("owner",)


def test_who_asks_by_a_form_for_what_time_asked_for_hears_that_nobody_decided() -> None:
    desk, before = a_desk(**REVIEWED), of(replace(ASKED, by=ITSELF))
    promised = escalate(before, desk, CUSTOMER, particulars=(Particular("Impact", "Major"),)).case
    ended = with_end(promised, close(promised, desk, AGENTS), desk)
    assert L.ESCALATION_DECLINED in {order.kind for order in ended.letters}
    mere_word = escalate(before, desk, CUSTOMER, word="escalate").case  # which promises nothing
    ended = with_end(mere_word, close(mere_word, desk, AGENTS), desk)
    assert L.ESCALATION_DECLINED not in {order.kind for order in ended.letters}


@pytest.mark.parametrize(("team", "barred"), [("support", "yes"), (None, ""), ("esc", "")])
def test_a_level_hears_of_the_end_with_its_lead_and_if_it_may_still_answer(
    team: str | None, barred: str
) -> None:
    of_team = {AGENT: "support", GUS: "esc", HEAD: "support"}
    agents = tuple(Person("", each, teams=(name,)) for each, name in of_team.items())
    teams = (Team("support"), Team("esc", lead=HEAD))
    desk = replace(a_desk(), people=replace(PEOPLE, agents=agents, teams=teams, leadership=()))
    before = of(replace(OWNERS, heard=("esc",)), team=team)
    change = with_end(before, close(before, desk, AGENTS), desk)
    assert change.letters[-1].extra == {"barred": barred}
    assert told(change, desk)[L.ESCALATION_OVER] == sorted([GUS, HEAD])


@pytest.mark.parametrize("active", [ASKED, OWNERS])
def test_the_end_of_spam_is_told_to_nobody_and_asks_nothing(active: Escalation) -> None:
    desk, before = a_desk(afterwards="What would have avoided it?"), of(active)
    questions = {AFTERWARDS: Question(AFTERWARDS, "What would have avoided it?", ())}
    desk = replace(desk, policy=replace(desk.policy, questions=questions))
    change = spam(before, AGENTS)
    assert with_afterwards(with_end(before, change, desk), desk) == change
    assert change.case.escalation is None


# --- parts of another case --------------------------------------------------------------------------


@pytest.mark.parametrize("met", [False, True])
def test_in_a_case_that_takes_another_over_an_escalation_goes_on_as_far_as_it_came(met: bool) -> None:
    path: dict[str, Any] = {"team": None, "acknowledge": A_DAY, "updates": A_DAY}
    desk = a_desk(**path)
    theirs = replace(
        OWNERS, plan="Today.", plan_shared_at=NOW if met else None, answered=met, acknowledged=met
    )
    change = taken_over(HELD, of(theirs, ref="8888-8888"), desk, AGENTS, "it was escalated")
    case = with_moments(HELD, change, desk).case
    assert case.escalation
    assert case.escalation == replace(theirs, planned_at=NOW, planned_by=AGENT)  # known here since now
    due = {each.kind for each in case.clocks}
    assert (ClockKind.NEXT_LEVEL in due, ClockKind.ACKNOWLEDGE in due) == (not met, not met)
    assert ClockKind.UPDATE in due


@pytest.mark.parametrize(
    ("ours", "theirs", "goes_on", "priority", "customer"),
    [
        (None, OWNERS, OWNERS, "urgent", []),  # what was approved there is urgent here too
        (None, ASKED, ASKED, "normal", []),
        (
            replace(ASKED, by=ITSELF),
            ASKED,
            ASKED,
            "normal",
            [],
        ),  # they are told at its end that nobody decided
        (ASKED, OWNERS, OWNERS, "urgent", [L.ESCALATED]),  # who waited for a decision hears of it
        (replace(ASKED, by=ITSELF), OWNERS, OWNERS, "urgent", []),
        (OWNERS, TOP, TOP, "urgent", []),
        (TOP, OWNERS, TOP, "normal", []),
        (OWNERS, ASKED, OWNERS, "normal", []),
    ],
)
def test_of_two_escalations_the_further_one_goes_on_with_what_it_made_of_the_priority(
    ours: Escalation | None, theirs: Escalation, goes_on: Escalation, priority: str, customer: list[L]
) -> None:
    desk = a_desk(**REVIEWED)
    here, there = of(ours, priority="normal"), of(theirs, ref="8888-8888", priority="urgent")
    case, letters = (change := merge(here, there, desk, AGENTS)[0]).case, change.letters
    assert (case.escalation, case.priority) == (goes_on, priority)
    assert [each.kind for each in letters if FORMS[each.kind].audience.of_customers] == customer


def test_where_time_or_a_rule_asks_the_customer_hears_what_was_decided_alone() -> None:
    desk = a_desk(**REVIEWED)
    change = escalate(HELD, desk, TIME, why="a promise was missed")
    assert [order.kind for order in change.letters] == [L.REVIEW]
    approved = reviewing.approve(change.case, desk, Actor(LEADER, NOW, LEADER))
    assert approved.letters[0].kind is L.ESCALATED
