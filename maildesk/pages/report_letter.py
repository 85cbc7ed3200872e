"""The report as a letter: the values of its template, and its text as a page that mail programs show."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from typing import Any, Final

from maildesk.desk.figures.report import Report
from maildesk.pages.report_rows import rows
from maildesk.pages.report_text import bars

_MOST_LATE: Final = 50
_APART: Final = re.compile(r"\n[ \t]*\n+")
_ALIGNED: Final = re.compile(r"\S {2,}\S|[▁-█]")


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
        "late": [{"ref": each.ref, "subject": each.subject} for each in report.late[:_MOST_LATE]],
        "lessons": [{"ref": each.ref, "words": each.words} for each in report.lessons],
    }


def letter_page(text: str, language: str) -> str:
    """The text of the letter for who reads mail as pages: what stands in columns keeps them."""
    blocks = filter(str.strip, _APART.split(text.strip("\n")))
    body = "\n".join(map(_block, blocks))
    return (
        f'<!DOCTYPE html><html lang="{escape(language)}"><head><meta charset="utf-8"></head>'
        f'<body style="background:#ffffff;color:#1b1f24;font-family:sans-serif">\n{body}\n</body></html>'
    )


def _block(block: str) -> str:
    if _ALIGNED.search(block):
        return f'<pre style="font-family:monospace;font-size:13px">{escape(block)}</pre>'
    lines = escape(block).replace("\n", "<br>\n")
    return f'<p dir="auto">{lines}</p>'
