"""The name of a case where another case's people read of it: its reference and its subject."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from maildesk.desk.case.case import Case
from maildesk.desk.case.events import Plain
from maildesk.desk.case.told import Joined, Phrase, Speech, said

NO_SUBJECT = "(no subject)"
"""The subject that a case keeps where its mail has none; people read it in their language."""

_MOST: Final = 80
"""Characters of the subject, which a customer chose."""


def said_in(case: Case, language: Speech) -> Case:
    """Give the case as letters of this language name it."""
    if case.subject != NO_SUBJECT:
        return case
    return replace(case, subject=said(Phrase(NO_SUBJECT), language))


def in_full(case: Case) -> str:
    """Name a case in a sentence: `7K2Q-9F3M (It does not print)`."""
    return _named(case.ref, case.subject)


def in_full_by(data: Mapping[str, Plain], key: str = "ref") -> str:
    """Name the case that an event tells of; the empty string where it tells of none."""
    ref = str(data.get(key) or "")
    return _named(ref, str(data.get("of") or "")) if ref else ""


def event_values(case: Case, key: str = "ref") -> dict[str, Plain]:
    """Make the values by which an event of one case names another."""
    return {key: case.ref, "of": _short(case.subject)}


def _named(ref: str, subject: str) -> str:
    if subject == NO_SUBJECT:
        return Joined("", (f"{ref} ", Phrase(NO_SUBJECT)))
    return f"{ref} ({_short(subject)})" if subject.strip() else ref


def _short(subject: str) -> str:
    plain = " ".join(subject[: 4 * _MOST].split())
    return plain if len(plain) <= _MOST else f"{plain[:_MOST]}…"
