"""`python -m bench.searching`: how long a search takes among many mails, and how that grows with them."""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, Final, TypeVar

from sqlalchemy import ColumnElement, Connection, insert, text

from maildesk.casework.looking import MOST_CASES, PAGES
from maildesk.desk.case.search_words import Search, read_search
from maildesk.store.case_filters import may_fit
from maildesk.store.database import Database
from maildesk.store.found_mails import newest_found
from maildesk.store.schema import cases, mails, search
from tests.world.postgres import Postgres
from tests.world.tables import lay_tables

T = TypeVar("T")

NOW: Final = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
WORDS: Final = 20_000
RANKS: Final = {"top": 0, "third": 25, "other": 26, "usual": 60, "seldom": 800, "rare": -1}
"""Words by how common they are: in nearly every mail, a third of them, an eighth, one of a hundred, none."""
QUERIES: Final = {
    "a rare word": "{rare}",
    "in one of a hundred": "{seldom}",
    "in every third": "{third}",
    "in nearly every mail": "{top}",
    "two common words": "{third} {other}",
    "three words": "{third} {usual} {seldom}",
    "common, side by side": '"{third} {other}"',
    "seldom side by side": '"{third} {seldom}"',
    "three letters*": "abc*",
    "two letters*": "ab*",
    "one letter*": "a*",
    "rare, one letter*": "{rare} a*",
    "without a common one": "{usual} -{third}",
    "without nearly all": "{usual} -{top}",
    "in no mail": "{top} nowhereatall",
}
TEAMS: Final = ("support", "billing", "field", "press", "sales")
WHO_LOOKS: Final = {
    "every third, one team's": TEAMS[1:],
    "every third, of nobody's": TEAMS,
}
"""The teams whose cases somebody may not see."""
PAGE: Final = PAGES[0]
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
    """So many mails of 50 to 150 words, ten a case; the cases belong to one team after another."""
    dice, summed = random.Random(1), weights(len(known))  # noqa: S311 - the same mails in every run
    step = 10_000

    def write(conn: Connection, first: int) -> None:
        conn.execute(insert(cases), [_case(each) for each in range(first, first + step)])

    def said(conn: Connection, first: int) -> None:
        numbers = range(first + 1, min(first + step, wanted) + 1)
        words = [" ".join(dice.choices(known, cum_weights=summed, k=dice.randint(50, 150))) for _ in numbers]
        conn.execute(insert(mails), [_mail(n, w) for n, w in zip(numbers, words, strict=True)])
        conn.execute(
            insert(search), [{"mail_id": n, "words": w} for n, w in zip(numbers, words, strict=True)]
        )

    for work, count in ((write, wanted // 10 + 100), (said, wanted)):
        for first in range(0, count, step):
            database.write_now(lambda conn, at=first, do=work: do(conn, at))  # type: ignore[misc]
    if database.dialect == "postgresql":
        database.write_now(lambda conn: conn.execute(text("ANALYZE")))


def _case(number: int) -> dict[str, Any]:
    return {
        "ref": f"C{number:07}", "subject": "A case", "phase": "open", "requester": "bo@client.example",
        "mailbox": "support", "opened_at": NOW, "updated_at": NOW, "priority": "high",
        "team": TEAMS[number % len(TEAMS)],
    }  # fmt: skip


def _mail(number: int, words: str) -> dict[str, Any]:
    """A mail of a case of a hundred that were talked about at the same time."""
    return {
        "id": number, "case_ref": f"C{number // 1000 * 100 + number * 7919 % 100:07}", "direction": "in",
        "at": NOW, "sender": "bo@client.example", "recipients": [], "subject": "A mail", "text": "",
        "new_text": words, "attachments": [], "verdict": "opened", "internal": False, "refs": [],
    }  # fmt: skip


def times(database: Database, known: list[str], repeats: int) -> dict[str, tuple[float, float]]:
    """The seconds of CPU of each query, the median and the most: a page of mails, or what is seen of it."""
    named = {name: known[rank] for name, rank in RANKS.items()}
    clock = server_clock(database)

    def took(work: Callable[[Connection], object]) -> tuple[float, float]:
        found = []
        for _ in range(repeats):
            begun = clock()
            database.read_now(work)
            found.append(clock() - begun)
        return median(found), max(found)

    pages: dict[str, tuple[float, float]] = {}
    for name, typed in QUERIES.items():
        wanted = read_search(typed.format(**named))
        pages[name] = took(lambda conn, of=wanted: newest_found(conn, of, None, PAGE))  # type: ignore[misc]
    wanted = read_search(named["third"])
    for name, others in WHO_LOOKS.items():
        fitting = may_fit(wanted, others, ["nobody@acme.example"])
        pages[name] = took(lambda conn, which=fitting: _as_they_look(conn, wanted, which))  # type: ignore[misc]
    return pages


def _as_they_look(conn: Connection, wanted: Search, fitting: Sequence[ColumnElement[bool]]) -> None:
    """Go through as many mails as an agent's mail has looked through, until there are cases to show."""
    below, seen = None, set[str]()
    for most in PAGES:
        page = newest_found(conn, wanted, below, most, fitting)
        seen |= {ref for _, ref in page.mails}
        below = page.below
        if below is None or len(seen) > MOST_CASES:
            break


def server_clock(database: Database) -> Callable[[], float]:
    """A clock of the CPU that this thread and its server have used."""
    server = _server_process(database) if database.dialect == "postgresql" else None
    return lambda: time.thread_time() + (_cpu_of(server) if server else 0.0)


def _server_process(database: Database) -> int:
    return int(database.read_now(lambda conn: conn.execute(text("SELECT pg_backend_pid()")).scalar_one()))


def _cpu_of(process: int) -> float:
    """The seconds that another process has worked, to the nanosecond, as Linux tells."""
    return int(Path(f"/proc/{process}/schedstat").read_text().split()[0]) / 1e9


Measure = Callable[[Database, list[str]], dict[str, T]]
"""Measures something in a database, of mails with these words."""


def in_two_sizes(kind: str, mails: int, measure: Measure[T]) -> list[dict[str, T]]:
    """Measure among a tenth of so many mails and among all, each in a database of its own."""
    found = []
    with tempfile.TemporaryDirectory(prefix="maildesk-bench-") as folder, ExitStack() as ends:
        cluster = Postgres.start() if kind == "postgresql" else None
        if cluster:
            ends.callback(cluster.stop)
        for wanted in (mails // 10, mails):
            file, known = Path(folder) / f"{wanted}.db", vocabulary()
            database = Database.open(cluster.new_database(tables=True) if cluster else lay_tables(file))
            ends.callback(database.close_now)
            fill(database, wanted, known)
            found.append(measure(database, known))
    return found


def main() -> int:
    """Measure among a tenth and among all, print both; fail where the median of a search is too long."""
    parser = argparse.ArgumentParser(prog="python -m bench.searching", description=__doc__)
    parser.add_argument("--mails", type=int, default=1_000_000, help="how many (default 1,000,000)")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--repeats", type=int, default=5, help="how often each search (default 5)")
    given = parser.parse_args()
    found = in_two_sizes(given.database, given.mails, partial(times, repeats=given.repeats))
    print(
        f"{given.database}, {given.mails // 10:,} and {given.mails:,} mails, milliseconds a search (worst):"
    )
    for each in found[0]:
        middles = "".join(f"{1000 * of[each][0]:9.1f} ({1000 * of[each][1]:6.1f})" for of in found)
        print(f"  {each:22}{middles}")
    return 0 if max(middle for middle, _ in found[-1].values()) <= AT_MOST else 1


if __name__ == "__main__":
    sys.exit(main())
