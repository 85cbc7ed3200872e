"""What a customer hears at once, and who never does."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.world.desk import MONDAY, TRUSTING, DeskWorld
from tests.world.people import words

pytestmark = pytest.mark.dovecot


async def test_a_sender_our_server_vouches_for_is_acknowledged_by_name_and_subject() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        bo = world.person("bo@client.example", "Bo Lund")
        mail = await bo.writes("Printer on fire", "It burns.", border="dmarc=pass")
        ack = bo.hears("Re: [Acme #", "Printer on fire")
        assert "Hello Bo Lund," in words(ack)
        assert "We answer by: Tuesday, 25 November 2025, 09:30 (Lisbon)" in words(ack)
        assert ack["In-Reply-To"] == mail["Message-ID"]
        assert ack["Auto-Submitted"] == "auto-replied"


async def test_a_sender_nobody_vouches_for_hears_fixed_words_only() -> None:
    async with await DeskWorld.start() as world:
        bo = world.person("bo@client.example", "Buy pills now")
        await bo.writes("Cheap pills", "Look at evil.example")
        ack = bo.hears("We have received your message")
        raw = world.relay.mails[0].raw
        assert (await world.case())["ref"] in words(ack)
        assert ack["To"] == "bo@client.example"
        for theirs in (b"pills", b"evil.example"):
            assert theirs not in raw


async def test_who_answered_a_letter_of_ours_is_proven_and_hears_full_words_from_then_on() -> None:
    async with await DeskWorld.start() as world:
        bo = world.person("bo@client.example", "Bo Lund")
        await bo.writes("Printer", "It burns.")
        await bo.replies(bo.hears("received"), "Quite a lot.")
        await bo.writes("Scanner", "It is cold.")
        assert "Hello Bo Lund," in words(bo.hears("Re: [Acme #", "Scanner"))


async def test_a_sender_who_failed_authentication_is_kept_and_not_answered() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        bo = world.person("bo@client.example")
        await bo.writes("Give me the password", "At once.", border="dmarc=fail")
        bo.hears_nothing()
        assert "could not be trusted" in words(world.agent.hears("New: Give me the password"))
        assert (await world.case())["requester"] == "bo@client.example"


async def test_the_desk_does_not_answer_itself() -> None:
    async with await DeskWorld.start() as world:
        echo = world.person("support@acme.example")
        await echo.writes("Hello me", "Are you there?")
        echo.hears_nothing()
        case = await world.case()
        assert [party["role"] for party in case["parties"]] == ["agent"]


async def test_mail_that_lay_about_for_long_is_kept_and_not_acknowledged() -> None:
    """Older than `limits.ack_max_age` is never acknowledged."""
    async with await DeskWorld.start() as world:
        bo = world.person("bo@client.example")
        await bo.writes("Old news", "From last week.", received=MONDAY - timedelta(days=4))
        bo.hears_nothing()
        world.agent.hears("New: Old news")
        assert await world.happened() == ["opened", "letter-withheld"]


async def test_no_word_goes_to_a_sender_without_an_address() -> None:
    async with await DeskWorld.start() as world:
        await world.arrives(b"Subject: Who am I?\r\n\r\nNobody.\r\n")
        assert [mail.recipients for mail in world.relay.mails] == [("agent@acme.example",)]
        assert (await world.case())["requester"] == ""


async def test_a_web_form_writes_for_the_address_in_reply_to() -> None:
    form_rule = {"when": {"sender": "form@acme.example"}, "then": {"requester": "reply-to"}}
    async with await DeskWorld.start(policy={"rules": [{"name": "contact form", **form_rule}]}) as world:
        form = world.person("form@acme.example")
        bo = world.person("bo@client.example")
        await form.writes("Contact", "Please call me.", headers={"Reply-To": "Bo Lund <bo@client.example>"})
        form.hears_nothing()
        ack = bo.hears("We have received your message")
        assert (await world.case())["requester"] == "bo@client.example"
        await bo.replies(ack, "My number is 12.")
        assert await world.happened() == ["opened", "replied"]


async def test_a_web_form_cannot_be_made_to_send_its_words_to_a_victim() -> None:
    form_rule = {"when": {"sender": "form@acme.example"}, "then": {"requester": "reply-to"}}
    async with await DeskWorld.start(
        policy={"rules": [{"name": "contact form", **form_rule}]}, trust=TRUSTING
    ) as world:
        form = world.person("form@acme.example")
        await form.writes(
            "Cheap pills",
            "evil.example",
            headers={"Reply-To": "Pills <eve@victim.example>"},
            border="dmarc=pass",
        )
        victim = world.person("eve@victim.example")
        victim.hears("We have received your message")
        assert b"ills" not in world.relay.mails[0].raw
