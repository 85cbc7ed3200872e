"""The HTML that a mail's author wrote their own words in, as far as it may be said on in their name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from maildesk.mail.html.rich_words import rich_words
from maildesk.mail.message import Attachment, RichWords
from maildesk.mail.mime.limits import ReadingLimits
from maildesk.mail.reading import bodies_of

# Pictures that mail programs show in place, and that hold nothing to be run.
_SHOWN: Final = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})


def own_html(raw: bytes, words: str, files: Sequence[Attachment], limits: ReadingLimits) -> RichWords:
    """The words of a mail in its HTML, with its pictures; nothing where it has none that says the same.

    Apple Mail writes a body above each file and one below it. Where one is plain, no HTML says what it does.
    """
    bodies = [(kind, body) for kind, body in bodies_of(raw, limits) if body.strip()]
    if {kind for kind, _ in bodies} != {"text/html"}:
        return ()
    pictures = {each.content_id: each for each in files if each.content_id and each.content_type in _SHOWN}
    return rich_words(words, "\n".join(body for _, body in bodies), pictures)
