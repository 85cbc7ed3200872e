"""The output of commands: tables on a terminal, aligned columns in a pipe, JSON where asked for."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import click

from maildesk.cli.words import TURNING, UNSEEN, one_line

Column = tuple[str, str]
"""The key of a row and the heading above it."""

NOTHING = "-"

_LONG = frozenset({"subject", "requester", "owner", "from", "to", "reason"})
"""Columns that may be cut on a terminal that is too narrow for everything."""
_LEAST = 16
"""Characters that must be left of one."""

_UNPRINTABLE = re.compile(f"[\x7f-\x9f\u2028\u2029{TURNING}{UNSEEN}]")


def print_json(value: Any) -> None:
    """JSON that a terminal shows as it is: whatever could steer it or hide is escaped."""
    ascii_only = (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
    text = json.dumps(value, ensure_ascii=ascii_only, indent=2)
    click.echo(_UNPRINTABLE.sub(lambda found: json.dumps(found[0])[1:-1], text))


def print_table(
    rows: Sequence[Mapping[str, Any]],
    columns: Sequence[Column],
    none: str,
    spare: Sequence[str] = (),
    styles: Sequence[Mapping[str, str]] = (),
) -> None:
    """Rows under headings. `none` is said, on standard error, where there are no rows.

    `spare` are the keys a narrow terminal goes without, the first one first. `styles` are, row by row, the
    colours of its cells by their keys: never all that says something, since not everybody sees them.
    """
    if not rows:
        click.echo(none, err=True)
        return
    lines = [{key: cell(row[key]) for key, _ in columns} for row in rows]
    if sys.stdout.isatty():
        _print_rich(lines, columns, spare, styles or [{}] * len(lines))
    else:
        _print_plain([[name for _, name in columns], *(list(line.values()) for line in lines)])


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


def _print_rich(
    lines: Sequence[Mapping[str, str]],
    columns: Sequence[Column],
    spare: Sequence[str],
    styles: Sequence[Mapping[str, str]],
) -> None:
    """As wide as the terminal: what says nothing is left out, long texts are cut, a reference never."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    shown = [(key, name) for key, name in columns if any(line[key] != NOTHING for line in lines)]
    for key in spare:
        if _least_width(lines, shown) > console.width:
            shown = [column for column in shown if column[0] != key]
    table = Table(box=SIMPLE_HEAD, show_edge=False, padding=(0, 1, 0, 0))
    for key, name in shown:
        table.add_column(Text(name, no_wrap=True), no_wrap=key not in _LONG, min_width=len(name))
    for line, style in zip(lines, styles, strict=True):
        # Text: brackets in a subject are no markup.
        cells = (Text(line[key], style.get(key, ""), no_wrap=True, overflow="ellipsis") for key, _ in shown)
        table.add_row(*cells)
    console.print(table)


def _least_width(lines: Sequence[Mapping[str, str]], columns: Sequence[Column]) -> int:
    return sum(
        2 + (_LEAST if key in _LONG else max(len(name), *(len(line[key]) for line in lines)))
        for key, name in columns
    )


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


@contextmanager
def counting(doing: str, total: int) -> Iterator[Callable[[int], None]]:
    """Show how far a long work is while a person waits at a terminal; silent elsewhere."""
    if not sys.stderr.isatty():
        yield lambda done: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(doing, total=total)
        yield lambda done: progress.update(task, advance=done)
