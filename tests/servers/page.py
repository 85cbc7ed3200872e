"""The table of docs/servers.md, made of the kinds that the tests of this folder hold to what real servers do.

`python -m tests.servers.page` writes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from tests.servers.kinds import KINDS, Kind

PAGE = Path(__file__).parents[2] / "docs" / "servers.md"
HEAD = ("server", "`processed: Processed` is", "filed mail", "news while we wait", "quota", "a full mailbox")


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
    """The whole table."""
    lines = [HEAD, ("---",) * len(HEAD), *map(row, kinds)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def main() -> None:
    """Put the table of today into the page."""
    text = re.sub(
        r"^\| server \|.*\n(?:\|.*\n)*", lambda _: table(KINDS.values()), PAGE.read_text(), flags=re.M
    )
    PAGE.write_text(text)


if __name__ == "__main__":
    main()
