"""Nothing that is remembered is read on the way of a mail: the plan of every statement says so."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

import pytest
from sqlalchemy import Connection, text

from tests.attacks.query_plans import scans, watched
from tests.world.desk import TRUSTING, DeskWorld
from tests.world.people import Person

pytestmark = pytest.mark.dovecot

PEOPLE: dict[str, Any] = {
    "agents": [
        {"name": "Ana Agent", "address": "agent@acme.example", "teams": ["support"]},
        {"name": "Gus Olsen", "address": "gus@acme.example", "teams": ["support"]},
    ],
    "teams": [{"name": "support", "lead": "gus@acme.example"}],
    "leadership": [{"name": "Lea Leader", "address": "leader@acme.example"}],
    "operators": ["ops@acme.example"],
}
VOUCHED = "dmarc=pass"


async def every_kind_of_mail(world: DeskWorld) -> None:
    """A week of a desk: whatever may come in and whatever time may do."""
    bo, ana, cy = (
        world.person("bo@client.example", "Bo Lund"),
        world.agent,
        world.person("cy@other.example", "Cy"),
    )
    first = await bo.writes("Printer", "It burns.", border=VOUCHED, files={"photo.bin": b"photo"})
    ack, notice = bo.hears("Printer"), ana.hears("New")
    await bo.replies(ack, "Still burning.", border=VOUCHED)
    await world.arrives(first.as_bytes(policy=SMTP))  # a repeat, and one nobody vouches for
    await bo.adds(first, "And it smells.", border=None)
    await cy.writes("Re: Printer", "Me too.", answering=ack, border=VOUCHED)
    await cy.writes("Forged", "Look.", border="dmarc=fail")
    await bo.writes("Away", "I am away.", headers={"Auto-Submitted": "auto-replied"}, answering=ack)
    await world.arrives(bounce(str(ack["Message-ID"])))
    await commands(world, ana, notice)
    await ana.writes("Do it", "#close", answering=notice, to=world.address, border=None)  # asked about
    await ana.replies(ana.hears_all()[-1], "yes", border=VOUCHED)
    await bo.replies(ack, "I want to escalate this.", border=VOUCHED)
    world.relay.refuse("bo@client.example")
    await ana.answers_notice(notice, "Try water.")
    for n in range(12):
        await world.person(f"p{n}@crowd.example").writes(f"Flood {n}", "Hello", border=VOUCHED)
    for days in (1, 3, 30, 40):
        await world.passes(days=days)


async def commands(world: DeskWorld, ana: Person, notice: EmailMessage) -> None:
    ana.hears_all()
    await world.person("di@client.example").writes("Scanner", "It hums.", border=VOUCHED)
    other = str(ana.hears("New: Scanner")["Subject"]).partition("#")[2].partition("]")[0]
    for words in (
        "#take\n#priority high\n\nPlease switch it off.",
        "#status\n#mine\n#queue\n#help\n#files",
        "#note\nIt is the fuse.",
        "#ask dev@acme.example\nDo you know it?",
        "#split 2",
        f"#merge {other}",
        "#wait 3d",
        "#escalate now",
        "#add el@client.example",
        "#remove el@client.example",
        "#close",
        "#reopen",
    ):
        await ana.answers_notice(notice, words)


def bounce(message_id: str) -> bytes:
    return (
        "From: MAILER-DAEMON@mx.client.example\r\nTo: support@acme.example\r\nSubject: Undelivered\r\n"
        "Message-ID: <b1@mx.client.example>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nIt did not arrive.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.client.example\r\n\r\n"
        "Final-Recipient: rfc822; bo@client.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {message_id}\r\n\r\n--b--\r\n"
    ).encode()


async def test_no_statement_on_the_way_of_a_mail_reads_a_whole_table_that_grows(database_url: str) -> None:
    policy = {"default_team": "support"}
    limits = {"free_space": "1MiB", "notices_at_once": 10, "acks_per_domain_hour": 2}
    async with await DeskWorld.start(
        store=database_url,
        trust=TRUSTING,
        people=PEOPLE,
        mailbox={"subaddress": "+"},
        policy=policy,
        limits=limits,
    ) as world:
        with watched() as seen:
            await every_kind_of_mail(world)
        if "postgresql" in database_url:
            await world.service.store.write(_grow)
            world.ends_folded = world.ends_verified = False  # rows without bytes or history
        found = await world.service.store.read(lambda conn: _offenders(conn, seen))
    assert len(seen) > 60, "the story is no longer told to its end"
    assert not found, "\n".join(found)


_OLD_ROWS = (
    "INSERT INTO events (case_ref, at, kind, actor, data)"
    " SELECT ref, '2025', 'noted', 'x', '{}' FROM cases, generate_series(1, 2000)",
    "INSERT INTO ledger (mailbox, uidvalidity, uid, internal_date, received_at, size, verdict, case_ref,"
    " message_id, filed_at, cleared_at)"
    " SELECT (SELECT min(identity) FROM mailboxes), 1, 1000000 + row_number() OVER (), '2025', '2025', 1,"
    " 'joined', ref, ref || n || '@old.example', '2025', '2025' FROM cases, generate_series(1, 500) AS n",
    "INSERT INTO mails (case_ref, direction, ledger_id, message_id, at, sender, recipients, subject, text,"
    " new_text, attachments, verdict, internal, refs)"
    " SELECT case_ref, 'in', id, message_id, '2025', 'x', '[]', 'x', 'x', 'x', '[]', 'joined', false, '[]'"
    " FROM ledger WHERE uid > 1000000",
)


def _grow(conn: Connection) -> None:
    """PostgreSQL reads a few rows any way it likes: let the history be long."""
    for rows in _OLD_ROWS:
        conn.execute(text(rows))
    conn.execute(text("ANALYZE"))


def _offenders(conn: Connection, seen: dict[str, Any]) -> list[str]:
    return [
        f"{line}: {' '.join(statement.split())}"
        for statement, (_, values) in seen.items()
        for line in scans(conn, statement, values)
    ]
