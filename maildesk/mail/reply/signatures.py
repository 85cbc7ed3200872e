"""Signatures, footers of telephones and legal notices at the end of an author's words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Final

from maildesk.mail.reply.closings import (
    MOST_CLOSING_CHARS,
    begins_letter,
    closes,
    is_name,
    leads_to_path,
    signs,
)
from maildesk.mail.reply.footer_sentences import SENTENCE_WORDS, is_footer_sentence, says_nothing_else
from maildesk.mail.reply.history import Doubt, History, LineKind
from maildesk.mail.reply.signature_phrases import (
    DISCLAIMER_TITLES,
    DISCLAIMER_WORDS,
    DISCLAIMERS,
    FOOTER_WORDS,
    FOOTERS,
    GREETINGS,
    LEGAL_UNSPACED,
    LEGAL_WORDS,
    OPEN_FOOTERS,
)
from maildesk.mail.reply.speech import speaks

_DRAWN: Final = "-_=*~–— \t"
_DASHES: Final = frozenset({"--", "__", "–", "—", "––"})
_MOST_SIGNATURE: Final = 15
_FOOTER: Final = re.compile(FOOTERS, re.IGNORECASE)
_OPEN_FOOTER: Final = re.compile(OPEN_FOOTERS, re.IGNORECASE)
_FOOTER_WORDS: Final = FOOTER_WORDS | SENTENCE_WORDS
_WINDOW: Final = 80
_FOOTER_CHARS: Final = 160
_MOST_BELOW_FOOTER: Final = 4
_NEAR: Final = 3
_MAY_ANSWER: Final = ("From ", "Via ", "By ")
_MOST_CLOSING: Final = 12
_LINE_CHARS: Final = 120
_ASKING: Final = "?？؟"
_POSTSCRIPT: Final = re.compile(r"(?:p\.?\s?s\.?|p\.?\s?d\.?|n\.?b\.?|з\.?ы\.?)[:\s]", re.IGNORECASE)
_DISCLAIMER: Final = re.compile(DISCLAIMERS, re.IGNORECASE)
# What is a notice by its first words, or not about law at all.
_NOTICE: Final = re.compile(
    rf"{DISCLAIMER_TITLES}|.{{0,60}}(?:environment|umwelt|ambiente|ausdruck)", re.IGNORECASE
)
_LAW_CHARS: Final = 160
_WHOLE: Final = frozenset(".!?…)。！？")
_MOST_THANKS: Final = 3
_GREETING: Final = re.compile(rf"(?:{GREETINGS})|.{{1,60}}[,!，、:]$", re.IGNORECASE)
# A signature begins with a name; a log or a list with a number, a prompt or a bracket.
_LOGGED: Final = re.compile(r"[\d$#\[{/|%]")
_DISCLAIMER_CHARS: Final = 300
_LEGAL: Final = re.compile(rf"\b(?:{LEGAL_WORDS})\b", re.IGNORECASE)
_LEGAL_UNSPACED: Final = re.compile(LEGAL_UNSPACED)
_LEGAL_CHARS: Final = 2000


def mark_signatures(
    lines: Sequence[str], words: AbstractSet[str], history: History, raw: Sequence[str]
) -> None:
    """Marks signatures above the first quoted lines and at the end, where mail programs put them.

    `raw` are the lines as they came: dashes and one space are more surely a signature's than dashes alone.
    """
    kinds = history.kinds
    first_quoted = _first_quoted(kinds)
    legal, footers = not DISCLAIMER_WORDS.isdisjoint(words), not _FOOTER_WORDS.isdisjoint(words)
    signed = _Signed(lines, raw, history, legal, footers)
    written = signed.mark(0, first_quoted)
    if first_quoted < len(lines):
        end = len(kinds.rstrip(bytes([LineKind.QUOTED, LineKind.FORWARDED])))
        start = max(kinds.rfind(LineKind.QUOTED, 0, end), kinds.rfind(LineKind.FORWARDED, 0, end)) + 1
        if start > first_quoted:
            signed.mark(start, end, above=written)


def _first_quoted(kinds: bytearray) -> int:
    found = [at for at in (kinds.find(LineKind.QUOTED), kinds.find(LineKind.FORWARDED)) if at >= 0]
    return min(found, default=len(kinds))


class _Signed:
    """Stretches of the author's lines, whose end may hold a signature."""

    def __init__(
        self, lines: Sequence[str], raw: Sequence[str], history: History, legal: bool, footers: bool
    ) -> None:
        self.lines, self.raw, self.history = lines, raw, history
        self.legal, self.footers = legal, footers  # whether the text may hold such at all
        self.start = self.end = 0
        self.above = False  # whether words of the author stand above this stretch

    def mark(self, start: int, end: int, *, above: bool = False) -> bool:
        """Marks the signature at the end of a stretch; whether words are left."""
        self.start, self.end, self.above = start, end, above
        self._trim()
        if self.legal:
            self._cut_legal_notice()
        self._cut_at_dashes()
        if self.footers:
            self._cut_footers()
        self._cut_at_closing()
        self._cut_at_signed_name()
        if self.footers:
            self._cut_footers()
            self._mark_below_footer()
        return self._words(self.end)

    def _words(self, end: int) -> bool:
        """Tell whether words of the author stand above a line."""
        return self.above or any(self.lines[self.start : end])

    def _cut(self, start: int, end: int | None = None) -> None:
        """These lines are signature; at the end of the stretch it becomes shorter."""
        end = self.end if end is None else end
        self.history.kinds[start:end] = bytes([LineKind.SIGNATURE]) * (end - start)
        if end == self.end:
            self.end = start
            self._trim()

    def _keep(self, start: int, doubt: Doubt) -> None:
        """The end of the stretch may be a signature; it stays, for it may be more."""
        self.history.doubt = self.history.doubt or doubt
        self.history.doubtful.append((start, self.end))

    def _trim(self) -> None:
        """Blank and drawn lines at the end say nothing."""
        end = self.end
        while end > self.start and not self.lines[end - 1].strip(_DRAWN):
            end -= 1
        if end > self.start:
            self.history.kinds[end : self.end] = bytes([LineKind.SIGNATURE]) * (self.end - end)
            self.end = end

    def _holds(self, start: int, end: int) -> int:
        return sum(map(bool, self.lines[start:end]))

    def _cut_legal_notice(self) -> None:
        """A legal notice and what stands below it, if that is more of the same; else its paragraph alone."""
        for number in range(max(self.end - _WINDOW, self.start), self.end):
            line = self.lines[number]
            if not line or not _DISCLAIMER.match(
                " ".join(self.lines[number : number + 2])[:_DISCLAIMER_CHARS]
            ):
                continue
            if number > self.start and not self._begins_paragraph(number):
                continue
            if not self._words(number):
                return  # nothing stands above: it may be what the mail is about
            after = next((at for at in range(number, self.end) if not self.lines[at]), self.end)
            if _NOTICE.match(line) or self._law_in(number, after) >= 2 + (":" in line[:_LAW_CHARS]):
                if not self.above and self._only_greets(number) and not _NOTICE.match(line):
                    self._keep(number, Doubt.LIKE_NOTICE)
                else:
                    self._cut(number, self.end if self._is_legal(after) else after)
                return

    def _only_greets(self, number: int) -> bool:
        """Tell whether nothing but a greeting stands above: the notice may be what the mail is about."""
        above = [line for line in self.lines[self.start : number] if line]
        return len(above) == 1 and bool(_GREETING.match(above[0])) and len(above[0]) <= MOST_CLOSING_CHARS

    def _begins_paragraph(self, number: int) -> bool:
        return not self.lines[number - 1].strip(_DRAWN) or len(self.lines[number - 1]) < MOST_CLOSING_CHARS

    def _law_in(self, start: int, end: int) -> int:
        """Count the different words of lawyers that some lines hold."""
        text = " ".join(self.lines[start:end])[:_LEGAL_CHARS].lower()
        found = set(_LEGAL.findall(text))
        return len(found if text.isascii() else found.union(_LEGAL_UNSPACED.findall(text)))

    def _is_legal(self, after: int) -> bool:
        """Tell whether what stands below a notice's first paragraph is more law than words."""
        below = [line for line in self.lines[after : self.end] if line]
        length = min(sum(map(len, below)), _LEGAL_CHARS)
        few = len(below) <= _MOST_BELOW_FOOTER and all(map(_may_follow, below))
        return few or 100 * self._law_in(after, self.end) >= length

    def _cut_at_dashes(self) -> None:
        """A line of dashes (RFC 3676 §4.3), where so little follows that it can be a signature."""
        following = 0
        for number in range(self.end - 1, self.start - 1, -1):
            line = self.lines[number]
            if line in _DASHES:
                if self._more_than_signed(number):
                    if self._words(number):
                        self._keep(number, Doubt.BELOW_DASHES)
                elif self._words(number) or self._drawn_as_standard(number):
                    self._cut(number)
                return
            following += bool(line)
            if following > _MOST_SIGNATURE:
                return

    def _drawn_as_standard(self, number: int) -> bool:
        return self.raw[number].rstrip("\r") == "-- "

    def _more_than_signed(self, number: int) -> bool:
        """Tell whether below mere dashes a list, a log or words go on: they are no signature's."""
        if self._drawn_as_standard(number):
            return False
        below = [line for line in self.lines[number + 1 : self.end] if line and not is_footer(line)]
        return any(_LOGGED.match(line) for line in below[:1]) or any(map(speaks, below))

    def _cut_footers(self) -> None:
        """`Sent from my …` at the end, or with the author's name and place below it."""
        for _ in range(_WINDOW):
            if self.end == self.start or not self._is_footer(self.end - 1):
                break
            self._cut(self.end - 1)
        below: list[str] = []
        for number in range(self.end - 1, self.start - 1, -1):
            line = self.lines[number]
            if self._is_footer(number) and self._words(number) and _is_name_and_place(below):
                self._cut(number)
                return
            below[:0] = [line] if line else []
            if len(below) > _MOST_BELOW_FOOTER:
                return

    def _mark_below_footer(self) -> None:
        """A letter below a footer is history, for telephones set it there; other lines are kept."""
        for number in range(max(self.end - _WINDOW, self.start), self.end):
            if self._is_footer(number):
                below = [each for each in self.lines[number + 1 : self.end] if each]
                if self._words(number):
                    self._keep(number, Doubt.BELOW_FOOTER)
                    if len(below) <= _MOST_SIGNATURE and begins_letter(below[0]):
                        self._cut(number)
                return

    def _is_footer(self, number: int) -> bool:
        return is_footer(self.lines[number]) and not self._is_told(number)

    def _is_told(self, number: int) -> bool:
        """Tell whether the words above go on with a line: `It says:`, a question, half a sentence."""
        near = self.lines[max(self.start, number - _NEAR) : number]
        above = next(filter(None, reversed(near)), "")
        if self.lines[number].startswith(_MAY_ANSWER) and above[-1:] in ("", *_ASKING):
            return True
        apart = not near or not near[-1] or above[-1] in _WHOLE
        return above[-1:] == ":" or (not apart and self.lines[number][0].islower())

    def _cut_at_closing(self) -> None:
        """`Best regards,` where only a name and such follow."""
        following = 0
        below = ""
        for number in range(self.end - 1, self.start - 1, -1):
            line = self.lines[number]
            if not line:
                continue
            if following and closes(line):
                if not self._words(number):
                    return
                if any(map(_says_more, self.lines[number + 1 : self.end])):
                    self._keep(number, Doubt.BELOW_CLOSING)
                elif _like_name(below):
                    self._cut(number)
                    self._cut_second_closing()
                return
            following, below = following + 1, line
            if (
                following > _MOST_CLOSING
                or len(line) > _LINE_CHARS
                or _is_prose(line)
                or line[-1]
                in _ASKING  # thought of when the name stood already: `One more thing: is it safe?`
                or _POSTSCRIPT.match(line)
            ):
                return

    def _cut_at_signed_name(self) -> None:
        """`/Bo`, as Swedes and Danes sign, or `— Bo`, where nothing follows but how to reach them."""
        below = 0
        for number in range(self.end - 1, self.start, -1):
            line = self.lines[number]
            if signs(line):
                if self._says_all(number):
                    self._cut(number)
                return
            below += bool(line)
            if below > _MOST_BELOW_FOOTER or (line and (not _may_follow(line) or speaks(line))):
                return

    def _says_all(self, number: int) -> bool:
        """Tell whether the last words above a line are whole: below others a path or a point may stand."""
        line = next((line for line in reversed(self.lines[self.start : number]) if line), "")
        whole = (
            line[-1:] in _WHOLE or closes(line) or (len(line.split()) <= _MOST_THANKS and line[-1:] != ":")
        )
        leads = self.lines[number][0] == "/" and leads_to_path(line)
        return self._words(number) and whole and not leads and not signs(line)

    def _cut_second_closing(self) -> None:
        """Chinese letters close with two lines."""
        last = self.end - 1
        if closes(self.lines[last]) and self._words(last):
            self._cut(last)


def is_footer(line: str) -> bool:
    """Tell whether a program or a telephone wrote this below the words: `Sent from my …`."""
    if not line or len(line) > _FOOTER_CHARS:
        return False
    if _FOOTER.match(line) or is_footer_sentence(line):
        return True
    return bool(_OPEN_FOOTER.match(line)) and says_nothing_else(line, begins_so=True)


def _says_more(line: str) -> bool:
    """Tell whether a line below a closing says something; CJK letters close with two."""
    return bool(line) and speaks(line) and not closes(line) and not is_footer(line)


def _like_name(line: str) -> bool:
    """Tell whether the first line below a closing can be a name or a place in a company."""
    words = line.split()
    return len(words) <= 6 and len(line) <= MOST_CLOSING_CHARS and line[-1] not in "?!…:"


def _is_prose(line: str) -> bool:
    return line[-1] in ".!?…" and len(line.split()) > 8


def _is_name_and_place(lines: Sequence[str]) -> bool:
    """Tell whether lines below a footer are a signature of their own."""
    return bool(lines) and is_name(lines[0]) and all(_may_follow(line) and not speaks(line) for line in lines)


def _may_follow(line: str) -> bool:
    """Tell whether a line below a footer can belong to it."""
    if is_footer(line):
        return True
    return len(line) <= MOST_CLOSING_CHARS and len(line.split()) <= 6 and line[-1] not in "?!.…:"
