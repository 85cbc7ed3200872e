"""Crash points end a process as a power cut would, where they are asked to and nowhere else."""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path

import pytest

from maildesk.daemon.crashing import CRASH_POINTS, CrashPoints

ROOT = Path(__file__).parents[2]
WALK = """
import sys
from maildesk.daemon.crashing import CRASH_POINTS, CrashPoints
crash = CrashPoints(*sys.argv[1:])
try:
    for place in CRASH_POINTS:
        crash.here(place)
        print(place, flush=True)
finally:
    print("cleaned up", flush=True)
"""


async def walked(*place: str) -> tuple[int | None, list[str]]:
    """The end of a process that passes every place, and what it said on its way."""
    async with asyncio.timeout(120):
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-c", WALK, *place, cwd=ROOT, stdout=asyncio.subprocess.PIPE
        )
        said, _ = await child.communicate()
    return child.returncode, said.decode().splitlines()


@pytest.mark.parametrize("place", CRASH_POINTS)
async def test_the_process_dies_at_its_place_with_nothing_cleaned_up(place: str) -> None:
    passed = list(CRASH_POINTS[: CRASH_POINTS.index(place)])
    assert await walked(place) == (-signal.SIGKILL, passed)


async def test_without_a_place_nothing_happens_anywhere() -> None:
    assert await walked() == (0, [*CRASH_POINTS, "cleaned up"])


@pytest.mark.parametrize("place", ["", "filing", "FILED"])
def test_a_place_that_is_none_is_refused_with_the_list(place: str) -> None:
    with pytest.raises(ValueError, match=r"MAILDESK_CRASH_AT=.*: one of received, .*, settled"):
        CrashPoints(place)
