"""Questions about mails in a desk person's name: one that is open, and those that wait in one letter."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import insert, select, text, update

from maildesk.desk.decisions.decision import AuthorsWord
from maildesk.store.column_types import moment_text
from maildesk.store.confirmations import ConfirmationRow, Confirmations, digest_of
from maildesk.store.database import Connection, Database
from maildesk.store.migrations import downgrade, upgrade
from maildesk.store.schema import confirmations, ledger, mails
from tests.store.conftest import NOW, SUPPORT
from tests.world.tables import MIGRATIONS

ANA, BEN = "ana@acme.example", "ben@acme.example"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SINCE = NOW - HOUR


def question(number: int, author: str = ANA, **changes: object) -> ConfirmationRow:
    asked = ConfirmationRow.about(number, f"token {number}", author, None, NOW, NOW + DAY)
    return replace(asked, **changes)  # type: ignore[arg-type]  # the fields of Asked, by name


def waiting(number: int, author: str = ANA) -> ConfirmationRow:
    return question(number, author, list_sha256=digest_of("list"), listed_at=NOW)


def keep(conn: Connection, *asked: ConfirmationRow) -> None:
    """These mails lie in quarantine, and their authors have been asked."""
    for one in asked:
        row = {"id": one.ledger_id, "mailbox": SUPPORT, "uidvalidity": 1, "uid": one.ledger_id, "size": 1}
        moments = {"internal_date": NOW, "received_at": NOW, "filed_at": NOW}
        conn.execute(insert(ledger).values(**row, **moments, verdict="quarantined"))
    writing = Confirmations(conn)
    for one in asked:
        writing.ask(one)
    writing.flush()


@pytest.mark.parametrize(
    ("one", "opened"),
    [
        (question(1), True),
        (question(1, asked_at=SINCE), False),
        (question(1, BEN), False),
        (question(1, vouched=True), False),
        (waiting(1), False),
        (replace(waiting(1), wanted_at=NOW), True),
    ],
    ids=["open", "an hour old", "another's", "vouched for", "waits", "waited and was asked for"],
)
def test_a_question_is_open_while_it_is_young_alone_and_about_what_nobody_vouched_for(
    database: Database, one: ConfirmationRow, opened: bool
) -> None:
    def work(conn: Connection) -> None:
        keep(conn, one)
        fresh = Confirmations(conn)
        assert fresh.open_question(ANA, SINCE) is opened
        fresh.load([], [1])
        assert fresh.open_question(ANA, SINCE) is opened

    database.write_now(work)


def test_an_answer_closes_a_question_at_once(database: Database) -> None:
    def work(conn: Connection) -> None:
        keep(conn, question(1))
        one = Confirmations(conn)
        one.load(["token 1"], [])
        one.answer(1, AuthorsWord.DECLINED, NOW)
        assert not one.open_question(ANA, SINCE)
        one.flush()
        assert not Confirmations(conn).open_question(ANA, SINCE)

    database.write_now(work)


def test_those_that_wait_are_found_by_the_letter_that_tells_of_them(database: Database) -> None:
    def work(conn: Connection) -> None:
        keep(conn, question(1), *map(waiting, (2, 3, 4)))
        one = Confirmations(conn)
        assert one.list_of(ANA, SINCE) == (digest_of("list"), NOW)
        assert one.list_of(ANA, NOW) is None
        assert one.list_of(BEN, SINCE) is None
        several = one.several("list", 2)
        assert several
        assert (several.author, several.waiting) == (ANA, (2, 3))
        assert one.several("token 1", 2) is None

        one.want((2, 3), NOW)
        assert one.flush()
        filed = conn.execute(select(ledger.c.id).where(ledger.c.verdict.is_(None)).order_by(ledger.c.id))
        assert filed.scalars().all() == [2, 3]
        again = Confirmations(conn)
        rest = again.several("list", 2)
        assert rest
        assert rest.waiting == (4,)

        again.decline_all("list", NOW)
        settled = again.several("list", 2)
        assert settled
        assert settled.waiting == ()
        answers = select(confirmations.c.ledger_id).where(confirmations.c.answer == AuthorsWord.DECLINED)
        assert conn.execute(answers).scalars().all() == [4]

    database.write_now(work)


def test_what_waited_before_the_upgrade_is_shown_as_not_confirmed(database: Database) -> None:
    downgrade(database, MIGRATIONS, "0001")
    case = "INSERT INTO cases (ref, subject, phase, requester, mailbox, opened_at, updated_at, priority)"
    columns = "case_ref, direction, ledger_id, at, sender, recipients, subject, text, new_text, attachments"
    old = moment_text(NOW)

    def work(conn: Connection) -> None:
        conn.execute(text(f"{case} VALUES ('7K2Q-9F3M', 's', 'new', '', '', '{old}', '{old}', 'normal')"))
        for number, answer in ((1, None), (2, "declined"), (3, "confirmed"), (4, "")):
            row = {"id": number, "mailbox": SUPPORT, "uidvalidity": 1, "uid": number, "size": 1}
            conn.execute(insert(ledger).values(**row, internal_date=NOW, received_at=NOW, verdict="note"))
            conn.execute(
                text(
                    f"INSERT INTO mails ({columns}, verdict, internal, refs) VALUES "
                    f"('7K2Q-9F3M', 'in', {number}, '{old}', 'a', '[]', '', '', '', '[]', 'note', true, '[]')"
                )
            )
            if answer != "":
                asked = text(
                    "INSERT INTO confirmations"
                    " (token_sha256, ledger_id, author, asked_at, expires_at, answer)"
                    " VALUES (:token, :ledger_id, 'a', :at, :at, :answer)"
                )
                values = {"token": str(number), "ledger_id": number, "at": old, "answer": answer}
                conn.execute(asked, values)

    database.write_now(work)
    upgrade(database, MIGRATIONS)
    query = select(mails.c.unconfirmed).order_by(mails.c.ledger_id)
    assert database.read_now(lambda conn: conn.execute(query).scalars().all()) == [True, True, False, False]


def test_what_a_person_has_done_more_with_waits_no_longer(database: Database) -> None:
    def work(conn: Connection) -> None:
        keep(conn, waiting(1), waiting(2))
        conn.execute(update(ledger).where(ledger.c.id == 1).values(verdict="opened"))
        several = Confirmations(conn).several("list", 5)
        assert several
        assert several.waiting == (2,)

    database.write_now(work)
