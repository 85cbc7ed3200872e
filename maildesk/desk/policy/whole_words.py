"""Finding whole words in what a customer wrote, whatever the letter case and script."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple, NewType

Folded = NewType("Folded", str)
"""Text made ready for comparing; made once per mail and looked through by every rule."""

_UNSPACED = ("CJK ", "HIRAGANA ", "KATAKANA ", "THAI ", "LAO ", "KHMER ", "MYANMAR ")
"""Scripts that put no space between words: there, a word's edge cannot be asked for."""


_LONGEST = 256
"""Sorting a run of accents costs the square of its length (UAX #15 §10): longer words go in pieces."""


def fold(text: str) -> Folded:
    """Letter case, width, composition, soft hyphens and runs of white space made equal.

    This is Unicode's compatibility caseless matching (The Unicode Standard, D146), so ß meets SS
    and full-width letters meet plain ones.
    """
    if text.isascii():
        return Folded(" ".join(text.lower().split()))
    words = " ".join(map(_plain, text.replace("\u00ad", "").split()))
    return Folded(" ".join(words.split()))


def _plain(word: str) -> str:
    if len(word) > _LONGEST:
        pieces = (word[at : at + _LONGEST] for at in range(0, len(word), _LONGEST))
        return "".join(map(_plain, pieces))
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", word).casefold())


class ListedWord(NamedTuple):
    """A word of a list, as texts are compared with it and as the list spells it."""

    folded: Folded
    written: str


@dataclass(frozen=True, slots=True)
class WordList:
    """Words and phrases to look for. They are plain text, never a pattern; looking is linear."""

    words: tuple[str, ...] = ()
    folded: tuple[ListedWord, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        listed = (ListedWord(fold(word), word) for word in self.words)
        object.__setattr__(self, "folded", tuple(each for each in listed if each.folded))

    def __bool__(self) -> bool:
        return bool(self.words)

    def found_in(self, *texts: Folded, named: Collection[Folded] = ()) -> str | None:
        """The first of our words, as we spell it, that stands in one of the texts as a whole word.

        `named` are words that are known to stand in a further text, by `all_in`.
        """
        for folded, word in self.folded:
            if folded in named or any(_stands_in(folded, text) for text in texts):
                return word
        return None

    def all_in(self, text: str) -> frozenset[Folded]:
        """Every one of our words that stands in a text as a whole word, folded."""
        looked_through = fold(text)
        return frozenset(folded for folded, _ in self.folded if _stands_in(folded, looked_through))


def _stands_in(word: str, text: str) -> bool:
    return next(places(word, text), None) is not None


def places(word: str, text: str) -> Iterator[tuple[int, int]]:
    """Every place where a folded word stands in a folded text as a whole word: where it begins and ends."""
    at = text.find(word)
    while at >= 0:
        end = at + len(word)
        if begins_word(text, at) and ends_word(text, end):
            yield at, end
        at = text.find(word, end)


def begins_word(text: str, at: int) -> bool:
    """Tell whether what begins there is no longer word's end."""
    return not _goes_on(text[at - 1 : at], text[at])


def ends_word(text: str, end: int) -> bool:
    """Tell whether what ends there is no longer word's beginning."""
    return not _goes_on(text[end : end + 1], text[end - 1])


def _goes_on(neighbour: str, edge: str) -> bool:
    """Tell whether the character beside our word's edge makes it part of a longer word."""
    return bool(neighbour) and _is_letter(neighbour) and _is_letter(edge) and not _unspaced(edge)


def _is_letter(character: str) -> bool:
    """Letters, digits, the underscore, and the marks that belong to a letter (vowel signs, accents)."""
    return character.isalnum() or character == "_" or unicodedata.category(character).startswith("M")


def _unspaced(character: str) -> bool:
    return unicodedata.name(character, "").startswith(_UNSPACED)
