"""The parts inside S/MIME's signed-data, put beside the container as if the mail had them in clear.

What was signed is a mail's body again, with fields that say how it is written and no others that count: the
author, the subject and all that authenticates are the outer mail's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from maildesk.mail.mime import structure
from maildesk.mail.mime.cms import NotCms, Sealed, opened
from maildesk.mail.mime.eight_bit import EightBit
from maildesk.mail.mime.headers import cut_header, first
from maildesk.mail.mime.limits import StructureLimits
from maildesk.mail.mime.structure import Part
from maildesk.mail.seals import Seal

_TYPES: Final = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_OCTETS: Final = frozenset({"application/octet-stream", "application/x-octet-stream", "application/binary"})
_USUAL_NAME: Final = "smime.p7m"
_EXTENSION: Final = ".p7m"
_MOST_LEVELS: Final = 3  # signed, encrypted and signed again (RFC 2634 §1.1) is the most that programs write
_MOST_OPENED: Final = 8
_FAR_APART: Final = 1_000_000  # so that no multipart inside has the number of one outside


@dataclass(slots=True)
class Opening:
    """A mail's bytes with those of its opened containers behind them, and the parts that stand in both."""

    raw: bytes
    limits: StructureLimits
    eight_bit: EightBit
    parts: list[Part] = field(default_factory=list)
    defects: dict[str, None] = field(default_factory=dict)
    opened: int = 0


def open_sealed(raw: bytes, parts: Sequence[Part], limits: StructureLimits, eight_bit: EightBit) -> Opening:
    """The parts of a mail with those of each container right behind it. Raises Unreadable beyond a limit."""
    work = Opening(raw, limits, eight_bit)
    alone = len(parts) == 1
    todo = [(part, 0) for part in reversed(parts)]
    while todo:
        part, level = todo.pop()
        found = _sealed(work, part, alone=alone) if _may_be_sealed(part, alone=alone) else None
        work.parts.append(replace(part, seal=found.seal) if found else part)
        if found is None or found.seal is not Seal.SIGNED:
            continue
        if not found.whole:
            work.defects["signed-cut"] = None
        if level >= _MOST_LEVELS or work.opened >= _MOST_OPENED:
            work.defects["signed-unopened"] = None
            continue
        inside = _inside(work, part, found.content)
        todo.extend((each, level + 1) for each in reversed(inside))
        if len(work.parts) + len(todo) > limits.parts:
            raise structure.too_many_parts(limits.parts)
    return work


def _may_be_sealed(part: Part, *, alone: bool) -> bool:
    """Tell whether a part may hold what the author wrote. A signed file among others stays closed."""
    if part.within == structure.ENCRYPTED:
        return False
    name = part.file_name.lower()
    if part.content_type in _TYPES:
        return alone or name in ("", _USUAL_NAME)
    return part.content_type in _OCTETS and (name == _USUAL_NAME or (alone and name.endswith(_EXTENSION)))


def _sealed(work: Opening, part: Part, *, alone: bool) -> Sealed | None:
    data, _ = structure.content(work.raw, part)
    try:
        found = opened(data)
    except NotCms:
        declared = part.parameters.get("smime-type", "").lower()
        return Sealed(Seal.ENCRYPTED) if declared in ("enveloped-data", "authenveloped-data") else None
    if found.seal is Seal.SIGNED and first(cut_header(found.content).fields, "content-type") is None:
        return None  # a signed file, or a signature whose content is elsewhere
    return found


def _inside(work: Opening, outer: Part, content: bytes) -> list[Part]:
    """The parts of what was signed; a whole mail that stands for its body is opened once more."""
    work.opened += 1
    start, work.raw = len(work.raw), work.raw + content
    parts = _cut(work, start)
    if len(parts) == 1 and _is_body(parts[0]):
        parts = _cut(work, parts[0].start)
    return [_placed(each, outer, work.opened) for each in parts]


def _cut(work: Opening, start: int) -> Sequence[Part]:
    header = cut_header(work.raw, start)
    if header.body - start > work.limits.header_bytes:
        raise structure.too_much_header(work.limits.header_bytes)
    parts, defects = structure.cut_parts(work.raw, header, work.limits, work.eight_bit)
    work.defects.update(dict.fromkeys(defects))
    return parts


def _is_body(part: Part) -> bool:
    """Tell whether a mail inside is there to protect its header (RFC 8551 §3.1), and not passed on."""
    return part.content_type == "message/rfc822" and part.parameters.get("forwarded", "").lower() == "no"


def _placed(part: Part, outer: Part, number: int) -> Part:
    choice = outer.choice
    if choice is None and part.choice is not None:
        choice = (part.choice[0] + number * _FAR_APART, part.choice[1])
    return replace(part, within=part.within or outer.within, choice=choice)
