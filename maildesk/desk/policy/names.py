"""Names as people type them: any unique word or beginning of a name means it, accents and case aside."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from maildesk.desk.case.told import Joined, Phrase
from maildesk.desk.policy.suggestions import suggestion
from maildesk.desk.policy.whole_words import fold
from maildesk.errors import Ambiguous, NotFound


def named(known: Iterable[str], typed: str, what: str) -> str:
    """Find the one of the `known` names that is meant; raises NotFound or Ambiguous, which name them.

    `what` says what they are names of. The whole name comes first, then its first words, then its beginning,
    then its words: each typed word begins a word of the name, in their order.
    """
    names = list(dict.fromkeys(known))
    if typed in names:
        return typed
    words, wanted = {each: comparable(each) for each in names}, comparable(typed)
    for means in (_is, _has_first, _begins, _has_in_order):
        found = [each for each in names if wanted and means(words[each], wanted)]
        if len(found) == 1:
            return found[0]
        if found:
            raise Ambiguous(
                Phrase(
                    "{typed} may be {names}", typed=repr(typed[:60]), names=Joined(Phrase(" or "), found[:5])
                ),
                remedy=Phrase("write more of the name"),
            )
    raise NotFound(
        Phrase("the policy knows no {what} {typed}", what=what, typed=repr(typed[:60])),
        remedy=_remedy(names, typed, what),
    )


def named_several(known: Iterable[str], typed: str, what: str) -> tuple[str, ...]:
    """Find the names that are meant by a list of them, with commas or blanks between; raises as `named` does.

    Between blanks a name is the most words that mean one. A name that holds a comma is meant by all of it.
    """
    names = list(dict.fromkeys(known))
    listed = [each.strip() for each in typed.split(",") if each.strip()]
    if not listed[1:]:
        return tuple(dict.fromkeys(_from_the_left(names, typed, what)))
    whole = {comparable(each) for each in names if "," in each}
    parted = _parted(listed, _most_commas(names), lambda several: comparable(several) in whole)
    return tuple(dict.fromkeys(named(names, each, what) for each in parted))


def kept_names(text: str, known: Collection[str]) -> list[str]:
    """Find the names in a list of them as events keep it; one that is known no longer is left out."""
    parted = _parted(text.split(_BETWEEN), _most_commas(known), lambda several: several in known)
    return [each for each in parted if each in known]


def _most_commas(names: Iterable[str]) -> int:
    """The commas in the name that has the most."""
    return max((each.count(",") for each in names), default=0)


def _parted(listed: Sequence[str], commas: int, is_name: Callable[[str], bool]) -> Iterator[str]:
    """The parts of a list, where they are the parts of one name together."""
    at = 0
    while at < len(listed):
        sizes = range(min(commas + 1, len(listed) - at), 1, -1)
        size = next((each for each in sizes if is_name(_BETWEEN.join(listed[at : at + each]))), 1)
        yield _BETWEEN.join(listed[at : at + size])
        at += size


_BETWEEN = ", "
"""Stands between the names of a list."""


def _from_the_left(names: list[str], typed: str, what: str) -> list[str]:
    words, found = typed.split(), list[str]()
    most = max((len(comparable(each)) for each in names), default=1)
    while words:
        for size in range(min(most, len(words)), 0, -1):
            try:
                found.append(named(names, " ".join(words[:size]), what))
            except (NotFound, Ambiguous):
                if size == 1:
                    raise
            else:
                words = words[size:]
                break
    return found


def comparable(name: str) -> tuple[str, ...]:
    """The words of a name without accents, letter case and punctuation."""
    letters = unicodedata.normalize("NFD", fold(name))
    bare = "".join(each for each in letters if not unicodedata.combining(each))
    return tuple(_WORD.findall(unicodedata.normalize("NFC", bare)))


_WORD = re.compile(r"\w+")


def _is(words: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    return words == wanted


def _has_first(words: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    return words[: len(wanted)] == wanted


def _begins(words: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    last = len(wanted) - 1
    return words[:last] == wanted[:last] and len(words) > last and words[last].startswith(wanted[last])


def _has_in_order(words: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    left = iter(words)
    return all(any(word.startswith(each) for word in left) for each in wanted)


def _remedy(names: list[str], typed: str, what: str) -> str:
    if not names:
        return Phrase("the policy names no {what}", what=what)
    return suggestion(names, typed, Phrase("use one of {names}", names=", ".join(names)))
