"""A mail that was listed and is gone before it could be fetched leaves a row, calmly."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest

from maildesk.transport.imap_answers import expanded
from tests.transport.scripted_imap import Asked, Peer, ScriptedImap, listing, message
from tests.world.desk import DeskWorld

pytestmark = pytest.mark.dovecot


@dataclass
class Mailbox:
    """A folder of three, from which somebody takes the second mail just before `at` is answered."""

    at: str
    lies: set[int] = field(default_factory=lambda: {1, 2, 3})

    async def __call__(self, peer: Peer) -> None:
        peer.capabilities = "IMAP4rev1"
        peer.greet()
        while True:
            asked = await peer.read()
            if peer.is_daily(asked):
                peer.answer_daily(asked)
                continue
            if self.at == self.what(asked):
                self.lies.discard(2)
            self.answer(peer, asked)

    def what(self, asked: Asked) -> str:
        return "BODY" if asked.name == "FETCH" and b"BODY" in asked.line else asked.name

    def answer(self, peer: Peer, asked: Asked) -> None:
        if asked.name == "SEARCH":
            peer.say(f"* SEARCH {' '.join(map(str, sorted(self.lies)))}")
        if asked.name == "FETCH":
            for uid in self.lies.intersection(expanded(asked.line.split(b" ")[3])):
                raw = f"From: p{uid}@client.example\r\nMessage-ID: <{uid}@client.example>\r\n\r\nHi.\r\n"
                if b"BODY" in asked.line:
                    peer.raw(message(uid, raw.encode()))
                else:
                    peer.say(listing(uid))
        peer.ok(asked)


@pytest.mark.parametrize("at", ["FETCH", "BODY"], ids=["before it was described", "before its bytes came"])
async def test_what_vanishes_between_listing_and_fetching_leaves_a_row(at: str) -> None:
    async with (
        asyncio.timeout(120),
        ScriptedImap.playing(Mailbox(at)) as server,
        await DeskWorld.start(imap_port=server.port) as world,
    ):
        await world.works()
        rows = await world.inbox()
        assert sorted((row["uid"], row["verdict"], row["reason"]) for row in rows if row["uid"] == 2) == [
            (2, "left", "vanished")
        ]
        assert sorted(row["uid"] for row in rows) == [1, 2, 3]
        assert world.operator.letters() == [], "nothing is wrong with that"
        await world.works()
        assert len(await world.inbox()) == 3


@pytest.mark.parametrize("at", ["FETCH", "BODY"], ids=["before it was described", "before its bytes came"])
async def test_a_mail_that_vanished_and_lies_there_after_all_is_filed_like_any_other(at: str) -> None:
    folder = Mailbox(at)
    async with (
        asyncio.timeout(120),
        ScriptedImap.playing(folder) as server,
        await DeskWorld.start(imap_port=server.port) as world,
    ):
        await world.works()
        folder.at = ""
        folder.lies = {1, 2, 3}
        await world.works()
        rows = await world.inbox()
        assert sorted((row["uid"], row["verdict"]) for row in rows) == [(n, "opened") for n in (1, 2, 3)]
        assert world.operator.letters() == []
