"""Who takes part in a case writes a delivery report about somebody else's letter."""

from __future__ import annotations

from email.message import EmailMessage
from typing import Any

import pytest

from tests.world.desk import TRUSTING, DeskWorld
from tests.world.people import words

pytestmark = pytest.mark.dovecot

BO, CY = "bo@client.example", "cy@client.example"
PLUS = {"subaddress": "+"}
VOUCHED = "dmarc=pass"
TOKEN = "MIME-Version"
"""The field in which a letter bears what only its recipient has."""

REPORT = """\
From: {sender}
To: {to}
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Return-Path: <>
Auto-Submitted: auto-replied
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I could not deliver your letter.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.client.example

Final-Recipient: rfc822; {recipient}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 nobody of that name

--b
Content-Type: text/rfc822-headers

{returned}

--b--
"""

# qmail knows no delivery reports: the letter stands below a line of its own.
LETTER = """\
From: {sender}
To: {to}
Subject: failure notice
Return-Path: <>

Hi. This is the mail program at mx.client.example.
I wasn't able to deliver your message to the following addresses.

<{recipient}>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

{returned}
"""


async def an_answer_to_two(world: DeskWorld) -> tuple[EmailMessage, EmailMessage]:
    """Bo's case, in which Cy takes part: what each of them got of one answer."""
    bo, cy = world.person(BO, "Bo Lund"), world.person(CY, "Cy")
    await bo.writes("Printer", "It burns.", cc=[CY], border=VOUCHED)
    bo.hears_all()
    await world.agent.answers("Water?")
    world.agent.hears_all()
    return bo.hears("Printer"), cy.hears("Printer")


async def arrives(world: DeskWorld, form: str, to: str, returned: str, **facts: str) -> dict[str, Any]:
    """A report about Bo's letter; the event that tells of it."""
    told = {"sender": "MAILER-DAEMON@mx.client.example", "recipient": BO, **facts}
    await world.arrives(form.format(to=to, returned=returned, **told).encode())
    assert (await world.verdicts())[-1] == "bounce"
    event: dict[str, Any] = (await world.case())["events"][-1]
    assert event["kind"] == "bounced"
    data: dict[str, Any] = event["data"]
    return data


def header(letter: EmailMessage, **instead: str) -> str:
    """The header of a letter as servers return it."""
    fields = {name.lower(): (name, value) for name, value in letter.items()}
    fields |= {name.lower(): (name, value) for name, value in instead.items()}
    return "\n".join(f"{name}: {value}" for name, value in fields.values() if value)


async def reachable(world: DeskWorld) -> set[str]:
    return {each["address"] for each in (await world.case())["parties"] if not each["unreachable"]}


@pytest.mark.parametrize("form", [REPORT, LETTER], ids=["a delivery report", "a letter of qmail"])
@pytest.mark.parametrize("mailbox", [PLUS, {}], ids=["reply addresses", "none"])
@pytest.mark.parametrize(
    "way",
    ["the id alone", "the id with a To of the victim's", "their own header", "their own reply address"],
)
async def test_a_party_forges_no_report_about_the_letter_of_another(
    mailbox: dict[str, str], form: str, way: str
) -> None:
    async with await DeskWorld.start(trust=TRUSTING, mailbox=mailbox) as world:
        _, cys = await an_answer_to_two(world)
        known = f"Message-ID: {cys['Message-ID']}"
        to, returned = {
            "the id alone": (world.address, known),
            "the id with a To of the victim's": (world.address, f"To: {BO}\n{known}"),
            "their own header": (world.address, header(cys, To=BO)),
            "their own reply address": (str(cys["Reply-To"] or world.address), known),
        }[way]
        await arrives(world, form, to, returned, sender=CY)
        assert BO in await reachable(world)
        notices = [words(each) for each in world.agent.hears_all()]
        about_bo = [each for each in notices if BO in each.partition("The reason")[0].partition("wrote:")[2]]
        assert all("Nothing in it proves that" in each for each in about_bo)


@pytest.mark.parametrize("form", [REPORT, LETTER], ids=["a delivery report", "a letter of qmail"])
@pytest.mark.parametrize("mailbox", [PLUS, {}], ids=["reply addresses", "none"])
async def test_a_report_that_brings_the_letters_own_header_back_counts(
    mailbox: dict[str, str], form: str
) -> None:
    """To the desk's plain address, and naming an address that the customer forwards to."""
    async with await DeskWorld.start(trust=TRUSTING, mailbox=mailbox) as world:
        bos, _ = await an_answer_to_two(world)
        data = await arrives(world, form, world.address, header(bos), recipient="elsewhere@other.example")
        assert data["parties"] == BO
        assert "unproven" not in data
        assert BO not in await reachable(world)
        assert CY in await reachable(world)
        assert "did not arrive: bo@client.example" in words(world.agent.hears("Not delivered"))


async def test_a_letter_whose_id_a_relay_changed_is_known_by_its_token() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        bos, _ = await an_answer_to_two(world)
        returned = header(bos, **{"Message-ID": "<0100@eu-west-1.amazonses.com>"})
        assert (await arrives(world, REPORT, world.address, returned))["parties"] == BO


async def test_the_envelope_address_of_a_letter_says_whose_it_was() -> None:
    async with await DeskWorld.start(trust=TRUSTING, mailbox=PLUS) as world:
        bos, _ = await an_answer_to_two(world)
        data = await arrives(
            world, LETTER, str(bos["Reply-To"]), "Subject: gone", recipient="x@other.example"
        )
        assert data["parties"] == BO


async def test_a_reply_address_that_a_reply_to_all_showed_proves_nothing_by_itself() -> None:
    async with await DeskWorld.start(trust=TRUSTING, mailbox=PLUS) as world:
        bos, _ = await an_answer_to_two(world)
        await world.person(BO).replies(bos, "Yes.", cc=[CY], border=VOUCHED)
        world.agent.hears_all()
        known = f"Message-ID: {bos['Message-ID']}"
        data = await arrives(world, REPORT, str(bos["Reply-To"]), known, sender=CY)
        assert ("parties" in data, data["unproven"]) == (False, True)
        assert BO in await reachable(world)
        assert (await arrives(world, REPORT, str(bos["Reply-To"]), header(bos)))["parties"] == BO


async def test_a_letter_to_one_address_proves_nothing_once_somebody_else_takes_part() -> None:
    """Its id stands in everything that the customer sends to all."""
    async with await DeskWorld.start(trust=TRUSTING) as world:
        bo = world.person(BO, "Bo Lund")
        await bo.writes("Printer", "It burns.", border=VOUCHED)
        receipt = bo.hears("Printer")
        await bo.replies(receipt, "Cy knows more.", cc=[CY], border=VOUCHED)
        data = await arrives(world, REPORT, world.address, f"Message-ID: {receipt['Message-ID']}", sender=CY)
        assert "parties" not in data
        assert BO in await reachable(world)


async def test_the_token_of_another_case_or_a_changed_one_proves_nothing() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        bos, cys = await an_answer_to_two(world)
        assert bos[TOKEN] != cys[TOKEN]
        forged = str(cys[TOKEN]).replace(".a2", ".a1")
        data = await arrives(world, REPORT, world.address, header(bos, **{TOKEN: forged}), sender=CY)
        assert "parties" not in data


async def test_no_customers_token_stands_in_what_others_receive() -> None:
    async with await DeskWorld.start(trust=TRUSTING, mailbox=PLUS) as world:
        bos, cys = await an_answer_to_two(world)
        token = str(bos[TOKEN])
        others = [
            mail.raw for mail in world.relay.mails if token.encode() not in mail.raw.split(b"\r\n\r\n")[0]
        ]
        assert others
        assert not any(token.encode() in raw for raw in others)
        assert token.endswith(")")
        assert str(cys[TOKEN]) != token


async def test_a_returned_letter_of_another_case_does_not_vouch_for_the_address_it_came_to() -> None:
    """Cy's letter comes back from one whom he copied there, to the address that Bo's reply showed him."""
    async with await DeskWorld.start(trust=TRUSTING, mailbox=PLUS) as world:
        bos, _ = await an_answer_to_two(world)
        ref = (await world.case())["ref"]
        await world.person(BO).replies(bos, "Yes.", cc=[CY], border=VOUCHED)
        cy = world.person(CY)
        cy.hears_all()
        await cy.writes("Other", "Of mine.", cc=["zoe@else.example"], border=VOUCHED)
        facts = {"sender": "zoe@else.example", "recipient": BO, "returned": header(cy.hears("Other"))}
        await world.arrives(REPORT.format(to=bos["Reply-To"], **facts).encode())
        assert all(not each["unreachable"] for each in (await world.case(ref))["parties"])
