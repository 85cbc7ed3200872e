"""Several things in one sentence."""

from __future__ import annotations

from collections.abc import Sequence

from maildesk.desk.case.told import Speech, Told, said


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
