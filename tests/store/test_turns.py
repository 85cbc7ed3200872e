"""Whose turn it is and how busy agents are, as a batch sees it; parties who were removed; what was asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection, event, select

from maildesk.desk.case.case import Case, PartyRole, Phase
from maildesk.desk.decisions.routing import Load
from maildesk.desk.letters.case_mail import CaseMail
from maildesk.desk.screening.situation import Question
from maildesk.store import schema
from maildesk.store.cases import CaseBook
from maildesk.store.database import Database
from maildesk.store.questions import question_of
from tests.store.conftest import NOW, SUPPORT
from tests.unit.desk.matters import CASE, CY

ANA, BEN = "ana@acme.example", "Ben@acme.example"
TEAM = [ANA, BEN]


def works(database: Database, work: Callable[[CaseBook], Any], *refs: str) -> Any:
    """One batch with these cases at hand."""

    def unit(conn: Connection) -> Any:
        book = CaseBook(conn)
        book.load_cases(refs)
        result = work(book)
        book.flush()
        return result

    return database.write_now(unit)


def owned(ref: str, owner: str | None, phase: Phase = Phase.OPEN) -> Case:
    return replace(CASE, ref=ref, owner=owner, phase=phase, parties=())


@pytest.fixture
def cases(database: Database) -> Database:
    """Ana owns one of each phase, Ben one that is new; one is nobody's."""

    def begin(book: CaseBook) -> None:
        for number, phase in enumerate(Phase):
            book.record(owned(f"AAAA-{number:04}", ANA, phase))
        book.record(owned("BBBB-0000", BEN, Phase.NEW))
        book.record(owned("CCCC-0000", None))

    works(database, begin)
    return database


def test_open_cases_are_counted_by_owner_and_those_that_ended_are_not(cases: Database) -> None:
    load = works(cases, lambda book: book.load_of("support", TEAM))
    assert (load.last, dict(load.open_cases)) == ("", {"ana@acme.example": 3, "ben@acme.example": 1})
    assert dict(works(cases, lambda book: book.load_of("support", [BEN])).open_cases) == {
        "ben@acme.example": 1
    }


def test_a_batch_counts_what_it_did_itself(cases: Database) -> None:
    def work(book: CaseBook) -> list[Load]:
        loads = [book.load_of("support", TEAM)]
        book.record(owned("DDDD-0000", BEN, Phase.NEW))
        loads.append(book.load_of("support", TEAM))
        book.record(owned("AAAA-0000", BEN, Phase.NEW))
        loads.append(book.load_of("support", TEAM))
        book.record(owned("BBBB-0000", BEN, Phase.CLOSED))
        book.take_turn("support", BEN)
        return [*loads, book.load_of("support", TEAM)]

    loads = works(cases, work, "AAAA-0000", "BBBB-0000")
    counts = [
        tuple(load.open_cases[each] for each in ("ana@acme.example", "ben@acme.example")) for load in loads
    ]
    assert counts == [(3, 1), (3, 2), (2, 3), (2, 2)]
    assert [load.last for load in loads] == ["", "", "", "ben@acme.example"]
    after = works(cases, lambda book: book.load_of("support", TEAM))
    assert (after.last, tuple(after.open_cases.values())) == ("ben@acme.example", (2, 2))


def test_each_team_has_a_turn_of_its_own_and_keeps_the_last(cases: Database) -> None:
    works(cases, lambda book: book.take_turn("support", ANA))
    works(cases, lambda book: book.take_turn("billing", BEN))
    works(cases, lambda book: book.take_turn("support", BEN))
    last = works(
        cases, lambda book: [book.load_of(team, TEAM).last for team in ("support", "billing", "other")]
    )
    assert last == ["ben@acme.example", "ben@acme.example", ""]


def test_a_batch_that_assigns_nothing_asks_nothing_and_a_large_one_asks_twice(
    sqlite_database: Database,
) -> None:
    """Filing is the hot path: one look at the turns and one at the counts, however many mails."""
    said: list[str] = []

    def unit(conn: Connection) -> None:
        event.listen(conn, "before_cursor_execute", lambda *args: said.append(args[2]))
        book = CaseBook(conn)
        book.record(owned("AAAA-0000", None))
        assert not [each for each in said if "turns" in each or "count" in each]
        for number in range(100):
            book.load_of("support", TEAM)
            book.record(owned(f"DDDD-{number:04}", ANA))
            book.take_turn("support", ANA)
        assert len([each for each in said if each.startswith("SELECT")]) == 2
        book.flush()

    sqlite_database.write_now(unit)
    assert len([each for each in said if "turns" in each]) == 3


def test_the_counts_are_read_from_an_index_alone(sqlite_database: Database) -> None:
    c = schema.cases.c
    query = select(c.owner).where(c.owner.in_(TEAM), c.phase.in_(["new", "open"])).group_by(c.owner)

    def read(conn: Connection) -> str:
        plan = str(query.compile(conn, compile_kwargs={"literal_binds": True}))
        return " ".join(str(row) for row in conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {plan}"))

    assert "COVERING INDEX ix_cases_owner" in sqlite_database.read_now(read)


# --- parties ----------------------------------------------------------------------------------------


def test_who_is_removed_and_added_again_is_kept_as_two(database: Database) -> None:
    ref = CASE.ref
    works(database, lambda book: book.record(CASE.joined(CY, "Cy", PartyRole.CC)))
    works(database, lambda book: book.record(_known(book, ref).without(CY)), ref)

    def again(book: CaseBook) -> list[tuple[int, str]]:
        case = _known(book, ref)
        assert case.removed(CY)
        case = case.joined(CY, "Cy", PartyRole.CC).joined("di@client.example", "Di", PartyRole.CC)
        book.record(case.without("di@client.example"))
        return [(party.number, party.role) for party in case.parties]

    assert works(database, again, ref) == [(1, "requester"), (2, "former"), (3, "cc"), (4, "cc")]
    kept = works(database, lambda book: _known(book, ref).parties, ref)
    assert [(party.number, party.role) for party in kept] == [
        (1, "requester"), (2, "former"), (3, "cc"), (4, "former"),
    ]  # fmt: skip


def _known(book: CaseBook, ref: str) -> Case:
    case = book.case(ref)
    assert case
    return case


# --- questions --------------------------------------------------------------------------------------


def _ledger_row(conn: Connection, number: int) -> None:
    row = {"id": number, "mailbox": SUPPORT, "uidvalidity": 1, "uid": number, "internal_date": NOW}
    conn.execute(schema.ledger.insert(), [row | {"received_at": NOW, "size": 1}])


@pytest.mark.parametrize(
    ("notice", "mail", "asked"),
    [
        ({}, {}, True),
        ({"verdict": "replied-team"}, {}, False),
        ({"about": 2}, {}, False),
        ({"message_id": "other@acme.example"}, {}, False),
        ({"case_ref": "8M3R-0G4N"}, {}, False),
        ({}, {"verdict": "unverified"}, False),
        ({}, {"case_ref": "8M3R-0G4N"}, False),
    ],
    ids=[
        "the notice that asks",
        "another notice",
        "about another mail",
        "another Message-ID",
        "of another case",
        "a mail that failed authentication",
        "a mail that went to another case",
    ],
)
def test_only_the_notice_about_a_strangers_mail_asks(
    database: Database, notice: dict[str, Any], mail: dict[str, Any], asked: bool
) -> None:
    eve = CaseMail(
        CASE.ref, "in", NOW, "eve@evil.example", [], "Hm", "", "", "third_party", "1@evil.example", 1
    )
    told = CaseMail(
        CASE.ref, "out", NOW, "support@acme.example", [], "Take care", "", "", "suspicious", "n@acme.example",
        about=1,
    )  # fmt: skip

    def begin(conn: Connection) -> None:
        for number in (1, 2):
            _ledger_row(conn, number)
        book = CaseBook(conn)
        book.record(CASE)
        book.record(replace(CASE, ref="8M3R-0G4N"))
        book.add_mail(replace(eve, **mail))
        book.add_mail(replace(told, **notice))
        book.flush()

    database.write_now(begin)
    found = database.read_now(lambda conn: question_of(conn, CASE.ref, "n@acme.example"))
    assert found == (Question("eve@evil.example", NOW, 1) if asked else None)
