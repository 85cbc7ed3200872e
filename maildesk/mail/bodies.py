"""The parts of a mail that are meant to be read as its text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from maildesk.mail.mime import structure
from maildesk.mail.mime.structure import Part

_READ_AS_PLAIN: Final = frozenset({"text/enriched", "text/markdown", "text/richtext", "text/x-markdown"})


def is_body(part: Part) -> bool:
    """Tell whether a part is meant to be read as the mail's text."""
    if part.content_type not in ("text/plain", "text/html") or part.disposition == "attachment":
        return False
    if part.within == structure.ENCRYPTED:  # not for us to read, and no text around it must be joined to it
        return False
    return not part.file_name or not part.within


def body_parts(parts: Sequence[Part]) -> list[Part]:
    """The parts to be read as the mail's text; where none is meant, the first if it can be."""
    bodies = [part for part in parts if is_body(part)]
    if bodies or not parts:
        return bodies
    first = parts[0]
    readable = first.content_type in ("text/plain", "text/html") or (len(parts) == 1 and _is_text(first))
    attached = first.disposition == "attachment" or first.within == structure.ENCRYPTED
    return [first] if readable and not attached else []


def _is_text(part: Part) -> bool:
    """Tell whether a mail of this one part is text that reads well as it stands (RFC 2046 §4.1.4)."""
    return not part.within and not part.file_name and part.content_type in _READ_AS_PLAIN
