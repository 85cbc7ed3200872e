"""A customer's reply: where it leads, by the status of the case, and when it opens another case."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from maildesk.desk.case.case import Case, Phase
from maildesk.desk.case.events import EventKind
from maildesk.desk.case.letter_order import LetterKind
from maildesk.desk.case.verdicts import Verdict
from maildesk.desk.decisions.deciding import decide
from maildesk.desk.decisions.decision import Decision
from maildesk.desk.policy.desk import Desk
from maildesk.desk.policy.policy import Reopening
from maildesk.desk.promises.spans import Span
from maildesk.desk.screening.situation import CaseMatch, Link
from tests.unit.desk.matters import AGENT, BO, NOW, case, mail, situation
from tests.unit.desk.statuses_of_ours import OUR_DESK, STATUSES


def standing(status: str, **more: Any) -> Case:
    known = STATUSES.get(status)
    assert known
    ended = {"resolved_at": NOW} if known.phase.ended else {}
    ended |= {"closed_at": NOW} if known.phase is Phase.CLOSED else {}
    return case(**{"status": status, "phase": known.phase, "owner": AGENT, "team": "support"} | ended | more)


def reply_to(held: Case, desk: Desk = OUR_DESK, **more: Any) -> Decision:
    return decide(situation(mail(BO), found=CaseMatch(held, Link.TOKEN), **more), desk)


LEADS = {
    "a new one": ("New", {}, "New"),
    "an open one": ("Pending Development", {}, "Pending Development"),
    "one that names where": ("Pending Input", {}, "Assigned"),
    "one that stays": ("Third party", {}, "Third party"),
    "one that waits, back to where it was": (
        "Waiting", {"came_from": "Pending Development"}, "Pending Development"),
    "one that waits and was new": ("Waiting", {"came_from": "New"}, "Assigned"),
    "one that waits and waited before": ("Waiting", {"came_from": "Pending Input"}, "Assigned"),
    "one that waits, from a status that is no more": ("Waiting", {"came_from": "Gone"}, "Assigned"),
    "a resolved one": ("Pending Closure", {}, "Assigned"),
    "a closed one": ("Closed", {}, "Assigned"),
    "a closed one of which the policy says it stays": ("Withdrawn", {}, "Assigned"),
}  # fmt: skip


@pytest.mark.parametrize(("now", "more", "then"), LEADS.values(), ids=LEADS)
def test_a_reply_leads_where_the_status_says(now: str, more: dict[str, Any], then: str) -> None:
    decided = reply_to(standing(now, **more))
    assert decided.change
    held = decided.change.case
    assert OUR_DESK.policy.statuses.of_case(held).name == then
    assert held.phase is OUR_DESK.policy.statuses.called(then).phase
    reopened = standing(now).phase.ended
    assert decided.verdict is (Verdict.REOPENED if reopened else Verdict.APPENDED)
    assert held.reopened == (1 if reopened else 0)
    assert held.closed_at is None


def test_who_is_told_of_a_status_hears_when_a_reply_leads_there() -> None:
    decided = reply_to(standing("Pending Input"))
    assert decided.change
    [told] = [each for each in decided.change.letters if each.kind is LetterKind.STATUS_TEAM]
    assert told.to == ("owner",)


WITHIN = replace(OUR_DESK, policy=replace(OUR_DESK.policy, reopening=Reopening(Span.parse("30d"))))


@pytest.mark.parametrize(
    ("days", "opens"), [(29, False), (29.9, False), (31, True), (400, True)], ids=["29", "just", "31", "400"]
)
def test_a_reply_long_after_the_closing_opens_a_case_of_its_own(days: float, opens: bool) -> None:
    held = standing("Closed", closed_at=NOW - timedelta(days=days))
    decided = reply_to(held, WITHIN)
    assert decided.change
    assert decided.verdict is (Verdict.OPENED if opens else Verdict.REOPENED)
    assert (decided.change.case.ref == held.ref) is not opens
    assert decided.change.case.owner == AGENT


def test_the_case_of_a_late_reply_and_the_old_one_name_each_other() -> None:
    held = standing("Closed", closed_at=NOW - timedelta(days=40))
    decided = reply_to(held, WITHIN)
    assert decided.change
    [notice] = [each for each in decided.change.letters if each.kind is LetterKind.OPENED_TEAM]
    assert held.ref in notice.extra["warning"]
    mentioned = [each.data["ref"] for each in decided.change.events if each.kind is EventKind.MENTIONED]
    [old] = decided.more
    known = replace(held, updated_at=old.case.updated_at, followed_by=decided.change.case.ref)
    assert (mentioned, old.case) == ([held.ref], known)
    assert [each.data["ref"] for each in old.events] == [decided.change.case.ref]


def test_what_is_resolved_and_not_closed_opens_again_at_any_time() -> None:
    held = standing("Pending Closure", resolved_at=NOW - timedelta(days=400))
    assert reply_to(held, WITHIN).verdict is Verdict.REOPENED
