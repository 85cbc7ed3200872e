"""Sender and recipient said at once to a relay that offers it (RFC 2920); replies that nobody asked for."""

from __future__ import annotations

import asyncio

import pytest

from maildesk.errors import ConnectionLost, LoginRefused, MaildeskError, ServerBusy
from maildesk.transport.relay import Accepted, Refused
from maildesk.transport.security import Security
from maildesk.transport.smtp import SmtpConnection
from maildesk.transport.smtp_opening import SmtpAccount, SmtpTiming
from tests.transport.scripted_smtp import CUT, SILENCE, Peer, ScriptedSmtp

DESK, ANA, BO = "support@acme.example", "ana@client.example", "bo@client.example"
MAIL = b"Subject: Hello\r\n\r\nGood morning\r\n"
PIPELINING = "250-relay.example\r\n250-PIPELINING\r\n250 8BITMIME"
IMPATIENT = SmtpTiming(connect=0.2, command=0.2, data_block=0.2, final_dot=0.2)


async def connect(port: int, timing: SmtpTiming | None = None) -> SmtpConnection:
    account = SmtpAccount("127.0.0.1", port, Security.NONE, None, None)
    return await SmtpConnection.open(account, timing or SmtpTiming())


class Greeted(Peer):
    """A relay that has answered EHLO; the talk goes on by `after`."""

    def __init__(self, after: str, *, reads: int) -> None:
        """`after` is said in one segment: once `reads` more lines were read, or without any when told to."""
        super().__init__(self._converse)
        self._after, self._reads = after, reads
        self.speak = asyncio.Event()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 relay.example\r\n")
        await reader.readline()
        writer.write(PIPELINING.encode() + b"\r\n")
        for _ in range(self._reads):
            assert (await reader.readuntil(b"\r\n")).endswith(b"\r\n")
        if not self._reads:
            await self.speak.wait()
        writer.write(self._after.encode())
        await reader.read()
        self.gone.set()


# --- said at once -----------------------------------------------------------------------------------------


async def test_a_relay_that_answers_only_when_it_has_heard_both_is_not_kept_waiting() -> None:
    async with Greeted("250 2.1.0 ok\r\n250 2.1.5 ok\r\n", reads=2) as peer:
        relay = await connect(peer.port, IMPATIENT)
        assert await relay.offer(DESK, ANA) == Accepted(250, "2.1.5 ok")
        assert relay.usable


async def test_a_relay_that_does_not_offer_it_hears_one_thing_at_a_time() -> None:
    async with ScriptedSmtp(MAIL=SILENCE + "250 ok") as peer:
        relay = await connect(peer.port)
        offering = asyncio.create_task(relay.offer(DESK, ANA))
        await peer.silent.wait()
        peer.replies["MAIL"] = "250 ok"
        assert peer.heard[-1].startswith("MAIL")
        peer.speak.set()
        assert await offering == Accepted(250, "2.1.5 ok")


@pytest.mark.parametrize("refused", ["450 4.2.1 later", "550 5.7.1 not from you"])
async def test_a_refused_sender_is_the_answer_and_the_next_mail_goes_over_the_same_connection(
    refused: str,
) -> None:
    both = [refused, "250 2.1.0 ok"], ["503 5.5.1 MAIL first", "250 2.1.5 ok"]
    async with ScriptedSmtp(EHLO=PIPELINING, MAIL=both[0], RCPT=both[1]) as peer:
        relay = await connect(peer.port)
        code, text = int(refused[:3]), refused[4:]
        assert await relay.offer(DESK, BO) == Refused(code, text, permanent=code >= 500)
        assert await relay.offer(DESK, ANA) == Accepted(250, "2.1.5 ok")
        assert await relay.transmit(MAIL) == Accepted(250, "2.0.0 queued")
        assert (peer.messages, "RSET" in peer.heard) == ([MAIL], False)


async def test_a_refused_recipient_is_cleared_before_the_next_mail() -> None:
    async with ScriptedSmtp(EHLO=PIPELINING, RCPT=["550 5.1.1 no such user", "250 2.1.5 ok"]) as peer:
        relay = await connect(peer.port)
        assert await relay.offer(DESK, BO) == Refused(550, "5.1.1 no such user", permanent=True)
        assert await relay.offer(DESK, ANA) == Accepted(250, "2.1.5 ok")
        assert await relay.transmit(MAIL) == Accepted(250, "2.0.0 queued")
        assert [line.split(" ")[0] for line in peer.heard[1:]] == [
            "MAIL", "RCPT", "RSET", "MAIL", "RCPT", "DATA",
        ]  # fmt: skip


TROUBLE: list[tuple[str, str, type[MaildeskError]]] = [
    ("421 4.7.0 too many errors", CUT, ServerBusy),
    ("530 5.7.0 authentication required", "503 5.5.1 no", LoginRefused),
    ("250 2.1.0 ok", "421 4.7.0 too many errors", ServerBusy),
    ("250 2.1.0 ok", "334 go on", ConnectionLost),
    ("250 2.1.0 ok", "good day", ConnectionLost),
    ("250 2.1.0 ok", CUT, ConnectionLost),
    ("250 2.1.0 ok", SILENCE, ConnectionLost),
    ("good day", "250 2.1.5 ok", ConnectionLost),
    (CUT, CUT, ConnectionLost),
    (SILENCE, SILENCE, ConnectionLost),
]


@pytest.mark.parametrize(("mail", "rcpt", "error"), TROUBLE)
async def test_trouble_with_either_is_raised_and_ends_the_connection(
    mail: str, rcpt: str, error: type[MaildeskError]
) -> None:
    async with ScriptedSmtp(EHLO=PIPELINING, MAIL=mail, RCPT=rcpt) as peer:
        relay = await connect(peer.port, IMPATIENT)
        with pytest.raises(error):
            await relay.offer(DESK, ANA)
        assert not relay.usable
        assert peer.messages == []


async def test_what_a_relay_says_before_it_hangs_up_still_counts() -> None:
    async with ScriptedSmtp(EHLO=PIPELINING, MAIL="550 5.7.1 not from you", RCPT=CUT) as peer:
        relay = await connect(peer.port)
        assert await relay.offer(DESK, ANA) == Refused(550, "5.7.1 not from you", permanent=True)
        assert not relay.usable


# --- replies that nobody asked for ------------------------------------------------------------------------


async def test_one_reply_too_many_ends_the_connection_before_anything_rides_on_it() -> None:
    three = "250 2.1.0 ok\r\n250 2.1.5 ok\r\n354 go ahead\r\n"
    async with Greeted(three, reads=2) as peer:
        relay = await connect(peer.port)
        assert await relay.offer(DESK, ANA) == Accepted(250, "2.1.5 ok")
        assert not relay.usable
        with pytest.raises(ConnectionLost):
            await relay.transmit(MAIL)


@pytest.mark.parametrize("said", ["421 4.4.2 idle for too long\r\n", "good day\r\n"])
async def test_a_relay_that_speaks_between_two_mails_gets_no_other(said: str) -> None:
    async with Greeted(said, reads=0) as peer:
        relay = await connect(peer.port)
        peer.speak.set()
        async with asyncio.timeout(120):
            await peer.gone.wait()
        assert not relay.usable
        with pytest.raises(ConnectionLost):
            await relay.offer(DESK, ANA)


async def test_half_a_reply_between_two_mails_is_never_taken_for_the_beginning_of_an_answer() -> None:
    async with Greeted("250 2.1.0 ok\r\n250 2.1.5 ok\r\n25", reads=2) as peer:
        relay = await connect(peer.port)
        assert await relay.offer(DESK, ANA) == Accepted(250, "2.1.5 ok")
        with pytest.raises(ConnectionLost, match="out of turn"):
            await relay.transmit(MAIL)
        assert not relay.usable


@pytest.mark.parametrize(
    "endless",
    ["2" * 10_000, "250 " + "x" * 10_000 + "\r\n", "250-more\r\n" * 20_000, "250-\r\n" * 20_000],
    ids=["no line end", "a long line", "many lines", "many empty lines"],
)
async def test_a_reply_without_end_is_no_reply(endless: str) -> None:
    async with Greeted(endless, reads=2) as peer:
        relay = await connect(peer.port)
        with pytest.raises(ConnectionLost, match="not SMTP"):
            await relay.offer(DESK, ANA)
        assert not relay.usable
