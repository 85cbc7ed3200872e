"""Mails are found by their words, the same ones on either database, and erased words by nobody."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection, delete, insert, select, text, update

from maildesk.desk.case.search_words import Search, read_search
from maildesk.desk.letters.case_mail import CaseMail
from maildesk.store import search
from maildesk.store.case_filters import CaseFilter, may_fit, refs_of_customer
from maildesk.store.case_views import case_list
from maildesk.store.case_writing import write_mails
from maildesk.store.database import Database
from maildesk.store.erasing import erase_shown
from maildesk.store.found_mails import newest_found, newest_ids
from maildesk.store.schema import cases, mails
from maildesk.store.schema import search as search_table
from maildesk.store.search_tables import INDEX
from tests.store.conftest import NOW
from tests.store.test_case_views import HOUR, PLAIN, POLICY
from tests.world.postgres import Postgres
from tests.world.tables import lay_tables

REF = "7K2Q-9F3M"


def mail(words: str, **others: Any) -> CaseMail:
    plain: dict[str, Any] = {
        "case_ref": REF,
        "direction": "in",
        "at": NOW,
        "sender": "kim@client.example",
        "recipients": ["support@acme.example"],
        "subject": "",
        "text": words,
        "new_text": words,
        "verdict": "opened",
    }
    return CaseMail(**{**plain, **others})


def kept(database: Database, *written: CaseMail, read: bool = True) -> None:
    """A case with these mails, whose words were read."""

    def write(conn: Connection) -> None:
        refs = {each.case_ref for each in written} - set(conn.execute(select(cases.c.ref)).scalars())
        for ref in sorted(refs):
            conn.execute(insert(cases).values({**PLAIN, "ref": ref}))
        write_mails(conn, written)

    database.write_now(write)
    if read:
        read_all(database)


def read_all(database: Database) -> None:
    while words := database.read_now(lambda conn: search.read_waiting(conn, 2)):
        database.write_now(lambda conn, some=words: search.keep(conn, some))  # type: ignore[misc]


def found(database: Database, typed: str, most: int = 20) -> int:
    return len(database.read_now(lambda conn: newest_ids(conn, read_search(typed), None, most)))


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def new(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[], Database]]:
    """Makes databases for questions that change nothing: once for all that ask them."""
    with ExitStack() as ending:

        def made() -> Database:
            if request.param == "sqlite":
                url = lay_tables(tmp_path_factory.mktemp("search") / "desk.db")
            else:
                cluster: Postgres = request.getfixturevalue("postgres")
                url = cluster.new_database(tables=True)
                ending.callback(cluster.drop_database, url)
            database = Database.open(url, patience=20)
            ending.callback(database.close_now)
            return database

        yield made


HITS = [
    ("The label printer cuts too early", "label printer cuts", True),
    ("The label printer cuts too early", "CUTS Printer", True),
    ("The label printer cuts too early", "label scanner", False),
    ("The label printer cuts too early", "print", False),
    ("The label printer cuts too early", "print*", True),
    ("The label printer cuts too early", '"printer cuts"', True),
    ("The label printer cuts too early", '"cuts printer"', False),
    ("The label printer cuts too early", '"label print*', False),
    ("The label printer cuts too early", "printer -label", False),
    ("The label printer cuts too early", "printer -roll", True),
    ("The label printer cuts too early", 'printer -"printer label"', True),
    ("The label printer cuts too early", 'printer -"label printer"', False),
    ("Die Straße ist naß, ein Ölfleck", "strasse nass olfleck", True),
    ("Die Strasse", "STRAẞE", True),
    ("Café crème", "cafe creme", True),
    ("Cafe\u0301", "café", True),
    ("プリンターが動きません", "プリンター", True),
    ("プリンターが動きません", "ﾌﾟﾘﾝﾀｰ", True),
    ("プリンターが動きません", "ターが", True),
    ("プリンターが動きません", "ンプ", False),
    ("เครื่องพิมพ์เสีย", "พิมพ์", True),
    ("프린터가 고장", "프린터*", True),
    ("Принтер не печатает", "ПРИНТЕР", True),
    ("Ο εκτυπωτής", "εκτυπωτης", True),
    ("\u1c90\u1c91 new letters \u16e5d\u05f0", "\u10d0\u10d1", True),
    ("The QL-820 at site_4", "QL-820", True),
    ("The QL-820 at site_4", "QL820", False),
    ("The QL-820 at site_4", "site_4", True),
    ("near a b", "NEAR(a b)", True),
    ("near b a", "NEAR(a b)", False),
    ("black or white", '" OR', True),
    ("a table drop", "DROP TABLE", True),
    ("O'Hara; DROP TABLE mails", "o'hara", True),
    ("100% off \\ & | ! <-> :*", "100% & off", True),
    ("words: a colon", "words:a", True),
    ("1e5 and 007 and 3.14", "007 1e5", True),
    ("x" * 200, "x" * 200, True),
    ("x" * 200, "x" * 100, True),
    ("mara@vela.example wrote", "mara@vela.example", True),
    ("mara@vela.example wrote", "vela.example", True),
]


@pytest.fixture(scope="module")
def all_said(new: Callable[[], Database]) -> Database:
    """A mail that says it for each of them."""
    database = new()
    kept(database, *map(mail, sorted({said for said, _, _ in HITS})))
    return database


@pytest.mark.parametrize(("said", "typed", "hit"), HITS, ids=[f"{a[:24]!a}: {b[:24]!a}" for a, b, _ in HITS])
def test_a_mail_is_found_by_its_words(all_said: Database, said: str, typed: str, hit: bool) -> None:
    its_own = select(mails.c.id).where(mails.c.new_text == said)
    number = all_said.read_now(lambda conn: conn.execute(its_own).scalar_one())
    ids = all_said.read_now(lambda conn: newest_ids(conn, read_search(typed), None, len(HITS)))
    assert ids.count(number) == hit


@pytest.mark.parametrize(
    "others",
    [
        {"subject": "Toner is empty"},
        {"sender": "toner@client.example"},
        {"recipients": ["support@acme.example", "toner@client.example"]},
        {"attachments": [{"name": "toner.jpg", "type": "image/jpeg", "size": 1, "sha256": "0"}]},
        {"case_ref": "T0NE-RT0N", "subject": "toner"},
    ],
    ids=["subject", "sender", "recipient", "name of a file", "subject of another case"],
)
def test_subjects_people_and_names_of_files_are_looked_through_too(
    database: Database, others: dict[str, Any]
) -> None:
    kept(database, mail("It hums.", **others))
    assert found(database, "toner") == 1


def test_a_reference_finds_its_case(database: Database) -> None:
    kept(database, mail("It hums."))
    assert found(database, "7k2q-9f3m") == 1


def test_an_answer_and_a_note_are_found_and_neither_receipts_nor_notices(database: Database) -> None:
    ours = {"direction": "out", "sender": "support@acme.example"}
    kept(
        database,
        mail("hums", **ours, verdict="answer"),
        mail("hums", **ours, verdict="note", internal=True),
        mail("hums", **ours, verdict="acknowledgement"),
        mail("hums", **ours, verdict="replied-team", internal=True),
        mail("hums", verdict="command", internal=True),
    )
    assert found(database, "hums") == 2


def test_the_newest_come_first_and_as_many_as_are_asked_for(database: Database) -> None:
    kept(database, *(mail(f"hums {number}") for number in range(5)))
    wanted = read_search("hums")
    first = database.read_now(lambda conn: newest_found(conn, wanted, None, 2))
    assert [ref for _, ref in first.mails] == [REF, REF]
    rest = database.read_now(lambda conn: newest_found(conn, wanted, first.below, 9))
    numbers = [number for number, _ in [*first.mails, *rest.mails]]
    assert numbers == sorted(numbers, reverse=True)
    assert len(numbers) == 5
    assert rest.below is None


FAR_APART = (1, 4095, 4096, 65_535, 65_536, 131_072, 900_000, 986_000, 999_998, 999_999)


@pytest.fixture(scope="module")
def far_apart(new: Callable[[], Database]) -> Database:
    """Mails with these numbers that hum, and one that does not."""
    return numbered(new(), [*["it hums loudly"] * len(FAR_APART), "it barks"], [*FAR_APART, 1_000_000])


@pytest.mark.parametrize("typed", ["hums", "hu*", "hums -barks", '"it hums"', "hums lou*", "it-hu*", "h* i*"])
@pytest.mark.parametrize("most", [1, 3, 9, 30])
def test_mails_far_apart_are_found_page_by_page(far_apart: Database, typed: str, most: int) -> None:
    numbers: list[int] = []
    below = None
    while page := far_apart.read_now(lambda conn: newest_ids(conn, read_search(typed), below, most)):  # noqa: B023
        numbers += page
        below = page[-1]
    assert numbers == sorted(FAR_APART, reverse=True)


@pytest.fixture(scope="module")
def begin_alike(new: Callable[[], Database]) -> Database:
    """Many mails, most of which begin with the same words."""
    said = [*["it hums loudly"] * 49, "it barks", "it barks", "it humming loudly"]
    return numbered(new(), said, range(1_000_000, 1_000_000 + len(said)))


@pytest.mark.parametrize(
    ("typed", "hits"),
    [
        ("hum*", 50),
        ("hu* lou*", 50),
        ("humming", 1),
        ("hummi* it", 1),
        ("it -hum*", 2),
        ("bar* -hum*", 2),
        ("it-hum*", 50),
        ("hums-it*", 0),
    ],
)
def test_a_beginning_that_many_mails_have_is_found_as_any_other(
    begin_alike: Database, typed: str, hits: int
) -> None:
    assert found(begin_alike, typed, 60) == hits
    assert found(begin_alike, typed, 1) == min(hits, 1)


def numbered(database: Database, said: Sequence[str], numbers: Sequence[int]) -> Database:
    """It has mails that say this and have these numbers: those of a desk of many."""
    kept(database, *map(mail, said), read=False)

    def write(conn: Connection) -> None:
        there = list(conn.execute(select(mails.c.id).order_by(mails.c.id.desc())).scalars())
        conn.execute(delete(search_table))
        for old, new in zip(there, sorted(numbers, reverse=True), strict=True):
            conn.execute(update(mails).where(mails.c.id == old).values(id=new))
        search.await_reading(conn, numbers)

    database.write_now(write)
    read_all(database)
    return database


def test_cases_that_are_not_to_be_seen_are_left_out_and_the_others_gone_through(database: Database) -> None:
    rows: dict[str, dict[str, Any]] = {
        "AAAA-0001": {"team": "billing"},
        "AAAA-0002": {"team": None},
        "AAAA-0003": {"team": "field"},
        "AAAA-0004": {"team": "billing", "owner": "Ana@acme.example"},
        "AAAA-0005": {"team": "billing", "escalation_level": 1},
        "AAAA-0006": {"team": "billing", "merged_into": "AAAA-0002"},
    }
    kept(database, *(mail("hums", case_ref=ref) for ref in rows))

    def write(conn: Connection) -> None:
        for ref, values in rows.items():
            conn.execute(update(cases).where(cases.c.ref == ref).values(values))

    database.write_now(write)
    wanted = read_search("hums")
    seen = may_fit(wanted, ["billing"], ["ana@acme.example"])
    page = database.read_now(lambda conn: newest_found(conn, wanted, None, 9, seen))
    assert sorted(ref for _, ref in page.mails) == sorted(set(rows) - {"AAAA-0001"})
    first = database.read_now(lambda conn: newest_found(conn, wanted, None, 6, seen))
    assert first.below is not None
    nothing = may_fit(read_search("hums customer:nobody.example"), [], [])
    database.write_now(lambda conn: conn.execute(update(cases).values(merged_into=None)))
    page = database.read_now(lambda conn: newest_found(conn, wanted, None, 2, nothing))
    older = page.below is not None
    assert (page.mails, older) == ((), database.dialect == "sqlite"), (
        "no case is theirs: no older mails are read"
    )
    database.write_now(write)
    theirs = may_fit(Search(()), ["billing"], ["ana@acme.example"])
    refs = database.read_now(lambda conn: refs_of_customer(conn, PLAIN["requester"].upper(), theirs, 5))
    assert sorted(refs) == sorted(set(rows) - {"AAAA-0001"}), "what is not theirs takes no place"


def test_what_was_not_read_yet_waits_and_is_found_by_nobody(database: Database) -> None:
    kept(database, mail("hums"), mail("hums"), read=False)
    assert database.read_now(search.still_waiting) == 2
    assert found(database, "hums") == 0
    read_all(database)
    assert database.read_now(search.still_waiting) == 0
    assert found(database, "hums") == 2


def test_erased_words_are_found_by_nobody(database: Database) -> None:
    kept(database, mail("hums"), mail("hums loudly"), mail("hums silently"))
    ids = database.read_now(
        lambda conn: list(conn.execute(select(mails.c.id).order_by(mails.c.id)).scalars())
    )
    database.write_now(lambda conn: search.forget(conn, mails.c.id == ids[0]))
    assert found(database, "hums") == 2
    database.write_now(lambda conn: conn.execute(delete(mails).where(mails.c.id == ids[1])))
    assert found(database, "hums") == 1
    if database.dialect == "sqlite":  # not a trace in the index either
        check = text(f"INSERT INTO {INDEX}({INDEX}, rank) VALUES ('integrity-check', 1)")
        database.write_now(lambda conn: conn.execute(check))
        kept_words = text(f"SELECT count(*) FROM {INDEX} WHERE {INDEX} MATCH 'loudly'")
        assert database.read_now(lambda conn: conn.execute(kept_words).scalar_one()) == 0


def test_a_mail_that_was_erased_while_its_words_were_read_stays_erased(database: Database) -> None:
    kept(database, mail("hums"), read=False)
    read = database.read_now(search.read_waiting)
    database.write_now(lambda conn: search.forget(conn, mails.c.case_ref == REF))
    database.write_now(lambda conn: search.keep(conn, read))
    assert found(database, "hums") == 0


def test_a_mail_that_says_less_from_now_on_is_read_again(database: Database) -> None:
    kept(database, mail("Kim hums"))
    (number,) = database.read_now(lambda conn: conn.execute(select(mails.c.id)).scalars().all())

    def take_out(conn: Connection) -> None:
        conn.execute(update(mails).where(mails.c.id == number).values(new_text="hums"))
        search.read_again(conn, [number])

    database.write_now(take_out)
    assert (found(database, "hums"), found(database, "kim hums")) == (0, 0)
    read_all(database)
    assert found(database, '"kim hums"') == 0
    assert found(database, "hums") == 1


def test_an_erased_case_is_found_by_nobody(database: Database) -> None:
    kept(database, mail("It hums"))
    database.write_now(lambda conn: erase_shown(conn, mails.c.case_ref == REF))
    assert found(database, "hums") == 0
    read_all(database)
    assert found(database, REF) == 0


def test_words_that_are_read_again_are_those_that_count(database: Database) -> None:
    kept(database, mail("hums"))
    (number,) = database.read_now(lambda conn: conn.execute(select(mails.c.id)).scalars().all())
    database.write_now(lambda conn: search.keep(conn, [search.ReadWords(number, "squeaks")]))
    assert (found(database, "hums"), found(database, "squeaks")) == (0, 1)


@pytest.fixture(scope="module")
def two_cases(new: Callable[[], Database]) -> Database:
    """A mail that hums in each of two cases, which have nothing else in common."""
    database = new()
    other = {"requester": "lee@client.example", "team": "sales", "phase": "closed", "opened_at": NOW + HOUR}

    def write(conn: Connection) -> None:
        for each in ({**PLAIN, "ref": "AAAA"}, {**PLAIN, **other, "ref": "BBBB"}):
            conn.execute(insert(cases).values(each))

    database.write_now(write)
    kept(database, mail("It hums", case_ref="AAAA"), mail("Hums", case_ref="BBBB"))
    return database


@pytest.mark.parametrize(
    ("typed", "refs"),
    [
        ("hums", ["AAAA", "BBBB"]),
        ("hums customer:lee@client.example", ["BBBB"]),
        ("hums customer:CLIENT.example", ["AAAA", "BBBB"]),
        ("hums customer:example", []),
        ("hums team:Sales", ["BBBB"]),
        ("hums is:open", ["AAAA"]),
        ("hums is:closed", ["BBBB"]),
        ("is:closed hums since:2026-11-23", []),
        ("hums since:2026", ["AAAA", "BBBB"]),
    ],
)
def test_a_search_is_narrowed_by_what_the_case_is(two_cases: Database, typed: str, refs: list[str]) -> None:
    rows = two_cases.read_now(lambda conn: case_list(conn, POLICY, CaseFilter(query=typed)))
    assert [row["ref"] for row in rows] == refs


def test_a_day_is_one_whatever_is_left_out() -> None:
    assert read_search("a since:2026").since == date(2026, 1, 1)
    assert read_search("a since:2026-10").since == date(2026, 10, 1)
