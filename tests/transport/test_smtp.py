"""Mail out: what a relay says, and what the desk may believe of it."""

from __future__ import annotations

import asyncio
import re

import pytest

from maildesk.errors import BadInput, ConnectionLost, HungUp, LoginRefused, MaildeskError, ServerBusy
from maildesk.transport.relay import Accepted, Answer, Refused, Unknown
from maildesk.transport.security import Security
from maildesk.transport.smtp import SmtpConnection
from maildesk.transport.smtp_opening import SmtpAccount, SmtpTiming
from tests.transport.scripted_smtp import CUT, SILENCE, Peer, ScriptedSmtp
from tests.world.smtp_server import SmtpServer

DESK = "support@acme.example"
ANA, BO, CY = "ana@client.example", "bo@client.example", "cy@client.example"
MAIL = b"From: support@acme.example\r\nTo: ana@client.example\r\nSubject: Hello\r\n\r\nGood morning\r\n"
IMPATIENT = SmtpTiming(connect=0.2, command=0.2, data_block=0.2, final_dot=0.2)


async def connect(port: int, timing: SmtpTiming | None = None) -> SmtpConnection:
    account = SmtpAccount("127.0.0.1", port, Security.NONE, None, None)
    return await SmtpConnection.open(account, timing or SmtpTiming())


async def send(relay: SmtpConnection, recipient: str = ANA, message: bytes = MAIL) -> Answer:
    offered = await relay.offer(DESK, recipient)
    return offered if isinstance(offered, Refused) else await relay.transmit(message)


# --- the ordinary mail --------------------------------------------------------------------------------


async def test_a_mail_arrives_as_the_bytes_we_wrote() -> None:
    async with await SmtpServer.start() as server:
        relay = await connect(server.port)
        assert await relay.offer(DESK, ANA, size=len(MAIL)) == Accepted(250, "2.1.5 recipient ok")
        assert await relay.transmit(MAIL) == Accepted(250, "2.0.0 queued as 1")
        await relay.close()
        (mail,) = await server.wait_for(1)
        assert (mail.envelope_from, mail.recipients, mail.raw) == (DESK, (ANA,), MAIL)
        assert server.letters_to(ANA)[0]["Subject"] == "Hello"


async def test_one_connection_carries_many_mails_in_order() -> None:
    async with await SmtpServer.start() as server:
        relay = await connect(server.port)
        for number in range(50):
            body = MAIL + f"number {number}\r\n".encode()
            assert isinstance(await send(relay, f"c{number}@client.example", body), Accepted)
        await relay.close()
        assert server.connections == 1
        assert [mail.recipients for mail in server.mails] == [(f"c{n}@client.example",) for n in range(50)]
        assert [mail.raw.split()[-1] for mail in server.mails] == [str(n).encode() for n in range(50)]


async def test_the_null_sender_is_written_as_an_empty_path() -> None:
    async with await SmtpServer.start() as server:
        relay = await connect(server.port)
        await relay.offer("", ANA)
        await relay.transmit(MAIL)
        assert server.mails[0].envelope_from == ""


async def test_we_introduce_ourselves_with_our_address_unless_a_name_is_given() -> None:
    async with await SmtpServer.start() as server:
        await connect(server.port)
        named = SmtpAccount(
            "127.0.0.1", server.port, Security.NONE, None, None, local_hostname="desk.acme.example"
        )
        await SmtpConnection.open(named)
        assert [line for line in server.commands if line.startswith("EHLO")] == [
            "EHLO [127.0.0.1]",
            "EHLO desk.acme.example",
        ]


@pytest.mark.parametrize(
    "body",
    [b".\r\n", b"..\r\n", b"a\r\n.\r\nb\r\n", b".a\r\n..b\r\n...\r\n", b"a\r\n.\r\n.\r\n.\r\n", b"\r\n.\r\n"],
    ids=["dot", "two dots", "dot between", "leading dots", "dots only", "empty then dot"],
)
async def test_lines_that_begin_with_a_dot_arrive_unchanged(body: bytes) -> None:
    async with await SmtpServer.start() as server:
        relay = await connect(server.port)
        for message in (MAIL + body, body):
            assert isinstance(await send(relay, message=message), Accepted)
        assert [mail.raw for mail in server.mails] == [MAIL + body, body]


async def test_a_big_mail_arrives_whole() -> None:
    big = MAIL + b"..0123456789012345678901234567890123456789012345678901234567890123456789\r\n" * 20_000
    async with await SmtpServer.start() as server:
        relay = await connect(server.port)
        assert isinstance(await send(relay, message=big), Accepted)
        assert isinstance(await send(relay), Accepted)
        assert [mail.raw for mail in server.mails] == [big, MAIL]


# --- what a reply means ---------------------------------------------------------------------------------

DOT_ANSWERS: list[tuple[str, Answer, bool]] = [
    ("250 2.0.0 queued", Accepted(250, "2.0.0 queued"), True),
    ("251 will forward", Accepted(251, "will forward"), True),
    ("299 a new kind of yes", Accepted(299, "a new kind of yes"), True),
    ("421 4.3.2 shutting down", Refused(421, "4.3.2 shutting down", False), False),
    ("450 4.2.0 busy", Refused(450, "4.2.0 busy", False), True),
    ("452 4.3.1 disk full", Refused(452, "4.3.1 disk full", False), True),
    ("499 no idea", Refused(499, "no idea", False), True),
    ("550 5.7.1 spam", Refused(550, "5.7.1 spam", True), True),
    ("554-5.7.1 no\r\n554 really no", Refused(554, "5.7.1 no really no", True), True),
    ("550 5.4.5 Daily sending limit", Refused(550, "5.4.5 Daily sending limit", False), True),
    ("354 go on", Unknown("the relay answered what is no reply to a mail: 354 go on"), False),
    ("999 what", Unknown("the relay answered what is no reply to a mail: 999 what"), False),
]


@pytest.mark.parametrize(
    ("reply", "expected", "lives"), DOT_ANSWERS, ids=[row[0][:20] for row in DOT_ANSWERS]
)
async def test_the_reply_to_the_dot_decides_what_became_of_the_mail(
    reply: str, expected: Answer, lives: bool
) -> None:
    async with ScriptedSmtp(dot=reply) as peer:
        relay = await connect(peer.port)
        assert await send(relay) == expected
        assert relay.usable is lives


@pytest.mark.parametrize(
    "nonsense", ["hello there", "25", "2xx fine", "-50 minus", "HTTP/1.1 400 Bad Request"]
)
async def test_a_reply_that_is_not_smtp_leaves_the_mail_unknown(nonsense: str) -> None:
    async with ScriptedSmtp(dot=nonsense) as peer:
        relay = await connect(peer.port, IMPATIENT)
        assert isinstance(await send(relay), Unknown)
        assert not relay.usable


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("450 4.2.1 later", Refused(450, "4.2.1 later", False)),
        ("451 4.7.1 greylisted", Refused(451, "4.7.1 greylisted", False)),
        ("550 5.1.1 no such user", Refused(550, "5.1.1 no such user", True)),
        ("552 5.3.4 too big", Refused(552, "5.3.4 too big", True)),
    ],
    ids=lambda value: value[:3] if isinstance(value, str) else "",
)
async def test_a_refusal_before_the_message_leaves_the_connection_ready_for_the_next_mail(
    verb: str, reply: str, expected: Refused
) -> None:
    usual = "354 go ahead" if verb == "DATA" else "250 ok"
    async with ScriptedSmtp(**{verb: [reply, usual]}) as peer:
        relay = await connect(peer.port)
        assert await send(relay, BO) == expected
        assert await send(relay, ANA) == Accepted(250, "2.0.0 queued")
        assert peer.messages == [MAIL]
        reset = ["RSET"] if verb != "MAIL" else []  # a refused MAIL opens nothing that needs clearing
        after_refusal = peer.heard[peer.heard.index(f"MAIL FROM:<{DESK}> BODY=8BITMIME") + 1 :]
        assert [line for line in after_refusal if line == "RSET"] == reset


BEFORE_THE_MESSAGE: list[tuple[str, type[MaildeskError]]] = [
    ("421 4.7.0 too many errors", ServerBusy),
    ("432 4.3.2 thread limit", ServerBusy),
    ("451 4.7.0 Too many concurrent SMTP connections", ServerBusy),
    ("550 5.4.5 daily sending quota exceeded", ServerBusy),
    ("530 5.7.0 authentication required", LoginRefused),
    ("535 5.7.8 who are you", LoginRefused),
    ("334 go on", ConnectionLost),
    ("777 jackpot", ConnectionLost),
    ("good day", ConnectionLost),
    (CUT, ConnectionLost),
    (SILENCE, ConnectionLost),
]


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize(
    ("reply", "error"), BEFORE_THE_MESSAGE, ids=[r[0] or "cut" for r in BEFORE_THE_MESSAGE]
)
async def test_trouble_that_is_not_about_this_mail_is_raised_with_the_mail_not_sent(
    verb: str, reply: str, error: type[MaildeskError]
) -> None:
    async with ScriptedSmtp(**{verb: reply}) as peer:
        relay = await connect(peer.port, IMPATIENT)
        with pytest.raises(error):
            await send(relay)
        assert not relay.usable
        assert peer.messages == []


async def test_a_plain_421_defers_this_mail_and_ends_the_connection() -> None:
    async with ScriptedSmtp(RCPT="421 4.3.2 going down") as peer:
        relay = await connect(peer.port)
        assert await relay.offer(DESK, ANA) == Refused(421, "4.3.2 going down", permanent=False)
        assert not relay.usable


async def test_a_yes_to_data_is_no_invitation() -> None:
    async with ScriptedSmtp(DATA="250 ok") as peer:
        relay = await connect(peer.port)
        with pytest.raises(ConnectionLost):
            await send(relay)
        assert not relay.usable


async def test_the_text_of_a_reply_is_one_clean_short_line() -> None:
    noise = "5.7.1 see\x1b[31m \u202ehttps://relay.example/\u2028\x07 " + "x" * 500
    async with ScriptedSmtp(RCPT=f"550-first\r\n550 {noise}") as peer:
        relay = await connect(peer.port)
        refused = await relay.offer(DESK, ANA)
        assert refused.text.startswith("first 5.7.1 see [31m https://relay.example/ xxx")
        assert len(refused.text) == 300
        assert refused.text.isprintable()


# --- partial success, bad ends --------------------------------------------------------------------------


async def test_one_refused_recipient_of_three_is_one_refused_letter() -> None:
    async with await SmtpServer.start() as server:
        server.refuse(BO, 550, "5.1.1 no such user")
        relay = await connect(server.port)
        answers = {who: await send(relay, who) for who in (ANA, BO, CY)}
        assert answers[BO] == Refused(550, "5.1.1 no such user", permanent=True)
        assert isinstance(answers[ANA], Accepted)
        assert isinstance(answers[CY], Accepted)
        assert [mail.recipients for mail in server.mails] == [(ANA,), (CY,)]


async def test_a_relay_that_vanishes_after_the_dot_leaves_an_unknown() -> None:
    async with await SmtpServer.start() as server:
        server.drop_after_dot()
        relay = await connect(server.port)
        assert isinstance(await send(relay), Unknown)
        assert not relay.usable
        assert len(server.mails) == 1  # it has the mail, and we could not know


async def test_a_relay_that_vanishes_before_the_message_cannot_have_it() -> None:
    async with await SmtpServer.start() as server:
        relay = await connect(server.port)
        await relay.offer(DESK, ANA)
        await server.hang_up()
        with pytest.raises(ConnectionLost):
            await relay.transmit(MAIL)
        assert server.mails == []


async def test_a_slow_dot_is_waited_for_longer_than_any_command() -> None:
    async with await SmtpServer.start() as server:
        answered = asyncio.Event()
        server.stall_dot(answered)
        relay = await connect(server.port, SmtpTiming(command=0.05, final_dot=30))
        sending = asyncio.create_task(send(relay))
        await server.wait_for(1)
        await asyncio.wait({sending}, timeout=0.2)  # four times the limit of a command
        assert not sending.done()
        answered.set()
        assert isinstance(await sending, Accepted)
        assert len(server.mails) == 1


def test_the_usual_times_are_those_of_the_rfc() -> None:
    timing = SmtpTiming()
    assert (timing.command, timing.data_block, timing.final_dot) == (300, 180, 600)


async def test_a_dot_without_an_answer_ends_as_unknown_with_the_connection() -> None:
    async with ScriptedSmtp(dot=SILENCE) as peer:
        relay = await connect(peer.port, IMPATIENT)
        assert await send(relay) == Unknown(
            f"127.0.0.1:{peer.port} did not answer the message: no reply within the time limit"
        )
        assert not relay.usable


async def test_a_relay_that_stops_reading_a_big_mail_is_given_up() -> None:
    async def answer_then_stop_reading(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 hi\r\n")
        for reply in (b"250 hi", b"250 ok", b"250 ok", b"354 go"):
            await reader.readline()
            writer.write(reply + b"\r\n")
        reader._transport.pause_reading()  # type: ignore[attr-defined]  # a peer whose disk hangs
        await asyncio.Event().wait()

    async with Peer(answer_then_stop_reading) as peer:
        relay = await connect(peer.port, SmtpTiming(data_block=0.2))
        async with asyncio.timeout(120):
            assert isinstance(await send(relay, message=MAIL + b"x" * 60 + b"\r\n" * 10_000_000), Unknown)
        assert not relay.usable


async def test_a_big_mail_refused_in_the_middle_is_refused_and_not_unknown() -> None:
    async def refuse_early(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 hi\r\n")
        for reply in (b"250 hi", b"250 ok", b"250 ok", b"354 go"):
            await reader.readline()
            writer.write(reply + b"\r\n")
        await reader.readexactly(100_000)
        writer.write(b"552 5.3.4 that is enough\r\n")
        while await reader.read(65_536):
            pass

    async with Peer(refuse_early) as peer:
        relay = await connect(peer.port)
        async with asyncio.timeout(120):
            answer = await send(relay, message=MAIL + (b"x" * 60 + b"\r\n") * 500_000)
        assert answer == Refused(552, "5.3.4 that is enough", permanent=True)
        assert not relay.usable  # half a message is on its way: nothing may follow it


async def test_a_dripping_greeting_meets_its_deadline() -> None:
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while not writer.is_closing():
            writer.write(b"2")
            await asyncio.sleep(0.02)

    async with Peer(drip) as peer:
        async with asyncio.timeout(120):
            with pytest.raises(ConnectionLost, match="did not answer in time"):
                await connect(peer.port, IMPATIENT)


async def test_greylisting_passes_on_the_second_try() -> None:
    async with await SmtpServer.start() as server:
        server.greylist(1)
        relay = await connect(server.port)
        first = await relay.offer(DESK, ANA)
        assert isinstance(first, Refused)
        assert not first.permanent
        assert isinstance(await send(relay), Accepted)


async def test_a_relay_that_ends_the_connection_after_two_mails_gets_the_third_on_a_new_one() -> None:
    async with await SmtpServer.start() as server:
        server.close_after(2)
        relay = await connect(server.port)
        await send(relay)
        await send(relay)
        with pytest.raises(HungUp, match=r"421 4\.3\.2 enough for one connection"):
            await relay.offer(DESK, CY)
        assert not relay.usable
        assert isinstance(await send(await connect(server.port), CY), Accepted)
        assert [mail.connection for mail in server.mails] == [1, 1, 2]


async def test_an_idle_connection_that_the_relay_ended_is_not_usable() -> None:
    async with await SmtpServer.start() as server:
        relay = await connect(server.port)
        assert relay.usable
        await server.hang_up()
        with pytest.raises(ConnectionLost):
            await send(relay)
        assert not relay.usable


# --- what may be sent at all ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "",
        "a@x\r\nRCPT TO:<b@y>",
        "a@x\nDATA",
        "a\0@x",
        "a b@x",
        "<a@x>",
        "a@x>",
        "a@x\x7f",
        "a\ud800@x",
        "a@" + "x" * 300,
    ],
    ids=["empty", "crlf", "lf", "nul", "space", "brackets", "bracket", "del", "surrogate", "long"],
)
async def test_an_address_that_is_more_than_an_address_never_reaches_the_wire(address: str) -> None:
    async with await SmtpServer.start() as server:
        relay = await connect(server.port)
        with pytest.raises(BadInput):
            await relay.offer(DESK, address)
        if address:
            with pytest.raises(BadInput):
                await relay.offer(address, ANA)
        assert server.commands == ["EHLO [127.0.0.1]"]
        assert isinstance(await send(relay), Accepted)


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"a: b\r\n\r\nno end",
        b"a: b\n\nunix\n",
        b"a: b\r\n\r\n\n.\n\r\n",
        b"a: b\r\n\r\n\r.\r\r\n",
        b"a: b\r\n\r\nx\r\r\n",
        b"a: b\r\n\r\n\n\r\r\n",
        b"a: b\r\n\r\n\0\r\n",
    ],
    ids=["empty", "no final line end", "lf", "smuggled lf dot", "smuggled cr dot", "cr crlf", "lf cr", "nul"],
)
async def test_a_message_with_other_line_ends_than_crlf_is_not_sent(message: bytes) -> None:
    async with await SmtpServer.start() as server:
        relay = await connect(server.port)
        await relay.offer(DESK, ANA)
        with pytest.raises(BadInput):
            await relay.transmit(message)
        assert isinstance(await send(relay, BO), Accepted)  # the unused offer is taken back by itself
        assert [mail.recipients for mail in server.mails] == [(BO,)]


async def test_a_non_ascii_address_needs_a_relay_that_takes_it() -> None:
    async with await SmtpServer.start() as old, await SmtpServer.start(smtputf8=True) as new:
        refused = await (await connect(old.port)).offer(DESK, "josé@client.example")
        assert refused == Refused(553, "this relay takes no address outside ASCII (SMTPUTF8)", permanent=True)
        relay = await connect(new.port)
        assert relay.smtputf8
        assert isinstance(await send(relay, "josé@client.example"), Accepted)
        assert new.mails[0].recipients == ("josé@client.example",)
        assert f"MAIL FROM:<{DESK}> BODY=8BITMIME SMTPUTF8" in new.commands


async def test_8_bit_bytes_go_only_to_a_relay_that_takes_them() -> None:
    eight_bit = MAIL + "Olá\r\n".encode()
    async with ScriptedSmtp(EHLO="250 relay.example") as old, await SmtpServer.start() as new:
        relay = await connect(old.port)
        with pytest.raises(BadInput):
            await send(relay, message=eight_bit)
        assert old.messages == []
        assert isinstance(await send(await connect(new.port), message=eight_bit), Accepted)
        assert new.mails[0].raw == eight_bit


@pytest.mark.parametrize("told_first", [True, False], ids=["size in the offer", "size seen with the message"])
async def test_a_mail_above_the_relay_s_size_is_refused_without_sending_it(told_first: bool) -> None:
    async with await SmtpServer.start(max_size=1_000) as server:
        relay = await connect(server.port)
        assert relay.max_size == 1_000
        big = MAIL + b"x" * 998 + b"\r\n"
        answer: Answer = await relay.offer(DESK, ANA, size=len(big) if told_first else None)
        if not told_first:
            answer = await relay.transmit(big)
        assert answer == Refused(
            552, f"the mail has {len(big)} octets and this relay takes 1000", permanent=True
        )
        assert "DATA" not in server.commands
        assert isinstance(await send(relay), Accepted)


@pytest.mark.parametrize(
    ("offer", "limit"),
    [
        ("SIZE 500", 500),
        ("SIZE 0", None),
        ("SIZE", None),
        ("SIZE x", None),
        ("SIZE " + "9" * 5000, None),
        ("", None),
    ],
    ids=["a limit", "zero", "bare", "no number", "no sane number", "absent"],
)
async def test_size_zero_or_absent_means_no_known_limit(offer: str, limit: int | None) -> None:
    async with ScriptedSmtp(EHLO=f"250-relay.example\r\n250 {offer}") as peer:
        assert (await connect(peer.port)).max_size == limit


# --- misuse and goodbye -----------------------------------------------------------------------------------


async def test_two_mails_at_once_on_one_connection_are_a_mistake_that_shows() -> None:
    async with ScriptedSmtp(dot=SILENCE + "250 ok") as peer:
        relay = await connect(peer.port)
        first = asyncio.create_task(send(relay))
        await peer.silent.wait()
        with pytest.raises(RuntimeError, match="one mail at a time"):
            await relay.offer(DESK, BO)
        peer.speak.set()
        assert await first == Accepted(250, "ok")


async def test_transmit_without_an_offer_is_a_mistake_that_shows() -> None:
    async with await SmtpServer.start() as server:
        relay = await connect(server.port)
        with pytest.raises(RuntimeError, match="accepted offer"):
            await relay.transmit(MAIL)


async def test_close_says_quit_and_a_second_close_does_nothing() -> None:
    async with await SmtpServer.start() as server:
        relay = await connect(server.port)
        await relay.close()
        await relay.close()
        assert server.commands == ["EHLO [127.0.0.1]", "QUIT"]
        assert not relay.usable


async def test_close_does_not_wait_for_a_relay_that_never_says_goodbye() -> None:
    async with ScriptedSmtp(QUIT=SILENCE) as peer:
        relay = await connect(peer.port)
        async with asyncio.timeout(120):
            await relay.close()
        assert not relay.usable


@pytest.mark.parametrize(
    ("greeting", "error"),
    [
        ("421 4.7.0 too many connections from you", "ServerBusy"),
        ("450 4.3.2 come back", "ServerBusy"),
        ("554 5.7.1 too many concurrent connections", "ServerBusy"),
        ("554 5.7.1 no mail service here", "CommandRefused"),
        ("SSH-2.0-OpenSSH_9.2", "ConnectionLost"),
        (CUT, "ConnectionLost"),
    ],
)
async def test_a_greeting_that_is_no_welcome_says_why(greeting: str, error: str) -> None:
    async with ScriptedSmtp(greeting=greeting) as peer:
        with pytest.raises(MaildeskError) as caught:
            await connect(peer.port, IMPATIENT)
        assert type(caught.value).__name__ == error
        assert f"127.0.0.1:{peer.port}" in str(caught.value)


async def test_a_relay_that_hangs_up_right_after_its_reply_is_a_lost_connection() -> None:
    async def one_reply(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 hi\r\n")
        await reader.readline()
        writer.write(b"250 hi\r\n")

    async with Peer(one_reply) as peer:
        for _ in range(20):
            with pytest.raises(ConnectionLost):
                await send(await connect(peer.port))


async def test_a_port_where_nobody_listens_is_a_lost_connection() -> None:
    async with ScriptedSmtp() as peer:
        port = peer.port
    with pytest.raises(ConnectionLost, match=re.escape(f"127.0.0.1:{port}")):
        await connect(port)


@pytest.mark.parametrize("host", ["a" * 70 + ".example", "no.such.host.invalid", "bad\nhost.example"])
async def test_a_host_that_cannot_be_found_is_an_error_with_its_name(host: str) -> None:
    account = SmtpAccount(host, 465, Security.TLS, None, None)
    with pytest.raises((BadInput, ConnectionLost), match=re.escape(host.split("\n")[0])):
        await SmtpConnection.open(account, SmtpTiming(connect=5))
