"""`python -m bench.simulating`: what `maildesk policy simulate` costs on a desk of many cases."""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
import time
from pathlib import Path

from bench.measuring import cost_of
from bench.past import past_of

AIM_SECONDS = 60
"""For 10,000 cases, on two processors."""


def arguments(words: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.simulating", description=__doc__)
    parser.add_argument("--cases", type=int, default=10_000, help="how many; default 10000")
    parser.add_argument("--policy", default="productiv", help="the packaged policy that is asked about")
    return parser.parse_args(words)


def main(words: list[str] | None = None) -> int:
    """Missing the aim is told, but is no failure: machines differ."""
    given = arguments(words)
    print(f"{os.cpu_count()} CPUs, Python {platform.python_version()}, {platform.machine()}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        began = time.monotonic()
        desk = past_of(folder, given.cases)
        desk.close()
        size = (folder / "desk.db").stat().st_size / 2**20
        print(f"{given.cases} cases written in {time.monotonic() - began:.0f} s, {size:.0f} MiB")
        now = ["env", f"MAILDESK_NOW={desk.now.isoformat()}"]
        words = ["-c", str(folder / "config.yaml"), "policy", "simulate", f"policies/{given.policy}.yaml"]
        cost = cost_of([*now, sys.executable, "-m", "maildesk", *words], folder)
        print((folder / "output.log").read_text())
    print(
        f"{cost.wall:.1f} s, {cost.cpu:.1f} s of CPU, {cost.cpu / given.cases * 1000:.2f} ms a case, "
        f"peak {cost.peak_kib // 1024} MiB"
    )
    aim = AIM_SECONDS * given.cases / 10_000
    print(f"aim: {aim:.0f} s; {'met' if cost.wall <= aim else 'missed'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
