"""What the database remembers of Message-IDs: who bears them, who named them, and how many are looked at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, func, select

from maildesk.desk.case.threads import Claim, Hold
from maildesk.desk.letters.case_mail import CaseMail
from maildesk.store.cases import CaseBook
from maildesk.store.database import Database
from maildesk.store.schema import thread_ids
from maildesk.store.thread_ids import MOST_CLAIMS
from tests.store.conftest import NOW
from tests.unit.desk.matters import CASE

A, B = "7K2Q-9F3M", "8M3R-0G4N"
REFS = [f"AAAA-{number:04}" for number in range(40)]


def borne(ref: str, message_id: str) -> CaseMail:
    return CaseMail(ref, "in", NOW, "bo@client.example", [], "Printer", "", "", "opened", message_id)


def works(database: Database, work: Callable[[CaseBook], None]) -> None:
    """One batch with both cases at hand."""

    def unit(conn: Connection) -> None:
        book = CaseBook(conn)
        book.load_cases({A, B, *REFS})
        work(book)
        book.flush()

    database.write_now(unit)


def claims(database: Database, named: str, own: str = "") -> list[Claim]:
    """The claims on an id, as a batch sees them that finds it in References (or as a Message-ID)."""

    def read(conn: Connection) -> list[Claim]:
        book = CaseBook(conn)
        book.load_threads({named} - {""}, {own} - {""})
        for claim in book.claims.get(named or own, ()):
            assert book.case(claim.ref)
        return list(book.claims.get(named or own, ()))

    return database.read_now(read)


@pytest.fixture
def cases(database: Database) -> Database:
    """Two cases, and forty more."""

    def begin(book: CaseBook) -> None:
        for ref in (A, B, *REFS):
            book.record(replace(CASE, ref=ref))

    works(database, begin)
    return database


def test_an_id_keeps_all_its_claims_the_strongest_kind_and_the_oldest_first(cases: Database) -> None:
    works(cases, lambda book: book.learn(B, ["x"], Hold.NAMED, NOW))
    works(cases, lambda book: book.learn(A, ["x"], Hold.NAMED, NOW + timedelta(hours=1)))
    works(cases, lambda book: book.add_mail(borne(B, "x")))
    works(cases, lambda book: book.add_mail(borne(A, "x")))
    works(cases, lambda book: book.add_mail(borne(A, "x")))
    assert claims(cases, "x") == [
        Claim(B, Hold.BEARS), Claim(A, Hold.BEARS), Claim(B, Hold.NAMED), Claim(A, Hold.NAMED)
    ]  # fmt: skip


def test_who_waits_for_a_mail_is_found_by_its_own_id(cases: Database) -> None:
    works(cases, lambda book: book.learn(A, ["late"], Hold.NAMED, NOW))
    assert claims(cases, "", own="late") == [Claim(A, Hold.NAMED)]


def test_what_is_learnt_twice_is_written_once(cases: Database) -> None:
    for hold in (Hold.ALIAS, Hold.NAMED, Hold.ALIAS):
        works(cases, lambda book, hold=hold: book.learn(A, ["x", "x"], hold, NOW))  # type: ignore[misc]  # the value
    count = cases.read_now(lambda c: c.execute(select(func.count()).select_from(thread_ids)).scalar_one())
    assert count == 2


def test_an_id_that_a_mail_bears_is_never_learnt_for_another_case(cases: Database) -> None:
    works(cases, lambda book: book.add_mail(borne(A, "x")))

    def learns(book: CaseBook) -> None:
        book.load_threads({"x", "y"}, ())
        book.learn(B, ["x", "y"], Hold.ALIAS, NOW)
        assert book.claims["y"] == [Claim(B, Hold.ALIAS)]  # at once, for later mails of the batch

    works(cases, learns)
    assert claims(cases, "x") == [Claim(A, Hold.BEARS)]
    assert claims(cases, "y") == [Claim(B, Hold.ALIAS)]


def test_an_id_with_very_many_claims_costs_no_more_cases_than_a_few(cases: Database) -> None:
    """A newsletter that many customers answer; somebody who claims one id again and again."""
    for number, ref in enumerate(REFS):
        at = NOW + timedelta(minutes=number)
        works(cases, lambda book, ref=ref: book.add_mail(borne(ref, "x")))  # type: ignore[misc]  # the value

        def learns(book: CaseBook, ref: str = ref, at: object = at) -> None:
            book.load_threads({"news", "alias"}, ())
            book.learn(ref, ["news"], Hold.NAMED, at)  # type: ignore[arg-type]  # a time
            book.learn(ref, ["alias"], Hold.ALIAS, at)  # type: ignore[arg-type]  # a time

        works(cases, learns)
    half = MOST_CLAIMS // 2
    both_ends = REFS[:half] + REFS[-half:]
    assert claims(cases, "x") == [Claim(ref, Hold.BEARS) for ref in both_ends]
    assert claims(cases, "alias") == [Claim(ref, Hold.ALIAS) for ref in both_ends]
    assert claims(cases, "news") == [Claim(ref, Hold.NAMED) for ref in REFS[:MOST_CLAIMS]]
