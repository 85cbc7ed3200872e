"""What commands print: tables on a terminal, aligned columns in a pipe, JSON where asked for."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import click

from maildesk.cli.words import one_line

Column = tuple[str, str]
"""The key of a row and the heading above it."""

NOTHING = "-"

_UNPRINTABLE = re.compile("[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def print_json(value: Any) -> None:
    """JSON that a terminal shows as it is: whatever could steer it is escaped."""
    ascii_only = (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
    text = json.dumps(value, ensure_ascii=ascii_only, indent=2)
    click.echo(_UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text))


def print_table(rows: Sequence[Mapping[str, Any]], columns: Sequence[Column], none: str) -> None:
    """Rows under headings. `none` is said, on standard error, where there are no rows."""
    if not rows:
        click.echo(none, err=True)
        return
    cells = [[cell(row[key]) for key, _ in columns] for row in rows]
    headings = [heading for _, heading in columns]
    if sys.stdout.isatty():
        _print_rich(cells, headings)
    else:
        _print_plain([headings, *cells])


def cell(value: Any) -> str:
    """One value as a person reads it, on one line."""
    if value is None or value == "":
        return NOTHING
    return ("yes" if value else "no") if isinstance(value, bool) else one_line(str(value))


def short_time(text: str | None, zone: str) -> str | None:
    """A stored time, in the desk's own zone, to the minute."""
    if text is None:
        return None
    return datetime.fromisoformat(text).astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")


def _print_plain(lines: Sequence[Sequence[str]]) -> None:
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        padded = (word.ljust(width) for word, width in zip(line, widths, strict=True))
        click.echo("  ".join(padded).rstrip())


def _print_rich(cells: Sequence[Sequence[str]], headings: Sequence[str]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*headings, box=SIMPLE_HEAD, pad_edge=False)
    for line in cells:
        table.add_row(*(Text(word) for word in line))  # Text: brackets in a subject are no markup
    Console().print(table)


@contextmanager
def patience(doing: str) -> Iterator[None]:
    """Say what is being done while a person waits at a terminal; silent elsewhere."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console
    from rich.text import Text

    with Console(stderr=True).status(Text(doing)):
        yield
