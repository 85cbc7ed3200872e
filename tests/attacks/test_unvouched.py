"""What a mail may do that nobody vouches for: be heard in our own fixed words, and wait for its author's."""

from __future__ import annotations

import pytest

from tests.world.desk import TRUSTING, DeskWorld
from tests.world.people import Person, words

pytestmark = pytest.mark.dovecot

VOUCHED = "dmarc=pass"
LURE = "MARKER http://evil.example"


async def a_proven_customer(world: DeskWorld) -> Person:
    """Bo, who has answered a letter of ours, vouched for: his address is proven."""
    bo = world.person("bo@client.example", "Bo Lund")
    await bo.writes("Printer", "It burns.", border=VOUCHED)
    await bo.replies(bo.hears("Printer"), "Quite a lot.", border=VOUCHED)
    bo.hears_all()
    await world.passes(days=1, minutes=1)
    return bo


def holds_nothing_of(letter: bytes, *theirs: bytes) -> None:
    for each in theirs:
        assert each not in letter


# --- the receipt ------------------------------------------------------------------------------------


async def test_a_mail_without_a_result_hears_fixed_words_whatever_its_address_has_proven() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        bo = await a_proven_customer(world)
        forger = Person(world, bo.address, LURE)
        await forger.writes(LURE, LURE)
        receipt = bo.hears("We have received your message")
        assert receipt["To"] == bo.address
        holds_nothing_of(receipt.as_bytes(), b"MARKER", b"evil.example", b"Lund")
        await forger.writes(f"{LURE} again", LURE)
        bo.hears_nothing()


async def test_the_same_customer_vouched_for_hears_the_full_words() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        bo = await a_proven_customer(world)
        await bo.writes("Scanner", "It is cold.", border=VOUCHED)
        assert "Hello Bo Lund," in words(bo.hears("Scanner"))


@pytest.mark.parametrize(
    ("said", "told"), [("Please escalate this.", "escalated"), ("It burns again.", "open again")]
)
@pytest.mark.parametrize("by", ["by its subject", "by its thread", "by the letter it answers"])
async def test_a_reply_without_a_result_is_told_of_in_fixed_words(said: str, told: str, by: str) -> None:
    """Reopened and escalated like any other, and no word of the case goes to who may not have written."""
    async with await DeskWorld.start(trust=TRUSTING) as world:
        bo = world.person("bo@client.example", "Bo MARKER Lund")
        mail = await bo.writes("MARKER", "It burns.", border=VOUCHED)
        receipt = bo.hears("MARKER")
        await bo.replies(receipt, "A lot.", border=VOUCHED)
        if told == "open again":
            await world.agent.closes()
        bo.hears_all()
        world.agent.hears_all()
        ref = (await world.case())["ref"]
        if by == "by its subject":
            await bo.writes(f"[Acme #{ref}] Hello", said)
        else:
            await bo.replies(mail if by == "by its thread" else receipt, said, to=world.address)
        letter = bo.hears(f"[Acme #{ref}]")
        assert told in words(letter)
        holds_nothing_of(letter.as_bytes(), b"MARKER", b"Lund")
        assert world.agent.hears_all()


# --- names ------------------------------------------------------------------------------------------

NAMES = [
    "http://evil.example",
    "Click https://evil.example/x now",
    "www.evil.example",
    "evil.example",
    "Visit evil.example/win",
    "evil\uff0eexample",
    "bo@evil.example",
    "A very long name that goes on and on until it is a sentence",
    "Call 0800 555 1234",
    "Bo\u202eelpmaxe.live",
]


@pytest.mark.parametrize("name", NAMES)
async def test_no_greeting_holds_a_name_that_is_none(name: str) -> None:
    """In each letter that greets: received, escalated, closed, open again."""
    async with await DeskWorld.start(trust=TRUSTING) as world:
        bo = world.person("bo@client.example", name)
        await bo.writes("Printer", "It burns.", border=VOUCHED)
        receipt = bo.hears("Printer")
        await bo.replies(receipt, "Please escalate.", border=VOUCHED)
        await world.agent.closes()
        await bo.replies(receipt, "Still.", border=VOUCHED)
        letters = [receipt, *bo.hears_all()]
        assert len(letters) == 4
        for letter in letters:
            assert "Hello," in words(letter)
            assert str(letter["To"]) == bo.address


# --- a desk person's name ---------------------------------------------------------------------------


async def test_a_note_in_an_agents_name_is_nobodys_until_the_agent_says_so() -> None:
    async with await DeskWorld.start() as world:
        bo = world.person("bo@client.example", "Bo Lund")
        await bo.writes("Invoice", "I want my money.")
        bo.hears_all()
        world.agent.hears_all()
        ref = (await world.case())["ref"]
        forger = Person(world, world.agent.address, "Ana Agent")
        await forger.writes(f"[Acme #{ref}] Invoice", "Approved by me: refund 5000 EUR")
        question = world.agent.hears("Is this yours?")
        assert [mail.get("unconfirmed") for mail in (await world.case())["mails"]].count(True) == 1

        await bo.writes(f"[Acme #{ref}] Invoice", "Please escalate.")
        story = words(world.leader.hears("Escalated"))
        assert "(internal, not confirmed: it may not be theirs):\n\n> Approved by me" in story.replace(
            "\r", ""
        )
        assert "a note in the name of Ana Agent, not confirmed" in story

        await world.agent.replies(question, "yes")
        assert not any(mail.get("unconfirmed") for mail in (await world.case())["mails"])


async def test_what_an_agent_disowns_stays_unconfirmed_for_good() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        bo = world.person("bo@client.example", "Bo Lund")
        await bo.writes("Invoice", "I want my money.", border=VOUCHED)
        world.agent.hears_all()
        ref = (await world.case())["ref"]
        await world.agent.writes(f"[Acme #{ref}] Invoice", "Approved by me.")
        await world.agent.replies(world.agent.hears("Is this yours?"), "no", border=VOUCHED)
        assert [mail.get("unconfirmed") for mail in (await world.case())["mails"]].count(True) == 1


WITH_OPERATORS = {
    "agents": [{"name": "Ana Agent", "address": "agent@acme.example"}],
    "operators": ["ops@acme.example"],
}

FORWARDED = (
    "---------- Forwarded message ---------\n"
    "From: Vic Tim <vic@victim.example>\nDate: Mon, 24 Nov 2025 at 08:11\n"
    "Subject: My screen\nTo: Ana Agent <agent@acme.example>\n\nIt is dark.\n"
)


@pytest.mark.parametrize(
    "above", ["", "Please help her.\n\n", "#close\n\n"], ids=["bare", "words", "commands"]
)
async def test_a_mail_passed_on_in_an_agents_name_waits_for_the_agents_word(above: str) -> None:
    async with await DeskWorld.start(people=WITH_OPERATORS) as world:
        vic = world.person("vic@victim.example")
        await world.agent.writes("Fwd: My screen", above + FORWARDED)
        vic.hears_nothing()
        world.person("ops@acme.example").hears_nothing()  # it waits for its author, not for them
        assert not await world.cases()
        question = world.agent.hears("Is this yours?")
        assert f"It passes on a mail of {vic.address}:" in words(question)  # what a yes would do
        assert "> It is dark." in words(question)
        await world.agent.replies(question, "yes")
        assert (await world.case())["requester"] == vic.address


async def test_who_was_asked_about_a_case_of_another_team_is_asked_whether_the_answer_is_theirs() -> None:
    people = {
        "agents": [
            {"name": "Ana Agent", "address": "agent@acme.example", "teams": ["support"]},
            {"name": "Ben", "address": "ben@acme.example", "teams": ["sales"]},
        ],
        "teams": [{"name": "support"}, {"name": "sales"}],
    }
    rules = [{"name": "support", "when": {"mailbox": "support"}, "then": {"team": "support"}}]
    async with await DeskWorld.start(people=people, policy={"rules": rules}) as world:
        bo, ben = world.person("bo@client.example"), world.person("ben@acme.example", "Ben")
        await bo.writes("Printer", "It burns.")
        notice = world.agent.hears("New: Printer")
        await world.agent.replies(notice, "#ask ben@acme.example\nWhat is it?")
        ben.hears_all()
        ref = (await world.case())["ref"]
        await Person(world, ben.address, "Ben").writes(f"[Acme #{ref}] Printer", "Give it away.")
        question = ben.hears("Is this yours?")
        assert [mail.get("unconfirmed") for mail in (await world.case())["mails"]].count(True) == 1
        await ben.replies(question, "yes")
        assert not any(mail.get("unconfirmed") for mail in (await world.case())["mails"])
