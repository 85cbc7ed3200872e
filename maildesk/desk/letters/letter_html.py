"""The HTML side of a letter, made from its text so that the two never disagree."""

from __future__ import annotations

import re
from html import escape

_QUOTED = escape(">")
_PARAGRAPHS = re.compile(r"\n[ \t]*\n+")
_SPACES = re.compile("^ +|  +", re.MULTILINE)


def html_of(text: str) -> str:
    """Paragraphs and line ends as they stand in `text`, everything escaped; quotations become blockquotes.

    `dir="auto"` lets each paragraph run in the direction of its own script. No style, no image, no link
    that the text does not show.
    """
    body = "".join(map(_paragraph, _PARAGRAPHS.split(escape(text.strip("\n")))))
    return f'<!DOCTYPE html><html><head><meta charset="utf-8"></head><body>{body}</body></html>'


def _paragraph(block: str) -> str:
    """One block of escaped lines."""
    lines = block.split("\n")
    if all(line.startswith(_QUOTED) for line in lines):
        inner = _aligned("\n".join(line.removeprefix(_QUOTED).removeprefix(" ") for line in lines))
        return f'<blockquote dir="auto">{inner}</blockquote>\n'
    return f'<p dir="auto">{_aligned(block)}</p>\n'


def _aligned(block: str) -> str:
    """Its lines with their indents, which HTML does not show of itself and a pasted configuration needs."""
    wide = _SPACES.sub(lambda run: "&nbsp;" * len(run.group()), block.expandtabs(4))
    return wide.replace("\n", "<br>\n")
