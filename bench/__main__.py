"""`python -m bench`: how many mails a second, and at what cost, with real servers and the real daemon."""

from __future__ import annotations

import argparse
import asyncio
import shlex
import sys
import tempfile
from pathlib import Path

from bench.idle import latencies
from bench.phases import Bench
from bench.report import Report
from tests.world.postgres import Postgres


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--mails", type=int, default=2000, help="how many requests (default 2000)")
    parser.add_argument("--agents", type=int, default=0, help="how many agents hear of each mail (default 0)")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--policy", default="default", help="the packaged policy (default: default)")
    parser.add_argument("--idle", type=int, default=20, help="single mails for the idle daemon (default 20)")
    parser.add_argument(
        "--maildesk",
        type=shlex.split,
        default=[sys.executable, "-m", "maildesk"],
        help="the command to measure (default: this checkout)",
    )
    return parser.parse_args()


async def measured(given: argparse.Namespace, folder: Path, store_url: str) -> Report:
    """Both phases and the idle daemon, one after the other on the same desk."""
    report = Report(given.mails, given.agents, given.database)
    async with Bench(folder, store_url, given.maildesk, given.agents, given.policy) as bench:
        report.start_up = await bench.start_up()
        report.phases.append(await bench.requests(given.mails))
        report.phases.append(await bench.replies())
        if given.idle:
            report.latencies = await latencies(bench, given.idle)
    return report


def main() -> int:
    """Measure, print, and fail if a mail went astray or the aim was missed."""
    given = arguments()
    with tempfile.TemporaryDirectory(prefix="maildesk-bench-") as name:
        folder = Path(name)
        cluster = Postgres.start() if given.database == "postgresql" else None
        try:
            url = cluster.new_database() if cluster else f"sqlite:///{folder}/desk.db"
            report = asyncio.run(measured(given, folder, url))
        finally:
            if cluster:
                cluster.stop()
    print(report.text())
    return 0 if report.right else 1


if __name__ == "__main__":
    sys.exit(main())
