"""Several references for one act: typed one after the other, or on standard input, a line each."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

import click

from maildesk.cli.desks import reference
from maildesk.errors import BadInput

if TYPE_CHECKING:
    from maildesk.store.database import Connection

several_refs: Callable[[Callable[..., Any]], Callable[..., Any]] = click.argument(
    "refs", metavar="REF… | -", nargs=-1, required=True
)

_WHOLE: Final = re.compile(r"#?[0-9A-Za-z]{4}-[0-9A-Za-z]{4,8}")
"""A whole reference as we write it: no name of an agent, a status or an outcome is taken for one."""
_HEADING: Final = "CASE"
"""The heading of the first column of `case list`."""
_STDIN: Final = "-"
_MOST: Final = 1 << 20


def refs_and(words: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Take references, and after them the `words` of the act."""
    return click.argument("words", metavar=f"REF… {words}".rstrip(), nargs=-1, required=True)


def parted(words: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Part the references from what follows: the first word is one, others are where they are whole."""
    count = 1
    while count < len(words) and words[0] != _STDIN and _WHOLE.fullmatch(words[count]):
        count += 1
    return tuple(words[:count]), tuple(words[count:])


def refs_and_one(words: Sequence[str], what: str) -> tuple[tuple[str, ...], str | None]:
    """Part the references from the one word that may follow them."""
    refs, others = parted(words)
    if len(others) > 1:
        raise click.UsageError(f"{what} is one word or stands in quotes; write further references in full")
    return refs, others[0] if others else None


def typed_refs(refs: Sequence[str]) -> tuple[str, ...]:
    """The references as somebody typed them, those of standard input for `-`."""
    return tuple(_read()) if tuple(refs) == (_STDIN,) else tuple(refs)


def known_refs(conn: Connection, refs: Sequence[str]) -> list[str]:
    """The cases that are meant, each once; raises where one is not known, before anything is done."""
    return list(dict.fromkeys(reference(conn, each) for each in refs))


def _read() -> list[str]:
    """The first word of each line: what `case list` prints can be handed on as it is."""
    raw = sys.stdin.buffer.read(_MOST + 1)
    if len(raw) > _MOST:
        raise BadInput(
            "more than 1 MiB of references stands on standard input", remedy="give fewer at a time"
        )
    firsts = [line.split()[0] for line in raw.decode("utf-8", "replace").splitlines() if line.split()]
    return [each for each in firsts if each != _HEADING]
