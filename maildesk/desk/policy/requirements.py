"""Requirements as the policy wants them kept, and the search for one by what somebody typed."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from maildesk.desk.case.case import Case
from maildesk.desk.case.requirement import Requirement, key_of
from maildesk.desk.case.told import Joined, Phrase
from maildesk.desk.policy.names import comparable, named
from maildesk.errors import NotFound

STATUSES: Final = ("Not Started", "In Progress", "Shipped")
"""Statuses where the policy names none: the first is that of a new one, the last of one that shipped."""


@dataclass(frozen=True, slots=True)
class Requirements:
    """The terms of requirements. A case of this `type` wants one; `team` is whose a new one is.

    `shipped` is the status that its cases come to when it ships; None: they stay where they are.
    """

    type: str | None = None
    team: str | None = None
    categories: tuple[str, ...] = ()
    statuses: tuple[str, ...] = STATUSES
    shipped: str | None = None


def requirement_called(known: Sequence[Requirement], typed: str) -> Requirement:
    """The requirement that somebody means; raises Ambiguous, or NotFound, which names those that are near."""
    by_name = {each.name: each for each in known}
    whole = next((each for each in known if each.key == key_of(typed)), None)
    if whole:
        return whole
    try:
        return by_name[named(by_name, typed, Phrase("requirement"))]
    except NotFound:
        pass
    near = alike(known, typed)
    remedy = [Phrase("near is {near}; ", near=listed(near))] if near else []
    raise NotFound(
        Phrase("there is no requirement {typed}", typed=repr(typed[:60])),
        remedy=Joined("", (*remedy, _HOW_NEW)),
    )


_HOW_NEW: Final = Phrase("`#requirement new NAME: SUMMARY` or `maildesk requirement new` makes one")


def alike(known: Iterable[Requirement], name: str, summary: str = "") -> tuple[Requirement, ...]:
    """The requirements that may be the same thing by another name: to be looked at before one is made."""
    wanted = _telling_words(f"{name} {summary}")
    letters = difflib.SequenceMatcher(None, "", key_of(name)[:_READ])
    scores = ((_likeness(each, letters, wanted), each) for each in known)
    found = sorted((score, each.key, each) for score, each in scores if score >= _ALIKE)
    return tuple(each for _, _, each in reversed(found[-_MOST:]))


def _likeness(other: Requirement, letters: difflib.SequenceMatcher[str], wanted: set[str]) -> float:
    """Say how near another is, 0 to 1: by the letters of its name, or by the words that both hold."""
    words = _telling_words(f"{other.name} {other.summary}")
    shared = len(words & wanted) / max(1, min(len(words), len(wanted)))
    letters.set_seq1(other.key[:_READ])
    bounds = (letters.real_quick_ratio, letters.quick_ratio)  # cheap, and never too low
    return max(shared, letters.ratio() if all(bound() >= _ALIKE for bound in bounds) else 0.0)


def _telling_words(text: str) -> set[str]:
    return {word for word in comparable(text) if len(word) >= _TELLING}


_TELLING: Final = 4
_ALIKE: Final = 0.5
_MOST: Final = 5
_READ: Final = 100


def listed(requirements: Iterable[Requirement]) -> str:
    """Name some requirements in a sentence."""
    return ", ".join(f"{each.name} ({each.status})" for each in requirements)


def wants_requirement(case: Case, terms: Requirements) -> bool:
    """Tell whether a case is to wait for a requirement, and waits for none yet."""
    wants = terms.type is not None and case.type == terms.type
    return wants and not case.requirement and not case.phase.ended
