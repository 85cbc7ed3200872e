"""Colleagues hear of each other: what others said on a case, and never two answers that know of no other."""

from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

import pytest

from tests.world.desk import TRUSTING, DeskWorld
from tests.world.people import Person, border_lines, words

pytestmark = pytest.mark.dovecot

PEOPLE = {
    "agents": [
        {"name": "Ana Agent", "address": "agent@acme.example"},
        {"name": "Ben Beck", "address": "ben@acme.example"},
        {"name": "Cora Clark", "address": "cora@acme.example"},
    ],
    "leadership": [{"name": "Lea Leader", "address": "leader@acme.example"}],
    "operators": ["ops@acme.example"],
}


async def a_desk(**more: Any) -> DeskWorld:
    return await DeskWorld.start(people=PEOPLE, trust=TRUSTING, mailbox={"subaddress": "+"}, **more)


def colleagues(world: DeskWorld) -> tuple[Person, Person, Person]:
    ana, ben = world.agent, world.person("ben@acme.example", "Ben Beck")
    return ana, ben, world.person("cora@acme.example", "Cora Clark")


async def bo_writes(world: DeskWorld) -> tuple[Person, dict[str, EmailMessage]]:
    """Bo's case, which is nobody's yet, and the notice that each colleague has of it."""
    bo = world.person("bo@client.example", "Bo Lund")
    await bo.writes("Printer", "It burns.", border="dmarc=pass")
    bo.hears("Printer")
    return bo, {who.address: who.hears("New: Printer") for who in colleagues(world)}


def said_in(letter: EmailMessage) -> str:
    return words(letter).replace("\r\n", "\n")


def answers_heard(bo: Person) -> list[str]:
    """What Bo was told by people since he last looked: the first line of each letter."""
    return [words(letter).splitlines()[0] for letter in bo.hears_all() if not letter["Auto-Submitted"]]


def in_one_look(who: Person, notice: EmailMessage, text: str) -> bytes:
    """The answer to a notice as it lies in the mailbox."""
    threaded = {"In-Reply-To": str(notice["Message-ID"])}
    mail = who.composes("Re: Printer", text, to=str(notice["Reply-To"]), headers=threaded)
    return border_lines("dmarc=pass", who.address) + mail.as_bytes(policy=SMTP)


async def test_the_owner_learns_what_a_colleague_said_and_promised() -> None:
    async with await a_desk() as world:
        ana, ben, cora = colleagues(world)
        bo, notices = await bo_writes(world)
        await ana.answers_notice(notices[ana.address], "#take")
        ana.hears("Done: Printer")
        await ben.answers_notice(notices[ben.address], "#wait 3d\nTry water, Bo. I call you on Thursday.")
        assert answers_heard(bo) == ["Try water, Bo. I call you on Thursday."]
        told = said_in(ana.hears("A colleague acted: Printer"))
        assert "Ben Beck answered the customer" in told
        assert "set it to wait for the customer until" in told
        assert "Ben Beck wrote to the customer:\n\n> Try water, Bo. I call you on Thursday." in told
        ben.hears("Done: Printer")
        cora.hears_nothing()

        # What she does herself, nobody tells her; the notice that told her is one to answer.
        await ana.answers_notice(ana.letters()[-1], "I call you on Tuesday already.")
        assert answers_heard(bo) == ["I call you on Tuesday already."]
        for each in (ana, ben, cora):
            each.hears_nothing()

        # An escalation by another tells her of both, in one mail.
        await ben.answers_notice(notices[ben.address], "#anyway\n#escalate\nOur boss will call you.")
        told = said_in(ana.hears("Escalated: Printer"))
        assert "Ben Beck wrote to the customer:\n\n> Our boss will call you." in told
        transcript = said_in(ben.hears("Done: Printer"))
        assert "your words are not held, although Ana Agent answered meanwhile" in transcript
        assert "Our boss will call you." in answers_heard(bo)


async def test_two_answers_to_one_notice_and_the_second_waits_for_a_yes() -> None:
    async with await a_desk() as world:
        ana, ben, cora = colleagues(world)
        bo, notices = await bo_writes(world)
        await world.lies(
            in_one_look(ana, notices[ana.address], "Try water.\n\nAna"),
            in_one_look(ben, notices[ben.address], "#priority high\nPull the plug.\n\nBen"),
        )
        await world.works()
        assert answers_heard(bo) == ["Try water."]
        ana.hears_nothing()
        asked = ben.hears("Send it too? Printer")
        said = said_in(asked)
        assert "Ana Agent answered the customer on" in said
        assert "What Ana Agent sent:\n\n> Try water." in said
        assert "What you wrote:\n\n> Pull the plug." in said
        case = await world.case()
        assert (case["priority"], case["mails"][-2]["verdict"]) == ("normal", "note")
        assert case["mails"][-2]["reason"] == "answered-meanwhile"
        assert await world.happened() == ["opened", "answered", "answer-held"]

        await world.restarts()
        await ben.answers_notice(asked, "yes\n\nMARKER: she is always first.")
        assert answers_heard(bo) == ["Pull the plug."]
        ben.hears("Done: Printer")
        assert (await world.case())["priority"] == "high"
        assert "MARKER" not in "".join(letter.as_string() for letter in bo.letters())

        # A second yes sends nothing twice, and the day that passes tells nobody anything.
        await ben.answers_notice(asked, "yes")
        ben.hears("Refused: Printer")
        await world.passes(hours=25)
        assert answers_heard(bo) == []
        assert all("Not sent" not in str(letter["From"]) for letter in ben.letters() + ana.letters())
        cora.hears_all()


async def test_a_held_answer_is_withdrawn_by_no_and_given_up_in_silence() -> None:
    async with await a_desk() as world:
        ana, ben, cora = colleagues(world)
        bo, notices = await bo_writes(world)
        await ana.answers_notice(notices[ana.address], "#take\nTry water.")
        ana.hears("Done: Printer")
        await ben.answers_notice(notices[ben.address], "Pull the plug.")
        await cora.answers_notice(notices[cora.address], "#close\nBuy another one.")
        assert answers_heard(bo) == ["Try water."]
        await ben.answers_notice(ben.hears("Send it too? Printer"), "no")
        await cora.answers_notice(cora.hears("Send it too? Printer"), "I do not know.")
        cora.hears("Refused: Printer")
        for each in (ana, ben):
            each.hears_nothing()

        await world.passes(hours=23)
        assert ana.hears_all() == []
        await world.restarts()
        await world.passes(hours=1)
        for each in (ana, cora):
            told = said_in(each.hears("Not sent: Printer"))
            assert "An answer that Cora Clark wrote on Monday, 24 November 2025" in told
            assert "> Buy another one." in told
        ben.hears_nothing()
        assert answers_heard(bo) == []
        case = await world.case()
        assert case["phase"] == "open"
        assert (await world.happened())[-4:] == [
            "answer-held",
            "answer-withdrawn",
            "refused",
            "answer-lapsed",
        ]
        # Too late: nothing is sent, and she is told so.
        await cora.answers_notice(cora.letters()[-3], "yes")
        refused = cora.hears("Refused: Printer")
        assert "could be answered for 24 hours" in said_in(refused)
        assert "unless they begin with yes or no, which is sent to nobody" in said_in(refused)
        # Nor is what answers the letters about it: only other words are meant for the customer.
        for letter in (refused, cora.letters()[-2]):
            for late in ("yes", "No, do not send it.", "#priority high\nyes"):
                await cora.answers_notice(letter, late)
                assert "> yes" in (told := said_in(cora.hears("Not all done: Printer"))) or "> No," in told
                assert "begin as the answer to a question of ours does" in told
        await cora.writes("Printer", "yes", to=str(refused["Reply-To"]), border="dmarc=pass")
        assert "begin as the answer" in said_in(cora.hears("Not all done: Printer"))
        assert answers_heard(bo) == []
        await cora.answers_notice(refused, "It is mended.")
        assert answers_heard(bo) == ["It is mended."]


async def test_what_its_author_knew_of_is_no_reason_to_hold_an_answer() -> None:
    async with await a_desk(policy={"answering": "leaves"}) as world:
        ana, ben, _ = colleagues(world)
        bo, notices = await bo_writes(world)
        # The same author twice, from the same notice.
        await ana.answers_notice(notices[ana.address], "Try water.")
        await ana.answers_notice(notices[ana.address], "Or sand.")
        assert answers_heard(bo) == ["Try water.", "Or sand."]
        # A note, a question and a command alone say nothing to the customer.
        await ben.answers_notice(notices[ben.address], "#note\nHe never pays.")
        assert "kept as a note" in said_in(ben.hears("Done: Printer"))
        # A notice written since shows that Ana answered; the old one is answered unaware.
        await bo.replies(bo.letters()[-1], "It still burns.", border="dmarc=pass")
        newer = ben.hears("Reply: Printer")
        await ben.answers_notice(newer, "Pull the plug.")
        assert answers_heard(bo) == ["Pull the plug."]
        await ana.answers_notice(notices[ana.address], "And now?")
        assert "> Pull the plug." in said_in(ana.hears_of("Reply: Printer", "Send it too? Printer")[1])
        assert answers_heard(bo) == []
        # What her mail program lost of the thread does not matter: the last notice she had is what counts.
        world.clock.passes(timedelta(minutes=5))
        await ana.writes(
            "Printer", "It is mended.", to=str(notices[ana.address]["Reply-To"]), border="dmarc=pass"
        )
        assert answers_heard(bo) == ["It is mended."]
        await ben.writes("Printer", "Is it?", to=str(newer["Reply-To"]), border="dmarc=pass")
        assert "> It is mended." in said_in(ben.hears("Send it too? Printer"))


async def test_an_outcome_and_words_that_cannot_be_split_off_are_words_too() -> None:
    async with await a_desk() as world:
        ana, ben, cora = colleagues(world)
        bo, notices = await bo_writes(world)
        await ana.answers_notice(notices[ana.address], "Try water.")
        await ben.answers_notice(notices[ben.address], "#close Buy another one.")
        assert "What you wrote:\n\n> Buy another one." in said_in(ben.hears("Send it too? Printer"))
        await cora.answers_notice(notices[cora.address], "#split\nPull the plug.")
        asked = cora.hears("Send it too? Printer")
        assert answers_heard(bo) == ["Try water."]
        assert (await world.case())["phase"] == "open"
        await cora.answers_notice(asked, "yes")
        assert answers_heard(bo) == ["Pull the plug."]
        assert "#split" in said_in(cora.hears("Not all done: Printer"))


async def test_a_yes_counts_from_when_it_reached_the_mailbox() -> None:
    async with await a_desk() as world:
        ana, ben, _ = colleagues(world)
        bo, notices = await bo_writes(world)
        await ana.answers_notice(notices[ana.address], "#take\nTry water.")
        ana.hears("Done: Printer")
        await ben.answers_notice(notices[ben.address], "Pull the plug.")
        asked = ben.hears("Send it too? Printer")
        assert answers_heard(bo) == ["Try water."]
        # The desk is down when the yes comes, and has not looked yet when time is kept again.
        world.clock.passes(timedelta(hours=23))
        await world.lies(in_one_look(ben, asked, "yes"), date=world.clock.now())
        world.clock.passes(timedelta(hours=2))
        assert await world.service.timekeeper.drain() == 0
        await world.works()
        assert answers_heard(bo) == ["Pull the plug."]
        assert "Pull the plug." in said_in(ana.hears("A colleague acted: Printer"))
        ben.hears_nothing()


async def test_an_answer_that_is_sent_settles_the_one_held_that_says_the_same() -> None:
    async with await a_desk() as world:
        ana, ben, cora = colleagues(world)
        bo, notices = await bo_writes(world)
        await ana.answers_notice(notices[ana.address], "Try water.")
        await ben.answers_notice(notices[ben.address], "Pull the plug.\nThen wait.")
        asked = ben.hears("Send it too? Printer")
        await cora.answers_notice(notices[cora.address], "Pull the plug.\nThen wait.")
        coras = cora.hears("Send it too? Printer")
        assert answers_heard(bo) == ["Try water."]
        await ben.answers_notice(notices[ben.address], "#anyway\nPull the plug.\n\nThen  wait.")
        assert answers_heard(bo) == ["Pull the plug."]
        ben.hears("Done: Printer")
        await ben.answers_notice(asked, "yes")
        assert "was answered before" in said_in(ben.hears("Refused: Printer"))
        assert answers_heard(bo) == []
        # Cora's is her own: it waits for her word. Nobody hears that Ben's was not sent.
        await cora.answers_notice(coras, "no")
        await world.passes(hours=25)
        for each in (ben, cora):
            assert all("Not sent" not in str(letter["From"]) for letter in each.letters())

        # In one look too: the yes comes after the same words.
        await cora.answers_notice(notices[cora.address], "Buy a new one.")
        held = cora.hears_all()[-1]
        await world.lies(
            in_one_look(cora, notices[cora.address], "#anyway\nBuy a new one."),
            in_one_look(cora, held, "yes"),
        )
        await world.works()
        assert answers_heard(bo) == ["Buy a new one."]


async def test_the_question_names_the_files_and_a_yes_tells_of_a_third_answer() -> None:
    async with await a_desk() as world:
        ana, ben, cora = colleagues(world)
        bo, notices = await bo_writes(world)
        await ana.answers_notice(notices[ana.address], "Try water.")
        await ben.answers_notice(notices[ben.address], "Pull the plug.", files={"plug.txt": b"A plug."})
        asked = ben.hears("Send it too? Printer")
        assert "> Pull the plug.\n\nWith these files:\n- plug.txt\n" in said_in(asked)
        await cora.answers_notice(notices[cora.address], "#anyway\nBuy a new one.")
        assert answers_heard(bo) == ["Try water.", "Buy a new one."]
        await ben.answers_notice(asked, "yes")
        assert answers_heard(bo) == ["Pull the plug."]
        told = said_in(ben.hears("Done: Printer"))
        assert "After you were asked Cora Clark answered too, on Monday" in told
        assert "> Buy a new one." in told
        assert "Try water" not in told

        await ben.answers_notice(notices[ben.address], "And a knife.", files={"knife.txt": b"A knife."})
        ben.hears("Send it too? Printer")
        await world.passes(hours=25)
        assert "> And a knife.\n\nWith these files:\n- knife.txt\n" in said_in(
            ben.hears_of("Not sent: Printer")[0]
        )
