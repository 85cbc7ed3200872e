"""A form inside a mail: its labels with what stands behind them, over the whole text, quotations included.

People fill a form in where it stands, which is below the quote marks of their answer, or write its lines anew
above. Which of them counts is not said here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from maildesk.mail.reply.history import LineKind
from maildesk.mail.reply.reply_text import reply_parts

MOST_VALUE: Final = 4000
"""Characters of one value; the mail has them all."""
_MOST_PAIRS: Final = 200
_MOST_JOINED: Final = 4 * MOST_VALUE
"""So much of a line is read that a program joined from several."""
_HEAD: Final = 300
"""So far into a line its label ends."""

_QUOTES: Final = re.compile(r"(?:[ \t]{0,8}[>＞])+[ \t]?")
_BULLET: Final = re.compile(r"[\s|]*(?:(?:[-*•·▪◦‣–—]|\(?\d{1,2}[.)])[ \t]+)?[\s|*_#\"“'\[(]*")
_WORD: Final = re.compile(r"[^\W_]+")
_BEHIND: Final = re.compile(
    r"(?P<marks>[*_\"”']{0,4}[ ]{0,4}(?:[(\[][^()\[\]]{0,60}[)\]])?[*_\"”'?.)\]]{0,4}[ ]{0,8})"
    r"(?P<separator>[:：=|\t]|->|=>|[-–—]{1,3}(?=[\s*_]|$))?"
)
_RULE: Final = re.compile(r"[-=_*~#─━═\s]{3,}")
_AROUND: Final = ' \t*_|"“”'
_TO_FILL: Final = re.compile(r"_{2,}|\.{3,}|…+|-{3,}")
_BLANK: Final = re.compile(r"[\s_.…\-–—*|:?()\[\]<>{}]*")
_INVISIBLE: Final = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")


@dataclass(frozen=True, slots=True)
class FormLine:
    """One label with its value, which may go on over several lines, and is empty where it is not filled in.

    `quoted` counts the marks before it, 0 for the author's own words. `sure`: a colon or its like parts the
    two; where nothing does, the words behind a label may go on a sentence.
    """

    label: str
    value: str
    quoted: int = 0
    sure: bool = True


def form_lines(text: str, labels: Sequence[str]) -> tuple[FormLine, ...]:
    """Every line of a text that begins with one of the labels, in their order. Linear in the text.

    A label is met in any letter case, with accents or without. Before a colon the first or the last words of
    one are enough, if they are of no other.
    """
    known = _Labels.of(tuple(labels))
    lines = text.split("\n")
    if not any(known.begins(_content(line)[1]) for line in lines):
        return ()
    return tuple(_Reading(known).of(lines, reply_parts(text).kinds))


# --- labels ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Labels:
    """The labels by their words. `short` are the first and last words of each that are of no other."""

    whole: dict[tuple[str, ...], str]
    short: dict[tuple[str, ...], str]
    firsts: frozenset[str]
    longest: int
    inside: re.Pattern[str]

    @classmethod
    @cache
    def of(cls, labels: tuple[str, ...]) -> _Labels:
        whole = {_words(each): each for each in labels if _words(each)}
        meant: dict[tuple[str, ...], set[str]] = {}
        for words, label in whole.items():
            for size in range(1, len(words)):
                for part in (words[:size], words[-size:]):
                    meant.setdefault(part, set()).add(label)
        short = {part: next(iter(of)) for part, of in meant.items() if len(of) == 1 and part not in whole}
        firsts = frozenset(words[0] for words in (*whole, *short))
        spelled = "|".join(
            r"[\W_]{1,3}".join(map(re.escape, _WORD.findall(_composed(each)))) for each in whole.values()
        )
        inside = re.compile(rf"(?<=[\s|])[*_]{{0,2}}(?:{spelled})[*_]{{0,2}}[ ]?[:：]", re.IGNORECASE)
        return cls(whole, short, firsts, max(map(len, whole), default=0), inside)

    def begins(self, line: str) -> bool:
        """Tell at once of most lines that no label begins them."""
        start = _BULLET.match(line, 0, _HEAD)
        first = _WORD.match(line, start.end() if start else 0, _HEAD)
        return first is not None and _plain(first[0]) in self.firsts

    def found(self, line: str) -> tuple[str, str, bool] | None:
        """The label that begins a line, what stands behind it, and whether a separator parts them."""
        start = _BULLET.match(line, 0, _HEAD)
        ends: list[int] = []
        words: list[str] = []
        for each in _WORD.finditer(line, start.end() if start else 0, _HEAD):
            words.append(_plain(each[0]))
            ends.append(each.end())
            if len(words) > self.longest:
                break
        for size in range(min(len(words), self.longest), 0, -1):
            part = tuple(words[:size])
            behind = _BEHIND.match(line, ends[size - 1])
            rest = line[behind.end() :] if behind else line[ends[size - 1] :]
            parted = bool(behind and behind["separator"])
            if part in self.whole:
                alone = not rest.strip(_AROUND)
                return self.whole[part], rest if parted or alone else line[ends[size - 1] :], parted or alone
            if part in self.short and behind and (behind["separator"] or "") in _COLONS:
                return self.short[part], rest, True
        return None


_COLONS: Final = (":", "：")


def _composed(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


@cache
def _words(label: str) -> tuple[str, ...]:
    return tuple(map(_plain, _WORD.findall(_composed(label))))


def _plain(word: str) -> str:
    """A word without accents and letter case."""
    if word.isascii():
        return word.lower()
    letters = unicodedata.normalize("NFKD", word.casefold())
    return "".join(each for each in letters if not unicodedata.combining(each))


# --- lines ----------------------------------------------------------------------------------------


def _content(line: str) -> tuple[int, str]:
    """Count how deep a line is quoted, and read what it says behind its quote marks."""
    marks = _QUOTES.match(line)
    depth = marks[0].count(">") + marks[0].count("＞") if marks else 0
    said = line[marks.end() :] if marks else line
    if not said.isascii():
        said = _INVISIBLE.sub("", said).replace("\u00a0", " ").replace("\u3000", " ")
        said = _composed(said[:_HEAD]) + said[_HEAD:]
    return depth, said


@dataclass(slots=True)
class _Open:
    """A label whose value may go on. `sure_words` counts those before an empty line of a quotation, where
    the form may have ended; None where it has not.
    """

    label: str
    quoted: int
    sure: bool
    words: list[str] = field(default_factory=list)
    size: int = 0
    gap: bool = False  # an empty line came since
    sure_words: int | None = None

    def take(self, words: str) -> None:
        words = words.strip(_AROUND)[: max(0, MOST_VALUE - self.size)]
        if words:
            self.words.append(f"\n{words}" if self.gap and self.words else words)
            self.size += len(words) + 1
        self.gap = False

    def line(self) -> FormLine:
        said = "\n".join(self.words[: self.sure_words])
        value = "" if _BLANK.fullmatch(said) else _TO_FILL.sub(" ", said).strip(_AROUND + "\n")
        return FormLine(self.label, value, self.quoted, self.sure)


@dataclass(slots=True)
class _Reading:
    """One walk over the lines of a text. `framed` is how deep the rule is quoted below which a form stands:
    there an empty line ends no value, if another rule or a label follows.
    """

    labels: _Labels
    open: _Open | None = None
    framed: int | None = None
    left: int = _MOST_PAIRS

    def of(self, lines: Sequence[str], kinds: bytes) -> Iterator[FormLine]:
        """The labels with their values. `kinds` says of each line whose it is."""
        for line, kind in zip(lines, kinds, strict=True):
            depth, said = _content(line)
            if kind != LineKind.NEW:
                depth = max(depth, 1)
            elif depth:  # a mark of the author's own
                depth = 0
            found = self.labels.found(said) if self.labels.begins(said) else None
            if found:
                yield from self._begin(found, depth)
                if not self.left:
                    return
            elif self.open is None:
                self.framed = depth if _is_rule(said) else self.framed if not said.strip() else None
            elif self._ends(said, depth, kind):
                yield from self._close(whole=_is_rule(said) and depth == self.open.quoted)
                self.framed = None
        yield from self._close()

    def _begin(self, found: tuple[str, str, bool], depth: int) -> Iterator[FormLine]:
        yield from self._close(whole=self.open is not None and depth == self.open.quoted)
        label, rest, sure = found
        self.open = _Open(label, depth, sure)
        rest = rest[:_MOST_JOINED]
        while inner := self.labels.inside.search(rest, 0, MOST_VALUE):
            self.open.take(rest[: inner.start()])
            again = self.labels.found(rest[inner.start() :])
            if again is None:
                break
            yield from self._close()
            self.open = _Open(again[0], depth, again[2])
            rest = again[1]
        self.open.take(rest)

    def _ends(self, said: str, depth: int, kind: int) -> bool:
        """Take a line without a label as more of the value above, or tell that the value ends there."""
        if self.open is None or _is_rule(said) or kind == LineKind.SIGNATURE:
            return self.open is not None and bool(said.strip())
        if not said.strip():
            self.open.gap = True
            return False
        if depth and depth != self.open.quoted:
            return True
        if depth and self.open.gap and self.open.sure_words is None:
            if self.framed != depth:
                return True
            self.open.sure_words = len(self.open.words)
        if not depth and self.open.quoted:
            if self.open.words:
                return True
            self.open.quoted = 0
        self.open.take(said)
        return False

    def _close(self, *, whole: bool = False) -> Iterator[FormLine]:
        if self.open and whole:
            self.open.sure_words = None
        if self.open and self.left:
            self.left -= 1
            yield self.open.line()
        self.open = None


def _is_rule(said: str) -> bool:
    return _RULE.fullmatch(said.strip()[:_HEAD]) is not None
