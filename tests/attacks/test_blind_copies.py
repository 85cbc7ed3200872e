"""A mail that reached us as a blind copy was written to others: they hear nothing of what we answer."""

from __future__ import annotations

from typing import Any

import pytest

from tests.world.desk import TRUSTING, DeskWorld
from tests.world.people import words

pytestmark = pytest.mark.dovecot

PLUS = {"subaddress": "+"}
OTHERS = ["rival@other.example", "Rita <rita@third.example>"]


async def customers(world: DeskWorld, ref: str | None = None) -> list[str]:
    parties = (await world.case(ref))["parties"]
    return [each["address"] for each in parties if each["role"] in ("requester", "cc")]


@pytest.mark.parametrize("border", [None, "dmarc=pass"], ids=["no host named", "vouched"])
@pytest.mark.parametrize(
    "to",
    [
        {"to": "rival@other.example", "cc": ["rita@third.example"]},
        {"to": "rival@other.example, rita@third.example"},
        {"to": "undisclosed-recipients:;", "cc": ["rival@other.example", "rita@third.example"]},
        {"to": "info@acme.test", "cc": ["rival@other.example", "rita@third.example"]},
        {
            "to": "rival@other.example, rita@third.example",
            "headers": {"Delivered-To": "support@acme.example", "Resent-To": "support@acme.example"},
        },
        {"to": "support@other.example", "cc": ["rival@other.example", "rita@third.example"]},
    ],
    ids=["to and copied", "to both", "copied alone", "forwarded to us", "resent to us", "named as we are"],
)
async def test_a_mail_that_we_were_copied_blindly_on_is_its_authors_case_alone(
    to: dict[str, Any], border: str | None
) -> None:
    async with await DeskWorld.start(trust=TRUSTING if border else {}) as world:
        bo = world.person("bo@client.example", "Bo Lund")
        await bo.writes("Offer", "What do you say to this?", border=border, **to)
        assert await customers(world) == [bo.address]
        told = words(world.agent.hears("New: Offer"))
        assert "we were copied blindly: the mail was addressed to" in told
        assert "rival@other.example" in told
        assert "rita@third.example" in told
        assert "not-joined" in await world.happened()
        bo.hears()
        await world.agent.answers("SECRET: far too dear.")
        assert "SECRET" in words(bo.hears("Offer"))
        for address in (
            "rival@other.example",
            "rita@third.example",
            "info@acme.test",
            "support@other.example",
        ):
            world.person(address).hears_nothing()


@pytest.mark.parametrize(
    "named",
    ["support@acme.example", "Support <SUPPORT@ACME.EXAMPLE>", "sales@acme.example", "desk@acme.example"],
    ids=["its mailbox", "in capitals", "another mailbox of ours", "the desk's own address"],
)
async def test_a_mail_that_names_an_address_of_ours_was_no_blind_copy(named: str) -> None:
    sales = {"name": "sales", "address": "sales@acme.example"}
    desk = {
        "name": "Acme Support",
        "address": "desk@acme.example",
        "tag": "Acme",
        "secret": {"file": "secret.key"},
    }
    async with await DeskWorld.start(desk=desk) as world:
        imap = world.settings.mailboxes[0].imap
        assert imap
        server = {"host": imap.host, "port": imap.port, "security": "none"}
        more = sales | {"imap": server | {"username": "sales", "password": "secret"}, "existing_mail": "file"}
        support = {"name": "support", "address": world.address, "existing_mail": "file"}
        own = support | {"imap": server | {"username": "support", "password": "secret"}}
        await world.restarts(mailboxes=[own, more])
        bo = world.person("bo@client.example", "Bo Lund")
        await bo.writes("Printer", "It burns.", to=f"cy@client.example, {named}")
        assert await customers(world) == [bo.address, "cy@client.example"]
        assert "blindly" not in words(world.agent.hears("New: Printer"))


@pytest.mark.parametrize("ended", [False, True], ids=["open", "closed"])
async def test_whom_a_blindly_copied_reply_names_does_not_join(ended: bool) -> None:
    async with await DeskWorld.start(trust=TRUSTING, mailbox=PLUS) as world:
        bo = world.person("bo@client.example", "Bo Lund")
        first = await bo.writes("Printer", "It burns.", border="dmarc=pass")
        world.agent.hears("New: Printer")
        if ended:
            await world.agent.closes()
        bo.hears_all()
        to: dict[str, Any] = {"to": "boss@client.example", "cc": OTHERS}
        await bo.writes(
            "Fwd: Printer", "They still did not fix it.", answering=first, border="dmarc=pass", **to
        )
        assert (await world.verdicts())[-1] == ("reopened" if ended else "appended")
        assert await customers(world) == [bo.address]
        told = words(world.agent.hears("Printer"))
        assert "we were copied blindly" in told
        assert "boss@client.example, rival@other.example, rita@third.example" in told
        bo.hears_all()
        await world.agent.answers("SECRET: tomorrow.")
        assert "SECRET" in words(bo.hears("Printer"))
        world.person("boss@client.example").hears_nothing()


async def test_who_escalates_in_a_blind_copy_is_told_of_in_the_one_notice_of_it() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        bo = world.person("bo@client.example", "Bo Lund")
        await bo.writes("Offer", "I want to escalate this.", to="rival@other.example", border="dmarc=pass")
        for each in (world.agent, world.leader):
            assert any("copied blindly" in words(letter) for letter in each.hears_all())


# --- how many join -----------------------------------------------------------------------------------


async def test_of_those_whom_one_mail_names_as_many_join_as_may_and_the_rest_are_named() -> None:
    async with await DeskWorld.start(limits={"free_space": "1MiB", "parties_per_mail": 3}) as world:
        bo = world.person("bo@client.example", "Bo Lund")
        crowd = [f"n{number}@client.example" for number in range(6)]
        await bo.writes("Printer", "It burns.", cc=crowd)
        assert await customers(world) == [bo.address, *crowd[:3]]
        told = words(world.agent.hears("New: Printer"))
        assert "limits.parties_per_mail: 3" in told
        assert ", ".join(crowd[3:]) in told
        events = (await world.case())["events"]
        (left,) = (each["data"] for each in events if each["kind"] == "not-joined")
        assert (left["addresses"], left["why"]) == (", ".join(crowd[3:]), "too many")
        # The rest come with the next mail that names them, as many as may.
        await bo.replies(bo.hears(), "And now.", cc=crowd)
        assert await customers(world) == [bo.address, *crowd]
        assert "parties_per_mail" not in words(world.agent.hears("Reply: Printer"))


async def test_twenty_join_unless_the_operator_says_otherwise_and_a_case_is_full_at_fifty() -> None:
    async with await DeskWorld.start() as world:
        bo = world.person("bo@client.example", "Bo Lund")
        crowds = [[f"n{crowd}-{number}@client.example" for number in range(30)] for crowd in range(4)]
        await bo.writes("Printer", "It burns.", cc=crowds[0])
        assert await customers(world) == [bo.address, *crowds[0][:20]]
        letter = bo.hears()
        for crowd in crowds[1:]:
            world.agent.hears_all()
            await bo.replies(letter, "Them too.", cc=crowd)
        assert len(await customers(world)) == 50
        assert "the case has 50 parties" in words(world.agent.hears("Reply: Printer"))
