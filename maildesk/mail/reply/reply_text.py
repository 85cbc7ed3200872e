"""The author's new words of a reply, apart from quotes, signature and footers; when unsure, more is kept."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from maildesk.mail.reply.closings import greets
from maildesk.mail.reply.history import Doubt, History, LineKind
from maildesk.mail.reply.quoted_history import find_history
from maildesk.mail.reply.signatures import mark_signatures

_BLANK_RUN: Final = re.compile(r"\n{3,}")
_WORD: Final = re.compile(r"[^\W_]+")
_NO_WORDS: Final = str.maketrans(dict.fromkeys("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", " "))
# Marks of the writing direction, joiners and soft hyphens: mail programs set them around names and dates. The
# first is a dot in the middle, which add-ons of Gmail leave below the words to see who reads them.
_INVISIBLE: Final = re.compile("[\u1427\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_WRITTEN_OTHERWISE: Final = (
    ("\u00a0", " "), ("\u202f", " "), ("\u2007", " "), ("\u3000", " "), ("：", ":"), ("‐", "-"),
    ("‑", "-"), ("―", "-"), ("─", "-"), ("━", "-"), ("＞", ">"), ("＜", "<"),
)  # fmt: skip
_MOST_ANSWERED: Final = 12
"""So many quoted lines are shown above the words that answer them: most people answer the last ones."""


@dataclass(frozen=True, slots=True)
class ReplyParts:
    """A text taken apart: each of its lines has a kind, and a few hold a history's first words at their end.

    `rule` says what told the history (empty: there is none), `doubt` why the new words may not be exactly
    the author's.
    """

    lines: Sequence[str]
    kinds: bytes
    heads: Mapping[int, int]  # how many characters are the author's of a line that is not
    rule: str = ""
    doubt: Doubt | None = None
    doubtful: Sequence[tuple[int, int]] = ()  # lines that were kept, though they may be a signature

    @property
    def sure(self) -> bool:
        return self.doubt is None

    @property
    def new(self) -> str:
        """The words that the author wrote anew."""
        return self._joined((LineKind.NEW,))

    @property
    def signature(self) -> str:
        """The author's signature, a telephone's footer, a company's legal notice."""
        return self._joined((LineKind.SIGNATURE,))

    @property
    def signed(self) -> str:
        """The new words with the signature where it stood."""
        return self._joined((LineKind.NEW, LineKind.SIGNATURE))

    @property
    def quoted(self) -> str:
        """The history with what introduces it."""
        return self._joined((LineKind.QUOTED,))

    @property
    def forwarded(self) -> str:
        """A mail that the author passes on."""
        return self._joined((LineKind.FORWARDED,))

    @property
    def in_context(self) -> str:
        """The new words, those below quoted lines with the lines they answer: the last few of them.

        What an unmarked introduction leads to answers nothing that is there.
        """
        asked = () if self.doubt is Doubt.BELOW_INTRODUCTION else self._answered()
        if not asked:
            return self.new
        kinds = bytearray(self.kinds.replace(bytes([LineKind.QUOTED]), bytes([LineKind.FORWARDED])))
        for start, end in asked:
            kinds[start:end] = self.kinds[start:end]
        return self._joined((LineKind.NEW, LineKind.QUOTED), kinds)

    def _answered(self) -> Sequence[tuple[int, int]]:
        """The quoted lines that new words stand below."""
        found: list[tuple[int, int]] = []
        start = end = 0
        for number, kind in enumerate(self.kinds if LineKind.QUOTED in self.kinds else b""):
            if kind == LineKind.QUOTED:
                start, end = start if end else number, number + 1
            elif end and kind == LineKind.NEW and self.lines[number].strip():
                found.append((max(start, end - _MOST_ANSWERED), end))
                end = 0
        return found

    def _joined(self, wanted: Sequence[int], kinds: bytes | bytearray | None = None) -> str:
        """The lines of these kinds; a blank line stands where others were between them."""
        kinds = self.kinds if kinds is None else kinds
        if not self.heads and not any(kind in kinds for kind in wanted):
            return ""
        if not kinds.strip(bytes(wanted)) and not self.heads:
            return _BLANK_RUN.sub("\n\n", "\n".join(self.lines)).strip()
        kept: list[str] = []
        gap = False
        for number, kind in enumerate(kinds):
            line = self.lines[number]
            head = self.heads.get(number, 0)
            if head and LineKind.NEW in wanted and kind not in wanted:
                line = line[:head]
            elif kind not in wanted:
                gap = True
                continue
            elif head and LineKind.NEW not in wanted:
                line = line[head:]
            if gap and kept:
                kept.append("")
            gap = False
            kept.append(line)
        return _BLANK_RUN.sub("\n\n", "\n".join(kept)).strip()


def new_words(text: str) -> str:
    """Return what the author of a reply wrote anew."""
    return reply_parts(text).new


def says_nothing(reply: ReplyParts) -> bool:
    """Tell whether no words of the author are left, or only a greeting."""
    new = reply.new
    return not new or ("\n" not in new and greets(new))


def reply_parts(text: str) -> ReplyParts:
    """A text taken apart. Nothing is lost: what is not new stands in another part."""
    lines = text.split("\n")
    shapes = _shapes(text)
    words = _words(text)
    history = find_history(shapes, words)
    mark_signatures(shapes, words, history, lines)
    if history.bare and all(map(greets, _said(shapes, history))) and not history.split:
        history = _words_below(shapes, words, lines, history)
    if history.doubt is None and LineKind.NEW not in history.kinds and text:
        history.doubt = Doubt.ONLY_SIGNATURE
    heads = {at: _head(lines[at], shapes[at], kept) for at, kept in history.split.items()}
    return ReplyParts(lines, bytes(history.kinds), heads, history.rule, history.doubt, history.doubtful)


def _words_below(
    shapes: Sequence[str], words: AbstractSet[str], lines: Sequence[str], history: History
) -> History:
    """The history once more where no words stand above it, or a greeting: it may introduce words.

    Some write below the line that their program put there, and took the quote marks away. Who sends nothing
    but a history looks the same, so this is a doubt.
    """
    above = history.kinds.find(LineKind.QUOTED)
    below = find_history(shapes, words, wordless=sum(map(bool, shapes[:above])))
    mark_signatures(shapes, words, below, lines)
    if not below.split and len(_said(shapes, below)) == len(_said(shapes, history)):
        return history
    below.doubt = Doubt.BELOW_INTRODUCTION
    return below


def _said(shapes: Sequence[str], history: History) -> list[str]:
    """The lines that are left to the author."""
    return [shape for kind, shape in zip(history.kinds, shapes, strict=True) if shape and not kind]


def _shapes(text: str) -> list[str]:
    """The lines as they are compared: stripped, and with one kind of space, dash and colon."""
    if not text.isascii():
        text = _INVISIBLE.sub("", text)
        for other, plain in _WRITTEN_OTHERWISE:
            text = text.replace(other, plain)
    return [line.strip() for line in text.split("\n")]


def _words(text: str) -> set[str]:
    """All words in small letters, to see what cannot be there. Scripts without spaces give their letters."""
    if text.isascii():
        return set(text.lower().translate(_NO_WORDS).split())
    words = set(_WORD.findall(text.lower()))
    return words.union(*(word for word in words if not word.isascii()))


def _head(line: str, shape: str, kept: int) -> int:
    """Count the characters of a line that hold its first words, counted in its shape."""
    if not line.isascii():
        at = 0
        for position, character in enumerate(line):
            if at == kept:
                return position
            at += bool(at or not character.isspace()) and not _INVISIBLE.match(character)
        return len(line)
    return line.index(shape[:1]) + kept
