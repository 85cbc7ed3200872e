"""Whose words they are: answers between quoted lines, words below an unmarked quotation, and our own."""

from __future__ import annotations

from typing import Any

import pytest

from tests.world.desk import TRUSTING, DeskWorld
from tests.world.people import Person, in_reply, words

pytestmark = pytest.mark.dovecot

DATED = "On Mon, 24 Nov 2025 at 10:00, Acme Support <support@acme.example> wrote:"
LABELS = (
    "<b>From:</b> Acme Support &lt;support@acme.example&gt;<br><b>Sent:</b> Monday, November 24, 2025 10:00"
    "<br><b>To:</b> Bo Lund<br><b>Subject:</b> RE: Printer"
)
QUESTIONS = "Which version do you use?\n\nWhich system?"


async def asked(world: DeskWorld, text: str) -> Person:
    """Bo has written, and Ana asks him back."""
    bo = world.person("bo@client.example", "Bo Lund")
    await bo.writes("Printer", "It burns.", border="dmarc=pass")
    bo.hears("Printer")
    world.agent.hears("New: Printer")
    await world.agent.answers(text)
    return bo


async def answers(bo: Person, text: str, **more: Any) -> None:
    """Bo answers the last letter with exactly this text; his program adds no quotation."""
    [letter] = bo.hears_all()
    threaded = {"In-Reply-To": str(letter["Message-ID"])}
    to = str(letter["Reply-To"])
    await bo.writes(in_reply(letter), text, to=to, headers=threaded, border="dmarc=pass", **more)


async def test_answers_between_quoted_lines_are_shown_below_their_questions() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        bo = await asked(world, QUESTIONS)
        told = f"Hi,\n\n{DATED}\n> Which version do you use?\n\n5\n\n> Which system?\n\nLinux"
        await answers(bo, f"{told}\n\n> Ana\n")
        notice = words(world.agent.hears("Reply: Printer")).replace("\r\n", "\n")
        assert "\n".join(f"> {line}".rstrip() for line in told.split("\n")) in notice
        assert "> > Ana" not in notice
        [mail] = [one for one in (await world.case())["mails"] if one["subject"].startswith("Re: ")][-1:]
        assert (mail["new_text"], mail["in_context"]) == ("Hi,\n\n5\n\nLinux", told)
        # Whoever hears of the case later reads the same.
        await world.agent.escalates()
        assert "> > Which system?\n>\n> Linux" in words(world.leader.hears("Escalated")).replace("\r\n", "\n")


async def test_words_below_a_quotation_without_marks_are_heard() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        bo = await asked(world, "Do you need a new one?")
        await answers(bo, f"{DATED}\n\nYes. Please escalate this.\n")
        notice = words(world.agent.hears("Escalated: Printer"))
        assert "Bo Lund <bo@client.example> wrote:" in notice
        assert "> Yes. Please escalate this." in notice
        assert DATED not in notice


async def test_so_they_are_within_outlooks_marks_in_the_words_of_our_letter() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        bo = await asked(world, "Write “escalate” or “no” if you know it now.")
        [letter] = bo.hears_all()
        mail = bo.composes(in_reply(letter), "", answering=letter)
        mail.set_content(f'<div id="divRplyFwdMsg">{LABELS}</div><p>Escalate</p>', subtype="html")
        await bo.sends(mail)
        assert "> Escalate" in words(world.agent.hears("Escalated: Printer"))


async def test_an_agents_words_below_such_a_line_are_not_lost_without_a_word() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        bo = world.person("bo@client.example", "Bo Lund")
        await bo.writes("Printer", "It burns.", border="dmarc=pass")
        bo.hears("Printer")
        notice = world.agent.hears("New: Printer")
        await world.agent.answers_notice(notice, f"{DATED}\n\nTry water.", quote="nowhere")
        bo.hears_nothing()
        told = " ".join(words(world.agent.hears("Kept as a note")).split())
        assert "your words below the line that introduces another mail were not used" in told


async def test_our_own_words_below_an_empty_answer_are_not_its_authors() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        bo = await asked(world, "Write “please escalate”\nif you want somebody else to look at it.")
        quotation = "Write “please escalate” if you want somebody else to look at it.\n\nAna Agent"
        await answers(bo, f"{DATED}\n\n{quotation}\n", files={"photo.bin": b"smoke"})
        notice = words(world.agent.hears("Reply: Printer"))
        assert "wrote, without a word" in notice
        assert "photo.bin" in notice
        assert "escalate" not in notice.partition("Case:")[0]
        assert (await world.case())["escalated"] is False
