"""What stands in a letter, however it is packed: for finding what must not be there."""

from __future__ import annotations

import email
import html
import re
from collections.abc import Iterable, Iterator
from email.header import decode_header, make_header
from email.message import EmailMessage, Message

_FOLD = re.compile(r"\r?\n[ \t]+")
_SPACE = re.compile(r"\s+")
_WORD = re.compile(r"\w+")
_TAG = re.compile(r"<[^>]*>")
_INLINE = re.compile(r"</?(?:b|i|code|a)\b[^>]*>")
_HREF = re.compile(r'href="([^"]*)"')


def everything_in(content: bytes) -> str:
    """The bytes as they travel and every field and part decoded, mails in the mail too, in small letters."""
    pieces = [content.decode("latin-1"), *_decoded(email.message_from_bytes(content))]
    pieces += [html.unescape(piece) for piece in pieces]
    return "\n".join(pieces + [_SPACE.sub("", piece) for piece in pieces]).casefold()


def leaks_in(everything: str, forbidden: Iterable[str]) -> list[str]:
    """Which of these stand in a letter; a command as a whole word, since references begin with # too."""
    return [each for each in forbidden if _stands(each.casefold(), everything)]


def _stands(wanted: str, everything: str) -> bool:
    there = wanted in everything
    whole = there and wanted.startswith("#")
    return bool(re.search(rf"{re.escape(wanted)}(?!\w)", everything)) if whole else there


def said_in_html_alone(mail: EmailMessage) -> set[str]:
    """The words of a letter's HTML, those of addresses in it too, that its text does not say."""
    sides = [mail.get_body((kind,)) for kind in ("plain", "html")]
    plain, page = (str(side.get_content()) if side else "" for side in sides)
    addresses = " ".join(_HREF.findall(page))
    shown = html.unescape(f"{_TAG.sub(' ', _INLINE.sub('', page))} {addresses}")
    return set(_WORD.findall(shown)) - set(_WORD.findall(plain))


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
