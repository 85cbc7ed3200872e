"""`python -m bench.searching`: how long a search takes among many mails, and how that grows with them."""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any, Final

from sqlalchemy import Connection, insert, text

from maildesk.desk.case.search_words import read_search
from maildesk.store.database import Database
from maildesk.store.schema import cases, mails, search
from maildesk.store.search import newest_found
from tests.world.postgres import Postgres
from tests.world.tables import lay_tables, make_tables

NOW: Final = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
WORDS: Final = 20_000
QUERIES: Final = {
    "a rare word": "{rare}",
    "three words": "{common} {usual} {seldom}",
    "side by side": '"{common} {usual}"',
    "a beginning": "{seldom}*",
    "without": "{usual} -{common}",
    "the commonest": "{common}",
    "in no mail": "{common} nowhereatall",
}
AT_MOST: Final = 0.050
"""Seconds that a search may take among a million mails."""


def vocabulary() -> list[str]:
    """Words as a language has them: few of them often, most of them seldom (`weights`)."""
    dice = random.Random(7)  # noqa: S311 - the same mails in every run
    found = {"".join(dice.choices(LETTERS, k=dice.randint(3, 10))) for _ in range(WORDS)}
    return sorted(found)


def weights(count: int) -> list[float]:
    """Zipf's law."""
    total, found = 0.0, []
    for rank in range(1, count + 1):
        total += 1 / rank
        found.append(total)
    return found


def fill(database: Database, wanted: int, known: list[str]) -> None:
    """So many mails of 40 words each, ten a case."""
    dice, summed = random.Random(1), weights(len(known))  # noqa: S311 - the same mails in every run
    step = 10_000

    def write(conn: Connection, first: int) -> None:
        if first == 0:
            conn.execute(insert(cases), list(_cases(wanted)))
        numbers = range(first + 1, min(first + step, wanted) + 1)
        conn.execute(insert(mails), [_mail(number) for number in numbers])
        said = (" ".join(dice.choices(known, cum_weights=summed, k=40)) for _ in numbers)
        conn.execute(insert(search), [{"mail_id": n, "words": w} for n, w in zip(numbers, said, strict=True)])

    for first in range(0, wanted, step):
        database.write_now(lambda conn, at=first: write(conn, at))  # type: ignore[misc]
    if database.dialect == "postgresql":
        database.write_now(lambda conn: conn.execute(text("ANALYZE search")))


def _cases(wanted: int) -> Iterator[dict[str, Any]]:
    for number in range(wanted // 10 + 1):
        yield {
            "ref": f"C{number:07}", "subject": "A case", "phase": "open", "requester": "bo@client.example",
            "mailbox": "support", "opened_at": NOW, "updated_at": NOW, "priority": "high",
        }  # fmt: skip


def _mail(number: int) -> dict[str, Any]:
    return {
        "id": number, "case_ref": f"C{number // 10:07}", "direction": "in", "at": NOW,
        "sender": "bo@client.example", "recipients": [], "subject": "A mail", "text": "", "new_text": "",
        "attachments": [], "verdict": "opened", "internal": False, "refs": [],
    }  # fmt: skip


def times(database: Database, known: list[str], repeats: int) -> dict[str, float]:
    """The median seconds of each query, a page of 500 mails each."""
    named = {"common": known[0], "usual": known[30], "seldom": known[800], "rare": known[-1]}

    # SQLite works in this thread, whose own time tells nothing of what else the machine does.
    clock = time.thread_time if database.dialect == "sqlite" else time.perf_counter

    def took(typed: str) -> float:
        wanted = read_search(typed)
        begun = clock()
        database.read_now(lambda conn: newest_found(conn, wanted, None, 500))
        return clock() - begun

    return {
        name: median(took(typed.format(**named)) for _ in range(repeats)) for name, typed in QUERIES.items()
    }


def measured(url: str, make: Callable[[], None], wanted: int, repeats: int) -> dict[str, float]:
    """The times of a database of its own with so many mails."""
    make()
    database = Database.open(url)
    try:
        known = vocabulary()
        fill(database, wanted, known)
        return times(database, known, repeats)
    finally:
        database.close_now()


def main() -> int:
    """Measure a tenth and the whole, print both and their ratio; fail where a search takes too long."""
    parser = argparse.ArgumentParser(prog="python -m bench.searching", description=__doc__)
    parser.add_argument("--mails", type=int, default=1_000_000, help="how many (default 1,000,000)")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--repeats", type=int, default=5, help="how often each search (default 5)")
    given = parser.parse_args()
    found = []
    with tempfile.TemporaryDirectory(prefix="maildesk-bench-") as name:
        cluster = Postgres.start() if given.database == "postgresql" else None
        try:
            for wanted in (given.mails // 10, given.mails):
                file = Path(name) / f"{wanted}.db"
                url = cluster.new_database() if cluster else f"sqlite:///{file}"
                make = (lambda at=url: make_tables(at)) if cluster else (lambda at=file: lay_tables(at))
                found.append(measured(url, make, wanted, given.repeats))  # type: ignore[arg-type]
        finally:
            if cluster:
                cluster.stop()
    small, large = found
    print(f"{given.database}, {given.mails // 10:,} and {given.mails:,} mails, milliseconds a search:")
    for each, seconds in large.items():
        ratio = seconds / small[each]
        print(f"  {each:16} {1000 * small[each]:8.1f} {1000 * seconds:8.1f}   x {ratio:.1f}")
    return 0 if max(large.values()) <= AT_MOST else 1


if __name__ == "__main__":
    sys.exit(main())
