"""The values of a filled form, as far as they are understood, and what it lacks."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from maildesk.desk.case.escalation import Particular, Particulars
from maildesk.desk.case.events import Event, Plain
from maildesk.desk.policy.forms import Form, FormField, FormKind
from maildesk.desk.promises import typed_times
from maildesk.desk.screening.filled_forms import READERS
from maildesk.errors import BadInput

_MOST_DAY: Final = 100
_THIS_CENTURY: Final = 2000


@dataclass(frozen=True, slots=True)
class Understood:
    """The lines of a form that were understood; `unclear` ones say something, `blank` nothing;
    `wrote` is all that was written in them."""

    values: Mapping[str, str]
    unclear: tuple[FormField, ...] = ()
    blank: tuple[FormField, ...] = ()
    wrote: Mapping[str, str] = field(default_factory=dict)

    @property
    def missing(self) -> tuple[FormField, ...]:
        """All that has no value yet."""
        return (*self.unclear, *self.blank)


def understood(form: Form, said: Mapping[str, str], case: str, now: datetime, zone: str) -> Understood:
    """Read the lines of a form; that of its case is `case`, whatever was written there."""
    values: dict[str, str] = {}
    unclear: list[FormField] = []
    blank: list[FormField] = []
    for each in form.fields:
        written = said.get(each.label, "")
        value = case if each.kind is FormKind.CASE else _value(each, written, now, zone)
        if value:
            values[each.label] = value
        elif each.kind is not FormKind.CASE:
            (unclear if written else blank).append(each)
    return Understood(values, tuple(unclear), tuple(blank), said)


def data_of(read: Understood) -> dict[str, Plain]:
    """Write what a form says as an event keeps it: the values, and of unclear lines what was written."""
    unclear = {each.label: read.wrote[each.label] for each in read.unclear}
    data: dict[str, Plain] = {"values": json.dumps(dict(read.values), ensure_ascii=False)}
    return data | ({"unclear": json.dumps(unclear, ensure_ascii=False)} if unclear else {})


def said_by(event: Event) -> Mapping[str, str]:
    """Read from its event what a form said, line by line."""
    kept = (json.loads(str(event.data.get(name) or "{}")) for name in ("unclear", "values"))
    return {label: value for each in kept for label, value in each.items()}


def _value(field: FormField, written: str, now: datetime, zone: str) -> str | None:
    if not written:
        return None
    if field.kind is FormKind.DATE:
        return _day(written, now, zone)
    reader = READERS.get(field.kind)
    return reader(field, written) if reader else written.strip()


def particulars_of(form: Form, read: Understood) -> Particulars:
    """Write what a form says, line by line, for colleagues: of an unclear line what was written."""
    lines = [each.label for each in form.fields if each.kind is not FormKind.CASE]
    wrote = {label: " ".join(read.wrote.get(label, "").split())[:_MOST_WRITTEN] for label in lines}
    values = read.values
    return tuple(
        Particular(each, values[each]) if each in values else Particular(each, wrote=wrote[each])
        for each in lines
    )


_MOST_WRITTEN: Final = 200
_DATE: Final = re.compile(r"\b([0-9]{1,4})[./-]([0-9]{1,2})[./-]([0-9]{1,4})\b", re.ASCII)


def _day(written: str, now: datetime, zone: str) -> str | None:
    """The day as 2026-12-24, where it is certain: of `03/04/2026` nobody knows which is the month."""
    line = written.strip().split("\n")[0][:_MOST_DAY]
    with suppress(BadInput):
        return typed_times.day(line, now, zone).isoformat()
    found = _DATE.search(line)
    if not found:
        return None
    first, month, last = map(int, found.groups())
    days = {day for each in _orders(first, month, last, dotted="." in found[0]) if (day := _date(*each))}
    return days.pop().isoformat() if len(days) == 1 else None


def _orders(first: int, second: int, third: int, *, dotted: bool) -> list[tuple[int, int, int]]:
    """The orders of year, month and day in which three numbers may be meant."""
    if first > 31:
        return [(first, second, third)]
    return [(third, second, first)] if dotted else [(third, second, first), (third, first, second)]


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year + _THIS_CENTURY if year < 100 else year, month, day)
    except ValueError:
        return None
