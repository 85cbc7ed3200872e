"""A long backup: another program holds the database for half a minute while everybody writes to it."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.daemon.conftest import BO, CY, Desk
from tests.daemon.heard import Heard

pytestmark = [pytest.mark.dovecot, pytest.mark.long]

HELD = 30.0
ROUNDS = 10
HOLDER = """
import sqlite3, sys
other = sqlite3.connect(sys.argv[1], isolation_level=None)
other.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
other.execute("ROLLBACK")
"""


@asynccontextmanager
async def held_by_another_program(desk: Desk) -> AsyncIterator[None]:
    path = Path(desk.world.folder.name) / "desk.db"
    pipe = asyncio.subprocess.PIPE
    holder = await asyncio.create_subprocess_exec(
        sys.executable, "-c", HOLDER, str(path), stdin=pipe, stdout=pipe
    )
    assert holder.stdout
    assert await holder.stdout.readline() == b"held\n"
    try:
        yield
    finally:
        await holder.communicate(b"")  # its end of input
    assert holder.returncode == 0


async def test_a_database_held_for_half_a_minute_costs_nothing_but_time(desk: Desk, tmp_path: Path) -> None:
    """Mail comes, by both doors, and a person answers: readers read, writers wait, nothing is lost."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.setblocking(False)
        heard = Heard(systemd)
        daemon = await desk.run(NOTIFY_SOCKET=str(tmp_path / "notify"), WATCHDOG_USEC="2000000")
        await desk.lies(desk.mail(BO))
        await desk.world.relay.wait_for(2)
        (case,) = await desk.world.cases()
        loop = asyncio.get_running_loop()
        async with held_by_another_program(desk):
            began = loop.time()
            writing = [
                asyncio.create_task(desk.command("deliver", stdin=desk.mail(CY))),
                asyncio.create_task(desk.command("case", "reply", case["ref"], "Try water.")),
            ]
            for number in range(ROUNDS):
                await desk.lies(desk.mail(f"p{number}@client.example"))
                async with asyncio.timeout(HELD / ROUNDS):
                    code, out, err = await desk.command("case", "list", "--json")
                assert (code, len(json.loads(out))) == (0, 1), err
                await heard.hears("WATCHDOG=1", times=2 * number + 1)  # one each second
                await asyncio.sleep(began + (number + 1) * HELD / ROUNDS - loop.time())
            assert not any(each.done() for each in writing)
        assert [(code, err) for code, _, err in await asyncio.gather(*writing)] == [(0, "")] * 2
        await desk.world.relay.wait_for(2 + 2 + 1 + 2 * ROUNDS)
        await daemon.stops()
    assert await desk.world.verdicts() == ["opened"] * (2 + ROUNDS)
    assert {row["state"] for row in await desk.outbox()} == {"sent"}
    assert len(await desk.outbox()) == len(desk.world.relay.mails) == 2 + 2 + 1 + 2 * ROUNDS
    assert not daemon.said("ERROR")
