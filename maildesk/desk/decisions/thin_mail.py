"""A mail that says too little to begin with: the pieces of information that its receipt asks for."""

from __future__ import annotations

import re
from itertools import islice
from typing import Final

from maildesk.desk.policy.names import comparable
from maildesk.desk.policy.policy import Policy
from maildesk.mail.message import Attachment, IncomingMail

_WORD: Final = re.compile(r"\S+")

_SEEN: Final = (
    "screenshot", "screen shot", "image", "picture", "photo", "bild", "foto", "imagem", "imagens", "imagen",
    "captura", "capture", "ecran", "afbeelding", "schermata", "immagine",
)  # fmt: skip
"""Words, as beginnings, by which a policy asks for something that can be seen."""

_LEAST_PICTURE: Final = 16 * 1024
"""Bytes: a smaller picture that stands among the words is somebody's logo."""


def lacking(mail: IncomingMail, policy: Policy) -> tuple[str, ...]:
    """The pieces that the mail lacks, as the policy asks for them; of a mail that says enough none is."""
    letter = policy.first_letter
    if not letter.asks:
        return ()
    words = sum(1 for _ in islice(_WORD.finditer(mail.body.new_text), letter.when_under))
    if words >= letter.when_under:
        return ()
    shown = any(map(_is_picture, mail.attachments))
    texts = {name: policy.information[name] for name in letter.asks}
    return tuple(text for name, text in texts.items() if not (shown and _can_be_seen(f"{name} {text}")))


def _is_picture(file: Attachment) -> bool:
    return file.content_type.startswith("image/") and (not file.inline or file.size >= _LEAST_PICTURE)


def _can_be_seen(asked: str) -> bool:
    said = f" {' '.join(comparable(asked))}"
    return any(f" {word}" in said for word in _SEEN)
