"""What a connection tells of folders it has not selected, and where mail went that it moved."""

from __future__ import annotations

import pytest

from maildesk.errors import ServerBusy
from maildesk.transport.imap import ImapConnection
from maildesk.transport.mailbox import FolderState, MessageKey, Reach
from tests.transport.imap_scenes import answering, at, connected
from tests.transport.scripted_imap import Peer
from tests.world.dovecot import Dovecot


@pytest.mark.parametrize(
    ("line", "state"),
    [
        ("* STATUS Done (MESSAGES 3 UIDNEXT 8 UIDVALIDITY 5)", FolderState(Reach(5, 8), 3)),
        ('* STATUS "Do ne" (uidvalidity 5 messages 0)', FolderState(Reach(5, None), 0)),
        ("* STATUS Done ()", FolderState(Reach(None, None), 0)),
        ("* STATUS Done (MESSAGES many UIDNEXT -1)", FolderState(Reach(None, None), 0)),
        ("* STATUS", None),
        ("* STATUS Done", None),
    ],
)
async def test_how_far_a_folder_has_come(line: str, state: FolderState | None) -> None:
    async with connected(answering("STATUS", line)) as connection:
        assert await connection.state_of("Done") == state


async def test_a_folder_that_is_not_there_has_no_state() -> None:
    async with connected(answering("STATUS", last="NO [NONEXISTENT] no such folder")) as connection:
        assert await connection.state_of("Done") is None


async def test_a_server_that_is_busy_is_no_missing_folder() -> None:
    async with connected(answering("STATUS", last="NO [LIMIT] slow down")) as connection:
        with pytest.raises(ServerBusy):
            await connection.state_of("Done")


@pytest.mark.parametrize(
    ("lines", "last", "moved"),
    [
        (["* OK [COPYUID 5 1,3 8:9] Moved"], "OK done", [(5, 8), (5, 9)]),
        (["* 1 EXPUNGE"], "OK [COPYUID 5 1,3 9,8] done", [(5, 8), (5, 9)]),
        (["* OK Still thinking", "* OK [COPYUID 5 1 8] Moved", "* 1 EXPUNGE"], "OK done", [(5, 8)]),
        (["* OK nothing to say"], "OK done", None),
        (["* OK [COPYUID 5 1] half"], "OK done", None),
        (["* OK [COPYUID 0 1 8] no number"], "OK done", None),
        (["* OK [COPYUID 5 1 8:x] no set"], "OK done", None),
        (["* OK [COPYUID 5 1 1:4294967295] no set"], "OK done", None),
    ],
)
async def test_where_moved_mail_went(lines: list[str], last: str, moved: list[MessageKey] | None) -> None:
    async with connected(answering("MOVE", *lines, last=last)) as connection:
        assert await connection.move(at(1, 3), "Done") == moved
        await connection.refresh()


@pytest.mark.parametrize(
    "line",
    [
        b"* 1 FETCH (UID 5 BODY[HEADER.FIELDS (MESSAGE-ID)] {21}\r\nMessage-ID: <1@x>\r\n\r\n)",
        b'* 1 FETCH (BODY[HEADER.FIELDS ("MESSAGE-ID")] {21}\r\nMessage-ID: <1@x>\r\n\r\n UID 5)',
        b'* 1 FETCH (UID 5 BODY[HEADER.FIELDS (MESSAGE-ID)] "Message-ID: <1@x>")',
    ],
    ids=["as asked", "turned round", "quoted"],
)
async def test_the_message_id_alone_is_fetched(line: bytes) -> None:
    async with connected(answering("FETCH", line)) as connection:
        fields = await connection.message_id_fields(at(5, 6))
        assert {key: each.strip() for key, each in fields.items()} == {(7, 5): b"Message-ID: <1@x>"}


async def test_a_mail_without_a_message_id_has_an_empty_field() -> None:
    line = b"* 1 FETCH (UID 5 BODY[HEADER.FIELDS (MESSAGE-ID)] NIL)"
    async with connected(answering("FETCH", line)) as connection:
        assert await connection.message_id_fields(at(5)) == {(7, 5): b""}


async def test_a_server_that_says_no_to_the_list_of_a_missing_folder_has_no_such_folder() -> None:
    async def script(peer: Peer) -> None:
        peer.greet()
        asked = await peer.expect("LIST")
        peer.say('* LIST () "/" ""')
        peer.ok(asked)
        for name in ("LIST", "STATUS"):
            peer.ok(await peer.expect(name), "NO The requested item could not be found")
        await peer.serve()

    async with connected(script) as connection:
        assert await connection.existing_folder("Done") is None


@pytest.mark.dovecot
async def test_a_real_server_says_all_of_it(dovecot: Dovecot) -> None:
    from maildesk.transport.imap_values import ImapAccount
    from maildesk.transport.security import Security

    long = b"Message-ID:\r\n <a-very-long-one@client.example>\r\n\r\nHello.\r\n"
    await dovecot.append_all("support", [long, b"Subject: none\r\n\r\n"])
    account = ImapAccount(dovecot.host, dovecot.imap_port, Security.NONE, "support", "secret")
    connection = await ImapConnection.open(account)
    await connection.select("INBOX")
    keys = await connection.keys()
    fields = await connection.message_id_fields(keys)
    assert b"<a-very-long-one@client.example>" in fields[keys[0]]
    assert fields[keys[1]].strip() == b""
    assert await connection.existing_folder("Done/Now") is None
    assert "Done" not in await dovecot.folders("support")
    name = await connection.ensure_folder("Done/Now")
    assert await connection.existing_folder("Done/Now") == name
    moved = await connection.move(keys, name)
    state = await connection.state_of(name)
    assert moved is not None
    assert state is not None
    assert state.messages == len(moved) == 2
    assert Reach(state.reach.numbering).including(moved, Reach()) == state.reach
    assert not await connection.move(keys, name)
    await connection.close()
