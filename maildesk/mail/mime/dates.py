"""Dates as mail programs, scripts and gateways write them, read into UTC; none is made up."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from maildesk.mail.mime.headers import decode_words, unfold

_DATE_BYTES: Final = 200

# RFC 5322 §3.3, as nearly all mails have it.
_USUAL: Final = re.compile(
    rb"(?:[A-Za-z]{3}, {1,2})?(\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) ([01]\d|2[0-3]):(\d\d):(\d\d)"
    rb" ([+-]\d\d)(\d\d)\b"
)

# Programs that use the language of the computer they run on. The first three letters name the month, four
# where three do not (juin and juillet). Letters are without accents: `fév`, `Mär` and `déc` come so.
_MONTH_NAMES: Final = (
    "jan feb mar apr may jun jul aug sep oct nov dec",  # English
    "jan feb mar apr mai jun jul aug sep okt nov dez",  # German
    "jan fev mars avr mai juin juil aou sep oct nov dec",  # French
    "jan fev mar abr mai jun jul ago set out nov dez",  # Portuguese
    "ene feb mar abr may jun jul ago sep oct nov dic",  # Spanish
    "gen feb mar apr mag giu lug ago set ott nov dic",  # Italian
    "jan feb mrt apr mei jun jul aug sep okt nov dec",  # Dutch
    "jan feb maa apr maj jun jul aug sep okt nov des",  # Danish, Swedish, Norwegian; Dutch `maart`
    "sty lut mar kwi maj cze lip sie wrz paz lis gru",  # Polish
    "oca sub mar nis may haz tem agu eyl eki kas ara",  # Turkish
    "янв фев мар апр мая июн июл авг сен окт ноя дек",  # Russian
    "січ лют бер кві тра чер лип сер вер жов лис гру",  # Ukrainian
)
_MONTHS: Final = {name: number for names in _MONTH_NAMES for number, name in enumerate(names.split(), 1)} | {
    "маи": 5
}  # without its accent too

# Hours before UTC or after it. RFC 5322 §4.3 names the American ones; of others that mean several zones, the
# one most mail comes from. A name that is not here says nothing, so the time is taken as UTC (§4.3 too).
_ZONES: Final = {
    "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
    "akst": -9, "akdt": -8, "hst": -10, "ast": -4, "adt": -3, "brt": -3, "brst": -2, "art": -3, "clt": -4,
    "west": 1, "bst": 1, "cet": 1, "cest": 2, "met": 1, "mest": 2, "mez": 1, "mesz": 2, "sast": 2,
    "eet": 2, "eest": 3, "msk": 3, "msd": 4, "trt": 3, "gst": 4, "pkt": 5, "ist": 5.5, "ict": 7, "wib": 7,
    "hkt": 8, "sgt": 8, "awst": 8, "jst": 9, "kst": 9, "acst": 9.5, "aest": 10, "aedt": 11, "nzst": 12,
    "nzdt": 13,
}  # fmt: skip

_COMMENT: Final = re.compile(r"\(([^()]*)\)")
_TIME: Final = re.compile(
    r"(?<![\d:.])(?P<hour>\d{1,2})(?:[:h]|\.(?=\d\d\.\d\d))(?P<minute>\d{2})(?:[:.](?P<second>\d{1,2}))?"
    r"(?:[.,]\d{1,9})?(?![:.]\w|\d)\s*(?P<half>[ap]\.?m\b\.?)?"
)
_OFFSET: Final = re.compile(r"\s*+(?:(?:gmt|utc?)\s*+)?([+-])(\d{1,2}):?(\d{2})?(?!\d)")
_LAST_OFFSET: Final = re.compile(r".*\s([+-])(\d\d)(\d\d)\s*$")
_ZONE_NAME: Final = re.compile(r"\s*([a-z]{1,4})\b")
_WORD: Final = r"(?P<month>[^\W\d_]{3,12})"
_DAY: Final = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_DATES: Final = tuple(
    map(
        re.compile,
        (
            rf"(?<!\d){_DAY}[\s.,/-]*(?:\bde\s+)?{_WORD}[\s.,/-]+(?:de\s+)?(?P<year>\d{{2,4}})(?![\d:])",
            r"(?<!\d)(?P<year>\d{4})\s?[-/.年]\s?(?P<number>\d{1,2})\s?[-/.月]\s?(?P<day>\d{1,2})(?!\d)",
            rf"\b{_WORD}[\s.]+{_DAY}(?:,\s*|\s+)(?P<year>\d{{4}})(?!\d)",
            rf"\b{_WORD}\s+{_DAY}\b.*?\b(?P<year>\d{{4}})(?:\s[+-]\d{{4}})?\s*$",  # asctime(3), date(1), git
            r"(?<!\d)(?P<day>\d{1,2})\.\s?(?P<number>\d{1,2})\.\s?(?P<year>\d{4})(?!\d)",
            r"(?<!\d)(?P<first>\d{1,2})[/-](?P<second>\d{1,2})[/-](?P<year>\d{4})(?!\d)",
        ),
    )
)
_EARLIEST: Final = 1900


def date_in(value: bytes) -> datetime | None:
    """The time a Date field claims, in UTC, or None when it is no date (RFC 5322 §3.3, §4.3)."""
    value = unfold(value)
    usual = _USUAL.match(value)
    try:
        if usual is None:
            return _other(value)
        day, name, year, hour, minute, second, zone_hours, zone_minutes = usual.groups()
        month = _MONTHS[name.decode("ascii").lower()]
        offset = int(zone_hours) * 60 + int(zone_hours[:1] + zone_minutes)
        zone = UTC if not offset else timezone(timedelta(minutes=offset))
        seconds = min(int(second), 59)  # a leap second
        return datetime(int(year), month, int(day), int(hour), int(minute), seconds, tzinfo=zone).astimezone(
            UTC
        )
    except (ValueError, KeyError, OverflowError):
        return None


def is_usual(value: bytes) -> bool:
    """Tell whether a date is written as RFC 5322 wants it, so that nothing had to be understood."""
    return _USUAL.match(unfold(value)) is not None


def _other(value: bytes) -> datetime | None:
    """A date in any other order or language. Raises ValueError or OverflowError for what is no time."""
    text = decode_words(value[:_DATE_BYTES], "utf_8")
    text = "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
    comments = " ".join(_COMMENT.findall(text))
    text = _COMMENT.sub(" ", text)
    for pattern in _DATES:
        found = pattern.search(text)
        day = _day(found) if found else None
        if found and day:
            return _at(day, text, found, comments)
    return None


def _day(found: re.Match[str]) -> datetime | None:
    said = found.groupdict()
    year = int(said["year"])
    if len(said["year"]) < 4:  # RFC 5322 §4.3
        year += 2000 if year < 50 else 1900
    if "month" in said:
        word = said["month"]
        month = _MONTHS.get(word[:4]) or _MONTHS.get(word[:3])
    elif "number" in said:
        month = int(said["number"])
    else:
        return _slashed(year, int(said["first"]), int(said["second"]))
    return datetime(year, month, int(said["day"]), tzinfo=UTC) if month and year >= _EARLIEST else None


def _slashed(year: int, one: int, other: int) -> datetime | None:
    """A date of which only the numbers tell which is the day; None where they do not."""
    if one != other and max(one, other) <= 12:
        return None
    return datetime(year, min(one, other), max(one, other), tzinfo=UTC)


def _at(day: datetime, text: str, found: re.Match[str], comments: str) -> datetime | None:
    """The moment of that day that the rest of the text names; its start when there is no time at all."""
    time, searched = _TIME.search(text, found.end()), text
    if time is None:  # before the date, or in the midst of it: `Jan 12 10:11:12 2015`
        searched = text[: found.end()]
        time = _TIME.search(searched)
    if time is None:
        return None if ":" in text else day
    hour = int(time["hour"])
    if time["half"]:
        hour = hour % 12 + (12 if time["half"].startswith("p") else 0)
    second = min(int(time["second"] or 0), 59)
    if hour == 24:  # ISO 8601 writes midnight so
        day, hour = day + timedelta(days=1), 0
    moment = day.replace(hour=hour, minute=int(time["minute"]), second=second)
    return moment - _offset(searched[time.end() :], comments)


def _offset(after: str, comments: str) -> timedelta:
    said = _OFFSET.match(after) or _LAST_OFFSET.match(after)
    if said:
        hours, minutes = said[2], said[3] or "0"
        offset = timedelta(hours=int(hours), minutes=int(minutes))
        if offset >= timedelta(days=1):
            raise ValueError("no place on earth is a day away from Greenwich")
        return -offset if said[1] == "-" else offset
    for text in (after, comments):
        name = _ZONE_NAME.match(text)
        if name:
            return timedelta(hours=_ZONES.get(name[1], 0))
    return timedelta()
