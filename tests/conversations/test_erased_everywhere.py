"""A person who stands in every table that can hold one is erased: no column of any table has them then."""

from __future__ import annotations

import asyncio
import email
import email.policy
import sqlite3
import zlib
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, Final

import pytest
from click.testing import CliRunner
from sqlalchemy import Connection, select

from maildesk.cli.main import cli
from maildesk.store.schema import metadata
from tests.world.desk import TRUSTING, DeskWorld

pytestmark = pytest.mark.dovecot

BODHI, NAME = "bodhi@quaggaclient.example", "Bodhi Quarrelstone"
CY, DAN = "cy@client.example", "dan@client.example"
SOUGHT = (BODHI, "quaggaclient", NAME, "Quarrelstone")
VOUCHED = "dmarc=pass"

OF_OTHERS: Final[Mapping[tuple[str, str], str]] = {
    ("raw_mails", "packed"): "a mail of somebody else, who named them: its bytes are its author's",
    ("letter_bodies", "content"): "a letter to somebody else; it goes with retention.letters",
    ("outbox", "head"): "the lines of such a letter",
}
"""Columns that may hold the person still, and why: docs/privacy.md says the same."""

OF_STAFF: Final = {("staff_choices", "address"), ("staff_choices", "deputy")}
"""Columns that have somebody who was of the desk."""


async def told(world: DeskWorld) -> str:
    """Conversations in which the person gets into all that can hold one; a case of somebody else's."""
    bodhi, cy, ana = world.person(BODHI, NAME), world.person(CY, "Cy Marsh"), world.agent
    mail = await bodhi.writes(
        f"The printer of {NAME}", f"It burns. {NAME}", files={f"{NAME}.pdf": b"x"}, border=VOUCHED
    )
    await bodhi.replies(bodhi.hears_all()[-1], "It burns still.", border=VOUCHED)
    await bodhi.adds(mail, "Please escalate!", border=VOUCHED)
    await bodhi.writes("List", "Beep.", headers={"List-Id": "<all.client.example>"}, border=VOUCHED)
    ana.hears_all()
    about = await cy.writes(
        f"About {NAME}", f"{NAME} <{BODHI}> broke it.", cc=[f"{NAME} <{BODHI}>"], border=VOUCHED
    )
    case = await ref_of(world, f"About {NAME}")
    notice = ana.hears_all()[-1]
    await bodhi.writes(
        f"Re: About {NAME}", f"I did not. {NAME}", answering=about, to=world.address, border=VOUCHED
    )
    await cy.adds(about, f"{NAME} did, ask {BODHI}.", border=VOUCHED)
    await bodhi.writes("Away", "I am away.", answering=about, to=world.address,
                       headers={"Auto-Submitted": "auto-replied"}, border=VOUCHED)  # fmt: skip
    await ana.answers_notice(notice, f"Dear both, {NAME} pays.")
    await ana.answers_notice(
        notice, f"#note {NAME} <{BODHI}> is loud\n#set subject={NAME} and Cy\n#escalate {NAME} is angry"
    )
    await ana.answers_notice(notice, f"#requirement new Dark mode of {NAME}: {NAME} <{BODHI}> wants it")
    await ana.answers_notice(notice, f"#split Printer of {NAME}")
    await ana.answers_notice(notice, f"#away until friday deputy {BODHI}")
    world.relay.refuse(BODHI, 550, f"5.1.1 <{BODHI}> is nobody here")
    await ana.answers_notice(notice, f"Once more, {NAME}.")
    await ana.writes(f"#find {BODHI}", "", border=VOUCHED)
    await ana.writes("Please", f"#customer {BODHI}", border=VOUCHED)
    await ana.writes("First word", "Hello.", to=BODHI, cc=[world.address], border=VOUCHED)
    dan = world.person(DAN)
    await dan.writes("Something else", f"My neighbour is {BODHI}.", border=VOUCHED)
    await dan.writes("To merge", "It hums.", cc=[BODHI], border=VOUCHED)
    await ana.answers_notice(notice, f"#merge {await ref_of(world, 'To merge')}")
    await world.works()
    return case


async def ref_of(world: DeskWorld, subject: str) -> str:
    return next(str(each["ref"]) for each in await world.cases() if each["subject"] == subject)


def everything(conn: Connection) -> Iterator[tuple[str, str, Any, str]]:
    """Every value of every column of every table that is a text, bytes or JSON: where, and what it says."""
    for table in metadata.sorted_tables:
        key = next(iter(table.primary_key.columns))
        for row in conn.execute(select(table)).mappings():
            for column, value in row.items():
                if isinstance(value, str | bytes | list | dict):
                    yield table.name, str(column), row[key.name], said(value)


def said(value: Any) -> str:
    """What it says, unpacked and decoded."""
    if not isinstance(value, bytes):
        return str(value)
    with suppress(zlib.error):  # not all bytes are packed
        value = zlib.decompress(value)
    mail = email.message_from_bytes(value, policy=email.policy.default)
    decoded = (part.get_payload(decode=True) for part in mail.walk() if not part.is_multipart())
    return b"\n".join([value, *(each for each in decoded if isinstance(each, bytes))]).decode(
        "utf-8", "replace"
    )


def found(conn: Connection) -> set[tuple[str, str]]:
    """The columns that hold the person."""
    return {
        (table, column)
        for table, column, _, text in everything(conn)
        if any(each.casefold() in text.casefold() for each in SOUGHT)
    }


async def erase(world: DeskWorld) -> None:
    words = ["person", "erase", "-c", str(world.config_file), BODHI, "--yes"]
    env = {"MAILDESK_NOW": world.clock.now().isoformat(), "MAILDESK_AGENT": ""}
    result = await asyncio.to_thread(CliRunner(env=env).invoke, cli, words, catch_exceptions=False)
    assert result.exit_code == 0, result.output


async def worked_here(world: DeskWorld) -> None:
    """Once they were of the desk, and back; Ana names them as her deputy; then they left."""
    bodhi, ana = world.person(BODHI, NAME), world.agent
    agents = [{"name": "Ana Agent", "address": ana.address}]
    await world.restarts(people={"agents": [*agents, {"name": NAME, "address": BODHI}]})
    await bodhi.writes("Out", "#away off", border=VOUCHED)
    await ana.writes("Out", f"#away until friday deputy {BODHI}", border=VOUCHED)
    await world.restarts(people={"agents": agents})
    ana.hears_all()


async def test_no_column_of_any_table_has_a_person_who_was_erased(database_url: str) -> None:
    async with await DeskWorld.start(
        store=database_url, trust=TRUSTING, mailbox={"subaddress": "+"}
    ) as world:
        await worked_here(world)
        case = await told(world)
        store = world.service.store
        before = await store.read(found)
        assert len({table for table, _ in before}) >= 9, sorted(before)
        assert before >= OF_STAFF
        assert OF_OTHERS.keys() <= before | {("outbox", "head")}, "an exception of which there is no example"
        await erase(world)
        left = await store.read(found)
        assert left <= OF_OTHERS.keys(), sorted(left - OF_OTHERS.keys())
        assert "broke it" in str(await world.case(case)), "what others said stays"
        if store.place.path:
            nothing_lies_between_the_rows(store.place.path)


def nothing_lies_between_the_rows(path: Path) -> None:
    """The file and its log say no more than a copy without free pages, the index of words nothing."""
    copy = path.with_name("copy.db")
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("VACUUM INTO ?", (str(copy),))
        indexed = b"".join(block for (block,) in conn.execute("SELECT block FROM search_index_data"))
    assert b"quarrelston" not in indexed
    kept = b"".join(each.read_bytes() for each in (path, path.with_name(f"{path.name}-wal")) if each.exists())
    for word in SOUGHT:
        there = copy.read_bytes()
        for one in (word.encode(), word.lower().encode()):
            assert kept.count(one) <= there.count(one), f"{one!r} lies in free pages or in the log"
