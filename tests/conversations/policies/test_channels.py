"""Channels: what each plan has, mail by another one, and cases that came by chat or phone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from tests.conversations.policies.companies import BEN, LISBON, LOS_ANGELES, a_desk, at, told_as
from tests.world.desk import DeskWorld, mailbox_of
from tests.world.dovecot import Dovecot
from tests.world.people import words

pytestmark = pytest.mark.dovecot

MONDAY = at(LISBON, "11-24", "10:00")
TEN = at(LOS_ANGELES, "11-03", "10:00")
TEAMS = ("support", "admin-tasks", "product", "development", "engineering")
ACCOUNTS = [
    {"name": "Client Inc", "domains": ["client.example"], "plan": "Essentials"},
    {"name": "Pro Ltd", "domains": ["pro.example"], "plan": "Pro"},
]


async def productiv(start: datetime = MONDAY, **more: Any) -> DeskWorld:
    """Productiv's desk with a mailbox for customers who telephone, whose voice mail comes there."""
    dovecot = await Dovecot.start(users={"support": "secret", "sales": "secret"})
    phone = mailbox_of(dovecot, "sales", channel="phone", subaddress="+")
    return await a_desk(
        "productiv",
        LISBON,
        start,
        holidays={"country": "PT"},
        dovecot=dovecot,
        mailboxes=[phone],
        accounts=ACCOUNTS,
        **more,
    )


async def to_the_phone_mailbox(world: DeskWorld, who: str, subject: str = "Reports") -> tuple[Any, str]:
    """Somebody's mail to the mailbox for phone customers: their case, and the receipt."""
    somebody = world.person(who)
    await somebody.writes(subject, "Odd.", to="sales@acme.example", mailbox="sales", border="dmarc=pass")
    return (await world.cases())[-1], words(somebody.hears(subject))


# --- mail by a channel that a plan does not have ----------------------------------------------------


async def test_mail_by_a_channel_that_the_plan_has_not_is_kept_and_told_which_it_has(
    database_url: str,
) -> None:
    async with await productiv(store=database_url) as world:
        case, receipt = await to_the_phone_mailbox(world, "bo@client.example")
        assert (case["phase"], case["priority"], case["account"]) == ("new", "Normal", "Client Inc")
        assert told_as(at(LISBON, "11-26", "16:00"), LISBON) in receipt
        assert case["ref"] in receipt
        assert "Your plan has support by email and chat." in receipt
        assert "opened by phone" in words(world.agent.hears("New:"))


async def test_mail_by_a_channel_that_the_plan_has_is_told_nothing_of_channels() -> None:
    async with await productiv() as world:
        _, receipt = await to_the_phone_mailbox(world, "cy@pro.example")
        assert "support by" not in receipt
        bo = world.person("bo@client.example")
        await bo.writes("Export", "Odd.", border="dmarc=pass")
        assert "support by" not in words(bo.hears("Export"))


async def test_who_has_no_plan_reads_which_channels_everybody_has() -> None:
    async with await productiv() as world:
        case, receipt = await to_the_phone_mailbox(world, "eve@other.example")
        assert "We offer you support by email." in receipt
        assert told_as(at(LISBON, "11-26", "16:00"), LISBON) in receipt
        assert case["account"] is None


async def test_two_plans_of_one_priority_each_get_their_own_promise() -> None:
    promises = [
        {"priority": "Normal", "plan": "Pro", "first_response": "4h"},
        {"priority": "Normal", "plan": "Essentials", "first_response": "12h"},
    ]
    async with await productiv(changed={"promises": promises}) as world:
        for who, due in (
            ("cy@pro.example", at(LISBON, "11-24", "14:00")),
            ("bo@client.example", at(LISBON, "11-25", "13:00")),
        ):
            somebody = world.person(who)
            await somebody.writes("Reports", "Odd.", border="dmarc=pass")
            assert told_as(due, LISBON) in words(somebody.hears("Reports"))


# --- cases that came by chat or telephone -----------------------------------------------------------


async def profitco(start: datetime, **more: Any) -> DeskWorld:
    accounts = [{"name": "Client Inc", "domains": ["client.example"], "plan": "paid"}]
    return await a_desk("profitco", LOS_ANGELES, start, teams=TEAMS, accounts=accounts, **more)


async def test_an_agent_enters_a_chat_by_mail_and_its_outcome_only_gets_worse(database_url: str) -> None:
    async with await profitco(TEN, store=database_url) as world:
        await world.agent.writes(
            "Export of goals",
            "#new chat Cy Sample <cy@client.example>\n"
            "#set chat outcome = Added feature request\n\nHe would like to export goals.",
            border="dmarc=pass",
        )
        case = await world.case()
        assert (case["subject"], case["requester"]) == ("Export of goals", "cy@client.example")
        assert (case["account"], case["priority"]) == ("Client Inc", "P5 – Medium")
        assert case["type"] == "Request for Service"  # "feature" stands in a command, not in their words
        assert case["fields"]["source"] == "chat"
        assert case["fields"]["chat outcome"] == "Added feature request"
        assert [mail["new_text"] for mail in case["mails"] if mail["direction"] == "in"] == [
            "He would like to export goals."
        ]
        cy = world.person("cy@client.example")
        receipt = words(cy.hears("Export of goals"))
        assert "Hello Cy Sample" in receipt
        assert case["ref"] in receipt
        assert "What you told us is now case" in receipt
        assert "agent@acme.example" not in receipt
        done = world.agent.hears("Done")
        assert f"opened {case['ref']} for cy@client.example" in words(done)
        new = words(world.person(BEN).hears("New"))
        assert "opened by chat, by Ana Agent" in new
        assert "What cy@client.example said, as a colleague entered it:" in new
        assert "Ana Agent opened this case for cy@client.example." in new
        assert "A customer opened" not in new
        assert "wrote:" not in new
        await world.agent.answers_notice(done, "#set chat outcome=happy")
        assert "stays as it is" in words(world.agent.hears("Done"))
        await world.agent.answers_notice(done, "#set chat outcome=no workaround")
        fields = (await world.case())["fields"]
        assert fields["chat outcome"] == "Reported a problem – No Workaround"
        await cy.replies(cy.letters()[-1], "Any news?", border="dmarc=pass")
        assert (await world.happened())[-1] == "replied"


async def test_who_is_not_to_hear_gets_no_receipt_and_a_note_stays_inside() -> None:
    async with await profitco(TEN) as world:
        await world.agent.writes(
            "Invoice",
            "#new quietly phone cy@client.example\n#note He was angry.\n"
            "#set chat outcome = Answered Question – Unhappy\n\nWhere is the bill of October?",
            border="dmarc=pass",
        )
        case = await world.case()
        assert case["fields"]["source"] == "phone"
        assert case["fields"]["chat outcome"] == "Answered Question – Unhappy"
        (mail,) = (mail for mail in case["mails"] if mail["direction"] == "in")
        assert mail["new_text"] == "Where is the bill of October?"
        assert "who gets no receipt" in words(world.agent.hears("Done"))
        world.person("cy@client.example").hears_nothing()
        assert "noted" in await world.happened()


async def test_an_outcome_that_wants_a_note_is_asked_for_it() -> None:
    async with await profitco(TEN) as world:
        await world.agent.writes(
            "Invoice",
            "#new chat cy@client.example\n#set chat outcome = Answered Question – Unhappy\n\nWhere is it?",
            border="dmarc=pass",
        )
        assert "wants a note with it" in words(world.agent.hears("Not all done"))
        assert (await world.case())["fields"]["chat outcome"] == "Answered Question – Happy"


async def test_a_case_of_a_channel_that_the_plan_has_not_is_told_so_too() -> None:
    async with await productiv() as world:
        await world.agent.writes("Reports", "#new phone bo@client.example\n\nOdd.", border="dmarc=pass")
        receipt = words(world.person("bo@client.example").hears("Reports"))
        assert told_as(at(LISBON, "11-26", "16:00"), LISBON) in receipt
        assert "Your plan has support by email and chat." in receipt


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("#new caht cy@client.example", "did you mean chat?"),
        ("#new fax cy@client.example", "the policy knows no channel 'fax'"),
        ("#new chat", "names no customer"),
        ("#new chat agent@acme.example", "is of the desk itself"),
    ],
)
async def test_a_line_that_names_nobody_opens_nothing_and_its_author_hears_why(line: str, why: str) -> None:
    async with await profitco(TEN) as world:
        await world.agent.writes("Invoice", f"{line}\n\nWhere is it?", border="dmarc=pass")
        assert await world.cases() == []
        told = words(world.agent.hears("Refused"))
        assert why in told
        assert "send it again" in told
        assert "quarantine" not in told
        world.operator.hears_nothing()


async def test_only_agents_enter_cases() -> None:
    async with await profitco(TEN) as world:
        await world.leader.writes("Invoice", "#new chat cy@client.example\n\nWhere?", border="dmarc=pass")
        assert await world.cases() == []
        assert "only agents enter cases" in words(world.leader.hears("Refused"))


async def test_unless_the_server_vouches_the_agent_is_asked_first() -> None:
    async with await profitco(TEN) as world:
        await world.agent.writes("Invoice", "#new chat cy@client.example\n\nWhere is it?")
        assert await world.cases() == []
        question = world.agent.hears("Invoice")
        assert "cy@client.example then has a case" in words(question)
        world.person("cy@client.example").hears_nothing()
        await world.agent.replies(question, "yes")
        assert (await world.case())["requester"] == "cy@client.example"
        world.person("cy@client.example").hears("Invoice")


async def test_below_a_notice_it_opens_nothing_and_its_words_go_to_nobody() -> None:
    async with await profitco(TEN) as world:
        bo = world.person("bo@client.example")
        await bo.writes("Login", "How?", border="dmarc=pass")
        bo.hears("Login")
        await world.agent.answers_notice(
            world.agent.hears("New"), "#new chat cy@client.example\n\nCy said so."
        )
        told = words(world.agent.hears("Not all done"))
        assert "in a mail of its own" in told
        assert "Cy said so." in told
        bo.hears_nothing()
        assert len(await world.cases()) == 1


async def test_a_transcript_passed_on_below_the_line_is_what_the_customer_said() -> None:
    async with await profitco(TEN) as world:
        await world.agent.writes(
            "Fwd: Chat 4711",
            "#new chat cy@client.example\n\nTook ten minutes.\n\n"
            "---------- Forwarded message ---------\nFrom: Chat <noreply@chat.example>\n"
            "Date: Mon, 3 Nov 2025 at 09:50\nSubject: Chat 4711\nTo: <agent@acme.example>\n\n"
            "Cy: I cannot log in.\n",
            border="dmarc=pass",
        )
        case = await world.case()
        assert (case["requester"], case["type"]) == ("cy@client.example", "Bug")
        assert "I cannot log in." in case["mails"][0]["new_text"]
        assert "Took ten minutes." in words(world.person(BEN).hears("New"))
