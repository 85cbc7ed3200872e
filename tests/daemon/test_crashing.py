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
crash = CrashPoints(sys.argv[1])
try:
    for place in CRASH_POINTS:
        crash.here(place)
        print(place, flush=True)
finally:
    print("cleaned up", flush=True)
"""


@pytest.mark.parametrize("place", CRASH_POINTS)
async def test_the_process_dies_at_its_place_with_nothing_cleaned_up(place: str) -> None:
    async with asyncio.timeout(30):
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-c", WALK, place, cwd=ROOT, stdout=asyncio.subprocess.PIPE
        )
        said, _ = await child.communicate()
    assert child.returncode == -signal.SIGKILL
    assert said.decode().split() == list(CRASH_POINTS[: CRASH_POINTS.index(place)])


def test_without_a_place_nothing_happens_anywhere() -> None:
    for place in CRASH_POINTS:
        CrashPoints().here(place)
        CrashPoints(None).here(place)


@pytest.mark.parametrize("place", ["", "filing", "FILED"])
def test_a_place_that_is_none_is_refused_with_the_list(place: str) -> None:
    with pytest.raises(ValueError, match=r"MAILDESK_CRASH_AT=.*: one of received, .*, settled"):
        CrashPoints(place)
