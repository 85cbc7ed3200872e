"""The tables of docs/servers.md, made of the kinds and roads that this folder holds to real servers.

`python -m tests.servers.page` writes them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from tests.servers.kinds import KINDS, Kind
from tests.servers.roads import ROADS, Road

PAGE = Path(__file__).parents[2] / "docs" / "servers.md"
HEAD = ("server", "`processed: Processed` is", "filed mail", "news while we wait", "quota", "a full mailbox")
ROADS_HEAD = ("filter", "put into the mailbox by", "`trust`, beside `authserv_id`")


def row(kind: Kind) -> tuple[str, ...]:
    """What a server does, as people read it."""
    marked = f"stays, marked `{kind.keyword}`" if kind.keyword else "stays as it is"
    return (
        kind.title,
        f"`{kind.processed}`" if kind.moves else "not used",
        "moved" if kind.moves else marked,
        "at once" if kind.tells_at_once else "late or never",
        "told" if kind.quota else "none",
        {"moved": "filed mail is moved", "stays": "filed mail stays", "": "-"}[kind.full],
    )


def table(kinds: Iterable[Kind]) -> str:
    """The table of servers."""
    return _drawn(HEAD, map(row, kinds))


def roads_table(roads: Iterable[Road]) -> str:
    """The table of filters and deliveries."""
    return _drawn(ROADS_HEAD, ((road.filter, road.delivery, road.shown) for road in roads))


def _drawn(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def main() -> None:
    """Put the tables of today into the page."""
    text = _with_table(PAGE.read_text(), HEAD, table(KINDS.values()))
    PAGE.write_text(_with_table(text, ROADS_HEAD, roads_table(ROADS.values())))


def _with_table(text: str, head: tuple[str, ...], drawn: str) -> str:
    """The page with this table where the one with that head stood."""
    place = rf"^\| {re.escape(head[0])} \|.*\n(?:\|.*\n)*"
    return re.sub(place, lambda _: drawn, text, flags=re.MULTILINE)


if __name__ == "__main__":
    main()
