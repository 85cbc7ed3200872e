"""Threads: which mails belong together by the Message-IDs they bear and name, and what ties ids to cases."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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


def thread(mails: Iterable[tuple[str | None, Sequence[str]]]) -> list[int]:
    """The number of each mail's thread, given (its Message-ID, the ids it names) in any order.

    Mails belong together when one names the other or both name the same, through mails we never saw too.
    """
    tree = _Threads()
    tops = []
    for number, (own, named) in enumerate(mails):
        top = own or number  # without a Message-ID nobody can name it; it may name others
        for each in named:
            tree.join(top, each)
        tops.append(top)
    numbers: dict[str | int, int] = {}
    return [numbers.setdefault(tree.top(top), len(numbers)) for top in tops]


class _Threads:
    """Sets of ids that grow together: a forest in which each id knows one above it."""

    def __init__(self) -> None:
        self._above: dict[str | int, str | int] = {}

    def top(self, one: str | int) -> str | int:
        above = self._above
        while (parent := above.get(one, one)) != one:
            above[one] = above.get(parent, parent)  # halving the way keeps the trees flat
            one = parent
        return one

    def join(self, one: str | int, other: str | int) -> None:
        self._above[self.top(other)] = self.top(one)
