"""Cases as the contract prints them, and found by what a person types."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, insert

from maildesk.errors import Ambiguous, NotFound
from maildesk.store.case_views import CaseFilter, case_list, case_show, find_case
from maildesk.store.database import Database
from maildesk.store.schema import cases, events, mails, parties
from tests.store.conftest import NOW

STATUSES = {"new": "New", "open": "In Progress", "waiting": "Pending Customer", "closed": "Closed"}
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
    return database.read_now(lambda c: case_list(c, STATUSES, wanted))


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
    "opened_at": T,
    "updated_at": T,
    "closed_at": None,
    "due": {"response": "2026-11-22T10:30:00.000000Z", "resolution": "2026-11-22T16:30:00.000000Z"},
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
    assert database.read_now(lambda c: case_show(c, "7K2Q-9F3M", STATUSES)) == {
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
        "escalation": {"level": 2, "since": "2026-11-22T09:30:00.000000Z", "by": "kim@client.example"},
        "first_response_at": None,
        "resolved_at": None,
        "reopened": 1,
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


def test_what_was_given_is_no_longer_due(database: Database) -> None:
    store(database, {**FULL, "first_response_at": NOW + HOUR})
    assert listed(database)[0]["due"] == {"response": None, "resolution": "2026-11-22T16:30:00.000000Z"}
    store(database, {**FULL, "ref": "8888-8888", "resolved_at": NOW + HOUR})
    assert listed(database)[1]["due"]["resolution"] is None


def test_a_case_without_escalation_says_so(database: Database) -> None:
    store(database, PLAIN)
    shown = database.read_now(lambda c: case_show(c, "7K2Q-9F3M", {}))
    assert (shown["escalated"], shown["escalation"], shown["status"]) == (False, None, "open")


@pytest.mark.parametrize(
    ("wanted", "refs"),
    [
        pytest.param(CaseFilter(), ["AAAA", "BBBB", "CCCC"], id="all, oldest first"),
        pytest.param(CaseFilter(limit=2), ["BBBB", "CCCC"], id="the newest two"),
        pytest.param(CaseFilter(phases=["waiting"]), ["BBBB"], id="phase"),
        pytest.param(CaseFilter(status="pending customer"), ["BBBB"], id="status"),
        pytest.param(CaseFilter(status="nonsense"), [], id="no such status"),
        pytest.param(CaseFilter(owner="ANA@acme.example"), ["BBBB"], id="owner"),
        pytest.param(CaseFilter(team="sales"), ["CCCC"], id="team"),
        pytest.param(CaseFilter(account="client inc"), ["BBBB"], id="account"),
        pytest.param(CaseFilter(requester="Lee@client.example"), ["CCCC"], id="requester"),
        pytest.param(CaseFilter(escalated=True), ["BBBB"], id="escalated"),
        pytest.param(CaseFilter(escalated=False), ["AAAA", "CCCC"], id="not escalated"),
        pytest.param(CaseFilter(query="PRINTER"), ["AAAA", "BBBB"], id="words of the subject"),
        pytest.param(CaseFilter(query="lee@"), ["CCCC"], id="part of the requester"),
        pytest.param(CaseFilter(query="bbb"), ["BBBB"], id="part of the reference"),
        pytest.param(CaseFilter(query="100%"), ["CCCC"], id="a percent sign is no wildcard"),
        pytest.param(CaseFilter(query="_"), [], id="an underscore is no wildcard"),
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
        {**at_once, "ref": "DDDD", "response_due": NOW + HOUR},
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
    for ask in (lambda c: find_case(c, typed), lambda c: case_show(c, typed, STATUSES)):
        with pytest.raises(NotFound, match="there is no case"):
            database.read_now(ask)
