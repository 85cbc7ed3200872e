"""Letters of no case that send a form back to who filled it in."""

from __future__ import annotations

from datetime import datetime

from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.letters.answer_text import PrivateAddresses
from maildesk.desk.letters.cause import Cause
from maildesk.desk.letters.letter_kinds import FORMS
from maildesk.desk.letters.letter_values import values_of_form
from maildesk.desk.letters.templates import LetterTemplates
from maildesk.desk.policy.desk import Desk, Mailbox
from maildesk.mail.identity.form_tokens import form_address, form_id
from maildesk.mail.identity.references import KeyRing, nonce_of
from maildesk.mail.message import Address, OutgoingMail

FORM_LETTERS = (LetterKind.FORM_RETURNED, LetterKind.FORM_FIXED)


def sent_by(order: LetterOrder, desk: Desk) -> Mailbox:
    """The mailbox that a form came to, and is sent back by."""
    return desk.mailboxes.get(order.extra.get("mailbox", "")) or Mailbox("", desk.address)


def form_letter(
    order: LetterOrder, cause: Cause, now: datetime, desk: Desk, keys: KeyRing, templates: LetterTemplates
) -> OutgoingMail:
    """The letter, which follows the mail that it answers and whose answer is known as the form again."""
    box, name = sent_by(order, desk), order.extra.get("form", "")
    language = templates.language(order.kind, order.extra.get("language", ""))
    words = templates.render(order.kind, values_of_form(order, desk, language), "", language.tag)
    back = form_address(keys, name, box.address, box.subaddress) if box.subaddress else ""
    follows = cause.follows[:1] if FORMS[order.kind].fixed_words else cause.follows
    return OutgoingMail(
        message_id=form_id(keys, name, nonce_of(keys, cause.ident, order.kind), box.domain),
        sender=Address(box.address, desk.name),
        to=Address(order.to[0]),
        subject=words.subject,
        text=PrivateAddresses(desk).hide(words.text, box.address),
        date=now,
        envelope_from=box.address,
        reply_to=Address(back, desk.name) if back else None,
        in_reply_to=next(iter(follows), None),
        references=tuple(reversed(follows)),
        automatic=FORMS[order.kind].automatic,
        language=language.tag,
    )
