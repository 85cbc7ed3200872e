"""The page for monitors: what it answers, and whom it does not wait for."""

from __future__ import annotations

import asyncio
import json
import re
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from maildesk.daemon.clock import SystemClock
from maildesk.daemon.findings import fail, ok
from maildesk.daemon.health import Sign, Signs
from maildesk.daemon.monitor import AT_ONCE, HEAD_BYTES, PATIENCE, Monitor, PortPlace, SocketPlace
from maildesk.daemon.monitor_pages import STUCK, MonitorPages, Pulse
from maildesk.errors import StoreUnreachable
from tests.daemon.conftest import MakeDesk
from tests.daemon.watched import ShortPauses, watched
from tests.world.processes import free_ports

WELL = [Sign(ok("daemon", "it runs"), {"running": True})]
ILL = [*WELL, Sign(fail("mailbox support", "not heard", "maildesk check says why"))]


class Asked:
    """A desk that is asked how it is."""

    def __init__(self, signs: Signs) -> None:
        self.signs, self.times = signs, 0

    async def __call__(self) -> Signs:
        self.times += 1
        return self.signs


class Seconds:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.passed = 0.0

    def __call__(self) -> float:
        return self.passed


@asynccontextmanager
async def served(ask: Any, pulse: Pulse | None = None) -> AsyncIterator[int]:
    (port,) = free_ports(1)
    stop = asyncio.Event()
    pages = MonitorPages(pulse or Pulse(Seconds()), ask, None)
    serving = asyncio.create_task(Monitor(PortPlace("127.0.0.1", port), SystemClock(), pages).serve(stop))
    async with asyncio.timeout(120):
        while not await listens(port):  # noqa: ASYNC110 - it tells nobody when it does
            await asyncio.sleep(0.01)
        try:
            yield port
        finally:
            stop.set()
            await serving


async def listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


HEALTHZ = b"GET /healthz HTTP/1.1\r\nHost: desk\r\n\r\n"
LIVEZ = b"GET /livez HTTP/1.1\r\nHost: desk\r\n\r\n"


async def asked(port: int, request: bytes = HEALTHZ) -> tuple[str, str]:
    """The status line and the body of an answer; empty where there is none."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    try:
        answer = (await reader.read()).decode()
    except ConnectionResetError:
        answer = ""
    writer.close()
    head, _, body = answer.partition("\r\n\r\n")
    return head.partition("\r\n")[0], body


@pytest.mark.parametrize(
    ("signs", "status"), [(WELL, "HTTP/1.1 200 OK"), (ILL, "HTTP/1.1 503 Service Unavailable")]
)
async def test_it_says_in_one_word_and_in_all_whether_the_desk_is_healthy(signs: Signs, status: str) -> None:
    async with served(Asked(signs)) as port:
        line, body = await asked(port)
    assert line == status
    said = json.loads(body)
    assert said["healthy"] is (signs is WELL)
    assert said["checks"][0] == {
        "name": "daemon", "outcome": "ok", "message": "it runs", "remedy": "", "running": True,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", "404"),
        (b"GET /healthz/more HTTP/1.1\r\n\r\n", "404"),
        (b"GET /healthz?verbose HTTP/1.0\r\n\r\n", "200"),
        (b"HEAD /healthz HTTP/1.1\r\n\r\n", "200"),
        (b"POST /healthz HTTP/1.1\r\nContent-Length: 0\r\n\r\n", "405"),
        (b"\r\n\r\n", "400"),
        (b"\x16\x03\x01\r\n\r\n", "400"),
        (b"GET /healthz HTTP/1.1\r\nX: " + b"x" * HEAD_BYTES + b"\r\n\r\n", "400"),
    ],
    ids=["root", "below", "query", "head", "post", "nothing", "tls", "long"],
)
async def test_whatever_else_is_asked_has_its_answer(request_: bytes, status: str) -> None:
    async with served(Asked(WELL)) as port:
        line, body = await asked(port, request_)
    assert line.split()[1] == status
    assert not body if request_.startswith(b"HEAD") else json.loads(body)


async def test_many_questions_are_one_to_the_database() -> None:
    ask = Asked(WELL)
    async with served(ask) as port:
        answers = await asyncio.gather(*(asked(port) for _ in range(AT_ONCE // 2)))
    assert {line for line, _ in answers} == {"HTTP/1.1 200 OK"}
    assert ask.times == 1


async def test_who_says_nothing_keeps_nobody_else_waiting() -> None:
    """Up to a number: whoever comes then is turned away."""
    async with served(Asked(WELL)) as port:
        silent = [await asyncio.open_connection("127.0.0.1", port) for _ in range(AT_ONCE - 1)]
        assert (await asked(port))[0] == "HTTP/1.1 200 OK"
        silent.append(await asyncio.open_connection("127.0.0.1", port))
        assert (await asked(port))[0] == ""
    for _, writer in silent:
        writer.close()


async def test_who_waits_is_answered_though_a_ninth_is_turned_away() -> None:
    """Eight have begun to ask; the ninth hears nothing and is not kept, and each of them has its answer."""
    async with served(Asked(WELL)) as port, asyncio.timeout(PATIENCE):
        begun = [await asyncio.open_connection("127.0.0.1", port) for _ in range(AT_ONCE)]
        for _, writer in begun:
            writer.write(HEALTHZ[:9])
        for _ in range(3):
            assert await asked(port) == ("", "")
        for _, writer in begun:
            writer.write(HEALTHZ[9:])
        answers = [await reader.read() for reader, _ in begun]
        assert [each.partition(b"\r\n")[0] for each in answers] == [b"HTTP/1.1 200 OK"] * AT_ONCE
        assert (await asked(port))[0] == "HTTP/1.1 200 OK"
        for _, writer in begun:
            writer.close()


async def test_a_desk_that_is_not_healthy_lives_and_one_that_does_not_turn_does_not() -> None:
    seconds = Seconds()
    pulse = Pulse(seconds)
    async with served(Asked(ILL), pulse) as port:
        assert (await asked(port))[0].split()[1] == "503"
        assert (await asked(port, LIVEZ))[0].split()[1] == "200"
        seconds.passed = STUCK
        line, body = await asked(port, LIVEZ)
        assert line.split()[1] == "503"
        assert json.loads(body) == {"live": False, "seconds": STUCK}
        pulse.beat()
        assert (await asked(port, LIVEZ))[0].split()[1] == "200"


async def test_a_database_that_does_not_answer_is_said_with_what_to_do() -> None:
    async def ask() -> Signs:
        raise StoreUnreachable("the database server does not answer", remedy="start it")

    async with served(ask) as port:
        line, body = await asked(port)
    assert line.split()[1] == "503"
    assert json.loads(body) == {
        "healthy": False, "problem": "the database server does not answer", "remedy": "start it",
    }  # fmt: skip


async def test_a_request_of_a_megabyte_is_not_read() -> None:
    async with served(Asked(WELL)) as port:
        line, _ = await asked(port, b"GET /healthz HTTP/1.1\r\nX: " + b"x" * 2**20)
        assert line.split()[1:2] in (["400"], [])  # told, or cut off while it still sends
        body = b"POST /healthz HTTP/1.1\r\nContent-Length: 1048576\r\n\r\n" + b"x" * 2**20
        line, _ = await asked(port, body)
        assert line.split()[1:2] in (["405"], [])
        assert (await asked(port))[0] == "HTTP/1.1 200 OK"


async def test_a_request_that_comes_byte_by_byte_is_not_waited_for_and_keeps_nobody_waiting() -> None:
    """Eight of them may be under way; each ends when its time is over."""
    async with served(Asked(WELL)) as port:
        slow = [await asyncio.open_connection("127.0.0.1", port) for _ in range(AT_ONCE)]
        for _, writer in slow:
            writer.write(b"GET /hea")
            await writer.drain()
        assert (await asked(port))[0] == ""  # the ninth
        answers = [await reader.read() for reader, _ in slow]
        assert answers == [b""] * AT_ONCE
        assert (await asked(port))[0] == "HTTP/1.1 200 OK"
        for _, writer in slow:
            writer.close()


async def test_a_socket_answers_the_same_and_only_for_its_group(tmp_path: Path) -> None:
    path, stop = tmp_path / "monitor.sock", asyncio.Event()
    for _ in range(2):  # the second finds what the first left behind
        stop.clear()
        pages = MonitorPages(Pulse(Seconds()), Asked(WELL), None)
        serving = asyncio.create_task(Monitor(SocketPlace(path), SystemClock(), pages).serve(stop))
        async with asyncio.timeout(120):
            while True:
                try:
                    reader, writer = await asyncio.open_unix_connection(path)
                    break
                except OSError:
                    await asyncio.sleep(0.01)
        writer.write(LIVEZ)
        assert (await reader.read()).startswith(b"HTTP/1.1 200 OK\r\n")
        assert stat.S_IMODE(path.stat().st_mode) == 0o660
        writer.close()
        stop.set()
        await serving


async def test_a_file_in_the_place_of_a_socket_stays(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path, stop = tmp_path / "monitor.sock", asyncio.Event()
    path.write_text("a letter")
    pages = MonitorPages(Pulse(Seconds()), Asked(WELL), None)
    clock = ShortPauses()
    serving = asyncio.create_task(Monitor(SocketPlace(path), clock, pages).serve(stop))
    async with asyncio.timeout(120):
        while not clock.pauses:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    stop.set()
    await serving
    assert path.read_text() == "a letter"
    assert "is there and is no socket" in caplog.text


@pytest.mark.dovecot
async def test_the_page_of_a_running_daemon(make_desk: MakeDesk) -> None:
    (port,) = free_ports(1)
    desk = await make_desk(monitor={"port": port})
    async with watched(desk, ShortPauses()), asyncio.timeout(120):
        while not (await listens(port) and '"ok",\n   "message": "heard' in (await asked(port))[1]):  # noqa: ASYNC110
            await asyncio.sleep(0.1)
        line, body = await asked(port)
    assert line == "HTTP/1.1 200 OK"
    names = [each["name"] for each in json.loads(body)["checks"]]
    assert names[:2] == ["daemon", "mailbox support"]
    assert {"inbox", "letters", "disk", "schema"} <= set(names)
    assert "secret" not in body


class HeldClock(ShortPauses):
    """A clock that a test sets on; seconds that really pass are not touched by it."""

    def __init__(self) -> None:
        super().__init__()
        self.ahead = timedelta()

    def now(self) -> datetime:
        return super().now() + self.ahead


async def until_it_says(port: int, words: str) -> tuple[str, list[dict[str, Any]]]:
    """The status of /healthz and the lines about mailboxes, once one of them begins with this."""
    async with asyncio.timeout(120):
        while True:
            line, body = await asked(port)
            lines = [each for each in json.loads(body or '{"checks": []}')["checks"] if "silent" in each]
            if any(re.match(words, each["message"]) for each in lines):
                return line.split()[1], lines
            await asyncio.sleep(0.1)


@pytest.mark.dovecot
async def test_a_mail_server_that_is_away_is_said_with_what_to_do_and_no_reason_for_a_new_start(
    make_desk: MakeDesk,
) -> None:
    (port,) = free_ports(1)
    desk, clock = await make_desk(monitor={"port": port}), HeldClock()
    async with watched(desk, clock):
        async with asyncio.timeout(120):
            while not await listens(port):  # noqa: ASYNC110 - it tells nobody when it does
                await asyncio.sleep(0.05)
        assert (await until_it_says(port, "heard "))[0] == "200"
        await desk.world.dovecot.crash()
        clock.ahead = timedelta(minutes=6)
        assert (await until_it_says(port, "heard [6-9] minutes ago"))[0] == "200"
        clock.ahead = timedelta(minutes=12)
        status, (support,) = await until_it_says(port, "not heard since")
        assert status == "503"
        assert (support["name"], support["outcome"], support["silent"]) == ("mailbox support", "FAIL", True)
        assert support["remedy"] == "maildesk check says why; the log of the daemon too"
        assert (await asked(port, LIVEZ))[0] == "HTTP/1.1 200 OK"
        await desk.world.dovecot.restart()
        assert (await until_it_says(port, "heard "))[0] == "200"
        assert (await asked(port, LIVEZ))[0] == "HTTP/1.1 200 OK"


@pytest.mark.dovecot
async def test_a_port_that_is_taken_keeps_no_mail_waiting(
    make_desk: MakeDesk, caplog: pytest.LogCaptureFixture
) -> None:
    taken = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = taken.sockets[0].getsockname()[1]
    desk = await make_desk(monitor={"port": port})
    await desk.lies(desk.mail())
    async with watched(desk, ShortPauses()):
        await desk.world.relay.wait_for(2)
    taken.close()
    assert f"no page for monitors on 127.0.0.1:{port}" in caplog.text
