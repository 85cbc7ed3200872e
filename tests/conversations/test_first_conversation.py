"""The main story, start to end: a mail becomes a case, is acknowledged, escalates, closes and reopens."""

from __future__ import annotations

import pytest

from tests.world.desk import DeskWorld

pytestmark = pytest.mark.dovecot


async def test_a_mail_becomes_a_case_and_is_acknowledged() -> None:
    async with await DeskWorld.start() as world:
        bo = world.customer("bo@client.example", "Bo Lund")
        await bo.writes("Printer on fire", "It burns. Please help.")
        ack = bo.hears()
        case = await world.case()
        assert case["ref"] in str(ack["Subject"])
        assert case["phase"] == "new"
