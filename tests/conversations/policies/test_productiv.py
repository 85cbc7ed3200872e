"""Productiv's process: promises in business hours, an owner who writes, closing by the customer, a survey."""

from __future__ import annotations

from datetime import datetime
from email.message import EmailMessage
from typing import Any

import pytest

from tests.conversations.policies.companies import (
    BEN,
    LISBON,
    a_desk,
    at,
    clicks,
    just_before,
    links,
    told_as,
    until,
)
from tests.world.desk import DeskWorld
from tests.world.people import Person, words

pytestmark = pytest.mark.dovecot

START = at(LISBON, "11-24", "10:00")


async def productiv(start: datetime = START, **more: Any) -> DeskWorld:
    return await a_desk("productiv", LISBON, start, holidays={"country": "PT"}, **more)


async def bo_writes(
    world: DeskWorld, subject: str = "Printer", text: str = "It hums.", **more: Any
) -> tuple[Person, EmailMessage, EmailMessage]:
    """Bo's case: Bo, the receipt, and the notice that Ana, whose turn it is, has of it."""
    bo = world.person("bo@client.example", "Bo Lund")
    await bo.writes(subject, text, border="dmarc=pass", **more)
    return bo, bo.hears(subject), world.agent.hears("New:")


async def solved(world: DeskWorld) -> tuple[Person, EmailMessage, EmailMessage]:
    """A case of Bo's that Ana says is solved: Bo, the letter that asks, the notice she answered."""
    bo, _, notice = await bo_writes(world)
    await world.agent.answers_notice(notice, "#resolve\n\nPlease try again.")
    world.agent.hears_all()
    question = bo.hears("Printer")
    assert (await world.case())["status"] == "Solved"
    return bo, question, notice


# --- what is promised -------------------------------------------------------------------------------


async def test_a_thin_mail_is_promised_an_answer_and_asked_and_what_is_promised_is_watched(
    database_url: str,
) -> None:
    due = at(LISBON, "11-25", "10:30")
    async with await productiv(at(LISBON, "11-21", "16:30"), store=database_url) as world:
        bo, receipt, _ = await bo_writes(world, "Help", "It is not functional")
        said = words(receipt)
        assert (await world.case())["ref"] in said
        assert "Urgent" in said
        assert told_as(due, LISBON) in said
        for asked in ("first occur", "steps have you taken", "reproduce the issue", "screenshot"):
            assert asked in said
        await just_before(world, at(LISBON, "11-24", "16:30"))
        world.agent.hears_nothing()
        await until(world, at(LISBON, "11-24", "16:30"))
        world.agent.hears("Help")
        await just_before(world, due)
        world.agent.hears_nothing()
        await until(world, due)
        world.agent.hears("Overdue")
        await world.passes(days=1)
        assert "overdue" not in [headline.lower() for headline in map(str, world.agent.hears_all())]
        bo.hears_nothing()


async def test_a_long_mail_with_a_picture_is_asked_nothing() -> None:
    async with await productiv() as world:
        text = " ".join(["The report page shows last year's numbers since Monday"] * 9)
        _, receipt, _ = await bo_writes(world, "Reports", text, files={"screenshot.png": b"\x89PNG"})
        for asked in ("first occur", "steps have you taken", "reproduce the issue", "A screenshot"):
            assert asked not in words(receipt)


async def test_a_moment_late_on_friday_counts_the_holidays_between() -> None:
    async with await productiv(at(LISBON, "11-28", "17:59")) as world:
        _, receipt, _ = await bo_writes(world, "Question about reports", "How?")
        assert "Low" in words(receipt)
        world.clock.passes(at(LISBON, "11-28", "17:59") - world.clock.now())
        await world.person("cy@client.example").writes("Reports", "Odd.", border="dmarc=pass")
        said = words(world.person("cy@client.example").hears("Reports"))
        assert told_as(at(LISBON, "12-04", "14:59"), LISBON) in said


async def test_a_raised_priority_counts_from_the_mail_and_its_customer_is_told() -> None:
    async with await productiv(at(LISBON, "11-24", "10:00")) as world:
        bo, receipt, notice = await bo_writes(world)
        assert told_as(at(LISBON, "11-26", "16:00"), LISBON) in words(receipt)
        await until(world, at(LISBON, "11-25", "09:30"))
        await world.agent.answers_notice(notice, "#priority urgent")
        due = at(LISBON, "11-25", "13:00")
        told = words(bo.hears("Printer"))
        assert "Priority: Urgent" in told
        assert told_as(due, LISBON) in told
        world.agent.hears_all()
        await until(world, due)
        world.agent.hears("Overdue")


# --- whose it is, and how it ends -------------------------------------------------------------------


async def test_the_customer_hears_who_takes_over_and_an_agent_cannot_close() -> None:
    async with await productiv() as world:
        bo, _, notice = await bo_writes(world)
        await world.agent.answers_notice(notice, "#assign Ben")
        assert "Ben Beck" in words(bo.hears("Printer"))
        world.agent.hears_all()
        ben = world.person(BEN, "Ben Beck")
        theirs = ben.hears_all()[-1]
        await ben.answers_notice(theirs, "#close\n\nIt is mended.")
        case = await world.case()
        assert (case["status"], case["phase"]) == ("Solved", "resolved")
        question = bo.hears("Printer")
        assert len(links(question)) == 2
        told = words(ben.hears("Printer"))
        assert "customer" in told
        assert "asked" in told


@pytest.mark.parametrize("said", ["", "Yes, it works now, thank you!"])
async def test_the_customers_yes_closes_by_a_click_or_in_words(said: str, database_url: str) -> None:
    async with await productiv(store=database_url) as world:
        bo, question, _ = await solved(world)
        if said:
            await bo.replies(question, said, border="dmarc=pass")
        else:
            await clicks(bo, question, "yes")
        case = await world.case()
        assert (case["status"], case["outcome"], case["reopened"]) == ("Closed", "solved", 0)


@pytest.mark.parametrize("said", ["", "It is still not solved", "Solved? No."])
async def test_the_customers_no_goes_back_to_the_owner(said: str) -> None:
    async with await productiv() as world:
        bo, question, _ = await solved(world)
        if said:
            await bo.replies(question, said, border="dmarc=pass")
        else:
            await clicks(bo, question, "no")
        case = await world.case()
        assert (case["status"], case["owner"]) == ("Open", "agent@acme.example")
        assert len(world.agent.hears_all()) == 1


async def test_where_there_are_no_subaddresses_the_subject_holds_the_token() -> None:
    async with await productiv(mailbox={"subaddress": "none"}) as world:
        bo, question, _ = await solved(world)
        assert set(links(question).values()) == {world.address}
        await clicks(bo, question, "yes")
        assert (await world.case())["status"] == "Closed"


async def test_silence_is_reminded_twice_and_closed_after_two_weeks(database_url: str) -> None:
    async with await productiv(at(LISBON, "11-25", "10:00"), store=database_url) as world:
        bo, _, notice = await bo_writes(world)
        await until(world, at(LISBON, "11-25", "11:00"))
        await world.agent.answers_notice(notice, "#need reproduce")
        assert "Can you reproduce the issue?" in words(bo.hears("Printer"))
        for reminder in (at(LISBON, "12-02", "11:00"), at(LISBON, "12-05", "11:00")):
            await just_before(world, reminder)
            bo.hears_nothing()
            await until(world, reminder)
            bo.hears("Printer")
        await just_before(world, at(LISBON, "12-09", "11:00"))
        bo.hears_nothing()
        await until(world, at(LISBON, "12-09", "11:00"))
        case = await world.case()
        assert (case["status"], case["outcome"]) == ("Closed", "no answer")
        assert links(bo.hears("Printer")) == {}


async def test_a_reply_ends_the_reminders_and_a_second_question_begins_anew() -> None:
    async with await productiv(at(LISBON, "11-25", "10:00")) as world:
        bo, _, notice = await bo_writes(world)
        await until(world, at(LISBON, "11-25", "11:00"))
        await world.agent.answers_notice(notice, "#need reproduce")
        asked = bo.hears("Printer")
        await until(world, at(LISBON, "12-03", "11:00"))
        bo.hears("Printer")  # the reminder of 2 December
        world.agent.hears_all()
        await world.agent.answers_notice(notice, "#need tried")
        bo.hears("Printer")
        await until(world, at(LISBON, "12-05", "12:00"))
        bo.hears_nothing()
        await until(world, at(LISBON, "12-10", "11:00"))  # four business days after the second: not the 8th
        bo.hears("Printer")
        await bo.replies(asked, "It happens with every page.", border="dmarc=pass")
        bo.hears_all()
        await world.passes(days=30)
        bo.hears_nothing()
        assert (await world.case())["status"] == "Open"


@pytest.mark.parametrize(("answer", "status"), [("no", "Open"), ("yes", "Closed")])
async def test_a_close_without_a_solution_wants_the_customers_yes(answer: str, status: str) -> None:
    async with await productiv() as world:
        bo, _, notice = await bo_writes(world)
        await world.agent.answers_notice(notice, "#resolve without a solution\n\nWe cannot mend it.")
        question = bo.hears("Printer")
        await clicks(bo, question, answer)
        case = await world.case()
        assert case["status"] == status
        assert case["outcome"] == ("without a solution" if status == "Closed" else None)


async def test_one_survey_its_answer_reopens_nothing_and_words_do() -> None:
    async with await productiv() as world:
        bo, question, _ = await solved(world)
        await clicks(bo, question, "yes")
        survey = bo.hears("Printer")
        assert len(links(survey)) == 5
        world.agent.hears_all()
        await bo.replies(survey, "4 quick help", border="dmarc=pass")
        case = await world.case()
        assert (case["status"], case["reopened"]) == ("Closed", 0)
        bo.hears_nothing()
        answered = [each["data"] for each in case["events"] if each["kind"] == "question-answered"]
        assert (answered[-1]["score"], answered[-1]["words"]) == (4, "quick help")
        await bo.replies(survey, "It is back", border="dmarc=pass")
        case = await world.case()
        assert (case["status"], case["owner"], case["reopened"]) == ("Open", "agent@acme.example", 1)
        bo.hears("Printer")
        notice = world.agent.hears_all()[-1]
        await world.agent.answers_notice(notice, "#resolve")
        again = bo.hears("Printer")
        await clicks(bo, again, "yes")
        assert links(bo.hears("Printer")) == {}
        answers = [each for each in (await world.case())["events"] if each["kind"] == "question-answered"]
        assert [each["data"].get("score") for each in answers if each["data"]["question"] == "survey"] == [4]


async def test_what_the_customer_has_not_said_yet_is_not_told_and_the_agents_words_are() -> None:
    async with await productiv() as world:
        bo, _, notice = await bo_writes(world)
        await world.agent.answers_notice(notice, "#resolve solved")
        assert "You confirmed" not in words(bo.hears("Printer"))
        await bo.replies(bo.letters()[-1], "It still hums, sorry.", border="dmarc=pass")
        bo.hears("Printer")
        world.agent.hears_all()
        await world.agent.answers_notice(notice, "#close a new cable was sent")
        question = bo.hears("Printer")
        assert "a new cable was sent" in words(question)
        assert len(links(question)) == 2


async def test_an_answer_after_the_customers_own_yes_is_not_held() -> None:
    async with await productiv() as world:
        bo, question, notice = await solved(world)
        await clicks(bo, question, "yes")
        assert "You confirmed" in words(bo.hears("Printer"))
        world.agent.hears_all()
        await world.agent.answers_notice(notice, "Good to hear.")
        assert "Good to hear." in words(bo.hears("Printer"))
