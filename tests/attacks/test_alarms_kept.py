"""What is noticed is told although the look that noticed it did not come to its end."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from email.policy import SMTP

import pytest

from maildesk.errors import StoreFull
from tests.world.desk import DeskWorld

pytestmark = pytest.mark.dovecot


async def test_another_desk_is_told_of_although_the_disk_was_full_when_it_was_noticed() -> None:
    async with await DeskWorld.start() as world:
        bo = world.person("bo@client.example")
        await bo.writes("Printer", "It burns.")
        await world.dovecot.append("support", b"From: x@y.example\r\n\r\nNot ours.\r\n", "Processed")
        await world.lies(bo.composes("Sound", "It plays nothing.").as_bytes(policy=SMTP))
        (receiver,) = world.service.receivers
        before, receiver.box = receiver.box, replace(receiver.box, free_space=2**60)
        with pytest.raises(StoreFull):
            await receiver.look(asyncio.Event())
        receiver.abort()
        receiver.box = before
        await world.works()
        world.operator.hears("Another desk works here")
        assert await world.verdicts() == ["opened"] * 2
        world.provoked = {"not-filed"}  # that mail is none of ours
