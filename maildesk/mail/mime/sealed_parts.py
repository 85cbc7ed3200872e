"""The parts inside S/MIME's signed-data, put beside the container as if the mail had them in clear.

What was signed is a mail's body again, with fields that say how it is written and no others that count: the
author, the subject and all that authenticates are the outer mail's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
_DECLARED: Final = {
    "enveloped-data": Seal.ENCRYPTED,
    "authenveloped-data": Seal.ENCRYPTED,
    "compressed-data": Seal.UNREAD,
}
_USUAL_NAME: Final = "smime.p7m"
_EXTENSION: Final = ".p7m"
_MOST_LEVELS: Final = 3  # signed, encrypted and signed again (RFC 2634 §1.1) is the most that programs write
_MOST_OPENED: Final = 8
_MOST_BESIDE: Final = 6
_FAR_APART: Final = 1_000_000  # so that no multipart inside has the number of one outside


@dataclass(slots=True)
class Opening:
    """A mail's bytes with those of its opened containers behind them, and the parts that stand in both.

    `beside`: another part stands beside a container that was opened.
    """

    raw: bytes
    limits: StructureLimits
    eight_bit: EightBit
    parts: list[Part] = field(default_factory=list)
    defects: dict[str, None] = field(default_factory=dict)
    opened: int = 0
    beside: bool = False


IsAdded = Callable[[bytes, Part, bool], bool]
"""Tells whether a list or a gateway added a text; the flag: it stands below the mail's own part."""


def open_sealed(
    raw: bytes, parts: Sequence[Part], limits: StructureLimits, eight_bit: EightBit, is_added: IsAdded
) -> Opening:
    """The parts of a mail with those of its container right behind it. Raises Unreadable beyond a limit.

    A container is opened where it is the mail: among other parts it is a file that somebody attached.
    """
    work = Opening(raw, limits, eight_bit)
    todo = _level(work, parts, 0, is_added)
    while todo:
        part, level, is_mail = todo.pop()
        found = _sealed(work, part) if _may_be_sealed(part, alone=is_mail) else None
        if found is None or (found.seal is Seal.SIGNED and not is_mail):
            work.parts.append(part)
            continue
        work.parts.append(replace(part, seal=found.seal))
        if found.seal is not Seal.SIGNED:
            continue
        if not found.whole:
            work.defects["signed-cut"] = None
        if level >= _MOST_LEVELS or work.opened >= _MOST_OPENED:
            work.defects["signed-unopened"] = None
            continue
        inside = _inside(work, part, found.content)
        todo.extend(_level(work, inside, level + 1, is_added))
        if len(work.parts) + len(todo) > limits.parts:
            raise structure.too_many_parts(limits.parts)
    return work


def _level(
    work: Opening, parts: Sequence[Part], level: int, is_added: IsAdded
) -> list[tuple[Part, int, bool]]:
    """The parts of one level in reverse, each with whether it is the mail."""
    own = _own_part(work.raw, parts, is_added)
    work.beside = work.beside or (own is not None and len(parts) > 1)
    return [(part, level, part is own) for part in reversed(parts)]


def _own_part(raw: bytes, parts: Sequence[Part], is_added: IsAdded) -> Part | None:
    """The container that is the mail: the only part, or all but what a list or a gateway added."""
    alone = len(parts) == 1
    found = [at for at, part in enumerate(parts) if _may_be_sealed(part, alone=alone)]
    if len(found) != 1 or len(parts) > _MOST_BESIDE:
        return None
    others = ((at, part) for at, part in enumerate(parts) if at != found[0])
    texts = ("text/plain", "text/html")
    if all(part.content_type in texts and is_added(raw, part, at > found[0]) for at, part in others):
        return parts[found[0]]
    return None


def _may_be_sealed(part: Part, *, alone: bool) -> bool:
    """Tell whether a part may be a container that a mail program made."""
    if part.within == structure.ENCRYPTED:
        return False
    name = part.file_name.lower()
    if part.content_type in _TYPES:
        return alone or name in ("", _USUAL_NAME)
    return part.content_type in _OCTETS and (name == _USUAL_NAME or (alone and name.endswith(_EXTENSION)))


def _sealed(work: Opening, part: Part) -> Sealed | None:
    data, _ = structure.content(work.raw, part)
    try:
        found = opened(data)
    except NotCms:
        declared = _DECLARED.get(part.parameters.get("smime-type", "").lower())
        return Sealed(declared) if declared else None
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
