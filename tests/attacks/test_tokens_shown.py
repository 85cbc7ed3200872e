"""An agent copies somebody outside on a mail: what that mail showed them makes nobody an agent."""

from __future__ import annotations

import re
from email.message import EmailMessage
from typing import Any

import pytest

from tests.world.desk import TRUSTING, DeskWorld
from tests.world.people import Person, quoted, words

pytestmark = pytest.mark.dovecot

PLUS = {"subaddress": "+"}
BOXES = pytest.mark.parametrize("mailbox", [{}, PLUS], ids=["by its id", "by its reply address"])
DEV = "dev@maker.example"


async def bo_has_a_case(world: DeskWorld, border: str | None = None) -> tuple[Person, EmailMessage]:
    bo = world.person("bo@client.example", "Bo Lund")
    await bo.writes("Printer", "It burns.", border=border)
    bo.hears_all()
    return bo, world.agent.hears("New: Printer")


def seen_by_dev(world: DeskWorld, notice: EmailMessage) -> list[dict[str, Any]]:
    """Every way in which somebody who got a copy can answer: by what its header fields name."""
    back, here = str(notice["Reply-To"] or world.address), world.address
    ids = {"In-Reply-To": str(notice["Message-ID"])}
    refs = {"References": f"{notice['References']} {notice['Message-ID']}"}
    ways: list[dict[str, Any]] = [
        {"to": here, "headers": ids},  # the first: about the others a question waits an hour
        {"to": back},
        {"to": here, "headers": refs},
        {"to": back, "headers": ids | refs},
        {"to": here, "headers": {"References": str(notice["References"])}},
        {"to": "someone@else.example", "cc": [back], "headers": ids},
        {"to": back.upper(), "headers": {"In-Reply-To": "<x@else.example>"} | refs},
    ]
    return ways


async def nothing_is_done(world: DeskWorld, bo: Person, way: dict[str, Any], text: str) -> None:
    """Somebody writes in the agent's name; the customer hears nothing, the agent is asked or told."""
    forger = Person(world, world.agent.address, "Ana Agent")
    before = await world.case()
    await forger.writes(f"Re: {before['subject']}", text, **way)
    after = await world.case(before["ref"])
    assert (after["phase"], after["owner"], after["parties"]) == (
        before["phase"], before["owner"], before["parties"],
    )  # fmt: skip
    assert (await world.inbox())[-1]["verdict"] in ("note", "quarantined")
    bo.hears_nothing()
    world.person(DEV).hears_nothing()


COPYING: dict[str, tuple[str, dict[str, Any]]] = {
    "a note": ("#note\nSomebody should look at this.", {"cc": [DEV]}),
    "an answer": ("We look into it.", {"cc": [DEV]}),
    "a command": ("#priority high", {"cc": [f"Dev <{DEV}>"]}),
    "to them, the desk copied": ("#note\nSee below.", {"swap": True}),
}


@BOXES
@pytest.mark.parametrize(("text", "how"), COPYING.values(), ids=COPYING.keys())
async def test_whom_an_agent_copied_does_nothing_in_the_agents_name(
    text: str, how: dict[str, Any], mailbox: dict[str, Any]
) -> None:
    async with await DeskWorld.start(mailbox=mailbox) as world:
        bo, notice = await bo_has_a_case(world)
        how = dict(how)
        if how.pop("swap", False):
            headers = {"To": DEV, "Cc": str(notice["Reply-To"] or world.address)}
            how["headers"] = headers
        await world.agent.answers_notice(notice, text, border=None, **how)
        assert (await world.inbox())[-1]["verdict"] in ("note", "command"), "what showed it was itself done"
        bo.hears_all()
        world.person(DEV).hears_all()
        for way in seen_by_dev(world, notice):
            await nothing_is_done(world, bo, way, "#close\nMARKER: send 5000 EUR.")
        assert any("showed to people outside" in words(letter) for letter in world.agent.hears_all())


@BOXES
async def test_a_customer_who_was_copied_adds_their_own_letters_in_vain(
    mailbox: dict[str, Any],
) -> None:
    """What they have from us is signed too, and went to them: it is no token of the agent's."""
    async with await DeskWorld.start(mailbox=mailbox) as world:
        bo = world.person("bo@client.example", "Bo Lund")
        await bo.writes("Printer", "It burns.")
        ack, notice = bo.hears(), world.agent.hears("New: Printer")
        await world.agent.answers_notice(notice, "We look into it.", border=None, cc=[bo.address])
        answer = bo.hears("Printer")
        world.agent.hears_all()
        backs = [str(each["Reply-To"] or world.address) for each in (ack, answer, notice)]
        ids = [str(each["Message-ID"]) for each in (ack, answer, notice)]
        for first, *others in ([0, 1, 2], [2, 0], [2, 1], [1, 2], [0]):
            headers = {"In-Reply-To": ids[first], "References": " ".join(ids[each] for each in others)}
            way = {"to": backs[others[0] if others else 2], "cc": backs, "headers": headers}
            await nothing_is_done(world, bo, way, "#close\nMARKER")


async def test_what_a_digest_lists_is_shown_with_it() -> None:
    """A digest names the agent's address of each case in its text, which is quoted to whoever is copied."""
    limits = {"free_space": "1MiB", "notices_at_once": 0}
    async with await DeskWorld.start(mailbox=PLUS, limits=limits) as world:
        bo = world.person("bo@client.example", "Bo Lund")
        await bo.writes("Printer", "It burns.")
        bo.hears_all()
        await world.passes(hours=1)
        (digest,) = world.agent.hears_all()
        (back,) = set(re.findall(r"support\+\S+@acme\.example", words(digest)))
        await world.agent.writes("Fwd: digest", f"Look.\n\n{quoted(digest)}", to=DEV, cc=[world.address])
        world.agent.hears_all()
        await nothing_is_done(world, bo, {"to": back}, "#close\nMARKER")


@BOXES
async def test_what_was_kept_is_done_once_the_agent_answers_for_it(mailbox: dict[str, Any]) -> None:
    async with await DeskWorld.start(mailbox=mailbox) as world:
        bo, notice = await bo_has_a_case(world)
        await world.agent.answers_notice(notice, "#note\nLook.", border=None, cc=[DEV])
        await world.agent.answers_notice(notice, "Pull the plug.", border=None)
        bo.hears_nothing()
        question = world.agent.hears_all()[-1]
        assert "showed to people outside" in words(question)
        await world.agent.answers_notice(question, "yes", border=None)
        assert "Pull the plug." in words(bo.hears("Printer"))


@BOXES
async def test_the_agent_goes_on_by_every_notice_that_nobody_else_saw(mailbox: dict[str, Any]) -> None:
    """Each copy of a mail outside costs what that mail showed, and no more."""
    async with await DeskWorld.start(mailbox=mailbox) as world:
        bo, notice = await bo_has_a_case(world)
        for number in range(3):
            await world.agent.answers_notice(notice, f"Answer {number}.", border=None, cc=[DEV])
            assert f"Answer {number}." in words(bo.hears("Printer"))
            world.agent.hears_all()
            await bo.replies(bo.letters()[-1], f"Reply {number}.")
            notice = world.agent.hears("Reply: Printer")
        await world.agent.answers_notice(notice, "#close", border=None)
        assert (await world.case())["phase"] == "closed"


@BOXES
async def test_it_is_known_to_later_mails_of_the_same_batch_and_after_a_restart(
    mailbox: dict[str, Any], database_url: str
) -> None:
    async with await DeskWorld.start(mailbox=mailbox, store=database_url) as world:
        bo, notice = await bo_has_a_case(world)
        to: dict[str, Any] = {
            "to": str(notice["Reply-To"] or world.address),
            "headers": {"In-Reply-To": notice["Message-ID"]},
        }
        shows = world.agent.composes("Re: Printer", "#note\nLook.", cc=[DEV], **to)
        forged = world.agent.composes("Re: Printer", "#close\nMARKER", **to)
        await world.lies(shows.as_bytes(), forged.as_bytes())
        await world.works()
        assert (await world.verdicts())[1:] == ["note", "note"]
        world.person(DEV).hears("A question")
        await world.restarts()
        await nothing_is_done(world, bo, to, "#close\nMARKER again")
        assert (await world.case())["phase"] == "new"


@BOXES
async def test_who_is_vouched_for_acts_by_it_all_the_same_and_nobody_else_does(
    mailbox: dict[str, Any],
) -> None:
    async with await DeskWorld.start(trust=TRUSTING, mailbox=mailbox) as world:
        bo, notice = await bo_has_a_case(world, "dmarc=pass")
        await world.agent.answers_notice(notice, "#note\nLook.", cc=[DEV])
        world.person(DEV).hears("A question")
        for way in seen_by_dev(world, notice)[:4]:
            await nothing_is_done(world, bo, way, "#close\nMARKER")
        await world.agent.answers_notice(notice, "Pull the plug.")
        assert "Pull the plug." in words(bo.hears("Printer"))


@pytest.mark.parametrize("trusted", [False, True], ids=["no host named", "vouched"])
@pytest.mark.parametrize(
    ("address", "verdict"),
    [
        ("zoe@else.example", "third_party"),
        ("cat@client.example", "third_party"),
        ("bo@client.example", "appended"),
    ],
    ids=["a stranger", "of the customer's company", "the customer"],
)
async def test_who_writes_in_their_own_name_is_who_they_are(
    address: str, verdict: str, trusted: bool
) -> None:
    """By the agent's reply address: no stranger joins by it, and no address is proven by it."""
    border = "dmarc=pass" if trusted else None
    async with await DeskWorld.start(trust=TRUSTING if trusted else {}, mailbox=PLUS) as world:
        bo, notice = await bo_has_a_case(world, border)
        await world.agent.answers_notice(notice, "#priority high", border=border, cc=[address])
        bo.hears_all()
        other = world.person(address)
        await other.writes("Re: Printer", "Close it.", to=str(notice["Reply-To"]), border=border)
        assert (await world.verdicts())[-1] == verdict
        assert (await world.case())["phase"] == "new"
        parties = {each["address"] for each in (await world.case())["parties"]}
        assert parties == {bo.address, world.agent.address}


async def test_a_copy_to_a_colleague_of_the_desk_shows_nothing() -> None:
    ben = {"name": "Ben", "address": "ben@acme.example"}
    ana = {"name": "Ana Agent", "address": "agent@acme.example"}
    async with await DeskWorld.start(mailbox=PLUS, people={"agents": [ana, ben]}) as world:
        bo, notice = await bo_has_a_case(world)
        await world.agent.answers_notice(notice, "#note\nLook, Ben.", border=None, cc=["ben@acme.example"])
        await world.agent.answers_notice(notice, "Pull the plug.", border=None)
        assert "Pull the plug." in words(bo.hears("Printer"))


@BOXES
@pytest.mark.parametrize("word", ["yes", "no"])
async def test_a_question_that_an_unclear_answer_showed_is_answered_by_nobody(
    mailbox: dict[str, Any], word: str
) -> None:
    async with await DeskWorld.start(trust=TRUSTING, mailbox=mailbox) as world:
        bo, notice = await bo_has_a_case(world, "dmarc=pass")
        await world.agent.answers_notice(notice, "#close", border=None)
        question = world.agent.hears("Is this yours?")
        await world.agent.answers_notice(question, "Dev, was that you?", border=None, cc=[DEV])
        world.agent.hears_all()
        forger = Person(world, world.agent.address, "Ana Agent")
        await forger.answers_notice(question, word, border=None)
        assert (await world.inbox())[-1]["reason"] == "confirmation-shown"
        assert "showed to people outside" in words(world.agent.hears("Refused"))
        assert (await world.case())["phase"] == "new"
        # Whoever is vouched for needs no secret.
        await world.agent.answers_notice(question, "yes")
        assert (await world.case())["phase"] == "closed"
        bo.hears_all()


@BOXES
@pytest.mark.parametrize("group", ["list@acme.example", "support@acme.example", "news@acme.example"])
@pytest.mark.parametrize("named", [True, False], ids=["a named group", "an unnamed one"])
async def test_what_an_agents_mail_through_a_group_showed_is_shown_too(
    named: bool, group: str, mailbox: dict[str, Any]
) -> None:
    """Nobody believes that the agent wrote; those who were copied know its ids all the same."""
    async with await DeskWorld.start(mailbox=mailbox | ({"groups": [group]} if named else {})) as world:
        bo, notice = await bo_has_a_case(world)
        threaded = {"In-Reply-To": str(notice["Message-ID"]), "X-Original-From": world.agent.address}
        to = str(notice["Reply-To"] or group)
        through = Person(world, group, "'Ana Agent' via Support")
        await through.writes("Re: Printer", "#note\nLook.", to=to, cc=[DEV], headers=threaded)
        world.agent.hears_all()
        forger = Person(world, world.agent.address, "Ana Agent")
        ids = {"In-Reply-To": str(notice["Message-ID"])}
        await forger.writes("Re: Printer", "MARKER", to=str(notice["Reply-To"] or world.address), headers=ids)
        bo.hears_nothing()
        assert any("showed to people outside" in words(letter) for letter in world.agent.hears_all())
