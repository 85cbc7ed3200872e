"""Mails that come in another order than they were written, and ids that are not what we wrote."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

import pytest

from tests.world.desk import MONDAY, TRUSTING, DeskWorld
from tests.world.people import Person, words

pytestmark = pytest.mark.dovecot

PLUS = {"subaddress": "+"}
SES = "0102018f00112233-0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9-000000"


async def arrive(world: DeskWorld, mails: list[EmailMessage], *, together: bool) -> None:
    """In one look of the desk, or each in one of its own."""
    raws = [mail.as_bytes(policy=SMTP) for mail in mails]
    for raw in raws:
        await world.lies(raw)
        if not together:
            await world.works()
    await world.works()


# --- the late parent ----------------------------------------------------------------------------------


@pytest.mark.parametrize("together", [False, True], ids=["one by one", "in one batch"])
@pytest.mark.parametrize("late", [False, True], ids=["in order", "the parent last"])
async def test_ones_own_mail_and_its_second_thought_are_one_case_in_either_order(
    database_url: str, late: bool, together: bool
) -> None:
    async with await DeskWorld.start(store=database_url) as world:
        bo = world.person("bo@client.example")
        first = bo.composes("Printer", "It burns.")
        second = bo.composes("Re: Printer", "Now it smokes.", answering=first, to=world.address)
        await arrive(world, [second, first] if late else [first, second], together=together)
        assert await world.verdicts() == ["opened", "appended"]
        assert len(bo.hears_all()) == 1


@pytest.mark.parametrize("late", [False, True], ids=["in order", "the parent last"])
async def test_a_colleagues_answer_to_all_and_the_mail_it_answers_are_one_case(
    database_url: str, late: bool
) -> None:
    async with await DeskWorld.start(store=database_url) as world:
        bo, cy = world.person("bo@client.example"), world.person("cy@partner.example")
        first = bo.composes("Printer", "It burns.", cc=[cy.address])
        answer = cy.composes("Re: Printer", "Here too.", answering=first, to=bo.address, cc=[world.address])
        await arrive(world, [answer, first] if late else [first, answer], together=False)
        assert await world.verdicts() == ["opened", "appended"]
        await world.agent.answers("Water?")
        assert "Water?" in words(bo.hears_all()[-1])
        assert "Water?" in words(cy.hears_all()[-1])


async def test_answers_to_a_mail_that_never_came_are_one_case() -> None:
    async with await DeskWorld.start() as world:
        bo, cy = world.person("bo@client.example"), world.person("cy@client.example")
        lost = bo.composes("Printer", "It burns.", to=cy.address)
        for who, other in ((cy, bo), (bo, cy)):
            await who.writes("Re: Printer", "Help.", answering=lost, to=other.address, cc=[world.address])
        assert await world.verdicts() == ["opened", "appended"]


async def test_a_late_parent_reopens_what_was_closed_meanwhile() -> None:
    async with await DeskWorld.start() as world:
        bo = world.person("bo@client.example")
        first = bo.composes("Printer", "It burns.")
        await bo.adds(first, "Never mind.")
        await world.agent.closes()
        await arrive(world, [first], together=False)
        assert await world.verdicts() == ["opened", "reopened"]


@pytest.mark.parametrize("copied", [False, True], ids=["named alone", "its author copied"])
async def test_a_stranger_who_names_a_mail_before_it_comes_hears_nothing_of_it(
    database_url: str, copied: bool
) -> None:
    async with await DeskWorld.start(store=database_url, trust=TRUSTING) as world:
        bo, eve = world.person("bo@client.example"), world.person("eve@evil.example")
        secret = "<secret@client.example>"
        copies = [bo.address] if copied else []
        await eve.writes("Hm", "Mine.", headers={"References": secret}, cc=copies, border="dmarc=pass")
        eves = (await world.case())["ref"]
        eve.hears_all()
        bo.hears_all()
        world.agent.hears_all()
        await bo.writes("Printer", "MARKER", message_id=secret, border="dmarc=pass")
        assert await world.verdicts() == ["opened", "opened"]
        (bos,) = [case["ref"] for case in await world.cases() if case["ref"] != eves]
        assert (await world.happened(bos))[:2] == ["opened", "mentioned"]
        assert await world.happened(eves) == ["opened"]
        assert "touches another case" in words(world.agent.hears("New: Printer"))
        bo.hears("Printer")
        for ref in (eves, bos):
            await world.agent.answers("So?", ref=ref)
        assert "MARKER" not in "".join(words(letter) for letter in eve.hears_all())


async def test_whoever_bears_the_root_of_a_thread_first_takes_nobody_elses_mail() -> None:
    """Eve took part in the thread once, and uses the id of its first mail for one of hers."""
    async with await DeskWorld.start() as world:
        bo, cy, eve = (world.person(f"{name}.example") for name in ("bo@client", "cy@client", "eve@evil"))
        root = bo.composes("Plans", "Let us see.", to=cy.address)
        await eve.writes("Mine", "Mine.", message_id=str(root["Message-ID"]))
        answer = cy.composes("Re: Plans", "Yes.", answering=root, to=bo.address)
        third = bo.composes("Re: Plans", "Help us.", answering=answer, to=cy.address, cc=[world.address])
        await arrive(world, [third], together=False)
        await cy.writes("Re: Plans", "Please.", answering=third, to=bo.address, cc=[world.address])
        assert await world.verdicts() == ["opened", "opened", "appended"]
        eves = next(case for case in await world.cases() if case["requester"] == eve.address)
        came = [mail for mail in (await world.case(eves["ref"]))["mails"] if mail["direction"] == "in"]
        assert [mail["from"] for mail in came] == [eve.address]


async def test_two_threads_that_prove_to_be_one_are_mentioned_and_not_merged() -> None:
    async with await DeskWorld.start() as world:
        bo, cy = world.person("bo@client.example"), world.person("cy@client.example")
        first = bo.composes("Printer", "It burns.", cc=[cy.address])
        stray = {"References": str(first["Message-ID"]), "Cc": bo.address}
        await cy.writes("Re: Printer", "Here too.", headers=stray)
        older = (await world.case())["ref"]
        await bo.writes("Pump", "It leaks.", headers={"References": "<pump@client.example>"})
        # Bo's pump has its own case; only then does he say that it follows from the printer.
        (newer,) = [case["ref"] for case in await world.cases() if case["ref"] != older]
        tagged = {"References": str(first["Message-ID"])}
        await bo.writes(f"[Acme #{newer}] Pump", "It put out the printer.", headers=tagged)
        assert len(await world.cases()) == 2
        await arrive(world, [first], together=False)
        assert await world.verdicts() == ["opened", "opened", "appended", "appended"]
        assert len(await world.cases()) == 2
        mentions = [
            (ref, event["data"]["ref"])
            for ref in (older, newer)
            for event in (await world.case(ref))["events"]
            if event["kind"] == "mentioned"
        ]
        assert len(mentions) == 1
        assert set(mentions[0]) == {older, newer}


async def test_a_monitor_with_one_root_for_all_its_alarms_opens_a_case_for_each() -> None:
    async with await DeskWorld.start() as world:
        monitor = world.person("monitor@client.example")
        for number in range(3):
            headers = {"References": "<host-7@client.example>", "Auto-Submitted": "auto-generated"}
            await monitor.writes(f"Disk full ({number})", "Disk full.", headers=headers)
        assert len(await world.cases()) == 3


# --- ids that a provider rewrites ----------------------------------------------------------------------


async def replies_to_rewritten(who: Person, text: str, *, rewritten: str, **more: Any) -> None:
    """An answer to a letter of ours that its reader knows by another id, and by nothing else of ours."""
    headers = {"In-Reply-To": rewritten, "References": rewritten}
    await who.writes(more.pop("subject", "Re: Printer"), text, headers=headers, **more)


@pytest.mark.parametrize("by", ["token", "tag"])
async def test_an_id_is_learnt_from_a_party_and_leads_other_parties_to_the_case(
    database_url: str, by: str
) -> None:
    async with await DeskWorld.start(store=database_url, mailbox=PLUS) as world:
        bo, cy = world.person("bo@client.example"), world.person("cy@partner.example")
        await bo.writes("Printer", "It burns.", cc=[cy.address])
        await world.agent.answers("Water?")
        letter = bo.hears_all()[-1]
        await cy.replies(cy.hears("Printer"), "We have none.")  # before that the id would be a hint for Cy
        ref = (await world.case())["ref"]
        how: dict[str, Any] = {
            "token": {"to": str(letter["Reply-To"])},
            "tag": {"subject": f"Re: [Acme #{ref}] Printer"},
        }[by]
        await replies_to_rewritten(bo, "Yes.", rewritten="<r1@relay.example>", **how)
        await replies_to_rewritten(cy, "No.", rewritten="<r1@relay.example>")
        eve = world.person("eve@evil.example")
        await replies_to_rewritten(eve, "Tell me.", rewritten="<r1@relay.example>")
        assert await world.verdicts() == ["opened", "appended", "appended", "appended", "opened"]
        (eves,) = [case["ref"] for case in await world.cases() if case["ref"] != ref]
        assert (await world.happened(eves))[:2] == ["opened", "mentioned"]


@pytest.mark.parametrize(
    ("thanks", "known_as"),
    [
        (f"Ok {SES}", f"<{SES}@eu-west-1.amazonses.com>"),
        ("2.6.0 <x{}@prod.outlook.example> [InternalId=7] Queued mail", "<x1@prod.outlook.example>"),
    ],
    ids=["Amazon SES", "Exchange"],
)
async def test_an_id_is_learnt_from_the_relay_that_gave_it(
    database_url: str, thanks: str, known_as: str
) -> None:
    async with await DeskWorld.start(store=database_url) as world:
        world.relay.thanks = thanks
        bo = world.person("bo@client.example")
        await bo.writes("Printer", "It burns.", received=MONDAY)
        await replies_to_rewritten(bo, "And it smokes.", rewritten=known_as, subject="Hm")
        assert await world.verdicts() == ["opened", "appended"]
