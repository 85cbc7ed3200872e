"""Other addresses of a mailbox: who writes to one is answered from it, and nothing is ever sent to it."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from tests.world.desk import TRUSTING, DeskWorld
from tests.world.people import Person, words

pytestmark = pytest.mark.dovecot

OK = "dmarc=pass"
HELLO, SALES, SUPPORT = "hello@acme.example", "sales@acme.example", "support@acme.example"
ALIASES = {"aliases": [HELLO, SALES], "subaddress": "+"}


async def a_desk(**more: Any) -> DeskWorld:
    return await DeskWorld.start(trust=TRUSTING, **{"mailbox": ALIASES} | more)


def told(world: DeskWorld) -> set[str]:
    return {address.lower() for mail in world.relay.mails for address in mail.recipients}


def carla(world: DeskWorld) -> Person:
    return world.person("carla@client.example", "Carla Nunes")


async def test_an_answer_goes_out_from_the_alias_that_was_written_to() -> None:
    async with await a_desk() as world:
        await carla(world).writes("Cannot log in", "Help me.", to=HELLO, cc=[SALES, SUPPORT], border=OK)
        receipt = carla(world).hears("Cannot log in")
        assert str(receipt["From"]) == f"Acme Support <{HELLO}>"
        notice = world.agent.hears("New: Cannot log in")
        assert SUPPORT in str(notice["From"])
        assert "Your answer goes to carla@client.example. The customer reads" in words(notice)
        await world.agent.answers_notice(notice, "Try again now.")
        letter = carla(world).hears("Cannot log in")
        assert str(letter["From"]) == f'"Ana Agent (Acme Support)" <{HELLO}>'
        assert letter["Cc"] is None
        # Answers come back to the mailbox itself, whatever the alias's server takes.
        assert str(letter["Reply-To"]).startswith("Acme Support <support+")
        await carla(world).replies(letter, "It works.", border=OK)
        assert await world.verdicts() == ["opened", "command", "appended"]
        parties = {each["address"] for each in (await world.case())["parties"]}
        assert parties == {"carla@client.example", "agent@acme.example"}
        assert not told(world) & {HELLO, SALES, SUPPORT}


async def test_a_case_whose_alias_is_gone_is_answered_from_the_desks_own_address() -> None:
    async with await a_desk() as world:
        await carla(world).writes("Cannot log in", "Help me.", to=SALES, border=OK)
        carla(world).hears("Cannot log in")
        boxes = [dict(each, aliases=[HELLO]) for each in world_boxes(world)]
        await world.restarts(mailboxes=boxes)
        world.__dict__.pop("office", None)
        await world.agent.answers("Try again now.")
        assert SUPPORT in str(carla(world).hears("Cannot log in")["From"])


def world_boxes(world: DeskWorld) -> list[dict[str, Any]]:
    boxes: list[dict[str, Any]] = yaml.safe_load(world.config_file.read_text())["mailboxes"]
    return boxes
