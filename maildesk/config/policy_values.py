"""The form of single values in a policy file: weekdays, opening hours, spans, names, words."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, ValidatorFunctionWrapHandler, WrapValidator

from maildesk.config.days_off import read_day
from maildesk.config.problems import WrongValue
from maildesk.config.values import LANGUAGE_TAG, DomainName, EmailAddress, Language, Line, read_language
from maildesk.desk.case.told import Text
from maildesk.desk.policy.case_fields import NO, YES
from maildesk.desk.policy.names import comparable
from maildesk.desk.policy.whole_words import fold
from maildesk.desk.promises.calendar import MIDNIGHT, Window, ordered
from maildesk.desk.promises.promised import NEVER, WarnBefore
from maildesk.desk.promises.spans import Span
from maildesk.errors import BadInput

_LONGEST_NAME = 100
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_PERCENT = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,3})?) ?%", re.ASCII)
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


def _span(value: Any) -> Span:
    try:
        return Span.parse(str(value))
    except BadInput as error:
        raise WrongValue(error.message, error.remedy) from None


def _span_or_never(value: Any) -> Span | None:
    return None if value == NEVER else _span(value)


def _warn_before(value: Any) -> WarnBefore:
    try:
        return WarnBefore.parse(str(value))
    except BadInput as error:
        raise WrongValue(
            error.message, "write a share such as 25%, business time such as 30m or 1h, or never"
        ) from None


def _percent(value: Any) -> float:
    match = _PERCENT.fullmatch(value) if isinstance(value, str) else None
    if match is None or not 0 < float(match[1]) <= 100:
        raise WrongValue("should be a share of the time", "write it as 99% or 99.5%")
    return float(match[1])


def _minutes(value: Any) -> int:
    match = _CLOCK.fullmatch(value) if isinstance(value, str) else None
    if match is None or 60 * int(match[1]) + int(match[2]) >= MIDNIGHT:
        raise WrongValue(f"{value!r} is no time of day", 'write "18:00"')
    return 60 * int(match[1]) + int(match[2])


_CLOCK = re.compile(r"([0-9]{1,2}):([0-5][0-9])", re.ASCII)


def _release(value: Any) -> date:
    day = read_day(value)
    if not isinstance(day, date):
        raise WrongValue(f"{value!r} is no one day", "a release has a year: write 2026-12-03")
    return day


def _name(value: str) -> str:
    if not comparable(value) or len(value) > _LONGEST_NAME:
        raise WrongValue("is no name", f"write letters or digits, {_LONGEST_NAME} characters at most")
    return value


def meaning(value: Any) -> Any:
    """A section of which only the meaning is written."""
    return {"means": value} if isinstance(value, str) or is_text(value) else value


def plain(value: Any) -> Any:
    """A field's value as text: `10`, `yes`."""
    if isinstance(value, bool):
        return YES if value else NO
    return str(value) if isinstance(value, int | float) else value


def _plain_values(value: Any) -> Any:
    return [plain(each) for each in listed(value)]


def _never_or_words(value: Any) -> Any:
    return None if value == NEVER else listed(value)


def answers_by_name(value: Any) -> Any:
    """A list of answers of which nothing follows."""
    if not isinstance(value, list):
        return value
    return {each if isinstance(each, str) else str(each): {} for each in value}


def _weekdays(text: str) -> str:
    read_weekdays(text)
    return text


def _word(text: str) -> str:
    if not fold(text):
        raise WrongValue("is empty")
    return text


def listed(value: Any) -> Any:
    """One entry may be written without the brackets of a list."""
    return value if isinstance(value, list) else [value]


Windows = Annotated[tuple[Window, ...], BeforeValidator(read_windows)]
Hours = Annotated[dict[Annotated[str, AfterValidator(_weekdays)], Windows], AfterValidator(_one_week)]
OneSpan = Annotated[Span, BeforeValidator(_span)]
SpanOrNever = Annotated[Span | None, BeforeValidator(_span_or_never)]
SpanList = Annotated[tuple[OneSpan, ...], Field(min_length=1), BeforeValidator(listed)]
Warned = Annotated[WarnBefore, BeforeValidator(_warn_before)]
Percent = Annotated[float, BeforeValidator(_percent)]
Day = Annotated[date | tuple[int, int], BeforeValidator(read_day)]
ReleaseDay = Annotated[date, BeforeValidator(_release)]


def _in_languages(value: Any, read: ValidatorFunctionWrapHandler) -> str:
    """A line, or one for each of several languages."""
    if not isinstance(value, dict):
        return str(read(value))
    if not value:
        raise WrongValue("is empty", "write {en: …, pt-BR: …}")
    return Text({read_language(str(tag)): str(read(text)) for tag, text in value.items()})


def is_text(value: Any) -> bool:
    """Tell whether it is a text in several languages rather than a section of keys."""
    tags = [str(each) for each in value] if isinstance(value, dict) else []
    return bool(tags) and "ask" not in tags and all(map(LANGUAGE_TAG.fullmatch, tags))


def _languages(value: tuple[str, ...]) -> tuple[str, ...]:
    twice = next((each for each in value if value.count(each) > 1), None)
    if twice:
        raise WrongValue(f"{twice} is given twice", "name each language once")
    return value


Languages = Annotated[
    tuple[Language, ...], Field(min_length=1), BeforeValidator(listed), AfterValidator(_languages)
]
TextLine = Annotated[Line, WrapValidator(_in_languages)]
TimeOfDay = Annotated[int, BeforeValidator(_minutes)]
Name = Annotated[Line, AfterValidator(_name)]
FieldValue = Annotated[Line, BeforeValidator(plain)]
FieldValues = Annotated[tuple[Line, ...], Field(min_length=1), BeforeValidator(_plain_values)]
Word = Annotated[str, AfterValidator(_word)]

Lines = Annotated[tuple[Line, ...], Field(min_length=1), BeforeValidator(listed)]
Addresses = Annotated[tuple[EmailAddress, ...], Field(min_length=1), BeforeValidator(listed)]
Domains = Annotated[tuple[DomainName, ...], Field(min_length=1), BeforeValidator(listed)]
WordList = Annotated[tuple[Word, ...], Field(min_length=1), BeforeValidator(listed)]
WordsOrNever = Annotated[tuple[Word, ...] | None, Field(min_length=1), BeforeValidator(_never_or_words)]
