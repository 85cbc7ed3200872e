"""`python -m bench.reading`: what reading costs, and whether anything costs more than its size."""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bench.reading.body_structures import bodies
from bench.reading.desk_words import readers, texts
from bench.reading.growth import LINEAR, STEEPEST, Growth, grown, least
from bench.reading.header_structures import fields, repeated_fields
from bench.reading.part_structures import parts
from bench.reading.speed import read_all, speeds
from bench.reading.structures import TOP, Structure


def arguments(words: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.reading", description=__doc__)
    parser.add_argument(
        "--only", metavar="GROUP", help="grow only groups whose names begin so (see the first column)"
    )
    parser.add_argument("--all", action="store_true", help="a line for each structure, not for each group")
    parser.add_argument("--no-growth", action="store_true", help="the cost of ordinary mails only")
    return parser.parse_args(words)


@dataclass(frozen=True, slots=True)
class Group:
    """Things that can be made large, what reads them, and what it is given to see what nothing costs."""

    name: str
    structures: list[Structure]
    read: Callable[[bytes], object] = read_all
    empty: bytes = TOP + b"\r\nhi"


def groups() -> Iterator[Group]:
    """Everything that can be made large: mails that are read, and the words that the desk then looks at."""
    for made in (fields, repeated_fields, bodies, parts):
        for name, structures in made():
            yield Group(name, structures)
    for reader in readers():
        yield Group(reader.name.removeprefix("maildesk."), list(texts()), reader.of_bytes, b"")


def main(words: list[str] | None = None) -> int:
    """1 if something costs more than its size. Missing an aim is told, but is no failure: machines differ."""
    given = arguments(words)
    print(f"{os.cpu_count()} CPUs, Python {platform.python_version()}, {platform.machine()}\n")
    if not given.only:
        print(f"{'milliseconds of CPU':58}{'':9}{'aim':>8}")
        print("\n".join(map(str, speeds())))
    return 0 if given.no_growth else growth(given.only, every=given.all)


def growth(only: str | None, *, every: bool) -> int:
    """The table of growth, then the structures that are not linear and the worst of all."""
    print(f"\n{'made large':40}{'structures':>11}{'exponent':>10}{'':4}{'most, ms':>9}  the most expensive")
    measured: list[Growth] = []
    for group in groups():
        if only is None or group.name.startswith(only):
            empty = _least_of(group)
            found = [grown(each, group.read, empty) for each in group.structures]
            measured += found
            print(row(group.name, found), flush=True)
            for each in found if every else ():
                print(f"  {told(each)}")
    if not measured:
        print(f"There is no group {only!r}; there are {', '.join(group.name for group in groups())}.")
        return 2
    wrong = [each for each in measured if not each.linear]
    for each in wrong:
        print(f"NOT LINEAR {told(each)}")
    if not wrong:
        print(
            f"\nAll {len(measured)} structures are linear: an exponent of at most {LINEAR} over all sizes, "
            f"{STEEPEST} over any three doublings."
        )
    return 1 if wrong else 0


def _least_of(group: Group) -> float:
    return least(lambda: group.read(group.empty), 50)


def row(group: str, found: list[Growth]) -> str:
    """A group on one line."""
    exponents = [each.exponent for each in found if each.exponent is not None]
    steepest = max(exponents, default=0.0)
    worst = max(found, key=lambda each: each.largest[1])
    size, cost = worst.largest
    verdict = "ok" if all(each.linear for each in found) else "NO"
    return (
        f"{group[:40]:40}{len(found):11}{steepest:10.2f} {verdict:3}"
        f"{cost * 1000:9.1f}  {worst.structure.name} ({size // 1024} KiB)"
    )


def told(each: Growth) -> str:
    """One structure on one line, its costs at each size behind it."""
    exponent = "     " if each.exponent is None else f"{each.exponent:5.2f}"
    costs = " ".join(f"{size // 1024}K:{cost * 1000:.1f}" for size, cost in each.seconds.items())
    refused = f", refused from {each.refused // 1024} KiB" if each.refused else ""
    return f"{exponent} {each.structure.name:40} {costs}{refused}"


if __name__ == "__main__":
    sys.exit(main())
