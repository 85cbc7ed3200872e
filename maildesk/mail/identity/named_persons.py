"""A person as others name them: an address in all its spellings, and whole names, wherever lines break."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from maildesk.mail.addr_spec import person_key, spelled_in_letters

PLACEHOLDER: Final = "…"
_LEAST_NAME: Final = 2
"""Words of a name that is taken out of others' texts: one alone is a word like any other."""

_BETWEEN: Final = r"(?=\s)[^\S\n]*+(?:\n[\s>]*+)?+"
"""The pattern between two words of a name: blanks, or the end of a line and the marks of a quoted one."""

_MARKS: Final = "\u0300-\u036f"  # an accent by itself makes another letter of the one before
_BEGINS: Final = r"(?<!\w)(?<!\w-)"
_ENDS: Final = rf"(?![\w{_MARKS}])(?!-\w)"

_RUNS: Final = re.compile(r"[A-Za-z0-9]+")
_PLAIN: Final = re.compile(r"[A-Za-z0-9.@+_-]+")
_MOST_RUNS: Final = 3

Hint = tuple[tuple[str, ...], ...]
"""Words of a text that names somebody: of each of these one spelling at least, small and capital letters of
English aside."""


@dataclass(frozen=True)
class NamedPerson:
    """One person: an address, and the names that mails gave it."""

    address: str
    names: tuple[str, ...] = ()

    def has(self, address: str | None) -> bool:
        """Tell whether this address is the person's."""
        return person_key(address or "") == self._key

    def cleaned(self, said: str) -> str:
        """A text without the person's address and whole names of several words.

        A name that another goes on from comes after that one; an address that goes on is somebody else's.
        """
        return self._named.sub(PLACEHOLDER, said)

    def is_in_id(self, message_id: str) -> bool:
        """Tell whether the id of a mail was made of the address, as programs do."""
        return self._in_ids.search(message_id) is not None

    def is_written_in(self, sender: str) -> bool:
        """Tell whether a mail that says it is from `sender` (`Name <address>`) says it is theirs."""
        return self.has(sender.rpartition("<")[2].rstrip("> ") if sender.endswith(">") else sender)

    @cached_property
    def hints(self) -> tuple[Hint, ...]:
        """The words to look for first: a text that names the person has those of one hint at least."""
        local, _, domain = self._key.rpartition("@")
        if _PLAIN.fullmatch(self._key) and spelled_in_letters(domain) == domain:
            return (((self._key,),), *map(_hint, self._long_names))
        domains = dict.fromkeys((domain, spelled_in_letters(domain)))
        return (*(_hint(f"{local} {each}") for each in domains), *map(_hint, self._long_names))

    @cached_property
    def _key(self) -> str:
        return person_key(self.address)

    @cached_property
    def _long_names(self) -> tuple[str, ...]:
        known = {" ".join(each.split()) for each in self.names if len(each.split()) >= _LEAST_NAME}
        return tuple(sorted(known, key=len, reverse=True))

    @cached_property
    def _address(self) -> str:
        """The pattern of the address in any spelling."""
        local, at, domain = self._key.rpartition("@")
        domains = dict.fromkeys((_letters(domain), _letters(spelled_in_letters(domain))))
        return rf"{_letters(local)}{at}(?:{'|'.join(domains)})(?!\.\w){_ENDS}"

    @cached_property
    def _named(self) -> re.Pattern[str]:
        names = (_BETWEEN.join(map(_letters, each.split())) for each in self._long_names)
        either = [rf"(?<![\w.+-]){self._address}", *(f"{_BEGINS}{each}{_ENDS}" for each in names)]
        return re.compile("|".join(either), re.IGNORECASE)

    @cached_property
    def _in_ids(self) -> re.Pattern[str]:
        return re.compile(rf"(?<![^\W_]){self._address}", re.IGNORECASE)


def _letters(text: str) -> str:
    """The pattern of a word, its accents with their letters or behind them."""
    return "".join(map(_letter, unicodedata.normalize("NFC", text)))


def _letter(one: str) -> str:
    apart = unicodedata.normalize("NFD", one)
    return re.escape(one) if apart == one else f"(?:{re.escape(one)}|{re.escape(apart)})"


def _hint(words: str) -> Hint:
    """The longest runs of English letters, which all spellings have; of a word without any, itself."""
    found: list[tuple[str, ...]] = []
    for word in unicodedata.normalize("NFC", words).split():
        runs = _RUNS.findall(word)
        found += [(each,) for each in runs] or [tuple(_spellings(word))]
    return tuple(sorted(found, key=lambda each: len(each[0]), reverse=True)[:_MOST_RUNS])


def _spellings(word: str) -> Iterator[str]:
    """The usual spellings of a word without any English letter, of which SQLite knows no letter case."""
    cases = (word, word.lower(), word.upper(), word.title())
    forms = (unicodedata.normalize(form, each) for each in cases for form in ("NFC", "NFD"))
    yield from dict.fromkeys(forms)
