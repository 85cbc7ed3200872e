"""Two desks with databases of their own work on one mailbox: that is noticed, before and after."""

from __future__ import annotations

import asyncio
import logging
from email.policy import SMTP

import pytest

from maildesk.daemon.checking import checks
from maildesk.daemon.findings import CheckOutcome
from maildesk.store import mailboxes
from tests.daemon.middle_man import MiddleMan
from tests.world.desk import MONDAY, DeskWorld, mailbox_of
from tests.world.dovecot import Dovecot

pytestmark = pytest.mark.dovecot

BOTH = {"support": "secret", "sales": "secret"}
ALARM = "Another desk works here"


def mail(world: DeskWorld, sender: str, subject: str = "Printer") -> bytes:
    return world.person(sender).composes(subject, "Please help.").as_bytes(policy=SMTP)


async def second_desk(first: DeskWorld, existing: str | None) -> DeskWorld:
    """Another folder, another database, the same mailbox."""
    return await DeskWorld.start(
        dovecot=first.dovecot, at=first.clock.now(), mailbox={"existing_mail": existing}
    )


async def test_a_second_desk_does_not_start_where_another_has_filed_mail() -> None:
    async with await DeskWorld.start() as first:
        await first.arrives(mail(first, "bo@client.example"))
        second = await second_desk(first, None)
        (problem,) = (await second.works_as_it_can()).problems
        assert "another desk may work here" in problem
        assert "existing_mail: file" in problem
        assert "existing_mail: leave" in problem
        assert "Processed" in problem
        await first.lies(mail(first, "cy@other.example"))
        (problem,) = (await second.works_as_it_can()).problems
        assert "another desk" in problem
        assert await second.inbox() == []
        await first.works()
        assert await first.verdicts() == ["opened"] * 2
        assert first.operator.letters() == []
        await leaves(second)


async def leaves(world: DeskWorld) -> None:
    """It ends; the mail server is the other desk's."""
    await world.service.close()
    await world.relay.stop()
    world.folder.cleanup()


async def test_where_the_question_is_answered_both_hear_of_each_other() -> None:
    async with await DeskWorld.start() as first:
        await first.arrives(mail(first, "bo@client.example"))
        second = await second_desk(first, "leave")
        await second.works()
        assert second.operator.letters() == []
        await second.arrives(mail(first, "cy@other.example"))
        await first.works()
        told = str(first.operator.hears(ALARM))
        assert "moved the mail there by hand" in told
        assert "Processed" in told
        await first.arrives(mail(first, "di@other.example"))
        await second.works()
        second.operator.hears(ALARM)
        assert (await first.verdicts(), await second.verdicts()) == (["opened"] * 2, ["opened"])
        first.provoked = {"not-filed"}  # the other desk's mail lies there
        await leaves(second)


@pytest.mark.parametrize("without", ["", "UIDPLUS"], ids=["says where mail went", "does not say"])
async def test_a_desk_alone_is_never_taken_for_two(without: str) -> None:
    """Through restarts, with many mails, and whether or not the server tells of each move (COPYUID)."""
    dovecot = await Dovecot.start(users=BOTH, without=[without] if without else [])
    async with await DeskWorld.start(dovecot=dovecot) as world:
        for n in range(3):
            await world.lies(*(mail(world, f"p{n}{m}@client.example") for m in range(4)))
            await world.works()
            await world.restarts()
            await world.works()
        assert await world.verdicts() == ["opened"] * 12
        assert world.operator.letters() == []


async def two_folders(dovecot: Dovecot) -> DeskWorld:
    """One desk that watches two folders of one account, and moves what it has filed into a third."""
    await dovecot.create("support", "Sales")
    sales = mailbox_of(dovecot, "support", folder="Sales") | {
        "name": "sales",
        "address": "sales@acme.example",
    }
    return await DeskWorld.start(dovecot=dovecot, mailboxes=[sales])


@pytest.mark.parametrize("without", ["", "UIDPLUS"], ids=["says where mail went", "does not say"])
async def test_two_mailboxes_of_one_desk_with_one_processed_folder_are_no_neighbours(without: str) -> None:
    dovecot = await Dovecot.start(users=BOTH, without=[without] if without else [])
    async with await two_folders(dovecot) as world:
        for n in range(3):
            await world.arrives(mail(world, f"bo{n}@client.example"))
            cys = mail(world, f"cy{n}@other.example")
            await dovecot.append("support", cys, "Sales", date=world.clock.now())
            await world.works()
            await world.restarts()
        await world.works()
        assert await world.verdicts() == ["opened"] * 6
        assert world.operator.letters() == []
        await dovecot.append("support", b"From: x@y.example\r\n\r\nNot ours.\r\n", "Processed")
        await world.works()
        world.operator.hears(ALARM)
        world.provoked = {"not-filed"}


async def test_what_one_mailbox_moved_last_is_the_desks_own_after_a_restart() -> None:
    async with await two_folders(await Dovecot.start(users=BOTH)) as world:
        await world.works()
        await world.lies(mail(world, "bo@client.example"))
        support, sales = world.service.receivers
        await sales.look(asyncio.Event())
        await support.look(asyncio.Event())
        await world.service.filer.drain(asyncio.Event())
        await support.clear()
        await world.restarts()
        await world.works()
        assert world.operator.letters() == []


async def test_a_mail_that_another_put_between_ours_is_noticed() -> None:
    """While we file: the numbers of our own moves have a gap."""
    async with await DeskWorld.start() as world:
        await world.arrives(mail(world, "bo@client.example"))
        await world.lies(mail(world, "cy@other.example"))
        await world.receives_and_files()
        await world.dovecot.append("support", b"From: x@y.example\r\n\r\nNot ours.\r\n", "Processed")
        await world.works()
        world.operator.hears(ALARM)
        await world.works()
        assert world.operator.hears_all() == []
        world.provoked = {"not-filed"}


async def test_a_server_that_does_not_say_where_mail_went_is_counted() -> None:
    man = await MiddleMan.start("127.0.0.1", (dovecot := await Dovecot.start(users=BOTH)).imap_port)
    man.hidden = b"COPYUID"
    async with await DeskWorld.start(dovecot=dovecot, imap_port=man.port) as world:
        await world.arrives(mail(world, "bo@client.example"))
        await world.lies(mail(world, "cy@other.example"))
        await world.receives_and_files()
        await dovecot.append("support", b"From: x@y.example\r\n\r\nNot ours.\r\n", "Processed")
        await world.works()
        world.operator.hears(ALARM)
        world.provoked = {"not-filed"}
    await man.stop()


@pytest.mark.parametrize("moves", [True, False], ids=["moved", "not moved"])
async def test_a_move_that_was_cut_off_is_our_own(moves: bool) -> None:
    """The server moved, and the connection broke before it could say so."""
    dovecot = await Dovecot.start(users=BOTH)
    man = await MiddleMan.start(dovecot.host, dovecot.imap_port)
    async with await DeskWorld.start(dovecot=dovecot, imap_port=man.port) as world:
        await world.arrives(mail(world, "bo@client.example"))
        await world.lies(mail(world, "cy@other.example"))
        await world.receives_and_files()
        await world.service.receivers[0].close()
        uid = (await dovecot.folder("support"))[0].uid
        if moves:
            await dovecot.move("support", uid, "Processed")
        await world.restarts()
        await world.works()
        assert len(await dovecot.folder("support", "Processed")) == 2
        assert world.operator.letters() == []
    await man.stop()


async def test_where_mail_is_only_marked_a_strange_mark_tells(caplog: pytest.LogCaptureFixture) -> None:
    dovecot = await Dovecot.start(users=BOTH, move=False)
    async with await DeskWorld.start(dovecot=dovecot) as world:
        await world.arrives(mail(world, "bo@client.example"))
        await dovecot.append(
            "support", mail(world, "cy@other.example"), flags=["$MaildeskFiled"], date=world.clock.now()
        )
        with caplog.at_level(logging.WARNING):
            await world.works()
        assert "another desk works here?" in caplog.text
        world.operator.hears(ALARM)


async def test_a_mailbox_reached_by_another_name_is_no_other_desk() -> None:
    """The database is compared: it has filed what lies there, whatever the server is called today."""
    async with await DeskWorld.start() as world:
        await world.arrives(mail(world, "bo@client.example"))
        section = world.settings.mailboxes[0].imap
        assert section
        before = section.host
        imap = section.model_dump(mode="json") | {"host": "localhost"}
        assert mailboxes.identity_of("localhost", "support", "INBOX") != mailboxes.identity_of(
            before, "support", "INBOX"
        )
        box = {"name": "support", "address": "support@acme.example", "imap": imap | {"password": "secret"}}
        await world.restarts(mailboxes=[box])
        await world.works()


async def test_the_check_says_it_before_the_first_start() -> None:
    async with await DeskWorld.start() as first:
        await first.arrives(mail(first, "bo@client.example"))
        second = await second_desk(first, None)
        found = [
            each
            for check in checks(second.settings, {}, MONDAY)
            if check.name == "mailbox support"
            async for each in check.findings()
        ]
        assert any(each.outcome is CheckOutcome.FAIL and "another desk" in str(each) for each in found)
        await leaves(second)
