"""The report as a letter: the values of its template, and its text as a page that mail programs show."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby
from typing import Any, Final

from maildesk.desk.case.told import Phrase
from maildesk.desk.figures.report import Report
from maildesk.pages.drawing import Drawing
from maildesk.pages.report_drawings import drawings
from maildesk.pages.report_rows import rows
from maildesk.pages.report_text import bars
from maildesk.pages.report_words import AGES, ANSWERS, FLOW

_MOST_LATE: Final = 50
_APART: Final = re.compile(r"\n[ \t]*\n+")
_ALIGNED: Final = re.compile(r"\S {2,}\S|^ {8,}\S|[▁-█]")
_GAP: Final = re.compile(" {2,}")
_BARS: Final = re.compile("[▁-█]")
_WIDE: Final = 600
_CELL: Final = 'style="padding:4px 8px 4px 0;border-bottom:1px solid #d0d7de"'
_AROUND: Final[Mapping[str, tuple[Phrase, Phrase]]] = {
    "flow": (
        FLOW,
        Phrase("blue: opened or came back; orange: ended; line: open at the end of each week"),
    ),
    "answers": (
        ANSWERS,
        Phrase("by the part of the promised time that each took, in per cent; blue: in time; red: late"),
    ),
    "ages": (
        AGES,
        Phrase("blue: the next word is ours; orange: the customer’s"),
    ),
}
"""The words around each drawing: what it is about, and what its marks are."""


def letter_values(report: Report, say: Callable[[str], str]) -> dict[str, Any]:
    """The values that the template of the letter is filled with; `say` speaks its language."""
    tallies = [each.tally for each in report.weeks]
    return {
        "week": report.week,
        "now": report.now,
        "rows": [
            {"label": say(each.label), "now": say(each.now), "before": say(each.before)}
            for each in rows(report)
        ],
        "bars": {
            name: bars([getattr(each, name) for each in tallies]) for name in ("opened", "ended", "after")
        },
        "told": [
            say(each.told) for each in drawings(report) if each.says_something and each.name != "flow"
        ],  # the bars above say of the flow what its drawing does
        "late": [{"ref": each.ref, "subject": each.subject} for each in report.late[:_MOST_LATE]],
        "lessons": [{"ref": each.ref, "words": each.words} for each in report.lessons],
    }


@dataclass(frozen=True, slots=True)
class LetterPicture:
    """A drawing of the letter: its heading, what its marks are, and the id under which it comes along."""

    drawing: Drawing
    heading: str
    marks: str
    content_id: str


def letter_pictures(report: Report, domain: str) -> list[LetterPicture]:
    """The drawings of the letter, whose ids are the same for the same report."""
    return [
        LetterPicture(each, *_AROUND[each.name], f"{each.name}.{report.week}@{domain}")
        for each in drawings(report)
        if each.says_something
    ]


def letter_page(
    text: str,
    language: str,
    pictures: Sequence[LetterPicture] = (),
    say: Callable[[str], str] = str,
) -> str:
    """The text of the letter for who reads mail as pages: its columns as tables, its bars as pictures."""
    blocks = [each for each in _APART.split(text.strip("\n")) if each.strip()]
    shown = "\n".join(_picture(each, say) for each in pictures)
    place = next((at for at, each in enumerate(blocks) if _BARS.search(each)), None) if pictures else None
    if place is None:
        parts = [*map(_block, blocks), *([shown] if pictures else [])]
    else:
        parts = [*map(_block, blocks[:place]), shown, *map(_block, blocks[place + 1 :])]
    body = "\n".join(parts)
    return (
        f'<!DOCTYPE html><html lang="{escape(language)}"><head><meta charset="utf-8">'
        '<meta name="color-scheme" content="light dark"></head>'
        '<body style="margin:0;padding:16px;font:16px/1.5 sans-serif">'
        f'<table role="presentation" width="{_WIDE}" style="width:100%;max-width:{_WIDE}px"><tr><td>\n'
        f"{body}\n</td></tr></table></body></html>"
    )


def _block(block: str) -> str:
    """A paragraph of the text; lines of it that stand in columns become a table."""
    parts = []
    for aligned, group in groupby(block.split("\n"), key=lambda line: bool(_ALIGNED.search(line))):
        lines = list(group)
        parts.append(_table(lines) if aligned else _paragraph(lines))
    return "\n".join(parts)


def _paragraph(lines: Iterable[str]) -> str:
    return f'<p dir="auto">{"<br>".join(map(escape, lines))}</p>'


def _table(lines: Sequence[str]) -> str:
    """Columns as cells: the first to the left, and numbers, of which there are several, to the right."""
    rows = [[escape(cell) for cell in _GAP.split(line.rstrip())] for line in lines]
    other = f'{_CELL} align="right"' if any(len(cells) > 2 for cells in rows) else _CELL
    made = "".join(
        f"<tr>{''.join(f'<td {other if at else _CELL}>{each}</td>' for at, each in enumerate(cells))}</tr>\n"
        for cells in rows
    )
    return f'<table width="100%" cellspacing="0" style="border-collapse:collapse">\n{made}</table>'


def _picture(picture: LetterPicture, say: Callable[[str], str]) -> str:
    style = f"display:block;width:100%;max-width:{_WIDE}px;height:auto;background:#ffffff"
    return (
        f'<h2 style="font-size:17px;margin:24px 0 4px">{escape(say(picture.heading))}</h2>\n'
        f'<p style="font-size:14px;margin:0 0 6px">{escape(say(picture.marks))}</p>\n'
        f'<img src="cid:{picture.content_id}" width="{_WIDE}" alt="{escape(say(picture.drawing.told))}" '
        f'style="{style}">'
    )
