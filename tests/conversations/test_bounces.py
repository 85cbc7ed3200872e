"""Letters of ours that come back: on their case, told to those who wait, and never answered."""

from __future__ import annotations

import email
from email.message import EmailMessage
from typing import Any

import pytest

from tests.world.desk import DeskWorld
from tests.world.people import words

pytestmark = pytest.mark.dovecot

REPORT = """\
From: MAILER-DAEMON@mx.client.example
To: {to}
Subject: Undelivered Mail Returned to Sender
Return-Path: <>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I could not deliver it.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.client.example

Final-Recipient: rfc822; {recipient}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} nobody of that name

--b
Content-Type: text/rfc822-headers

Message-ID: {message_id}

--b--
"""

# qmail knows no delivery reports; the letter stands below a line of its own.
LETTER = """\
From: MAILER-DAEMON@mx.client.example
To: {to}
Subject: failure notice
Return-Path: <>

Hi. This is the mail program at mx.client.example.
I wasn't able to deliver your message to the following addresses.

<{recipient}>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

Message-ID: {message_id}
To: {recipient}
"""

COMPLAINT = """\
From: feedback@mx.client.example
To: {to}
Subject: FW: your letter
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b"

--b
Content-Type: text/plain

Somebody called this mail unwanted.

--b
Content-Type: message/feedback-report

Feedback-Type: abuse
Version: 1
Original-Rcpt-To: {recipient}

--b
Content-Type: text/rfc822-headers

Message-ID: {message_id}

--b--
"""

BO = "bo@client.example"


async def an_answer(world: DeskWorld) -> EmailMessage:
    """The letter that reached a customer before this story goes wrong; everybody has heard the rest."""
    bo = world.person(BO)
    await bo.writes("Printer", "It burns.")
    bo.hears("received")
    await world.agent.answers("Water?")
    answer = bo.hears("Printer")
    world.agent.hears_all()
    return answer


async def comes_back(world: DeskWorld, form: str, letter: EmailMessage, **facts: str) -> dict[str, Any]:
    """A report in that form arrives; the event that tells of it."""
    told = {"to": world.address, "recipient": BO, "action": "failed", "status": "5.1.1", **facts}
    await world.arrives(form.format(message_id=letter["Message-ID"], **told).encode())
    assert (await world.verdicts())[-1] == "bounce"
    event: dict[str, Any] = (await world.case())["events"][-1]
    assert event["kind"] == "bounced"
    data: dict[str, Any] = event["data"]
    return data


@pytest.mark.parametrize("form", [REPORT, LETTER], ids=["a delivery report", "a letter of qmail"])
async def test_a_bounce_of_an_answer_is_on_its_case_and_the_team_hears(form: str) -> None:
    async with await DeskWorld.start() as world:
        data = await comes_back(world, form, await an_answer(world))
        assert (data["fate"], data["recipients"], data["parties"]) == ("unreachable", BO, BO)
        assert data["status"] == "5.1.1"
        assert "by that name" in data["why"] or "of that name" in data["why"]
        assert BO in words(world.agent.hears("Not delivered"))
        world.person(BO).hears_nothing()
        parties = (await world.case())["parties"]
        assert [each["unreachable"] for each in parties if each["address"] == BO] == [True]


async def test_a_delay_is_kept_on_the_case_and_nobody_is_disturbed() -> None:
    async with await DeskWorld.start() as world:
        answer = await an_answer(world)
        data = await comes_back(world, REPORT, answer, action="delayed", status="4.4.1")
        assert data["fate"] == "delayed"
        world.agent.hears_nothing()
        world.person(BO).hears_nothing()
        assert not any(each["unreachable"] for each in (await world.case())["parties"])


async def test_an_address_given_up_on_without_a_lasting_reason_is_told_and_not_marked() -> None:
    async with await DeskWorld.start() as world:
        data = await comes_back(world, REPORT, await an_answer(world), status="4.4.7")
        assert data["fate"] == "failed"
        world.agent.hears("Not delivered")
        assert not any(each["unreachable"] for each in (await world.case())["parties"])


async def first_response(world: DeskWorld) -> str | None:
    found: str | None = (await world.case())["first_response_at"]
    return found


@pytest.mark.parametrize("status", ["5.1.1", "4.4.7"], ids=["no such mailbox", "given up on"])
async def test_an_answer_that_comes_back_was_no_first_response_and_the_promise_counts_again(
    status: str,
) -> None:
    """As where the relay refuses it at once; what then keeps the promise is the next answer."""
    async with await DeskWorld.start() as world:
        answer = await an_answer(world)
        assert await first_response(world)
        await comes_back(world, REPORT, answer, status=status)
        case = await world.case()
        assert case["first_response_at"] is None
        assert case["due"]["response"] == "2025-11-25T09:30:00.000000Z"
        world.agent.hears("Not delivered")
        await world.passes(days=2)
        assert "response-overdue" in await world.happened()
        await world.agent.answers("Water? I ask again.")
        assert await first_response(world) == "2025-11-26T09:30:00.000000Z"


@pytest.mark.parametrize(
    ("form", "facts"),
    [(REPORT, {"action": "delayed", "status": "4.4.1"}), (COMPLAINT, {})],
    ids=["still tried", "complained of"],
)
async def test_an_answer_that_may_arrive_or_did_is_the_first_response_as_before(
    form: str, facts: dict[str, str]
) -> None:
    async with await DeskWorld.start() as world:
        answer = await an_answer(world)
        before = await first_response(world)
        await comes_back(world, form, answer, **facts)
        assert await first_response(world) == before


async def test_of_several_answers_the_first_that_did_not_come_back_counts() -> None:
    async with await DeskWorld.start() as world:
        first = await an_answer(world)
        before = await first_response(world)
        await world.passes(hours=1)
        await world.agent.answers("Or sand?")
        second = world.person(BO).hears("Printer")
        await comes_back(world, REPORT, second)
        assert await first_response(world) == before
        await comes_back(world, REPORT, first)
        assert await first_response(world) is None
        await world.passes(hours=1)
        await world.agent.answers("Or foam?")
        assert await first_response(world) == "2025-11-24T11:30:00.000000Z"


async def test_an_answer_that_a_report_only_refers_to_has_arrived() -> None:
    """Some servers name in References the whole thread of the letter that they bring back."""
    form = REPORT.replace("Return-Path:", "References: {thread}\nReturn-Path:")
    async with await DeskWorld.start() as world:
        first = await an_answer(world)
        before = await first_response(world)
        await world.passes(hours=1)
        await world.agent.answers("Or sand?")
        second = world.person(BO).hears("Printer")
        thread = f"{first['Message-ID']} {second['Message-ID']}"
        await comes_back(world, form, second, thread=thread)
        assert await first_response(world) == before
        await world.agent.closes("it is out")
        closing = world.person(BO).hears("Printer")
        await comes_back(world, form, closing, thread=f"{thread} {closing['Message-ID']}")
        assert await first_response(world) == before


async def test_a_copy_that_comes_back_leaves_the_answer_what_it_was() -> None:
    """Cy cannot undo what Bo was answered: whose letter it was is proven by what came back."""
    async with await DeskWorld.start() as world:
        bo, cy = world.person(BO), world.person("cy@client.example")
        await bo.writes("Printer", "It burns.", cc=[cy.address])
        await world.agent.answers("Water?")
        before = await first_response(world)
        copy = cy.hears("Printer")
        await world.arrives(
            REPORT.format(
                message_id=copy["Message-ID"],
                to=world.address,
                recipient=cy.address,
                action="failed",
                status="5.1.1",
            ).encode()
        )
        assert (await world.happened())[-1] == "bounced"
        assert await first_response(world) == before


async def test_a_customer_who_writes_again_is_reachable_again() -> None:
    async with await DeskWorld.start() as world:
        answer = await an_answer(world)
        await comes_back(world, REPORT, answer)
        await world.passes(hours=1)
        await world.person(BO).replies(answer, "It was a full mailbox, sorry.")
        assert not any(each["unreachable"] for each in (await world.case())["parties"])


async def test_the_reply_address_tells_the_case_and_the_party_where_nothing_else_does() -> None:
    """The customer forwards to an address that fails, and the report returns nothing of our letter."""
    async with await DeskWorld.start(mailbox={"subaddress": "+"}) as world:
        answer = await an_answer(world)
        (sent,) = [each for each in world.relay.mails if answer["Message-ID"].encode() in each.raw]
        report = LETTER.format(
            to=sent.envelope_from, recipient="elsewhere@other.example", message_id="<x@y.example>"
        )
        await world.arrives(report.encode())
        data = (await world.case())["events"][-1]["data"]
        assert (data["recipients"], data["parties"]) == ("elsewhere@other.example", BO)
        assert BO in words(world.agent.hears("Not delivered"))


async def test_a_complaint_is_kept_on_the_case_and_never_answered() -> None:
    async with await DeskWorld.start() as world:
        data = await comes_back(world, COMPLAINT, await an_answer(world))
        assert data["fate"] == "complaint"
        world.agent.hears_nothing()
        world.person("feedback@mx.client.example").hears_nothing()
        world.person(BO).hears_nothing()


async def test_a_bounce_of_a_notice_is_only_logged() -> None:
    """Neither that of a first notice, nor that of the notice about a bounce."""
    async with await DeskWorld.start() as world:
        answer = await an_answer(world)
        await comes_back(world, REPORT, answer)
        notice = world.agent.hears("Not delivered")
        data = await comes_back(world, REPORT, notice, recipient="agent@acme.example")
        assert data["recipients"] == "agent@acme.example"
        world.agent.hears_nothing()
        world.leader.hears_nothing()
        world.operator.hears_nothing()
        assert (await world.happened()).count("bounced") == 2


async def test_a_bounce_about_no_case_is_kept_in_one_of_its_own_and_nobody_is_written_to() -> None:
    async with await DeskWorld.start() as world:
        stray = email.message_from_string("Message-ID: <x@y.example>\n\n")
        report = REPORT.format(
            to=world.address, recipient=BO, action="failed", status="5.1.1", message_id=stray["Message-ID"]
        )
        await world.arrives(report.encode())
        assert await world.happened() == ["opened", "bounced"]
        assert not world.relay.mails


async def test_an_absence_note_tells_on_its_case_when_its_author_is_back() -> None:
    async with await DeskWorld.start() as world:
        answer = await an_answer(world)
        away = {"Auto-Submitted": "auto-replied"}
        await world.person(BO).replies(answer, "I am away until 30 November.", headers=away)
        event = (await world.case())["events"][-1]
        assert (event["kind"], event["data"]["away_until"]) == ("automatic-mail", "2025-11-30")
