"""Servers that stay out of reach: the operators hear of them, at once where only a person can help."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from maildesk.daemon.service import watched as boxes_of
from maildesk.store import outbox
from maildesk.store.database import Connection
from maildesk.store.mailboxes import start_mailbox
from tests.daemon.conftest import BO, Desk, MakeDesk, until
from tests.daemon.watched import ShortPauses, watched
from tests.world.desk import mailbox_of
from tests.world.dovecot import Dovecot
from tests.world.processes import free_ports
from tests.world.smtp_server import SmtpServer

pytestmark = pytest.mark.dovecot

RELAY = "A mail relay cannot be reached"


async def two_mailboxes(make_desk: MakeDesk, **smtp: Any) -> Desk:
    """A desk whose second mailbox has a relay of its own, and a mail for that one."""
    dovecot = await Dovecot.start(users={"support": "secret", "sales": "secret"})
    sales = mailbox_of(dovecot, "sales", smtp={"host": "127.0.0.1", "security": "none", **smtp})
    desk = await make_desk(dovecot, mailboxes=[sales])
    yesterday = desk.world.clock.now() - timedelta(days=1)

    def known(conn: Connection) -> None:
        """What lies there is no mail from before the desk."""
        for box in boxes_of(desk.world.settings, {}):
            start_mailbox(conn, box.identity, box.name, yesterday)

    await desk.world.service.store.write(known)
    await desk.lies(desk.mail(to="sales@acme.example"), mailbox="sales")
    return desk


async def test_a_relay_that_stays_out_of_reach_is_told_once(
    make_desk: MakeDesk, caplog: pytest.LogCaptureFixture
) -> None:
    (port,) = free_ports(1)
    desk = await two_mailboxes(make_desk, port=port)
    async with watched(desk, ShortPauses(), silent=timedelta(seconds=0.5)):
        await desk.world.relay.wait_for(1)
        failed = [line for line in caplog.messages if "relay failed" in line]
        assert len(failed) > 1, "the first failure is no reason to wake anybody"
        (alarm,) = desk.world.relay.mails
        assert f"127.0.0.1:{port}" in desk.world.operator.hears(RELAY).as_string()
        count = len(failed)
        await until(lambda: sum("relay failed" in line for line in caplog.messages) > count)
        assert desk.world.relay.mails == [alarm]
    assert {row["state"] for row in await desk.outbox(BO)} == {"queued"}


async def test_a_relay_that_is_away_for_a_moment_wakes_nobody(
    make_desk: MakeDesk, caplog: pytest.LogCaptureFixture
) -> None:
    (port,) = free_ports(1)
    desk = await two_mailboxes(make_desk, port=port)
    async with watched(desk, ShortPauses()):
        await until(lambda: sum("relay failed" in line for line in caplog.messages) > 1)
        async with await SmtpServer.start(port=port) as relay:
            await relay.wait_for(2)
    assert desk.world.relay.mails == []


async def test_a_relay_that_only_a_person_can_mend_is_told_at_once(make_desk: MakeDesk) -> None:
    async with await SmtpServer.start(auth=("sales", "right")) as relay:
        desk = await two_mailboxes(make_desk, port=relay.port, username="sales", password="wrong")
        async with watched(desk, ShortPauses()):
            await desk.world.relay.wait_for(1)
            told = desk.world.operator.hears(RELAY).as_string()
        assert "smtp.password" in told
        assert "wrong" not in told
    assert {row["state"] for row in await desk.outbox(BO)} == {"queued"}


async def test_alarms_have_a_relay_of_their_own(make_desk: MakeDesk) -> None:
    """The desk's own login died: that is the thing to be told, and cannot go by it."""
    async with (
        await SmtpServer.start(auth=("desk", "right")) as own,
        await SmtpServer.start() as theirs,
    ):
        login = {"username": "desk", "password": "wrong", "security": "none"}
        smtp = {"host": "127.0.0.1", "port": own.port, **login}
        elsewhere = {"host": "127.0.0.1", "port": theirs.port, "security": "none"}
        desk = await make_desk(smtp=smtp, operators_relay=elsewhere)
        await desk.lies(desk.mail())
        async with watched(desk, ShortPauses()):
            await theirs.wait_for(1)
        (alarm,) = theirs.mails
        assert (alarm.recipients, RELAY in str(alarm.letter["Subject"])) == (("ops@acme.example",), True)
        assert own.mails == []


async def test_alarms_go_the_usual_way_while_their_relay_is_out_of_reach(make_desk: MakeDesk) -> None:
    (port,) = free_ports(1)
    desk = await make_desk(operators_relay={"host": "127.0.0.1", "port": port, "security": "none"})
    raised = desk.world.service.alarms.raised
    async with watched(desk, ShortPauses()):
        now = desk.world.clock.now()
        await desk.world.service.store.write(lambda conn: outbox.add(conn, raised(conn, "quarantined", now)))
        await desk.world.relay.wait_for(1)
    assert desk.world.operator.hears("A mail is in quarantine")
