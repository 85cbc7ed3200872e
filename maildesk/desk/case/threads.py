"""Threads: which mails belong together by the Message-IDs they bear and name, and what ties ids to cases."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from maildesk.mail.addr_spec import NO_ADDRESSES, Addresses


class Hold(StrEnum):
    """The ties of a Message-ID to a case, strongest first."""

    BEARS = "bears"
    """A mail or letter of the case bears it."""
    ALIAS = "alias"
    """A mail that joined the case as a party's named it: the id, perhaps, that a provider gave our letter."""
    NAMED = "named"
    """The mail that opened the case named it: its parent, which may still be on its way."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One case that a Message-ID is tied to. Anybody can write any id, so an id may have many.

    `sent_to` are those to whom a letter of ours went that bears the id, or that a relay gave it to:
    they have it from us. It is empty where a mail from outside bears or named the id, which anybody may know.
    """

    ref: str
    hold: Hold
    sent_to: Addresses = NO_ADDRESSES


class Threads:
    """Threads of mails that are told one after another, in any order.

    Mails belong together when one names the other or both name the same, through mails we never saw too.
    Each id knows one above it, a forest. The ids that a mail names are kept once, however many name them:
    each answer in a long thread names all before it.
    """

    def __init__(self) -> None:
        self._above: dict[str | int, str | int] = {}
        self._mails: list[str | int] = []

    def add(self, own: str | None, named: Iterable[str]) -> None:
        """Take one more mail, with its Message-ID and the ids it names."""
        mail = own or len(self._mails)  # without a Message-ID nobody can name it; it may name others
        for each in named:
            self._join(mail, each)
        self._mails.append(mail)

    def numbers(self) -> list[int]:
        """The number of each mail's thread."""
        numbers: dict[str | int, int] = {}
        return [numbers.setdefault(self._top(each), len(numbers)) for each in self._mails]

    def _top(self, one: str | int) -> str | int:
        above = self._above
        while (parent := above.get(one, one)) != one:
            above[one] = above.get(parent, parent)  # halving the way keeps the trees flat
            one = parent
        return one

    def _join(self, one: str | int, other: str | int) -> None:
        self._above[self._top(other)] = self._top(one)
