"""A robot behind an agent's address answers whatever we write there: it ends by itself."""

from __future__ import annotations

from collections.abc import Mapping
from email.message import EmailMessage

import pytest

from tests.world.desk import TRUSTING, DeskWorld
from tests.world.people import Person, in_reply

pytestmark = pytest.mark.dovecot

OK = "dmarc=pass"
TOKENS = {"subaddress": "+"}
REGISTERED = "Your mail was registered. A colleague will read it."
CHALLENGE = (
    "Please click the link below to verify that you are a person and your message will be delivered: "
    "https://provider.example/c/1"
)

ROBOTS: dict[str, tuple[Mapping[str, str], str]] = {
    "generated": ({"Auto-Submitted": "auto-generated"}, REGISTERED),
    "in bulk": ({"Precedence": "bulk"}, REGISTERED),
    "a list": ({"List-Id": "<x.tracker.example>"}, REGISTERED),
    "a challenge": ({"Subject": "Please confirm your message", "Auto-Submitted": "auto-replied"}, CHALLENGE),
}


async def answers(robot: Person, letter: EmailMessage, number: int, kind: str, **ids: str) -> None:
    headers, text = ROBOTS[kind]
    back = str(letter["Reply-To"] or letter["From"])
    mail = robot.composes(in_reply(letter), text, to=back, headers=ids)
    for name, value in {"Message-ID": f"<r{number}@tracker.example>", **headers}.items():
        del mail[name]
        mail[name] = value
    await robot.sends(mail, border=OK)


async def rounds(world: DeskWorld, robot: Person, kind: str, *, thread: bool) -> int:
    """Count the letters to the agent until none comes any more; the robot answers each."""
    heard = 0
    for _ in range(6):
        letters = world.agent.hears_all()
        heard += len(letters)
        for number, letter in enumerate(letters):
            ids = {"In-Reply-To": str(letter["Message-ID"]), "References": str(letter["Message-ID"])}
            await answers(robot, letter, 100 * heard + number, kind, **(ids if thread else {}))
        await world.passes(minutes=20)
    return heard


@pytest.mark.parametrize("kind", ROBOTS)
async def test_what_a_robot_answers_to_a_notice_is_kept_and_told_to_nobody(kind: str) -> None:
    async with await DeskWorld.start(trust=TRUSTING, mailbox=TOKENS) as world:
        carla, robot = world.person("carla@client.example"), world.person("noreply@tracker.example")
        await carla.writes("Mail", "Mail does not work.", border=OK)
        assert await rounds(world, robot, kind, thread=kind != "in bulk") == 1
        assert len(await world.cases()) == 1
        carla.hears_all()
        robot.hears_nothing()


async def test_a_notice_answered_by_its_id_alone_and_a_digest_are_told_of_no_more() -> None:
    async with await DeskWorld.start(trust=TRUSTING, limits={"notices_at_once": 2}) as world:
        carla, robot = world.person("carla@client.example"), world.person("noreply@tracker.example")
        for number in range(5):
            await carla.writes(f"Mail {number}", "Mail does not work.", border=OK)
        assert await rounds(world, robot, "generated", thread=True) == 4  # two notices, two digests
        carla.hears_all()
        robot.hears_nothing()
