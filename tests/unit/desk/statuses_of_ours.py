"""A policy with statuses, types, outcomes and questions of its own, for what they make of a case."""

from __future__ import annotations

from dataclasses import replace

from maildesk.desk.case.case import Phase
from maildesk.desk.policy.case_types import CaseType, Priority
from maildesk.desk.policy.people import Account, People, Person, Team
from maildesk.desk.policy.questions import Answer, Outcome, Question
from maildesk.desk.policy.statuses import STAYS, By, Status, Statuses
from maildesk.desk.policy.then import Then
from tests.unit.desk.matters import AGENT, DESK, LEADER, POLICY

LEAD, DEV, GUS = "lia@acme.example", "dev@acme.example", "gus@acme.example"

NEW, OPEN, WAITING, RESOLVED, CLOSED = Phase
STATUSES = Statuses(
    (
        Status("New", NEW, tells=("lead",), next=("Assigned", "Pending Input", "Resolved", "Closed")),
        Status("Assigned", OPEN, tells=("owner",)),
        Status(
            "Pending Development", OPEN, "It waits for development.", runs=False, tells=("development",),
            next=("Pending Release", "Moved to Staging", "Pending Input", "Assigned", "Resolved"),
        ),
        Status("Pending Release", OPEN, "It is part of the next release.", tells=("customer",)),
        Status("Staging Pass", OPEN, by=(By.CUSTOMER,), tells=("owner", "development")),
        Status("For the lead", OPEN, by=(By.LEAD, By.LEADERSHIP)),
        Status("Third party", WAITING, reply=STAYS),
        Status("Pending Input", WAITING, reply="Assigned"),
        Status(
            "Moved to Staging", WAITING, ask="staging", reply=STAYS, next=("Staging Pass", "Pending Release"),
        ),
        Status("Waiting", WAITING),
        Status("Resolved", RESOLVED),
        Status("Pending Closure", RESOLVED, ask="solved"),
        Status("Closed", CLOSED),
        Status("Withdrawn", CLOSED, reply=STAYS),
    )
)  # fmt: skip
SOLVED = Question("solved", "Is it solved?", (Answer("yes", Then(status="Closed")), Answer("no")))
STAGING = Question("staging", "Does it work?", (Answer("yes", Then(status="Staging Pass")), Answer("no")))
AGREED = Question("agreed", "May we close it?", (Answer("yes", Then(status="Closed")), Answer("no")))
OURS = replace(
    POLICY,
    statuses=STATUSES,
    questions={each.name: each for each in (SOLVED, STAGING, AGREED)},
    outcomes={
        each.name: each
        for each in (
            Outcome("corrected", "The correction is there."),
            Outcome("não reproduzido", "We cannot reproduce it."),
            Outcome("without a solution", "You agreed to close it.", ask="agreed"),
            Outcome("third party", "Another company is at work.", status="Third party"),
        )
    },
    information={"screenshot": "A picture of it", "system": "Your system", "first time": "Since when?"},
    priorities=(Priority("P1 – Emergency", 1), Priority("P2 – Blocker", 2), Priority("P5 – Medium", 3)),
    default_priority="P5 – Medium",
    types={
        "Question": CaseType("Question"),
        "Bug": CaseType(
            "Bug", status="Pending Development", team="development",
            priorities={"P1 – Emergency": "At once.", "P2 – Blocker": "By the next release."},
        ),
    },
    default_type="Question",
    promises=(),
)  # fmt: skip

PEOPLE_OF_OURS = People(
    agents=(
        Person("Ana Agent", AGENT, teams=("support",)),
        Person("Gus", GUS, teams=("support",)),
        Person("Lia Lead", LEAD, teams=("support",)),
        Person("Dev", DEV, teams=("development",)),
    ),
    teams=(Team("support", lead=LEAD), Team("development")),
    leadership=(Person("Lea Leader", LEADER),),
    accounts=(Account("Client Inc", ("client.example",)),),
    own=DESK.people.own,
)
OUR_DESK = replace(DESK, policy=OURS, people=PEOPLE_OF_OURS)

CUSTOMERS_CLOSE = replace(
    OURS,
    statuses=Statuses(
        (
            Status("New", NEW),
            Status("Open", OPEN),
            Status("Waiting for you", WAITING),
            Status("Done", RESOLVED),
            Status("Solved", RESOLVED, ask="solved"),
            Status("Closed", CLOSED, by=(By.CUSTOMER,)),
        )
    ),
)
CUSTOMERS_DESK = replace(OUR_DESK, policy=CUSTOMERS_CLOSE)
"""A desk of which only the customers close cases."""
