"""Servers that list a mail and do not hand it out: the other mails come, and that one is put aside."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from maildesk.transport.imap_answers import expanded
from tests.transport.scripted_imap import Asked, Peer, Script, ScriptedImap, listing, message
from tests.world.desk import DeskWorld

pytestmark = pytest.mark.dovecot

ODD = 2
"""The UID of the mail that does not come."""


def omits_it(peer: Peer, asked: Asked) -> None:
    peer.ok(asked)


def refuses(peer: Peer, asked: Asked) -> None:
    peer.ok(asked, "NO it cannot be read")


def sends_more_than_it_said(peer: Peer, asked: Asked) -> None:
    peer.say(f"* {ODD} FETCH (UID {ODD} FLAGS () RFC822.SIZE 30 BODY[] {{900000000}}")
    peer.ok(asked)


def hangs_up(peer: Peer, asked: Asked) -> None:
    peer.cut()


def mailbox_of_three(odd: Callable[[Peer, Asked], None]) -> Script:
    """A server with UIDs 1 to 3 that does `odd` once it has come to the second."""

    def fetched(peer: Peer, asked: Asked) -> None:
        uids = expanded(asked.line.split(b" ")[3])
        if b"BODY" not in asked.line:
            peer.say(*(listing(uid) for uid in uids))
            return peer.ok(asked)
        for uid in uids:
            if uid == ODD:
                return odd(peer, asked)
            raw = f"From: p{uid}@client.example\r\nMessage-ID: <{uid}@client.example>\r\n\r\nHi.\r\n"
            peer.raw(message(uid, raw.encode()))
        return peer.ok(asked)

    async def script(peer: Peer) -> None:
        peer.capabilities = "IMAP4rev1"
        peer.greet()
        while True:
            asked = await peer.read()
            if peer.is_daily(asked):
                peer.answer_daily(asked)
            elif asked.name == "FETCH":
                fetched(peer, asked)
            else:
                if asked.name == "SEARCH":
                    peer.say("* SEARCH 1 2 3")
                peer.ok(asked)

    return script


@pytest.mark.parametrize("odd", [omits_it, refuses, sends_more_than_it_said, hangs_up])
async def test_one_mail_that_does_not_come_keeps_no_other_waiting(odd: Callable[[Peer, Asked], None]) -> None:
    """Nor does it keep `maildesk verify`, by which the story ends, from comparing the others."""
    async with (
        asyncio.timeout(120),
        ScriptedImap.playing(mailbox_of_three(odd)) as server,
        await DeskWorld.start(imap_port=server.port) as world,
    ):
        await world.works_as_it_can()
        assert await world.verdicts() == ["opened", "opened"]
        for _ in range(2):
            await world.works_as_it_can()
        assert await world.verdicts() == ["opened", "opened", "quarantined"]
        assert (await world.inbox())[-1]["reason"] == "unfetchable"
        await world.works()


async def test_a_server_that_is_busy_says_nothing_about_a_mail() -> None:
    def busy(peer: Peer, asked: Asked) -> None:
        peer.ok(asked, "NO [LIMIT] slow down")

    async with (
        asyncio.timeout(120),
        ScriptedImap.playing(mailbox_of_three(busy)) as server,
        await DeskWorld.start(imap_port=server.port) as world,
    ):
        for _ in range(4):
            (problem,) = (await world.works_as_it_can()).problems
            assert "slow down" in problem
        assert await world.verdicts() == ["opened"]
        world.provoked = {"not-compared"}
