"""Whatever is logged and whatever goes wrong, no line has a password, a token or a customer's word."""

from __future__ import annotations

import io
import logging
import re

import pytest

from maildesk.daemon.log_lines import set_up
from tests.daemon.conftest import BO, USERS, MakeDesk
from tests.daemon.watched import ShortPauses, watched
from tests.world.desk import mailbox_of
from tests.world.dovecot import Dovecot
from tests.world.postgres import Postgres
from tests.world.smtp_server import SmtpServer

pytestmark = [pytest.mark.dovecot, pytest.mark.postgresql]

PASSWORDS = ["imap-Pa55word", "wrong-Pa55word", "smtp-Pa55word"]
CUSTOMERS = ["Zanzibar", "Quagmire", "Xylophone"]
"""A word of the subject, of the body and of an attachment's name."""


@pytest.fixture
def lines() -> io.StringIO:
    """Everything we can say, down to DEBUG, as the daemon sets it up."""
    stream = io.StringIO()
    set_up(logging.DEBUG, stream)
    return stream


async def test_no_line_has_a_secret_or_a_customers_word(
    make_desk: MakeDesk, postgres: Postgres, lines: io.StringIO
) -> None:
    url = postgres.new_database()
    dovecot = await Dovecot.start(users=dict.fromkeys(USERS, PASSWORDS[0]))
    sales = mailbox_of(dovecot, "sales")
    sales["imap"] = sales["imap"] | {"password": PASSWORDS[1]}
    async with await SmtpServer.start(auth=("desk", PASSWORDS[2])) as relay:
        smtp = {"host": "127.0.0.1", "port": relay.port, "security": "none"}
        smtp |= {"username": "desk", "password": PASSWORDS[2]}
        desk = await make_desk(dovecot, store=url, mailbox={"subaddress": "+"}, mailboxes=[sales], smtp=smtp)
        relay.refuse("agent@acme.example", 550, "5.1.1 no such user", times=1)
        relay.drop_after_dot()
        async with watched(desk, ShortPauses()):
            files = {f"{CUSTOMERS[2]}.exe": b"MZ"}
            await desk.lies(desk.mail(subject=CUSTOMERS[0], text=CUSTOMERS[1], files=files))
            await desk.lies(b"From: a@b\r\nSubject: " + CUSTOMERS[0].encode() + b"\r\n\r\n" + b"a" * 100)
            await relay.wait_for(3)
            postgres.kill_backends(url)
            await dovecot.kick("support")
            await desk.lies(desk.mail("cy@other.example", subject=CUSTOMERS[0], text=CUSTOMERS[1]))
            await relay.wait_for(5)
        letters = [mail.letter for mail in relay.mails]
    said = lines.getvalue()
    assert "mailbox failed mailbox=sales" in said
    assert "mailbox opened" in said
    key = (b"k" * 32).hex()  # as tests.world.desk makes it
    tokens = {
        found
        for letter in letters
        for name in ("Message-ID", "Reply-To", "Return-Path")
        for found in re.findall(r"[0-9a-z]{20,}", str(letter[name] or "").lower())
    }
    assert tokens
    database = url.split(":")[2].partition("@")[0]
    for secret in [*PASSWORDS, *CUSTOMERS, *tokens, key, database, BO]:
        assert secret.lower() not in said.lower(), secret
