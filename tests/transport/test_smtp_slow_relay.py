"""A relay that takes minutes to answer the final dot, with the times that are used every day."""

from __future__ import annotations

import asyncio

import aiosmtplib
import pytest

from maildesk.transport.relay import Accepted, Answer, Unknown
from maildesk.transport.security import Security
from maildesk.transport.smtp import SmtpConnection
from maildesk.transport.smtp_opening import SmtpAccount
from tests.transport.scripted_smtp import slow_relay
from tests.world.virtual_time import in_virtual_time

DESK, ANA = "support@acme.example", "ana@client.example"
MAIL = b"Subject: Hello\r\n\r\nGood morning\r\n"
BIG = MAIL + b"0123456789\r\n" * 50_000  # goes in blocks
SLACK = 60.0
"""Virtual seconds that what is real about a conversation may add."""


async def ours(seconds: float, message: bytes) -> tuple[Answer, float, int]:
    """What our sender learns from a slow relay, after how many seconds, and how often the relay has it."""
    async with slow_relay(seconds) as peer:
        account = SmtpAccount("127.0.0.1", peer.port, Security.NONE, None, None)
        relay = await SmtpConnection.open(account)
        await relay.offer(DESK, ANA)
        began = now()
        answer = await relay.transmit(message)
        waited = now() - began
        assert relay.usable is isinstance(answer, Accepted)
        await relay.close()
        return answer, waited, len(peer.messages)


def now() -> float:
    return asyncio.get_running_loop().time()


@pytest.mark.parametrize("message", [MAIL, BIG], ids=["small", "in blocks"])
@pytest.mark.parametrize("seconds", [61, 300, 590])
def test_a_relay_that_answers_the_dot_late_has_the_mail_once_and_we_know(
    seconds: float, message: bytes
) -> None:
    answer, waited, deliveries = in_virtual_time(ours(seconds, message))
    assert isinstance(answer, Accepted)
    assert seconds <= waited < seconds + SLACK
    assert deliveries == 1


@pytest.mark.parametrize("message", [MAIL, BIG], ids=["small", "in blocks"])
def test_a_relay_that_says_nothing_for_ten_minutes_may_have_the_mail(message: bytes) -> None:
    answer, waited, deliveries = in_virtual_time(ours(601 + SLACK, message))
    assert isinstance(answer, Unknown)
    assert "no reply within the time limit" in answer.text
    assert 600 <= waited < 600 + SLACK
    assert deliveries == 1


async def plain(seconds: float) -> tuple[list[float], int]:
    """A sender on the library's defaults that tries again after a time-out: its waits, the deliveries."""
    waits = []
    async with slow_relay(seconds) as peer:
        for _ in range(2):
            smtp = aiosmtplib.SMTP(hostname="127.0.0.1", port=peer.port, local_hostname="desk.example")
            await smtp.connect()
            began = now()
            with pytest.raises(aiosmtplib.SMTPTimeoutError):
                await smtp.sendmail(DESK, [ANA], MAIL)
            waits.append(now() - began)
            smtp.close()
        return waits, len(peer.messages)


def test_with_the_library_s_defaults_the_same_relay_has_the_mail_twice() -> None:
    waits, deliveries = in_virtual_time(plain(300))
    assert all(60 <= wait < 60 + SLACK for wait in waits)
    assert deliveries == 2
