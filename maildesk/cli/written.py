"""Words a person gives a command: as an argument, on standard input, or in an editor."""

from __future__ import annotations

import sys

import click

from maildesk.cli.words import plain
from maildesk.errors import BadInput

_MOST = 1 << 20
_MARK = "# --- what stands below this line is left out ---"


def written(text: str | None, what: str) -> str:
    """The argument unless it is `-` or missing; then standard input, or at a terminal the editor."""
    if text is not None and text != "-":
        return plain(text)
    if text is None and sys.stdin.isatty():
        return _edited(what)
    raw = sys.stdin.buffer.read(_MOST + 1)
    if len(raw) > _MOST:
        raise BadInput(f"the {what} is longer than 1 MiB", remedy="write a shorter one")
    try:
        return plain(raw.decode("utf-8"))
    except UnicodeDecodeError:
        raise BadInput(f"the {what} is not UTF-8 text", remedy="save it as UTF-8") from None


def _edited(what: str) -> str:
    try:
        text = click.edit(f"\n\n{_MARK}\n# Write your {what} above. Leave it empty to change your mind.\n")
    except click.ClickException as problem:
        raise BadInput(
            f"no editor: {problem.format_message()}", remedy="set $EDITOR, or give the text"
        ) from problem
    words = plain((text or "").partition(_MARK)[0]).strip()
    if not words:
        raise BadInput(f"no {what} was written: nothing was done")
    return words
