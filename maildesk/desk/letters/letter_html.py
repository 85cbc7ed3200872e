"""The HTML side of a letter, made from its text so that the two never disagree.

An agent's words keep the form that their author gave them: `mail/html/rich_words.py` sees to it that they say
what the text says.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from html import escape

from maildesk.desk.letters.shown_question import AnswerLink
from maildesk.mail.message import FileKey, RichWords
from maildesk.mail.our_marks import LETTER_BEGIN

_QUOTED = escape(">")
_PARAGRAPHS = re.compile(r"\n[ \t]*\n+")
_SPACES = re.compile("^ +|  +", re.MULTILINE)


_BUTTON = "display:inline-block;padding:8px 18px;border:1px solid #777777;border-radius:4px"
"""The look of an answer to be clicked; mail programs show no style but one that stands in its place."""


def html_of(
    text: str, words: str = "", rich: str = "", links: Sequence[AnswerLink] = (), *, language: str = ""
) -> str:
    """Paragraphs and line ends as they stand in `text`, everything escaped; quotations become blockquotes.

    `dir="auto"` lets each paragraph run in the direction of its own script. No image, no link that the text
    does not show, no style but that of the buttons which the lines of `links` become. Where lines of
    their own say `words`, and they alone, `rich` stands for them.
    """
    sign = LETTER_BEGIN if text.startswith(LETTER_BEGIN) else ""
    text = text.removeprefix(sign)
    buttons = {escape(each.line): each for each in links}
    before, found, after = text.partition(words) if rich else ("", "", "")
    apart = found and before[-1:] in ("", "\n") and after[:1] in ("", "\n") and words not in after
    if apart:
        shown = f'<div dir="auto">{rich}</div>\n'
        body = f"{_paragraphs(before, buttons)}{shown}{_paragraphs(after, buttons)}"
    else:
        body = _paragraphs(text, buttons)
    tag, end, rest = body.partition(">")
    body = f"{tag}{end}{sign}{rest}"  # before the first paragraph it would take a line of its own
    spoken = f' lang="{escape(language)}"' if language else ""
    return f'<!DOCTYPE html><html{spoken}><head><meta charset="utf-8"></head><body>{body}</body></html>'


def _paragraphs(text: str, buttons: Mapping[str, AnswerLink]) -> str:
    blocks = _PARAGRAPHS.split(escape(text.strip("\n")))
    return "".join(_paragraph(block, buttons) for block in blocks if block.strip())


def _paragraph(block: str, buttons: Mapping[str, AnswerLink]) -> str:
    """One block of escaped lines."""
    lines = block.split("\n")
    if all(line in buttons for line in lines):
        cells = "".join(f"<td>{_button(buttons[line])}</td>" for line in lines)
        return f'<table role="presentation" cellspacing="8"><tr>{cells}</tr></table>\n'
    if all(line.startswith(_QUOTED) for line in lines):
        inner = _aligned("\n".join(line.removeprefix(_QUOTED).removeprefix(" ") for line in lines))
        return f'<blockquote dir="auto">{inner}</blockquote>\n'
    return f'<p dir="auto">{_aligned(block)}</p>\n'


def _button(link: AnswerLink) -> str:
    return f'<a href="{escape(link.href)}" style="{_BUTTON}">{escape(link.name)}</a>'


def _aligned(block: str) -> str:
    """Its lines with their indents, which HTML does not show of itself and a pasted configuration needs."""
    wide = block.expandtabs(4)
    if "  " in wide or "\n " in wide or wide.startswith(" "):  # few have any
        wide = _SPACES.sub(lambda run: "&nbsp;" * len(run.group()), wide)
    return wide.replace("\n", "<br>\n")


def content_ids(rich: RichWords, enclosed: Collection[FileKey], domain: str) -> dict[FileKey, str]:
    """A Content-ID of ours for each picture that stands among the words and goes along (RFC 2392)."""
    along = frozenset(enclosed)
    pictures = dict.fromkeys(each for each in rich if isinstance(each, FileKey) and each in along)
    return {each: f"{each.sha256[:32]}.{number}@{domain}" for number, each in enumerate(pictures, 1)}


def with_pictures(rich: RichWords, ids: Mapping[FileKey, str], names: Mapping[FileKey, str]) -> str:
    """The words in one piece, with those pictures that go along, by the `names` that they go out under."""
    pictures = {key: f'<img src="cid:{ids[key]}" alt="{escape(names[key])}">' for key in ids}
    return "".join(each if isinstance(each, str) else pictures.get(each, "") for each in rich)
