"""What may follow a status, who may move a case, and the first status of a phase that is meant."""

from __future__ import annotations

from dataclasses import replace

import pytest

from maildesk.desk.case.case import Case, Phase
from maildesk.desk.policy.entering import customers_may_close, first_allowed, refusal, way_into
from maildesk.desk.policy.statuses import By, Status
from maildesk.errors import NotAllowed
from tests.unit.desk.matters import AGENT, LEADER, case
from tests.unit.desk.statuses_of_ours import CUSTOMERS_DESK, DEV, GUS, LEAD, OUR_DESK, STATUSES

OPERATOR = ""


def held(status: str) -> Case:
    known = STATUSES.get(status)
    assert known
    return case(status=status, phase=known.phase, team="support", owner=AGENT)


MAY = {
    "what next names": ("Pending Development", "Pending Release", AGENT, None),
    "what next leaves out": (
        "Pending Development", "Closed", AGENT,
        "from Pending Development a case goes to Pending Release, Moved to Staging, Pending Input, Assigned,"
        " Resolved",
    ),
    "anything, where there is no next": ("Assigned", "Closed", AGENT, None),
    "staying": ("Pending Development", "Pending Development", AGENT, None),
    "a customer's own": ("Assigned", "Staging Pass", AGENT, "only the customer"),
    "a customer's own by leadership": ("Assigned", "Staging Pass", LEADER, "only the customer"),
    "a customer's own at the command line": ("Assigned", "Staging Pass", OPERATOR, "only the customer"),
    "the lead's by an agent": (
        "Assigned", "For the lead", GUS, "only the lead of its team or leadership may move a case to",
    ),
    "the lead's by the lead": ("Assigned", "For the lead", LEAD, None),
    "the lead's by leadership": ("Assigned", "For the lead", LEADER, None),
    "the lead's at the command line": ("Assigned", "For the lead", OPERATOR, None),
    "the lead's at the command line, where it may not follow": (
        "New", "For the lead", OPERATOR, "from New a case goes to Assigned",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("now", "to", "mover", "why"), MAY.values(), ids=MAY)
def test_a_status_is_entered_by_whom_and_from_where_the_policy_says(
    now: str, to: str, mover: str, why: str | None
) -> None:
    wanted = STATUSES.get(to)
    assert wanted
    refused = refusal(held(now), wanted, mover, OUR_DESK)
    assert (refused is None) is (why is None)
    assert why is None or why in str(refused)


PARTS = {
    "an agent": (By.AGENTS, GUS, "support", True),
    "the owner": (By.OWNER, AGENT, "support", True),
    "not the owner": (By.OWNER, GUS, "support", False),
    "the lead": (By.LEAD, LEAD, "support", True),
    "the lead of another team": (By.LEAD, LEAD, "development", False),
    "a lead, of a case of no team": (By.LEAD, LEAD, None, True),
    "no lead, of a case of no team": (By.LEAD, GUS, None, False),
    "leadership": (By.LEADERSHIP, LEADER, "support", True),
    "not leadership": (By.LEADERSHIP, LEAD, "support", False),
    "one of the team": (By.TEAM, DEV, "development", True),
    "one of another team": (By.TEAM, DEV, "support", False),
    "anybody, of a case of no team": (By.TEAM, DEV, None, True),
    "nobody of the desk": (By.CUSTOMER, AGENT, "support", False),
}


@pytest.mark.parametrize(("by", "mover", "team", "may"), PARTS.values(), ids=PARTS)
def test_each_part_is_had_by_whom_it_names(by: By, mover: str, team: str | None, may: bool) -> None:
    to = Status("Elsewhere", Phase.OPEN, by=(by,))
    assert (refusal(replace(held("Assigned"), team=team), to, mover, OUR_DESK) is None) is may


FIRST = {
    "the first open one": ("New", Phase.OPEN, False, "Assigned"),
    "the first that may follow": ("Pending Development", Phase.WAITING, False, "Pending Input"),
    "the first by itself": ("Assigned", Phase.WAITING, False, "Third party"),
    "but for those that a reply does not end": ("Assigned", Phase.WAITING, True, "Pending Input"),
    "closed": ("Assigned", Phase.CLOSED, False, "Closed"),
}


@pytest.mark.parametrize(("now", "phase", "passing", "first"), FIRST.values(), ids=FIRST)
def test_of_a_phase_the_first_status_is_meant_that_may_be_entered(
    now: str, phase: Phase, passing: bool, first: str
) -> None:
    found = way_into(held(now), phase, AGENT, OUR_DESK, passing_stays=passing)
    assert found.name == first


def test_where_none_may_be_entered_the_reason_of_the_first_is_told() -> None:
    moved = held("Moved to Staging")
    with pytest.raises(NotAllowed, match="Staging Pass, Pending Release"):
        way_into(moved, Phase.RESOLVED, AGENT, OUR_DESK)
    assert first_allowed(moved, Phase.CLOSED, DEV, OUR_DESK) is None


def test_the_customer_may_close_where_the_policy_says() -> None:
    theirs = case(phase=Phase.OPEN, status="Open")
    assert customers_may_close(theirs, CUSTOMERS_DESK)
    assert not customers_may_close(held("Assigned"), OUR_DESK)
