"""Questions with fixed answers: a click makes a mail; the first counts, from the address that was asked."""

from __future__ import annotations

from email.message import EmailMessage
from typing import Any
from urllib.parse import unquote

import pytest

from maildesk.store.answers import answer_list, summed_up
from tests.conversations.policies.companies import LISBON, a_desk, at, clicks, links
from tests.world.desk import DeskWorld
from tests.world.people import Person, words

pytestmark = pytest.mark.dovecot

OK = "dmarc=pass"


async def a_desk_that_asks(**more: Any) -> DeskWorld:
    return await a_desk("productiv", LISBON, at(LISBON, "11-24", "10:00"), **more)


async def asked(world: DeskWorld, **more: Any) -> tuple[Person, EmailMessage, EmailMessage]:
    """Bo's case, which Ana says is solved: Bo, the letter that asks, the notice that Ana answered."""
    bo = world.person("bo@client.example", "Bo Lund")
    await bo.writes("Printer", "It hums.", border=OK, **more)
    bo.hears("Printer")
    notice = world.agent.hears("New:")
    await world.agent.answers_notice(notice, "#resolve\n\nPlease try again.")
    world.agent.hears_all()
    return bo, bo.hears("Printer"), notice


async def status(world: DeskWorld) -> str:
    return str((await world.case())["status"])


async def events(world: DeskWorld, kind: str) -> list[dict[str, Any]]:
    return [each["data"] for each in (await world.case())["events"] if each["kind"] == kind]


async def test_one_act_one_mail_with_two_links_and_two_buttons() -> None:
    async with await a_desk_that_asks() as world:
        bo, question, _ = await asked(world)
        said = words(question).replace("\r\n", "\n")
        assert said.startswith("Please try again.")
        assert "\n\nIs it solved?\n\nYes: <mailto:" in said
        assert "or answer with yes or no in your own words." in said
        ref = (await world.case())["ref"]
        assert list(links(question)) == [f"Yes: Printer [Acme #{ref}]", f"No: Printer [Acme #{ref}]"]
        page = question.get_body(("html",))
        assert page
        shown = page.get_content()
        assert shown.count('<a href="mailto:support%2B') == 2
        assert ">Yes</a>" in shown
        assert "http" not in shown
        bo.hears_nothing()


async def test_the_owner_hears_what_the_customer_clicked_and_the_customer_that_it_is_open() -> None:
    async with await a_desk_that_asks() as world:
        bo, question, _ = await asked(world)
        await clicks(bo, question, "no", text="It still hums.")
        told = words(world.agent.hears("Answered"))
        assert "You asked the customer: Is it solved?" in told
        assert "They say: no" in told
        assert "> It still hums." in told
        assert "is open again" in words(bo.hears("Printer"))
        assert await status(world) == "Open"


async def test_a_copy_holds_no_link_and_a_click_from_it_is_a_third_partys() -> None:
    async with await a_desk_that_asks() as world:
        cy = world.person("cy@client.example", "Cy")
        bo, question, _ = await asked(world, cc=[cy.address])
        copy = cy.hears("Printer")
        assert "Is it solved?" not in words(copy)
        tokens = [unquote(each).partition("@")[0] for each in links(question).values()]
        assert len(tokens) == 2
        for token in tokens:
            assert token not in unquote(copy.as_string())
        await clicks(cy, question, "yes")
        assert await status(world) == "Solved"
        assert "it answers a question that another address was asked" in words(world.agent.hears_all()[-1])
        await clicks(bo, question, "yes")
        assert await status(world) == "Closed"


async def test_a_click_from_a_private_account_moves_nothing_and_the_owner_is_told() -> None:
    async with await a_desk_that_asks() as world:
        _, question, _ = await asked(world)
        private = world.person("bo.lund@mail.example")
        await clicks(private, question, "yes")
        assert await status(world) == "Solved"
        assert "another address was asked" in words(world.agent.hears_all()[-1])
        private.hears_nothing()
        (told,) = await events(world, "third-party-wrote")
        assert told["sender"] == private.address


async def test_a_click_in_the_customers_name_that_fails_moves_nothing() -> None:
    async with await a_desk_that_asks() as world:
        bo, question, _ = await asked(world)
        subject, address = next(iter(links(question).items()))
        await bo.writes(subject, "", to=address, border="dmarc=fail")
        assert await status(world) == "Solved"
        assert "could not be trusted" in words(world.agent.hears_all()[-1])


async def test_the_first_click_counts_and_the_second_is_recorded() -> None:
    async with await a_desk_that_asks() as world:
        bo, question, _ = await asked(world)
        await clicks(bo, question, "no")
        world.agent.hears_all()
        await clicks(bo, question, "yes")
        assert await status(world) == "Open"
        assert "changes nothing: the question was answered before" in words(world.agent.hears("Answered"))
        first, second = await events(world, "question-answered")
        assert (first["answer"], "late" in first) == ("no", False)
        assert (second["answer"], second["late"]) == ("yes", "the question was answered before")


async def test_an_old_click_is_recorded_and_moves_nothing() -> None:
    async with await a_desk_that_asks() as world:
        bo, question, notice = await asked(world)
        await bo.replies(question, "The second tray fails.", border=OK)
        bo.hears_all()
        await world.agent.answers_notice(notice, "#resolve")
        again = bo.hears("Printer")
        world.agent.hears_all()
        await clicks(bo, question, "no")
        assert await status(world) == "Solved"
        assert "another question was asked since" in words(world.agent.hears("Answered"))
        await clicks(bo, again, "yes")
        assert await status(world) == "Closed"


async def test_a_program_that_calls_a_click_bulk_mail_silences_nobody() -> None:
    async with await a_desk_that_asks() as world:
        bo, question, _ = await asked(world)
        await clicks(bo, question, "yes", headers={"Precedence": "bulk"})
        assert await status(world) == "Closed"


async def test_mere_thanks_open_nothing_and_wake_nobody_and_stand_on_the_case() -> None:
    async with await a_desk_that_asks() as world:
        bo, question, _ = await asked(world)
        await clicks(bo, question, "yes")
        survey = bo.hears("Printer")
        world.agent.hears_all()
        for thanks in ("Thanks!", "Yes, solved. Thank you!"):
            await bo.replies(survey, thanks, border=OK)
            assert await status(world) == "Closed"
            bo.hears_nothing()
            world.agent.hears_nothing()
        assert [each["words"] for each in await events(world, "thanked")] == [
            "Thanks!", "Yes, solved. Thank you!",
        ]  # fmt: skip
        await bo.replies(survey, "Thank you, but it fails again", border=OK)
        assert await status(world) == "Open"
        notice = world.agent.hears("Reopened")
        bo.hears("Printer")
        await world.agent.answers_notice(notice, "#wait\n\nWhich tray?")
        letter = bo.hears("Printer")
        world.agent.hears_all()
        await bo.replies(letter, "Thank you, Ana!", border=OK)
        assert await status(world) == "Waiting for you"
        world.agent.hears_nothing()


async def test_a_number_answers_the_agent_and_no_survey_of_before_the_case_was_open_again() -> None:
    async with await a_desk_that_asks() as world:
        bo, question, _ = await asked(world)
        await clicks(bo, question, "yes")
        survey = bo.hears("Printer")
        await bo.replies(survey, "Now it hums louder than ever, please look.", border=OK)
        bo.hears_all()
        notice = world.agent.hears_all()[-1]
        await world.agent.answers_notice(notice, "#wait\n\nHow many printers do you have?")
        letter = bo.hears("Printer")
        world.agent.hears_all()
        await bo.replies(letter, "3", border=OK)
        assert await status(world) == "Open"
        assert "> 3" in words(world.agent.hears("Reply"))
        await clicks(bo, survey, "5")
        (_, late) = await events(world, "question-answered")
        assert (late["score"], late["late"]) == (5, "the case has gone on since")


async def test_a_reminder_of_another_question_holds_no_links_of_one_that_is_over() -> None:
    async with await a_desk_that_asks() as world:
        bo, question, _ = await asked(world)
        await bo.replies(question, "Now the paper jams on every second page.", border=OK)
        assert await status(world) == "Open"
        bo.hears_all()
        await world.agent.answers_notice(world.agent.hears_all()[-1], "#wait\n\nWhich model is it?")
        bo.hears("Printer")
        await world.passes(days=7)
        assert not links(bo.hears("Printer"))


async def test_a_reaction_opens_nothing_and_is_kept() -> None:
    async with await a_desk_that_asks() as world:
        bo, question, _ = await asked(world)
        await clicks(bo, question, "yes")
        survey = bo.hears("Printer")
        world.agent.hears_all()
        await bo.replies(survey, "👍\n\nBo Lund reacted via Gmail", border=OK)
        assert await status(world) == "Closed"
        world.agent.hears_nothing()


async def test_the_list_of_answers_counts_each_and_averages_the_scores(database_url: str) -> None:
    async with await a_desk_that_asks(store=database_url) as world:
        bo, question, _ = await asked(world)
        await clicks(bo, question, "yes")
        assert "They say: yes" in words(world.agent.hears("Answered"))
        survey = bo.hears("Printer")
        await clicks(bo, survey, "4", text="Quick help.")
        assert "They say: 4, of 5" in words(world.agent.hears("Answered"))
        await clicks(bo, survey, "5")
        found = await world.service.store.read(answer_list)
        assert [(each["question"], each["answer"], each["score"], each["words"]) for each in found] == [
            ("solved", "yes", None, None), ("survey", "4", 4, "Quick help."), ("survey", "5", 5, None),
        ]  # fmt: skip
        assert [bool(each["late"]) for each in found] == [False, False, True]
        assert summed_up(found) == [
            {"question": "solved", "answers": {"yes": 1}, "average": None},
            {"question": "survey", "answers": {"4": 1}, "average": 4.0},
        ]
        surveyed = await world.service.store.read(lambda conn: answer_list(conn, "survey"))
        assert len(surveyed) == 2
