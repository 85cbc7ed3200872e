"""A week of support at Acme, from Monday to Sunday: who writes, who hears of it, and who hears nothing.

Ana and Ben answer customers, Lea leads them, and an operator looks after the machine. Bo's printer burns on
Monday; Dora finds the web form on Thursday. Each day is a step of one story, to be read from the top.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.conversations.test_bounces import REPORT
from tests.world.desk import MONDAY, TRUSTING, DeskWorld
from tests.world.people import Person, words

pytestmark = pytest.mark.dovecot

OK = "dmarc=pass"
PEOPLE = {
    "agents": [
        {"name": "Ana Agent", "address": "agent@acme.example"},
        {"name": "Ben Beck", "address": "ben@acme.example"},
    ],
    "leadership": [{"name": "Lea Leader", "address": "leader@acme.example"}],
    "operators": ["ops@acme.example"],
}
FORM = {
    "name": "contact form",
    "when": {"sender": "form@acme.example"},
    "then": {"requester": "reply-to"},
}


class Week:
    """The people of the week and their desk."""

    def __init__(self, world: DeskWorld) -> None:
        self.world = world
        self.ana, self.lea = world.agent, world.leader
        self.ben = world.person("ben@acme.example", "Ben Beck")
        self.bo = world.person("bo@client.example", "Bo Lund")
        self.dora = world.person("dora@shop.example", "Dora Lima")
        self.printer = ""
        self.login = ""

    async def begins(self, day: int, hour: int = 10) -> None:
        """It is that day of the week (0 is Monday), at that hour, and the desk has done what was due."""
        wanted = MONDAY.replace(hour=hour, minute=0) + timedelta(days=day)
        await self.world.passes(seconds=(wanted - self.world.clock.now()).total_seconds())

    def nobody_else_hears(self, *but: Person) -> None:
        """Whoever is not named has had no letter that was not looked at."""
        for each in (self.ana, self.ben, self.lea, self.bo, self.dora, self.world.operator):
            if each not in but:
                each.hears_nothing()


async def a_week() -> DeskWorld:
    return await DeskWorld.start(
        trust=TRUSTING, people=PEOPLE, policy={"rules": [FORM]}, mailbox={"subaddress": "+"}
    )


async def monday_a_printer_burns(week: Week) -> None:
    """Bo is told that his mail came, both agents read it, and Ana answers from her mail program."""
    await week.bo.writes("Printer on fire", "It burns. What shall I do?", border=OK)
    assert "thank you for writing" in words(week.bo.hears("Printer on fire"))
    week.printer = (await week.world.case())["ref"]
    notice = week.ana.hears("New: Printer on fire")
    assert "> It burns. What shall I do?" in words(notice)
    week.ben.hears("New: Printer on fire")

    await week.ana.answers_notice(notice, "#take\n\nDear Bo,\n\npull the plug and step back.")
    answer = week.bo.hears("Printer on fire")
    assert "pull the plug and step back." in words(answer)
    assert "#take" not in words(answer)
    week.ana.hears("Done: Printer on fire")
    week.nobody_else_hears()


async def tuesday_the_customer_asks_for_more(week: Week) -> None:
    """Bo asks to escalate: Lea reads the whole story, the case's owner is told, and Bo that Lea knows."""
    await week.begins(1)
    await week.bo.replies(week.bo.letters()[-1], "It still burns. Please escalate this!", border=OK)
    story = words(week.lea.hears("Escalated: Printer on fire"))
    assert story.index("It still burns.") < story.index("pull the plug") < story.index("It burns. What")
    assert "our leadership has been told" in words(week.bo.hears("Printer on fire"))
    escalated = week.ana.hears("Escalated: Printer on fire")
    week.nobody_else_hears()

    await week.ana.answers_notice(escalated, "Dear Bo,\n\na new printer leaves us today.")
    assert "a new printer leaves us today." in words(week.bo.hears("Printer on fire"))
    week.nobody_else_hears()


async def wednesday_machines_write(week: Week) -> None:
    """Bo's absence note is kept on his case. It escalates nothing and nobody is disturbed."""
    await week.begins(2)
    await week.bo.replies(
        week.bo.letters()[-1],
        "I am out of the office until Friday. For an escalation please ask my colleagues.",
        headers={"Auto-Submitted": "auto-replied"},
        border=OK,
    )
    week.nobody_else_hears()
    assert (await week.world.happened(week.printer))[-1] == "automatic-mail"


async def thursday_a_form_is_filled_in(week: Week) -> None:
    """Dora is the requester, not the form. Ben takes her case; her provider sends his answer back."""
    await week.begins(3)
    form = week.world.person("form@acme.example", "Contact form")
    await form.writes(
        "I cannot log in", "Error 403.", headers={"Reply-To": "Dora Lima <dora@shop.example>"}, border=OK
    )
    form.hears_nothing()
    assert "We have received your message" in week.dora.hears("We have received").as_string()
    [week.login] = [each["ref"] for each in await week.world.cases() if each["ref"] != week.printer]
    week.ana.hears("New: I cannot log in")
    notice = week.ben.hears("New: I cannot log in")
    await week.ben.answers_notice(notice, "#take\n\nDear Dora,\n\nplease clear your cookies.")
    week.ben.hears("Done: I cannot log in")
    answer = week.dora.hears("I cannot log in")
    assert "please clear your cookies." in words(answer)
    week.nobody_else_hears()

    report = REPORT.format(
        to=week.world.address, recipient="dora@shop.example", action="failed", status="5.2.2",
        message_id=answer["Message-ID"],
    )  # fmt: skip
    await week.world.arrives(report.replace("\n", "\r\n").encode())
    lost = week.ben.hears("I cannot log in")
    assert "dora@shop.example" in words(lost)
    week.nobody_else_hears()


async def friday_a_case_is_closed_and_a_mail_passed_on(week: Week) -> None:
    """Ana closes Bo's case with a word to him, and passes on what a customer wrote to her alone."""
    await week.begins(4)
    await week.ana.answers_notice(week.ana.letters()[0], "#close the new printer has arrived")
    closed = week.bo.hears("Printer on fire")
    assert "the new printer has arrived" in words(closed)
    week.ana.hears("Done: Printer on fire")
    week.lea.hears("Closed: Printer on fire")  # it was escalated to her
    week.ben.hears("Overdue: I cannot log in")  # his answer came back, so Dora waits for her first one
    assert not (await week.world.case(week.printer))["escalated"]
    week.nobody_else_hears()

    cy = week.world.person("cy@client.example", "Cy Marsh")
    await week.ana.writes(
        "Fwd: Toner",
        "He always writes to me.\n\n---------- Forwarded message ---------\n"
        "From: Cy Marsh <cy@client.example>\nDate: Fri, 28 Nov 2025 at 09:00\n"
        "Subject: Toner\nTo: Ana Agent <agent@acme.example>\n\nWhere do I order toner?\n",
        border=OK,
    )
    assert "always writes" not in cy.hears("We have received").as_string()
    week.ana.hears_all()
    assert "> Where do I order toner?" in words(week.ben.hears("New: Toner"))
    week.nobody_else_hears()
    cy.hears_nothing()
    notice = week.ben.letters()[-1]
    await week.ben.answers_notice(notice, "Here: https://acme.example/toner\n")
    assert "https://acme.example/toner" in words(cy.hears("Toner"))


async def saturday_the_case_comes_back(week: Week) -> None:
    """Bo answers the closing letter: his case is open again, he is told so, and it is Ana's still."""
    await week.begins(5)
    week.ana.hears_all()
    week.ben.hears_all()
    await week.bo.replies(week.bo.letters()[-1], "The new one burns as well.", border=OK)
    assert "open again" in words(week.bo.hears("Printer on fire"))
    week.ana.hears("Reopened: Printer on fire")
    week.nobody_else_hears()
    case = await week.world.case(week.printer)
    assert (case["phase"], case["owner"], case["reopened"]) == ("open", "agent@acme.example", 1)


async def sunday_is_quiet(week: Week) -> None:
    """A new case of Sunday has until Monday's hours, no clock runs out, and a newsletter is closed."""
    await week.begins(6)
    await week.bo.writes("Scanner", "It hums.", border=OK)
    week.bo.hears("Scanner")
    week.ana.hears("New: Scanner")
    week.ben.hears("New: Scanner")
    news = week.world.person("news@toner.example", "Toner news")
    leave = {"List-Unsubscribe": "<mailto:leave@toner.example>", "Precedence": "bulk"}
    await news.writes("Ten new toners", "Buy them all.", headers=leave, border=OK)
    await week.begins(6, hour=23)
    week.nobody_else_hears()
    news.hears_nothing()
    cases = await week.world.cases()
    assert [each["subject"] for each in cases if each["phase"] not in ("new", "open")] == ["Ten new toners"]


async def test_a_week_of_support() -> None:
    async with await a_week() as world:
        week = Week(world)
        await monday_a_printer_burns(week)
        await tuesday_the_customer_asks_for_more(week)
        await wednesday_machines_write(week)
        await thursday_a_form_is_filled_in(week)
        await friday_a_case_is_closed_and_a_mail_passed_on(week)
        await saturday_the_case_comes_back(week)
        await sunday_is_quiet(week)
        world.operator.hears_nothing()
        assert await world.happened(week.printer) == [
            "opened", "assigned", "answered", "replied", "escalated", "answered", "automatic-mail", "closed",
            "escalation-over", "reopened",
        ]  # fmt: skip


async def test_two_answers_to_one_notice_do_not_both_go_silently() -> None:
    async with await a_week() as world:
        week = Week(world)
        await week.bo.writes("Scanner", "It hums.", border=OK)
        week.bo.hears("Scanner")
        to_ana, to_ben = week.ana.hears("New: Scanner"), week.ben.hears("New: Scanner")
        await week.ana.answers_notice(to_ana, "Dear Bo, let it hum.")
        assert "let it hum" in words(week.bo.hears("Scanner"))
        await week.ben.answers_notice(to_ben, "Dear Bo, switch it off.")
        week.bo.hears_nothing()
        [question] = week.ben.hears_all()
        assert "let it hum" in words(question)
        await week.ben.answers_notice(question, "yes")
        assert "switch it off" in words(week.bo.hears("Scanner"))
