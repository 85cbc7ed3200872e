"""Alarms: one mail a day to the operators about each thing that wants a person."""

from __future__ import annotations

from datetime import datetime, timedelta

from maildesk.desk.desk import Desk
from maildesk.desk.letters import LetterWriter
from maildesk.desk.notices import FORMS, LetterKind
from maildesk.desk.people import domain_of
from maildesk.store import alarms
from maildesk.store.database import Connection
from maildesk.store.outbox import LetterState, NewLetter

ONCE_IN = timedelta(days=1)

_ALARMS = {
    "held": (
        "Letters are being held",
        "Automatic letters have reached a limit and are held until somebody looks.\n"
        "See them:     maildesk outbox list --state held\nLet them go:  maildesk outbox retry --held",
    ),
    "quarantined": (
        "A mail is in quarantine",
        "A mail could not be filed and waits for somebody to look.\n"
        "See it:       maildesk inbox list --verdict quarantined\nTry again:    maildesk inbox retry ID",
    ),
    "too-large": (
        "A mail is too large",
        "A mail is larger than limits.store_size. It stays on the server; its header is kept.\n"
        "See it:       maildesk inbox list --verdict quarantined",
    ),
    "mailbox": (
        "A mailbox cannot be read",
        "A mailbox cannot be read; the desk goes on trying.\n{detail}\nFind out why: maildesk check",
    ),
    "disk": (
        "The disk is nearly full",
        "The desk takes no more mail in until there is room. Mail waits on the server.",
    ),
}
"""Every alarm there is: its title, and what to do."""


class AlarmWriter:
    """Writes alarms. With no operators configured there is nobody to write to."""

    def __init__(self, desk: Desk, writer: LetterWriter) -> None:
        self._desk = desk
        self._writer = writer

    def raised(self, conn: Connection, kind: str, now: datetime, detail: str = "") -> list[NewLetter]:
        """The letters of an alarm, unless it was raised within a day; remembers that it was.

        `kind` may name what it is about after a colon: `mailbox:support` is not `mailbox:sales`.
        """
        if not alarms.due(conn, kind, now, ONCE_IN):
            return []
        title, text = _ALARMS[kind.partition(":")[0]]
        letters = self._writer.alarm(kind, title, text.format(detail=detail), now)
        return [
            NewLetter(
                case_ref=None,
                message_id=letter.message_id,
                kind=letter.kind,
                recipient=letter.recipient,
                domain=domain_of(letter.recipient),
                subject=letter.subject,
                envelope_from=letter.envelope_from,
                mailbox="",
                content=letter.content,
                personal=False,
                limited=False,
                state=LetterState.QUEUED,
                created_at=now,
                due_at=now,
                expires_at=now + FORMS[LetterKind.ALARM].patience,
                reason=None,
            )
            for letter in letters
        ]
