"""A backup made while the desk works, and the desk that goes on from it."""

from __future__ import annotations

import asyncio
import re
from email.message import EmailMessage
from pathlib import Path

import pytest

from maildesk.store.backup import backup
from tests.world.desk import DeskWorld
from tests.world.dovecot import Dovecot

pytestmark = pytest.mark.dovecot


async def test_a_desk_restored_from_last_nights_backup_goes_on_as_if_nothing_had_been() -> None:
    """Bo's case is in the backup, Cy's came later; both are known again, and nobody hears anything twice."""
    async with await DeskWorld.start() as world:
        bo, cy = world.person("bo@client.example"), world.person("cy@other.example")
        await bo.writes("Printer on fire", "It burns.")
        bos_ack = bo.hears()
        copy = Path(world.folder.name) / "night.db"
        await asyncio.gather(
            asyncio.to_thread(backup, world.service.store, copy), bo.replies(bos_ack, "It still burns.")
        )
        await cy.writes("No sound", "It plays nothing.")
        cys_ack = cy.hears()
        before = {case["subject"]: case["ref"] for case in await world.cases()}

        await restore(world, copy)
        everything = await world.dovecot.folder("support", "Processed")
        await world.lies(*everything)  # moved back to the inbox, as the operator's page says
        await world.works()

        assert {case["subject"]: case["ref"] for case in await world.cases()} == before
        assert len((await world.case(before["Printer on fire"]))["mails"]) >= 3
        assert reference(cys_ack) == before["No sound"]
        again = [reference(letter) for letter in cy.hears_all()]
        assert again in ([], [reference(cys_ack)])
        assert bo.hears_all() == []
        await cy.replies(cys_ack, "Still nothing.")
        assert (await world.verdicts())[-1] == "appended"
        world.provoked = {"not-filed"}  # this story copies what an operator moves: it lies there twice


async def test_where_the_server_cannot_move_mail_a_restored_desk_reads_it_where_it_lies() -> None:
    """There is nothing to move back: the mark that filed mail bears keeps nobody from being heard."""
    dovecot = await Dovecot.start(move=False)
    async with await DeskWorld.start(dovecot=dovecot) as world:
        bo, cy = world.person("bo@client.example"), world.person("cy@other.example")
        await bo.writes("Printer on fire", "It burns.")
        copy = Path(world.folder.name) / "night.db"
        await asyncio.to_thread(backup, world.service.store, copy)
        await cy.writes("No sound", "It plays nothing.")
        bo.hears_all()
        cys_ack = cy.hears()
        before = {case["subject"]: case["ref"] for case in await world.cases()}

        await restore(world, copy)
        await world.works()

        assert {case["subject"]: case["ref"] for case in await world.cases()} == before
        assert await world.verdicts() == ["opened", "opened"]
        assert bo.hears_all() == cy.hears_all() == []
        await cy.replies(cys_ack, "Still nothing.")
        assert (await world.verdicts())[-1] == "appended"


async def restore(world: DeskWorld, copy: Path) -> None:
    """The daemon stops, the copy takes the database's place, the daemon starts."""
    await world.service.close()
    put_in_place(copy, Path(world.folder.name) / "desk.db")
    world.reopens()


def put_in_place(copy: Path, database: Path) -> None:
    for leftover in database.parent.glob(f"{database.name}-*"):
        leftover.unlink()
    copy.replace(database)


def reference(letter: EmailMessage) -> str:
    found = re.search(r"#([0-9A-Z]{4}-[0-9A-Z]{4})", str(letter["Subject"]))
    assert found
    return found[1]
