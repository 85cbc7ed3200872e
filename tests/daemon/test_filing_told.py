"""What the log says of mails that are filed comes beside the work, and never undoes it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from maildesk.config.loading import load
from maildesk.daemon.desk_store import open_store
from maildesk.daemon.service import assembled, planned
from maildesk.errors import StoreBusy
from maildesk.store.database import Database, T, Work
from maildesk.store.locking import DaemonLock
from tests.cli.conftest import make_desk
from tests.world.forking import ForkedReader

MAIL = b"From: Bo <bo@client.example>\r\nTo: support@acme.example\r\nSubject: Help\r\n\r\nHelp\r\n"
ENVIRON = {"IMAP_PASSWORD": "secret"}


class BusyThirdTime(Database):
    """A database that cannot be read for once, when a mail has been filed and others were looked for."""

    reads = 0

    async def read(self, work: Work[T]) -> T:
        self.reads += 1
        if self.reads == 3:
            raise StoreBusy("somebody else writes")
        return await super().read(work)


async def test_a_mail_that_cannot_be_told_of_is_filed_and_counted(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "maildesk")
    desk = make_desk(tmp_path)
    desk.run("deliver", stdin=MAIL)
    plan = planned(load(desk.config), ENVIRON)
    open_store(plan.settings, ENVIRON).close_now()
    store = BusyThirdTime.open(f"sqlite:///{tmp_path}/desk.db")
    service = assembled(plan, store, DaemonLock.acquire(store.place), ForkedReader)
    try:
        filed = await service.filer.drain(asyncio.Event())
        assert filed.filed == 1
    finally:
        await service.close()
    assert "what was filed is not told mails=1 problem='somebody else writes'" in caplog.text
    assert [row["verdict"] for row in desk.json("inbox", "list")] == ["opened"]
