"""Mails that were erased, in a real database: what is left, and what comes again."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text

from maildesk.errors import BadInput, NotFound, StoreUnusable
from maildesk.mail.identity.named_persons import NamedPerson
from maildesk.store import erased_mails, ledger
from maildesk.store.database import Database
from maildesk.store.erased_keys import erase_keys, keys_of
from maildesk.store.erasure_list import ErasureList, ErasureNote, list_in
from maildesk.store.ledger import Delivery, deliver_one, pack, raw_of, receive
from maildesk.store.mentions import mentions
from maildesk.store.persons import traces_of
from maildesk.store.schema import ledger as rows
from maildesk.store.used_uids import known_ids, same_id
from maildesk.store.verifying import counted, damaged_bytes
from tests.world.desk import MONDAY

BOX = "a" * 64
RAW = b"Message-ID: <one@client.example>\r\nSubject: Salary\r\n\r\nIt is low.\r\n"


@pytest.fixture
def known(database: Database) -> Database:
    """A database with one mail that was filed, and erased."""
    store(database, 1)
    filed = text("UPDATE ledger SET verdict = 'opened', message_id = '<one@client.example>', subject = 'S'")
    database.write_now(lambda conn: conn.execute(filed))
    database.write_now(lambda conn: erased_mails.erase(conn, [1]))
    return database


def store(database: Database, uid: int, raw: bytes = RAW, days: int = 0) -> None:
    box = database.read_now(lambda conn: conn.execute(text("SELECT identity FROM mailboxes")).scalar_one())
    at = MONDAY + timedelta(days=days)
    one = Delivery((7, uid), at, len(raw), pack(raw))
    database.write_now(lambda conn: receive(conn, box, [one], at))


def verdicts(database: Database) -> list[str | None]:
    query = select(rows.c.verdict).order_by(rows.c.id)
    return list(database.read_now(lambda conn: conn.execute(query).scalars().all()))


def test_the_keys_stay_and_nothing_else(known: Database) -> None:
    row = known.read_now(lambda conn: conn.execute(select(rows)).one())
    assert (row.verdict, row.uid, row.size, row.subject, row.sender) == ("erased", 1, len(RAW), None, None)
    assert row.message_id.startswith("erased:")
    assert same_id(row.message_id, "<one@client.example>")
    assert not same_id(row.message_id, "<two@client.example>")
    assert known.read_now(lambda c: known_ids(c, ["<one@client.example>", "<x@y>"])) == {
        "<one@client.example>"
    }
    with pytest.raises(NotFound, match="was erased"):
        known.read_now(lambda conn: raw_of(conn, 1))
    assert known.read_now(lambda conn: damaged_bytes(conn, "", 10)) == ([], None)
    assert known.read_now(counted)["erased"] == 1


def test_the_same_mail_under_another_number_is_erased_as_it_comes(known: Database) -> None:
    store(known, 2, days=3)
    assert verdicts(known) == ["erased", "erased"]
    assert known.read_now(lambda c: ledger.unfiled(c, after=0, limit=9, max_bytes=99)) == []


def test_a_mail_server_that_hands_it_in_again_is_told_yes_and_nothing_is_read(known: Database) -> None:
    box = known.read_now(lambda conn: conn.execute(text("SELECT identity FROM mailboxes")).scalar_one())
    known.write_now(lambda conn: deliver_one(conn, box, pack(RAW), MONDAY))
    assert verdicts(known) == ["erased", "erased"]


def test_a_mail_without_an_id_that_reads_the_same_on_another_day_has_its_bytes(database: Database) -> None:
    raw = b"Subject: Failed\r\n\r\nIt failed.\r\n"
    store(database, 1, raw)
    database.write_now(lambda conn: erased_mails.erase(conn, [1]))
    store(database, 2, raw, days=1)
    assert verdicts(database) == ["erased", None]
    assert database.read_now(lambda conn: raw_of(conn, 2)) == raw
    with pytest.raises(NotFound, match="was erased"):
        database.read_now(lambda conn: raw_of(conn, 1))


def test_bytes_that_another_row_has_stay_and_missing_ones_are_damage(database: Database) -> None:
    store(database, 1)
    store(database, 2)
    database.write_now(lambda conn: erased_mails.erase(conn, [1]))
    assert database.read_now(lambda conn: raw_of(conn, 2)) == RAW
    database.write_now(lambda conn: conn.execute(text("UPDATE raw_mails SET packed = ''")))
    found, _ = database.read_now(lambda conn: damaged_bytes(conn, "", 10))
    assert [each.kind for each in found] == ["damaged-bytes"]


def test_the_list_tells_an_older_copy_what_was_erased(known: Database, tmp_path: Path) -> None:
    noted = ErasureList(tmp_path / "desk.erased")
    assert noted.notes() == []
    keys = known.read_now(lambda conn: keys_of(conn, [1]))
    note = ErasureNote(MONDAY, ("7K2Q-9F3M",), tuple(keys), ("c0de",))
    noted.write_down(note)
    assert b"client.example" not in noted.path.read_bytes()
    assert noted.path.stat().st_mode & 0o777 == 0o600
    assert noted.notes() == [note]
    known.write_now(lambda conn: conn.execute(text("DELETE FROM ledger")))
    known.write_now(lambda conn: conn.execute(text("DELETE FROM raw_mails")))
    assert known.write_now(lambda conn: erase_keys(conn, keys)) == 0
    store(known, 5)
    assert verdicts(known) == ["erased", "erased"]


def test_a_line_of_the_list_that_was_cut_off_is_none_and_spoils_no_other(tmp_path: Path) -> None:
    noted = ErasureList(tmp_path / "desk.erased")
    one, two = ErasureNote(MONDAY, ("7K2Q-9F3M",)), ErasureNote(MONDAY, ("8K2Q-9F3M",))
    noted.write_down(one)
    with noted.path.open("ab") as file:
        file.write(b'{"at": "2026')
    assert noted.notes() == [one]
    noted.write_down(two)
    assert noted.notes() == [one, two]


def test_a_list_that_cannot_be_read_is_told_with_its_place_and_taken_for_no_empty_one(tmp_path: Path) -> None:
    path = tmp_path / "desk.erased"
    path.symlink_to("/proc/self/mem")
    with pytest.raises(StoreUnusable, match=r"desk\.erased, which cannot be read"):
        ErasureList(path).notes()
    with pytest.raises(BadInput, match=r"desk\.erased, which cannot be read"):
        list_in(path)


def test_a_line_of_an_older_program_names_no_persons(tmp_path: Path) -> None:
    path = tmp_path / "desk.erased"
    path.write_text(f'{{"at":"{MONDAY.isoformat()}","cases":["7K2Q-9F3M"],"mails":[]}}\n')
    assert ErasureList(path).notes() == [ErasureNote(MONDAY, ("7K2Q-9F3M",))]


def test_a_list_that_cannot_be_written_is_said_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(StoreUnusable, match="cannot be noted") as problem:
        ErasureList(tmp_path / "gone" / "desk.erased").write_down(ErasureNote(MONDAY, ("7K2Q-9F3M",)))
    assert "store.erased" in str(problem.value.remedy)


def test_what_is_taken_out_of_the_file_is_overwritten_whatever_build_of_sqlite_it_is(
    database: Database,
) -> None:
    if database.dialect == "sqlite":
        found = database.write_now(lambda conn: conn.exec_driver_sql("PRAGMA secure_delete").scalar_one())
        assert found == 1


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("Ana Lima Souza rang", "… rang"),
        ("ANA LIMA rang", "… rang"),
        ("-Ana\n> > Lima", "-…"),
        ("Ana Lima-Souza, Ana Limas, Joana Lima", "Ana Lima-Souza, Ana Limas, Joana Lima"),
        ("ask bo@acme.example.", "ask …."),
        ("ask bo@acme.example.org", "ask bo@acme.example.org"),
    ],
)
def test_a_long_name_goes_whole_and_the_address_of_another_stays(said: str, left: str) -> None:
    assert NamedPerson("bo@acme.example", ("Ana Lima", "Ana Lima Souza")).cleaned(said) == left


@pytest.mark.parametrize(
    "said",
    [
        "José Ávila", "JOSÉ ÁVILA", "josé ávila", "Jose\u0301 A\u0301vila", "JOSÉ\u00a0\n> ávila",
    ],
)  # fmt: skip
def test_a_name_is_found_in_any_letter_case_and_any_language(database: Database, said: str) -> None:
    assert is_mentioned(database, f"From {said} of late", NamedPerson("j@client.example", ("José Ávila",)))


@pytest.mark.parametrize(
    ("address", "said", "there"),
    [
        ("josé@bücher.example", "JOSÉ@BÜCHER.example", True),
        ("josé@bücher.example", "jose\u0301@xn--bcher-kva.EXAMPLE", True),
        ("josé@bücher.example", "jose@bücher.example", False),
        ("bo@straße.example", "bo@xn--strae-oqa.example", True),
        ("bo@straße.example", "bo@strasse.example", False),
        ("иван@почта.example", "ИВАН@ПОЧТА.example", True),
        ("иван@почта.example", "ван@почта.example", False),
        ("王伟@例子.example", "写信给 王伟@例子.example", True),
        ('"bo lund"@client.example', 'Ask "Bo Lund"@client.example', True),
        ("bo@client.example", "jumbo@client.example", False),
        ("bo@client.example", "x.bo@client.example", False),
    ],
)
def test_an_address_is_found_in_whatever_letters(
    database: Database, address: str, said: str, there: bool
) -> None:
    assert is_mentioned(database, said, NamedPerson(address)) == there


def is_mentioned(database: Database, said: str, person: NamedPerson) -> bool:
    """Whether the subject of a mail that says this mentions the person."""
    store(database, 1)
    change = text("UPDATE ledger SET verdict = 'opened', subject = :said").bindparams(said=said)
    database.write_now(lambda conn: conn.execute(change))
    return database.read_now(lambda conn: mentions(conn, person)).rows["ledger"] == {1}


def test_an_author_is_one_person_in_every_spelling_that_is_kept(database: Database) -> None:
    authors = ("José@client.example", "jose\u0301@client.example", "jose@client.example")
    for number, author in enumerate(authors, start=1):
        store(database, number)
        change = rows.update().where(rows.c.id == number).values(author=author)
        database.write_now(lambda conn, done=change: conn.execute(done))  # type: ignore[misc]
    found = database.read_now(lambda conn: traces_of(conn, "JOSÉ@client.example"))
    assert found.ledger == (1, 2)
