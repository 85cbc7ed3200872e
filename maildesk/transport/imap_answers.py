"""Answers of an IMAP server: values out of FETCH, LIST, NAMESPACE, SEARCH, QUOTA and status lines."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from typing import TypeAlias, TypeGuard

from maildesk.errors import ConnectionLost
from maildesk.transport.imap_names import UID_MAX, folder_from_wire
from maildesk.transport.imap_stream import Answer
from maildesk.transport.mailbox import FolderState, MessageKey, Reach

Value: TypeAlias = "bytes | list[Value] | None"

DEPTH_MAX = 50
UIDS_MAX = 5_000_000

# Possessive, so that a quote without its end costs one pass and no more.
_TOKEN = re.compile(rb'[()]|"(?:[^"\\]+|\\.)*+"?|[^\s()"]+', re.DOTALL)
_OPEN, _CLOSE, _QUOTE = b'()"'
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)
# What most servers answer to our FETCH: the items in the order we named them.
_USUAL = re.compile(
    rb'\* \d+ FETCH \(UID (\d+) FLAGS \(([^()"{}]*)\) INTERNALDATE "([^"\\]*)" '
    rb"RFC822\.SIZE (\d+) BODY\[\] \{\d+\}"
)
_USUAL_NAMES = (b"UID", b"FLAGS", b"INTERNALDATE", b"RFC822.SIZE", b"BODY[]")
_STATUS = re.compile(rb"(?:\* )?(OK|NO|BAD|BYE|PREAUTH)(?: |\Z)", re.IGNORECASE)
_CODE = re.compile(rb"\[([A-Z0-9-]+)(?: ([^\]]*))?\]", re.IGNORECASE)
_MONTHS = {"JAN": "01", "FEB": "02", "MAR": "03", "APR": "04", "MAY": "05", "JUN": "06"}
_MONTHS |= {"JUL": "07", "AUG": "08", "SEP": "09", "OCT": "10", "NOV": "11", "DEC": "12"}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UNPRINTABLE = re.compile(r"[^\S ]|[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]+")


@dataclass(frozen=True, slots=True)
class Status:
    """One OK, NO, BAD, BYE or PREAUTH with its response code, if it has one, and its words."""

    word: str
    code: str = ""
    about: bytes = b""  # the code's argument
    words: bytes = field(default=b"", repr=False)  # as sent; `text` is what a person may see

    @property
    def text(self) -> str:
        return readable(self.words)

    @property
    def ok(self) -> bool:
        return self.word == "OK"


def status_of(line: bytes) -> Status | None:
    """The status a line gives after its `*` or tag; None when it gives none."""
    found = _STATUS.match(line)
    if found is None:
        return None
    words = line[found.end() :]
    code = _CODE.match(words)
    return Status(
        word=found[1].decode("ascii").upper(),
        code=code[1].decode("ascii").upper() if code else "",
        about=(code[2] or b"") if code else b"",
        words=words[:2000],
    )


def readable(words: bytes, hide: Iterable[str] = ()) -> str:
    """A server's words made safe to show: one line, no control characters, no secret of ours, 200 signs."""
    text = words[:2000].decode("utf-8", "replace")
    for secret in hide:
        if secret:
            text = text.replace(secret, "***")
    return " ".join(_UNPRINTABLE.sub(" ", text).split())[:200]


def values_of(answer: Answer) -> list[Value]:
    """The answer as nested lists. Strings and atoms are bytes, the atom NIL is None."""
    values: list[Value] = []
    outer: list[list[Value]] = []
    last = len(answer) - 1
    for place, part in enumerate(answer):
        if place % 2:
            values.append(part)
            continue
        tokens = _TOKEN.findall(part)
        if place < last:
            tokens.pop()  # the literal's announcement
        for token in tokens:
            sign = token[0]
            if sign == _OPEN:
                outer.append(values)
                values = []
                outer[-1].append(values)
            elif sign == _CLOSE:
                values = outer.pop() if outer else values
            else:
                values.append(_string(token) if sign == _QUOTE else None if token == b"NIL" else token)
        if len(outer) > DEPTH_MAX:
            raise ConnectionLost("the server sent an answer that is nested too deeply")
    return outer[0] if outer else values


def _string(token: bytes) -> bytes:
    text = token[1:-1]
    return _ESCAPED.sub(rb"\1", text) if b"\\" in text else text


def items_of(answer: Answer) -> dict[bytes, Value]:
    """The items of one FETCH answer by their upper-case names; empty when it has none."""
    usual = _USUAL.fullmatch(answer[0]) if len(answer) == 3 and answer[2] == b")" else None
    if usual is not None:  # one look instead of twenty tokens: a third of the work per mail
        uid, marks, date, size = usual.groups()
        usual_items: tuple[Value, ...] = (uid, [*marks.split()], date, size, answer[1])
        return dict(zip(_USUAL_NAMES, usual_items, strict=True))
    values = values_of(answer)
    if len(values) < 4 or not isinstance(values[3], list):
        return {}
    words = iter(values[3])
    return {name.upper(): value for name, value in zip(words, words, strict=False) if isinstance(name, bytes)}


def number(value: Value) -> int | None:
    """A number that fits RFC 3501's 32 bits (sizes: 63 bits, RFC 8438), or None."""
    if not (isinstance(value, bytes) and value.isdigit() and len(value) < 20):
        return None
    found = int(value)
    return found if found < 2**63 else None


def flags(value: Value) -> frozenset[str]:
    if not isinstance(value, list):
        return frozenset()
    return frozenset([flag.decode("ascii", "replace") for flag in value if isinstance(flag, bytes)])


def internal_date(value: Value) -> datetime:
    """The date in UTC. A date that cannot be is 1970: one odd mail must not keep the others unread."""
    if not isinstance(value, bytes):
        return _EPOCH
    # " 5-Jan-2026 10:00:00 +0100", the day being padded by a space (RFC 3501 §9 date-time)
    text = value.decode("ascii", "replace").rjust(26)
    month = _MONTHS.get(text[3:6].upper())
    day = text[:2].replace(" ", "0")
    try:
        return datetime.fromisoformat(f"{text[7:11]}-{month}-{day}T{text[12:20]}{text[21:]}").astimezone(UTC)
    except (ValueError, OverflowError):
        return _EPOCH


def searched(answers: Iterable[Answer]) -> list[int]:
    """The UIDs of SEARCH and ESEARCH answers (RFC 4731), ascending."""
    found: set[int] = set()
    for answer in answers:
        if answer[0][:9].upper() == b"* SEARCH " or answer[0].upper() == b"* SEARCH":
            words = answer[0][8:].partition(b"(")[0].split()  # "(MODSEQ 5)" may follow
            found.update(int(word) for word in words if word.isdigit() and len(word) <= 10)
        else:
            found.update(_esearched(values_of(answer)))
    return sorted(uid for uid in found if 1 <= uid <= UID_MAX)


def _esearched(values: list[Value]) -> list[int]:
    for name, value in pairwise(values):
        if isinstance(name, bytes) and name.upper() == b"ALL" and isinstance(value, bytes):
            return expanded(value)
    return []


def expanded(numbers: bytes) -> list[int]:
    """`1:3,7` as 1, 2, 3, 7. A set of more than UIDS_MAX is nonsense, not a mailbox."""
    found: list[int] = []
    for run in numbers.split(b","):
        first, _, last = run.partition(b":")
        bounds = number(first), number(last or first)
        if bounds[0] is None or bounds[1] is None:
            raise ConnectionLost("the server sent a set of numbers that cannot be read")
        low, high = sorted((bounds[0], bounds[1]))
        if len(found) + high - low >= UIDS_MAX:
            raise ConnectionLost(f"the server claims more than {UIDS_MAX} messages in one folder")
        found.extend(range(low, high + 1))
    return found


@dataclass(frozen=True, slots=True)
class FolderEntry:
    """One LIST answer. `delimiter` is None where folders have no levels."""

    name: str
    delimiter: str | None
    selectable: bool


_NO_FOLDER = {b"\\NOSELECT", b"\\NONEXISTENT"}


def folder_entry(answer: Answer) -> FolderEntry | None:
    """The folder a LIST answer names (RFC 3501 §7.2.2), or None when it cannot be read."""
    values = values_of(answer)
    if len(values) < 5 or not isinstance(values[2], list) or not isinstance(values[4], bytes):
        return None
    marks = {mark.upper() for mark in values[2] if isinstance(mark, bytes)}
    delimiter = values[3].decode("utf-8", "replace") if isinstance(values[3], bytes) else None
    return FolderEntry(folder_from_wire(values[4]), delimiter or None, not marks & _NO_FOLDER)


def personal_prefix(answer: Answer) -> tuple[str, str | None] | None:
    """Prefix and delimiter of the first personal namespace (RFC 2342 §5), or None when there is none."""
    match values_of(answer)[2:3]:
        case [[[bytes() as prefix, delimiter, *_], *_]]:
            sign = delimiter.decode("utf-8", "replace") if isinstance(delimiter, bytes) else None
            return folder_from_wire(prefix), sign or None
    return None


def folder_state(answer: Answer) -> FolderState | None:
    """Read what a STATUS answer tells (RFC 3501 §7.2.4); the folder's name in it is not looked at."""
    values = values_of(answer)
    if len(values) < 4 or not isinstance(values[-1], list):
        return None
    words = iter(values[-1])
    told = {name.upper(): number(value) for name, value in zip(words, words, strict=False) if _is_word(name)}
    return FolderState(Reach(told.get(b"UIDVALIDITY"), told.get(b"UIDNEXT")), told.get(b"MESSAGES") or 0)


def _is_word(value: Value) -> TypeGuard[bytes]:
    return isinstance(value, bytes)


def moved(statuses: Iterable[Status]) -> list[MessageKey] | None:
    """Read COPYUID in one of these lines; None where none has it, or says it so that nobody can read it.

    RFC 6851 §4.3 puts it before the EXPUNGEs, in a line of its own; some servers put it into the last one.
    """
    for status in statuses:
        words = status.about.split()
        if status.code != "COPYUID" or len(words) != 3:
            continue
        uidvalidity = number(words[0])
        try:
            uids = expanded(words[2])
        except ConnectionLost:
            return None  # the messages are moved all the same
        return [(uidvalidity, uid) for uid in sorted(uids)] if uidvalidity else None
    return None


def described(items: dict[bytes, Value]) -> tuple[int, datetime, int, frozenset[str]] | None:
    """UID, date, size and flags; None when somebody else changed a flag and this is not our answer."""
    uid, size = number(items.get(b"UID")), number(items.get(b"RFC822.SIZE"))
    if uid is None or size is None:
        return None
    return uid, internal_date(items.get(b"INTERNALDATE")), size, flags(items.get(b"FLAGS"))


def header_field(items: dict[bytes, Value]) -> bytes:
    """The bytes that a FETCH of one header field brought. Its name has blanks and brackets in it, so the
    words of the answer do not pair up: what is asked for stands behind the closing bracket.
    """
    found = items.get(b"]", items.get(b"BODY[]"))  # some send the whole mail
    return found if isinstance(found, bytes) else b""


def storage_quota(answer: Answer) -> tuple[int, int] | None:
    """Used and allowed KiB of a QUOTA answer (RFC 9208 §4.2.1)."""
    resources = values_of(answer)[3:4]
    if not resources or not isinstance(resources[0], list):
        return None
    words = resources[0]
    for name, used, allowed in zip(words[::3], words[1::3], words[2::3], strict=False):
        if isinstance(name, bytes) and name.upper() == b"STORAGE":
            numbers = number(used), number(allowed)
            if numbers[0] is not None and numbers[1] is not None:
                return numbers[0], numbers[1]
    return None
