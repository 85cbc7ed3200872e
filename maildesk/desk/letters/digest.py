"""A digest: many notices for one person in one letter, the most important kinds first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from maildesk.desk.case.case import Case
from maildesk.desk.case.letter_order import LetterKind
from maildesk.desk.letters.letter_kinds import NOTICES

MOST_LINES = 500
"""A digest lists no more cases than this, and says how many there are beyond."""

_RANKS = tuple(NOTICES)


@dataclass(frozen=True, slots=True)
class DigestEntry:
    """A notice that was not written as a letter of its own. `recipient` is as letters are addressed.

    `message_id` is the one it would have had, so that what happened once is told once.
    """

    recipient: str
    message_id: str
    case_ref: str
    kind: LetterKind
    at: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class HeardLately:
    """The news that somebody of the desk had lately: notices since two moments, and the last digest's time.

    `waiting`: when the digest is due whose entries wait already.
    """

    short: int = 0
    long: int = 0
    digest_at: datetime | None = None
    waiting: datetime | None = None


@dataclass(frozen=True, slots=True)
class DigestItem:
    """One notice of a digest: its kind, the case as it now stands, and when it happened."""

    kind: LetterKind
    case: Case
    at: datetime


def in_order(items: Iterable[DigestItem]) -> list[DigestItem]:
    """One item for each kind and case, the most important kinds first, and in these the oldest."""
    once = {(one.kind, one.case.ref): one for one in items}
    return sorted(once.values(), key=lambda one: (_RANKS.index(one.kind), one.at, one.case.ref))


def grouped(items: Sequence[DigestItem]) -> Iterator[tuple[LetterKind, list[DigestItem]]]:
    """Ordered items by kind."""
    for kind in NOTICES:
        same = [one for one in items if one.kind is kind]
        if same:
            yield kind, same
