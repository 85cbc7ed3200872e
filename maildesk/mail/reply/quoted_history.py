"""The history in the text of a mail: quoted lines, and all below a line that begins it.

What mail programs put between new words and history is known by its shape first (a line ending in a colon
above quoted lines, a block of header-like lines) and by its words second. Each line is looked at a bounded
number of times.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Final

from maildesk.mail import header_blocks
from maildesk.mail.header_blocks import ROLES, LabelRole
from maildesk.mail.reply.attribution import (
    Attributions,
    is_attribution,
    is_moment,
    may_end,
    names_an_author,
    words_before,
)
from maildesk.mail.reply.history import Doubt, History, LineKind
from maildesk.mail.reply.reply_phrases import FORWARD_LINES, MARK_HINTS, MARK_POLITE, MARK_VERBS, MARK_WORDS
from maildesk.mail.reply.separators import (
    DRAWN,
    FORWARD,
    HISTORY,
    MOST_INNER,
    ends_as_mark,
    is_title,
    told_within,
)

_MOST_LINE: Final = 1000
_MARK: Final = re.compile(MARK_VERBS, re.IGNORECASE)
_MARK_ALONE: Final = re.compile(rf"(?:{MARK_POLITE})?[\s,]*(?:{MARK_VERBS})")
_MARK_CHARS: Final = 160
_QUOTED_HEADER: Final = 8
# ">100 users are waiting" is no quote; neither are arrows drawn around a line, ">>> look here <<<".
_MORE_THAN: Final = re.compile(r">\s?\d")
_ARROWS: Final = re.compile(r">{2,}.*<{2,}$")
# GroupWise introduces a history that it does not quote: ">>> Name <mailbox> 03.01.2022 10:00 >>>".
_GROUPWISE: Final = re.compile(r">>>\s.{3,200}\s>>>$")
# A link in a quoted line that was broken when it was wrapped.
_LINK_REST: Final = re.compile(r"\(?<?https?://\S+\)?>?(?:\s>)?$|[^\s]*[=/&%?_#][^\s]*$")
# Lotus Notes: "To", "cc" and "Subject" alone on their lines, below a name and a date.
_NOTES_LINES: Final = 8


def find_history(lines: Sequence[str], words: AbstractSet[str], *, wordless: int | None = None) -> History:
    """The kind of each line. `lines` are stripped, with plain spaces and colons; `words` are theirs.

    Where `wordless` is given, so many lines say nothing, and what an introduction below them leads to is the
    author's as far as nothing else makes it history.
    """
    return _Finder(lines, words, wordless).run()


class _Finder:
    """One way down the lines of a text."""

    def __init__(self, lines: Sequence[str], words: AbstractSet[str], wordless: int | None) -> None:
        self.lines = lines
        self.wordless = wordless
        self.introduced = False  # whether lines that introduce a mail stand above words
        self.found = History(bytearray(len(lines)))
        self.attributions = Attributions(lines)
        self.first = 0  # the first line since the last quoted one
        self.new = 0  # how many lines that hold something are the author's so far
        self.marks = not MARK_WORDS.isdisjoint(words)
        self.looked = 0  # up to here header lines were looked at in vain
        self.after = len(lines)  # where the way down goes on below the lines that began a history

    def run(self) -> History:
        lines, number = self.lines, 0
        while number < len(lines):
            line = lines[number]
            if not line:
                number += 1
            elif self.marks and self._at_mark(number):
                break
            elif line[0] == ">":
                number = self._quoted_lines(number)
            elif self._begins_history(number):
                number = self.after
            else:
                self.new += 1
                number += 1
        if self.found.rule and not self.new and not self.found.split:
            self.found.doubt = self.found.doubt or Doubt.ONLY_HISTORY
        return self.found

    # --- quoted lines -----------------------------------------------------------------------------

    def _quoted_lines(self, number: int) -> int:
        """Marks the quoted lines from here on, or all the rest; where the way down goes on."""
        line, found = self.lines[number][:_MOST_LINE], self.found
        if _GROUPWISE.match(line) and is_moment(line):
            self._rest(number, number, "attribution")
            return self.after
        end = self._end_of_quotes(number)
        if self.new and end - number <= _QUOTED_HEADER and self._is_header(number, end):
            self._rest(self._drawn_above(number), number, "header lines", end=end)
            return self.after
        start = self._introduction(number)
        if start is None:
            alone = end == number + 1
            if alone and (_ARROWS.match(line) or _MORE_THAN.match(line)):
                self.new += 1
                return end
            if not found.rule and not _introduced_within(self.lines[number : min(end, number + 4)]):
                found.doubt = found.doubt or Doubt.UNINTRODUCED
        elif found.doubt is Doubt.UNINTRODUCED:
            found.doubt = None
        self._mark(number if start is None else start, number, end, LineKind.QUOTED)
        found.rule = found.rule or "quote marks"
        self.first = end
        return end

    def _end_of_quotes(self, number: int) -> int:
        lines = self.lines
        while number < len(lines) and lines[number][:1] == ">":
            number += 1
            if number + 1 < len(lines) and lines[number + 1][:1] == ">" and lines[number]:
                number += bool(_LINK_REST.match(lines[number][:_MOST_LINE]))
        return number

    def _is_header(self, number: int, end: int) -> bool:
        """Tell whether only header lines are quoted: Orange quotes those, and not the history below them."""
        bare = [line.lstrip("> ") for line in self.lines[number:end]]
        while bare and not bare[-1]:
            bare.pop()
        if end == len(self.lines) or not bare or ":" not in bare[0][:40]:
            return False
        block = header_blocks.block_at(bare, 0)
        return block.certain and block.end == len(bare)

    def _introduction(self, number: int) -> int | None:
        """Find where the lines begin that introduce what is surely quoted."""
        end = self._above(number)
        start = None if end is None else self.attributions.above_quotes(end, self.first)
        return None if start is None else self._split(start)

    def _above(self, number: int) -> int | None:
        """The nearest line above that holds something, if it is near and belongs to nothing yet."""
        for above in range(number - 1, max(number - 4, self.first - 1), -1):
            if self.lines[above]:
                return above
        return None

    def _below(self, number: int) -> int:
        """The nearest line below that holds something; the line itself where none is near."""
        for below in range(number + 1, min(number + 4, len(self.lines))):
            if self.lines[below]:
                return below
        return number

    def _split(self, start: int) -> int:
        """Leaves the author the words on an attribution's first line; where the history's own lines begin."""
        kept = words_before(self.lines[start])
        if not kept:
            return self._drawn_above(start)
        self.found.split[start] = kept
        return start

    def _drawn_above(self, start: int) -> int:
        """The first of the blank and drawn lines that lead to the history."""
        while start > self.first and not self.lines[start - 1].strip(DRAWN):
            start -= 1
        return start

    def _mark(self, start: int, number: int, end: int, kind: LineKind) -> None:
        """Gives lines their kind; those above `number` had been counted as the author's."""
        self.new -= sum(map(bool, self.lines[start:number]))
        self.found.kinds[start:end] = bytes([kind]) * (end - start)

    # --- all the rest -----------------------------------------------------------------------------

    def _rest(
        self,
        start: int,
        number: int,
        rule: str,
        kind: LineKind = LineKind.QUOTED,
        doubt: Doubt | None = None,
        end: int = 0,
    ) -> bool:
        """All lines from `start` on are history; below no words of the author those that introduce it.

        They end before `end`, or with the line `number`.
        """
        above = self.new - sum(map(bool, self.lines[start:number]))
        first = self.wordless is not None and above <= self.wordless
        if first and kind is LineKind.QUOTED and rule != "reply mark":
            self.introduced = True
            self.after = max(end, number + 1)
            self._mark(start, number, self.after, kind)
            self.first = self.after
        else:
            self.after = len(self.lines)
            self._mark(start, number, self.after, kind)
            self.found.bare = kind is LineKind.QUOTED
        self.found.rule, self.found.doubt = rule, doubt
        return True

    def _at_mark(self, number: int) -> bool:
        """ "Reply above this line": the rest is history, unless nothing stands above it."""
        line = self.lines[number]
        bare = line.strip(">" + DRAWN).lower()
        if len(line) > _MARK_CHARS or not any(map(bare.__contains__, MARK_HINTS)):
            return False
        framed = len(bare) + 2 < len(line)
        if not (_MARK.search(bare) if framed else _MARK_ALONE.match(bare) and ends_as_mark(bare)):
            return False
        start = self._introduction(number)
        start = self._drawn_above(number) if start is None else start
        if self.new > sum(map(bool, self.lines[start:number])) or self.found.split or self.introduced:
            return self._rest(start, number, "reply mark")
        if line[0] != ">":
            self._take(number)
            self.found.doubt = Doubt.LIKE_HISTORY
        return False

    def _begins_history(self, number: int) -> bool:
        line = self.lines[number]
        if len(line) > _MOST_LINE:
            return False
        if line[0] in "-_=*~–—" and self._at_drawn_line(number):
            return True
        if ":" in line[:40] and self._at_header_lines(number):
            return True
        if len(line) <= 12 and ROLES.get(line.lower()) is LabelRole.TO and self._at_notes_header(number):
            return True
        return may_end(line) and (self._at_forward_line(number) or self._at_attribution(number))

    def _at_drawn_line(self, number: int) -> bool:
        """`-----Original Message-----` and its like: by its words, or by the header lines below it."""
        line = self.lines[number]
        inner = line.strip(DRAWN)
        if not inner:
            return len(line) >= 4 and self._header_below(number)
        if len(inner) > MOST_INNER * 3:
            return False
        both = not line[:2].strip(DRAWN) and not line[-2:].strip(DRAWN)
        kind = _told(inner, whole=not both)
        if kind is None and both and told_within(inner):
            self.found.doubt = self.found.doubt or Doubt.LIKE_HISTORY
        if kind is None and both and line[0] in "-–—" and names_an_author(inner):
            kind = LineKind.QUOTED
        if kind is None:
            return both and line[0] != "*" and self._header_below(number)
        if kind is LineKind.QUOTED and self._quotes_below(number):
            self._take(number)
            return False
        return self._rest(self._drawn_above(number), number, "separator", kind)

    def _quotes_below(self, number: int) -> bool:
        """Tell whether quoted lines follow, so that words may stand below; an attribution may come first."""
        below = self._below(number)
        further = self._below(below) if may_end(self.lines[below]) else below
        return any(self.lines[at][0] == ">" for at in (below, further) if at > number)

    def _take(self, number: int) -> None:
        """This line alone is history."""
        start = self._drawn_above(number)
        self._mark(start, number, number + 1, LineKind.QUOTED)
        self.first = number + 1
        self.new -= 1  # the way down counts it as the author's
        self.found.rule = self.found.rule or "separator"

    def _header_below(self, number: int) -> bool:
        """Tell whether a drawn line stands above a mail's header."""
        below = self._below(number)
        if below == number or ":" not in self.lines[below][:40]:
            return False
        block = header_blocks.block_at(self.lines, below)
        if not block.likely and not block.by_shape:
            return False
        doubt = None if block.likely else Doubt.BY_SHAPE
        return self._rest(self._drawn_above(number), number, "header lines", doubt=doubt, end=block.told)

    def _at_header_lines(self, number: int) -> bool:
        role = header_blocks.role_of(self.lines[number])
        if role is None or role is LabelRole.OTHER or (number < self.looked and role is not LabelRole.FROM):
            return False
        block = header_blocks.block_at(self.lines, number)
        above = self._above(number)
        told = None if above is None else _told(self.lines[above].strip(DRAWN), whole=True)
        if told is not None and above is not None and block.likely:
            return self._rest(self._drawn_above(above), number, "separator", told, end=block.told)
        if number and header_blocks.is_raw_header(self.lines[number - 1]):
            self.found.doubt = self.found.doubt or Doubt.LIKE_HISTORY
            self.looked = block.end
            return False
        if block.certain or (self.new and block.brief):
            return self._rest(self._header_above(number), number, "header lines", end=block.told)
        self.looked = block.end
        if LabelRole.FROM in block.roles and block.dated:
            self.found.doubt = self.found.doubt or Doubt.LIKE_HISTORY
        return False

    def _header_above(self, number: int) -> int:
        """Find where a block of header lines begins: the address for answers may stand above its author."""
        while number > self.first and header_blocks.answers_go_to(self.lines[number - 1]):
            number -= 1
        return self._drawn_above(number)

    def _at_notes_header(self, number: int) -> bool:
        lines = self.lines
        labels = {
            ROLES.get(line.lower()) for line in lines[number : number + _NOTES_LINES] if len(line) <= 12
        }
        if LabelRole.SUBJECT not in labels:
            return False
        for above in range(number - 1, max(number - 5, self.first - 1), -1):
            if is_moment(lines[above]):
                named = above > self.first and ("@" in lines[above - 1] or "/" in lines[above - 1])
                start, end = self._drawn_above(above - named), self._end_of_notes_header(number)
                return self._rest(start, number, "header lines", end=end)
        return False

    def _end_of_notes_header(self, number: int) -> int:
        """Find where the line below the last label ends that stands alone on its line."""
        stood = (line.lower() for line in self.lines[number : number + _NOTES_LINES])
        labels = [at for at, line in enumerate(stood, number) if line in ROLES]
        return min(self._below(labels[-1]) + 1, len(self.lines))

    def _at_forward_line(self, number: int) -> bool:
        line = self.lines[number]
        if line[-1] != ":" or line[:-1].rstrip().lower() not in FORWARD_LINES:
            return False
        return self._rest(self._drawn_above(number), number, "forward", LineKind.FORWARDED)

    def _at_attribution(self, number: int) -> bool:
        """An attribution whose history is not marked as quoted."""
        if not self.attributions.plausible(number, self.first) or self.lines[self._below(number)][0] == ">":
            return False
        start = self.attributions.above_bare_history(number, self.first)
        if start is not None:
            return self._rest(self._split(start), number, "attribution")
        if not self.found.doubt and self.attributions.may_begin_history(number, self.first):
            self.found.doubt = Doubt.LIKE_HISTORY
        return False


def _introduced_within(quoted: Sequence[str]) -> bool:
    """Tell whether the first quoted lines hold the attribution: Apple Mail quotes it, too."""
    bare = [line.lstrip("> ") for line in quoted]
    return any(
        is_attribution(" ".join(bare[: at + 1]).strip())
        for at, line in enumerate(bare)
        if line and may_end(line)
    )


def _told(inner: str, *, whole: bool) -> LineKind | None:
    """Read what the words of a separator say; `whole` where no drawn line frames them."""
    if not inner or len(inner) > MOST_INNER:
        return None
    small = inner.lower()
    for pattern, kind in ((FORWARD, LineKind.FORWARDED), (HISTORY, LineKind.QUOTED)):
        if whole:
            if pattern.fullmatch(small.rstrip(" :")):
                return kind
        elif (found := pattern.search(small)) and is_title(inner, *found.span()):
            return kind
    return None
