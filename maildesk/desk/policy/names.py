"""Names as people type them: any unique word or beginning of a name means it, accents and case aside."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

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

    Between blanks a name is the most words that mean one.
    """
    names = list(dict.fromkeys(known))
    listed = [each for each in typed.split(",") if each.strip()]
    found = (
        [named(names, each, what) for each in listed] if listed[1:] else _from_the_left(names, typed, what)
    )
    return tuple(dict.fromkeys(found))


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
