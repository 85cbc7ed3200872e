"""The sameness of two deliveries: digests of what the author wrote, not of the trace of its way."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Sequence
from typing import Final

from maildesk.mail.mime.headers import Field

DIGESTED: Final = (
    "from", "to", "cc", "subject", "date", "message-id", "in-reply-to", "references",
    # What changes how the rest is read or shown: a copy with other values is not the same mail.
    "reply-to", "content-type", "content-transfer-encoding", "content-disposition", "content-description",
    "content-location", "content-id", "x-failed-recipients", "x-original-from", "x-original-sender",
)  # fmt: skip


def digests(fields: Sequence[Field], body: memoryview, signs: Sequence[str]) -> tuple[str, str]:
    """Digest what makes two deliveries the same mail: the words, and the words with how to judge them.

    Both are of what the author wrote, not of the trace of the way. The fields by which a mail is judged
    automatic count by being there (`signs`): what a list writes into them may differ for each of its readers.
    Where there are none, both digests are one.
    """
    said: dict[str, list[bytes]] = {name: [] for name in DIGESTED}
    for field in fields:
        if field.name in said and not _as_usual(field):
            said[field.name].append(b"%s:%s\n" % (field.name.encode(), field.unfolded()))
    judged = [b"judged by %s\n" % name.encode() for name in signs if name not in said]
    words = hashlib.sha256(b"".join(itertools.chain(*said.values(), (b"\n",))))
    words.update(body)
    if not judged:
        return words.hexdigest(), words.hexdigest()
    content = hashlib.sha256(b"".join(itertools.chain(*said.values(), judged, (b"\n",))))
    content.update(body)
    return words.hexdigest(), content.hexdigest()


def _as_usual(field: Field) -> bool:
    """Tell whether a field says only what is so without it: many programs write that a text is `inline`."""
    return field.name == "content-disposition" and field.value.strip().lower() == b"inline"
