"""The same mail again, or another one that only looks the same: exactly one mail on exactly one case."""

from __future__ import annotations

from datetime import timedelta
from email.policy import SMTP

import pytest

from tests.world.desk import MONDAY, TRUSTING, DeskWorld, mailbox_of
from tests.world.dovecot import Dovecot
from tests.world.people import border_lines, words

pytestmark = pytest.mark.dovecot


async def test_many_mails_that_wait_are_each_handled_once() -> None:
    """Moving mail away while listing must not skip every second one."""
    async with await DeskWorld.start() as world:
        bo = world.person("bo@client.example")
        mails = [bo.composes(f"Matter {n}", "Help.").as_bytes(policy=SMTP) for n in range(6)]
        await world.lies(*mails)
        await world.works()
        assert sorted(case["subject"] for case in await world.cases()) == [f"Matter {n}" for n in range(6)]
        assert len(await world.dovecot.folder("support", "Processed")) == 6


async def test_a_mailbox_whose_uids_start_anew_shows_nothing_twice(caplog: pytest.LogCaptureFixture) -> None:
    """UIDVALIDITY changes; what was filed is seen again, what is new is handled, one line says why."""
    async with await DeskWorld.start() as world:
        bo = world.person("bo@client.example")
        old = [bo.composes(f"Old {n}", "Help.").as_bytes(policy=SMTP) for n in range(30)]
        await world.lies(*old)
        await world.works()
        letters = len(world.relay.mails)
        await world.lies(*old)  # the server was restored: moved mail lies in INBOX again
        await world.dovecot.reset_uidvalidity("support")
        await world.lies(*(bo.composes(f"New {n}", "Help.").as_bytes(policy=SMTP) for n in range(3)))
        await world.restarts()
        await world.works()
        assert sorted((await world.verdicts())[30:]) == ["opened"] * 3 + ["seen"] * 30
        assert len(await world.cases()) == 33
        assert len(world.relay.mails) == letters + 3  # the team hears; Bo heard fixed words once already
        assert sum("UIDVALIDITY changed" in line for line in caplog.messages) == 1


@pytest.mark.parametrize("forger_first", [True, False], ids=["forger first", "forger second"])
async def test_nobody_can_suppress_a_mail_by_using_its_message_id(forger_first: bool) -> None:
    """Same Message-ID, other From and body: two cases, the second one marked."""
    async with await DeskWorld.start() as world:
        writers = [world.person("bo@client.example"), world.person("eve@evil.example")]
        for writer in reversed(writers) if forger_first else writers:
            await writer.writes(f"From {writer.address}", "Help.", message_id="<same@client.example>")
        assert [row["reason"] for row in await world.inbox()] == ["no-signal", "dup-message-id"]
        assert len(await world.cases()) == 2
        assert len(world.person("bo@client.example").letters()) == 1


async def test_a_mail_delivered_twice_is_one_case_and_one_acknowledgement() -> None:
    """The sender's server tried again: other trace headers, same content."""
    async with await DeskWorld.start() as world:
        bo = world.person("bo@client.example")
        mail = await bo.writes("Printer", "It burns.")
        again = b"Received: from mail.client.example by mx.acme.example; Mon, 24 Nov 2025 09:40:00 +0000\r\n"
        await world.arrives(again + mail.as_bytes(policy=SMTP))
        assert await world.verdicts() == ["opened", "duplicate"]
        bo.hears("received")
        assert await world.happened() == ["opened", "duplicate-arrived"]


async def test_a_mail_to_two_of_our_mailboxes_is_one_case_and_one_acknowledgement() -> None:
    dovecot = await Dovecot.start(users={"support": "secret", "sales": "secret"})
    async with await DeskWorld.start(dovecot=dovecot, mailboxes=[mailbox_of(dovecot, "sales")]) as world:
        bo = world.person("bo@client.example")
        mail = bo.composes("Printer", "It burns.", to="support@acme.example, sales@acme.example")
        for mailbox in ("support", "sales"):
            raw = f"Delivered-To: {mailbox}\r\n".encode() + mail.as_bytes(policy=SMTP)
            await world.lies(raw, mailbox=mailbox)
        await world.works()
        assert sorted(await world.verdicts()) == ["duplicate", "opened"]
        bo.hears("received")
        parties = [party["address"] for party in (await world.case())["parties"]]
        assert parties == ["bo@client.example", "agent@acme.example"]


async def test_one_author_using_a_message_id_twice_loses_nothing() -> None:
    async with await DeskWorld.start() as world:
        bo = world.person("bo@client.example")
        await bo.writes("Printer", "It burns.", message_id="<fixed@client.example>")
        bo.hears("received")
        world.agent.hears("Printer")
        await bo.writes("Printer", "It smokes as well.", message_id="<fixed@client.example>")
        bo.hears_nothing()
        assert "It smokes as well." in words(world.agent.hears("Reply: Printer"))
        assert await world.verdicts() == ["opened", "appended"]
        said = [mail["new_text"] for mail in (await world.case())["mails"] if mail["direction"] == "in"]
        assert said == ["It burns.", "It smokes as well."]


@pytest.mark.parametrize("order", [("pass", "fail"), ("fail", "pass")], ids=["forged second", "forged first"])
async def test_a_forged_name_with_the_right_message_id_takes_nothing_from_the_real_mail(
    order: tuple[str, str],
) -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        bo = world.person("bo@client.example")
        for result in order:
            same = "<m@client.example>"
            await bo.writes(f"It did {result}", "Text.", message_id=same, border=f"dmarc={result}")
        assert await world.verdicts() == ["opened", "opened"]
        bo.hears("It did pass")
        assert len(world.agent.hears_all()) == 2


async def test_a_forged_copy_that_comes_first_does_not_silence_the_real_mail() -> None:
    """The same mail to the letter; only our own mail server's word about it differs."""
    async with await DeskWorld.start(trust=TRUSTING) as world:
        bo = world.person("bo@client.example")
        raw = bo.composes("Printer", "It burns.").as_bytes(policy=SMTP)
        for result in ("dmarc=fail", "dmarc=pass", "dmarc=pass dkim=pass"):
            await world.arrives(border_lines(result, bo.address) + raw)
        assert await world.verdicts() == ["opened", "opened", "duplicate"]
        bo.hears("Printer")
        assert [row["reason"] for row in await world.inbox()][:2] == ["sender-failed", "no-signal"]


async def test_a_reply_is_heard_although_a_forged_copy_came_first() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        bo = world.person("bo@client.example")
        await bo.writes("Printer", "It burns.", border="dmarc=pass")
        await world.agent.resolves()
        raw = bo.composes("Re: Printer", "No.", answering=bo.letters()[-1]).as_bytes(policy=SMTP)
        for result in ("dmarc=fail", "dmarc=pass"):
            await world.arrives(border_lines(result, bo.address) + raw)
        assert await world.verdicts() == ["opened", "unverified", "reopened"]


async def test_yesterdays_and_todays_report_without_message_id_are_two_mails() -> None:
    async with await DeskWorld.start() as world:
        report = b"From: backup@client.example\r\nSubject: backup failed\r\n\r\nIt failed.\r\n"
        await world.arrives(report, date=MONDAY - timedelta(days=1))
        await world.arrives(report, date=MONDAY)
        assert await world.verdicts() == ["opened", "opened"]
        assert len({case["ref"] for case in await world.cases()}) == 2


async def test_a_mail_that_somebody_read_first_is_handled_all_the_same() -> None:
    r"""\Seen means nothing."""
    async with await DeskWorld.start() as world:
        bo = world.person("bo@client.example")
        raw = bo.composes("Printer", "It burns.").as_bytes(policy=SMTP)
        await world.dovecot.append("support", raw, flags=[r"\Seen"], date=MONDAY)
        await world.works()
        assert await world.verdicts() == ["opened"]


DATES = {
    "absent": None,
    "in 1970": "Thu, 01 Jan 1970 00:00:00 +0000",
    "in 2099": "Thu, 31 Dec 2099 23:59:59 +0000",
    "without a zone": "Mon, 24 Nov 2025 09:30:00 -0000",
    "garbage": "yesterday, I think",
}


async def test_a_mail_was_received_when_our_server_says() -> None:
    """Never by its Date field."""
    async with await DeskWorld.start() as world:
        for name, date in DATES.items():
            head = f"Date: {date}\r\n" if date else ""
            raw = f"From: bo@client.example\r\nSubject: {name}\r\n{head}\r\nNow.\r\n".encode()
            await world.lies(raw, date=MONDAY - timedelta(hours=1))
        await world.works()
        assert len(await world.cases()) == len(DATES)
        for listed in await world.cases():
            (said,) = [
                mail for mail in (await world.case(listed["ref"]))["mails"] if mail["direction"] == "in"
            ]
            assert said["at"] == "2025-11-24T08:30:00.000000Z"
