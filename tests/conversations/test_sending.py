"""Relays that refuse, stall, cut and forget; and what a letter is made of when it leaves."""

from __future__ import annotations

import asyncio
import email
from email.policy import SMTP, default
from typing import Any

import pytest

from maildesk.casework.outbox_choices import drop
from maildesk.transport.smtp_opening import SmtpTiming
from tests.world.desk import TRUSTING, DeskWorld
from tests.world.people import Person, words
from tests.world.smtp_server import SmtpServer

pytestmark = pytest.mark.dovecot


async def bo_has_a_case(world: DeskWorld, **more: Any) -> Person:
    bo = world.person("bo@client.example", "Bo Lund")
    await bo.writes("Printer", "It burns.", border="dmarc=pass", **more)
    bo.hears("Printer")
    world.agent.hears("New: Printer")
    return bo


# --- relays -----------------------------------------------------------------------------------------


async def test_an_answer_the_relay_may_have_goes_again_with_the_same_bytes() -> None:
    """The connection breaks after the final dot."""
    async with await DeskWorld.start(trust=TRUSTING) as world:
        bo = await bo_has_a_case(world)
        world.relay.drop_after_dot()
        await world.agent.answers("Try water.")
        (row,) = [row for row in await world.outbox() if row["kind"] == "answer"]
        assert (row["state"], row["reason"].startswith("may have arrived twice")) == ("deferred", True)
        await world.passes(minutes=2)
        first, second = [m.raw for m in world.relay.mails if m.recipients == (bo.address,)][-2:]
        assert first == second
        (row,) = [row for row in await world.outbox() if row["kind"] == "answer"]
        assert (row["state"], row["attempts"]) == ("sent", 2)
        assert "may have arrived twice" in row["reason"]
        assert "letter-uncertain" in await world.happened()


async def test_an_acknowledgement_the_relay_may_have_is_not_repeated() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        bo = world.person("bo@client.example")
        world.relay.drop_after_dot(2)
        await bo.writes("Printer", "It burns.", border="dmarc=pass")
        await world.passes(days=1)
        assert len(bo.letters()) == 1
        assert ("acknowledgement", "uncertain") in await world.letter_states(bo.address)
        assert "may not have been sent" in str(await world.outbox())


async def test_a_relay_has_ten_minutes_for_the_final_dot() -> None:
    """A slow answer is waited for, and the mail goes once."""
    assert SmtpTiming().final_dot >= 600
    async with await DeskWorld.start(trust=TRUSTING) as world:
        bo = await bo_has_a_case(world)
        answered = asyncio.Event()
        world.relay.stall_dot(answered)
        sending = asyncio.create_task(world.agent.answers("Try water."))
        await world.relay.wait_for(3)
        assert not sending.done()
        answered.set()
        await sending
        bo.hears("Printer")
        assert (await world.letter_states(bo.address))[-1] == ("answer", "sent")


async def test_greylisting_is_waited_out_with_growing_pauses_and_told_inside_only() -> None:
    """1, 5, 15, 30 min, 1, 2, 4 h, then every 4 h for five days; the agent hears after 4 h and last."""
    async with await DeskWorld.start(trust=TRUSTING) as world:
        bo = await bo_has_a_case(world)
        world.relay.refuse("bo@client.example", 451, "4.7.1 greylisted")
        await world.agent.answers("Try water.")
        tries: list[int] = []
        for minute in range(1, 24 * 60):
            await quick_minute(world)
            tries += [minute] * (len(rcpts(world)) - len(tries) - 1)
        pauses = [later - earlier for earlier, later in zip([0, *tries], tries, strict=False)]
        for pause, wanted in zip(pauses, (1, 5, 15, 30, 60, 120, 240, 240, 240), strict=False):
            assert 0.89 * wanted <= pause <= 1.11 * wanted + 1
        assert 9 <= len(pauses) <= 12
        told = words(world.agent.hears("Still being tried"))
        assert "not arrived yet, and is still being tried: bo@client.example" in told
        assert "> Try water." in told
        await days_go_by(world, 5)
        failed = words(world.agent.hears_of("Not delivered", "Overdue")[0])
        assert "tried for 120 hours" in failed
        assert "Ana Agent wrote it on Monday, 24 November 2025" in failed
        assert "> Try water." in failed
        assert (await world.letter_states(bo.address))[-1] == ("answer", "failed")
        assert len(rcpts(world)) < 45
        assert {m.recipients[0] for m in world.relay.mails} == {"bo@client.example", "agent@acme.example"}


async def test_who_heard_that_a_letter_is_late_hears_when_it_has_gone_out() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        bo = await bo_has_a_case(world)
        world.relay.refuse("bo@client.example", 451, "4.7.1 greylisted")
        await world.agent.answers("Try water.")
        await quick_hours(world, 5)
        world.agent.hears("Still being tried")
        world.relay.accept_all()
        await quick_hours(world, 8)
        bo.hears("Printer")
        told = words(world.agent.hears("Gone out after all"))
        assert "taken by the mail server of: bo@client.example" in told
        assert "> Try water." in told
        assert (await world.happened())[-2:] == ["letter-delayed", "letter-arrived"]
        await world.agent.answers("And sand.")
        bo.hears("Printer")
        world.agent.hears_nothing()


async def test_an_answer_that_is_late_for_three_readers_is_told_of_once() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        three = [f"{name}@client.example" for name in ("bo", "cy", "di")]
        bo = world.person(three[0])
        await bo.writes("Printer", "It burns.", cc=three[1:], border="dmarc=pass")
        bo.hears("Printer")
        world.agent.hears("New")
        for each in three:
            world.relay.refuse(each, 451, "4.7.1 greylisted")
        await world.agent.answers("Try water.")
        await quick_hours(world, 8)
        told = words(world.agent.hears("Still being tried"))
        assert all(each in told.partition("The reason given")[0] for each in three)


async def test_who_heard_that_a_letter_is_late_hears_that_it_was_dropped() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        bo = await bo_has_a_case(world)
        world.relay.refuse("bo@client.example", 451, "4.7.1 greylisted")
        await world.agent.answers("Try water.")
        await quick_hours(world, 5)
        world.agent.hears("Still being tried")
        (number,) = [row["id"] for row in await world.outbox() if row["kind"] == "answer"]
        now, office = world.clock.now(), world.office
        await world.service.store.write(
            lambda conn: drop(conn, [number], now, "cli:ops", office=lambda: office)
        )
        await world.works()
        told = words(world.agent.hears("Not delivered"))
        assert "did not arrive: bo@client.example" in told
        assert "it was dropped at the command line, and is not tried any longer" in told
        assert "> Try water." in told
        assert (await world.happened())[-2:] == ["letter-delayed", "letter-dropped"]
        bo.hears_nothing()


async def quick_hours(world: DeskWorld, hours: int) -> None:
    """Hours in which only letters move."""
    for _ in range(hours * 4):
        await world.service.clock.pause(900, until=asyncio.Event())
        await world.service.sender.drain(asyncio.Event())


def rcpts(world: DeskWorld) -> list[str]:
    """Every attempt to reach Bo since the answer."""
    return [line for line in world.relay.commands if "RCPT" in line and "bo@" in line][1:]


async def quick_minute(world: DeskWorld) -> None:
    """A minute in which only letters move."""
    await world.service.clock.pause(60, until=asyncio.Event())
    await world.service.sender.drain(asyncio.Event())


async def days_go_by(world: DeskWorld, days: int) -> None:
    """Days in which only letters move, and end when their time is up."""
    for _ in range(days * 24 * 2):
        await world.service.clock.pause(1800, until=asyncio.Event())
        await world.service.timekeeper.drain()
        await world.service.sender.drain(asyncio.Event())


async def test_an_acknowledgement_is_given_up_after_a_day() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        bo = world.person("bo@client.example")
        world.relay.refuse("bo@client.example", 451, "4.7.1 greylisted")
        await bo.writes("Printer", "It burns.", border="dmarc=pass")
        await days_go_by(world, 2)
        assert await world.letter_states(bo.address) == [("acknowledgement", "failed")]


async def test_one_refused_recipient_of_three_is_shown_as_the_one_refused() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        bo = await bo_has_a_case(world, cc=["cy@client.example", "di@client.example"])
        world.relay.refuse("cy@client.example")
        await world.agent.answers("Try water.")
        bo.hears("Printer")
        world.person("di@client.example").hears("Printer")
        states = {row["to"]: row["state"] for row in await world.outbox() if row["kind"] == "answer"}
        assert states == {
            "bo@client.example": "sent", "cy@client.example": "failed", "di@client.example": "sent",
        }  # fmt: skip
        case = await world.case()
        (failed,) = [event["data"] for event in case["events"] if event["kind"] == "letter-failed"]
        assert failed["to"] == "cy@client.example"
        assert case["first_response_at"]
        assert "cy@client.example" in words(world.agent.hears("Not delivered"))


async def test_a_relay_that_is_away_keeps_the_letters_waiting() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        bo = world.person("bo@client.example")
        port = world.relay.port
        await world.relay.stop()
        await world.lies(bo.composes("Printer", "It burns.").as_bytes(policy=SMTP))
        result = await world.works_as_it_can()
        assert len(result.problems) == 1
        assert result.problems[0].startswith("smtp: ")
        assert {row["state"] for row in await world.outbox()} == {"queued"}
        world.relay = await SmtpServer.start(port=port)
        await world.works()
        bo.hears("received")


async def test_each_mailbox_may_have_a_relay_of_its_own() -> None:
    async with await SmtpServer.start() as own:
        relay = {"host": own.host, "port": own.port, "security": "none"}
        async with await DeskWorld.start(mailbox={"smtp": relay}) as world:
            await world.person("bo@client.example").writes("Printer", "It burns.")
            assert len(own.letters_to("bo@client.example")) == 1
            assert not world.relay.mails


# --- what leaves ------------------------------------------------------------------------------------

INJECTIONS = {
    "CR LF": "=?utf-8?q?Hi=0D=0ABcc=3A_all=40evil.example?=",
    "bare LF": "=?utf-8?q?Hi=0ABcc=3A_all=40evil.example?=",
    "NUL": "=?utf-8?q?Hi=00Bcc=3A_all=40evil.example?=",
    "a line separator": "=?utf-8?q?Hi=E2=80=A8Bcc=3A_all=40evil.example?=",
    "2,000 emoji": "😀" * 2000,
    "a folded header": "Hi\r\n Bcc: all@evil.example",
}
NAMES = {
    "acknowledgement": "Date From To Subject Message-ID In-Reply-To References Auto-Submitted "
    "X-Auto-Response-Suppress Content-Language MIME-Version Content-Type",
    "answer": "Date From To Subject Message-ID In-Reply-To References "
    "Content-Language MIME-Version Content-Type",
}


@pytest.mark.parametrize("subject", INJECTIONS.values(), ids=INJECTIONS.keys())
async def test_no_words_of_a_customer_become_a_header(subject: str) -> None:
    """In subject, display name and file name; lines stay short, no bare CR or LF."""
    async with await DeskWorld.start(trust=TRUSTING) as world:
        head = "Authentication-Results: mx.acme.example; dmarc=pass header.from=client.example\r\n"
        head += "Received: from a by mx.acme.example; Mon, 24 Nov 2025 09:30:00 +0000\r\n"
        name = subject.replace("\r\n ", "").replace("Bcc: all@", "Bcc=3A_all=40")
        part = (
            "--b\r\nContent-Type: text/plain\r\n\r\nEscalate.\r\n--b\r\nContent-Type: application/x\r\n"
            f'Content-Disposition: attachment; filename="{name}"\r\n\r\nx\r\n--b--\r\n'
        )
        text = (
            f"{head}From: {name} <bo@client.example>\r\nSubject: {subject}\r\nMIME-Version: 1.0\r\n"
            f"Message-ID: <1@client.example>\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n{part}"
        )
        await world.arrives(text.encode())
        await world.agent.answers("Try water.")
        assert len(world.relay.mails) == 4
        for mail in world.relay.mails:
            assert "evil.example" not in str(mail.recipients)
            assert max(map(len, mail.raw.split(b"\r\n"))) <= 998
            assert not mail.raw.replace(b"\r\n", b"").count(b"\r")
            assert not mail.raw.replace(b"\r\n", b"").count(b"\n")
            letter = email.message_from_bytes(mail.raw, policy=default)
            if mail.recipients == ("bo@client.example",):
                kind = "acknowledgement" if letter["Auto-Submitted"] else "answer"
                assert letter.keys() == NAMES[kind].split()


TEMPLATE_WORDS = "{{7*7}} {% for x in y %} %{ticket.x} {0.__class__} {{ config }} ${7*7} <%= 7*7 %>"


async def test_template_words_of_a_customer_stay_what_they_are() -> None:
    """In subject, name and body; in letters to the team, to leadership and back to the customer."""
    async with await DeskWorld.start(trust=TRUSTING) as world:
        bo = world.person("bo@client.example", "{{7*7}} {0.__class__} ${7*7}")
        await bo.writes(TEMPLATE_WORDS, f"{TEMPLATE_WORDS}\nEscalate.", border="dmarc=pass")
        await world.agent.answers(f"You wrote {TEMPLATE_WORDS}")
        letters = [mail.letter for mail in world.relay.mails]
        assert len(letters) == 4
        for letter in letters:
            assert "49" not in str(letter["Subject"])
            assert "{{7*7}}" in f"{letter['Subject']} {words(letter)}"
        assert TEMPLATE_WORDS in words(world.leader.hears("Escalated"))
        assert TEMPLATE_WORDS in words(bo.letters()[-1])


async def test_an_operators_own_template_wins_over_the_packaged_one() -> None:
    ours = "Subject: Re: {{ tag }} {{ case.subject }}\n\n{{ reply_mark }}\n\nBom dia, {{ desk.name }} aqui.\n"
    async with await DeskWorld.start(trust=TRUSTING, templates={"en/acknowledgement.txt": ours}) as world:
        bo = world.person("bo@client.example")
        await bo.writes("Impressora", "Está em chamas.", border="dmarc=pass")
        assert "Bom dia, Acme Support aqui." in words(bo.hears("Impressora"))
        assert "A customer opened a case." in words(world.agent.hears("New: Impressora"))


async def test_an_included_part_may_be_replaced_as_well() -> None:
    async with await DeskWorld.start(templates={"en/how.txt": "Answer at the counter.\n"}) as world:
        await world.person("bo@client.example").writes("Printer", "It burns.")
        assert "Answer at the counter." in words(world.agent.hears("New"))
