"""Cases as the contract prints them, and found by what a person types."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select

from maildesk.desk.case.case import Phase
from maildesk.desk.policy.case_fields import CaseField, FieldKind
from maildesk.desk.policy.case_types import CaseType
from maildesk.desk.policy.queue import in_order
from maildesk.desk.policy.statuses import Statuses, plain_status
from maildesk.errors import Ambiguous, NotFound
from maildesk.store.case_filters import CaseFilter, queued_refs
from maildesk.store.case_rows import case_of_row
from maildesk.store.case_views import case_list, case_show, find_case
from maildesk.store.database import Database
from maildesk.store.schema import cases, events, mails, parties
from tests.store.conftest import NOW
from tests.unit.desk import matters

STATUSES = (
    ("New", Phase.NEW),
    ("In Progress", Phase.OPEN),
    ("In Review", Phase.OPEN),
    ("Pending Customer", Phase.WAITING),
    ("Resolved", Phase.RESOLVED),
    ("Closed", Phase.CLOSED),
)
POLICY = replace(
    matters.POLICY,
    statuses=Statuses(tuple(plain_status(name, phase) for name, phase in STATUSES)),
    types={"bug": CaseType("bug"), "wish": CaseType("wish", queued_after=True)},
    fields={
        "item": CaseField("item", FieldKind.TEXT),
        "audience": CaseField("audience", FieldKind.CHOICE, ("external", "internal")),
    },
)
T = "2026-11-22T08:30:00.000000Z"
HOUR = timedelta(hours=1)

PLAIN: dict[str, Any] = {
    "ref": "7K2Q-9F3M",
    "subject": "The printer is on fire",
    "phase": "open",
    "requester": "kim@client.example",
    "mailbox": "support",
    "opened_at": NOW,
    "updated_at": NOW,
    "priority": "high",
}
FULL: dict[str, Any] = {
    **PLAIN,
    "type": "incident",
    "account": "Client Inc",
    "owner": "ana@acme.example",
    "team": "support",
    "escalation_level": 2,
    "escalated_at": NOW + HOUR,
    "escalated_by": "kim@client.example",
    "response_due": NOW + 2 * HOUR,
    "resolution_due": NOW + 8 * HOUR,
    "reopened": 1,
    "fields": {"item": "OKR tree"},
    "escalation": {"heard": ["Manager"], "particulars": [["Impact", "Major"]], "plan": "Ask the maker."},
    "requirement": "Export as CSV",
    "linked": ["9F3M-7K2Q"],
}
MAIL: dict[str, Any] = {
    "case_ref": "7K2Q-9F3M",
    "direction": "in",
    "message_id": "a@client.example",
    "at": NOW,
    "sender": "kim@client.example",
    "recipients": ["support@acme.example"],
    "subject": "The printer is on fire",
    "text": "Help! 🔥\n> before",
    "new_text": "Help! 🔥",
    "attachments": [{"name": "fire.png", "type": "image/png", "size": 7, "sha256": "f" * 64, "inline": True}],
    "verdict": "opened",
    "reason": "new",
    "internal": False,
    "refs": [],
}


def store(database: Database, *rows: dict[str, Any]) -> None:
    database.write_now(lambda c: [c.execute(insert(cases).values(row)) for row in rows])


def listed(database: Database, wanted: CaseFilter | None = None) -> list[dict[str, Any]]:
    return database.read_now(lambda c: case_list(c, POLICY, wanted))


EXPECTED = {
    "ref": "7K2Q-9F3M",
    "subject": "The printer is on fire",
    "status": "In Progress",
    "phase": "open",
    "priority": "high",
    "type": "incident",
    "requester": "kim@client.example",
    "account": "Client Inc",
    "owner": "ana@acme.example",
    "team": "support",
    "escalated": True,
    "arrived_at": T,
    "opened_at": T,
    "updated_at": T,
    "asked_at": None,
    "first_response_at": None,
    "resolved_at": None,
    "closed_at": None,
    "reopened": 1,
    "due": {"response": "2026-11-22T10:30:00.000000Z", "resolution": "2026-11-22T16:30:00.000000Z"},
    "outcome": None,
    "fields": {"item": "OKR tree", "audience": "external"},
    "requirement": "Export as CSV",
    "mails": 1,
}


def test_a_case_is_listed_and_shown_as_the_contract_says(database: Database) -> None:
    store(database, FULL)

    def fill(connection: Connection) -> None:
        connection.execute(insert(mails).values(MAIL))
        party = {"number": 1, "address": "kim@client.example", "name": "Kim", "role": "requester"}
        connection.execute(insert(parties).values(case_ref=FULL["ref"], **party))
        event = {"at": NOW, "kind": "opened", "actor": "kim@client.example", "data": {"priority": "high"}}
        connection.execute(insert(events).values(case_ref=FULL["ref"], **event))

    database.write_now(fill)
    assert listed(database) == [EXPECTED]
    assert database.read_now(lambda c: case_show(c, "7K2Q-9F3M", POLICY)) == {
        **EXPECTED,
        "parties": [
            {
                "number": 1,
                "address": "kim@client.example",
                "name": "Kim",
                "role": "requester",
                "unreachable": False,
            }
        ],
        "escalation": {
            "level": 2,
            "since": "2026-11-22T09:30:00.000000Z",
            "by": "kim@client.example",
            "heard": ["Manager"],
            "particulars": {"Impact": "Major"},
            "unclear": {},
            "plan": "Ask the maker.",
            "plan_shared_at": None,
            "acknowledged": None,
            "answered": None,
        },
        "linked": ["9F3M-7K2Q"],
        "mails": [
            {
                "direction": "in",
                "message_id": "a@client.example",
                "from": "kim@client.example",
                "to": ["support@acme.example"],
                "subject": "The printer is on fire",
                "at": T,
                "text": "Help! 🔥\n> before",
                "new_text": "Help! 🔥",
                "attachments": [{"name": "fire.png", "type": "image/png", "size": 7, "sha256": "f" * 64}],
                "verdict": "opened",
                "reason": "new",
            }
        ],
        "events": [
            {"at": T, "kind": "opened", "actor": "kim@client.example", "data": {"priority": "high"}},
        ],
    }


def test_what_is_due_is_what_the_clocks_of_the_case_left(database: Database) -> None:
    store(database, FULL, {**FULL, "ref": "8888-8888", "response_due": None, "resolution_due": None})
    assert [row["due"] for row in listed(database)] == [
        {"response": "2026-11-22T10:30:00.000000Z", "resolution": "2026-11-22T16:30:00.000000Z"},
        {"response": None, "resolution": None},
    ]


def test_a_case_without_escalation_says_so(database: Database) -> None:
    store(database, PLAIN)
    shown = database.read_now(lambda c: case_show(c, "7K2Q-9F3M", POLICY))
    assert (shown["escalated"], shown["escalation"], shown["status"]) == (False, None, "In Progress")


@pytest.mark.parametrize(
    ("wanted", "refs"),
    [
        pytest.param(CaseFilter(), ["AAAA", "BBBB", "CCCC"], id="all, oldest first"),
        pytest.param(CaseFilter(limit=2), ["BBBB", "CCCC"], id="the newest two"),
        pytest.param(CaseFilter(phases=["waiting"]), ["BBBB"], id="phase"),
        pytest.param(CaseFilter(status="pending customer"), ["BBBB"], id="status"),
        pytest.param(CaseFilter(owner="ANA@acme.example"), ["BBBB"], id="owner"),
        pytest.param(CaseFilter(team="sales"), ["CCCC"], id="team"),
        pytest.param(CaseFilter(account="client inc"), ["BBBB"], id="account"),
        pytest.param(CaseFilter(requester="Lee@client.example"), ["CCCC"], id="requester"),
        pytest.param(CaseFilter(escalated=True), ["BBBB"], id="escalated"),
        pytest.param(CaseFilter(escalated=False), ["AAAA", "CCCC"], id="not escalated"),
    ],
)
def test_cases_are_filtered(database: Database, wanted: CaseFilter, refs: list[str]) -> None:
    other = {"requester": "lee@client.example", "team": "sales", "subject": "100% off"}
    store(
        database,
        {**PLAIN, **other, "ref": "CCCC", "opened_at": NOW + 2 * HOUR},
        {**FULL, "ref": "BBBB", "phase": "waiting", "opened_at": NOW + HOUR},
        {**PLAIN, "ref": "AAAA"},
    )
    assert [row["ref"] for row in listed(database, wanted)] == refs


def test_a_case_that_was_closed_as_it_came_is_left_out_where_asked(database: Database) -> None:
    at_once = {**PLAIN, "phase": "closed", "closed_at": NOW, "opened_at": NOW}
    store(
        database,
        {**at_once, "ref": "AAAA"},
        {**at_once, "ref": "BBBB", "closed_at": NOW + HOUR},
        {**at_once, "ref": "CCCC", "first_response_at": NOW},
        {**at_once, "ref": "DDDD", "promised_from": NOW},
        {**PLAIN, "ref": "EEEE", "opened_at": NOW},
    )
    assert [row["ref"] for row in listed(database, CaseFilter(set_aside=False))] == [
        "BBBB",
        "CCCC",
        "DDDD",
        "EEEE",
    ]
    assert len(listed(database)) == 5


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        pytest.param("7K2Q-9F3M", "7K2Q-9F3M", id="whole"),
        pytest.param("7K2Q-9F3", "7K2Q-9F3", id="whole, though it begins another"),
        pytest.param("8", "8888-8888", id="the only one that begins so"),
    ],
)
def test_a_case_is_found_by_its_reference_or_a_unique_beginning(
    database: Database, typed: str, found: str
) -> None:
    store(database, *({**PLAIN, "ref": ref} for ref in ("7K2Q-9F3", "7K2Q-9F3M", "8888-8888")))
    assert database.read_now(lambda c: find_case(c, typed)) == found


def test_a_beginning_that_fits_many_is_ambiguous_and_shows_some(database: Database) -> None:
    store(database, *({**PLAIN, "ref": f"7K2Q-000{n}"} for n in range(7)))
    with pytest.raises(Ambiguous, match=r"7K2Q-0000, .*7K2Q-0004, … \(give more"):
        database.read_now(lambda c: find_case(c, "7K2Q"))


@pytest.mark.parametrize("typed", ["", "%", "9999", "7K2Q-9F3M-1"])
def test_nothing_of_that_name_is_not_found(database: Database, typed: str) -> None:
    store(database, PLAIN)
    for ask in (lambda c: find_case(c, typed), lambda c: case_show(c, typed, POLICY)):
        with pytest.raises(NotFound, match="there is no case"):
            database.read_now(ask)


def test_a_case_shows_the_status_that_it_is_in(database: Database) -> None:
    store(
        database,
        {**PLAIN, "ref": "AAAA", "status": "In Review"},
        {**PLAIN, "ref": "BBBB", "status": "of an older policy"},
        {**PLAIN, "ref": "CCCC", "status": "In Review", "phase": "waiting"},
    )
    assert [row["status"] for row in listed(database)] == ["In Review", "In Progress", "Pending Customer"]


@pytest.mark.parametrize(
    ("typed", "refs"),
    [
        pytest.param("in review", ["BBBB"], id="one of several of its phase"),
        pytest.param("progress", ["AAAA", "CCCC"], id="the first has what the policy no longer knows"),
        pytest.param("pend", ["DDDD"], id="the beginning of a name"),
    ],
)
def test_cases_are_asked_for_by_any_status(database: Database, typed: str, refs: list[str]) -> None:
    store(
        database,
        {**PLAIN, "ref": "AAAA"},
        {**PLAIN, "ref": "BBBB", "status": "In Review"},
        {**PLAIN, "ref": "CCCC", "status": "gone"},
        {**PLAIN, "ref": "DDDD", "phase": "waiting"},
    )
    assert [row["ref"] for row in listed(database, CaseFilter(status=typed))] == refs


def test_a_status_that_is_none_is_said_to_be_none(database: Database) -> None:
    with pytest.raises(NotFound, match="no status 'nonsense'"):
        listed(database, CaseFilter(status="nonsense"))


ODD = 'it\'s "odd" $.x'
"""A name of a field that a path in JSON could take for something else."""


@pytest.mark.parametrize(
    ("fields", "refs"),
    [
        pytest.param({"item": "okr TREE"}, ["AAAA"], id="a text, letter case aside"),
        pytest.param({"item": ""}, ["BBBB", "CCCC"], id="without a value"),
        pytest.param({"audience": "external"}, ["AAAA", "BBBB"], id="the default counts"),
        pytest.param({"audience": "internal", "item": ""}, ["CCCC"], id="two of them"),
        pytest.param({ODD: "yes"}, ["BBBB"], id="an odd name"),
        pytest.param({"item' or 1=1 --": "x"}, [], id="a name is data"),
    ],
)
def test_cases_are_asked_for_by_their_fields(
    database: Database, fields: dict[str, str], refs: list[str]
) -> None:
    store(
        database,
        {**PLAIN, "ref": "AAAA", "fields": {"item": "OKR tree"}},
        {**PLAIN, "ref": "BBBB", "fields": {ODD: "yes"}},
        {**PLAIN, "ref": "CCCC", "fields": {"audience": "internal"}},
    )
    assert [row["ref"] for row in listed(database, CaseFilter(fields=fields))] == refs


def test_the_queue_is_open_work_that_nobody_has_in_the_order_of_the_policy(database: Database) -> None:
    given = [
        ("AAAA", "normal", "bug", 0),
        ("BBBB", "urgent", "wish", 1),
        ("CCCC", "urgent", "bug", 2),
        ("DDDD", "", "bug", 4),
        ("EEEE", "", None, 3),
        ("FFFF", "gone", "bug", 5),
        ("GGGG", "", "wish", 6),
        ("HHHH", "urgent", None, 1),
    ]
    store(
        database,
        *(
            {**PLAIN, "ref": ref, "priority": priority, "type": type_, "opened_at": NOW + hours * HOUR}
            for ref, priority, type_, hours in given
        ),
        {**PLAIN, "ref": "OTHER", "team": "support", "priority": "urgent", "opened_at": NOW - HOUR},
        {**PLAIN, "ref": "TAKEN", "owner": "ana@acme.example"},
        {**PLAIN, "ref": "WAITS", "phase": "waiting"},
        {**PLAIN, "ref": "ENDED", "phase": "closed"},
    )
    queue = [row["ref"] for row in listed(database, CaseFilter(queue=True))]
    assert queue == ["EEEE", "DDDD", "OTHER", "HHHH", "CCCC", "AAAA", "FFFF", "GGGG", "BBBB"]
    stored = database.read_now(lambda c: [case_of_row(row, ()) for row in c.execute(select(cases))])
    assert [each.ref for each in in_order(stored, POLICY)] == queue
    assert [row["ref"] for row in listed(database, CaseFilter(queue=True, limit=2))] == queue[:2]
    assert database.read_now(lambda c: queued_refs(c, POLICY, (), 3)) == queue[:3]
    assert database.read_now(lambda c: queued_refs(c, POLICY, ("support",), 3)) == ["EEEE", "DDDD", "HHHH"]
    assert [row["ref"] for row in listed(database, CaseFilter(queue=True, owner="ana@acme.example"))] == [
        "TAKEN"
    ]
