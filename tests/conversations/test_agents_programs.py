"""What colleagues send from their mail programs: HTML alone, the notice wherever a program puts it."""

from __future__ import annotations

import html
from email.message import EmailMessage
from typing import Any

import pytest

from maildesk.mail.our_marks import LETTER_BEGIN
from tests.world.desk import TRUSTING, DeskWorld
from tests.world.people import Person, headline, in_reply, words

pytestmark = pytest.mark.dovecot

SAID = "<div>#prio high</div><div>Switch it off.</div>"

# Reduced to what the programs mark the answered mail by; {who} is our From, {notice} our HTML.
PROGRAMS = {
    "Outlook": (
        '<div class="WordSection1"><p class="MsoNormal">#prio high<o:p></o:p></p>'
        '<p class="MsoNormal">Switch it off.<o:p></o:p></p>'
        '<div style="border:none;border-top:solid #E1E1E1 1.0pt">'
        '<p class="MsoNormal"><b>From:</b> {who}<br><b>Sent:</b> Monday, November 24, 2025 9:31 AM<br>'
        "<b>To:</b> Ana Agent<br><b>Subject:</b> {subject}</p></div>{notice}</div>"
    ),
    "Outlook on the web": (
        SAID + '<div id="Signature">Ana</div><div id="appendonsend"></div>'
        '<hr style="display:inline-block;width:98%"><div id="divRplyFwdMsg"><b>From:</b> {who}<br>'
        "<b>Sent:</b> Monday, November 24, 2025 9:31 AM<br><b>Subject:</b> {subject}</div>{notice}"
    ),
    "Outlook on a telephone": (
        SAID + '<div id="ms-outlook-mobile-signature">Get <a href="x">Outlook for iOS</a></div><hr>'
        '<div id="divRplyFwdMsg"><b>From:</b> {who}<br><b>Sent:</b> Monday<br><b>Subject:'
        '</b> {subject}</div>{notice}'
    ),
    "Outlook, below and unmarked": '<div class="WordSection1">{notice}' + SAID + "</div>",
    "Gmail": (
        SAID + '<div class="gmail_quote">'
        '<div class="gmail_attr">On Mon, Nov 24, 2025 at 9:31 AM {who} wrote:<br>'
        '</div><blockquote class="gmail_quote">{notice}</blockquote></div>'
    ),
    "Gmail, in between": (
        '<div class="gmail_quote">'
        '<div class="gmail_attr">On Mon, Nov 24, 2025 at 9:31 AM {who} wrote:<br></div>'
        '<blockquote class="gmail_quote"><p>--- reply above this line ---</p><p>Bo wrote:</p></blockquote>'
        + SAID + '<blockquote class="gmail_quote">{notice}</blockquote></div>'
    ),
    "Apple Mail": (
        SAID + '<blockquote type="cite"><div>On 24. Nov 2025, at 09:31, {who} wrote:'
        '</div>{notice}</blockquote>'
    ),
    "Apple Mail, below": (
        '<blockquote type="cite"><div>On 24. Nov 2025, at 09:31, {who} wrote:</div>{notice}</blockquote>'
        + SAID
    ),
    "iPhone": (
        SAID + '<div dir="ltr">Sent from my iPhone</div><div><br>'
        '<blockquote type="cite">On 24 Nov 2025, at 09:31, '
        '{who} wrote:<br></blockquote></div><blockquote type="cite"><div>{notice}</div></blockquote>'
    ),
    "Samsung": (
        SAID + '<div id="composer_signature"><div>Sent from my Galaxy</div></div>'
        '<div>-------- Original message '
        "--------</div><div>From: {who}</div><div>Date: 24/11/2025 09:31</div>"
        "<div>Subject: {subject}</div>{notice}"
    ),
    "Thunderbird, below": (
        '<div class="moz-cite-prefix">On 24.11.25 09:31, {who} wrote:<br></div>'
        '<blockquote type="cite">{notice}'
        "</blockquote>" + SAID
    ),
    "Yahoo": (
        SAID + '<div class="yahoo_quoted"><div>On Monday, November 24, 2025 at 09:31 AM, {who} wrote:</div>'
        "{notice}</div>"
    ),
}  # fmt: skip


async def a_desk(**more: Any) -> DeskWorld:
    return await DeskWorld.start(trust=TRUSTING, mailbox={"subaddress": "+"}, **more)


async def bo_writes(world: DeskWorld) -> tuple[Person, EmailMessage]:
    bo = world.person("bo@client.example", "Bo Lund")
    await bo.writes("Printer", "It burns.\n\nHelp!", border="dmarc=pass")
    bo.hears("Printer")
    return bo, world.agent.hears("New: Printer")


def page_of(letter: EmailMessage) -> str:
    side = letter.get_body(("html",))
    assert side is not None
    return str(side.get_content()).partition("<body>")[2].partition("</body>")[0]


async def test_the_words_come_out_of_the_html_of_every_program() -> None:
    """The notice quoted as HTML, above, below and in between, is never sent along."""
    async with await a_desk() as world:
        bo, notice = await bo_writes(world)
        for name, program in PROGRAMS.items():
            await world.passes(minutes=1)
            body = program.format(
                who=html.escape(str(notice["From"])),
                subject=html.escape(str(notice["Subject"])),
                notice=page_of(notice),
            )
            threaded = {"In-Reply-To": str(notice["Message-ID"]), "References": str(notice["Message-ID"])}
            mail = world.agent.composes(in_reply(notice), "-", to=str(notice["Reply-To"]), headers=threaded)
            mail.set_content(body, subtype="html")
            await world.agent.sends(mail)
            assert words(bo.hears("Printer")).split() == ["Switch", "it", "off.", "Ana", "Agent"], name
            assert "- #prio high" in words(world.agent.hears("Done: Printer")), name


async def test_commands_as_people_type_them_are_done() -> None:
    async with await a_desk() as world:
        bo, notice = await bo_writes(world)
        await world.agent.answers_notice(notice, "#category problem\n#escalation Payroll is tomorrow")
        world.agent.hears("Done: Printer")
        called = words(world.leader.hears("Escalated: Printer"))
        assert "This case is escalated." in called
        assert "escalated: Payroll is tomorrow, by Ana Agent" in called
        bo.hears("Printer")
        await world.agent.answers_notice(notice, "#solved\nA font was missing.")
        assert (await world.case())["phase"] == "resolved"
        await world.agent.answers_notice(notice, "#reopen")
        case = await world.case()
        assert (case["phase"], case["type"]) == ("open", "problem")
        told = bo.hears_all()
        assert "is open again" in words(told[-1])
        assert "Payroll" not in "".join(map(words, told))


async def test_people_are_added_and_removed_by_command() -> None:
    async with await a_desk() as world:
        bo, notice = await bo_writes(world)
        cy = world.person("cy@client.example")
        await world.agent.answers_notice(notice, "#add cy@client.example\nFor both of you.")
        assert "For both of you." in words(cy.hears("Printer"))
        await world.agent.answers_notice(notice, "#uncc cy@client.example\nFor Bo alone.")
        cy.hears_nothing()
        assert "It burns" not in cy.letters()[0].as_string()
        first = [words(each).split("\r\n")[0] for each in bo.hears_all()]
        assert first == ["For both of you.", "For Bo alone."]


async def test_who_is_copied_on_a_note_is_asked() -> None:
    async with await a_desk() as world:
        bo, notice = await bo_writes(world)
        dev = world.person("dev@other.example")
        await world.agent.answers_notice(notice, "#note\nSeen this before?", cc=[dev.address])
        assert "Seen this before?" in words(dev.hears("A question: Printer"))
        bo.hears_nothing()


async def test_a_case_answered_by_whoever_works_on_it_is_one_thread_with_their_own_answers() -> None:
    async with await a_desk() as world:
        _bo, notice = await bo_writes(world)
        answer = await world.agent.answers_notice(notice, "#take")
        transcript = world.agent.hears("Done: Printer")
        assert answer["Subject"] == f"Re: {transcript['Subject']}"
        assert headline(transcript) != str(transcript["Subject"])


async def test_a_program_that_quotes_with_nothing_sends_no_word_of_a_letter_on() -> None:
    """As text without quote marks and without an introduction: the letter is known by how it begins."""
    async with await a_desk() as world:
        bo, notice = await bo_writes(world)
        await world.agent.answers_notice(notice, f"Switch it off.\n\n{words(notice)}", quote="nowhere")
        heard = bo.hears("Printer")
        assert words(heard).split() == ["Switch", "it", "off.", "Ana", "Agent"]
        await bo.writes("Re: Printer", f"It is off.\n\n{words(bo.letters()[0])}", answering=heard)
        told = words(world.agent.hears("Reply: Printer")).replace("\r\n", "\n")
        assert told.count("It is off.") == 1
        assert "thank you for writing" not in told


async def test_a_notice_that_lost_how_it_begins_is_still_sent_to_nobody() -> None:
    """By its foot alone it is known that it is there, not where it begins: then nothing is sent."""
    async with await a_desk() as world:
        bo, notice = await bo_writes(world)
        shown = words(notice).removeprefix(LETTER_BEGIN)
        assert shown != words(notice)
        await world.agent.answers_notice(notice, f"Switch it off.\n\n{shown}", quote="nowhere")
        bo.hears_nothing()
