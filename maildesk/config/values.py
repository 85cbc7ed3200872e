"""The form of single values in our files: durations, sizes, addresses, names, zones."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field

from maildesk.config.problems import WrongValue

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "y": 365 * 86400}
_SIZES = {"B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}

_DURATION = re.compile(r"([0-9]{1,9}(?=[smhd])|[0-9]{1,3}(?=y))([smhdy])", re.ASCII)
_SIZE = re.compile(r"([0-9]{1,9}) ?(B|KiB|MiB|GiB)", re.ASCII)
_ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@([A-Za-z0-9.-]+)", re.ASCII
)
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)
_SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}", re.ASCII)
LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def read_duration(value: Any) -> timedelta:
    """`60s`, `30m`, `4h`, `3d` or `3y` (of 365 days); a bare number says nothing about its unit."""
    if isinstance(value, timedelta):
        return value
    match = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise WrongValue("should be a duration", "write it as 60s, 30m, 4h or 3d")
    return timedelta(seconds=int(match[1]) * _UNITS[match[2]])


def read_size(value: Any) -> int:
    """`64KiB`, `32MiB`, `1GiB` or `100B`."""
    match = _SIZE.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise WrongValue("should be a size", "write it as 64KiB, 32MiB or 1GiB")
    return int(match[1]) * _SIZES[match[2]]


def show_size(value: int) -> str:
    """The shortest way to write a size in a file."""
    unit = next(u for u in ("GiB", "MiB", "KiB", "B") if value % _SIZES[u] == 0)
    return f"{value // _SIZES[unit]}{unit}"


def read_domain(value: str) -> str:
    """A domain name in ASCII, in lower case."""
    domain = value.lower()
    if not domain.isascii():
        raise WrongValue(f"{value!r} is not written in ASCII", "write the domain in its xn-- form")
    labels = domain.split(".")
    if len(labels) < 2 or len(domain) > 253 or not all(map(_LABEL.fullmatch, labels)):
        raise WrongValue(f"{value!r} is not a domain name", "write it as example.com")
    return domain


def read_address(value: str) -> str:
    """One bare e-mail address; its domain in lower case, its local part as written."""
    match = _ADDRESS.fullmatch(value)
    local, _, domain = value.rpartition("@")
    if not value.isascii():
        raise WrongValue(f"{value!r} is not written in ASCII", "write the domain in its xn-- form")
    if match is None or len(local) > 64:
        raise WrongValue(f"{value!r} is not an e-mail address", "write it as name@example.com")
    return f"{local}@{read_domain(domain)}"


def read_line(value: str) -> str:
    """Text for people that fits a header: one line, not empty, no control characters."""
    if not value.strip():
        raise WrongValue("is empty")
    if _CONTROL.search(value) or len(value) > 200:
        raise WrongValue("should be one short line of text")
    return value.strip()


def read_text(value: str) -> str:
    """A few lines of text for people: not empty, no control characters but line ends."""
    text = "\n".join(line.rstrip() for line in value.splitlines()).strip("\n")
    if not text.strip():
        raise WrongValue("is empty")
    if any(map(_CONTROL.search, text.split("\n"))) or len(text) > 2000:
        raise WrongValue("should be a few lines of text")
    return text


def read_field_name(value: str) -> str:
    """The name of a field of an account: one short line that a rule can ask for."""
    name = read_line(value)
    if len(name) > 60:
        raise WrongValue("should be a short name")
    return name


def read_field_value(value: Any) -> str:
    """A field of an account as rules compare it: text, a number as it is written, yes or no."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return f"{value:g}" if isinstance(value, float) else str(value)
    if not isinstance(value, str):
        raise WrongValue("should be text, a number, true or false")
    line = read_line(value)
    return {"true": "yes", "false": "no"}.get(line.casefold(), line)


def read_language(value: str) -> str:
    """A language as `pt-BR` or `en` (RFC 5646)."""
    if not LANGUAGE_TAG.fullmatch(value):
        raise WrongValue(f"{value!r} is not the tag of a language", "write it as en or pt-BR")
    return value


def read_slug(value: str) -> str:
    """A name that commands and logs use: one word."""
    if not _SLUG.fullmatch(value):
        raise WrongValue(f"{value!r} is not a name", "use letters, digits, - _ and . only")
    return value


def read_tag(value: str) -> str:
    """Read what stands before the reference in `[Acme #7K2Q-9F3M]`."""
    line = read_line(value)
    if re.search(r"[\[\]#]", line) or len(line) > 40:
        raise WrongValue(
            f"{value!r} cannot stand in a subject tag", "use at most 40 characters, none of [ ] #"
        )
    return line


def read_host(value: str) -> str:
    """A host name or an IP address, without a port."""
    if not value or re.search(r"[\s/@\[\]]", value) or value.count(":") == 1 or not value.isascii():
        raise WrongValue(f"{value!r} is not a host name", "write the name alone and the port as port:")
    return value


def read_zone(value: str) -> ZoneInfo:
    """A time zone by its IANA name. The loader may raise almost anything for a bad name."""
    try:
        return ZoneInfo(value)
    except (OSError, ValueError, KeyError):  # ZoneInfoNotFoundError is a KeyError
        raise WrongValue(
            f"there is no time zone {value!r}", "use a name such as Europe/Lisbon or UTC"
        ) from None


def read_day(value: Any) -> date:
    """A day as 2028-05-01."""
    try:
        return value if isinstance(value, date) else date.fromisoformat(value)
    except (ValueError, TypeError):
        raise WrongValue("should be a day", "write it as 2028-05-01") from None


def _zone_name(value: str) -> str:
    return read_zone(value).key


def _count(value: Any) -> Any:
    if isinstance(value, bool):
        raise WrongValue("should be a whole number")
    return value


Duration = Annotated[timedelta, BeforeValidator(read_duration)]
Size = Annotated[int, BeforeValidator(read_size)]
Count = Annotated[int, BeforeValidator(_count), Field(ge=0, le=1_000_000_000)]
Day = Annotated[date, BeforeValidator(read_day)]
Port = Annotated[int, BeforeValidator(_count), Field(ge=1, le=65535)]
DomainName = Annotated[str, AfterValidator(read_domain)]
EmailAddress = Annotated[str, AfterValidator(read_address)]
Line = Annotated[str, AfterValidator(read_line)]
Text = Annotated[str, AfterValidator(read_text)]
FieldName = Annotated[str, AfterValidator(read_field_name)]
FieldValue = Annotated[str, BeforeValidator(read_field_value)]
Language = Annotated[str, AfterValidator(read_language)]
Slug = Annotated[str, AfterValidator(read_slug)]
Tag = Annotated[str, AfterValidator(read_tag)]
Host = Annotated[str, AfterValidator(read_host)]
ZoneName = Annotated[str, AfterValidator(_zone_name)]
