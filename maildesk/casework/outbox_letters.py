"""A written letter as the outbox keeps it, from the form of its kind."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from maildesk.desk.case.case import Case
from maildesk.desk.case.letter_order import LetterKind
from maildesk.desk.letters.letter_kinds import FORMS
from maildesk.desk.letters.letter_limits import FREE, Admission
from maildesk.desk.letters.letter_writer import WrittenLetter
from maildesk.desk.policy.desk import Desk
from maildesk.mail.addr_spec import domain_of
from maildesk.store.outbox import LetterState, OutboxLetter

HELD_FOR: Final = timedelta(hours=24)
"""A held acknowledgement is of no use to anybody after this long (design §7)."""


def owed(
    letter: WrittenLetter,
    now: datetime,
    desk: Desk,
    case: Case | None = None,
    mailbox: str = "",
    admission: Admission = FREE,
    *,
    sure: bool = True,
) -> OutboxLetter:
    """Due now, or held. A letter of no case is the desk's own, or that of the `mailbox` of this address.

    What is not `sure` is counted by itself.
    """
    form = FORMS[letter.kind]
    due_at = now + desk.answer_delay if letter.kind is LetterKind.ANSWER else now
    return OutboxLetter(
        case_ref=case.ref if case else None,
        message_id=letter.message_id,
        kind=letter.kind,
        recipient=letter.recipient,
        domain=domain_of(letter.recipient),
        subject=letter.subject,
        envelope_from=letter.envelope_from,
        mailbox=desk.relayed_by(case.mailbox if case else mailbox) if case or mailbox else "",
        head=letter.head,
        body=letter.body,
        personal=form.personal,
        to_desk=form.audience.of_desk or bool(desk.people.roles(letter.recipient)),
        limited=form.limited and sure and admission.counted,
        state=LetterState.HELD if admission.held else LetterState.QUEUED,
        created_at=now,
        due_at=due_at,
        expires_at=due_at + form.patience,
        reason=admission.why or None,
    )
