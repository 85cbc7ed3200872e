"""Attribution lines, "On …, … wrote:": where they begin and end, and how sure they are."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from maildesk.mail.reply.attribution_names import names_and_verb
from maildesk.mail.reply.reply_phrases import ATTRIBUTION_OPENINGS, ATTRIBUTION_VERBS, VERBS_WITHIN_WORDS

_DATE, _CLOCK, _MAILBOX, _VERB = 1, 2, 4, 8
_MOST_WRAPPED: Final = 5
_MOST_CHARS: Final = 400
_OPENING_CHARS: Final = 100
_DATED: Final = re.compile(
    r"\b(?:19|20|25)\d{2}\b|\d{1,2}\.?\s?[./-]\s?\d{1,2}\.?\s?[./-]\s?\d{2,4}|\d{1,2}\s*[月월]|[٠-٩۰-۹]{4}|(?:19|20)\d{2}\s?[年년]"
)
_TIMED: Final = re.compile(
    r"\d{1,2}[:.]\d{2}|\d{1,2}\s?h\s?\d{2}|\d\s?[ap]\.?m\b|\d\s?[時点點시]", re.IGNORECASE
)
_ADDRESS: Final = re.compile(r"[^\s<>()\[\]:]{1,64}@[^\s<>()\[\]]{2,100}")
_WORDS: Final = re.compile(r"[^\W\d_]+")
_WITHIN: Final = re.compile(VERBS_WITHIN_WORDS)
_ENDS_WITH_MAILBOX: Final = re.compile(r"<[^<>@\s]{1,64}@[^<>\s]{2,100}>[^<>@]{0,3}:\W*$")
_ENDS_WITH_ADDRESS: Final = re.compile(r"[^<>@\s]{1,64}@[^<>\s]{2,100}:$")
# Gmail wrote nothing but this in many languages until about 2014: "2012/9/4 Name <mailbox>".
_DATE_NAME_MAILBOX: Final = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}\s.{0,100}<[^<>@\s]+@[^<>\s]+>:?$")
_OPENING: Final = re.compile(rf"\W{{0,3}}(?:(?:{ATTRIBUTION_OPENINGS})\b.{{0,25}}\d|\d)", re.IGNORECASE)
# A person who tells what was written, no mail program.
_TOLD: Final = re.compile(
    r"\b(?:[Yy]ou|I|[Ww]e|[Hh]e|[Ss]he|[Tt]hey)\s+wrote\b|\b(?:your|our|my|his|her|their|mein|unser|Ihr)(?:[es]?[nmr]?)\b|"
    r"\b(?:schrieb(?:en)?|skrev|schreef|schreven)\s+(?:ich|wir|mir|uns|jeg|jag|vi|ik|wij|we)\b|"
    r"\b(?:votre|notre|mon|nuestro|vuestro|nosso|vosso|nostro|vostro)\b"
)
_NAME_MAILBOX: Final = re.compile(
    r"\W{0,3}(?:[^\W\d_a-z][\w.'’-]{0,30},?\s+){1,5}<[^<>@\s]{1,64}@[^<>\s]{2,100}>:$"
)
_IN_BRACKETS: Final = re.compile(r"[<(\[](?:mailto:)?[^<>()\[\]\s@]{1,64}@[^<>()\[\]\s]{2,100}[>)\]]")
# Some programs put the attribution on the line of the last words.
_WORDS_BEFORE: Final = re.compile(
    r"(\S.*?)(?:\s*-{2,}\s*|\s+)(?=On \S.{0,20}\d)|"
    rf"(\S.*?[.!?)])\s+(?=(?:{ATTRIBUTION_OPENINGS})\s.{{0,25}}\d)",
    re.IGNORECASE,
)


def may_end(line: str) -> bool:
    """Tell whether an attribution may end with this line: at so little cost that each line can be asked."""
    last = line[-1]
    if last in ":>-*":
        return True
    return last.isalpha() and line[-24:].rpartition(" ")[2].lower() in ATTRIBUTION_VERBS


class Attributions:
    """The attributions of one text; what each line holds is looked at once."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = lines
        self._signs: dict[int, int] = {}

    def above_quotes(self, end: int, first: int) -> int | None:
        """Find where the attribution begins that ends here, above quoted lines: its shape is enough."""
        return self._start(end, first, _MAILBOX | _VERB, _introduces)

    def above_bare_history(self, end: int, first: int) -> int | None:
        """The same where what follows is not marked as quoted: it must be a program's beyond doubt."""
        return self._start(end, first, _DATE | _CLOCK | _MAILBOX, _is_certain)

    def may_begin_history(self, end: int, first: int) -> bool:
        """Tell whether a line reads like an attribution, yet may be a person's sentence."""
        if self.lines[end][-1] != ":" or not self._of(end) & _VERB:
            return False
        return self._start(end, first, _DATE | _CLOCK | _MAILBOX, _introduces) is not None

    def plausible(self, end: int, first: int) -> bool:
        """Tell whether the lines that may be one hold a moment or a mailbox at all."""
        lines = range(end, max(end - _MOST_WRAPPED, first - 1), -1)
        return any(self._of(number) & (_DATE | _CLOCK | _MAILBOX) for number in lines)

    def _of(self, number: int) -> int:
        signs = self._signs.get(number)
        if signs is None:
            signs = self._signs[number] = _signs_of(self.lines[number][:_MOST_CHARS])
        return signs

    def _start(self, end: int, first: int, needed: int, accepts: Callable[[int, str], bool]) -> int | None:
        """The nearest line that makes it an attribution, or one further up where it opens."""
        lines, length, signs, nearest = self.lines, 0, 0, None
        for start in range(end, max(end - _MOST_WRAPPED, first - 1), -1):
            length += len(lines[start]) + 1
            if length > _MOST_CHARS or not lines[start]:
                break
            undated = not signs & (_DATE | _CLOCK)
            signs |= self._of(start)
            if nearest is None:
                if signs & needed and accepts(signs, " ".join(lines[start : end + 1])):
                    nearest = start
                    if _opens(lines[start : end + 1]):
                        break
            elif _opens(lines[start : end + 1]):
                return start
            elif undated and signs & (_DATE | _CLOCK):
                nearest = start
        return nearest


def _opens(lines: Sequence[str]) -> bool:
    joined = " ".join(lines)[:_OPENING_CHARS]
    return bool(_OPENING.match(joined)) and bool(_DATED.search(joined))


def words_before(line: str) -> int:
    """Count the characters of an attribution's first line that are the author's last words."""
    if _OPENING.match(line):
        return 0
    found = _WORDS_BEFORE.match(line[:_MOST_CHARS])
    if not found or not line[found.end()].isupper():
        return 0
    return found.end(1) if found[1] else found.end(2)


def names_an_author(text: str) -> bool:
    """Tell whether a line between drawn lines is an attribution: "---- On … wrote ----"."""
    return bool(_signs_of(text) & _VERB)


def is_attribution(text: str) -> bool:
    """Tell whether this, unwrapped, is an attribution of what surely is quoted."""
    text = text[:_MOST_CHARS]
    return _introduces(_signs_of(text), text)


def is_moment(text: str) -> bool:
    return bool(_signs_of(text[:_MOST_CHARS]) & (_DATE | _CLOCK))


def _signs_of(text: str) -> int:
    signs = 0
    if _DATED.search(text):
        signs |= _DATE
    if _TIMED.search(text):
        signs |= _CLOCK
    if "@" in text and _ADDRESS.search(text):
        signs |= _MAILBOX
    if not ATTRIBUTION_VERBS.isdisjoint(_WORDS.findall(text.lower())) or (
        not text.isascii() and _WITHIN.search(text)
    ):
        signs |= _VERB
    return signs


def _introduces(signs: int, text: str) -> bool:
    found = bool(signs & (_DATE | _CLOCK)) + bool(signs & _MAILBOX)
    needed = 2 if ":" in text[-3:] else 3
    if found >= needed or (signs & _VERB and found == needed - 1):
        return True
    if not found:
        return bool(signs & _VERB) and names_and_verb(text)
    return bool(_DATE_NAME_MAILBOX.match(text) or _NAME_MAILBOX.match(text))


def _is_certain(signs: int, text: str) -> bool:
    if signs & _MAILBOX and signs & _VERB and not signs & (_DATE | _CLOCK):
        bare, mailboxes = _IN_BRACKETS.subn(" ", text)
        return mailboxes == 1 and names_and_verb(bare)
    if signs & _MAILBOX and signs & (_DATE | _CLOCK):
        if signs & _VERB or _ENDS_WITH_MAILBOX.search(text[-200:]):
            return True
        return signs & 3 == 3 and bool(_ENDS_WITH_ADDRESS.search(text[-200:]) and _OPENING.match(text))
    return signs & (_DATE | _CLOCK | _VERB) == _DATE | _CLOCK | _VERB and not _TOLD.search(text)
