"""Who hears an answer: the agent is told before it goes, and its readers see each other if they have met."""

from __future__ import annotations

from email.message import EmailMessage
from typing import Any

import pytest

from maildesk.desk.decisions.parties import remove_party
from tests.conversations.test_agents_together import PEOPLE, colleagues
from tests.world.desk import TRUSTING, DeskWorld
from tests.world.people import Person, words

pytestmark = pytest.mark.dovecot

OK = "dmarc=pass"
CARLA, DORA, BOSS, EVA = (
    "carla@client.example",
    "dora@client.example",
    "boss@partner.example",
    "eva@client.example",
)


async def a_desk(**more: Any) -> DeskWorld:
    return await DeskWorld.start(trust=TRUSTING, **{"mailbox": {"subaddress": "+"}} | more)


def shown(letter: EmailMessage) -> tuple[str, str]:
    """To and Cc as the reader sees them."""
    return str(letter["To"]), str(letter["Cc"] or "")


async def carla_writes(world: DeskWorld, *cc: str) -> Person:
    carla = world.person(CARLA, "Carla Nunes")
    await carla.writes("Late delivery", "Where is it?", cc=cc, border=OK)
    return carla


async def test_a_notice_says_who_will_read_the_answer_and_the_answer_shows_them() -> None:
    async with await a_desk() as world:
        carla = await carla_writes(world, DORA, BOSS)
        dora, boss = world.person(DORA), world.person(BOSS)
        # The receipt is Carla's alone and names nobody else.
        receipt = carla.hears("Late delivery")
        assert shown(receipt) == (f"Carla Nunes <{CARLA}>", "")
        assert not {DORA, BOSS} & set(receipt.as_string().split())
        dora.hears_nothing()
        boss.hears_nothing()
        notice = world.agent.hears("New: Late delivery")
        assert f"Your answer goes to {CARLA}; also {BOSS} (Cc, another company) and {DORA} (Cc)." in words(
            notice
        )
        assert f"Also to:   {BOSS} (Cc, another company) and {DORA} (Cc)" in words(notice)

        await world.agent.answers_notice(notice, "It comes tomorrow.")
        copies = [each.hears("Late delivery") for each in (carla, dora, boss)]
        assert [shown(each) for each in copies] == [
            (f"Carla Nunes <{CARLA}>", f"{DORA}, {BOSS}"),
            (CARLA, f"{DORA}, {BOSS}"),
            (CARLA, f"{DORA}, {BOSS}"),
        ]
        ways = {str(each["Reply-To"]) for each in copies}
        assert len(ways) == 3
        assert not any(way in each.as_string() for each in copies for way in ways - {str(each["Reply-To"])})
        # Dora answers all. Carla and the boss have her mail from her: the desk passes nothing on.
        await dora.replies(copies[1], "Thank you!", cc=[CARLA, BOSS], border=OK)
        for each in (carla, boss, dora):
            each.hears_nothing()
        assert await world.verdicts() == ["opened", "command", "appended"]


async def test_who_was_copied_apart_is_shown_to_nobody_who_did_not_see_it() -> None:
    async with await a_desk() as world:
        carla = await carla_writes(world, DORA)
        dora, eva = world.person(DORA), world.person(EVA)
        carla.hears("Late delivery")
        await world.agent.answers_notice(world.agent.hears("New"), "Which parcel?")
        carla.hears("Late delivery")
        await dora.replies(dora.hears("Late delivery"), "Number 5. Eva knows.", cc=[EVA], border=OK)
        notice = world.agent.hears("Reply")
        assert f"Your answer goes to {CARLA}; also {DORA} (Cc) and {EVA} (Cc)." in words(notice)
        await world.agent.answers_notice(notice, "Found it.")
        assert shown(carla.hears("Late delivery"))[1] == DORA
        assert shown(dora.hears("Late delivery")) == (CARLA, f"{DORA}, {EVA}")
        assert shown(eva.hears("Late delivery")) == (EVA, DORA)


async def test_who_is_added_by_an_agent_sees_and_is_seen_from_then_on() -> None:
    async with await a_desk() as world:
        carla = await carla_writes(world)
        carla.hears("Late delivery")
        notice = world.agent.hears("New")
        assert f"Your answer goes to {CARLA}. The customer reads your words alone." in words(notice)
        await world.agent.answers_notice(notice, "We ask the carrier.")
        assert shown(carla.hears("Late delivery")) == (f"Carla Nunes <{CARLA}>", "")
        await world.agent.answers_notice(notice, f"#add {BOSS}\nHe brings it himself.")
        done = world.agent.hears("Done")
        assert f"your answer goes to {CARLA}; also {BOSS} (Cc, another company)" in words(done)
        boss = world.person(BOSS)
        assert shown(carla.hears("Late delivery")) == (f"Carla Nunes <{CARLA}>", BOSS)
        assert shown(boss.hears("Late delivery")) == (CARLA, BOSS)


async def test_of_sixty_in_copy_the_notice_names_all_who_join_and_says_how_many() -> None:
    crowd = [f"p{number}@client.example" for number in range(60)]
    async with await a_desk() as world:
        carla = await carla_writes(world, *crowd)
        notice = words(world.agent.hears("New"))
        named = ", ".join(f"{each} (Cc)" for each in crowd[:19])
        assert f"Your answer goes to {CARLA}; also {named} and {crowd[19]} (Cc) (21 people in all)." in notice
        assert "more people than may join" in notice
        await world.agent.answers("It comes tomorrow.")
        letter = carla.hears_all()[-1]
        assert str(letter["Cc"]).split(", ") == crowd[:20]


async def test_a_blind_copy_to_the_desk_answers_its_author_alone() -> None:
    async with await a_desk() as world:
        carla = world.person(CARLA, "Carla Nunes")
        await carla.writes(
            "Late delivery", "Dear Vera, it is late.", to="vera@vendor.example", cc=[BOSS], border=OK
        )
        notice = world.agent.hears("New")
        assert f"Your answer goes to {CARLA}. The customer reads" in words(notice)
        assert "we were copied blindly" in words(notice)
        await world.agent.answers_notice(notice, "We look into it.")
        assert shown(carla.hears_all()[-1]) == (f"Carla Nunes <{CARLA}>", "")
        world.person("vera@vendor.example").hears_nothing()
        world.person(BOSS).hears_nothing()


async def test_who_answers_hears_of_readers_whom_their_notice_did_not_name() -> None:
    async with await DeskWorld.start(people=PEOPLE, trust=TRUSTING, mailbox={"subaddress": "+"}) as world:
        carla = await carla_writes(world)
        ana, ben, _ = colleagues(world)
        boss = world.person(BOSS)
        notice, bens = ana.hears("New"), ben.hears("New")
        # The case is nobody's: nobody is told before, and whoever answers is told after.
        await ben.answers_notice(bens, f"#add {BOSS}")
        ben.hears("Done")
        ana.hears_nothing()
        await ana.answers_notice(notice, "We ask the carrier.")
        boss.hears("Late delivery")
        told = words(ana.hears("Done"))
        assert (
            f"your answer goes to {CARLA}; also {BOSS} (Cc, another company), "
            "who are not those that the notice you answered named"
        ) in " ".join(told.split())
        # What that mail named, nobody tells her again.
        await ana.answers_notice(ana.letters()[-1], "They say tomorrow.")
        ana.hears_nothing()

        # The owner hears who reads her answers from now on, before she answers.
        await ana.answers_notice(notice, "#take")
        ana.hears("Done")
        await ben.answers_notice(bens, f"#add {DORA} {EVA}\n#remove {BOSS}")
        ben.hears("Done")
        told = " ".join(words(ana.hears("A colleague acted")).split())
        assert f"Ben Beck added {DORA} (Cc) and {EVA} (Cc) and removed {BOSS}." in told
        assert f"Your answer goes to {CARLA}; also {DORA} (Cc) and {EVA} (Cc)." in told
        await world.leader._does(lambda case, hand: remove_party(case, world.office.desk, hand, EVA), None)
        assert f"Lea Leader removed {EVA}." in " ".join(words(ana.hears("A colleague acted")).split())
        await ana.answers_notice(ana.letters()[-1], f"#add {EVA}\nIt comes.")
        assert "who are not those" not in words(ana.hears("Done"))
        carla.hears_all()


async def test_the_notice_of_a_reply_says_who_wrote_and_again_only_where_they_had() -> None:
    async with await a_desk() as world:
        carla = await carla_writes(world, "dora@partner.example")
        dora = world.person("dora@partner.example")
        await world.passes(minutes=5)
        await world.agent.answers("Is it loud?")
        letters = {dora.address: dora.hears(), carla.address: carla.hears_all()[-1]}
        for who, again in ((dora, ""), (dora, " again"), (carla, " again")):
            world.agent.hears_all()
            await who.replies(letters[who.address], "Yes, very.", border=OK)
            assert f"{who.address} wrote{again}." in words(world.agent.hears("Reply"))


async def test_the_first_mail_of_whom_an_agent_wrote_to_is_not_called_another() -> None:
    async with await a_desk() as world:
        carla = world.person("carla@client.example")
        mail = await world.agent.writes(
            "Licence", "It ends.", to=carla.address, cc=[world.address], border=OK
        )
        world.agent.hears_all()
        await carla.writes("Re: Licence", "Renew it.", answering=mail, to=world.address, border=OK)
        assert "carla@client.example wrote." in words(world.agent.hears("Reply"))
