"""An author's own words and nothing else, to be said on in their name: when unsure, less is kept.

`reply_text` keeps what may be new; here whatever may be somebody else's goes. A notice of ours that was
copied without quote marks is known by the marks at its head and foot; by its foot alone nothing is kept.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from maildesk.mail import header_blocks
from maildesk.mail.header_blocks import LabelRole
from maildesk.mail.our_marks import holds_end, is_end
from maildesk.mail.reply.attribution import Attributions, is_moment, may_end
from maildesk.mail.reply.history import Doubt, LineKind
from maildesk.mail.reply.reply_text import ReplyParts, reply_parts
from maildesk.mail.reply.separators import like_separator
from maildesk.mail.reply.signatures import is_footer

# Dashes become others, words are wrapped: programs that quote change what lies between the words.
_MARK: Final = re.compile(r"[Rr]eply\W{1,8}above\W{1,8}this\W{1,8}line")
_END_WORDS: Final = "of this notice"
_QUOTED: Final = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]*[>＞]")
_BLANK: Final = " \t\u00a0\u1427_-=*—–"
_LABELLED: Final = re.compile(r"[*_]*[^\W\d_][\w .'’-]{0,23}[*_]*\s?[:：][*_]*\s?\S")
_ADDRESS: Final = re.compile(r"\S@\S")
_MOST_ABOVE: Final = 12
_MOST_CHARS: Final = 400
_MOST_SIGNATURE: Final = 15
_ABOUT_SIGNATURES: Final = frozenset({Doubt.BELOW_CLOSING, Doubt.BELOW_DASHES, Doubt.LIKE_NOTICE})


@dataclass(frozen=True, slots=True)
class OwnWords:
    """The words of an author in a mail, and the signature below it, without what a telephone adds."""

    text: str
    signature: str = ""


def own_words(text: str, reply: ReplyParts) -> OwnWords:
    """The author's own words of a text that `reply` took apart: nothing quoted, no signature."""
    marks = _marked(text)
    if not marks:
        return OwnWords("") if _headless(text, reply) else _said([_strict(reply)])
    lines = reply.lines
    bare = next((at for at in marks if not _QUOTED.match(lines[at])), None)
    if bare is None:
        below = any(line.strip(_BLANK) and not _QUOTED.match(line) for line in lines[marks[0] + 1 :])
        return _said(_around(lines, marks, len(lines)) if below else [_strict(reply)])
    end = _last_end(lines, bare) if _END_WORDS in text else len(lines)
    if not any(line.strip(_BLANK) for line in lines[end:]) and _is_history(reply.kinds[bare:]):
        return _said([_strict(reply)])
    return _said(_around(lines, marks, end, bare))


def _headless(text: str, reply: ReplyParts) -> bool:
    """Tell whether the foot of a notice stands among the words: all above it may be the notice's."""
    if _END_WORDS not in text:
        return False
    new = (line for line, kind in zip(reply.lines, reply.kinds, strict=True) if kind == LineKind.NEW)
    return any(_END_WORDS in line and is_end(line) and not _QUOTED.match(line) for line in new)


def _said(pieces: Sequence[ReplyParts]) -> OwnWords:
    text = "\n\n".join(filter(None, (each.new for each in pieces)))
    signed = (each.signature for each in pieces if not each.doubt)
    return OwnWords(text, next((found for each in signed if (found := _signature(each))), ""))


def _signature(cut: str) -> str:
    """A signature without a telephone's footer; none if it is longer than signatures are."""
    lines = [line for line in cut.split("\n") if not is_footer(line.strip()) and not _QUOTED.match(line)]
    found = "\n".join(lines).strip("\n")
    few = len(lines) <= _MOST_SIGNATURE and not _MARK.search(found) and not holds_end(found)
    return found if few and found.strip(_BLANK + "\n") else ""


def _is_history(kinds: bytes) -> bool:
    return not kinds.strip(bytes([LineKind.QUOTED, LineKind.FORWARDED]))


def _marked(text: str) -> list[int]:
    """The lines on which a letter of ours says that the reply goes above."""
    numbers: list[int] = []
    number = at = 0
    for found in _MARK.finditer(text):
        number += text.count("\n", at, found.start())
        at = found.start()
        numbers.append(number)
    return numbers


def _last_end(lines: Sequence[str], after: int) -> int:
    """Find where the last foot of a notice ends (it may quote others)."""
    numbers = range(len(lines) - 1, after, -1)
    found = (at for at in numbers if _END_WORDS in lines[at] and is_end(lines[at]))
    return next(found, len(lines) - 1) + 1


def _around(
    lines: Sequence[str], marks: Sequence[int], end: int, bare: int | None = None
) -> list[ReplyParts]:
    """The words around a notice, or between its quoted lines; `bare` begins one without quote marks."""
    told = list(lines[:end])
    for at in marks:
        if at < end:
            told[at] = ">"  # read as a mark, it would make history of every line below
    if bare is not None:
        told[bare:end] = [f"> {line}" for line in told[bare:end]]
    return [_strict(reply_parts("\n".join(each))) for each in (told, lines[end:])]


# --- what may be somebody else's --------------------------------------------------------------------


def _strict(reply: ReplyParts) -> ReplyParts:
    """The same without the lines that may be others' words, or introduce them."""
    kinds, heads = bytearray(reply.kinds), reply.heads
    for start, end in reply.doubtful:
        kinds[start:end] = bytes([LineKind.SIGNATURE]) * (end - start)
    quoted = kinds.find(LineKind.QUOTED)
    if reply.doubt is Doubt.BELOW_INTRODUCTION:  # above it stands a greeting at most
        return replace(reply, kinds=bytes([LineKind.QUOTED]) * len(kinds), heads={})
    if quoted < 0 and reply.doubt is None and ">" not in "".join(line[:1] for line in reply.lines):
        return reply
    for number, line in enumerate(reply.lines):
        if kinds[number] == LineKind.NEW and _QUOTED.match(line):
            kinds[number] = LineKind.QUOTED
    quoted = kinds.find(LineKind.QUOTED)
    if quoted > 0:
        _mark_introduction(reply.lines, kinds, quoted)
    if reply.doubt is Doubt.LIKE_HISTORY:
        start = _like_history(reply.lines, kinds)
        kinds[start:] = bytes([LineKind.QUOTED]) * (len(kinds) - start)
        heads = {at: kept for at, kept in heads.items() if at < start}
    doubt = None if reply.doubtful and reply.doubt in _ABOUT_SIGNATURES else reply.doubt
    return replace(reply, kinds=bytes(kinds), heads=heads, doubt=doubt)


def _mark_introduction(lines: Sequence[str], kinds: bytearray, quoted: int) -> None:
    """Header lines or an attribution above the first quote, in whichever language and form.

    Words are not taken for them below which a known one stands.
    """
    begins = next((line for line in lines[quoted:] if line.strip(_BLANK)), "")
    if not (_QUOTED.match(begins) or _MARK.search(begins)):
        return  # it was recognised already
    last = quoted - 1
    while last >= 0 and quoted - last < 4 and not lines[last].strip(_BLANK):
        last -= 1
    if last < 0 or kinds[last] != LineKind.NEW or not lines[last].strip(_BLANK):
        return
    first = last + 1
    while first > 0 and last + 1 - first < _MOST_ABOVE and _is_labelled(lines[first - 1]):
        first -= 1
    few = (
        last + 1 - first < 2
        and header_blocks.role_of(lines[last].strip()[:_MOST_CHARS]) is not LabelRole.FROM
    )
    if few or not _names_place_or_time(lines[first : last + 1]):
        first = _attribution(lines, last)
    kinds[first : last + 1] = bytes([LineKind.QUOTED]) * (last + 1 - first)


def _is_labelled(line: str) -> bool:
    return bool(_LABELLED.match(line.strip()[:_MOST_CHARS]))


def _names_place_or_time(lines: Sequence[str]) -> bool:
    return any(_ADDRESS.search(line[:_MOST_CHARS]) or is_moment(line) for line in lines)


def _attribution(lines: Sequence[str], last: int) -> int:
    """Find where something like an attribution begins that ends on this line; else the line below."""
    line = lines[last].strip()[:_MOST_CHARS]
    if _ADDRESS.search(line) and (is_moment(line) or line[-1] in ":：>"):
        return last
    if line[-1] not in ":：":
        return last + 1
    for first in range(last, max(last - 3, -1), -1):
        if not lines[first].strip():
            break
        if _names_place_or_time(lines[first : first + 1]):
            return first
    return last + 1


def _like_history(lines: Sequence[str], kinds: bytearray) -> int:
    """The first line of the author's that reads like the beginning of history."""
    shapes = [line.replace("\u00a0", " ").strip() for line in lines]
    attributions = Attributions(shapes)
    for number, line in enumerate(shapes):
        if not line or kinds[number] != LineKind.NEW:
            continue
        if ":" in line[:40] and header_blocks.role_of(line) is LabelRole.FROM:
            block = header_blocks.block_at(shapes, number)
            if block.dated:
                return number
        if header_blocks.is_raw_header(line) or (line[0] in "-_=*~–—" and like_separator(line)):
            return number
        if may_end(line) and attributions.plausible(number, 0) and attributions.may_begin_history(number, 0):
            return number
    return len(lines)
