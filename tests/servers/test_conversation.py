"""One conversation over every server: what a customer and an agent say, where mails lie, and a restart."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.servers.kinds import Kind
from tests.world.desk import TRUSTING, DeskWorld
from tests.world.imap_server import ImapServer
from tests.world.people import words
from tests.world.token_dovecot import token_dovecot
from tests.world.token_endpoint import TokenEndpoint

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


async def test_a_case_on_a_dovecot_that_takes_tokens_alone(tmp_path: Path) -> None:
    """The desk asks an endpoint for a token, Dovecot asks it about that token; a revoked one is renewed."""
    (tmp_path / "hush").write_text("hush")
    (tmp_path / "hush").chmod(0o600)
    with TokenEndpoint.start() as sso:
        sso.register("desk", secret="hush")
        login: dict[str, Any] = {
            "provider": "other",
            "flow": "app",
            "client_id": "desk",
            "issuer": sso.issuer,
        }
        login |= {"client_secret": {"file": str(tmp_path / "hush")}, "scope": "mail"}
        async with token_dovecot(sso) as dovecot:
            imap: dict[str, Any] = {"host": dovecot.host, "port": dovecot.imap_port, "security": "none"}
            imap |= {"username": "support", "login": "own"}
            async with await DeskWorld.start(
                at=datetime.now(UTC), dovecot=dovecot, mailbox={"imap": imap}, logins={"own": login}
            ) as world:
                bo = world.person("bo@client.example", "Bo Lund")
                await bo.writes("Printer on fire", "It burns.")
                letter = bo.hears("received")
                sso.revoke()
                await world.restarts()
                await bo.replies(letter, "It burns on.")
                assert await world.verdicts() == ["opened", "appended"]
                assert len(await dovecot.folder("support", "Processed")) == 2
        assert len(sso.asked) == 2


async def lies_filed(kind: Kind, world: DeskWorld, count: int) -> None:
    """So many mails are filed: moved where the server can, else still in the inbox, marked if it can."""
    lying = await world.server.folder("support")
    if kind.moves:
        assert lying == []
        assert len(await world.server.folder("support", kind.processed)) == count
    else:
        assert len(lying) == count
        assert {mail.flags for mail in lying} == {frozenset({kind.keyword} - {""})}
