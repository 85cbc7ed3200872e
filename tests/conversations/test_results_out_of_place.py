"""A `trust.hops` that is one too small: the log says so once a day, and agents are asked meanwhile."""

from __future__ import annotations

import pytest

from tests.world.desk import DeskWorld

pytestmark = pytest.mark.dovecot

BEHIND_LMTP = (
    "Received: from mx.acme.example by imap.acme.example with LMTP id 5\r\n"
    "Authentication-Results: mx.acme.example; dmarc=pass header.from=client.example\r\n"
    "Received: from out.client.example by mx.acme.example with ESMTPS id 4\r\n"
    "From: bo@client.example\r\nTo: support@acme.example\r\nSubject: Printer {number}\r\n"
    "Message-ID: <{number}@client.example>\r\n\r\nIt burns.\r\n"
)


def mails() -> list[bytes]:
    return [BEHIND_LMTP.format(number=number).encode() for number in range(5)]


async def test_results_out_of_place_are_said_in_the_log_once_a_day(caplog: pytest.LogCaptureFixture) -> None:
    def said() -> list[str]:
        return [line for line in caplog.messages if "result-out-of-place" in line]

    first, second, third, *_ = mails()
    async with await DeskWorld.start(trust={"authserv_id": "mx.acme.example", "hops": 1}) as world:
        await world.arrives(first)
        await world.arrives(second)
        (line,) = said()
        assert "mailbox=support" in line
        assert "maildesk check" in line
        await world.passes(days=1)
        await world.arrives(third)
        assert len(said()) == 2


async def test_with_the_right_number_of_hops_nothing_is_said(caplog: pytest.LogCaptureFixture) -> None:
    async with await DeskWorld.start(trust={"authserv_id": "mx.acme.example", "hops": 2}) as world:
        for mail in mails():
            await world.arrives(mail)
        assert not [line for line in caplog.messages if "result-out-of-place" in line]
