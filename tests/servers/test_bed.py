"""The bed itself: nothing of it outlives the run, however that ends."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers.conftest import skip_or_fail
from tests.servers.kinds import lacking
from tests.world.courier import Courier
from tests.world.processes import until_gone

pytestmark = pytest.mark.servers

ROOT = Path(__file__).parents[2]
DIES = """
import os
from tests.world.courier import Courier
print(*Courier.begin().place.processes(), flush=True)
os.kill(os.getpid(), 9)
"""


def test_a_server_ends_with_a_run_that_is_killed() -> None:
    if reason := lacking("Courier", Courier.programs):
        skip_or_fail(reason)
    words, env = [sys.executable, "-c", DIES], {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(words, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    began = [int(word) for word in done.stdout.split()]
    assert len(began) > 2, done.stderr
    until_gone(began)
