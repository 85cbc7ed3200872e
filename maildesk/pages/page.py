"""A page: one HTML file that asks for nothing, runs no script but its own, and shows words as words."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from html import escape
from typing import Final

from maildesk.pages.tokens import STYLE

MOST_WORDS: Final = 160
"""The characters that are shown of one text of a customer's; of what follows there is an ellipsis."""

_STEERING: Final = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Characters that turn the direction of text (UAX 9): they would turn what stands beside it too."""
_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]+")


def words(text: str, most: int = MOST_WORDS) -> str:
    """Somebody's words as text of a page: on one line, and whatever they hold, no markup."""
    line = " ".join(_CONTROL.sub(" ", _STEERING.sub("", text[: 4 * most])).split())
    cut = f"{line[: most - 1].rstrip()}…" if len(line) > most or len(text) > 4 * most else line
    return escape(cut)


def page(
    title: str, body: str, style: str = "", script: str = "", *, again: int = 0, language: str = "en"
) -> str:
    """A whole page. `body` is markup; `style` and `script` are ours, and the only ones that will count.

    `again`: the seconds after which a browser reads it again, for a screen on a wall; 0 is never.
    `language` is the tag of the language that its words are in.
    """
    sheet = f"{STYLE}{style}"
    run = f"<script>{script}</script>\n" if script else ""
    return (
        f'<!DOCTYPE html>\n<html lang="{escape(language)}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_allowed(sheet, script)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n<meta name="robots" content="noindex">\n'
        f"{_again(again)}<title>{words(title)}</title>\n<style>{sheet}</style>\n</head>\n"
        f"<body>\n{body}{run}</body>\n</html>\n"
    )


def _again(seconds: int) -> str:
    return f'<meta http-equiv="refresh" content="{seconds}">\n' if seconds else ""


def _allowed(style: str, script: str) -> str:
    """The policy of a page's content: this style and this script, by their digests, and no more."""
    laws = ["default-src 'none'", f"style-src '{_digest(style)}'", "base-uri 'none'", "form-action 'none'"]
    return "; ".join([*laws, *([f"script-src '{_digest(script)}'"] if script else [])])


def _digest(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"
