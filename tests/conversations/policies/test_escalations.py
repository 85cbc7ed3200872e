"""Escalations of the published processes: who hears when, who approves, what is planned and promised."""

from __future__ import annotations

import re
from datetime import timedelta
from email.message import EmailMessage
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from tests.conversations.policies.companies import (
    CORA,
    HAMBURG,
    LISBON,
    LONDON,
    ROLES,
    a_desk,
    at,
    just_before,
    told_as,
    until,
)
from tests.world.desk import DeskWorld
from tests.world.people import Person, words

pytestmark = pytest.mark.dovecot

GERMAN = {"country": "DE", "region": "HH"}
ENGLISH = {"country": "GB", "region": "ENG"}


async def escalated_in_hamburg(**more: Any) -> tuple[DeskWorld, list[Person], Person, EmailMessage]:
    """A case of Bo's on 23 December, escalated at ten: the desk, its three levels, Bo, the notice Ana has."""
    world = await a_desk("advendio", HAMBURG, at(HAMBURG, "12-23", "09:30"), holidays=GERMAN, **more)
    bo = world.person("bo@client.example", "Bo Lund")
    await bo.writes("Ad server", "The numbers look odd.", border="dmarc=pass")
    receipt, notice = bo.hears("Ad server"), world.agent.hears("New:")
    await until(world, at(HAMBURG, "12-23", "10:00"))
    await bo.replies(receipt, "I have to ESCALATE this.", border="dmarc=pass")
    levels = [world.person(each) for each in ROLES["advendio"].values()]
    return world, levels, bo, notice


def escalates_within(said: EmailMessage) -> str:
    return " ".join(words(said).split())


# --- a path of levels -------------------------------------------------------------------------------


async def test_each_level_hears_when_the_time_of_the_one_before_is_over(database_url: str) -> None:
    world, (manager, coo, ceo), bo, _ = await escalated_in_hamburg(store=database_url)
    async with world:
        told = escalates_within(manager.hears("Escalated", "Ad server"))
        assert "The numbers look odd." in told
        assert "Answer the customer by Wednesday, 24 December 2025, 10:00 (Berlin), or write #plan" in told
        assert "and what is to be done; else COO - Chief Operating Officer hears of it then." in told
        assert "This case is escalated." in told
        assert "Also:" not in told  # neither that it is escalated nor that a customer wrote: both stand there
        assert "#escalate [why] · #plan [text|share]" in told
        assert "Customer Success Manager has been told" in escalates_within(bo.hears("Ad server"))
        world.leader.hears_nothing()
        await just_before(world, at(HAMBURG, "12-24", "10:00"))
        coo.hears_nothing()
        await until(world, at(HAMBURG, "12-24", "10:00"))
        assert "The numbers look odd." in words(coo.hears("Escalated"))
        assert (await world.case())["escalation"]["level"] == 2
        await just_before(world, at(HAMBURG, "12-29", "10:00"))
        ceo.hears_nothing()
        await until(world, at(HAMBURG, "12-29", "10:00"))
        assert "Answer the customer, or write #plan" in escalates_within(ceo.hears("Escalated"))
        manager.hears_nothing()
        bo.hears_nothing()
        assert (await world.case())["escalation"]["level"] == 3


async def test_a_level_that_answers_is_the_last_to_hear_until_the_customer_asks_again() -> None:
    world, (_, coo, ceo), bo, _ = await escalated_in_hamburg()
    async with world:
        await until(world, at(HAMBURG, "12-24", "10:00"))
        bo.hears_all()
        await until(world, at(HAMBURG, "12-29", "09:00"))
        await coo.answers_notice(coo.hears("Escalated"), "We look into it ourselves.")
        answer = bo.hears("Ad server")
        await until(world, at(HAMBURG, "12-30", "16:00"))
        ceo.hears_nothing()
        await bo.replies(answer, "Please escalate it further.", border="dmarc=pass")
        ceo.hears("Escalated")
        assert "CEO" in escalates_within(bo.hears("Ad server"))


async def test_an_agent_takes_it_to_the_next_level_at_once() -> None:
    world, (manager, coo, ceo), _, notice = await escalated_in_hamburg()
    async with world:
        manager.hears("Escalated")
        await world.agent.answers_notice(notice, "#escalate he knows the matter")
        coo.hears("Escalated")
        ceo.hears_nothing()


async def test_a_plan_that_a_colleague_wrote_since_the_notice_goes_out_only_when_they_say_yes() -> None:
    world, (manager, *_), bo, _ = await escalated_in_hamburg()
    async with world:
        bo.hears_all()
        first = manager.hears("Escalated")
        await world.passes(minutes=5)
        await manager.answers_notice(first, "#plan Count the numbers again.")
        manager.hears("Done: Ad server")
        await world.passes(minutes=5)
        await world.agent.answers_notice(world.agent.hears_all()[-1], "#plan Another ad server.")
        await world.passes(minutes=5)
        await manager.answers_notice(first, "#plan share")
        bo.hears_nothing()
        asked = manager.hears("Send it too?")
        assert "Ana Agent wrote another plan on" in escalates_within(asked)
        assert "> Another ad server." in words(asked)
        await manager.answers_notice(asked, "yes")
        assert "Another ad server." in words(bo.hears("Ad server"))


async def test_a_promise_that_is_missed_escalates_by_itself() -> None:
    async with await a_desk("advendio", HAMBURG, at(HAMBURG, "11-04", "10:00"), holidays=GERMAN) as world:
        bo = world.person("bo@client.example", "Bo Lund")
        await bo.writes("Export", "How do I export?", border="dmarc=pass")
        bo.hears_all()
        manager = world.person("csm@acme.example")
        await just_before(world, at(HAMBURG, "11-06", "10:00"))
        manager.hears_nothing()
        await until(world, at(HAMBURG, "11-06", "10:00"))
        assert "How do I export?" in words(manager.hears("Escalated"))
        bo.hears_nothing()  # of what time alone does here only the desk's people hear


async def test_what_consulted_colleagues_answer_stays_inside_and_the_customer_reads_what_is_released() -> (
    None
):
    world = await a_desk(
        "advendio",
        HAMBURG,
        at(HAMBURG, "11-04", "10:00"),
        holidays=GERMAN,
        teams=["support", "product", "development"],
    )
    async with world:
        bo = world.person("bo@client.example", "Bo Lund")
        await bo.writes("Export", "There is an error in it.", border="dmarc=pass")
        bo.hears_all()
        notice = world.agent.hears("New:")
        dev, product = (world.person(f"{each}@other.example") for each in ("dev", "product"))
        asked = f"#ask {product.address}, {dev.address}\n\nHave you seen this?"
        await world.agent.answers_notice(notice, asked)
        question = dev.hears("Export")
        assert "There is an error in it." in words(question)
        product.hears("Export")
        await dev.answers_notice(question, "A bug of the last release.")
        bo.hears_nothing()
        inside = world.agent.hears_all()[-1]
        assert "A bug of the last release." in words(inside)
        await world.agent.answers_notice(inside, "We mend it this week.")
        said = words(bo.hears("Export"))
        assert "We mend it this week." in said
        assert "bug of the last release" not in said


# --- leadership and its plan ------------------------------------------------------------------------


async def a_case_in_lisbon() -> tuple[DeskWorld, Person, EmailMessage]:
    world = await a_desk("productiv", LISBON, at(LISBON, "11-24", "10:00"), holidays={"country": "PT"})
    bo = world.person("bo@client.example", "Bo Lund")
    await bo.writes("Printer", "It hums. Thank you for your work.", border="dmarc=pass")
    world.agent.hears_all()
    return world, bo, bo.hears("Printer")


async def test_own_new_words_escalate_and_a_plan_stays_inside_until_it_is_shared(database_url: str) -> None:
    world, bo, receipt = await a_case_in_lisbon()
    async with world:
        await bo.replies(
            receipt, "It still hums.\n\n-- \nBo Lund\nEscalation desk: 24/7", border="dmarc=pass"
        )
        world.leader.hears_nothing()
        await bo.replies(receipt, "I must ESCALATE this.", border="dmarc=pass")
        story = world.leader.hears("Escalated")
        assert "It hums." in words(story)
        assert "asks again" not in words(story)
        bo.hears_all()
        await world.leader.answers_notice(story, "#plan Today: look at it.\n\nTomorrow: a new printer.")
        bo.hears_nothing()
        planned = (await world.case())["escalation"]
        assert planned["plan"] == "Today: look at it.\nTomorrow: a new printer."
        assert planned["plan_shared_at"] is None
        world.agent.hears_all()
        await bo.replies(receipt, "Is there any news?", border="dmarc=pass")
        card = words(world.agent.hears("Printer")).replace("\r\n", "\n")
        assert "Plan:      Today: look at it.\n           Tomorrow: a new printer. (inside)" in card
        bo.hears_nothing()
        world.leader.hears_all()
        await world.leader.answers_notice(story, "#plan share")
        said = words(bo.hears("Printer")).replace("\r\n", "\n")
        assert "Today: look at it.\nTomorrow: a new printer." in said
        assert (await world.case())["escalation"]["plan_shared_at"] is not None


async def test_asked_a_second_time_leadership_hears_again_once_a_day() -> None:
    world, bo, receipt = await a_case_in_lisbon()
    async with world:
        await bo.replies(receipt, "Please escalate.", border="dmarc=pass")
        world.leader.hears("Escalated")
        await world.passes(hours=1)
        await bo.replies(receipt, "I asked for an escalation!", border="dmarc=pass")
        assert "somebody asks again" in escalates_within(world.leader.hears("Escalated"))
        await world.passes(hours=1)
        await bo.replies(receipt, "Escalate, I say.", border="dmarc=pass")
        world.leader.hears_nothing()
        await world.passes(days=1)
        await bo.replies(receipt, "Escalate, I still say.", border="dmarc=pass")
        world.leader.hears("Escalated")


async def test_a_plan_may_stand_below_its_command_alone() -> None:
    world, bo, receipt = await a_case_in_lisbon()
    async with world:
        await bo.replies(receipt, "Please escalate.", border="dmarc=pass")
        bo.hears_all()
        notice = world.leader.hears("Escalated")
        await world.leader.answers_notice(notice, "#plan\nA new printer by Friday.")
        assert (await world.case())["escalation"]["plan"] == "A new printer by Friday."
        await world.leader.answers_notice(notice, "#plan")
        assert (await world.case())["escalation"]["plan"] == "A new printer by Friday."
        bo.hears_nothing()


# --- approval ---------------------------------------------------------------------------------------


async def filed_in_london(**more: Any) -> tuple[DeskWorld, Person, Person, EmailMessage, EmailMessage]:
    """A case of Bo's that Ana of support owns, and asks to escalate: the desk, Bo, Cora of the team that
    reviews, the notice that Ana answers and the one that Cora gets."""
    world = await a_desk("escalate-my-case", LONDON, at(LONDON, "12-12", "10:00"), holidays=ENGLISH, **more)
    bo, cora = world.person("bo@client.example", "Bo Lund"), world.person(CORA)
    await bo.writes("Slow progress", "Nothing moves.", border="dmarc=pass")
    notice = world.agent.hears("New:")
    await world.agent.answers_notice(notice, "#assign me")
    for each in (bo, cora, world.agent, world.person("ben@acme.example")):
        each.hears_all()
    await until(world, at(LONDON, "12-19", "18:05"))
    for each in (bo, cora, world.agent):
        each.hears_all()
    await world.agent.answers_notice(notice, "#escalate promised for Monday")
    return world, bo, cora, notice, cora.hears("To be approved")


async def test_the_team_owes_a_word_and_hears_of_a_miss(database_url: str) -> None:
    world, bo, cora, _, to_review = await filed_in_london(store=database_url)
    async with world:
        due = at(LONDON, "12-23", "09:00")
        assert told_as(due, LONDON) in words(bo.hears("Slow progress"))
        seen = words(to_review)
        assert "7 days ago" in seen
        assert "Nothing moves." in seen
        case = await world.case()
        assert (case["escalation"]["level"], case["priority"]) == (0, "Normal")
        world.person("manager@acme.example").hears_nothing()
        await just_before(world, due)
        cora.hears_nothing()
        await until(world, due)
        cora.hears("Escalation overdue")
        await world.passes(days=3)
        cora.hears_nothing()


async def test_what_is_approved_goes_to_the_owner_first_and_then_upwards() -> None:
    world, bo, cora, _, to_review = await filed_in_london()
    async with world:
        manager, head = world.person("manager@acme.example"), world.person("head@acme.example")
        bo.hears_all()
        await until(world, at(LONDON, "12-22", "15:00"))
        world.agent.hears_all()
        await cora.answers_notice(to_review, "#approve")
        assert "was approved" in words(bo.hears("Slow progress"))
        assert "Nothing moves." in words(world.agent.hears("Escalated"))
        manager.hears_nothing()
        case = await world.case()
        assert (case["priority"], case["escalation"]["level"]) == ("Escalated", 1)
        assert case["escalation"]["acknowledged"]
        await just_before(world, at(LONDON, "12-23", "15:00"))
        manager.hears_nothing()
        cora.hears_all()
        await until(world, at(LONDON, "12-23", "15:00"))
        assert "Nothing moves." in words(manager.hears("Escalated"))
        cora.hears("Escalated")
        await just_before(world, at(LONDON, "12-24", "15:00"))
        head.hears_nothing()
        await until(world, at(LONDON, "12-24", "15:00"))
        head.hears("Escalated")


async def test_an_approval_is_told_although_the_customer_had_many_letters() -> None:
    limits = {"acks_per_case_hour": 1}
    world, bo, cora, _, review = await filed_in_london(limits=limits)
    async with world:
        assert "We review" in escalates_within(bo.hears("Slow progress"))  # the one letter of this hour
        await cora.answers_notice(review, "#approve")
        assert "was approved" in escalates_within(bo.hears("Slow progress"))


async def test_one_click_approves() -> None:
    world, bo, cora, _, to_review = await filed_in_london()
    async with world:
        bo.hears_all()
        (approve, *_) = (urlsplit(each) for each in re.findall(r"mailto:[^\s<>]+", words(to_review)))
        query = parse_qs(approve.query)
        assert query["body"] == ["#approve"]
        mail = cora.composes(query["subject"][0], "#approve", to=unquote(approve.path))
        await cora.sends(mail)
        assert "was approved" in words(bo.hears("Slow progress"))


async def test_what_is_declined_is_told_with_the_reason_and_changes_nothing() -> None:
    world, bo, cora, notice, to_review = await filed_in_london()
    async with world:
        bo.hears_all()
        await until(world, at(LONDON, "12-22", "15:00"))
        world.agent.hears_all()
        await world.agent.answers_notice(notice, "#approve")
        assert "customer-resolutions" in words(world.agent.hears_all()[-1])
        bo.hears_nothing()
        await cora.answers_notice(to_review, "#decline the correction comes this week")
        said = escalates_within(bo.hears("Slow progress"))
        assert "do not escalate it: the correction comes this week" in said
        case = await world.case()
        assert (case["priority"], case["escalation"]) == ("Normal", None)
        await until(world, at(LONDON, "12-29", "12:00"))
        for each in ("manager@acme.example", "head@acme.example"):
            world.person(each).hears_nothing()


async def test_as_long_as_it_lasts_the_customer_hears_every_two_business_days(database_url: str) -> None:
    world, bo, cora, notice, to_review = await filed_in_london(store=database_url)
    async with world:
        await until(world, at(LONDON, "12-22", "15:00"))
        await cora.answers_notice(to_review, "#approve")
        manager = world.person("manager@acme.example")
        await until(world, at(LONDON, "12-24", "12:00"))
        manager.hears_all()
        await world.agent.answers_notice(notice, "We are at it.")
        bo.hears_all()
        for each in (world.agent, cora, manager):
            each.hears_all()
        due = at(LONDON, "12-30", "12:00")
        head = world.person("head@acme.example")
        await just_before(world, due)
        for each in (head, world.agent, cora):
            each.hears("Escalated")  # on the 24th, when the time of the Team Manager was over
        for days in (0, 3, 7):  # on 2 January and on the 6th again, two business days after what was missed
            missed = due + timedelta(days=days)
            await just_before(world, missed)
            for each in (cora, head):
                each.hears_nothing()
            await until(world, missed)
            for each in (world.agent, cora, head):
                each.hears("Word overdue")
        bo.hears_nothing()
