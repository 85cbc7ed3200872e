"""People who know of a case without taking part in it, and people who only say so."""

from __future__ import annotations

from typing import Any

import pytest

from tests.world.desk import TRUSTING, DeskWorld
from tests.world.people import Person, words

pytestmark = pytest.mark.dovecot

PLUS = {"subaddress": "+"}


async def bo_has_a_case(world: DeskWorld) -> Person:
    bo = world.person("bo@client.example", "Bo Lund")
    await bo.writes("Printer", "MARKER: it burns.", border="dmarc=pass")
    world.agent.hears("New: Printer")
    return bo


async def test_a_stranger_who_names_a_case_gets_one_of_their_own_and_nothing_of_the_other() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        bo = await bo_has_a_case(world)
        await world.agent.closes()
        bo.hears_all()
        ref = (await world.case())["ref"]
        eve = world.person("eve@evil.example", "Eve")
        await eve.writes(f"[Acme #{ref}] What about it?", "Reopen. Escalate.", border="dmarc=pass")
        assert await world.happened(ref) == ["opened", "closed"]
        (theirs,) = [case["ref"] for case in await world.cases() if case["ref"] != ref]
        assert (await world.happened(theirs))[:2] == ["opened", "mentioned"]
        for letter in eve.hears_all():
            assert "MARKER" not in letter.as_string()
            assert ref not in letter.as_string()
        bo.hears_nothing()
        assert "does not take part in" in words(world.agent.hears("Escalated: What about it?"))


@pytest.mark.parametrize("way", ["token", "thread"])
async def test_a_stranger_who_holds_a_token_or_thread_changes_nothing_and_the_team_is_asked(way: str) -> None:
    """A forwarded reply address, or the References of a forwarded mail."""
    async with await DeskWorld.start(trust=TRUSTING, mailbox=PLUS) as world:
        bo = await bo_has_a_case(world)
        ack = bo.hears("Printer")
        await world.agent.closes()
        bo.hears("Printer")
        eve = world.person("eve@evil.example", "Eve")
        ways: dict[str, dict[str, Any]] = {
            "token": {"to": str(ack["Reply-To"])},
            "thread": {"headers": {"References": str(ack["Message-ID"])}},
        }
        await eve.writes(
            "Hello", "Escalate this and reopen it.", cc=["eva@evil.example"], border="dmarc=pass", **ways[way]
        )
        case = await world.case()
        assert (case["phase"], case["escalated"]) == ("closed", False)
        assert [p["address"] for p in case["parties"]] == ["bo@client.example", "agent@acme.example"]
        assert await world.verdicts() == ["opened", "third_party"]
        eve.hears_nothing()
        bo.hears_nothing()
        assert "does not take part" in words(world.agent.hears("Take care: Printer"))


async def test_a_colleague_whom_the_account_names_joins_by_the_reply_address() -> None:
    accounts = [{"name": "Client Inc", "domains": ["client.example"]}]
    async with await DeskWorld.start(trust=TRUSTING, mailbox=PLUS, accounts=accounts) as world:
        bo = await bo_has_a_case(world)
        back = bo.hears("Printer")["Reply-To"]
        cy = world.person("cy@client.example", "Cy")
        await cy.writes("Printer", "I take over.", to=back, border="dmarc=pass")
        assert await world.happened() == ["opened", "party-joined", "replied"]
        await world.agent.answers("Hello Cy.")
        cy.hears("Printer")


async def test_two_people_of_a_free_mail_provider_are_no_colleagues() -> None:
    async with await DeskWorld.start(trust=TRUSTING, mailbox=PLUS) as world:
        bo = world.person("bo.lund.client@gmail.com")
        await bo.writes("Printer", "It burns.", border="dmarc=pass")
        back = bo.hears("Printer")["Reply-To"]
        await world.person("eve.evil@gmail.com").writes("Hm", "Me too.", to=back, border="dmarc=pass")
        assert await world.verdicts() == ["opened", "third_party"]


async def test_a_mail_in_a_customers_name_that_failed_authentication_changes_nothing() -> None:
    async with await DeskWorld.start(trust=TRUSTING, mailbox=PLUS) as world:
        bo = await bo_has_a_case(world)
        ack = bo.hears("Printer")
        await world.agent.closes()
        bo.hears("Printer")
        await bo.replies(ack, "Reopen it, escalate, send money.", border="dmarc=fail")
        assert await world.verdicts() == ["opened", "unverified"]
        assert (await world.case())["phase"] == "closed"
        bo.hears_nothing()
        world.leader.hears_nothing()
        assert "could not be trusted" in words(world.agent.hears("Take care: Printer"))


async def test_an_agents_words_never_open_reopen_or_escalate() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        bo = await bo_has_a_case(world)
        bo.hears("Printer")
        await world.agent.closes()
        bo.hears("Printer")
        notice = world.agent.letters()[0]
        await world.agent.replies(notice, "We escalate things like this.", border="dmarc=pass")
        assert await world.verdicts() == ["opened", "command"]
        case = await world.case()
        assert (case["phase"], case["escalated"]) == ("closed", False)
        await world.agent.writes("A new matter", "I want a case.", border="dmarc=pass")
        assert len(await world.cases()) == 1
        assert await world.verdicts() == ["opened", "command", "quarantined"]


async def test_an_agents_name_on_a_mail_that_failed_authentication_is_refused() -> None:
    async with await DeskWorld.start(trust=TRUSTING, mailbox=PLUS) as world:
        await bo_has_a_case(world)
        notice = world.agent.letters()[0]
        await world.agent.replies(notice, "Close it.", border="dmarc=fail")
        assert (await world.verdicts())[-1] == "unverified"
        assert (await world.case())["phase"] == "new"


FORGED = {
    "two From fields": b"From: agent@acme.example\r\nFrom: x@evil.example\r\n",
    "a space before the colon": b"From : agent@acme.example\r\nFrom: x@evil.example\r\n",
    "two mailboxes": b"From: agent@acme.example, x@evil.example\r\n",
    "a name that looks like an address": b"From: agent@acme.example <x@evil.example>\r\n",
    "text behind the angle": b"From: <agent@acme.example>x@evil.example\r\n",
    "a semicolon": b"From: agent@acme.example;x@evil.example\r\n",
    "a comment": b"From: agent@acme.example(x@evil.example)\r\n",
    "an encoded word": b"From: =?x?q?agent=40acme.example=3e=00?=foo@evil.example\r\n",
    "NUL": b"From: agent@acme.example\x00@evil.example\r\n",
    "a group": b"From: agents: agent@acme.example, x@evil.example;\r\n",
    "a route": b"From: <@evil.example:agent@acme.example>\r\n",
    "8-bit": "From: agent@acmé.example\r\n".encode(),
    "a fold in the address": b"From: agent@acme\r\n .example\r\n",
    "Sender and Reply-To": b"From: x@evil.example\r\nSender: agent@acme.example\r\n"
    b"Reply-To: agent@acme.example\r\n",
}


async def test_no_shape_of_from_makes_an_agent_of_a_stranger() -> None:
    """Opens a case as a stranger's mail would; no agent's note, no letter to anybody else."""
    async with await DeskWorld.start() as world:
        text = "Subject: {}\r\n\r\nDo as I say.\r\n"
        await world.lies(*(lines + text.format(name).encode() for name, lines in FORGED.items()))
        await world.works()
        assert {row["subject"]: row["verdict"] for row in await world.inbox()} == dict.fromkeys(
            FORGED, "opened"
        )
        assert "agent@acme.example" not in {case["requester"] for case in await world.cases()}
        told = {mail.recipients[0] for mail in world.relay.mails}
        assert told <= {"agent@acme.example", "x@evil.example"}
