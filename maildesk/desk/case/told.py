"""Words of ours that can be said in another language: as plain text English, or the first of the policy's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from maildesk.errors import MaildeskError


class Speech(Protocol):
    """A language, as far as words need it to be said in it."""

    @property
    def tag(self) -> str:
        """The tag of the language, such as `pt-BR` (RFC 5646)."""

    def say(self, english: str, values: Mapping[str, object]) -> str:
        """Say a sentence of ours, with these values in their places."""

    def listed(self, parts: Sequence[str], *, any_one: bool = False) -> str:
        """Join several things as people do: `a, b and c`, or `a, b or c`."""

    def moment(self, at: datetime, zone: str) -> str:
        """Tell a time in full."""

    def in_short(self, at: datetime, zone: str) -> str:
        """Tell a time as it stands in a table: the day of the week, the day, hour and minute."""

    def date_of(self, at: datetime, zone: str) -> str:
        """Tell a day with its year."""

    def weekdays(self) -> Sequence[str]:
        """Name the days of the week as heads of a table do, Monday first."""

    def decimal(self, value: float) -> str:
        """Write a number with one digit after the point, or comma."""


class Told(str):
    """Words that know how they are said in another language.

    They are a text like any other, so whatever only keeps or compares texts need not know of them; cut or
    joined they are that text, and no more.
    """

    def in_(self, language: Speech) -> str:
        """The same words in this language."""
        raise NotImplementedError

    def __reduce__(self) -> tuple[Any, ...]:
        """Say how they are copied, and handed to another process: made anew, they would want their parts."""
        return _again, (type(self), str(self), self.__dict__)


def _again(kind: type[Told], words: str, known: Mapping[str, Any]) -> Told:
    told = str.__new__(kind, words)
    told.__dict__.update(known)
    return told


def said(words: str, language: Speech) -> str:
    """Say words in a language as far as they know how; somebody's own words stay as they are."""
    return words.in_(language) if isinstance(words, Told) else words


class Phrase(Told):
    """A sentence of ours with values in it; its English is the key under which translations stand."""

    english: str
    values: Mapping[str, object]

    def __new__(cls, english: str, /, **values: object) -> Phrase:
        phrase = super().__new__(cls, english.format(**values) if values else english)
        phrase.english, phrase.values = english, values
        return phrase

    def in_(self, language: Speech) -> str:
        values = {
            name: said(each, language) if isinstance(each, str) else each
            for name, each in self.values.items()
        }
        return language.say(self.english, values)


class Text(Told):
    """A text of the policy in several languages, by their tags; the first of them is what it plainly is."""

    by_language: Mapping[str, str]

    def __new__(cls, by_language: Mapping[str, str]) -> Text:
        text = super().__new__(cls, next(iter(by_language.values())))
        text.by_language = by_language
        return text

    def in_(self, language: Speech) -> str:
        tag = best(language.tag, self.by_language)
        return self.by_language[tag] if tag else str(self)


class Joined(Told):
    """Several words with the same between them."""

    between: str
    parts: tuple[str, ...]

    def __new__(cls, between: str, parts: Iterable[str]) -> Joined:
        kept = tuple(parts)
        joined = super().__new__(cls, between.join(kept))
        joined.between, joined.parts = between, kept
        return joined

    def in_(self, language: Speech) -> str:
        return said(self.between, language).join(said(each, language) for each in self.parts)


class Enumeration(Told):
    """Several things, joined as people of each language write: `a`, `a and b`, `a, b and c`."""

    parts: tuple[str, ...]
    any_one: bool

    def __new__(cls, parts: Sequence[str], *, any_one: bool = False) -> Enumeration:
        last = " or " if any_one else " and "
        listed = super().__new__(cls, last.join(filter(None, (", ".join(parts[:-1]), *parts[-1:]))))
        listed.parts, listed.any_one = tuple(parts), any_one
        return listed

    def in_(self, language: Speech) -> str:
        return language.listed([said(each, language) for each in self.parts], any_one=self.any_one)


def in_words(parts: Sequence[str]) -> Enumeration:
    """Join them as people write; the empty string for none."""
    return Enumeration(parts)


def problem_told(problem: MaildeskError) -> Told:
    """Say what is wrong and what a person can do, as far as the problem knows how."""
    remedy = (" (", problem.remedy, ")") if problem.remedy else ()
    return Joined("", (problem.message, *remedy))


def best(wanted: str, offered: Iterable[str]) -> str | None:
    """Find the language that comes nearest to the one that is wanted (RFC 4647 §3.4): `pt-BR` for `pt-BR`,
    `pt` where there is that alone; at last any of the same kind, as Brazilians and Portuguese read each
    other.
    """
    known = {each.casefold(): each for each in reversed([*offered])}
    parts = wanted.replace("_", "-").casefold().split("-")
    for most in range(len(parts), 0, -1):
        if found := known.get("-".join(parts[:most])):
            return found
    alike = (each for tag, each in reversed(known.items()) if tag.split("-")[0] == parts[0])
    return next(alike, None)
