"""Header blocks cut into fields, and the tolerant readers of what fields say; identity is read elsewhere."""

from __future__ import annotations

import binascii
import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from operator import itemgetter
from typing import Final, NamedTuple

from maildesk.errors import BadInput
from maildesk.mail.addr_spec import encoded_domain, written_local
from maildesk.mail.message import Address
from maildesk.mail.mime import charsets


class Field(NamedTuple):  # a tuple is made three times as fast as a frozen dataclass, and a mail has dozens
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
    """The fields of a mail or part, where its body starts, and whether a blank line stood between.

    `above` counts the fields before the first line that is none: others may read as text what is below.
    `words` are the lines among those fields that somebody seems to have written.
    """

    fields: tuple[Field, ...]
    body: int
    blank_line: bool
    above: int
    words: bytes = b""


# --- cutting --------------------------------------------------------------------------------------

# RFC 5322 §2.2: printable ASCII but the colon; white space before the colon is obsolete syntax (§4.5) that we
# keep. Possessive, so that no line costs more than its length.
_FIELD: Final = re.compile(rb"([!-9;-~]++[ \t]*+):([^\n]*+(?:\n[ \t][^\n]*+)*+)(?:\n|\Z)")
_ENVELOPE_LINE: Final = re.compile(rb">?From [^\n]*+(?:\n|\Z)")
_BLANK: Final = re.compile(rb"\r?\n")
_DAMAGED_BYTES: Final = 64 * 2**10
_OF_A_MAIL: Final = re.compile(
    r"from|to|cc|bcc|subject|date|message-id|in-reply-to|references|reply-to|sender|return-path|received"
    r"|mime-version|content-[a-z-]+|user-agent|auto-submitted|precedence|authentication-results|dkim-signature"
    r"|list-[a-z-]+|x-[a-z0-9-]+"
)
_OF_ADDRESSES: Final = frozenset({"from", "to", "cc", "bcc", "reply-to", "sender"})
_ENVELOPE_OF: Final = re.compile(rb">?From [^\n]{1,200}\d:\d\d")
# Three words after each other, or as much in a script without spaces.
_SPOKEN: Final = rb"[('\"]*+[A-Za-z\x80-\xff'-]++[,.;:!?)'\"]*+"
_SAYS: Final = re.compile(rb"(?<!\S)(?:%b[ \t]++){2}%b(?!\S)|[\x80-\xff]{12}" % (_SPOKEN, _SPOKEN))
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


def cut_header(raw: bytes, start: int = 0, end: int | None = None, *, read_on: bool = False) -> Header:
    """The header at the start of a mail or part.

    A line that is no field begins the body: mail servers on the way see it so too (and add the blank line).
    With `read_on` it is passed over where the fields of a mail go on below it.
    """
    end = len(raw) if end is None else end
    envelope = _ENVELOPE_LINE.match(raw, start, end)
    fields, position = _fields(raw, envelope.end() if envelope else start, end)
    above, words = len(fields), b""
    if read_on:
        below, after = _fields_below(raw, position, end)
        if below:
            words = _words_among(raw, position, after)
            fields, position = fields + below, after
    for blank in (b"\n", b"\r\n"):
        if raw.startswith(blank, position, end):
            return Header(tuple(fields), position + len(blank), True, above, words)
    return Header(tuple(fields), position, position >= end, above, words)


def _fields(raw: bytes, position: int, end: int) -> tuple[list[Field], int]:
    fields = []
    match = _FIELD.match
    while found := match(raw, position, end):
        name, value = found.groups()
        fields.append(Field(name.decode("ascii").lower(), value.removesuffix(b"\r")))
        position = found.end()
    return fields, position


def _fields_below(raw: bytes, position: int, end: int) -> tuple[list[Field], int]:
    """The fields below lines that are none, down to the blank line; none where these may be the text."""
    below: list[Field] = []
    end = min(end, position + _DAMAGED_BYTES)
    while position < end and not _BLANK.match(raw, position, end):
        position = raw.find(b"\n", position, end) + 1 or end
        more, position = _fields(raw, position, end)
        below += more
    known = position < end and any(_OF_A_MAIL.fullmatch(each.name) for each in below)
    return (below if known else []), position


def _words_among(raw: bytes, position: int, end: int) -> bytes:
    """The lines below a header's first line that is no field, as far as they are none of a mail.

    Nothing where none of them says anything: a server broke a field there.
    """
    words = []
    while position < end:
        found = _FIELD.match(raw, position, end)
        after = found.end() if found else raw.find(b"\n", position, end) + 1 or end
        if not (found and _is_of_a_mail(*found.groups())) and not _ENVELOPE_OF.match(raw, position, after):
            words.append(raw[position:after])
        position = after
    return b"".join(words) if any(map(_SAYS.search, words)) else b""


def _is_of_a_mail(name: bytes, value: bytes) -> bool:
    """Tell whether a line is a field of mails; one for addresses holds some, "From: dusk to dawn" none."""
    known = name.decode("ascii").lower()
    return bool(_OF_A_MAIL.fullmatch(known)) and (known not in _OF_ADDRESSES or b"@" in value)


def first(fields: Iterable[Field], name: str) -> bytes | None:
    """The unfolded value of the first field of that name."""
    for each in fields:
        if each.name == name:
            return unfold(each.value)
    return None


# --- display text (RFC 2047) ----------------------------------------------------------------------

_WORD_START: Final = re.compile(rb"=\?([!->@-~]{1,80})\?([bBqQ])\?")
NO_CHARSETS: Final = frozenset({"unknown-8bit", "x-unknown", "unknown", "8bit"})
"""The charset of a word that a program on the way made of raw bytes."""
_WHITE: Final = re.compile(rb"\s")
_HEX: Final = re.compile(rb"=([0-9A-Fa-f]{2})")
_NOT_BASE64: Final = re.compile(rb"[^A-Za-z0-9+/]+")


def decode_words(value: bytes, raw_codec: str | None = None) -> str:
    """Decode a field to show it to people: encoded words decoded, raw 8-bit guessed, on one line."""
    value = unfold(value)
    if value.isascii() and b"=?" not in value:
        return one_line(value.decode("ascii") if b"\x1b$" not in value else charsets.decode(value)[0])
    pieces = list(_pieces(value))
    if raw_codec is None:
        raw_codec = charsets.guess(b"".join(piece for charset, piece in pieces if not charset))
    return one_line("".join(_decoded(pieces, raw_codec)))


def one_line(text: str) -> str:
    """Text without control characters and line ends."""
    if text.isprintable():  # nothing to take out, as nearly always
        return text.strip()
    return charsets.clean(text).replace("\n", " ").replace("\t", " ").strip()


def _decoded(pieces: Iterable[tuple[str, bytes]], raw_codec: str) -> Iterator[str]:
    """The text of pieces; words of one charset are joined first: some programs cut inside a character."""
    for charset, group in itertools.groupby(pieces, key=itemgetter(0)):
        yield charsets.decode_word(b"".join(map(itemgetter(1), group)), charset or raw_codec)


def _pieces(value: bytes) -> Iterator[tuple[str, bytes]]:
    """(charset, bytes) of each encoded word that has one, ("", bytes) of all else."""
    position, after_word, open_end = 0, False, False
    while found := _WORD_START.search(value, position):
        close = -1 if open_end else value.find(b"?=", found.end())
        if close < 0:  # cut off by a program that had no more room
            open_end = True
            cut = _WHITE.search(value, found.end())
            close = cut.start() if cut else len(value)
        between = value[position : found.start()]
        if between and not (after_word and between.isspace()):  # RFC 2047 §6.2: it only parts the words
            yield "", between
        charset = found[1].partition(b"*")[0].decode("ascii").lower()  # RFC 2231 §5: a language may follow
        yield "" if charset in NO_CHARSETS else charset, _word_bytes(found[2], value[found.end() : close])
        position, after_word = close + 2 if value.startswith(b"?=", close) else close, True
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
_USUAL_ADDRESS: Final = re.compile(
    rb'("?)([A-Za-z0-9._+=-]{1,64})\1@([A-Za-z0-9][A-Za-z0-9.-]{0,250}[A-Za-z0-9])'
)
_DOT_ATOM: Final = re.compile(rb"[^\s\"@<>()\[\]\\,;:]++")
_MOST_SURNAMES: Final = 3
_SCHEME: Final = re.compile(r"(?:mailto|smtp):", re.IGNORECASE)  # as Exchange and web pages write addresses


def addresses_in(value: bytes, limit: int) -> tuple[Address, ...]:
    """The mailboxes of a To, Cc or Reply-To field, read with tolerance from its first `limit` bytes.

    For display and for the list of parties only: who wrote a mail is never read here.
    """
    found: list[Address] = []
    value = unfold(value[:limit])
    raw_codec = "utf_8" if value.isascii() else charsets.guess(value)
    mailbox = _Mailbox()
    for kind, piece in _address_tokens(value):
        if kind == "end" and mailbox.is_empty():
            continue
        if kind == "end":
            found.extend(mailbox.read(raw_codec))
            mailbox = _Mailbox(mailbox.surname() if piece == b"," else ())
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
            yield "end", sign
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
    """Find where a comment ends; comments nest (RFC 5322 §3.2.2), counted and not recursed."""
    depth = 1
    for found in _PARENTHESES.finditer(value, position):
        depth += {b"(": 1, b")": -1}.get(found[0], 0)
        if not depth:
            return found.end()
    return len(value) + 1


class _Mailbox:
    """The pieces of one mailbox, gathered until its comma.

    `surname` is what stood before the last comma and was no mailbox: programs that take names from a
    directory of people write `Doe, John <john@client.example>` and forget the quotes.
    """

    def __init__(self, surname: tuple[bytes, ...] = ()) -> None:
        self.before = surname
        self.words: list[bytes] = []
        self.quoted = 0  # how many words there were after the last quoted one
        self.comments: list[bytes] = []
        self.angle: bytes | None = None

    def add(self, kind: str, piece: bytes) -> None:
        if kind == "angle" and (self.angle is None or b"@" not in self.angle):
            self.angle = piece
        elif kind == "comment":
            self.comments.append(piece)
        elif kind == "quoted":
            self.words.append(_BACKSLASH.sub(rb"\1", piece))
            self.quoted = len(self.words)
        elif kind == "word":
            if piece.startswith(b"@") and self.quoted and self.quoted == len(self.words):
                local = self.words.pop()  # letters and dots in quotes; what else is, we cannot write to
                piece = local + piece if _DOT_ATOM.fullmatch(local) else b""
            self.words.append(piece)
        elif kind == "colon" and self.angle is None:
            self.words.clear()  # the name of a group, or `mailto:`

    def is_empty(self) -> bool:
        return not self.words and not self.comments and self.angle is None

    def surname(self) -> tuple[bytes, ...]:
        words = b" ".join(part.strip() for part in self.words).strip()
        if self.angle is not None or not words or b"@" in words or len(self.before) >= _MOST_SURNAMES:
            return ()
        return (*self.before, words)

    def read(self, raw_codec: str) -> Iterator[Address]:
        words = b" ".join(part.strip() for part in self.words).strip()
        if self.angle is not None and b"@" in self.angle:
            specs = [self.angle]
            rest = b", ".join((*self.before, words)) if words else b""
        else:
            words = b"@".join(each.strip() for each in words.split(b"@"))
            specs = [each for each in words.split() if b"@" in each]
            if len(specs) > 1 and words.count(b" ") >= len(specs):
                specs = specs[:1]  # the others are words of the name
            rest = b"" if len(specs) > 1 else words.replace(b"".join(specs), b"", 1).strip()
            rest = (rest if b"@" not in rest else b"") or b" ".join(self.comments)
        name = _SPACES.sub(" ", decode_words(rest, raw_codec)).strip(" \"'<>") if rest else ""
        for address in filter(None, map(mailbox_address, specs)):
            yield Address(address, name)


def mailbox_address(spec: bytes) -> str | None:
    """`local@domain` with the domain in lower-case A-labels, or None when there is none."""
    usual = _USUAL_ADDRESS.fullmatch(spec)
    if usual and (written := written_local(usual[2].decode("ascii"))):
        return f"{written}@{usual[3].decode('ascii').lower()}"
    text = _SPACES.sub("", one_line(charsets.decode_word(spec, "utf-8"))).strip("<>'\"")
    text = text.rpartition(":")[2] if text.startswith("@") else text  # an obsolete route (RFC 5322 §4.4)
    local, _, domain = text.rpartition("@")
    local = _SCHEME.sub("", local)
    domain = _a_labels(domain) or ""
    if not local or not domain or len(local) > _LOCAL_CHARS or '"' in local:
        return None
    return f"{written_local(local) or local}@{domain}"


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
