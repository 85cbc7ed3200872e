"""`python -m bench.mentioning`: how long it takes to find all that mentions a person who is to be erased."""

from __future__ import annotations

import argparse
import sys
from typing import Final

from sqlalchemy import update

from bench.searching import RANKS, in_two_sizes, server_clock
from maildesk.mail.identity.named_persons import NamedPerson
from maildesk.store.database import Database
from maildesk.store.mentions import mentions
from maildesk.store.schema import mails

KIM: Final = "kim@nowhere.example"
MINUTES: Final = 5 * 60.0
"""Seconds that it may take among a million mails."""


def persons(known: list[str]) -> dict[str, NamedPerson]:
    """People whom nobody mentions, but for the last: their name is two common words."""
    common = f"{known[RANKS['top']]} {known[RANKS['other']]}"
    return {
        "an address": NamedPerson(KIM),
        "and a name": NamedPerson(KIM, ("Kim Nobody",)),
        "accents": NamedPerson("josé@bücher.example", ("José Ávila",)),
        "another script": NamedPerson("иван@почта.example", ("Иван Петров",)),
        "two common words": NamedPerson(KIM, (common,)),
    }


def measured(database: Database, known: list[str]) -> dict[str, tuple[float, int]]:
    """Seconds of CPU of each person, and the mails that mention them."""
    whole = update(mails).values(text=mails.c.new_text + " " + mails.c.new_text)
    database.write_now(lambda conn: conn.execute(whole))
    clock, found = server_clock(database), dict[str, tuple[float, int]]()
    for name, person in persons(known).items():
        begun = clock()
        said = database.read_now(lambda conn, of=person: mentions(conn, of))  # type: ignore[misc]
        found[name] = clock() - begun, len(said.rows["mails"])
    return found


def main() -> int:
    """Measure among a tenth and among all, print both; fail where a million mails would take too long."""
    parser = argparse.ArgumentParser(prog="python -m bench.mentioning", description=__doc__)
    parser.add_argument("--mails", type=int, default=100_000, help="how many (default 100,000)")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    given = parser.parse_args()
    found = in_two_sizes(given.database, given.mails, measured)
    print(f"{given.database}, {given.mails // 10:,} and {given.mails:,} mails, seconds of CPU (mails found):")
    for each in found[0]:
        print(f"  {each:18}" + "".join(f"{of[each][0]:9.2f} ({of[each][1]:6})" for of in found))
    worst = max(seconds for seconds, _ in found[-1].values())
    return 0 if worst * 1_000_000 / given.mails <= MINUTES else 1


if __name__ == "__main__":
    sys.exit(main())
