"""Cases of before: the migration finds since when their customers wait, as their events would say it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from sqlalchemy import select

from maildesk.desk.case.case import Case
from maildesk.desk.case.events import Event
from maildesk.desk.case.folding import folded, opening_data
from maildesk.store.case_writing import write_cases, write_events
from maildesk.store.database import Connection, Database
from maildesk.store.migrations import downgrade, upgrade
from maildesk.store.refolding import refold
from maildesk.store.schema import cases
from tests.unit.desk.case.test_turns import OPENED, STORIES


def lived(number: int, events: tuple[Event, ...]) -> tuple[Case, list[Event]]:
    """The case of one story, and its events as a database keeps them."""
    ref = f"CASE-{number:04}"
    data = {**opening_data(folded(ref, [OPENED])), **OPENED.data}
    history = [replace(OPENED, data=data), *events]
    return folded(ref, history), history


def test_what_an_older_database_says_of_turns_is_what_its_events_say(
    database: Database, migrations: Path
) -> None:
    stories = [lived(number, events) for number, (events, _) in enumerate(STORIES.values())]

    def write(conn: Connection) -> None:
        write_cases(conn, {}, {case.ref: case for case, _ in stories})
        write_events(conn, [(case.ref, event) for case, history in stories for event in history])

    database.write_now(write)
    downgrade(database, migrations, "0016")
    upgrade(database, migrations)
    query = select(cases.c.ref, cases.c.asked_at)
    found = {row.ref: row.asked_at for row in database.read_now(lambda conn: conn.execute(query).all())}
    told_by_events = {case.ref: case.asked_at for case, _ in stories}
    merged = [case.ref for case, history in stories if any("asked_at" in each.data for each in history)]
    assert {ref: at for ref, at in found.items() if ref not in merged} == {
        ref: at for ref, at in told_by_events.items() if ref not in merged
    }
    assert len(merged) == 1  # until today no event said since when the customer of the other case waits
    assert {each.ref for each in database.write_now(refold)} <= set(merged)
