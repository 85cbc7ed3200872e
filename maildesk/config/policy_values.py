"""The form of single values in a policy file: weekdays, opening hours, targets, words."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from maildesk.config.days_off import read_day
from maildesk.config.problems import WrongValue
from maildesk.config.values import DomainName, EmailAddress, Line
from maildesk.desk.policy.policy import WarnBefore
from maildesk.desk.policy.whole_words import fold
from maildesk.desk.promises.calendar import MIDNIGHT, Target, Window, ordered
from maildesk.errors import BadInput

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOURS = re.compile(r"([0-9]{1,2}):([0-5][0-9]) ?[-–] ?([0-9]{1,2}):([0-5][0-9])", re.ASCII)


def read_weekdays(text: str) -> tuple[int, ...]:
    """`mon`, `mon-fri` or `daily` as weekday numbers, Monday first."""
    if text == "daily":
        return tuple(range(7))
    first, dash, last = text.partition("-")
    if first in _DAYS and (last in _DAYS or not dash):
        begin, end = _DAYS.index(first), _DAYS.index(last or first)
        if begin <= end:
            return tuple(range(begin, end + 1))
    raise WrongValue(
        f"{text!r} is not a weekday", "write mon, tue, wed, thu, fri, sat, sun, mon-fri or daily"
    )


def read_windows(value: Any) -> tuple[Window, ...]:
    """`09:00-17:00`, a list of such, or `closed`."""
    if value == "closed":
        return ()
    texts = value if isinstance(value, list) else [value]
    try:
        return ordered(_window(text) for text in texts)
    except BadInput as error:
        raise WrongValue(error.message, error.remedy) from None


def _window(text: Any) -> Window:
    match = _HOURS.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise WrongValue("should be opening hours", "write 09:00-17:00, [09:00-12:00, 13:00-17:00] or closed")
    opens, closes = (60 * int(match[at]) + int(match[at + 1]) for at in (1, 3))
    if closes > MIDNIGHT:
        raise WrongValue(f"{text} ends after the day does", "a day ends at 24:00")
    return Window(opens, closes)


def week(hours: dict[str, tuple[Window, ...]]) -> tuple[tuple[Window, ...], ...]:
    """The hours of seven weekdays, Monday first; a day that nobody names is closed."""
    days: list[tuple[Window, ...]] = [()] * 7
    for names, windows in hours.items():
        for day in read_weekdays(names):
            days[day] = windows
    return tuple(days)


def _one_week(hours: dict[str, tuple[Window, ...]]) -> dict[str, tuple[Window, ...]]:
    named = [day for names in hours for day in read_weekdays(names)]
    twice = next((day for day in named if named.count(day) > 1), None)
    if twice is not None:
        raise WrongValue(f"{_DAYS[twice]} is given twice", "name each day once")
    if not any(hours.values()):
        raise WrongValue("there are no open hours", "give at least one weekday its hours")
    return hours


def _target(value: Any) -> Target:
    try:
        return Target.parse(str(value))
    except BadInput as error:
        raise WrongValue(error.message, error.remedy) from None


def _warn_before(value: Any) -> WarnBefore:
    try:
        return WarnBefore.parse(str(value))
    except BadInput as error:
        raise WrongValue(
            error.message, "write a share such as 25%, business time such as 30m or 1h, or never"
        ) from None


def _weekdays(text: str) -> str:
    read_weekdays(text)
    return text


def _word(text: str) -> str:
    if not fold(text):
        raise WrongValue("is empty")
    return text


def _listed(value: Any) -> Any:
    """One entry may be written without the brackets of a list."""
    return [value] if isinstance(value, str) else value


Windows = Annotated[tuple[Window, ...], BeforeValidator(read_windows)]
Hours = Annotated[dict[Annotated[str, AfterValidator(_weekdays)], Windows], AfterValidator(_one_week)]
Promise = Annotated[Target, BeforeValidator(_target)]
Warned = Annotated[WarnBefore, BeforeValidator(_warn_before)]
Day = Annotated[date | tuple[int, int], BeforeValidator(read_day)]
Word = Annotated[str, AfterValidator(_word)]

Lines = Annotated[tuple[Line, ...], Field(min_length=1), BeforeValidator(_listed)]
Addresses = Annotated[tuple[EmailAddress, ...], Field(min_length=1), BeforeValidator(_listed)]
Domains = Annotated[tuple[DomainName, ...], Field(min_length=1), BeforeValidator(_listed)]
WordList = Annotated[tuple[Word, ...], Field(min_length=1), BeforeValidator(_listed)]
