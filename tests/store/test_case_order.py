"""Cases asked for by their moments, and put into the order that is asked for, on either database."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, insert

from maildesk.store.case_filters import CaseFilter, Turn
from maildesk.store.case_order import CaseOrder
from maildesk.store.case_views import case_count
from maildesk.store.database import Database
from maildesk.store.schema import events
from tests.store.conftest import NOW
from tests.store.test_case_views import HOUR, PLAIN, POLICY, listed, store

MINUTE = timedelta(minutes=1)
GIVEN: tuple[dict[str, Any], ...] = (
    {
        "ref": "LATE",
        "asked_at": NOW - HOUR,
        "response_due": NOW - MINUTE,
        "opened_at": NOW - 30 * HOUR,
        "priority": "normal",
    },
    {"ref": "SOON", "response_due": NOW + 9 * HOUR, "resolution_due": NOW + HOUR, "priority": "urgent"},
    {"ref": "SOLD", "response_due": None, "resolution_due": NOW - HOUR, "opened_at": NOW - 50 * HOUR},
    {"ref": "FREE", "opened_at": NOW - 90 * HOUR, "updated_at": NOW + HOUR, "owner": "ana@acme.example"},
    {"ref": "DONE", "phase": "closed", "opened_at": NOW - 99 * HOUR, "priority": "urgent"},
)
ALIVE = ("new", "open", "waiting")


def refs(database: Database, **wanted: Any) -> list[str]:
    return [row["ref"] for row in listed(database, CaseFilter(**wanted))]


@pytest.fixture
def full(database: Database) -> Database:
    store(database, *({**PLAIN, **each} for each in GIVEN))
    return database


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        pytest.param({"due_before": NOW}, ["SOLD", "LATE"], id="overdue: an answer, or a solution"),
        pytest.param({"due_before": NOW - MINUTE}, ["SOLD"], id="what is due at that moment is not late"),
        pytest.param({"due_before": NOW + 2 * HOUR}, ["SOLD", "LATE", "SOON"], id="due, or overdue"),
        pytest.param({"turn": Turn.OURS}, ["LATE"], id="our turn"),
        pytest.param({"turn": Turn.THEIRS}, ["FREE", "SOLD", "SOON"], id="the customer's turn"),
        pytest.param({"unowned": True}, ["DONE", "SOLD", "LATE", "SOON"], id="nobody's"),
        pytest.param({"since": NOW - 50 * HOUR}, ["SOLD", "LATE", "SOON"], id="since a moment"),
        pytest.param({"until": NOW - 50 * HOUR}, ["DONE", "FREE"], id="until a moment"),
        pytest.param({"since": NOW - 90 * HOUR, "until": NOW}, ["FREE", "SOLD", "LATE"], id="between"),
    ],
)
def test_cases_are_asked_for_by_their_moments(full: Database, wanted: Any, found: list[str]) -> None:
    assert refs(full, **wanted) == found


@pytest.mark.parametrize(
    ("order", "found"),
    [
        pytest.param(CaseOrder.DUE, ["SOLD", "LATE", "SOON", "DONE", "FREE"], id="nothing due comes last"),
        pytest.param(CaseOrder.AGE, ["DONE", "FREE", "SOLD", "LATE", "SOON"], id="the oldest first"),
        pytest.param(
            CaseOrder.UPDATED, ["FREE", "DONE", "SOLD", "LATE", "SOON"], id="the newest change first"
        ),
        pytest.param(
            CaseOrder.PRIORITY, ["DONE", "SOON", "LATE", "FREE", "SOLD"], id="the most urgent first"
        ),
    ],
)
def test_cases_stand_in_the_order_that_is_asked_for(
    full: Database, order: CaseOrder, found: list[str]
) -> None:
    assert refs(full, order=order) == found
    assert refs(full, order=order, limit=2) == found[:2]
    assert refs(full, order=order, limit=2, offset=3) == found[3:]
    assert refs(full, order=order, offset=1) == found[1:]


def test_without_an_order_the_newest_are_left_out_by_an_offset(full: Database) -> None:
    assert refs(full, limit=2) == ["LATE", "SOON"]
    assert refs(full, limit=2, offset=2) == ["FREE", "SOLD"]


def test_cases_are_counted_whatever_the_limit(full: Database) -> None:
    alive = CaseFilter(phases=ALIVE, limit=1, offset=3)
    assert full.read_now(lambda c: case_count(c, POLICY, alive)) == 4


def test_a_case_arrived_when_its_first_event_says_so(full: Database) -> None:
    def tell(conn: Connection) -> None:
        for ref, data in (
            ("LATE", {"since": "2026-11-20T08:00:00+00:00"}),
            ("SOON", {"since": "2026-11-20T08:00:00+00:00", "arrived_at": "2026-11-19T08:00:00+00:00"}),
        ):
            row = {"case_ref": ref, "at": NOW, "kind": "opened", "actor": "x", "data": data}
            conn.execute(insert(events).values(row))
            conn.execute(insert(events).values({**row, "kind": "reopened", "data": {"since": "2027"}}))

    full.write_now(tell)
    arrived = {row["ref"]: row["arrived_at"][:10] for row in listed(full)}
    assert (arrived["LATE"], arrived["SOON"]) == ("2026-11-20", "2026-11-19")
    assert arrived["FREE"] == (NOW - 90 * HOUR).date().isoformat()


def test_a_name_beside_ascii_is_found_as_it_is_written(database: Database) -> None:
    store(database, {**PLAIN, "ref": "OURS", "account": "Über GmbH"}, {**PLAIN, "ref": "ELSE"})
    assert refs(database, account="Über GmbH") == ["OURS"]
    assert refs(database, account="Über gmbh") == ["OURS"]
