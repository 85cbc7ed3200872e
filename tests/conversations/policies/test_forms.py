"""A form inside a mail: sent back without a case, asked about while half filled, done when it is whole."""

from __future__ import annotations

import json
from email.message import EmailMessage
from typing import Any

import pytest

from tests.conversations.policies.companies import LONDON, a_desk, at, until
from tests.world.desk import DeskWorld
from tests.world.people import Person, in_reply, quoted, words

pytestmark = pytest.mark.dovecot

ESCALATIONS = "escalations@acme.example"
SUBJECT = "Escalate My Case"
WHOLE = """\
Case number: {ref}
Business impact: critical!!
Reason for the escalation: nobody has answered for a week
Description: It burns.

Since Monday, in both rooms."""


async def desk_of_forms(**more: Any) -> DeskWorld:
    """The desk with a mailbox for escalations beside its own."""
    start = at(LONDON, "12-19", "10:00")
    holidays = {"country": "GB", "region": "ENG"}
    return await a_desk(
        "escalate-my-case", LONDON, start, holidays=holidays, teams=["customer-resolutions"], **more
    )


async def a_case(world: DeskWorld) -> tuple[Person, str, EmailMessage]:
    """Bo's case about the printer, of which everybody has heard: Bo, its reference, the receipt."""
    bo = world.person("bo@client.example", "Bo Lund")
    await bo.writes("Printer", "It burns, and nobody comes.", border="dmarc=pass")
    receipt = bo.hears("Printer")
    for each in (world.agent, world.person("ben@acme.example"), world.leader):
        each.hears_all()
    return bo, (await world.case())["ref"], receipt


async def files_form(who: Person, text: str, **more: Any) -> None:
    """A mail to the mailbox of the form."""
    given: dict[str, Any] = {"to": ESCALATIONS, "mailbox": "escalations", "border": "dmarc=pass"}
    await who.writes(more.pop("subject", SUBJECT), text, **(given | more))


async def fills_in(who: Person, letter: EmailMessage, filled: dict[str, str], **more: Any) -> None:
    """An answer that says nothing but what it writes behind labels inside the quotation."""
    quotation = quoted(letter)
    for label, value in filled.items():
        assert f"> {label}:" in quotation, quotation
        quotation = quotation.replace(f"> {label}:", f"> {label}: {value}", 1)
    headers = {
        "In-Reply-To": str(letter["Message-ID"]),
        "References": f"{letter.get('References', '')} {letter['Message-ID']}".strip(),
    }
    box = "escalations" if "escalations" in str(letter["Reply-To"]) else "support"
    to = str(letter["Reply-To"] or letter["From"])
    await who.writes(
        in_reply(letter), quotation, to=to, headers=headers, mailbox=box, border="dmarc=pass", **more
    )


def said_in(letter: EmailMessage) -> str:
    """The words of a letter, its lines as they were written."""
    return words(letter).replace("\r", "")


def desk_hears_nothing(world: DeskWorld) -> None:
    for each in (world.agent, world.person("ben@acme.example"), world.leader, world.operator):
        each.hears_nothing()


async def verdicts(world: DeskWorld) -> list[str]:
    return [each["verdict"] for each in await world.inbox()]


# --- without a case ---------------------------------------------------------------------------------


async def test_a_form_without_a_case_is_kindly_sent_back_and_nobody_is_disturbed(database_url: str) -> None:
    async with await desk_of_forms(store=database_url) as world:
        bo = world.person("bo@client.example", "Bo Lund")
        await files_form(bo, "Business impact: Critical\nDescription: It burns.")
        letter = bo.hears(SUBJECT)
        said = said_in(letter)
        assert "names no case of yours" in said
        assert "[Acme #7K2Q-9F3M]" in said  # what a reference looks like, and where it stands
        assert "Business impact: Critical" in said
        assert "Case number:\n" in said
        assert letter["Auto-Submitted"] == "auto-replied"
        desk_hears_nothing(world)
        assert await world.cases() == []
        assert await verdicts(world) == ["form_returned"]
        (kept,) = await world.inbox()
        assert (kept["reason"], kept["case"]) == ("form-without-case", None)


@pytest.mark.parametrize(
    ("account", "mail", "language"),
    [("de", "en", "de"), ("fr", "de", "de"), ("fr", "fr", "en"), (None, "de-AT", "de")],
    ids=["the account's", "none of the account's", "none at all", "the mail's"],
)
async def test_a_form_comes_back_in_the_language_that_a_case_would_have(
    account: str | None, mail: str, language: str
) -> None:
    accounts = [{"name": "Client", "domains": ["client.example"], "language": account}] if account else []
    async with await desk_of_forms(changed={"languages": ["en", "de"]}, accounts=accounts) as world:
        bo = world.person("bo@client.example", "Bo Lund")
        await files_form(bo, "Description: It burns.", headers={"Content-Language": mail})
        assert bo.hears(SUBJECT)["Content-Language"] == language


async def test_the_subject_alone_opens_nothing_and_escalates_nothing() -> None:
    async with await desk_of_forms() as world:
        eve = world.person("eve@evil.example")
        await eve.writes("Escalate my case", "", border="dmarc=pass")
        assert "names no case of yours" in said_in(eve.hears(SUBJECT))
        desk_hears_nothing(world)
        assert await world.cases() == []


async def test_the_reference_that_comes_back_in_the_quotation_escalates(database_url: str) -> None:
    async with await desk_of_forms(store=database_url) as world:
        bo, ref, _ = await a_case(world)
        await files_form(bo, "Business impact: Major\nDescription: It burns.\nReason: slow")
        await fills_in(bo, bo.hears(SUBJECT), {"Case number": ref})
        case = await world.case(ref)
        assert case["escalation"] is not None
        assert await verdicts(world) == ["opened", "form_returned", "appended"]
        assert particulars(case)["Business impact"] == "Major"


async def test_the_files_of_a_form_that_was_sent_back_join_the_case_that_its_author_names(
    database_url: str,
) -> None:
    async with await desk_of_forms(store=database_url) as world:
        bo, ref, _ = await a_case(world)
        await files_form(
            bo,
            "Business impact: Major\nDescription: It burns.\nReason: slow",
            files={"photo.png": b"\x89PNG"},
        )
        letter = bo.hears(SUBJECT)
        desk_hears_nothing(world)
        eve = world.person("eve@client.example", "Eve")  # of the same account, and with a copy of the letter
        await fills_in(eve, letter, {"Case number": ref})
        assert "photo.png" not in files_of(await world.case(ref))
        for each in (world.agent, world.person("ben@acme.example"), world.leader):
            each.hears_all()
        await fills_in(bo, letter, {"Case number": ref})
        assert "photo.png" in files_of(await world.case(ref))
        review = world.agent.hears("To be approved", "Printer")
        assert [each.get_filename() for each in review.iter_attachments()] == ["photo.png"]
        joined = next(each for each in await world.inbox() if each["reason"] == "returned-form")
        assert (joined["verdict"], joined["case"]) == ("appended", ref)


def files_of(case: dict[str, Any]) -> list[str]:
    return [
        str(file["name"])
        for each in case["mails"]
        if each["direction"] == "in"
        for file in each["attachments"]
    ]


# --- half filled ------------------------------------------------------------------------------------


async def test_a_half_filled_form_is_asked_about_and_the_missing_line_counts(
    database_url: str,
) -> None:
    async with await desk_of_forms(store=database_url) as world:
        bo, ref, _ = await a_case(world)
        text = (
            f"Case number: {ref}\nBusiness impact: quite bad\nReason: slow\nDescription: It burns.\n\nBadly."
        )
        await files_form(bo, text, files={"photo.png": b"\x89PNG"})
        letter = bo.hears(SUBJECT)
        said = said_in(letter)
        assert f"Case number: {ref}" in said
        assert "Reason for the escalation: slow" in said
        assert "Description: It burns.\nBadly." in said
        assert "We could not tell what you mean by: Business impact." in said
        assert "- Critical - The issue halts work completely" in said
        assert (await world.case(ref))["escalation"] is None
        await fills_in(bo, letter, {"Business impact": "4"})
        case = await world.case(ref)
        assert case["escalation"] is not None
        assert particulars(case) == {
            "Business impact": "Critical",
            "Reason for the escalation": "slow",
            "Description": "It burns.\n\nBadly.",
        }
        came = (each for each in case["mails"] if each["direction"] == "in")
        assert [file["name"] for mail in came for file in mail["attachments"]] == ["photo.png"]


async def test_an_answer_of_one_word_is_the_choice_that_lacked() -> None:
    async with await desk_of_forms() as world:
        bo, ref, _ = await a_case(world)
        await files_form(bo, f"Case number: {ref}\nReason: slow\nDescription: It burns.\n\nBadly.")
        await bo.replies(bo.hears(SUBJECT), "Critical", border="dmarc=pass")
        case = await world.case(ref)
        assert particulars(case)["Business impact"] == "Critical"
        assert particulars(case)["Description"] == "It burns.\n\nBadly."


async def test_paragraphs_that_somebody_writes_into_a_page_are_all_of_the_value() -> None:
    async with await desk_of_forms() as world:
        bo, ref, _ = await a_case(world)
        await files_form(bo, f"Case number: {ref}\nBusiness impact: Critical\nReason: slow")
        letter = bo.hears(SUBJECT)
        written = {"Description:": "Description: It burns.</p><p>Since Monday.</p><p>In both rooms."}
        lines = "".join(f"<p>{written.get(each, each)}</p>" for each in said_in(letter).split("\n"))
        head = "<b>From:</b> Acme Support<br><b>Sent:</b> Friday<br><b>To:</b> Bo<br><b>Subject:</b> Form"
        mail = bo.composes(in_reply(letter), "", answering=letter)
        mail.set_content(f"<p>See below.</p><div><p>{head}</p></div>{lines}", subtype="html")
        await bo.sends(mail)
        case = await world.case(ref)
        assert particulars(case)["Description"] == "It burns.\n\nSince Monday.\n\nIn both rooms."


async def test_a_line_that_need_not_be_there_is_asked_for_once() -> None:
    async with await desk_of_forms() as world:
        bo, ref, _ = await a_case(world)
        await files_form(bo, f"Case number: {ref}\nBusiness impact: Major")
        await bo.replies(bo.hears(SUBJECT), "I have nothing to add.", border="dmarc=pass")
        case = await world.case(ref)
        assert case["escalation"] is not None
        assert particulars(case) == {"Business impact": "Major"}


async def test_what_was_written_unclearly_is_kept_and_shown_to_who_approves() -> None:
    async with await desk_of_forms() as world:
        bo, ref, _ = await a_case(world)
        await files_form(bo, f"Case number: {ref}\nBusiness impact: quite bad\nReason: slow")
        letter = bo.hears(SUBJECT)
        world.agent.hears_all()
        await bo.replies(letter, "Nothing to add.", border="dmarc=pass")
        review = said_in(world.agent.hears("To be approved"))
        assert "Business impact: not said; wrote “quite bad”\n" in review
        case = await world.case(ref)
        assert case["escalation"]["particulars"] == {
            "Business impact": "",
            "Reason for the escalation": "slow",
            "Description": "",
        }
        assert case["escalation"]["unclear"] == {"Business impact": "quite bad"}
        assert not [each for each in case["events"] if "not said" in json.dumps(each)]


# --- whole ------------------------------------------------------------------------------------------


async def test_a_whole_form_escalates_with_what_it_says_and_its_files(database_url: str) -> None:
    async with await desk_of_forms(store=database_url) as world:
        bo, ref, _ = await a_case(world)
        await files_form(bo, WHOLE.format(ref=ref), files={"photo.png": b"\x89PNG"})
        bo.hears("Printer")
        case = await world.case(ref)
        assert case["escalation"] is not None
        assert particulars(case) == {
            "Business impact": "Critical",
            "Reason for the escalation": "nobody has answered for a week",
            "Description": "It burns.\n\nSince Monday, in both rooms.",
        }
        assert await verdicts(world) == ["opened", "appended"]
        files = [each["attachments"] for each in case["mails"] if each["direction"] == "in"]
        assert [file["name"] for file in files[-1]] == ["photo.png"]


async def test_who_approves_a_form_sees_its_impact_and_the_age_of_the_case(database_url: str) -> None:
    async with await desk_of_forms(store=database_url) as world:
        bo, ref, _ = await a_case(world)
        await until(world, at(LONDON, "12-23", "10:00"))
        for each in (world.agent, bo):
            each.hears_all()
        await files_form(bo, WHOLE.format(ref=ref))
        assert "approved" not in said_in(bo.hears("Printer"))
        review = world.agent.hears("To be approved", "Printer")
        seen = said_in(review)
        assert "Business impact: Critical" in seen
        assert "Reason for the escalation: nobody has answered for a week" in seen
        assert "The case was opened on" in seen
        assert ", 4 days ago." in seen
        await world.agent.answers_notice(review, "#approve")
        assert "was approved" in said_in(bo.hears("Printer"))
        case = await world.case(ref)
        assert (case["priority"], case["escalation"]["level"]) == ("Escalated", 1)


async def test_a_form_of_somebody_in_copy_is_answered_to_them_and_the_requester_hears_too() -> None:
    async with await desk_of_forms() as world:
        bo, cy = world.person("bo@client.example", "Bo Lund"), world.person("cy@client.example", "Cy Moe")
        await bo.writes("Printer", "It burns.", cc=[cy.address], border="dmarc=pass")
        subject, ref = in_reply(bo.hears("Printer")), (await world.case())["ref"]
        await files_form(cy, WHOLE.format(ref=ref), subject=subject, cc=[bo.address])
        for each in (bo, cy):
            said = said_in(each.hears("Printer"))
            assert "we have received the request to escalate your case" in said
            assert "Hello,\n" in said


async def test_a_form_in_answer_to_a_mail_of_the_case_needs_no_reference() -> None:
    async with await desk_of_forms() as world:
        bo, ref, receipt = await a_case(world)
        text = "Business impact: 3\nReason: slow\nDescription: It burns."
        await bo.writes(in_reply(receipt), text, answering=receipt, to=ESCALATIONS, mailbox="escalations",
                        border="dmarc=pass")  # fmt: skip
        assert particulars(await world.case(ref))["Business impact"] == "Major"


async def test_a_form_about_a_closed_case_opens_it_again() -> None:
    async with await desk_of_forms() as world:
        bo, ref, _ = await a_case(world)
        await world.agent.closes()
        bo.hears_all()
        await files_form(bo, WHOLE.format(ref=ref))
        case = await world.case(ref)
        assert (case["phase"], case["escalation"] is not None) == ("open", True)


def particulars(case: dict[str, Any]) -> dict[str, str]:
    """What the form said, as the history of the case has it."""
    filled = [each for each in case["events"] if each["kind"] == "form-filled"]
    values = json.loads(filled[-1]["data"]["values"])
    return {label: value for label, value in values.items() if label != "Case number"}
