"""What users of other desks reported: each story told here, with the end that it should have had."""

from __future__ import annotations

import pytest

from tests.world.desk import TRUSTING, DeskWorld
from tests.world.people import Person, words

pytestmark = pytest.mark.dovecot

OK = "dmarc=pass"


def carla_of(world: DeskWorld) -> Person:
    return world.person("carla@client.example", "Carla Nunes")


async def customers(world: DeskWorld) -> list[str]:
    """The addresses that an answer to the only case goes to."""
    parties = (await world.case())["parties"]
    return [each["address"] for each in parties if each["role"] in ("requester", "cc")]


# --- who hears the answer -------------------------------------------------------------------------


async def test_those_a_mail_was_sent_to_hear_nothing_where_the_desk_was_a_blind_copy() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        carla = carla_of(world)
        await carla.writes(
            "The parcel is late", "Dear Vera, where is it?", to="vera@vendor.example",
            cc=["chief@vendor.example"], headers={"Delivered-To": world.address}, border=OK,
        )  # fmt: skip
        assert await customers(world) == ["carla@client.example"]
        carla.hears_all()
        notice = world.agent.hears("New: The parcel is late")
        assert "Your answer goes to carla@client.example." in words(notice)
        await world.agent.answers_notice(notice, "It comes on Friday.")
        assert "It comes on Friday." in words(carla.hears("The parcel is late"))
        assert {address for mail in world.relay.mails for address in mail.recipients} == {
            "carla@client.example",
            "agent@acme.example",
        }


async def test_an_agent_is_told_how_many_will_read_the_answer() -> None:
    others = [f"p{number}@client.example" for number in range(40)]
    async with await DeskWorld.start(trust=TRUSTING) as world:
        await carla_of(world).writes("Help us", "All of us wait.", cc=others, border=OK)
        notice = words(world.agent.hears("New: Help us"))
        said = next(line for line in notice.splitlines() if line.startswith("Your answer goes to carla@"))
        assert f"({len(await customers(world))} people in all)" in said


# --- what asks for an escalation ------------------------------------------------------------------

BANNER = "CAUTION: This message came from outside the company. If in doubt, escalate to IT security.\n\n"
FOOTER = "\n\n____________________\nClient Inc. | escalation: https://client.example/help | confidential"


@pytest.mark.parametrize(("above", "below"), [(BANNER, ""), ("", FOOTER)], ids=["banner", "footer"])
async def test_what_machines_put_around_a_mail_asks_for_no_escalation(above: str, below: str) -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        carla = carla_of(world)
        await carla.writes("The screen is blue", f"{above}Good day, it went blue.\n\nCarla{below}", border=OK)
        world.leader.hears_nothing()
        assert await world.happened() == ["opened"]
        [receipt] = carla.hears_all()
        await carla.replies(receipt, f"{above}Please escalate.\n\nCarla{below}", border=OK)
        world.leader.hears("Escalated: The screen is blue")
