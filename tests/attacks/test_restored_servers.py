"""A UID is not enough: after a mail server is put back from a copy another mail may lie under a used one."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from email.policy import SMTP

import pytest

from tests.attacks.restored import Copy
from tests.daemon.middle_man import MiddleMan
from tests.world.desk import MONDAY, DeskWorld
from tests.world.dovecot import Dovecot

pytestmark = pytest.mark.dovecot

ALARM = "gave out numbers again"


def mail(world: DeskWorld, sender: str, subject: str, text: str = "Please help.") -> bytes:
    return world.person(sender).composes(subject, text).as_bytes(policy=SMTP)


async def test_a_new_mail_under_a_used_uid_is_a_new_mail(caplog: pytest.LogCaptureFixture) -> None:
    """Bo's mail was UID 1, and is filed and moved; the server forgets that, and Cy's mail is UID 1."""
    async with await DeskWorld.start() as world:
        before = await Copy.of(world.dovecot)
        await world.arrives(mail(world, "bo@client.example", "Printer"))
        await before.put_back()
        world.clock.passes(timedelta(hours=1))
        await world.lies(mail(world, "cy@other.example", "No sound at all", "It plays nothing."))
        (lying,) = await world.dovecot.folder("support")
        assert lying.uid == (await world.inbox())[0]["uid"]
        with caplog.at_level(logging.WARNING):
            await world.works()
        assert await world.verdicts() == ["opened", "opened"]
        assert [case["subject"] for case in await world.cases()] == ["Printer", "No sound at all"]
        world.person("cy@other.example").hears("received")
        assert await world.dovecot.folder("support") == []
        assert "UIDs used again mailbox=support" in caplog.text
        told = str(world.operator.hears(ALARM))
        assert "Mailbox support" in told
        assert [row["uid"] for row in await world.inbox()] == [lying.uid, lying.uid]


async def test_a_strange_mail_under_a_uid_whose_move_is_owed_is_not_moved_away_unseen() -> None:
    async with await DeskWorld.start() as world:
        before = await Copy.of(world.dovecot)
        await world.lies(mail(world, "bo@client.example", "Printer"))
        await world.receives_and_files()
        await before.put_back()
        world.clock.passes(timedelta(hours=1))
        await world.lies(mail(world, "cy@other.example", "No sound at all", "It plays nothing."))
        (receiver,) = world.service.receivers
        await world.restarts()
        (receiver,) = world.service.receivers
        await receiver.clear()
        assert len(await world.dovecot.folder("support")) == 1, "it was moved, and nobody had read it"
        await world.works()
        assert await world.verdicts() == ["opened", "opened"]
        assert await world.dovecot.folder("support") == []
        world.operator.hears(ALARM)


async def test_both_the_old_and_the_new_mail_are_moved_if_the_old_one_comes_again() -> None:
    """What the copy lacked is delivered once more, as a relay that kept it does: under another UID."""
    async with await DeskWorld.start() as world:
        before = await Copy.of(world.dovecot)
        bos = mail(world, "bo@client.example", "Printer")
        await world.arrives(bos)
        await before.put_back()
        await world.lies(mail(world, "cy@other.example", "No sound at all"), bos)
        await world.works()
        assert await world.verdicts() == ["opened", "opened", "seen"]
        assert await world.dovecot.folder("support") == []


@pytest.mark.parametrize("moved", [True, False], ids=["moves", "marks"])
async def test_a_server_that_only_tells_other_dates_doubles_nothing(moved: bool) -> None:
    """Some copies do not keep the times of files, which are INTERNALDATEs."""
    dovecot = await Dovecot.start(users={"support": "secret", "sales": "secret"}, move=moved)
    async with await DeskWorld.start(dovecot=dovecot) as world:
        await world.lies(
            mail(world, "bo@client.example", "Printer"), mail(world, "cy@other.example", "Sound")
        )
        await world.receives_and_files()
        now = await Copy.of(dovecot)
        await now.put_back(dated=MONDAY - timedelta(days=2))
        await world.works()
        await world.restarts()
        await world.works()
        assert await world.verdicts() == ["opened", "opened"]
        lying = await dovecot.folder("support")
        assert len(lying) == (0 if moved else 2), "the move that was owed was not made"
        assert world.operator.letters() == []


async def test_where_date_and_size_are_others_the_bytes_decide_and_not_the_message_id_alone() -> None:
    """A list's copy bears the Message-ID of the mail that lay under its UID."""
    async with await DeskWorld.start() as world:
        before = await Copy.of(world.dovecot)
        raw = mail(world, "bo@client.example", "Printer")
        await world.lies(raw)
        await world.receives_and_files()
        await before.put_back()
        world.clock.passes(timedelta(hours=1))
        await world.lies(raw + b"And one more line.\r\n")
        await world.restarts()
        await world.works()
        assert len(await world.inbox()) == 2
        assert (await world.verdicts())[0] == "opened"
        assert await world.dovecot.folder("support") == []


async def test_numbers_that_go_back_are_told_although_nothing_came(caplog: pytest.LogCaptureFixture) -> None:
    async with await DeskWorld.start() as world:
        before = await Copy.of(world.dovecot)
        await world.arrives(mail(world, "bo@client.example", "Printer"))
        await before.put_back()
        with caplog.at_level(logging.WARNING):
            await world.works()
        assert "UIDNEXT went backwards mailbox=support before=2 now=1" in caplog.text
        world.operator.hears(ALARM)
        caplog.clear()
        await world.restarts()
        await world.works()
        assert "UIDNEXT" not in caplog.text, "said once"
        assert world.operator.hears_all() == []


async def test_a_mail_that_was_left_alone_gives_its_uid_to_a_new_one() -> None:
    dovecot = await Dovecot.start(users={"support": "secret", "sales": "secret"})
    empty = await Copy.of(dovecot)
    old = [f"From: p{n}@old.example\r\nMessage-ID: <{n}@old>\r\n\r\nLong ago.\r\n".encode() for n in range(3)]
    await dovecot.append_all("support", old, date=MONDAY - timedelta(days=90))
    async with await DeskWorld.start(dovecot=dovecot, mailbox={"existing_mail": "leave"}) as world:
        await world.works()
        await empty.put_back()
        world.clock.passes(timedelta(hours=1))
        await world.lies(mail(world, "cy@other.example", "No sound"))
        await world.works()
        assert await world.verdicts() == ["left"] * 3 + ["opened"]


async def test_mails_that_were_left_alone_stay_so_when_their_dates_become_others() -> None:
    """A desk does not answer the mail of years because its server was moved."""
    dovecot = await Dovecot.start(users={"support": "secret", "sales": "secret"})
    named = b"From: p@old.example\r\nMessage-ID: <1@old>\r\n\r\nLong ago.\r\n"
    nameless = b"From: p@old.example\r\n\r\nLonger ago.\r\n"
    await dovecot.append_all("support", [named, nameless], date=MONDAY - timedelta(days=90))
    now = await Copy.of(dovecot)
    async with await DeskWorld.start(dovecot=dovecot, mailbox={"existing_mail": "leave"}) as world:
        await world.works()
        await now.put_back(dated=MONDAY + timedelta(hours=1))
        world.clock.passes(timedelta(hours=2))
        await world.works()
        assert await world.verdicts() == ["left"] * 2
        assert world.relay.mails == []


async def test_mail_that_stays_is_compared_once_for_each_connection() -> None:
    """A folder of a hundred thousand old mails is not described again at every look."""
    dovecot = await Dovecot.start(users={"support": "secret", "sales": "secret"})
    old = [f"From: p{n}@old.example\r\n\r\nLong ago.\r\n".encode() for n in range(30)]
    await dovecot.append_all("support", old, date=MONDAY - timedelta(days=90))
    man = await MiddleMan.start(dovecot.host, dovecot.imap_port)
    async with await DeskWorld.start(
        dovecot=dovecot, imap_port=man.port, mailbox={"existing_mail": "leave"}
    ) as world:
        (receiver,) = world.service.receivers
        await receiver.look(asyncio.Event())
        man.heard.clear()
        await receiver.look(asyncio.Event())
        assert not [line for line in man.heard if b"FETCH" in line]
        receiver.abort()
        await receiver.look(asyncio.Event())
        assert len([line for line in man.heard if b"FETCH" in line]) == 1
    await man.stop()
