"""A person's mail program in the demo, when its server breaks off."""

from __future__ import annotations

import imaplib
import socket
import threading
from collections.abc import Iterator

import pytest

from maildesk.demo.mailboxes import MailProgram
from maildesk.demo.servers import HOST
from maildesk.demo.story import DESK

GREETING = b"* OK ready\r\n"
HALF_A_MAIL = b"* 1 FETCH (UID 1 BODY[] {500}\r\nSubject: cut off"


@pytest.fixture
def breaking_off() -> Iterator[int]:
    """The port of an IMAP server that takes every command and hangs up in the middle of the first mail."""
    with socket.create_server((HOST, 0)) as listening:
        server = threading.Thread(target=_serve, args=(listening,))
        server.start()
        yield listening.getsockname()[1]
        server.join()


def _serve(listening: socket.socket) -> None:
    peer, _ = listening.accept()
    with peer, peer.makefile("rwb", buffering=0) as wire:
        wire.write(GREETING)
        for line in wire:
            tag, _, command = line.partition(b" ")
            if command.startswith(b"UID FETCH"):
                wire.write(HALF_A_MAIL)
                return
            said = b"* CAPABILITY IMAP4rev1\r\n" if command.startswith(b"CAPABILITY") else b""
            wire.write(said + tag + b" OK done\r\n")


def test_a_conversation_that_broke_off_in_the_middle_can_still_be_closed(breaking_off: int) -> None:
    program = MailProgram(DESK, HOST, breaking_off, 0, "demo")
    with pytest.raises(imaplib.IMAP4.abort):
        program.look()
    program.close()
