"""A finished letter to one recipient, made from a mail."""

from __future__ import annotations

from dataclasses import dataclass

from maildesk.desk.case.letter_order import LetterKind
from maildesk.mail.addr_spec import deliverable
from maildesk.mail.composing import compose_body, compose_head
from maildesk.mail.message import LetterBytes, OutgoingMail


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenLetter(LetterBytes):
    """A finished letter to one recipient: its bytes are fixed and never made again."""

    kind: LetterKind
    recipient: str
    subject: str
    text: str
    message_id: str
    envelope_from: str


def finished(kind: LetterKind, mail: OutgoingMail, body: bytes | None = None) -> WrittenLetter:
    """The letter that a mail is; its `body` may be one that others share."""
    return WrittenLetter(
        kind=kind,
        recipient=deliverable(mail.to.address),
        subject=mail.subject,
        text=mail.text,
        message_id=mail.message_id,
        envelope_from=mail.envelope_from,
        head=compose_head(mail),
        body=compose_body(mail) if body is None else body,
    )
