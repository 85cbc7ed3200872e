"""`maildesk verify` beside a whole desk: what holds, and each exception that somebody can bring about."""

from __future__ import annotations

import asyncio
import json
from email.policy import SMTP
from functools import partial
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Connection, text

from maildesk.cli.main import cli
from tests.world.desk import DeskWorld
from tests.world.dovecot import Dovecot

pytestmark = pytest.mark.dovecot


async def verify(world: DeskWorld, *words: str) -> Result:
    """The command, as an operator types it beside the daemon."""
    call = ["verify", "-c", str(world.config_file), "--wait", "0", *words]
    return await asyncio.to_thread(CliRunner().invoke, cli, call, catch_exceptions=False)


def kinds(result: Result) -> list[str]:
    assert result.exit_code == 1, result.output
    return sorted(line.partition(":")[0] for line in result.stdout.splitlines())


async def test_nothing_is_wrong_with_a_desk_at_work_and_nothing_is_changed() -> None:
    async with await DeskWorld.start() as world:
        bo = world.person("bo@client.example")
        await bo.writes("Printer", "It burns.")
        await bo.writes("Robot", "Beep.", headers={"Auto-Submitted": "auto-generated"})
        before = await world.dovecot.folder("support", "Processed")
        result = await verify(world)
        assert (result.exit_code, result.stdout) == (0, "")
        assert result.stderr == "2 messages, 2 rows of the ledger, 2 cases and 3 letters: nothing is wrong\n"
        assert await world.dovecot.folder("support", "Processed") == before  # flags too: nothing was read


async def test_what_the_desk_has_not_taken_in_or_filed_yet_is_said() -> None:
    async with await DeskWorld.start() as world:
        bo = world.person("bo@client.example")
        await world.lies(bo.composes("First", "Help.").as_bytes(policy=SMTP))
        (receiver,) = world.service.receivers
        await receiver.look(asyncio.Event())
        await world.lies(bo.composes("Second", "Help.").as_bytes(policy=SMTP))
        assert kinds(await verify(world)) == ["not-filed-yet", "not-received"]
        await world.works()
        assert (await verify(world)).exit_code == 0


async def test_a_mail_that_somebody_laid_into_the_processed_folder_is_said() -> None:
    async with await DeskWorld.start() as world:
        await world.person("bo@client.example").writes("Printer", "It burns.")
        raw = world.person("cy@client.example").composes("Lost", "Help.").as_bytes(policy=SMTP)
        await world.dovecot.append("support", raw, folder="Processed", date=world.clock.now())
        result = await verify(world)
        assert kinds(result) == ["not-filed"]
        assert "support/Processed UID 2" in result.stdout
        world.provoked = {"not-filed"}


async def test_bytes_that_changed_on_the_server_or_in_the_database_are_said() -> None:
    async with await DeskWorld.start() as world:
        await world.person("bo@client.example").writes("Printer", "It burns.")
        other = b"From: bo@client.example\r\nSubject: Printer\r\n\r\nIt does not burn.\r\n"
        await world.service.store.write(
            lambda conn: conn.execute(text("UPDATE raw_mails SET packed = :other"), {"other": other})
        )
        assert kinds(await verify(world)) == ["damaged-bytes"]
        world.provoked = {"damaged-bytes"}


async def test_a_row_that_was_lost_is_said_of_its_message() -> None:
    """As after a backup that is older than the mail."""
    async with await DeskWorld.start() as world:
        await world.person("bo@client.example").writes("Printer", "It burns.")
        for statement in ("DELETE FROM mails WHERE ledger_id = 1", "DELETE FROM ledger WHERE id = 1"):
            await world.service.store.write(partial(Connection.execute, statement=text(statement)))
        found = kinds(await verify(world))
        assert {"not-filed", "unused-bytes"} <= set(found)
        world.provoked = set(found)


async def test_a_mailbox_out_of_reach_is_said_and_the_database_is_asked_all_the_same() -> None:
    async with await DeskWorld.start() as world:
        await world.person("bo@client.example").writes("Printer", "It burns.")
        await world.dovecot.crash()
        assert kinds(await verify(world)) == ["not-compared"]
        assert (await verify(world, "--database-only")).exit_code == 0
        world.provoked = {"not-compared"}


async def test_a_mailbox_that_waits_for_its_first_word_is_said() -> None:
    dovecot = await Dovecot.start()
    await dovecot.append("support", b"From: old@client.example\r\n\r\nOld.\r\n")
    async with await DeskWorld.start(dovecot=dovecot, mailbox={"existing_mail": None}) as world:
        await world.works_as_it_can()
        assert kinds(await verify(world)) == ["not-begun"]
        world.provoked = {"not-begun"}


async def test_programs_read_the_same_in_json() -> None:
    async with await DeskWorld.start() as world:
        await world.lies(world.person("bo@client.example").composes("A", "B").as_bytes(policy=SMTP))
        await world.works()
        found: dict[str, Any] = json.loads((await verify(world, "--json")).stdout)
        assert found == {"messages": 1, "ledger": 1, "cases": 1, "letters": 2, "erased": 0, "exceptions": []}
        await world.lies(world.person("bo@client.example").composes("C", "D").as_bytes(policy=SMTP))
        result = await verify(world, "--json")
        (breach,) = json.loads(result.stdout)["exceptions"]
        assert (result.exit_code, breach["kind"]) == (1, "not-received")
        assert breach.keys() == {"kind", "what", "remedy"}
        world.provoked = {"not-received"}


async def test_mail_that_moves_while_it_is_looked_at_accuses_nobody() -> None:
    """Between the two looks the daemon takes in, files and moves what the first look missed."""
    async with await DeskWorld.start() as world:
        bo = world.person("bo@client.example")
        await world.lies(*(bo.composes(f"Matter {n}", "Help.").as_bytes(policy=SMTP) for n in range(5)))

        async def works() -> None:
            await world.works()

        assert not await world.breaches(meanwhile=works)


async def test_a_mail_that_was_said_to_have_vanished_and_lies_there_is_not_in_its_row() -> None:
    """The row says that nothing is kept: then nobody has it."""
    async with await DeskWorld.start() as world:
        await world.lies(world.person("bo@client.example").composes("Lost", "Help.").as_bytes(policy=SMTP))
        (receiver,) = world.service.receivers
        await receiver.look(asyncio.Event())
        gone = "UPDATE ledger SET verdict = 'left', reason = 'vanished', raw_sha256 = NULL"
        await world.service.store.write(lambda conn: conn.execute(text(gone)).rowcount)
        assert "not-received" in kinds(await verify(world))
        await world.restarts()
        await world.works()
        assert [row["verdict"] for row in await world.inbox()] == ["opened"]
