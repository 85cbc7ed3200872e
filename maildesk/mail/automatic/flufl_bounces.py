"""flufl.bounce asked about a mail that is probably a bounce; it knows some systems that our own rules do not.

It reads with the standard library's mail parser, which recurses, and with patterns that are slow on long
words. So it is given a mail put together anew: the header, and the beginnings of the texts, long words cut.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from email.message import Message
from typing import Final

from flufl.bounce import _scan, all_failures

from maildesk.mail.automatic.delivery_report import RETURNED_TYPES
from maildesk.mail.mime.headers import Field, addresses_in, first, mailbox_address
from maildesk.mail.mime.structure import Part

_READ_BYTES: Final = 16 * 2**10
_MOST_PARTS: Final = 20
_MOST_LINES: Final = 400  # it goes through all lines once for each of sixty patterns
_MOST_FIELDS: Final = 200
_FIELD_BYTES: Final = 1000
_LONG_WORD: Final = re.compile(r"(\S{120})\S+")

# It writes a traceback of each exception into the log, which may hold words of the mail.
_scan.log.disabled = True

# One of its detectors raises where there is no sender, which keeps the later ones from looking.
_NO_SENDER: Final = "nobody@invalid"


def failures(
    raw: bytes, fields: Sequence[Field], parts: Sequence[Part]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The addresses that are still being tried, and those that failed; both empty where it sees no bounce."""
    try:
        delayed, failed = all_failures(_put_together(raw, fields, parts))
    except Exception:  # noqa: BLE001 - it raises whatever hostile bytes bring about; then it has read nothing
        return (), ()
    return tuple(_safe(delayed)), tuple(_safe(failed))


def _put_together(raw: bytes, fields: Sequence[Field], parts: Sequence[Part]) -> Message:
    mail: Message = Message()
    for field in fields[:_MOST_FIELDS]:
        if not field.name.startswith("content-") and field.name != "from":
            mail[field.name] = _text(field.unfolded()[:_FIELD_BYTES])
    senders = addresses_in(first(fields, "from") or b"", _FIELD_BYTES)
    mail["from"] = senders[0].address if senders else _NO_SENDER
    told = [each for each in parts[:_MOST_PARTS] if each.content_type not in RETURNED_TYPES]
    if len(told) == 1 and len(parts) == 1:
        _fill(mail, raw, told[0], _READ_BYTES)
        return mail
    mail["content-type"] = "multipart/mixed"
    left = _READ_BYTES
    for part in told:
        leaf: Message = Message()
        left -= _fill(leaf, raw, part, left)
        mail.attach(leaf)
    return mail


def _fill(leaf: Message, raw: bytes, part: Part, limit: int) -> int:
    beginning = raw[part.start : min(part.end, part.start + limit)]
    leaf["content-type"] = part.content_type
    leaf["content-transfer-encoding"] = part.encoding
    lines = _LONG_WORD.sub(r"\1", _text(beginning)).split("\n")
    leaf.set_payload("\n".join(lines[:_MOST_LINES]))
    return len(beginning)


def _text(data: bytes) -> str:
    return data.decode("ascii", "replace").replace("\r\n", "\n")


def _safe(found: frozenset[bytes]) -> Iterator[str]:
    for each in sorted(found):
        address = mailbox_address(each)
        if address:
            yield address
