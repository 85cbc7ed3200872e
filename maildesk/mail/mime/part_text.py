"""The text of one part: without its transfer encoding, in its charset, with its paragraphs put together."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from maildesk.mail.mime import charsets
from maildesk.mail.mime.flowed import unflowed
from maildesk.mail.mime.structure import Part
from maildesk.mail.mime.transfer import without_encoding

_MOST_ENCODED: Final = 4  # so many bytes stand for one of text, line ends included
_META_CHARSET: Final = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([\w:.-]{1,60})", re.IGNORECASE)


def text_of(
    raw: bytes, part: Part, limit: int, guesser: Callable[[bytes], str] | None = None
) -> tuple[str, tuple[str, ...]]:
    """The text of a text part with `\\n` line ends, from about `limit` bytes of it, and the repairs."""
    end = min(part.end, part.start + _MOST_ENCODED * limit)
    data, repair = without_encoding(part.encoding, raw[part.start : end])
    cut = end < part.end or len(data) > limit
    if len(data) > limit:
        data = data[: data.rfind(b"\n", 0, limit) + 1 or limit]
    declared = part.parameters.get("charset", "").partition(" ")[0].strip("'\"") or None
    if declared is None and part.content_type == "text/html" and not data.isascii():
        meta = _META_CHARSET.search(data, 0, 4096)
        declared = meta[1].decode("ascii", "replace") if meta else None
    text, other = charsets.decode(data, declared, guesser)
    text = charsets.clean(text)
    if part.content_type == "text/plain" and part.parameters.get("format", "").lower() == "flowed":
        text = unflowed(text, delete_space=part.parameters.get("delsp", "").lower() == "yes")
    return text, tuple(filter(None, (repair, other, "text-cut" if cut else None)))
