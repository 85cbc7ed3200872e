"""What the log says of mails that are filed comes beside the work, and never undoes it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from maildesk.casework.filed_counts import FiledCount
from maildesk.config.loading import load
from maildesk.daemon.desk_store import open_store
from maildesk.daemon.service import Service, assembled, planned
from maildesk.errors import StoreBusy
from maildesk.store.database import Database, T, Work
from maildesk.store.locking import DaemonLock
from tests.cli.conftest import CommandedDesk, make_desk
from tests.world.forking import ForkedReader

MAIL = b"From: Bo <bo@client.example>\r\nTo: support@acme.example\r\nSubject: Help\r\n\r\nHelp\r\n"
ENVIRON = {"IMAP_PASSWORD": "secret"}


class BusyThirdTime(Database):
    """A database that cannot be read for once, when a mail has been filed and others were looked for."""

    reads = 0
    busy_at = 3

    async def read(self, work: Work[T]) -> T:
        self.reads += 1
        if self.reads == self.busy_at:
            raise StoreBusy("somebody else writes")
        return await super().read(work)


class BusySecondTime(BusyThirdTime):
    """One that cannot be read for once, when others are looked for while a mail is filed."""

    busy_at = 2


def with_a_mail(folder: Path, kind: type[Database]) -> tuple[CommandedDesk, Service]:
    """A desk that was handed a mail, and its daemon's parts on a database of this kind."""
    desk = make_desk(folder)
    desk.run("deliver", stdin=MAIL)
    plan = planned(load(desk.config), ENVIRON)
    open_store(plan.settings, ENVIRON).close_now()
    store = kind.open(f"sqlite:///{folder}/desk.db")
    return desk, assembled(plan, store, DaemonLock.acquire(store.place), ForkedReader)


async def test_a_mail_that_cannot_be_told_of_is_filed_and_counted(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "maildesk")
    desk, service = with_a_mail(tmp_path, BusyThirdTime)
    try:
        filed = await service.filer.drain(asyncio.Event())
        assert filed.filed == 1
    finally:
        await service.close()
    assert "what was filed is not told mails=1 problem='somebody else writes'" in caplog.text
    assert [row["verdict"] for row in desk.json("inbox", "list")] == ["opened"]


async def test_what_was_committed_is_told_although_the_next_batch_cannot_be_read(tmp_path: Path) -> None:
    """Who moves the mail, sends its letters and reads its words hears of it then, or never."""
    _, service = with_a_mail(tmp_path, BusySecondTime)
    told: list[FiledCount] = []
    try:
        with pytest.raises(StoreBusy):
            await service.filer.drain(asyncio.Event(), told.append)
        assert (await service.filer.drain(asyncio.Event())).filed == 0
    finally:
        await service.close()
    assert [each.filed for each in told] == [1]
