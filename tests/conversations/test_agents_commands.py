"""Colleagues work from their mail client: answers, notes, commands and what they hear about them."""

from __future__ import annotations

import asyncio
from email.message import EmailMessage
from typing import Any

import pytest
from click.testing import CliRunner

from maildesk.cli.main import cli
from tests.world.desk import TRUSTING, DeskWorld
from tests.world.people import Person, words

pytestmark = pytest.mark.dovecot

PLUS = {"subaddress": "+"}
BEN = "ben@acme.example"
AGENTS = [
    {"name": "Ana Agent", "address": "agent@acme.example", "teams": ["support"]},
    {"name": "Ben Beck", "address": BEN, "teams": ["support", "printers"]},
]
PEOPLE = {
    "agents": AGENTS,
    "teams": [{"name": "support"}, {"name": "printers"}],
    "leadership": [{"name": "Lea Leader", "address": "leader@acme.example"}],
    "operators": ["ops@acme.example"],
}


async def a_desk(**more: Any) -> DeskWorld:
    return await DeskWorld.start(trust=TRUSTING, mailbox=PLUS, **more)


async def bo_writes(
    world: DeskWorld, subject: str = "Printer", text: str = "It burns."
) -> tuple[Person, EmailMessage]:
    """Bo's case, and the notice that Ana has of it."""
    bo = world.person("bo@client.example", "Bo Lund")
    await bo.writes(subject, text, border="dmarc=pass")
    bo.hears(subject)
    return bo, world.agent.hears(f"New: {subject}")


def lines_of(letter: EmailMessage) -> list[str]:
    return [line.strip() for line in words(letter).splitlines() if line.strip()]


async def test_an_agent_answers_a_notice_and_the_customer_has_the_words_alone() -> None:
    async with await a_desk() as world:
        bo, notice = await bo_writes(world)
        await world.agent.answers_notice(notice, "Hello Bo,\n\nTry water.")
        answer = bo.hears("Re: [Acme #", "Printer")
        assert lines_of(answer) == ["Hello Bo,", "Try water.", "Ana Agent"]
        assert "Ana Agent (Acme Support)" in answer["From"]
        assert b"agent@acme.example" not in answer.as_bytes()
        world.agent.hears_nothing()
        case = await world.case()
        assert (case["phase"], case["first_response_at"]) == ("open", "2025-11-24T09:30:00.000000Z")
        assert await world.happened() == ["opened", "answered"]
        assert await world.verdicts() == ["opened", "command"]


async def test_commands_are_done_the_words_below_go_and_the_author_gets_a_transcript() -> None:
    async with await a_desk() as world:
        bo, notice = await bo_writes(world)
        await world.agent.answers_notice(
            notice, "#take\n#priority high\n#Close: a new cable\n\nIt is mended."
        )
        answer = bo.hears("Re: [Acme #", "Printer")
        assert answer["Auto-Submitted"] is None
        told = lines_of(answer)
        assert told[0] == "It is mended."
        assert told[1].startswith("We have closed your case")
        assert "a new cable" in told[1]
        assert "#" not in words(answer).replace("[Acme #", "")
        transcript = lines_of(world.agent.hears("Done: Printer"))
        assert "- #take → it is yours now" in transcript
        assert "- #priority high → its priority is high now" in transcript
        assert "- #Close: a new cable → closed; bo@client.example is told" in transcript
        assert "- your answer goes to bo@client.example" in transcript
        case = await world.case()
        assert (case["phase"], case["owner"], case["priority"]) == ("closed", "agent@acme.example", "high")
        assert await world.happened() == ["opened", "assigned", "changed", "closed", "answered"]


async def test_a_note_stays_inside() -> None:
    async with await a_desk() as world:
        bo, notice = await bo_writes(world)
        await world.agent.answers_notice(notice, "#note\nMARKER: he never pays.")
        bo.hears_nothing()
        assert "your words are kept as a note" in words(world.agent.hears("Done: Printer"))
        mail = (await world.case())["mails"][-2]
        assert (mail["verdict"], mail["new_text"]) == ("note", "MARKER: he never pays.")
        await world.agent.escalates()
        assert "MARKER" in words(world.leader.hears("Escalated"))
        for letter in bo.letters():
            assert "MARKER" not in letter.as_string()


async def test_a_customers_mail_that_is_passed_on_opens_the_customers_case() -> None:
    async with await a_desk() as world:
        bo = world.person("bo@client.example", "Bo Lund")
        await world.agent.writes(
            "Fwd: My screen",
            "He phoned me, too.\n\n---------- Forwarded message ---------\n"
            "From: Bo Lund <bo@client.example>\nDate: Mon, 24 Nov 2025 at 08:11\n"
            "Subject: My screen\nTo: Ana Agent <agent@acme.example>\n\nIt is dark.\n",
            border="dmarc=pass",
        )
        case = await world.case()
        assert (case["requester"], case["subject"]) == ("bo@client.example", "My screen")
        assert [mail["new_text"] for mail in case["mails"][:2]] == ["It is dark.", "He phoned me, too."]
        assert "phoned" not in bo.hears("We have received your message").as_string()
        assert f"opened {case['ref']} for bo@client.example" in words(world.agent.hears("Done: My screen"))
        assert await world.happened() == ["opened", "noted"]


# --- what is no command, and what nobody is to read -------------------------------------------------


async def test_a_mistyped_command_sends_nothing_and_gives_the_words_back() -> None:
    async with await a_desk() as world:
        bo, notice = await bo_writes(world)
        await world.agent.answers_notice(notice, "#nite\n#priority high\nMARKER: he never pays.")
        told = words(bo.hears("Printer"))  # of the new moment, and nothing else
        assert "We answer by:" in told
        assert "MARKER" not in told
        transcript = words(world.agent.hears("Not all done: Printer"))
        assert "#nite → there is no such command; did you mean #note?" in transcript
        assert "> MARKER: he never pays." in transcript
        assert "#priority high → its priority is high now" in transcript
        assert (await world.case())["first_response_at"] is None


@pytest.mark.parametrize("first", ["#1 is broken, yes.", "#printer matters", "# Heading"])
async def test_words_that_begin_with_a_number_sign_are_given_back_not_lost(first: str) -> None:
    async with await a_desk() as world:
        bo, notice = await bo_writes(world)
        await world.agent.answers_notice(notice, f"{first}\nTry water.")
        bo.hears_nothing()
        transcript = words(world.agent.hears("Not all done"))
        assert f"> {first}" in transcript
        assert "> Try water." in transcript


async def test_a_command_below_the_words_is_sent_to_nobody() -> None:
    async with await a_desk() as world:
        bo, notice = await bo_writes(world)
        await world.agent.answers_notice(notice, "It is mended.\n\n#close")
        bo.hears_nothing()
        assert "this line stands below your words" in words(world.agent.hears("Not all done"))
        assert (await world.case())["phase"] == "new"


QUOTED_COMMANDS = {
    "below": "Try water.\n\nOn Mon, 24 Nov 2025 at 10:00, Bo wrote:\n> #close\n> #spam\n",
    "above": "On Mon, 24 Nov 2025 at 10:00, Bo wrote:\n> #close\n> #spam\n\nTry water.\n",
    "in the signature": "Try water.\n\n-- \n#spam\nAna\n",
    "original message": "Try water.\n\n-----Original Message-----\nFrom: Bo <bo@client.example>\n"
    "Sent: Monday, 24 November 2025 10:00\nTo: Ana\nSubject: Printer\n\n#close\n",
    "marked only": "> #spam\nTry water.\n",
}


@pytest.mark.parametrize("body", QUOTED_COMMANDS.values(), ids=QUOTED_COMMANDS)
async def test_a_command_in_a_quote_or_a_signature_is_none(body: str) -> None:
    async with await a_desk() as world:
        _, notice = await bo_writes(world)
        await world.agent.answers_notice(notice, body, quote="nowhere")
        case = await world.case()
        assert case["phase"] in ("new", "open")
        assert not {"closed", "spam"} & set(await world.happened())


async def test_a_command_in_an_attachment_is_none() -> None:
    async with await a_desk() as world:
        bo, notice = await bo_writes(world)
        await world.agent.answers_notice(notice, "See the file.", files={"todo.txt": b"#close\n#spam\n"})
        bo.hears("Printer")
        assert (await world.case())["phase"] == "open"


async def test_commands_work_from_html_alone() -> None:
    """A mail without plain text is turned to text first."""
    async with await a_desk() as world:
        bo, notice = await bo_writes(world)
        html = (
            "<div dir='ltr'><div>&nbsp;#Take</div><div><b>#priority</b> high</div><br>"
            "<div>It is <i>mended</i>.</div></div>"
        )
        await world.agent.answers_notice(notice, "", html=html)
        assert "mended" in words(bo.hears("Printer"))
        case = await world.case()
        assert (case["owner"], case["priority"]) == ("agent@acme.example", "high")


async def test_close_in_a_customers_mail_is_text() -> None:
    async with await a_desk() as world:
        bo, _ = await bo_writes(world)
        await bo.replies(bo.letters()[0], "#close\nThank you.", border="dmarc=pass")
        assert (await world.case())["phase"] == "new"


# --- notes and questions ----------------------------------------------------------------------------


async def test_a_colleague_is_asked_and_answers_inside() -> None:
    async with await a_desk() as world:
        bo, notice = await bo_writes(world)
        await world.agent.answers_notice(notice, "#ask dev@elsewhere.example\nMARKER: seen this?")
        dev = world.person("dev@elsewhere.example", "Dev")
        question = dev.hears("A question: Printer")
        assert "MARKER: seen this?" in words(question)
        assert "It burns." in words(question)
        assert "Ana Agent (Acme Support)" in question["From"]
        assert "dev@elsewhere.example" in words(world.agent.hears("Done: Printer"))
        await dev.answers_notice(question, "MARKER: yes, the cable.", border="dmarc=pass")
        bo.hears_nothing()
        news = world.agent.hears_all()
        assert len(news) == 1
        assert "MARKER: yes, the cable." in words(news[0])
        await world.agent.answers_notice(news[0], "It is the cable.")
        assert "MARKER" not in bo.hears("Printer").as_string()
        dev.hears_nothing()


async def test_a_question_that_cannot_be_asked_never_goes_to_the_customer() -> None:
    async with await a_desk() as world:
        bo, notice = await bo_writes(world)
        await world.agent.answers_notice(notice, "#ask dev\nMARKER: seen this?")
        bo.hears_nothing()
        transcript = words(world.agent.hears("Not all done"))
        assert "'dev' is no address" in transcript
        assert "kept as a note" in transcript


async def test_who_is_copied_on_an_answer_is_reported_and_not_let_in() -> None:
    async with await a_desk() as world:
        bo, notice = await bo_writes(world)
        await world.agent.answers_notice(notice, "Try water.", cc=["cy@client.example"])
        bo.hears("Printer")
        assert "cy@client.example: copied, but not part of the case" in words(
            world.agent.hears("Not all done")
        )
        assert "cy@client.example" not in [party["address"] for party in (await world.case())["parties"]]


# --- time -------------------------------------------------------------------------------------------


async def test_a_case_waits_for_as_long_as_it_was_told_to() -> None:
    async with await a_desk() as world:
        _, notice = await bo_writes(world)
        await world.agent.answers_notice(notice, "#take\n#pending 3 days\nWhich printer is it?")
        done = words(world.agent.hears("Done"))
        assert "it waits until Thursday, 27 November 2025, 09:30" in done
        assert "Waits:     until Thursday, 27 November 2025, 09:30" in done
        assert (await world.case())["phase"] == "waiting"
        await world.passes(days=2, hours=23)
        world.agent.hears_nothing()
        await world.passes(hours=1)
        world.agent.hears("No longer waiting: Printer")
        assert (await world.case())["phase"] == "open"
        await world.passes(days=10)
        world.agent.hears("Nobody touched it: Printer")
        await world.passes(days=10)
        world.agent.hears_nothing()


async def test_a_customers_word_ends_the_waiting() -> None:
    async with await a_desk() as world:
        bo, notice = await bo_writes(world)
        await world.agent.answers_notice(notice, "#wait 3d\nWhich printer is it?")
        world.agent.hears("Done")
        await bo.replies(bo.letters()[-1], "The big one.", border="dmarc=pass")
        world.agent.hears("Reply: Printer")
        await world.passes(days=4)
        assert "wait-over" not in await world.happened()


# --- more than one case -----------------------------------------------------------------------------


async def test_a_case_is_merged_and_later_mails_to_it_land_in_the_other() -> None:
    async with await a_desk() as world:
        bo, notice = await bo_writes(world)
        cy = world.person("cy@client.example", "Cy")
        await cy.writes("Screen", "It is dark.", border="dmarc=pass")
        receipt = cy.hears("Screen")
        its_notice = world.agent.hears("New: Screen")
        kept, gone = [case["ref"] for case in sorted(await world.cases(), key=lambda one: one["subject"])]
        await world.agent.answers_notice(notice, f"#merge into #{gone}")
        assert "brings the other case here" in words(world.agent.hears("Not all done: Printer"))
        await world.agent.answers_notice(notice, f"#merge with {gone.lower()}")
        assert "answers go to cy@client.example too" in words(world.agent.hears("Done: Printer"))
        case, ended = await world.case(kept), await world.case(gone)
        assert [mail["new_text"] for mail in case["mails"] if mail["direction"] == "in"][:2] == [
            "It burns.",
            "It is dark.",
        ]
        assert (ended["phase"], ended["mails"]) == ("closed", [])
        assert ended["events"][-1]["kind"] == "merged-into"
        await cy.replies(receipt, "Still dark.", border="dmarc=pass")
        await world.agent.answers_notice(its_notice, "On our way.")
        assert await world.happened(kept) == ["opened", "merged", "party-joined", "replied", "answered"]
        assert "On our way." in words(cy.hears("Printer"))
        assert "On our way." in words(bo.hears("Printer"))
        assert len(await world.cases()) == 2
        for row in await world.inbox():
            assert row["case"] == kept


async def test_a_mail_is_split_off_and_the_words_answer_it_there() -> None:
    async with await a_desk() as world:
        bo, _ = await bo_writes(world)
        await bo.replies(bo.letters()[0], "And my screen is dark.", border="dmarc=pass")
        notice = world.agent.hears("Reply: Printer")
        await world.agent.answers_notice(notice, "#split\nAbout the screen: press the button.")
        old, new = sorted(await world.cases(), key=lambda one: one["mails"], reverse=True)
        assert f"#split → mail 3 is case {new['ref']} (Printer) now" in words(
            world.agent.hears("Done: Printer")
        )
        answer = bo.hears(f"[Acme #{new['ref']}]")
        assert "press the button" in words(answer)
        await bo.replies(answer, "It shines.", border="dmarc=pass")
        assert await world.happened(new["ref"]) == ["opened", "answered", "replied"]
        assert "split" in await world.happened(old["ref"])
        mails = (await world.case(new["ref"]))["mails"]
        assert mails[0]["new_text"] == "And my screen is dark."


async def test_the_only_mail_of_a_case_cannot_be_split_off() -> None:
    async with await a_desk() as world:
        _bo, notice = await bo_writes(world)
        await world.agent.answers_notice(notice, "#split\nHello Bo.")
        assert "the only one" in words(world.agent.hears("Not all done"))
        assert len(await world.cases()) == 1


async def test_spam_is_closed_without_a_word_to_anybody() -> None:
    async with await a_desk() as world:
        bo, notice = await bo_writes(world)
        await world.agent.answers_notice(notice, "#spam")
        bo.hears_nothing()
        case = await world.case()
        assert (case["phase"], case["events"][-1]["kind"]) == ("closed", "spam")


# --- whose it is, and being told ----------------------------------------------------------------------


ASSIGNED = {
    "#assign ben": (BEN, None),
    "#assign Ben Beck": (BEN, None),
    "#assign to @ben": (BEN, None),
    f"#owner {BEN}": (BEN, None),
    "#assign printers": (None, "printers"),
    "#assign me": ("agent@acme.example", None),
    "#take": ("agent@acme.example", None),
}


@pytest.mark.parametrize(("line", "whose"), ASSIGNED.items(), ids=ASSIGNED)
async def test_a_case_is_given_to_whoever_is_named(line: str, whose: tuple[str | None, str | None]) -> None:
    async with await a_desk(people=PEOPLE) as world:
        _, notice = await bo_writes(world)
        await world.agent.answers_notice(notice, line)
        case = await world.case()
        assert (case["owner"], case["team"]) == whose
        world.agent.hears("Done: Printer")


async def test_help_status_and_mine_tell_and_change_nothing() -> None:
    async with await a_desk() as world:
        bo, notice = await bo_writes(world)
        await world.agent.takes()
        await world.agent.answers_notice(notice, "#help\n#status\n#mine\n#?")
        bo.hears_nothing()
        told = words(world.agent.hears("Done: Printer"))
        assert "#merge reference" in told
        assert "Also: #junk." in told
        assert "1. Monday, 24 November 2025, 09:30 (Lisbon), bo@client.example: Printer" in told
        assert f"{(await world.case())['ref']}  New, normal: Printer" in told
        assert await world.happened() == ["opened", "assigned"]


async def test_the_queue_is_what_nobody_has_taken_the_most_pressing_first() -> None:
    async with await a_desk() as world:
        _, notice = await bo_writes(world)
        await world.person("mia@client.example").writes("Fire", "It burns.", border="dmarc=pass")
        fire = world.agent.hears("Fire")
        await world.agent.answers_notice(fire, "#priority urgent\n#note\nLooks bad.")
        world.agent.hears("Done: Fire")
        await world.agent.answers_notice(notice, "#queue")
        told = words(world.agent.hears("Done: Printer"))
        assert "The queue, the next one first:" in told
        assert told.index("urgent: Fire") < told.index("normal: Printer")
        await world.agent.answers_notice(fire, "#take\n#queue")
        told = words(world.agent.hears("Done: Fire"))
        assert "urgent: Fire" not in told
        assert "normal: Printer" in told


async def test_good_lines_are_done_and_bad_ones_told() -> None:
    async with await a_desk() as world:
        bo, notice = await bo_writes(world)
        await world.agent.answers_notice(
            notice, "#priority enormous\n#set subject=The big printer\n#wait soon\n#assign zoe\n\nOn our way."
        )
        assert "On our way." in words(bo.hears("The big printer"))
        transcript = words(world.agent.hears("Not all done"))
        for told in ("no priority 'enormous'", "'soon' is no span of time", "'zoe' is no agent and no team"):
            assert told in transcript
        assert (await world.case())["subject"] == "The big printer"


async def test_an_empty_answer_does_nothing_and_says_so() -> None:
    async with await a_desk() as world:
        bo, notice = await bo_writes(world)
        await world.agent.answers_notice(notice, "")
        bo.hears_nothing()
        assert "no words of yours and no command" in words(world.agent.hears("Kept as a note"))


async def test_a_notice_that_is_passed_on_as_a_file_opens_nothing() -> None:
    async with await a_desk() as world:
        _, notice = await bo_writes(world)
        mail = world.agent.composes("Fwd: look", "See below.")
        mail.add_attachment(notice)
        await world.agent.sends(mail)
        assert len(await world.cases()) == 1


async def test_a_mail_that_is_attached_opens_its_authors_case() -> None:
    async with await a_desk() as world:
        bo = world.person("bo@client.example", "Bo Lund")
        theirs = bo.composes("My screen", "It is dark.", to="agent@acme.example")
        mail = world.agent.composes("Fwd: My screen", "#priority high\nHe phoned, too.")
        mail.add_attachment(theirs)
        await world.agent.sends(mail)
        case = await world.case()
        assert (case["requester"], case["priority"]) == ("bo@client.example", "high")
        bo.hears("We have received your message")


# --- the same at the command line -------------------------------------------------------------------


async def commanded(world: DeskWorld, *line: str) -> str:
    """A command as an operator gives it, beside the running desk."""
    now = {"MAILDESK_NOW": world.clock.now().isoformat()}
    result = await asyncio.to_thread(CliRunner(env=now).invoke, cli, ["-c", str(world.config_file), *line])
    assert result.exit_code == 0, result.output
    await world.works()
    return result.output


async def test_the_command_line_splits_and_merges_as_mail_does() -> None:
    async with await a_desk() as world:
        bo, _ = await bo_writes(world)
        await bo.replies(bo.letters()[0], "And my screen is dark.", border="dmarc=pass")
        [case] = await world.cases()
        assert "\n3. " not in await commanded(world, "case", "show", case["ref"], "--json")
        assert "3. " in await commanded(world, "case", "show", case["ref"])
        said = await commanded(world, "case", "split", case["ref"], "3", "--as", "agent@acme.example")
        new = next(each["ref"] for each in await world.cases() if each["ref"] != case["ref"])
        assert said.startswith(new)
        mails = (await world.case(new))["mails"]
        assert mails[0]["new_text"] == "And my screen is dark."
        await commanded(world, "case", "merge", case["ref"], new)
        ended = await world.case(new)
        assert (ended["phase"], ended["mails"]) == ("closed", [])
        assert (await world.happened(case["ref"]))[-2:] == ["split", "merged"]


async def test_who_owns_a_case_hears_of_the_readers_that_a_merge_at_the_command_line_adds() -> None:
    async with await a_desk(testing=True) as world:
        _, notice = await bo_writes(world)
        await world.agent.answers_notice(notice, "#take")
        await bo_writes_of_a_screen(world)
        world.agent.hears_all()
        kept, gone = [each["ref"] for each in sorted(await world.cases(), key=lambda one: one["subject"])]
        await commanded(world, "case", "merge", kept, gone)
        await world.passes(minutes=1)  # the clock of the command does not stand still
        told = " ".join(words(world.agent.hears("A colleague acted: Printer")).split())
        assert "added cy@client.example" in told


async def test_a_case_that_was_merged_is_not_acted_on() -> None:
    async with await a_desk() as world:
        await bo_writes(world)
        await bo_writes_of_a_screen(world)
        kept, gone = [each["ref"] for each in sorted(await world.cases(), key=lambda one: one["subject"])]
        await commanded(world, "case", "merge", kept, gone)
        result = await asyncio.to_thread(
            CliRunner().invoke, cli, ["-c", str(world.config_file), "case", "note", gone, "Odd."]
        )
        assert result.exit_code == 1
        assert f"part of {kept}" in result.output


async def bo_writes_of_a_screen(world: DeskWorld) -> None:
    cy = world.person("cy@client.example", "Cy")
    await cy.writes("Screen", "It is dark.", border="dmarc=pass")
