"""Requirements in a database: read as they were written, with the cases that wait for each."""

from __future__ import annotations

from dataclasses import replace

import pytest

from maildesk.desk.case.requirement import Requirement
from maildesk.errors import StoreRefused
from maildesk.store.cases import CaseBook
from maildesk.store.database import Connection, Database
from maildesk.store.requirements import (
    add_requirements,
    all_requirements,
    requirement_list,
    requirement_show,
    waiting_refs,
    write_requirement,
)
from tests.store.conftest import NOW
from tests.unit.desk.matters import CASE, DESK

DARK = Requirement(
    "Dark mode", "Not Started", NOW, "ana@acme.example", "Light on dark", "All.", "F", "web", "UI"
)


def test_a_requirement_is_read_as_it_was_written_and_changed(database: Database) -> None:
    other = replace(DARK, name="Ärger über ink", summary="")
    database.write_now(lambda conn: add_requirements(conn, [DARK, other]))
    assert set(database.read_now(all_requirements)) == {DARK, other}
    shipped = replace(DARK, status="Shipped", shipped_at=NOW)
    database.write_now(lambda conn: write_requirement(conn, shipped))
    assert set(database.read_now(all_requirements)) == {shipped, other}


def test_two_of_one_name_are_none(database: Database) -> None:
    database.write_now(lambda conn: add_requirements(conn, [DARK]))
    with pytest.raises(StoreRefused):
        database.write_now(lambda conn: add_requirements(conn, [replace(DARK, name="DARK  mode")]))


def test_one_that_a_batch_made_is_known_to_its_next_mail_and_written_with_it(database: Database) -> None:
    def work(conn: Connection) -> None:
        book = CaseBook(conn)
        book.create([DARK])
        assert book.requirements() == (DARK,)
        book.flush()
        assert book.requirements() == (DARK,)

    database.write_now(work)
    assert database.read_now(all_requirements) == (DARK,)


def test_the_cases_that_wait_are_listed_and_counted(database: Database) -> None:
    waits = replace(CASE, requirement=DARK.name, linked=("AAAA-AAAA",))
    gone = replace(waits, ref="M4XP-2WQ8", merged_into=waits.ref)
    free = replace(CASE, ref="T7RD-5KN3")

    def work(conn: Connection) -> None:
        add_requirements(conn, [DARK])
        book = CaseBook(conn)
        for each in (waits, gone, free):
            book.record(each)
        book.flush()

    database.write_now(work)

    def read(conn: Connection) -> None:
        book = CaseBook(conn)
        book.load_cases([waits.ref])
        assert book.case(waits.ref) == waits
        assert set(waiting_refs(conn, DARK)) == {waits.ref, gone.ref}
        [row] = requirement_list(conn)
        assert (row["name"], row["cases"], row["created_at"]) == (
            "Dark mode",
            1,
            "2026-11-22T08:30:00.000000Z",
        )
        shown = requirement_show(conn, DARK, DESK.policy)
        assert {(each["ref"], each["merged_into"]) for each in shown["cases"]} == {
            (waits.ref, None),
            (gone.ref, waits.ref),
        }

    database.read_now(read)
