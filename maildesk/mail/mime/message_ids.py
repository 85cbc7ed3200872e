"""Message-IDs in header fields, as exactly as mail programs write them or as badly (RFC 5322 §3.6.4)."""

from __future__ import annotations

import re
from typing import Final

from maildesk.mail.mime import charsets
from maildesk.mail.mime.headers import cut_header, decode_words, first, one_line, unfold

_SPACES: Final = re.compile(r"\s+")
_BRACKETED: Final = re.compile(rb"<([^<>]{1,1200})>")
_COMMENT: Final = re.compile(rb"\([^()]*+\)")
_BARE_PARTS: Final = re.compile(rb"[\s,;]++")
_WRAPPED: Final = b"<>\"'"
_ENCODED_BYTES: Final = 16384
_KEPT_IDS: Final = 20
MESSAGE_ID_CHARS: Final = 998


def message_ids_in(value: bytes) -> tuple[str, ...]:
    """The Message-IDs of a field in order, without brackets; of very many the first and the last twenty."""
    value = unfold(value)
    if b"=?" in value:  # not allowed here (RFC 2047 §5), and yet some libraries encode what is long
        value = decode_words(value[:_ENCODED_BYTES]).encode()
    if b"<" not in value and b"&lt;" in value:  # written by a program that escapes everything for HTML
        value = value.replace(b"&lt;", b"<").replace(b"&gt;", b">")
    found = [each[1] for each in _bracketed(value)] or _bare_ids(value)
    if len(found) > 2 * _KEPT_IDS:
        found = found[:_KEPT_IDS] + found[-_KEPT_IDS:]
    return tuple(dict.fromkeys(filter(None, map(_id_text, found))))


def message_id_of(header: bytes) -> str | None:
    """The Message-ID that a header block bears, without brackets; None where it bears none."""
    value = first(cut_header(header, read_on=True).fields, "message-id")
    return message_id_in(value) if value else None


def message_id_in(value: bytes) -> str | None:
    """The id that a Message-ID field gives its mail, without brackets; None where it cannot be read."""
    found = message_ids_in(value)
    if found:
        return found[0]
    bare = "".join(decode_words(value).split()).strip("<>")
    return bare if 0 < len(bare) <= MESSAGE_ID_CHARS else None


def _bracketed(value: bytes) -> list[re.Match[bytes]]:
    """Find what is in brackets. Behind a name, among others that are not, it is an address (RFC 822 §4.6.2).

    "Message from Bo <bo@client.example> of Monday" and the like were allowed once: MH, exmh and VM write it.
    """
    found = list(_BRACKETED.finditer(value))
    if len(found) < 2 or len(found) > _KEPT_IDS:
        return found
    nameless = [each for each in found if not value[: each.start()].rstrip()[-1:].isalnum()]
    return nameless or found[-1:]


def _bare_ids(value: bytes) -> list[bytes]:
    """Ids without brackets, as some programs write them; one word that is none, and it is all prose."""
    words = (each.strip(_WRAPPED) for each in _BARE_PARTS.split(_COMMENT.sub(b" ", value)))
    ids = [each for each in words if each]
    return ids if all(b"@" in each for each in ids) else []


def _id_text(piece: bytes) -> str:
    text = _SPACES.sub("", one_line(charsets.decode_word(piece, "utf-8"))).strip("<>")
    return text if len(text) <= MESSAGE_ID_CHARS else ""
