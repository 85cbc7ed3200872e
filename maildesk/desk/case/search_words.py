"""Words as they are looked for: those of a mail, and those that somebody types.

Letter case, width and accents do not matter. What is typed is never a language of a database: it is read here
into words, and a database gets nothing else.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from maildesk.desk.case.case import Case, Phase
from maildesk.desk.case.told import Phrase
from maildesk.errors import BadInput
from maildesk.mail.addr_spec import domain_of, same_address

MOST_READ: Final = 50_000
"""So many characters of a mail's words are looked at."""
MOST_WORDS: Final = 20_000
LONGEST: Final = 60
"""Letters of a word that count: longer ones are addresses of machines, and no index likes them."""
MOST_TERMS: Final = 20

# Scripts that put no blanks between words: each letter is a word, and words are letters side by side.
_SOLID: Final = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\U00020000-\U0003ffff"
)
_WORD: Final = re.compile(rf"[^\W_{_SOLID}]+|(?!_)[{_SOLID}]")
_MARKS: Final = frozenset({"Mn", "Mc", "Me"})


def words_in(text: str) -> list[str]:
    """The words of a text, as they are compared. The cost grows with the text and no faster.

    Marks go first: a normal form sorts runs of them, which costs their number squared.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", _bare(text))[:MOST_READ].casefold()
        text = unicodedata.normalize("NFC", _bare(unicodedata.normalize("NFKD", text)))
    else:
        text = text.casefold()
    return [found[0][:LONGEST] for found in _WORD.finditer(text) if found[0].isalnum()]


def _bare(text: str) -> str:
    """The text without marks over, under and around letters."""
    return "".join([letter for letter in text if unicodedata.category(letter) not in _MARKS])


def words_kept(texts: Iterable[str]) -> str:
    """The words of a mail as the index keeps them: one blank between two, none twice as long as the limit."""
    found: list[str] = []
    left = MOST_READ
    for text in texts:
        found += words_in(text[:left])
        left -= min(len(text), left)
    return " ".join(found[:MOST_WORDS])


@dataclass(frozen=True, slots=True)
class Term:
    """Words side by side, one or more. `begins`: the last one may go on; `without`: no mail with these."""

    words: tuple[str, ...]
    begins: bool = False
    without: bool = False


@dataclass(frozen=True, slots=True)
class Search:
    """A search as somebody typed it: words that a mail has, and what its case is to be.

    `customer` is an address or a domain, `phases` those the case may be in, `since` the day of the mail or a
    later one.
    """

    terms: tuple[Term, ...]
    customer: str = ""
    team: str = ""
    phases: frozenset[Phase] = frozenset()
    since: date | None = None

    @property
    def asked(self) -> tuple[Term, ...]:
        """The words that must be there."""
        return tuple(each for each in self.terms if not each.without)

    def fits(self, case: Case) -> bool:
        """Tell whether a case is of those that are asked for, its words aside; days are those of UTC."""
        address, domain = case.requester, domain_of(case.requester)
        customer = not self.customer or same_address(address, self.customer) or domain == self.customer
        team = not self.team or (case.team or "").lower() == self.team.lower()
        phase = not self.phases or case.phase in self.phases
        late = self.since is None or case.updated_at.date() >= self.since
        return customer and team and phase and late


_PIECE: Final = re.compile(r'(-?)(?:([a-z]++):)?(?:["“”„]([^"“”„]*)["“”„]?|(\S+))', re.IGNORECASE)
_SPOKEN: Final = re.compile(r"\S+")
_ALIVE: Final = frozenset({Phase.NEW, Phase.OPEN, Phase.WAITING})
_DAY: Final = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")


def read_search(typed: str) -> Search:
    """Read what somebody typed; BadInput where it holds no word to look for, or a narrowing that is none."""
    terms: list[Term] = []
    narrowed: dict[str, str] = {}
    for piece in _PIECE.finditer(typed[:1000]):
        less, key, quoted, plain = piece.groups("")
        value = quoted or plain
        if key.lower() in _NARROW and not less and value:
            narrowed[key.lower()] = value.strip().strip(",;")
            continue
        said = f"{key}:{value}" if key else value
        words = tuple(words_in(said))
        if words and len(terms) < MOST_TERMS:
            terms.append(Term(words[:MOST_TERMS], said.endswith("*") and not quoted, bool(less)))
    if all(each.without for each in terms):
        raise BadInput(
            Phrase("there is no word to look for"),
            remedy=Phrase("write one or more, such as: label printer"),
        )
    return Search(
        tuple(terms),
        customer=narrowed.get("customer", "").casefold(),
        team=narrowed.get("team", ""),
        phases=_phases(narrowed.get("is", "")),
        since=_day(narrowed.get("since", "")),
    )


_NARROW: Final = ("customer", "team", "is", "since")


def _phases(typed: str) -> frozenset[Phase]:
    if not typed:
        return frozenset()
    if typed.lower() == "open":
        return _ALIVE
    if typed.lower() in {each.value for each in Phase}:
        return frozenset({Phase(typed.lower())})
    raise BadInput(
        Phrase("is:{typed} is no state of a case", typed=typed[:40]),
        remedy=Phrase("write {choice}", choice=", ".join(f"is:{each.value}" for each in Phase)),
    )


def _day(typed: str) -> date | None:
    if not typed:
        return None
    found = _DAY.fullmatch(typed)
    try:
        if found:
            return date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    except ValueError:
        pass  # there is no such day: said below
    raise BadInput(
        Phrase("since:{typed} is no day", typed=typed[:40]),
        remedy=Phrase("write since:2026-10-05 or since:2026-10"),
    )


_AROUND: Final = 90


def excerpt(text: str, search: Search) -> str:
    """Some words of a text around the first that was looked for, on one line; its beginning if none stands
    there, as where the subject has them."""
    line = " ".join(text[:MOST_READ].split())
    at = next(_places(line, search), 0)
    start = max(0, at - _AROUND // 2)
    if start:
        start = line.find(" ", start, at) + 1 or start
    end = min(len(line), start + 2 * _AROUND)
    if end < len(line):
        end = max(line.rfind(" ", start + _AROUND, end), start + _AROUND)
    return f"{'… ' if start else ''}{line[start:end]}{' …' if end < len(line) else ''}"


def _places(line: str, search: Search) -> Iterator[int]:
    """Find where words stand that were looked for, comparing what stands between blanks as the index does."""
    firsts = [(each.words[0], each.begins and len(each.words) == 1) for each in search.asked]
    for piece in _SPOKEN.finditer(line):
        found = words_in(piece[0][: 2 * LONGEST])
        if any(
            word == first or (begins and word.startswith(first)) for word in found for first, begins in firsts
        ):
            yield piece.start()
