"""What stands in a letter, however it is packed: for finding what must not be there."""

from __future__ import annotations

import email
import html
import re
from collections.abc import Iterable, Iterator
from email.header import decode_header, make_header
from email.message import Message

_FOLD = re.compile(r"\r?\n[ \t]+")
_SPACE = re.compile(r"\s+")


def everything_in(content: bytes) -> str:
    """The bytes as they travel and every field and part decoded, mails in the mail too, in small letters."""
    pieces = [content.decode("latin-1"), *_decoded(email.message_from_bytes(content))]
    pieces += [html.unescape(piece) for piece in pieces]
    return "\n".join(pieces + [_SPACE.sub("", piece) for piece in pieces]).casefold()


def leaks_in(content: bytes, forbidden: Iterable[str]) -> list[str]:
    """Which of these stand in a letter."""
    everything = everything_in(content)
    return [each for each in forbidden if each.casefold() in everything]


def _decoded(mail: Message) -> Iterator[str]:
    for part in mail.walk():
        for name, value in part.items():
            yield f"{name}: {make_header(decode_header(_FOLD.sub(' ', str(value))))}"
        data = part.get_payload(decode=True)
        if isinstance(data, bytes):
            yield data.decode(part.get_content_charset() or "utf-8", "replace")
            yield data.decode("utf-16-le", "ignore")
            if b"\nContent-Type:" in data[:20_000]:  # a mail that travels under another type
                yield from _decoded(email.message_from_bytes(data))
