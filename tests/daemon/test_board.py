"""The board that a daemon keeps written: when it is written anew, and what its trouble costs: nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from maildesk.config.loading import load
from maildesk.daemon.board_duty import OLD, BoardDuty, board_place
from maildesk.daemon.clock import SystemClock
from tests.daemon.conftest import MakeDesk
from tests.daemon.watched import ShortPauses, watched
from tests.world.past_desk import PastDesk

NOW = datetime.fromisoformat("2025-11-04T10:00:00+00:00")
MINUTE = timedelta(minutes=1)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[PastDesk]:
    desk = PastDesk(tmp_path)
    config = tmp_path / "config.yaml"
    config.write_text(config.read_text() + "board: {file: wall/index.html}\n")
    (tmp_path / "wall").mkdir()
    desk.settings = load(config)
    try:
        yield desk
    finally:
        desk.close()


def kept(desk: PastDesk) -> tuple[BoardDuty, Path]:
    place = board_place(desk.settings)
    assert place
    return BoardDuty(place, desk.store, desk.office.desk, SystemClock()), desk.folder / "wall" / "index.html"


async def test_it_is_written_anew_when_a_case_changed_or_when_it_is_a_minute_old(desk: PastDesk) -> None:
    duty, file = kept(desk)
    ref = desk.mail("It smokes.", at=NOW)
    await duty.look(NOW + MINUTE)
    assert ref in file.read_text()
    assert "Tue 4 Nov 10:01" in file.read_text()
    file.write_text("looked at")
    await duty.look(NOW + MINUTE + OLD / 2)
    assert file.read_text() == "looked at"
    second = desk.mail("It burns.", at=NOW + MINUTE + OLD / 2, subject="Fire")
    await duty.look(NOW + MINUTE + OLD * 0.6)
    assert second in file.read_text()
    file.write_text("looked at")
    await duty.look(NOW + MINUTE + OLD * 1.7)
    assert second in file.read_text()


async def test_a_promise_that_comes_due_moves_its_case_although_nobody_did_anything(desk: PastDesk) -> None:
    duty, file = kept(desk)
    desk.mail("It smokes.", at=NOW)
    await duty.look(NOW)
    assert "Overdue" not in file.read_text()
    await duty.look(NOW + timedelta(days=4))
    assert "<h2>Overdue: 1</h2>" in file.read_text()


async def test_a_clock_that_was_set_back_stops_no_board(desk: PastDesk) -> None:
    duty, file = kept(desk)
    desk.mail("It smokes.", at=NOW)
    await duty.look(NOW + timedelta(days=1))
    await duty.look(NOW)
    assert "Tue 4 Nov 10:00" in file.read_text()


async def test_what_keeps_it_from_being_written_is_said_once_and_its_end_too(
    desk: PastDesk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    duty, file = kept(desk)
    (desk.folder / "wall").rmdir()
    for minutes in range(3):
        await duty.look(NOW + minutes * MINUTE)
    assert caplog.text.count("no board problem=") == 1
    (desk.folder / "wall").mkdir()
    await duty.look(NOW + 3 * MINUTE)
    assert file.exists()
    assert caplog.text.count("the board is written again") == 1


@pytest.mark.dovecot
async def test_a_daemon_shows_on_it_what_came_by_mail(make_desk: MakeDesk) -> None:
    desk = await make_desk(board={"file": "board.html"})
    await desk.lies(desk.mail())
    file = desk.world.settings.folder / "board.html"
    async with watched(desk, ShortPauses()), asyncio.timeout(120):
        while not (file.exists() and "<tr><th scope=row>" in file.read_text()):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    assert "our turn" in file.read_text()
