"""A daemon set up on a mailbox that has been in use for years asks first, once, and touches nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.daemon.conftest import USERS, MakeDesk, until
from tests.daemon.middle_man import MiddleMan
from tests.world.desk import mailbox_of
from tests.world.dovecot import Dovecot

pytestmark = pytest.mark.dovecot

OLD = 5000


async def test_an_old_mailbox_is_left_alone_and_that_is_said_once(make_desk: MakeDesk) -> None:
    dovecot = await Dovecot.start(users=USERS)
    old = (f"From: p{n}@client.example\r\nSubject: Old\r\n\r\nHi.\r\n".encode() for n in range(OLD))
    await dovecot.lay("support", old, date=datetime.now(UTC) - timedelta(days=400))
    man = await MiddleMan.start(dovecot.host, dovecot.imap_port)
    undecided = {"existing_mail": None, "poll": "1s"}
    sales = mailbox_of(dovecot, "sales")
    desk = await make_desk(dovecot, imap_port=man.port, mailbox=undecided, mailboxes=[sales])
    desk.exits.push_async_callback(man.stop)
    daemon = await desk.run()
    await daemon.says("left alone mailbox=support")
    await desk.lies(desk.mail(to="sales@acme.example"), mailbox="sales")
    await desk.world.relay.wait_for(2)
    await desk.lies(desk.mail())  # one more changes nothing: that one is old as well, until somebody decides
    await until(lambda: said(man, b"NOOP") >= 3)  # it went on looking
    lines = await daemon.stops()
    (line,) = [line for line in lines if "WARNING" in line]
    assert "existing_mail: file" in line
    assert "existing_mail: leave" in line
    assert {said(man, word) for word in (b"FETCH", b"STORE", b"MOVE", b"COPY", b"EXPUNGE")} == {0}
    assert await desk.world.verdicts() == ["opened"]
    lying = await dovecot.folder("support")
    assert len(lying) == OLD + 1
    assert not any(mail.flags for mail in lying)


def said(man: MiddleMan, word: bytes) -> int:
    return sum(word in line for line in man.heard)
