"""Rules that ask a question in the receipt, send a letter of one's own, and end cases as they open."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conversations.policies.companies import clicks, links
from tests.world.desk import TRUSTING, DeskWorld
from tests.world.people import words

pytestmark = pytest.mark.dovecot

OK = "dmarc=pass"
ASKS = {"name": "a password", "when": {"words": ["password"]}, "then": {"ask": "reset", "letter": "how"}}
ENDS = {"name": "an offer", "when": {"words": ["offer"]}, "then": {"outcome": "unwanted", "status": "Closed"}}
QUESTIONS = {
    "reset": {
        "text": "Does the link to a new password help you?",
        "answers": {"yes": {"outcome": "by itself"}, "no": {"status": "Open"}},
    }
}
OUTCOMES = {"by itself": {"means": "A new password helped.", "status": "Closed"}, "unwanted": "We want none."}
OWN = {"en/how.txt": "Subject: {{ tag }} Your password\n\nhttps://acme.example/password"}


async def a_desk(*rules: dict[str, Any], **more: Any) -> DeskWorld:
    policy = {"rules": list(rules) or [ASKS], "questions": QUESTIONS, "outcomes": OUTCOMES}
    return await DeskWorld.start(
        trust=TRUSTING, mailbox={"subaddress": "+"}, policy=policy, templates=OWN, **more
    )


async def test_a_rule_asks_in_the_receipt_and_what_is_answered_counts(database_url: str) -> None:
    async with await a_desk(store=database_url) as world:
        bo = world.person("bo@client.example", "Bo Lund")
        await bo.writes("Login", "I forgot my password.", border=OK)
        receipt, own = bo.hears_of("Login", "Your password")
        said = words(receipt)
        assert "Your message has reached us" in said
        assert "Does the link to a new password help you?" in said
        assert len(links(receipt)) == 2
        assert "https://acme.example/password" in words(own)
        world.agent.hears("New: Login")
        await clicks(bo, receipt, "yes")
        case = await world.case()
        assert (case["status"], case["outcome"]) == ("Closed", "by itself")
        assert "A new password helped." in words(bo.hears("Login"))


async def test_what_is_asked_may_be_answered_in_words_and_the_case_goes_on() -> None:
    async with await a_desk() as world:
        bo = world.person("bo@client.example")
        await bo.writes("Login", "I forgot my password.", border=OK)
        receipt, _ = bo.hears_of("Login", "Your password")
        world.agent.hears_all()
        await bo.replies(receipt, "No", border=OK)
        assert (await world.case())["status"] == "Open"
        assert "They say: no" in words(world.agent.hears("Answered"))


UNASKED: dict[str, tuple[str | None, dict[str, str], int]] = {
    "a list": (OK, {"List-Id": "<talk.client.example>", "Precedence": "list"}, 0),
    "who is away": (OK, {"Auto-Submitted": "auto-replied"}, 0),
    "who wants no automatic letter": (OK, {"X-Auto-Response-Suppress": "All"}, 0),
    "what a server called spam": (OK, {"X-Spam-Flag": "YES"}, 0),
    "whom our server calls false": ("dmarc=fail", {}, 0),
    "of whom it says nothing": (None, {}, 1),
}


@pytest.mark.parametrize(("border", "headers", "receipts"), UNASKED.values(), ids=UNASKED)
async def test_who_is_not_surely_a_person_who_wants_letters_is_asked_nothing(
    border: str | None, headers: dict[str, str], receipts: int
) -> None:
    async with await a_desk(ASKS, ENDS) as world:
        bo = world.person("bo@client.example")
        await bo.writes("Login", "I forgot my password.", border=border, headers=headers)
        heard = bo.hears_all()
        assert len(heard) == receipts
        assert not any("help you?" in words(each) for each in heard)
        assert "question-asked" not in await world.happened((await world.case())["ref"])
        await bo.writes("Toner", "An offer.", border=border, headers=headers)
        bo.hears_nothing()  # a rule that ends a case tells it to whom a receipt goes alone


async def test_the_question_stays_within_the_limits_of_the_receipt_in_which_it_stands() -> None:
    async with await a_desk(limits={"free_space": "1MiB", "acks_per_address_day": 2}) as world:
        bo = world.person("bo@client.example")
        await bo.writes("Login", "I forgot my password.", border=OK)
        assert "help you?" in words(bo.hears_of("Login", "Your password")[0])
        await bo.writes("Again", "The password, again.", border=OK)
        bo.hears_nothing()
        assert [state for _, state in await world.letter_states(bo.address)][2:] == ["held", "held"]


async def test_an_end_by_a_rule_is_told_with_its_outcome_in_the_receipt() -> None:
    async with await a_desk(ENDS) as world:
        bo = world.person("bo@client.example")
        await bo.writes("Toner", "An offer.", border=OK)
        receipt = words(bo.hears("Toner"))
        assert "Your message has reached us" in receipt
        assert "We want none." in receipt
        case = await world.case()
        assert (case["status"], case["outcome"]) == ("Closed", "unwanted")


async def test_whose_mail_a_list_brought_first_is_asked_once_they_are_heard() -> None:
    async with await a_desk() as world:
        bo = world.person("bo@client.example")
        mail = "<one@client.example>"
        brought = {"List-Id": "<talk.client.example>", "Precedence": "list"}
        await bo.writes("Login", "I forgot my password.", headers=brought, message_id=mail, border=OK)
        bo.hears_nothing()
        await bo.writes("Login", "I forgot my password.", message_id=mail, border=OK)
        receipt, _ = bo.hears_of("Login", "Your password")
        await clicks(bo, receipt, "yes")
        assert (await world.case())["status"] == "Closed"


@pytest.mark.parametrize(("quietly", "asked"), [("", 1), ("quietly ", 0)], ids=["with a receipt", "quietly"])
async def test_who_telephoned_is_asked_where_they_are_sent_a_receipt(quietly: str, asked: int) -> None:
    async with await a_desk() as world:
        bo = world.person("bo@client.example")
        entered = f"#new {quietly}bo@client.example\n\nShe forgot the password."
        await world.agent.writes("Login", entered, border=OK)
        heard = [each for each in bo.hears_all() if "help you?" in words(each)]
        assert len(heard) == asked
