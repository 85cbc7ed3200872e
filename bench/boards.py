"""`python -m bench.boards`: the cost of `maildesk board` with many open cases, and of its start alone."""

from __future__ import annotations

import argparse
import os
import platform
import sqlite3
import sys
import tempfile
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median
from typing import Final

from bench.measuring import Cost, cost_of
from maildesk.casework.board import board_of
from maildesk.desk.case.case import Case
from maildesk.desk.case.change import Change
from maildesk.desk.decisions import acts
from maildesk.desk.decisions.actor import Actor
from maildesk.desk.policy.desk import Desk
from maildesk.pages.board_wish import BoardWish
from tests.world.past_desk import PastDesk

AIM_CPU, AIM_BYTES = 1.0, 2_500_000
LIVED: Final = 60
"""Cases that are lived through; the others are copies of them."""
_BEGAN: Final = datetime(2025, 11, 3, 9, tzinfo=UTC)
_SUBJECTS: Final = (
    "Export stops at row 10,000",
    "Invitation mail never arrives",
    "Printer on the second floor is offline",
)


def desk_of(folder: Path, cases: int) -> PastDesk:
    """A desk with so many open cases: answered, written to again, or never answered."""
    desk = PastDesk(folder)
    for number in range(min(LIVED, cases)):
        at = _BEGAN + timedelta(minutes=50 * number)
        ref = desk.mail(
            "It hums.", at=at, subject=_SUBJECTS[number % 3], sender=f"customer{number}@client.example"
        )
        if number % 3:
            desk.acts(ref, _answers, at=at + timedelta(minutes=9))
        if number % 3 == 2:
            desk.mail(
                "It still does.",
                at=at + timedelta(minutes=19),
                sender=f"customer{number}@client.example",
                answers=desk.last_letter(),
            )
    with closing(sqlite3.connect(folder / "desk.db")) as store, store:
        lived = [row[0] for row in store.execute("SELECT ref FROM cases ORDER BY opened_at")]
        for number in range(LIVED, cases):
            _copy(store, lived[number % LIVED], number)
    return desk


def _answers(case: Case, desk: Desk, hand: Actor) -> Change:
    return acts.answer(case, desk, "Please try it once more, and tell us what it says.", hand)


_COPIED: Final = {"cases": {"ref": "?"}, "mails": {"case_ref": "?", "id": "NULL", "ledger_id": "NULL"}}
"""The tables that a board reads, with what a copy has of its own."""


def _copy(store: sqlite3.Connection, ref: str, number: int) -> None:
    """Write one case more, which is what a lived one is."""
    new = f"{number >> 16:04X}-{number & 0xFFFF:04X}"
    for table, own in _COPIED.items():
        names = [row[1] for row in store.execute(f"PRAGMA table_info({table})")]
        values = ", ".join(own.get(each, each) for each in names)
        of_it = f"SELECT {values} FROM {table} WHERE {next(iter(own))} = ?"  # noqa: S608 - names of ours
        store.execute(f"INSERT INTO {table} ({', '.join(names)}) {of_it}", (new, ref))


def arguments(words: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.boards", description=__doc__)
    parser.add_argument("--cases", type=int, default=10_000, help="how many are open; default 10000")
    parser.add_argument("--runs", type=int, default=5, help="how often each is measured; default 5")
    return parser.parse_args(words)


def main(words: list[str] | None = None) -> int:
    """Missing an aim is told, but is no failure: machines differ."""
    given = arguments(words)
    print(f"{os.cpu_count()} CPUs, Python {platform.python_version()}, {platform.machine()}")
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as many:
        alone = _measured(Path(one), 1, given.runs)
        whole = _measured(Path(many), given.cases, given.runs)
        size = (Path(many) / "board.html").stat().st_size
    print(f"{'':24}{'CPU s, median':>14}{'best':>8}{'wall s':>8}{'peak MiB':>10}")
    for name, costs in (("one open case", alone), (f"{given.cases} open cases", whole)):
        cpu = [each.cpu for each in costs]
        wall = median(each.wall for each in costs)
        peak = max(each.peak_kib for each in costs) / 1024
        print(f"{name:24}{median(cpu):14.2f}{min(cpu):8.2f}{wall:8.2f}{peak:10.0f}")
    cost = median(each.cpu for each in whole)
    met = cost < AIM_CPU and size < AIM_BYTES
    print(f"{size / 1e6:.2f} MB; aim: {AIM_CPU:.0f} s, 2.5 MB; {'met' if met else 'missed'}")
    return 0


def _measured(folder: Path, cases: int, runs: int) -> list[Cost]:
    desk = desk_of(folder, cases)
    look = partial(board_of, desk=desk.office.desk, wish=BoardWish(), now=desk.now)
    found = len(desk.store.read_now(look).cases)
    desk.close()
    assert found == cases, f"{found} open cases"
    config = str(folder / "config.yaml")
    now = f"MAILDESK_NOW={_BEGAN + timedelta(days=3):%Y-%m-%dT%H:%M:%SZ}"
    board = ["board", str(folder / "board.html"), "--rows", str(cases)]
    program = ["env", now, sys.executable, "-m", "maildesk", "-c", config, *board]
    return [cost_of(program, folder) for _ in range(runs)]


if __name__ == "__main__":
    sys.exit(main())
