"""Who of a case has written and what was shown to others, as the database remembers it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, func, select, text

from maildesk.desk.case.case import Case, PartyRole
from maildesk.desk.case.threads import Claim, Hold
from maildesk.desk.screening.shown_tokens import id_token, question_token, reply_token
from maildesk.mail.addr_spec import Addresses
from maildesk.store.cases import CaseBook
from maildesk.store.database import Database
from maildesk.store.migrations import upgrade
from maildesk.store.schema import shown_tokens
from maildesk.store.shown_tokens import ShownTokens
from maildesk.store.thread_ids import Note, write_down
from tests.store.conftest import NOW
from tests.unit.desk.matters import BO, CASE, CY

HELD = CASE.joined(CY, "Cy", PartyRole.CC)


def works(database: Database, change: Callable[[Case], Case]) -> None:
    def unit(conn: Connection) -> None:
        book = CaseBook(conn)
        book.load_cases({HELD.ref})
        book.record(change(book.case(HELD.ref) or HELD))
        book.flush()

    database.write_now(unit)


def written(database: Database) -> dict[str, bool]:
    def read(conn: Connection) -> dict[str, bool]:
        book = CaseBook(conn)
        book.load_cases({HELD.ref})
        case = book.case(HELD.ref)
        return {party.address: party.written for party in case.parties} if case else {}

    return database.read_now(read)


def test_who_has_written_is_remembered_from_then_on(database: Database) -> None:
    works(database, lambda case: case)
    assert written(database) == {BO: True, CY: False}
    works(database, lambda case: case.heard_from(CY))
    assert written(database) == {BO: True, CY: True}
    works(database, lambda case: case.without(CY).joined(CY, "", PartyRole.CC))
    assert database.read_now(
        lambda conn: [tuple(row) for row in conn.execute(text("SELECT role FROM parties ORDER BY number"))]
    ) == [("requester",), ("former",), ("cc",)]


def test_who_has_met_whom_is_remembered(database: Database) -> None:
    def met(conn: Connection) -> list[tuple[int, ...]]:
        book = CaseBook(conn)
        book.load_cases({HELD.ref})
        case = book.case(HELD.ref)
        return [party.met for party in case.parties] if case else []

    works(database, lambda case: case.joined("di@client.example", "", PartyRole.CC).gathered({BO, CY}))
    assert database.read_now(met) == [(2,), (1,), ()]
    works(database, lambda case: case.introduced("di@client.example"))
    assert database.read_now(met) == [(2, 3), (1, 3), (1, 2)]


def test_what_was_shown_is_known_at_once_and_later_and_written_once(database: Database) -> None:
    address, notice, question = reply_token(HELD.ref, 2), id_token("n@acme.example"), question_token("t")

    def shows(conn: Connection) -> None:
        shown = ShownTokens(conn)
        shown.load({address, notice, question})
        shown.show([address, notice, address], 1, NOW)
        assert shown.known == {address, notice}
        shown.flush()

    for _ in range(2):
        database.write_now(shows)

    def later(conn: Connection) -> None:
        shown = ShownTokens(conn)
        shown.load({address, question, reply_token(HELD.ref, 1)})
        assert shown.known == {address}
        shown.show([question, address], 2, NOW)
        shown.flush()

    database.write_now(later)
    count = database.read_now(
        lambda c: c.execute(select(func.count()).select_from(shown_tokens)).scalar_one()
    )
    assert count == 3


def test_to_whom_a_relay_gave_our_letter_an_id_stays_with_it(database: Database) -> None:
    works(database, lambda case: case)
    note = Note("x@relay.example", Claim(HELD.ref, Hold.ALIAS, Addresses({CY})), NOW)
    database.write_now(lambda conn: write_down(conn, [note]))

    def claims(conn: Connection) -> list[Claim]:
        book = CaseBook(conn)
        book.load_threads({"x@relay.example"}, ())
        return list(book.claims["x@relay.example"])

    assert database.read_now(claims) == [note.claim]


def test_an_upgrade_reads_from_the_mails_of_a_used_desk_who_has_written(
    empty_database_url: str, migrations: Path, tmp_path: Path
) -> None:
    before = tmp_path / "before"
    shutil.copytree(migrations, before)
    for step in before.glob("versions/[0-9]*.py"):
        if step.name >= "0005":
            step.unlink()
    used = Database.open(empty_database_url, patience=20)
    upgrade(used, before)

    def fill(conn: Connection) -> None:
        at = "'2026-11-22T08:30:00.000000Z'"
        for ref in ("AAAA-0001", "AAAA-0002"):
            conn.execute(
                text(
                    "INSERT INTO cases (ref, subject, phase, requester, mailbox, opened_at, updated_at,"
                    f" priority) VALUES ('{ref}', 's', 'open', 'bo@c.example', 'd@a.x', {at}, {at}, 'x')"
                )
            )
        people = ("Bo@c.example", "copied@c.example", "late@c.example", "in@c.example", "forged@c.example")
        for number, address in enumerate(people, start=1):
            role = "requester" if number == 1 else "cc"
            conn.execute(
                text(
                    "INSERT INTO parties (case_ref, number, address, name, role)"
                    f" VALUES ('AAAA-0001', {number}, '{address}', '', '{role}')"
                )
            )
        conn.execute(
            text("INSERT INTO parties VALUES ('AAAA-0002', 1, 'bo@c.example', '', 'cc')"),
        )
        mails = (
            ("in", "bo@c.example", "opened", "no-signal"),
            ("in", "LATE@c.example", "appended", "party"),
            ("in", "in@c.example", "third_party", "stranger"),
            ("in", "forged@c.example", "opened", "sender-failed"),
            ("in", "copied@c.example", "automatic", "x"),
            ("out", "copied@c.example", "answer", None),
        )
        for direction, sender, verdict, reason in mails:
            conn.execute(
                text(
                    "INSERT INTO mails (case_ref, direction, at, sender, recipients, subject, text, new_text,"
                    " attachments, verdict, reason, internal, refs) VALUES ('AAAA-0001', :direction, "
                    f"{at}, :sender, '[]', 's', '', '', '[]', :verdict, :reason, false, '[]')"
                ),
                {"direction": direction, "sender": sender, "verdict": verdict, "reason": reason},
            )
        data = '{"written":"2026","let_in_by":"ana@a.example"}'
        conn.execute(
            text(
                "INSERT INTO events (case_ref, at, kind, actor, data)"
                f" VALUES ('AAAA-0001', {at}, 'replied', 'in@c.example', :data)"
            ),
            {"data": data},
        )

    used.write_now(fill)
    upgrade(used, migrations)
    query = text("SELECT case_ref, address, written FROM parties ORDER BY case_ref, number")
    assert [
        (ref, address, bool(done)) for ref, address, done in used.read_now(lambda c: c.execute(query).all())
    ] == [
        ("AAAA-0001", "Bo@c.example", True),
        ("AAAA-0001", "copied@c.example", False),
        ("AAAA-0001", "late@c.example", True),
        ("AAAA-0001", "in@c.example", True),
        ("AAAA-0001", "forged@c.example", False),
        ("AAAA-0002", "bo@c.example", False),
    ]
    used.close_now()
