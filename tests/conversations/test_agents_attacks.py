"""What somebody tries who wants an agent's rights, or an agent's machine to speak to customers."""

from __future__ import annotations

import pytest

from tests.world.desk import TRUSTING, DeskWorld
from tests.world.people import Person, words

pytestmark = pytest.mark.dovecot

BEN = {"name": "Ben", "address": "ben@acme.example"}
ANA = {"name": "Ana Agent", "address": "agent@acme.example"}


def passing_on(address: str, subject: str = "My screen") -> str:
    return (
        "---------- Forwarded message ---------\n"
        f"From: Vic Tim <{address}>\nDate: Mon, 24 Nov 2025 at 08:11\n"
        f"Subject: {subject}\nTo: Ana Agent <agent@acme.example>\n\nIt is dark.\n"
    )


# --- mails passed on --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "command",
    ["#close MARKER", "#set subject=MARKER", "#ask vic@victim.example MARKER", "#add eve@evil.example"],
)
async def test_who_only_names_an_agent_gives_no_commands_above_a_mail_passed_on(command: str) -> None:
    """Without a host to vouch, a name is all there is: the agent is asked, nobody outside is written to."""
    async with await DeskWorld.start() as world:
        vic = world.person("vic@victim.example")
        await world.agent.writes("Fwd: My screen", f"{command}\n\nMARKER\n\n{passing_on(vic.address)}")
        vic.hears_nothing()
        assert await world.verdicts() == ["quarantined"]
        question = world.agent.hears("Is this yours?")
        assert "is then a case of theirs" in words(question)
        await world.agent.replies(question, "yes")
        assert "opened" in await world.verdicts()


async def test_one_address_is_not_written_to_again_and_again_for_mails_passed_on() -> None:
    async with await DeskWorld.start() as world:
        vic = world.person("vic@victim.example")
        for number in range(3):
            await world.agent.writes(f"Fwd: {number}", passing_on(vic.address, f"Screen {number}"))
            await world.agent.replies(world.agent.hears_all()[-1], "yes")
        assert len(vic.letters()) == 1
        assert len(await world.cases()) == 3


# --- a Message-ID that others know ------------------------------------------------------------------


async def test_who_was_asked_together_with_an_agent_cannot_speak_in_that_agents_name() -> None:
    async with await DeskWorld.start(people={"agents": [ANA, BEN]}) as world:
        bo = world.person("bo@client.example", "Bo Lund")
        dev, ben = world.person("dev@maker.example"), world.person("ben@acme.example", "Ben")
        await bo.writes("Printer", "It burns.")
        bo.hears_all()
        notice = world.agent.hears("New: Printer")
        await world.agent.answers_notice(
            notice, "#ask ben@acme.example, dev@maker.example\nWhy?", border=None
        )
        (asked,) = dev.hears_all()
        forger = Person(world, "ben@acme.example", "Ben")
        await forger.replies(asked, "#close\nMARKER")
        assert (await world.inbox())[-1]["verdict"] == "note"
        assert (await world.case())["phase"] == "new"
        bo.hears_nothing()
        assert any("in your name" in words(letter) for letter in ben.letters())


async def test_who_left_cannot_speak_in_the_name_of_somebody_who_had_the_same_notice() -> None:
    async with await DeskWorld.start(people={"agents": [ANA, BEN]}) as world:
        bo, ben = world.person("bo@client.example"), world.person("ben@acme.example")
        await bo.writes("Printer", "It burns.")
        bo.hears_all()
        notice = ben.hears("New: Printer")
        await world.restarts(people={"agents": [ANA]})
        await world.agent.replies(notice, "MARKER")
        assert (await world.inbox())[-1]["verdict"] == "note"
        bo.hears_nothing()


# --- machines ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("threaded", [True, False], ids=["threaded", "by subject alone"])
@pytest.mark.parametrize(
    ("subject", "text", "headers"),
    [
        ("Automatic reply: ", "I am back soon.", {}),
        ("Re: ", "Hello,\nI am out of the office until 5 January.", {}),
        ("Re: ", "Thank you for your mail.", {"X-Auto-Response-Suppress": "All"}),
    ],
    ids=["its subject", "its words", "its header"],
)
@pytest.mark.parametrize("trusted", [True, False], ids=["vouched", "no host named"])
async def test_an_agents_absence_note_reaches_no_customer_and_the_exchange_ends(
    subject: str, text: str, headers: dict[str, str], trusted: bool, threaded: bool
) -> None:
    """The agent's machine answers everything that the desk ever writes to it."""
    border = "dmarc=pass" if trusted else None
    async with await DeskWorld.start(trust=TRUSTING if trusted else {}) as world:
        bo = world.person("bo@client.example", "Bo Lund")
        await bo.writes("Printer", "It burns.", border=border)
        bo.hears_all()
        for _ in range(5):
            for letter in world.agent.hears_all():
                answering = {"In-Reply-To": str(letter["Message-ID"])} if threaded else {}
                title = f"{subject}{letter['Subject']}"
                to = str(letter["Reply-To"] or letter["From"])
                mail = world.agent.composes(title, text, to=to, headers={**headers, **answering})
                await world.agent.sends(mail, border=border)
        bo.hears_nothing()
        assert len(world.agent.letters()) <= 2
        assert not world.agent.hears_all()
        assert (await world.case())["first_response_at"] is None


async def test_who_sounded_absent_says_yes_and_the_words_go_to_the_customer() -> None:
    async with await DeskWorld.start() as world:
        bo = world.person("bo@client.example", "Bo Lund")
        await bo.writes("Printer", "It burns.")
        bo.hears_all()
        notice = world.agent.hears("New: Printer")
        await world.agent.answers_notice(notice, "I am on vacation until Monday; Ben calls you.", border=None)
        bo.hears_nothing()
        question = world.agent.hears("Is this yours?")
        assert "absence note" in words(question)
        await world.agent.answers_notice(question, "Yes.", border=None)
        assert "Ben calls you" in words(bo.hears("Printer"))


# --- commands as long as a mail ---------------------------------------------------------------------


async def test_a_mail_of_very_many_commands_is_told_of_in_short() -> None:
    async with await DeskWorld.start() as world:
        bo = world.person("bo@client.example", "Bo Lund")
        await bo.writes("Printer", "It burns.")
        bo.hears_all()
        notice = world.agent.hears("New: Printer")
        lines = "\n".join(f"#priority p{number}" for number in range(10_000))
        await world.agent.answers_notice(notice, lines, border=None)
        assert len(world.agent.hears("Printer").as_bytes()) < 100_000


@pytest.mark.parametrize(
    "said", ["What is this?", "I never wrote that.", "Thank you for your mail.", "Yes? I did not write that."]
)
async def test_only_a_yes_confirms_what_somebody_wrote_in_an_agents_name(said: str) -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        bo = world.person("bo@client.example", "Bo Lund")
        await bo.writes("Printer", "It burns.", border="dmarc=pass")
        bo.hears_all()
        notice = world.agent.hears("New: Printer")
        await world.agent.replies(notice, "#close\nMARKER")
        question = world.agent.hears("Is this yours?")
        await world.agent.replies(question, said, border="dmarc=pass")
        assert (await world.case())["phase"] == "new"
        bo.hears_nothing()
        assert "begins neither" in words(world.agent.hears("Refused"))
        await world.agent.replies(question, "Yes.", border="dmarc=pass")
        assert (await world.case())["phase"] == "closed"
