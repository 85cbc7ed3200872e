"""The SMTP server of the tests keeps what it should and fails as it is told."""

from __future__ import annotations

import pytest

from maildesk.errors import ConnectionLost, ServerBusy
from maildesk.transport.relay import Accepted, Answer, Refused
from maildesk.transport.security import Security
from maildesk.transport.smtp import SmtpConnection
from maildesk.transport.smtp_opening import SmtpAccount
from tests.world.smtp_server import SmtpServer

DESK, ANA = "support@acme.example", "ana@client.example"


async def send(server: SmtpServer, subject: str, recipient: str = ANA) -> Answer:
    account = SmtpAccount(server.host, server.port, Security.NONE, None, None)
    relay = await SmtpConnection.open(account)
    offered = await relay.offer(DESK, recipient)
    if isinstance(offered, Refused):
        return offered
    return await relay.transmit(f"Subject: {subject}\r\n\r\nHello\r\n".encode())


async def test_letters_come_back_parsed_and_in_order() -> None:
    async with await SmtpServer.start() as server:
        for number, recipient in enumerate((ANA, "bo@client.example", ANA)):
            await send(server, f"letter {number}", recipient)
        assert [mail.at_index for mail in await server.wait_for(3)] == [0, 1, 2]
        assert [letter["Subject"] for letter in server.letters_to(ANA)] == ["letter 0", "letter 2"]


async def test_refusals_last_until_they_are_used_up_or_taken_back() -> None:
    async with await SmtpServer.start() as server:
        server.refuse_data(451, "4.3.0 not now", times=1)
        server.refuse(ANA, times=1)
        assert await send(server, "a") == Refused(550, "5.1.1 no such user", permanent=True)
        assert await send(server, "b") == Refused(451, "4.3.0 not now", permanent=False)
        assert isinstance(await send(server, "c"), Accepted)
        server.refuse_sender(553, "5.1.8 who are you")
        assert await send(server, "d") == Refused(553, "5.1.8 who are you", permanent=True)
        server.accept_all()
        assert isinstance(await send(server, "e"), Accepted)
        assert [letter["Subject"] for letter in server.letters_to(ANA)] == ["c", "e"]


async def test_an_unwelcoming_greeting_and_a_relay_that_is_down_can_be_played() -> None:
    async with await SmtpServer.start() as server:
        server.greet(421, "4.7.0 too many connections")
        with pytest.raises(ServerBusy):
            await send(server, "a")
        port = server.port
    with pytest.raises(ConnectionLost):
        await send(server, "b")
    async with await SmtpServer.start(port=port) as back:
        assert isinstance(await send(back, "c"), Accepted)


async def test_waiting_for_a_mail_that_does_not_come_says_what_did_come() -> None:
    async with await SmtpServer.start() as server:
        await send(server, "a")
        with pytest.raises(AssertionError, match="1 mails came, not 2"):
            await server.wait_for(2, within=0.05)
