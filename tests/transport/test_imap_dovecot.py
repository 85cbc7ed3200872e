"""Our IMAP side against a real Dovecot: the walk of a mailbox, TLS, odd names, and a server that stops."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest

from maildesk.errors import CommandRefused, ConnectionLost, FolderMissing, LoginRefused, TlsRefused
from maildesk.transport.imap import ImapConnection
from maildesk.transport.imap_values import ImapAccount, ImapTiming
from maildesk.transport.security import Security
from tests.transport.imap_scenes import at
from tests.world.dovecot import Dovecot

pytestmark = pytest.mark.dovecot

LETTER = b"From: ana@client.example\r\nSubject: hello\r\n\r\nIt works.\r\n"
QUICK = ImapTiming(command=5, silence=5, idle_renew=0.4, idle_grace=0.5)


def account(
    dovecot: Dovecot, security: Security = Security.NONE, host: str = "127.0.0.1", password: str = "secret"
) -> ImapAccount:
    port = dovecot.imaps_port if security is Security.TLS else dovecot.imap_port
    return ImapAccount(host, port, security, "support", password, ca_file=str(dovecot.ca_file))


@asynccontextmanager
async def opened(dovecot: Dovecot, timing: ImapTiming = QUICK) -> AsyncIterator[ImapConnection]:
    connection = await ImapConnection.open(account(dovecot), timing)
    try:
        yield connection
    finally:
        await connection.close()


@asynccontextmanager
async def running(separator: str, prefix: str) -> AsyncIterator[Dovecot]:
    server = await Dovecot.start(separator=separator, prefix=prefix)
    try:
        yield server
    finally:
        await server.stop()


async def test_the_walk_of_a_mailbox(dovecot: Dovecot) -> None:
    date = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
    letters = [LETTER + b"%d\r\n" % n for n in range(6)]
    for letter in letters:
        await dovecot.append("support", letter, date=date)
    async with opened(dovecot) as connection:
        inbox = await connection.select("INBOX")
        assert (inbox.messages, inbox.reach.end, inbox.keywords_allowed) == (6, 7, True)
        assert inbox.reach.numbering == await dovecot.uidvalidity("support")

        keys = await connection.keys()
        assert keys == at(*range(1, 7), uidvalidity=inbox.reach.numbering)
        described = await connection.describe([keys[0], keys[2], *at(99, uidvalidity=inbox.reach.numbering)])
        assert [(one.key, one.internal_date, one.size) for one in described] == [
            (keys[0], date, len(letters[0])),
            (keys[2], date, len(letters[2])),
        ]
        fetched = [one async for one in connection.fetch(keys)]
        assert [one.raw for one in fetched] == letters
        assert all("\\Seen" not in one.flags for one in fetched)

        done = await connection.ensure_folder("Processed")
        await connection.move(keys[:3], done)
        await connection.add_keyword(keys[3:4], "$Maildesk")
        assert await connection.keys() == keys[3:]
        assert "$Maildesk" in (await connection.describe(keys[3:4]))[0].flags
    stored = await dovecot.folder("support", "Processed")
    assert list(stored) == letters[:3]
    assert not any("\\Seen" in mail.flags for mail in await dovecot.folder("support"))


async def test_every_byte_of_a_mail_comes_as_it_is(dovecot: Dovecot) -> None:
    odd = [
        b"Subject: 8bit \xff\xfe\r\n\r\n" + bytes({*range(1, 256)} - {10}) + b"\r\n",
        b"Subject: {5}\r\n\r\n)\r\nA1 OK done {3}\r\n* BYE\r\n",
        b"Subject: large\r\n\r\n" + b"x" * 5_000_000 + b"\r\n",
        b"\r\nno header\r\n",
    ]
    for letter in odd:
        await dovecot.append("support", letter)
    async with opened(dovecot) as connection:
        await connection.select("INBOX")
        got = [one.raw async for one in connection.fetch(await connection.keys())]
    assert got == odd


async def test_a_header_block_ends_with_its_empty_line_or_the_limit(dovecot: Dovecot) -> None:
    await dovecot.append("support", LETTER)
    async with opened(dovecot) as connection:
        numbering = (await connection.select("INBOX")).reach.numbering or 0
        header = b"From: ana@client.example\r\nSubject: hello\r\n\r\n"
        assert await connection.header_block((numbering, 1), 1000) == header
        assert await connection.header_block((numbering, 1), 10) == header[:10]
        with pytest.raises(CommandRefused, match="no longer"):
            await connection.header_block((numbering, 2), 1000)


async def test_messages_that_are_gone_do_not_appear_and_do_not_hurt(dovecot: Dovecot) -> None:
    await dovecot.append("support", LETTER)
    async with opened(dovecot) as ours, opened(dovecot) as other:
        keys = at(1, 2, uidvalidity=(await ours.select("INBOX")).reach.numbering)
        await other.select("INBOX")
        await other.move(keys[:1], await other.ensure_folder("Elsewhere"))
        assert await ours.describe(keys) == []
        assert [one async for one in ours.fetch(keys)] == []
        await ours.move(keys, "Elsewhere")
        await ours.refresh()


NAMES = ["Processed", "Erledigt & Mehr", "Gelöscht", 'a "quoted" 5* name', "100 %", "{12}", "日本語"]


@pytest.mark.parametrize(("separator", "prefix"), [("/", ""), (".", "INBOX."), (".", ""), ("/", "INBOX/")])
async def test_every_folder_is_made_once_and_subscribed(separator: str, prefix: str) -> None:
    async with running(separator, prefix) as dovecot, opened(dovecot) as connection:
        for name in NAMES:
            made = await connection.ensure_folder(name)
            assert made == prefix + name
            assert await connection.ensure_folder(name) == made
            assert await connection.ensure_folder(made) == made
            assert (await connection.select(made)).messages == 0
        everything = await dovecot.folders("support")
        assert sorted(await dovecot.subscribed("support")) == sorted(prefix + name for name in NAMES)
        assert all(everything.count(prefix + name) == 1 for name in NAMES)


async def test_levels_of_a_folder_follow_the_server(dovecot: Dovecot) -> None:
    async with running(".", "INBOX.") as dotted, opened(dotted) as connection:
        assert await connection.ensure_folder("Desk/Done") == "INBOX.Desk.Done"
        assert await connection.ensure_folder("inbox.Desk.Done") == "INBOX.Desk.Done"
        assert await connection.ensure_folder("INBOX") == "INBOX"
    async with opened(dovecot) as connection:
        assert await connection.ensure_folder("Desk/Done") == "Desk/Done"


async def test_a_folder_that_is_missing_is_said_so(dovecot: Dovecot) -> None:
    async with opened(dovecot) as connection:
        with pytest.raises(FolderMissing, match="'Nowhere'"):
            await connection.select("Nowhere")
        await dovecot.append("support", LETTER)
        await connection.select("INBOX")
        with pytest.raises(CommandRefused):
            await connection.move(await connection.keys(), "Nowhere")


async def test_new_mail_ends_idle(dovecot: Dovecot) -> None:
    async with opened(dovecot) as connection:
        await connection.select("INBOX")
        waiting = asyncio.ensure_future(connection.wait(until=asyncio.Event(), at_most=20))
        await asyncio.sleep(0.05)
        await dovecot.deliver("support", LETTER)
        assert await waiting
        assert len(await connection.keys()) == 1


async def test_idle_over_many_renewals_ends_when_time_is_up(dovecot: Dovecot) -> None:
    async with opened(dovecot, ImapTiming(idle_renew=0.02)) as connection:
        await connection.select("INBOX")
        assert not await connection.wait(until=asyncio.Event(), at_most=0.3)
        await connection.refresh()


async def test_a_server_that_stands_still_in_idle_is_noticed(dovecot: Dovecot) -> None:
    async with opened(dovecot) as connection:
        await connection.select("INBOX")
        asyncio.get_running_loop().call_later(0.1, dovecot.pause)
        try:
            with pytest.raises(ConnectionLost, match="IDLE in time"):
                await connection.wait(until=asyncio.Event(), at_most=60)
        finally:
            dovecot.resume()


async def test_a_move_that_was_done_but_not_answered_can_be_asked_again(dovecot: Dovecot) -> None:
    await dovecot.append("support", LETTER)
    for _ in range(2):
        async with opened(dovecot) as connection:
            inbox = await connection.select("INBOX")
            done = await connection.ensure_folder("Processed")
            await connection.move(at(1, uidvalidity=inbox.reach.numbering), done)
    assert list(await dovecot.folder("support", "Processed")) == [LETTER]


async def test_a_server_that_cannot_move_or_idle_says_so() -> None:
    server = await Dovecot.start(move=False, idle=False)
    try:
        async with opened(server) as connection:
            assert not connection.can_move
            assert not connection.can_push
            await connection.select("INBOX")
            await server.append("support", LETTER)
            assert await connection.wait(until=asyncio.Event(), at_most=0.05)
    finally:
        await server.stop()


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_encryption_is_verified(dovecot: Dovecot, security: Security, host: str) -> None:
    await dovecot.append("support", LETTER * 5000)
    connection = await ImapConnection.open(account(dovecot, security, host), QUICK)
    assert connection.can_move
    await connection.select("INBOX")
    assert [one.raw async for one in connection.fetch(await connection.keys())] == [LETTER * 5000]
    await connection.close()
    assert connection.closed


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
async def test_a_certificate_nobody_vouches_for_is_refused(dovecot: Dovecot, security: Security) -> None:
    port = dovecot.imaps_port if security is Security.TLS else dovecot.imap_port
    unknown = ImapAccount("127.0.0.1", port, security, "support", "secret")
    with pytest.raises(TlsRefused, match="not trusted"):
        await ImapConnection.open(unknown, QUICK)


async def test_another_hosts_certificate_is_refused() -> None:
    server = await Dovecot.start(host_names=["mail.elsewhere.example"])
    try:
        for security in (Security.TLS, Security.STARTTLS):
            with pytest.raises(TlsRefused, match="not valid for"):
                await ImapConnection.open(account(server, security), QUICK)
    finally:
        await server.stop()


PASSWORDS = ["with space", 'quo"te', "back\\slash", "{5}", "pässwörd", "密码", "a:b", "%s{}$(x)", "x" * 200]


async def test_every_password_logs_in() -> None:
    users = {f"user{n}": password for n, password in enumerate(PASSWORDS)}
    server = await Dovecot.start(users=users | {"süd": "nord"}, settings="auth_username_chars =")
    try:
        for user, password in server.users.items():
            there = ImapAccount("127.0.0.1", server.imap_port, Security.NONE, user, password)
            connection = await ImapConnection.open(there, QUICK)
            await connection.close()
    finally:
        await server.stop()


@pytest.mark.parametrize("password", ["wrong-word", "fälsch-wort"])
async def test_a_wrong_password_is_refused_for_good_and_not_repeated(dovecot: Dovecot, password: str) -> None:
    with pytest.raises(LoginRefused, match="support") as refusal:
        await ImapConnection.open(account(dovecot, password=password), QUICK)
    assert password not in str(refusal.value)


async def test_a_mailbox_restored_from_a_backup_has_another_uidvalidity(dovecot: Dovecot) -> None:
    await dovecot.append("support", LETTER)
    async with opened(dovecot) as connection:
        before = (await connection.select("INBOX")).reach.numbering
    after = await dovecot.reset_uidvalidity("support")
    async with opened(dovecot) as connection:
        assert (await connection.select("INBOX")).reach.numbering == after != before


async def test_the_quota_is_read_where_there_is_one(dovecot: Dovecot) -> None:
    async with opened(dovecot) as connection:
        assert await connection.quota() is None
    server = await Dovecot.start(settings=QUOTA)
    try:
        await server.append("support", LETTER * 500)
        async with opened(server) as connection:
            quota = await connection.quota()
            assert quota is not None
            used, allowed = quota
            assert 20 <= used <= 40
            assert allowed == 1024
    finally:
        await server.stop()


QUOTA = """
mail_plugins = quota
protocol imap {
  mail_plugins = quota imap_quota
}
plugin {
  quota = maildir:User quota
  quota_rule = *:storage=1M
}
"""
