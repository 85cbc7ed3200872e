"""The metrics: what they say, in both formats, and whom they never name."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from maildesk.daemon.clock import SystemClock
from maildesk.daemon.findings import fail, ok
from maildesk.daemon.health import Sign, Signs
from maildesk.daemon.metrics import MetricsDesk, MetricsReader
from maildesk.daemon.metrics_file import MetricsFile
from maildesk.daemon.metrics_text import counter, gauge, histogram, info, written
from maildesk.daemon.monitor_pages import METRICS, MonitorPages, Pulse
from maildesk.daemon.written_file import WrittenFile
from maildesk.store.schema import ledger, outbox
from tests.casework.test_promise_counts import starts
from tests.daemon.conftest import MakeDesk
from tests.daemon.test_monitor import Asked, Seconds, asked, listens
from tests.daemon.watched import ShortPauses, watched
from tests.world.past_desk import PastDesk
from tests.world.processes import free_ports

NOW = datetime.fromisoformat("2025-11-04T10:00:00+00:00")
HEARD = {"heard_at": "2025-11-04T09:59:00.000000Z"}
SIGNS = [
    Sign(ok("daemon", "it runs")),
    Sign(ok("mailbox support", "heard 1 minute ago"), HEARD),
    Sign(fail("disk", "full", "make room")),
]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[PastDesk]:
    with closing(PastDesk(tmp_path)) as desk:
        yield desk


def reader(desk: PastDesk, sent: dict[str, int] | None = None) -> MetricsReader:
    about = MetricsDesk("Default", "sqlite", sent or {})
    return MetricsReader(desk.store, about, starts(desk), lambda: desk.now)


async def numbers(desk: PastDesk, reader: MetricsReader, signs: Signs = SIGNS) -> dict[str, str]:
    lines = written(await reader.read(signs)).splitlines()
    return {name: value for line in lines if line[0] != "#" for name, _, value in [line.rpartition(" ")]}


async def test_cases_and_mails_are_counted_by_what_became_of_them(desk: PastDesk) -> None:
    asks = reader(desk)
    await asks.begin()
    desk.mail("It smokes.", at=NOW)
    desk.mail("It burns.", at=NOW + timedelta(minutes=1), subject="Fire")
    found = await numbers(desk, asks)
    assert found['maildesk_mails_total{mailbox="support",verdict="opened"}'] == "2"
    assert found["maildesk_filing_delay_seconds_count"] == "2"
    assert found['maildesk_filing_delay_seconds_bucket{le="+Inf"}'] == "2"
    assert found['maildesk_cases{phase="new",team=""}'] == "2"
    for state in ("held", "uncertain", "failed"):
        assert found[f'maildesk_letters{{state="{state}"}}'] == "0"
    assert found["maildesk_unfiled_mails"] == "0"
    assert 'maildesk_overdue_cases{team=""}' not in found
    desk.until(NOW + timedelta(days=5))
    assert (await numbers(desk, asks))['maildesk_overdue_cases{team=""}'] == "2"


async def test_mails_that_wait_and_letters_that_a_person_must_look_at_are_counted(desk: PastDesk) -> None:
    desk.mail("It smokes.", at=NOW)
    desk.store.write_now(lambda conn: conn.execute(update(outbox).values(state="failed")))
    desk.store.write_now(lambda conn: conn.execute(update(ledger).values(verdict=None)))
    letters = desk.store.read_now(
        lambda conn: conn.execute(select(func.count()).select_from(outbox)).scalar()
    )
    found = await numbers(desk, reader(desk))
    assert letters
    assert found['maildesk_letters{state="failed"}'] == str(letters)
    assert found["maildesk_unfiled_mails"] == "1"


async def test_what_counts_up_counts_each_mail_once_and_from_the_start(desk: PastDesk) -> None:
    desk.mail("It smoked.", at=NOW)
    asks = reader(desk)
    await asks.begin()
    desk.mail("It burns.", at=NOW + timedelta(minutes=1), subject="Fire")
    for _ in range(2):
        found = await numbers(desk, asks)
    await asyncio.gather(*(asks.read(SIGNS) for _ in range(3)))
    assert (await numbers(desk, asks)) == found
    assert found['maildesk_mails_total{mailbox="support",verdict="opened"}'] == "1"


async def test_health_is_a_number_for_each_line(desk: PastDesk) -> None:
    found = await numbers(desk, reader(desk, {"personal": 3, "automatic": 4}))
    assert found['maildesk_healthy{check="daemon"}'] == "1"
    assert found['maildesk_healthy{check="disk"}'] == "0"
    assert found['maildesk_mailbox_heard_time_seconds{mailbox="support"}'] == "1762250340.0"
    assert found['maildesk_letters_sent_total{kind="personal"}'] == "3"
    assert re.fullmatch(
        r'maildesk_info\{version="[^"]+",policy="Default",database="sqlite"\}', next(iter(found))
    )


async def test_nobody_is_named(desk: PastDesk) -> None:
    asks = reader(desk)
    await asks.begin()
    ref = desk.mail("It smokes.", at=NOW, subject="Printer of Bo")
    desk.mail("Still.", at=NOW + timedelta(hours=1), answers=ref)
    text = written(await asks.read(SIGNS))
    assert 'maildesk_promises_total{promise="first_response",priority="normal",result="kept"} 0' in text
    assert ref not in text
    assert not re.search("@|client|ana|Bo|Printer", text)


def test_both_formats_say_the_same_in_their_own_way() -> None:
    metrics = [
        counter("maildesk_mails", "Mails.", [(2, {"verdict": 'a "b" \\ \n'})]),
        gauge("maildesk_letters", "Letters.", [(0, {})]),
        histogram("maildesk_delay_seconds", "Delay.", {1.0: 1, 10.0: 2}, 3, 41.5),
        info("maildesk", "What runs.", {"version": "1"}),
    ]
    classic, newer = written(metrics).splitlines(), written(metrics, open_metrics=True).splitlines()
    samples = [
        'maildesk_mails_total{verdict="a \\"b\\" \\\\ \\n"} 2',
        "maildesk_letters 0",
        'maildesk_delay_seconds_bucket{le="1.0"} 1',
        'maildesk_delay_seconds_bucket{le="10.0"} 2',
        'maildesk_delay_seconds_bucket{le="+Inf"} 3',
        "maildesk_delay_seconds_count 3",
        "maildesk_delay_seconds_sum 41.5",
        'maildesk_info{version="1"} 1',
    ]
    assert (
        [line for line in classic if line[0] != "#"] == [line for line in newer if line[0] != "#"] == samples
    )
    assert "# TYPE maildesk_mails_total counter" in classic
    assert "# TYPE maildesk_mails counter" in newer
    assert "# TYPE maildesk_info gauge" in classic
    assert "# TYPE maildesk info" in newer
    assert "# UNIT maildesk_delay_seconds seconds" in newer
    assert not [line for line in classic if line.startswith("# UNIT")]
    assert newer[-1] == "# EOF"
    assert "# EOF" not in classic


async def test_who_asks_for_openmetrics_gets_it_and_all_others_the_classic_form(desk: PastDesk) -> None:
    pages = MonitorPages(Pulse(Seconds()), Asked(SIGNS), reader(desk))
    newer = await pages.answer(METRICS, b"Accept: application/openmetrics-text;version=1.0.0\r\n")
    classic = await pages.answer(METRICS, b"Accept: */*\r\n")
    assert newer
    assert classic
    assert newer.type.startswith("application/openmetrics-text")
    assert newer.body.endswith(b"# EOF\n")
    assert classic.type.startswith("text/plain; version=0.0.4")


async def test_a_file_of_them_is_written_whole_and_its_trouble_said_once(
    desk: PastDesk, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    pages = MonitorPages(Pulse(Seconds()), Asked(SIGNS), reader(desk))
    path = tmp_path / "collector" / "maildesk.prom"
    file = MetricsFile(WrittenFile(path, mode=0o644), SystemClock(), pages)
    await file.write()
    await file.write()
    assert caplog.text.count("no metrics in") == 1
    path.parent.mkdir()
    await file.write()
    assert "maildesk_info{" in path.read_text()


@pytest.mark.dovecot
async def test_a_running_daemon_counts_what_it_files_and_sends(make_desk: MakeDesk) -> None:
    (port,) = free_ports(1)
    desk = await make_desk(monitor={"port": port, "textfile": "desk.prom"})
    request = b"GET /metrics HTTP/1.1\r\nHost: desk\r\n\r\n"
    async with watched(desk, ShortPauses()), asyncio.timeout(120):
        while not await listens(port):  # noqa: ASYNC110 - it tells nobody when it does
            await asyncio.sleep(0.05)
        assert (await asked(port, request))[0] == "HTTP/1.1 200 OK"
        await desk.lies(desk.mail())
        await desk.world.relay.wait_for(2)
        file = desk.world.settings.folder / "desk.prom"
        while 'letters_sent_total{kind="automatic"} 2' not in (file.read_text() if file.exists() else ""):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    assert 'maildesk_mails_total{mailbox="support",verdict="opened"} 1' in file.read_text()
