"""A mail cut into its fields and parts, before anything is decoded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from maildesk.errors import Unreadable
from maildesk.mail.added_texts import is_added
from maildesk.mail.html.text import Allowance
from maildesk.mail.identity.content_digest import DIGESTED
from maildesk.mail.mime import headers, structure
from maildesk.mail.mime.eight_bit import EightBit
from maildesk.mail.mime.headers import Field, Header
from maildesk.mail.mime.limits import ReadingLimits
from maildesk.mail.mime.sealed_parts import Opening, open_sealed
from maildesk.mail.mime.structure import Part
from maildesk.mail.winmail import open_winmail

_OUR_FIELDS: Final = "x-maildesk-"  # only ours to write: in a mail from outside they are somebody's forgery
_ONCE: Final = frozenset({*DIGESTED, "auto-submitted", "precedence"})


@dataclass(slots=True)
class OpenedMail:
    """A mail with its header and parts cut, before anything is decoded.

    Behind the `size` bytes of the mail `raw` holds what stood in opaque containers; `outer` are the parts in
    the mail itself. `beside`: its words stand in a container that is not all of the mail.
    """

    raw: bytes
    size: int
    header: Header
    fields: tuple[Field, ...]
    readable: tuple[Field, ...]  # the fields with raw 8-bit as UTF-8: to show, never for identity or digests
    parts: tuple[Part, ...]
    outer: tuple[Part, ...]
    eight_bit: EightBit
    defects: dict[str, None]
    beside: bool = False


def open_mail(raw: bytes, limits: ReadingLimits) -> OpenedMail:
    if len(raw) > limits.parse_size:
        raise Unreadable(
            f"the mail is larger than {limits.parse_size / 2**20:g} MiB",
            remedy="read it in the mailbox, or raise limits.parse_size",
        )
    defects: dict[str, None] = {}
    if b"\n" not in raw and b"\r" in raw:
        raw = raw.replace(b"\r", b"\n")
        defects["bare-cr"] = None
    header = headers.cut_header(raw, read_on=True)
    if header.body > limits.header_bytes:
        raise structure.too_much_header(limits.header_bytes)
    fields = _without_ours(header.fields)
    defects.update(dict.fromkeys(_header_defects(header, fields)))
    eight_bit = EightBit(raw)
    readable = eight_bit.readable(fields)
    parts, more = structure.cut_parts(raw, replace(header, fields=readable), limits.structure, eight_bit)
    defects.update(dict.fromkeys(more))
    effort = Allowance()
    opening = open_sealed(
        raw,
        parts,
        limits.structure,
        eight_bit,
        lambda raw, part, below: is_added(raw, part, effort, below=below),
    )
    open_winmail(opening)
    _put_words_first(opening, header)
    defects.update(opening.defects)
    if eight_bit.guessed:
        defects["header-charset"] = None
    return OpenedMail(
        opening.raw,
        len(raw),
        header,
        fields,
        readable,
        tuple(opening.parts),
        parts,
        eight_bit,
        defects,
        opening.beside,
    )


def _put_words_first(opening: Opening, header: Header) -> None:
    """Make what somebody wrote among the fields a text above the others."""
    if header.words:
        start, opening.raw = len(opening.raw), opening.raw + header.words
        opening.parts.insert(0, Part((), "text/plain", {}, "", "", "8bit", start, len(opening.raw)))


def _without_ours(fields: Sequence[Field]) -> tuple[Field, ...]:
    return tuple(each for each in fields if not each.name.startswith(_OUR_FIELDS))


def _header_defects(header: Header, fields: Sequence[Field]) -> Iterator[str]:
    if not header.fields:
        yield "header-missing"
    elif not header.blank_line:
        yield "blank-line-missing"
    elif header.above < len(header.fields):
        yield "header-line"
    if len(fields) < len(header.fields):
        yield "our-fields-ignored"
    seen = set()
    for field in fields:
        if field.name in seen and field.name in _ONCE:
            yield f"two-{field.name}-fields"
        seen.add(field.name)
