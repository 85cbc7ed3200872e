"""The text of an HTML reply whose program marks as history what its author wrote, too."""

from __future__ import annotations

from typing import Final

from maildesk.mail.html.text import Allowance, html_to_text
from maildesk.mail.our_marks import with_marks
from maildesk.mail.reply.history import Doubt
from maildesk.mail.reply.reply_text import new_words, reply_parts, says_nothing

_MOST_ABOVE: Final = 20


def text_of_reply(source: str, limit: int = 2**20, allowance: Allowance | None = None) -> tuple[str, bool]:
    """The text of an HTML body, and whether it was cut.

    Where no words stand outside a program's own marks of history, the lines that introduce another mail tell
    what is history, as in plain text: some write below them, within the marks.
    """
    allowance = allowance or Allowance()
    text, cut = _marked_text(source, limit, allowance)
    if cut or not _may_say_nothing(text) or not says_nothing(reply_parts(text)):
        return text, cut
    bare, bare_cut = _marked_text(source, limit, allowance, marked=False)
    if bare_cut or bare == text or reply_parts(bare).doubt is not Doubt.BELOW_INTRODUCTION:
        return text, cut
    return bare, bare_cut


def _marked_text(source: str, limit: int, allowance: Allowance, *, marked: bool = True) -> tuple[str, bool]:
    text, cut = html_to_text(source, limit, allowance, marked=marked)
    return with_marks(text), cut


def new_words_of_html(html: str) -> str:
    """Return what the author of a reply in HTML wrote anew."""
    return new_words(text_of_reply(html)[0])


def _may_say_nothing(text: str) -> bool:
    """Tell whether hardly anything stands outside quotes, as where the whole mail is history."""
    lines = text.split("\n")
    outside = sum(bool(line) and line[0] != ">" for line in lines)
    return outside <= _MOST_ABOVE and any(line[:1] == ">" for line in lines)
