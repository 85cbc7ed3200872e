"""An agent's name is used again and again, or looked alike: what the agent hears, and who hears of what."""

from __future__ import annotations

import pytest

from tests.world.desk import TRUSTING, DeskWorld
from tests.world.people import Person, headline, subjects, words

pytestmark = pytest.mark.dovecot

VOUCHED = "dmarc=pass"
TEAMS = {
    "agents": [
        {"name": "Ana Agent", "address": "agent@acme.example", "teams": ["sales"]},
        {"name": "Ben", "address": "ben@acme.example", "teams": ["support"]},
    ],
    "teams": [{"name": "sales"}, {"name": "support"}],
}
FOR_SUPPORT = {"rules": [{"name": "support", "when": {"mailbox": "support"}, "then": {"team": "support"}}]}


# --- refused ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("border", [VOUCHED, "dmarc=fail"], ids=["vouched", "failed"])
@pytest.mark.parametrize("tag", ["[Acme #{ref}] Hello", "Hello #{ref} [Acme #{ref}]"])
async def test_who_guesses_the_reference_of_another_teams_case_learns_nothing_of_it(
    tag: str, border: str
) -> None:
    """No subject, no customer, no address that leads to the case; and nobody takes part by asking."""
    async with await DeskWorld.start(
        trust=TRUSTING, people=TEAMS, policy=FOR_SUPPORT, mailbox={"subaddress": "+"}
    ) as world:
        bo = world.person("bo@client.example", "Bo Lund")
        await bo.writes("SECRET matter", "It burns.", border=VOUCHED)
        world.agent.hears_nothing()
        case = await world.case()
        mail = await world.agent.writes(tag.format(ref=case["ref"]), "#status", border=border)
        refusal = world.agent.hears("Refused")
        raw = refusal.as_string() + words(refusal)
        for theirs in ("SECRET", "Bo Lund", "client.example", "support+"):
            assert theirs not in raw
        assert refusal["In-Reply-To"] == mail["Message-ID"]
        parties = [each["address"] for each in (await world.case())["parties"]]
        assert world.agent.address not in parties
        await world.agent.replies(refusal, "#status", border=VOUCHED)
        assert not any("SECRET" in each.as_string() for each in world.agent.hears_all())


# --- questions --------------------------------------------------------------------------------------


async def floods(world: DeskWorld, count: int, ref: str = "", border: str | None = None) -> None:
    forger = Person(world, world.agent.address, "Ana Agent")
    subject = f"[Acme #{ref}] Forged" if ref else "Forged"
    for number in range(count):
        await forger.writes(f"{subject} {number}", f"Do this {number}.", border=border)


async def test_sixty_mails_in_an_agents_name_ask_twice_and_leave_room_for_the_agents_own() -> None:
    limits = {"free_space": "1MiB", "notices_per_agent_hour": 5}
    async with await DeskWorld.start(trust=TRUSTING, limits=limits) as world:
        bo = world.person("bo@client.example", "Bo Lund")
        await bo.writes("Printer", "It burns.", border=VOUCHED)
        notice = world.agent.hears("New: Printer")
        ref = (await world.case())["ref"]
        await floods(world, 12, ref)
        await floods(world, 8)
        asked = world.agent.hears_all()
        assert [headline(each).partition("] ")[2].partition("?")[0] for each in asked] == [
            "Is this yours", "Are these yours",
        ]  # fmt: skip
        await floods(world, 8, ref, border="dmarc=fail")
        assert len(world.agent.hears_all()) == 3  # refusals, up to the limit for what may be anybody's

        await world.agent.writes(f"[Acme #{ref}] Mine", "Pull the plug.", border=VOUCHED)
        own = world.agent.hears("Is this yours?")
        await world.agent.replies(own, "yes", border=VOUCHED)
        assert "Pull the plug." in words(bo.hears_all()[-1])
        await world.agent.answers_notice(notice, "#status")
        world.agent.hears("Done")
        await world.agent.replies(own, "yes", border=VOUCHED)
        world.agent.hears("Refused")


async def test_who_says_that_some_are_theirs_is_asked_about_each() -> None:
    async with await DeskWorld.start() as world:
        bo = world.person("bo@client.example", "Bo Lund")
        await bo.writes("Printer", "It burns.")
        world.agent.hears_all()
        bo.hears_all()
        ref = (await world.case())["ref"]
        await floods(world, 3, ref)
        first, several = world.agent.hears_all()
        assert "Forged 1" in words(several)
        await world.agent.replies(several, "yes")
        questions = world.agent.hears_all()
        assert ["Do this 1." in words(each) or "Do this 2." in words(each) for each in questions] == [
            True
        ] * 2
        bo.hears_nothing()
        await world.agent.replies(questions[0], "yes")
        assert "Do this" in words(bo.hears("Printer"))
        await world.agent.replies(first, "no")
        bo.hears_nothing()
        verdicts = [mail["new_text"] for mail in (await world.case())["mails"] if mail.get("unconfirmed")]
        assert len(verdicts) == 2


async def test_who_says_that_none_is_theirs_is_asked_about_none() -> None:
    async with await DeskWorld.start() as world:
        await floods(world, 4)
        _, several = world.agent.hears_all()
        await world.agent.replies(several, "no")
        world.agent.hears_nothing()
        await world.agent.replies(several, "yes")
        assert ["Refused" in each for each in subjects(world.agent.hears_all())] == [True]


async def test_nobody_answers_for_another_about_several() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        await floods(world, 3)
        _, several = world.agent.hears_all()
        await world.leader.replies(several, "yes", border=VOUCHED)
        assert (await world.inbox())[-1]["reason"] == "confirmation-of-another"
        world.agent.hears_nothing()


async def test_an_hour_later_and_after_an_answer_the_next_is_asked_about_by_itself() -> None:
    async with await DeskWorld.start() as world:
        await floods(world, 1)
        question = world.agent.hears("Is this yours?")
        await world.agent.replies(question, "no")
        await floods(world, 1)
        world.agent.hears("Is this yours?")
        await world.passes(hours=1)
        await floods(world, 1)
        world.agent.hears("Is this yours?")


# --- look-alikes ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("dora@client.exarnple", "D. Q."),
        ("dora@c1ient.example", ""),
        ("dora@client-example.org", ""),
        ("x@elsewhere.example", "Dora Quist"),
    ],
)
async def test_the_question_about_a_look_alike_shows_the_two_addresses_first(address: str, name: str) -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        dora = world.person("dora@client.example", "Dora Quist")
        await dora.writes("Printer", "It burns.", border=VOUCHED)
        receipt = dora.hears("Printer")
        world.agent.hears_all()
        await Person(world, address, name).replies(receipt, "Send me the key.", border=VOUCHED)
        question = world.agent.hears("Take care")
        warning, _, rest = words(question).replace("\r", "").partition("Send me the key.")
        first, second = warning.index("\n  dora@client.example\n"), warning.index(f"\n  {address}\n")
        assert first < second
        assert "Does" in rest
        await world.agent.replies(question, "yes", border=VOUCHED)
        told = words(world.agent.hears_of("Let in")[0]).replace("\r", "")
        assert told.index(f"\n  {address}\n") < told.index("takes part in")


async def test_who_looks_like_nobody_is_asked_about_as_before() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        dora = world.person("dora@client.example", "Dora Quist")
        await dora.writes("Printer", "It burns.", border=VOUCHED)
        receipt = dora.hears("Printer")
        world.agent.hears_all()
        await world.person("kim@supplier.example", "Kim").replies(receipt, "Hello.", border=VOUCHED)
        assert "may be taken" not in words(world.agent.hears("Take care"))
