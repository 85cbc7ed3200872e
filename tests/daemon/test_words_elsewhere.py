"""The words of mails that another process wrote beside a daemon to which no mail comes."""

from __future__ import annotations

import asyncio

import pytest

from maildesk.store.search import still_waiting
from tests.daemon.conftest import Desk
from tests.daemon.watched import ShortPauses, watched

pytestmark = pytest.mark.dovecot


async def test_the_words_of_a_case_that_a_command_opened_are_read(desk: Desk) -> None:
    async with watched(desk, ShortPauses()) as service, asyncio.timeout(60):
        for subject in ("Printer", "Scanner"):  # the second comes to a daemon that has begun long ago
            new = ("case", "new", "--from", "bo@client.example", "--subject", subject, "--text", "-")
            code, _, err = await desk.command(*new, stdin=b"It burns.")
            assert code == 0, err
            while await service.store.read(still_waiting):  # noqa: ASYNC110 - nobody tells of it
                await asyncio.sleep(0.02)
