"""One conversation over every server: what a customer and an agent say, where mails lie, and a restart."""

from __future__ import annotations

import pytest

from tests.servers.kinds import Kind
from tests.world.desk import TRUSTING, DeskWorld
from tests.world.imap_server import ImapServer
from tests.world.people import words

pytestmark = [pytest.mark.servers, pytest.mark.dovecot]


async def test_a_case_from_its_first_mail_to_its_end(kind: Kind, server: ImapServer) -> None:
    async with await DeskWorld.start(dovecot=server, trust=TRUSTING) as world:
        bo = world.person("bo@client.example", "Bo Lund")
        await bo.writes("Printer on fire", "It burns. Please help.")
        bo.hears("We have received your message")
        notice = world.agent.hears("New: Printer on fire")
        await lies_filed(kind, world, 1)

        await world.agent.answers_notice(notice, "Have you tried water?")
        answer = bo.hears("Printer on fire")
        assert "Have you tried water?" in words(answer)
        world.agent.hears_all()

        await world.restarts()
        await world.works()
        await bo.replies(answer, "I did, now it is worse.")
        assert "now it is worse" in words(world.agent.hears("Reply: Printer on fire"))
        await lies_filed(kind, world, 3)

        await world.restarts()
        await world.works()
        bo.hears_nothing()
        world.agent.hears_nothing()
        assert await world.verdicts() == ["opened", "command", "appended"]
        assert await world.happened() == ["opened", "answered", "replied"]


async def test_a_processed_folder_with_levels_and_umlauts(kind: Kind, server: ImapServer) -> None:
    async with await DeskWorld.start(dovecot=server, mailbox={"processed": "Fälle/Erledigt"}) as world:
        await world.person("bo@client.example").writes("Hello", "There.")
        if kind.moves:
            name = kind.folder("Fälle", "Erledigt")
            assert len(await server.folder("support", name)) == 1
            assert name in await server.subscribed("support")


async def lies_filed(kind: Kind, world: DeskWorld, count: int) -> None:
    """So many mails are filed: moved where the server can, else still in the inbox, marked if it can."""
    lying = await world.server.folder("support")
    if kind.moves:
        assert lying == []
        assert len(await world.server.folder("support", kind.processed)) == count
    else:
        assert len(lying) == count
        assert {mail.flags for mail in lying} == {frozenset({kind.keyword} - {""})}
