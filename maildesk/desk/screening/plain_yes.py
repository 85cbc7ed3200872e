"""Clauses that say yes, or that all is well, and speak of nothing else: what is not understood is a reply."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from maildesk.desk.policy.questions import Answer
from maildesk.desk.policy.usual_questions import SOLVED, USUAL_QUESTIONS, USUAL_WORDS
from maildesk.desk.policy.usual_questions import YES as YES_ANSWER
from maildesk.desk.policy.whole_words import fold
from maildesk.desk.screening.reply_words import (
    AGAIN,
    AMISS,
    BESIDE_SOLVED,
    COURTESIES,
    FILLERS,
    LIMITS,
    NEGATORS,
    NO,
    OURS,
    PLEASE,
    THANKS,
    YES,
    YES_ALONE,
    Phrase,
)


@dataclass(frozen=True, slots=True)
class PlainClause:
    """A clause of known words alone: whether it says more than a yes, a yes, a courtesy, and a please."""

    content: bool = False
    agrees: bool = False
    polite: bool = False
    pleads: bool = False

    @property
    def well(self) -> bool:
        """Tell whether it says that all is well: `yes please` asks for something."""
        return self.content or ((self.agrees or self.polite) and not self.pleads)


AGREEING: Final = YES | {fold(each) for each in USUAL_WORDS[YES_ANSWER]}
"""Words of a mere yes."""


def content_of(answer: Answer) -> frozenset[Phrase]:
    """The words of an answer that say more than a mere yes."""
    mere = AGREEING | YES_ALONE
    return frozenset(tuple(each.folded.split()) for each in answer.words.folded if each.folded not in mere)


CONTENT: Final = content_of(USUAL_QUESTIONS[SOLVED].answers[0])
"""Words that say that something is solved."""


def plain_clause(clause: Phrase, content: frozenset[Phrase] = CONTENT) -> PlainClause | None:
    """Read a clause; None where a word of it is not known, or may tell of trouble.

    Before words of content, the thing may be named: `the printer works`. A mere yes has no problem beside it,
    nor an again: `yes, the problem again`.
    """
    if len(clause) == 1 and clause[0] in YES_ALONE:
        return PlainClause(agrees=True)
    at, said, agrees, polite, beside = 0, False, False, False, False
    while at < len(clause):
        size = phrase_at(clause, at, content)
        if size:
            said = True
        elif clause[at] in AGREEING:
            agrees = True
        elif size := phrase_at(clause, at, COURTESIES):
            polite = True
        elif clause[at] in BESIDE_SOLVED or (not beside and not said and _names(clause, at)):
            beside = True
        elif clause[at] not in FILLERS and clause[at] not in PLEASE:
            return None
        at += size or 1
    pleads = not PLEASE.isdisjoint(clause)
    return PlainClause(said, agrees, polite, pleads) if said or not beside else None


def _names(clause: Phrase, at: int) -> bool:
    """Tell whether a word may be the name of a thing: `the printer`, `l'imprimante`."""
    amiss = AMISS | AGAIN | LIMITS | NEGATORS | NO
    named = clause[at].startswith("l'") or (at > 0 and clause[at - 1] in OURS)
    return named and clause[at].removeprefix("l'") not in amiss


# --- phrases ----------------------------------------------------------------------------------------


def phrase_at(clause: Sequence[str], at: int, phrases: frozenset[Phrase]) -> int:
    """The number of words of the longest of the phrases that begins there."""
    if fold(clause[at]) not in _beginnings(phrases):
        return 0
    folded = tuple(map(fold, clause[at : at + _LONGEST]))
    return next((size for size in range(len(folded), 0, -1) if folded[:size] in phrases), 0)


@functools.lru_cache(16)
def _beginnings(phrases: frozenset[Phrase]) -> frozenset[str]:
    return frozenset(each[0] for each in phrases)


_LONGEST: Final = max(map(len, THANKS | COURTESIES | CONTENT))
