"""Faults over every server: whatever breaks, each mail becomes one case, and each letter goes out once."""

from __future__ import annotations

from email.policy import SMTP

import pytest

from tests.servers.kinds import Kind
from tests.world.desk import DeskWorld
from tests.world.fault_proxy import FaultProxy, Faults
from tests.world.imap_server import ImapServer

pytestmark = [pytest.mark.servers, pytest.mark.dovecot]

LONG = "word " * 10_000


def letter(world: DeskWorld, sender: str, subject: str, text: str = "Please help.") -> bytes:
    return world.person(sender).composes(subject, text).as_bytes(policy=SMTP)


@pytest.mark.parametrize("how", ["cut_after", "reset_after"])
async def test_a_connection_that_ends_in_the_middle_of_a_mail(server: ImapServer, how: str) -> None:
    proxy = await FaultProxy.start(server.host, server.imap_port)
    async with await DeskWorld.start(dovecot=server, imap_port=proxy.port) as world:
        await world.lies(letter(world, "bo@client.example", "Printer", LONG))
        setattr(proxy.faults, how, 20_000)
        assert (await world.works_as_it_can()).problems
        assert await world.inbox() == []
        proxy.heal()
        await world.works()
        assert await world.verdicts() == ["opened"]
        world.person("bo@client.example").hears("received")
    await proxy.stop()


async def test_a_server_that_was_killed_and_comes_back(server: ImapServer) -> None:
    async with await DeskWorld.start(dovecot=server) as world:
        await world.arrives(letter(world, "bo@client.example", "Printer"))
        await world.lies(letter(world, "cy@other.example", "Sound"))
        await server.crash()
        assert (await world.works_as_it_can()).problems
        await server.restart()
        await world.works()
        assert await world.verdicts() == ["opened", "opened"]
        world.person("bo@client.example").hears("received")
        world.person("cy@other.example").hears("received")


async def test_a_desk_that_died_between_filing_and_moving(kind: Kind, server: ImapServer) -> None:
    async with await DeskWorld.start(dovecot=server) as world:
        await world.lies(letter(world, "bo@client.example", "Printer"))
        await world.receives_and_files()
        await world.restarts()
        await world.works()
        assert await world.verdicts() == ["opened"]
        assert len(await server.folder("support")) == (0 if kind.moves else 1)


async def test_numbers_that_begin_anew(kind: Kind, server: ImapServer) -> None:
    """A new UIDVALIDITY: what lay there is known again by its words, and only what is new is answered."""
    async with await DeskWorld.start(dovecot=server) as world:
        bo, cy, di = (world.person(f"{name}@client.example") for name in ("bo", "cy", "di"))
        await world.arrives(letter(world, bo.address, "Printer"))
        await world.lies(letter(world, cy.address, "Sound"))
        await world.receives_and_files()
        await server.restored("support")
        await world.lies(letter(world, di.address, "Screen"))
        await world.works()
        await world.restarts()
        await world.works()
        opened = [verdict for verdict in await world.verdicts() if verdict != "seen"]
        assert opened == ["opened"] * 3
        for person in (bo, cy, di):
            person.hears("received")
        assert len(await server.folder("support")) == (0 if kind.moves else 3)
        world.provoked = {"not-compared"} & world.provoked


async def test_a_slow_line_that_brings_one_byte_at_a_time(server: ImapServer) -> None:
    proxy = await FaultProxy.start(server.host, server.imap_port)
    proxy.faults = Faults(latency=0.02, drip=0.0)
    async with await DeskWorld.start(dovecot=server, imap_port=proxy.port) as world:
        await world.arrives(letter(world, "bo@client.example", "Printer", "word " * 1000))
        assert await world.verdicts() == ["opened"]
        world.person("bo@client.example").hears("received")
    await proxy.stop()


async def test_a_mailbox_that_is_full(kind: Kind, server: ImapServer) -> None:
    """Mail that lies there is filed all the same, and nothing of it is lost."""
    async with await DeskWorld.start(dovecot=server) as world:
        assert await server.limit("support", 100) == bool(kind.full)
        if not kind.full:
            return
        for number in range(3):
            await world.lies(letter(world, f"bo{number}@client.example", "Printer", "word " * 6000))
        with pytest.raises(Exception, match=r"(?i)quota"):
            await world.lies(letter(world, "bo@client.example", "Printer", "word " * 6000))
        await world.works_as_it_can()
        assert await world.verdicts() == ["opened"] * 3
        moved = await server.folder("support", kind.processed)
        assert len(moved + await server.folder("support")) == 3
        assert bool(moved) == (kind.full == "moved")
