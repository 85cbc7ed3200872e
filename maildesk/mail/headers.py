"""Header blocks cut into fields, and the tolerant readers of what fields say; identity is read elsewhere."""

from __future__ import annotations

import binascii
import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from operator import itemgetter
from typing import Final

from maildesk.errors import BadInput
from maildesk.mail import charsets
from maildesk.mail.addr_spec import encoded_domain
from maildesk.mail.message import Address


@dataclass(frozen=True, slots=True)
class Field:
    """One header field as it stood on the wire.

    `name` is what stood before the colon in lower case; a space before the colon stays in it, so `from ` is
    not `from`. `value` is raw, folds included, without the final line end.
    """

    name: str
    value: bytes

    def unfolded(self) -> bytes:
        """The value on one line, without the white space around it (RFC 5322 §2.2.3)."""
        return unfold(self.value)


@dataclass(frozen=True, slots=True)
class Header:
    """The fields of a mail or part, where its body starts, and whether a blank line stood between."""

    fields: tuple[Field, ...]
    body: int
    blank_line: bool


# --- cutting --------------------------------------------------------------------------------------

# RFC 5322 §2.2: printable ASCII but the colon; white space before the colon is obsolete syntax (§4.5) that we
# keep. Possessive, so that no line costs more than its length.
_FIELD: Final = re.compile(rb"([!-9;-~]++[ \t]*+):([^\n]*+(?:\n[ \t][^\n]*+)*+)(?:\n|\Z)")
_ENVELOPE_LINE: Final = re.compile(rb">?From [^\n]*+(?:\n|\Z)")
_FOLD: Final = re.compile(rb"\r*\n(?=[ \t])")
_LINE_ENDS: Final = re.compile(rb"[\r\n]+")


def unfold(value: bytes) -> bytes:
    """A raw value on one line; line ends that are no folds become a space."""
    if b"\n" in value:
        value = _FOLD.sub(b"", value)
    if b"\n" in value or b"\r" in value:
        value = _LINE_ENDS.sub(b" ", value)
    return value.strip()


def split_header(block: bytes) -> tuple[Field, ...]:
    """The fields of a header block, in order; it ends at the first line that is no field."""
    return cut_header(block).fields


def cut_header(raw: bytes, start: int = 0, end: int | None = None) -> Header:
    """The header at the start of a mail or part.

    A line that is no field begins the body: mail servers on the way see it so too (and add the blank line).
    """
    end = len(raw) if end is None else end
    fields = []
    envelope = _ENVELOPE_LINE.match(raw, start, end)
    position = envelope.end() if envelope else start
    while found := _FIELD.match(raw, position, end):
        fields.append(Field(found[1].decode("ascii").lower(), found[2].removesuffix(b"\r")))
        position = found.end()
    for blank in (b"\n", b"\r\n"):
        if raw.startswith(blank, position, end):
            return Header(tuple(fields), position + len(blank), True)
    return Header(tuple(fields), position, position >= end)


def first(fields: Iterable[Field], name: str) -> bytes | None:
    """The unfolded value of the first field of that name."""
    return next((each.unfolded() for each in fields if each.name == name), None)


# --- display text (RFC 2047) ----------------------------------------------------------------------

_WORD_START: Final = re.compile(rb"=\?([!->@-~]{1,80})\?([bBqQ])\?")
_HEX: Final = re.compile(rb"=([0-9A-Fa-f]{2})")
_NOT_BASE64: Final = re.compile(rb"[^A-Za-z0-9+/]+")


def decode_words(value: bytes, raw_codec: str | None = None) -> str:
    """What a field says, to show to people: encoded words decoded, raw 8-bit guessed, on one line."""
    value = unfold(value)
    if value.isascii() and b"=?" not in value:
        return one_line(value.decode("ascii"))
    pieces = list(_pieces(value))
    if raw_codec is None:
        raw_codec = charsets.guess(b"".join(piece for charset, piece in pieces if not charset))
    return one_line("".join(_decoded(pieces, raw_codec)))


def one_line(text: str) -> str:
    """Text without control characters and line ends."""
    return charsets.clean(text).replace("\n", " ").replace("\t", " ").strip()


def _decoded(pieces: Iterable[tuple[str, bytes]], raw_codec: str) -> Iterator[str]:
    """The text of pieces; words of one charset are joined first: some programs cut inside a character."""
    for charset, group in itertools.groupby(pieces, key=itemgetter(0)):
        yield charsets.decode_word(b"".join(map(itemgetter(1), group)), charset or raw_codec)


def _pieces(value: bytes) -> Iterator[tuple[str, bytes]]:
    """(charset, bytes) of each encoded word, ("", bytes) of what stands between."""
    position, after_word = 0, False
    while found := _WORD_START.search(value, position):
        close = value.find(b"?=", found.end())
        if close < 0:
            break
        between = value[position : found.start()]
        if between and not (after_word and between.isspace()):  # RFC 2047 §6.2: it only parts the words
            yield "", between
        charset = found[1].partition(b"*")[0].decode("ascii").lower()  # RFC 2231 §5: a language may follow
        yield charset, _word_bytes(found[2], value[found.end() : close])
        position, after_word = close + 2, True
    if position < len(value):
        yield "", value[position:]


def _word_bytes(encoding: bytes, data: bytes) -> bytes:
    if encoding in b"qQ":
        return _HEX.sub(lambda hexes: bytes.fromhex(hexes[1].decode("ascii")), data.replace(b"_", b" "))
    data = _NOT_BASE64.sub(b"", data)
    data = data[: len(data) - 1] if len(data) % 4 == 1 else data
    return binascii.a2b_base64(data + b"=" * (-len(data) % 4))


# --- addresses (tolerant; never for identity) -----------------------------------------------------

_SPECIAL: Final = re.compile(rb"[\"(<,;:]")
_CLOSERS: Final = {b'"': re.compile(rb'(?:[^"\\]++|\\.)*+"', re.DOTALL), b"<": re.compile(rb"[^<>]*+>")}
_PARENTHESES: Final = re.compile(rb"[()]|\\.", re.DOTALL)
_BACKSLASH: Final = re.compile(rb"\\(.)", re.DOTALL)
_SPACES: Final = re.compile(r"\s+")
_MOST_ADDRESSES: Final = 1000
_LOCAL_CHARS: Final = 320


def addresses_in(value: bytes, limit: int) -> tuple[Address, ...]:
    """The mailboxes of a To, Cc or Reply-To field, read with tolerance from its first `limit` bytes.

    For display and for the list of parties only: who wrote a mail is never read here.
    """
    found: list[Address] = []
    value = unfold(value[:limit])
    raw_codec = "utf_8" if value.isascii() else charsets.guess(value)
    mailbox = _Mailbox()
    for kind, piece in _address_tokens(value):
        if kind == "end":
            found.extend(mailbox.read(raw_codec))
            mailbox = _Mailbox()
            if len(found) >= _MOST_ADDRESSES:
                break
        else:
            mailbox.add(kind, piece)
    else:
        found.extend(mailbox.read(raw_codec))
    return tuple(dict.fromkeys(found))


def _address_tokens(value: bytes) -> Iterator[tuple[str, bytes]]:
    """The pieces with their kind: `word quoted comment angle colon`, and `end` after each mailbox."""
    position, hopeless = 0, b""
    while found := _SPECIAL.search(value, position):
        sign, at = found[0], found.start()
        if at > position:
            yield "word", value[position:at]
        position = at + 1
        if sign == b"(":
            position = _after_comment(value, position)
            yield "comment", value[at + 1 : position - 1]
        elif sign in b",;":
            yield "end", b""
        elif sign == b":":
            yield "colon", b""
        elif sign not in hopeless:
            closed = _CLOSERS[sign].match(value, position)
            if closed:
                yield ("quoted" if sign == b'"' else "angle"), closed[0][:-1]
                position = closed.end()
            elif sign == b'"':
                hopeless = sign  # no closing quote from here on: do not look for it again
    if position < len(value):
        yield "word", value[position:]


def _after_comment(value: bytes, position: int) -> int:
    """Where a comment ends; comments nest (RFC 5322 §3.2.2), counted and not recursed."""
    depth = 1
    for found in _PARENTHESES.finditer(value, position):
        depth += {b"(": 1, b")": -1}.get(found[0], 0)
        if not depth:
            return found.end()
    return len(value) + 1


class _Mailbox:
    """The pieces of one mailbox, gathered until its comma."""

    def __init__(self) -> None:
        self.words: list[bytes] = []
        self.comments: list[bytes] = []
        self.angle: bytes | None = None

    def add(self, kind: str, piece: bytes) -> None:
        if kind == "angle" and (self.angle is None or b"@" not in self.angle):
            self.angle = piece
        elif kind == "comment":
            self.comments.append(piece)
        elif kind == "quoted":
            self.words.append(_BACKSLASH.sub(rb"\1", piece))
        elif kind == "word":
            self.words.append(piece)
        elif kind == "colon" and self.angle is None:
            self.words.clear()  # the name of a group, or `mailto:`

    def read(self, raw_codec: str) -> Iterator[Address]:
        words = b" ".join(part.strip() for part in self.words).strip()
        if self.angle is not None and b"@" in self.angle:
            address = mailbox_address(self.angle)
            name = decode_words(words, raw_codec)
        else:
            spec = next((each for each in words.split() if b"@" in each), b"")
            address = mailbox_address(spec)
            rest = words.replace(spec, b"", 1).strip() or b" ".join(self.comments)
            name = decode_words(rest, raw_codec)
        if address:
            yield Address(address, _SPACES.sub(" ", name).strip(" \"'"))


def mailbox_address(spec: bytes) -> str | None:
    """`local@domain` with the domain in lower-case A-labels, or None when there is none."""
    text = _SPACES.sub("", one_line(charsets.decode_word(spec, "utf-8"))).strip("<>'\"")
    text = text.rpartition(":")[2] if text.startswith("@") else text  # an obsolete route (RFC 5322 §4.4)
    local, _, domain = text.rpartition("@")
    domain = _a_labels(domain) or ""
    if not local or not domain or len(local) > _LOCAL_CHARS:
        return None
    return f"{local}@{domain}"


_DOMAIN: Final = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?|\[[0-9a-z.:_-]+\]")
_DOMAIN_CHARS: Final = 253


def _a_labels(domain: str) -> str | None:
    """A domain as A-labels in lower case (RFC 5891), or None when it is no domain."""
    domain = domain.strip().rstrip(".")
    if len(domain) > _DOMAIN_CHARS:
        return None
    if not domain.isascii():
        try:
            domain = encoded_domain(unicodedata.normalize("NFC", domain))
        except BadInput:
            return None  # a party's letters must not go to a domain we guessed
    domain = domain.lower()
    return domain if _DOMAIN.fullmatch(domain) else None


# --- Message-IDs and dates ------------------------------------------------------------------------

_BRACKETED: Final = re.compile(rb"<([^<>]{1,1200})>")
_KEPT_IDS: Final = 20
MESSAGE_ID_CHARS: Final = 998


def message_ids_in(value: bytes) -> tuple[str, ...]:
    """The Message-IDs of a field in order, without brackets; of very many the first and the last twenty."""
    value = unfold(value)
    found = _BRACKETED.findall(value)
    if not found:  # without brackets at all, as some programs write them
        found = [each for each in value[:65536].replace(b",", b" ").split() if b"@" in each]
    if len(found) > 2 * _KEPT_IDS:
        found = found[:_KEPT_IDS] + found[-_KEPT_IDS:]
    return tuple(dict.fromkeys(filter(None, map(_id_text, found))))


def _id_text(piece: bytes) -> str:
    text = _SPACES.sub("", one_line(charsets.decode_word(piece, "utf-8"))).strip("<>")
    return text if len(text) <= MESSAGE_ID_CHARS else ""


_MONTH_NAMES: Final = "jan feb mar apr may jun jul aug sep oct nov dec"
_MONTHS: Final = {name: number for number, name in enumerate(_MONTH_NAMES.split(), 1)}
_DATE: Final = re.compile(
    r"(?P<day>\d{1,2})[\s-]+(?P<month>[A-Za-z]{3})[a-z]{0,6}\.?,?[\s-]+(?P<year>\d{2,4})\s+"
    r"(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2}))?(?:\.\d{1,9})?"
    r"\s*(?:(?P<sign>[+-])(?P<zh>\d{2}):?(?P<zm>\d{2})|(?P<zone>[A-Za-z]{1,5}))?"
)
_ZONES: Final = {"est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7}
_DATE_BYTES: Final = 200


def date_in(value: bytes) -> datetime | None:
    """The time a Date field claims, in UTC, or None when it is no date (RFC 5322 §3.3, §4.3)."""
    found = _DATE.search(unfold(value)[:_DATE_BYTES].decode("latin-1"))
    if not found:
        return None
    year = int(found["year"])
    if len(found["year"]) < 4:  # RFC 5322 §4.3
        year += 2000 if year < 50 else 1900
    hours = _ZONES.get((found["zone"] or "").lower(), 0)
    offset = timedelta(hours=int(found["zh"] or 0), minutes=int(found["zm"] or 0))
    try:
        zone = timezone((-offset if found["sign"] == "-" else offset) + timedelta(hours=hours))
        day = datetime(year, _MONTHS[found["month"].lower()], int(found["day"]), tzinfo=zone)
        second = min(int(found["second"] or 0), 59)  # a leap second
        time = day.replace(hour=int(found["hour"]), minute=int(found["minute"]), second=second)
        return time.astimezone(UTC)
    except (ValueError, KeyError, OverflowError):
        return None
