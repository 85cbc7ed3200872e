"""Fields of a case that the policy defines: their kinds, their choices, and how a value is read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

from maildesk.desk.case.told import Phrase
from maildesk.desk.policy.names import comparable, named
from maildesk.desk.promises import typed_times
from maildesk.errors import BadInput


class FieldKind(StrEnum):
    """The kinds of field; the value is how the policy file writes them, but for choices."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    YES_OR_NO = "yes or no"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class CaseField:
    """One field. Of `choices` the first is the default; with `keeps_last` a value only moves down their list.

    `note` is the choice that wants a note; `label` what customers and cards call the field.
    """

    name: str
    kind: FieldKind
    choices: tuple[str, ...] = ()
    keeps_last: bool = False
    note: str | None = None
    label: str = ""

    @property
    def default(self) -> str | None:
        """The value of a case that nobody gave one."""
        return self.choices[0] if self.choices else None

    def kept(self, before: str | None, new: str) -> str:
        """The value after `new` is set: where the field keeps the last of its list, perhaps `before`."""
        held = before or self.default
        if not self.keeps_last or held not in self.choices:
            return new
        return max(held, new, key=self.choices.index)


BUILT_IN: Final = ("priority", "type", "subject", "account")
"""The fields that every case has, which `set` knows; no field of a policy may be called so."""

SOURCE: Final = "source"
"""The field that keeps by which channel a case came, where the policy has it; rules always know it."""

EMAIL: Final = "email"
"""The channel of a mailbox of which nothing else is said."""

YES, NO = "yes", "no"


def read_value(field: CaseField, typed: str, now: datetime, zone: str) -> str:
    """Read the value that somebody means, as it is kept; raises what is to be reported.

    Days (`friday`) are counted from `now` in the desk's time zone.
    """
    value = " ".join(typed.split())
    if not value:
        raise BadInput(
            Phrase("{field} is given no value", field=field.name),
            remedy=Phrase("write #set {field}=value", field=field.name),
        )
    if field.kind is FieldKind.DATE:
        return typed_times.day(value, now, zone).isoformat()
    return fixed_value(field, value)


def fixed_value(field: CaseField, value: str) -> str:
    """Read a value that means the same at any time, as a policy writes it; raises what is to be reported."""
    return _READERS[field.kind](field, value)


def shown_values(fields: Mapping[str, CaseField], values: Mapping[str, str]) -> dict[str, str | None]:
    """The value of every field, the default where nobody gave one.

    Values of fields that the policy no longer has come last: nothing that somebody set is hidden.
    """
    own = {name: values.get(name) or field.default for name, field in fields.items()}
    return own | {name: value for name, value in values.items() if name not in fields}


def split_off(known: Mapping[str, CaseField], typed: str) -> tuple[str, str] | None:
    """Part `chat outcome happy` behind the whole name of a field, in spite of the spaces in it."""
    words = typed.split()
    names = {comparable(name) for name in known}
    for length in range(min(len(words) - 1, _MOST_WORDS), 0, -1):
        if comparable(" ".join(words[:length])) in names:
            return " ".join(words[:length]), " ".join(words[length:])
    return None


_MOST_WORDS: Final = 20
"""So many words may be a field's name; what stands behind `#set` may have thousands."""


def _text(field: CaseField, value: str) -> str:
    if len(value) > MOST_TEXT:
        remedy = Phrase("say the rest in a note")
        raise BadInput(
            Phrase("{field} takes {most} characters at most", field=field.name, most=MOST_TEXT),
            remedy=remedy,
        )
    return value


MOST_TEXT: Final = 500
"""Characters of a text on a card."""


def _number(field: CaseField, value: str) -> str:
    if not _NUMBER.fullmatch(value):
        raise BadInput(
            Phrase("{typed} is no number for {field}", typed=repr(value[:40]), field=field.name),
            remedy=Phrase("write it as 25 or 2.5"),
        )
    return f"{Decimal(value).normalize():f}"


_NUMBER: Final = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,6})?", re.ASCII)


def _yes_or_no(field: CaseField, value: str) -> str:
    said = value.casefold().strip(".!")
    if said not in _YES_OR_NO:
        raise BadInput(
            Phrase("{typed} is neither yes nor no for {field}", typed=repr(value[:40]), field=field.name),
            remedy=Phrase("write yes or no"),
        )
    return _YES_OR_NO[said]


_YES_OR_NO: Final = {
    **dict.fromkeys(("yes", "y", "true", "on", "1", "ja", "sim"), YES),
    **dict.fromkeys(("no", "n", "false", "off", "0", "nein", "não"), NO),
}


def _choice(field: CaseField, value: str) -> str:
    return named(field.choices, value, Phrase("{field} called", field=field.name))


def _day(field: CaseField, value: str) -> str:
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise BadInput(
            Phrase("{typed} is no day for {field}", typed=repr(value[:40]), field=field.name),
            remedy=Phrase("write it as 2026-12-24"),
        ) from None


_READERS: Final[Mapping[FieldKind, Callable[[CaseField, str], str]]] = {
    FieldKind.TEXT: _text,
    FieldKind.NUMBER: _number,
    FieldKind.YES_OR_NO: _yes_or_no,
    FieldKind.DATE: _day,
    FieldKind.CHOICE: _choice,
}
