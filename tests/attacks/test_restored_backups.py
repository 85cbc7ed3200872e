"""A desk that goes on from a backup sends nothing a second time without a person's word, and says so."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from maildesk.casework.outbox_choices import retry
from maildesk.cli.main import cli
from maildesk.store.backup import backup
from maildesk.store.database import Database
from maildesk.store.outbox_views import held_ids
from tests.conversations.test_restoring import put_in_place
from tests.world.desk import DeskWorld

pytestmark = pytest.mark.dovecot

BO, CY, DEE = "bo@client.example", "cy@other.example", "dee@third.example"
MAY = "it may have been sent since"


async def backed_up(world: DeskWorld) -> Path:
    copy = Path(world.folder.name) / "night.db"
    backup(world.service.store, copy, world.clock.now())
    return copy


async def restored(world: DeskWorld, copy: Path) -> None:
    await world.service.close()
    put_in_place(copy, Path(world.folder.name) / "desk.db")
    world.reopens()


async def moved_back(world: DeskWorld, count: int) -> None:
    """As the operator's page says; a move keeps the moment at which a mail came in."""
    for mail in (await world.dovecot.folder("support", "Processed"))[-count:]:
        await world.dovecot.move("support", mail.uid, "INBOX", "Processed")


def sent(world: DeskWorld) -> list[tuple[str, str]]:
    return [(mail.recipients[0], str(mail.letter["Message-ID"])) for mail in world.relay.mails]


async def held(world: DeskWorld) -> list[dict[str, Any]]:
    return [row for row in await world.outbox() if row["state"] == "held"]


def said(world: DeskWorld, subject: str) -> list[str]:
    letters = [mail.letter for mail in world.relay.mails if "ops@acme.example" in mail.recipients]
    return [str(each["Subject"]) for each in letters if subject in str(each["Subject"])]


async def test_nothing_that_the_lost_desk_sent_goes_out_a_second_time() -> None:
    """Ten customers, an agent's answer and an escalation since the backup; all of it is read again."""
    async with await DeskWorld.start() as world:
        bo = world.person(BO)
        await bo.writes("Printer on fire", "It burns.")
        ack = bo.hears()
        copy = await backed_up(world)
        await world.passes(hours=1)
        for number in range(10):
            await world.person(f"c{number}@other.example").writes(f"Broken {number}", "It is broken.")
        await bo.replies(ack, "Please escalate this.")
        (third,) = [each for each in world.agent.hears_all() if "Broken 3" in str(each["Subject"])]
        await world.agent.replies(third, "Try the other cable.")
        await world.passes(hours=1)
        before = sent(world)

        await restored(world, copy)
        await moved_back(world, 12)
        await world.works()

        assert [each for each in sent(world)[len(before) :] if each[0] != "ops@acme.example"] == []
        assert len(said(world, "backup")) == 1
        kept = await held(world)
        assert len(kept) > 20
        assert all(row["reason"].startswith("restored from a backup of 2025-11-24") for row in kept)
        assert all(row["reason"].endswith(MAY) for row in kept)
        assert "letter-held" in await world.happened((await world.cases())[-1]["ref"])


async def test_mail_that_comes_after_the_restoration_is_answered_as_ever() -> None:
    async with await DeskWorld.start() as world:
        await world.person(BO).writes("Printer on fire", "It burns.")
        copy = await backed_up(world)
        await world.person(CY).writes("No sound", "It plays nothing.")
        await restored(world, copy)
        await moved_back(world, 1)
        await world.works()
        await world.passes(minutes=5)
        await world.person(DEE).writes("No picture", "It shows nothing.")
        assert world.person(DEE).hears("received")
        assert [row["to"] for row in await held(world)] == [CY, "agent@acme.example"]


async def test_mail_that_is_handed_in_to_the_copy_before_its_first_start_is_answered_as_ever() -> None:
    """A mail server's queue goes on while the operator puts the copy in place; what the copy held waits."""

    def delivers(sender: str) -> None:
        raw = world.person(sender).composes("No sound", "It plays nothing.").as_bytes(policy=SMTP)
        words = ["-c", str(world.config_file), "deliver"]
        assert CliRunner().invoke(cli, words, input=raw).exit_code == 0

    async with await DeskWorld.start() as world:
        delivers(BO)
        copy = await backed_up(world)
        await world.works()
        await world.passes(hours=1)
        await world.service.close()
        put_in_place(copy, Path(world.folder.name) / "desk.db")
        delivers(CY)
        world.reopens()
        await world.works()
        assert world.person(CY).hears("received")
        assert [row["to"] for row in await held(world)] == [BO, "agent@acme.example"]


async def test_what_the_backup_holds_as_due_waits_for_a_person_and_goes_when_they_say_so() -> None:
    """The relay is away while the copy is made, comes back, takes everything, and then the disk dies."""
    async with await DeskWorld.start() as world:
        world.relay.refuse(BO, 451, "4.3.0 come back")
        await world.person(BO).writes("Printer on fire", "It burns.")
        copy = await backed_up(world)
        world.relay.accept_all()
        await world.passes(hours=1)
        assert len(world.person(BO).hears_all()) == 1
        await world.passes(days=2)

        await restored(world, copy)
        await world.works()
        (row,) = [row for row in await held(world) if row["kind"] != "overdue"]
        assert (row["to"], row["kind"]) == (BO, "acknowledgement-fixed")
        assert MAY in row["reason"]
        assert world.person(BO).hears_all() == []
        assert "1 letter that it holds" in world.operator.hears("backup").as_string().replace("=\n", "")

        now = world.clock.now()
        await world.service.store.write(lambda conn: retry(conn, held_ids(conn), now, "cli:ops"))
        await world.works()
        (after,) = [row for row in await world.outbox() if row["to"] == BO]
        assert after["state"] == "sent"
        assert MAY in after["reason"]  # it is marked: Bo may have it twice
        assert len(world.person(BO).hears_all()) == 1


async def test_promises_that_lapsed_between_backup_and_restoration_make_no_storm() -> None:
    async with await DeskWorld.start() as world:
        for number in range(5):
            await world.person(f"c{number}@other.example").writes(f"Broken {number}", "It is broken.")
        copy = await backed_up(world)
        await world.passes(days=6)  # the lost desk told that all five are overdue
        before = sent(world)
        await restored(world, copy)
        await world.works()
        assert [each for each in sent(world)[len(before) :] if each[0] != "ops@acme.example"] == []
        assert {row["kind"] for row in await held(world)} == {"overdue"}


async def test_the_second_start_holds_nothing_more() -> None:
    async with await DeskWorld.start() as world:
        copy = await backed_up(world)
        await restored(world, copy)
        await world.works()
        await world.passes(minutes=1)
        await world.restarts()
        await world.person(BO).writes("Printer on fire", "It burns.")
        assert world.person(BO).hears("received")
        assert await held(world) == []
        assert len(said(world, "backup")) == 1


async def test_a_backup_of_a_restored_desk_is_a_backup_of_its_own() -> None:
    async with await DeskWorld.start() as world:
        first = await backed_up(world)
        await restored(world, first)
        await world.works()
        await world.passes(hours=5)
        world.relay.refuse(BO, 451, "4.3.0 come back")
        await world.person(BO).writes("Printer on fire", "It burns.")
        second = await backed_up(world)
        await restored(world, second)
        await world.works()
        assert [row["reason"][:38] for row in await held(world)] == ["restored from a backup of 2025-11-24 1"]
        assert len(said(world, "backup")) == 2


async def test_a_copy_made_with_cp_knows_nothing_until_it_is_told() -> None:
    """`maildesk db restored` says it, with the daemon stopped."""
    async with await DeskWorld.start() as world:
        world.relay.refuse(BO, 451, "4.3.0 come back")
        await world.person(BO).writes("Printer on fire", "It burns.")
        await world.service.close()
        database = Path(world.folder.name) / "desk.db"
        shutil.copy(database, database.with_name("copied.db"))
        world.relay.accept_all()
        result = CliRunner().invoke(
            cli, ["-c", str(world.config_file), "db", "restored"], catch_exceptions=False
        )
        assert (result.exit_code, "1 letter that it holds" in result.output) == (0, True), result.output
        world.reopens()
        await world.passes(hours=2)
        assert world.person(BO).hears_all() == []
        assert [row["to"] for row in await held(world)] == [BO]
        words = ["-c", str(world.config_file), "outbox", "drop", "--held"]
        result = CliRunner().invoke(cli, words, catch_exceptions=False)
        assert result.output == "1 letter dropped\n"
        assert await held(world) == []


def test_a_copy_of_an_older_schema_is_marked_all_the_same(tmp_path: Path) -> None:
    """The page on upgrading asks for a backup before the upgrade, and that one is made by the new program."""
    old = tmp_path / "old.db"
    with closing(sqlite3.connect(old)) as plain:
        plain.executescript("CREATE TABLE outbox (id INTEGER PRIMARY KEY); INSERT INTO outbox VALUES (41)")
    store = Database.open(f"sqlite:///{old}")
    backup(store, tmp_path / "copy.db")
    store.close_now()
    with closing(sqlite3.connect(tmp_path / "copy.db")) as copy:
        assert copy.execute("SELECT last_letter, last_mail FROM backup_mark").fetchall() == [(41, 0)]
