"""A quarantined mail becomes a case without being read: its header as text, and the way to its bytes."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from maildesk.casework.acting import ActResult, free_reference
from maildesk.casework.office import Office
from maildesk.desk.case.change import Change
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.case.verdicts import Verdict
from maildesk.desk.decisions.actor import Actor
from maildesk.desk.decisions.opening import case_of, opened_event
from maildesk.desk.letters.case_mail import CaseMail
from maildesk.desk.letters.cause import Cause
from maildesk.desk.letters.letter_context import QuotedMail
from maildesk.desk.policy.rules import Assignment
from maildesk.mail.message import Address
from maildesk.store.database import Connection, Database
from maildesk.store.inbox_views import quarantined_row, release
from maildesk.store.ledger import TOO_LARGE, raw_of

REASON = "released-by-operator"

_HEADER_BYTES = 16 * 2**10
_WARNING = "it came out of quarantine and nobody has read it; its attachments may be harmful"


def release_mail(store: Database, office: Office, ledger_id: int, acting: Callable[[], Actor]) -> ActResult:
    """Open a case for a quarantined mail. It has no requester, so nobody outside is written to.

    `acting` is asked who acts, and when, once the write lock is held.
    """
    entropy = secrets.token_bytes(32)

    def act(conn: Connection) -> ActResult:
        hand, row = acting(), quarantined_row(conn, ledger_id)
        with office.session(conn, hand.now) as work:
            ref = free_reference(work.book, entropy)
            subject = f"Mail {ledger_id} from quarantine"
            requester, address, nothing = Address(""), office.desk.address_of(row["mailbox"]), Assignment()
            case = case_of(ref, subject, requester, address, hand.now, nothing, office.desk)
            text = _text(row, raw_of(conn, ledger_id))
            work.book.add_mail(_kept(ref, row, text, hand))
            order = LetterOrder(LetterKind.OPENED_TEAM, extra={"warning": _WARNING})
            change = Change(case, (opened_event(case, nothing, hand.actor),), (order,))
            case = work.carry_out(
                change, Cause(f"released {ledger_id}", QuotedMail(hand.now, "maildesk", text))
            )
        release(conn, ledger_id, ref, REASON, f"opened {ref}: released by {hand.actor}", hand.now)
        return ActResult.of(case, work)

    return store.write_now(act)


def _text(row: dict[str, Any], raw: bytes) -> str:
    """Say what can be said of a mail without reading it: its first lines, as far as they are text."""
    head = raw[:_HEADER_BYTES].replace(b"\r\n", b"\n").replace(b"\r", b"\n").partition(b"\n\n")[0]
    shown = "".join(
        char if char.isprintable() or char in "\n\t" else "\ufffd" for char in head.decode("utf-8", "replace")
    )
    where = (
        f"It is on the server: mailbox {row['mailbox']}, UID {row['uid']}."
        if row["reason"] == TOO_LARGE
        else f"To save it:  maildesk inbox show {row['id']} --raw > mail.eml"
    )
    return f"This mail was not read ({row['reason']}).\n{where}\n\nIts header:\n\n{shown}"


def _kept(ref: str, row: dict[str, Any], text: str, hand: Actor) -> CaseMail:
    return CaseMail(
        case_ref=ref,
        direction="in",
        at=hand.now,
        sender=row["from"] or "",
        recipients=(),
        subject=row["subject"] or "",
        text=text,
        new_text=text,
        verdict=Verdict.OPENED,
        ledger_id=row["id"],
        reason=REASON,
    )
