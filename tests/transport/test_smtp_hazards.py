"""Where the library alone would do harm: each hazard with plain aiosmtplib, and its absence with ours."""

from __future__ import annotations

import asyncio

import aiosmtplib
import pytest

from maildesk.errors import ConnectionLost, LoginRefused, TlsRefused
from maildesk.transport.relay import Accepted, Refused, Unknown
from maildesk.transport.security import Security
from maildesk.transport.smtp import SmtpConnection
from maildesk.transport.smtp_opening import SmtpAccount, SmtpTiming
from tests.transport.scripted_smtp import SILENCE, ScriptedSmtp
from tests.world.smtp_server import SmtpServer

DESK = "support@acme.example"
ANA, BO, CY = "ana@client.example", "bo@client.example", "cy@client.example"
MAIL = b"Subject: Hello\r\n\r\nGood morning\r\n"


async def plain(port: int, patience: float = 60) -> aiosmtplib.SMTP:
    smtp = aiosmtplib.SMTP(hostname="127.0.0.1", port=port, local_hostname="desk.example", timeout=patience)
    await smtp.connect()
    await smtp.ehlo()
    return smtp


async def ours(port: int, timing: SmtpTiming | None = None) -> SmtpConnection:
    account = SmtpAccount("127.0.0.1", port, Security.NONE, None, None)
    return await SmtpConnection.open(account, timing or SmtpTiming())


class TestCancellation:
    """A command is cancelled while the relay thinks; its reply comes when the next mail has asked."""

    RCPT = (SILENCE + "550 5.1.1 no such user", "250 2.1.5 ok")

    async def test_with_the_library_the_next_mail_gets_the_reply_of_the_cancelled_one(self) -> None:
        async with ScriptedSmtp(RCPT=list(self.RCPT)) as peer:
            smtp = await plain(peer.port)
            await smtp.mail(DESK)
            asking = asyncio.create_task(smtp.rcpt(BO))
            await peer.silent.wait()
            asking.cancel()
            await asyncio.wait({asking})
            assert smtp.is_connected
            innocent = asyncio.create_task(smtp.rcpt(ANA))
            await asyncio.sleep(0)
            peer.speak.set()
            with pytest.raises(aiosmtplib.SMTPRecipientRefused, match="no such user"):
                await innocent

    async def test_with_ours_the_connection_ends_with_the_cancelled_command(self) -> None:
        async with ScriptedSmtp(RCPT=list(self.RCPT)) as peer:
            relay = await ours(peer.port)
            asking = asyncio.create_task(relay.offer(DESK, BO))
            await peer.silent.wait()
            asking.cancel()
            await asyncio.wait({asking})
            assert asking.cancelled()
            assert not relay.usable
            peer.speak.set()
            with pytest.raises(ConnectionLost):
                await relay.offer(DESK, ANA)

    async def test_a_cancelled_message_ends_the_connection_too(self) -> None:
        async with ScriptedSmtp(dot=SILENCE + "250 ok") as peer:
            relay = await ours(peer.port)
            await relay.offer(DESK, ANA)
            sending = asyncio.create_task(relay.transmit(MAIL))
            await peer.silent.wait()
            sending.cancel()
            await asyncio.wait({sending})
            assert sending.cancelled()
            assert not relay.usable

    async def test_a_cancelled_open_leaves_no_connection_behind(self) -> None:
        async with ScriptedSmtp(EHLO=SILENCE + "250 hi") as peer:
            opening = asyncio.create_task(ours(peer.port))
            await peer.silent.wait()
            opening.cancel()
            await asyncio.wait({opening})
            peer.speak.set()
            async with asyncio.timeout(120):
                await peer.gone.wait()


class TestTwoRepliesAtOnce:
    """A relay refuses and, in the same segment, says that it hangs up."""

    TWO = "550 5.1.1 no such user\r\n421 4.7.0 too many errors"

    async def test_with_the_library_the_second_reply_answers_the_next_command(self) -> None:
        async with ScriptedSmtp(RCPT=[self.TWO, "250 ok"]) as peer:
            smtp = await plain(peer.port)
            await smtp.mail(DESK)
            with pytest.raises(aiosmtplib.SMTPRecipientRefused):
                await smtp.rcpt(BO)
            with pytest.raises(aiosmtplib.SMTPResponseException) as caught:
                await smtp.rset()
            assert caught.value.code == 421

    async def test_with_ours_the_first_reply_counts_and_nothing_rides_on_the_rest(self) -> None:
        async with ScriptedSmtp(RCPT=[self.TWO, "250 ok"]) as peer:
            relay = await ours(peer.port)
            assert await relay.offer(DESK, BO) == Refused(550, "5.1.1 no such user", permanent=True)
            assert not relay.usable

    async def test_an_early_yes_never_counts_as_the_answer_to_the_message(self) -> None:
        async with ScriptedSmtp(DATA="354 go\r\n250 2.0.0 queued") as peer:
            smtp = await plain(peer.port)
            await smtp.mail(DESK)
            await smtp.rcpt(ANA)
            peer.replies["."] = "554 5.7.1 refused"
            assert (await smtp.data(MAIL)).code == 250  # the refusal is never seen
            relay = await ours(peer.port)
            await relay.offer(DESK, ANA)
            with pytest.raises(ConnectionLost):
                await relay.transmit(MAIL)


class TestStrippedStarttls:
    """Somebody on the way removed STARTTLS from the offer."""

    async def test_with_the_library_s_defaults_the_password_goes_in_clear(self) -> None:
        async with await SmtpServer.start(tls="starttls", auth=("support", "secret")) as server:
            server.strip_starttls()
            smtp = aiosmtplib.SMTP(
                hostname=server.host, port=server.port, username="support", password="secret"
            )
            await smtp.connect()
            assert [(login.password, login.encrypted) for login in server.logins] == [("secret", False)]
            smtp.close()

    async def test_with_ours_nothing_is_sent(self) -> None:
        async with await SmtpServer.start(tls="starttls", auth=("support", "secret")) as server:
            server.strip_starttls()
            account = SmtpAccount(
                server.host, server.port, Security.STARTTLS, "support", "secret", server.ca_file
            )
            with pytest.raises(TlsRefused):
                await SmtpConnection.open(account)
            assert server.logins == []


class TestThePatienceForTheDot:
    """One time limit for everything is too short for the dot: the relay takes the mail, we send it again."""

    async def test_with_the_library_the_limit_of_a_command_is_the_limit_of_the_dot(self) -> None:
        assert aiosmtplib.SMTP().timeout == 60
        async with await SmtpServer.start() as server:
            answered = asyncio.Event()
            server.stall_dot(answered)
            for _ in range(2):  # a sender that tries again after a time-out
                smtp = await plain(server.port, patience=0.1)
                with pytest.raises(aiosmtplib.SMTPTimeoutError):
                    await smtp.sendmail(DESK, [ANA], MAIL)
            assert len(server.mails) == 2

    async def test_with_ours_the_dot_has_a_limit_of_its_own(self) -> None:
        async with await SmtpServer.start() as server:
            answered = asyncio.Event()
            server.stall_dot(answered)
            relay = await ours(server.port, SmtpTiming(connect=5, command=0.1, final_dot=30))
            await relay.offer(DESK, ANA)
            sending = asyncio.create_task(relay.transmit(MAIL))
            await server.wait_for(1)
            await asyncio.wait({sending}, timeout=0.3)
            answered.set()
            assert isinstance(await sending, Accepted)
            assert len(server.mails) == 1


class TestPartialSuccess:
    """Three recipients, one unknown to the relay."""

    async def test_with_the_library_one_call_succeeds_and_fails_at_once(self) -> None:
        async with await SmtpServer.start() as server:
            server.refuse(BO)
            smtp = await plain(server.port)
            errors, said = await smtp.sendmail(DESK, [ANA, BO, CY], MAIL)
            assert list(errors) == [BO]  # easily taken for success: nothing was raised
            assert said
            assert server.mails[0].recipients == (ANA, CY)
            smtp.close()

    async def test_with_ours_each_recipient_has_an_answer(self) -> None:
        async with await SmtpServer.start() as server:
            server.refuse(BO)
            relay = await ours(server.port)
            kinds = []
            for recipient in (ANA, BO, CY):
                offered = await relay.offer(DESK, recipient)
                kinds.append(type(await relay.transmit(MAIL) if isinstance(offered, Accepted) else offered))
            assert kinds == [Accepted, Refused, Accepted]


class TestLossAtTheMessage:
    """The connection ends around DATA: before it the relay has nothing, after it nobody knows."""

    async def test_with_the_library_both_are_the_same_error(self) -> None:
        errors = []
        for fault in ({"DATA": ""}, {"dot": ""}):
            async with ScriptedSmtp(**fault) as peer:
                smtp = await plain(peer.port)
                with pytest.raises(aiosmtplib.SMTPServerDisconnected) as caught:
                    await smtp.sendmail(DESK, [ANA], MAIL)
                errors.append(type(caught.value))
        assert errors[0] is errors[1]

    async def test_with_ours_they_differ(self) -> None:
        async with ScriptedSmtp(DATA="") as peer:
            relay = await ours(peer.port)
            await relay.offer(DESK, ANA)
            with pytest.raises(ConnectionLost):
                await relay.transmit(MAIL)
        async with ScriptedSmtp(dot="") as peer:
            relay = await ours(peer.port)
            await relay.offer(DESK, ANA)
            assert isinstance(await relay.transmit(MAIL), Unknown)


class TestManyWaysToLogIn:
    """A wrong password is offered once, not once for every mechanism."""

    async def test_with_the_library_one_wrong_password_is_several_failures(self) -> None:
        async with await SmtpServer.start(auth=("support", "secret")) as server:
            smtp = await plain(server.port)
            with pytest.raises(aiosmtplib.SMTPAuthenticationError):
                await smtp.login("support", "wrong")
            assert len(server.logins) > 1
            smtp.close()

    async def test_with_ours_it_is_one(self) -> None:
        async with await SmtpServer.start(auth=("support", "secret")) as server:
            account = SmtpAccount(server.host, server.port, Security.NONE, "support", "wrong")
            with pytest.raises(LoginRefused, match="535"):
                await SmtpConnection.open(account)
            assert len(server.logins) == 1
