"""Alarms: one mail a day to the operators about each thing that wants a person."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from pathlib import Path
from traceback import extract_tb

from maildesk.casework.outbox_letters import owed
from maildesk.desk.letters.letter_writer import LetterWriter
from maildesk.desk.policy.desk import Desk
from maildesk.store import alarms
from maildesk.store.database import Connection
from maildesk.store.outbox import OutboxLetter

_log = logging.getLogger(__name__)

ONCE_IN = timedelta(days=1)

_LONGEST_KIND = 40
"""The characters of a kind that the table holds."""

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
    "old-mail": (
        "Mail from before the desk is filed",
        "Mail that lay in a mailbox before its first start became cases. No answer to it is promised,\n"
        "and none of these cases becomes overdue: look through them.\n"
        "See them:     maildesk case list",
    ),
    "too-large": (
        "A mail is too large",
        "A mail is larger than limits.store_size. It stays on the server; its header is kept.\n"
        "See it:       maildesk inbox list --verdict quarantined",
    ),
    "unfetchable": (
        "A mail cannot be fetched",
        "The server lists a mail and does not hand it out. It stays on the server.\n"
        "See it:       maildesk inbox list --verdict quarantined\nTry again:    maildesk inbox retry ID",
    ),
    "mailbox": (
        "A mailbox cannot be read",
        "A mailbox cannot be read; the desk goes on trying.\n{detail}\nFind out why: maildesk check",
    ),
    "uids": (
        "A mail server gave out numbers again",
        "A mailbox was put back to an older state, from a copy it seems.\n{detail}\n"
        "The desk compares every mail with what it has: what is new is taken in, nothing unread was moved.\n"
        "What came after that copy was made is gone from the server; what the desk had stored is not lost.\n"
        "See it:       maildesk inbox list",
    ),
    "neighbour": (
        "Another desk works here",
        "Mail was filed in a mailbox of this desk that this desk did not file: another desk works here,\n"
        "it seems, with a database of its own. Then customers are answered twice: stop one.\n{detail}\n"
        "If a person moved the mail there by hand, nothing is wrong.\n"
        "If this database was restored from a backup, move the mail back to where new mail comes in.",
    ),
    "relay": (
        "A mail relay cannot be reached",
        "Letters wait for a relay that is out of reach; the desk goes on trying.\n{detail}\n"
        "Find out why: maildesk check",
    ),
    "broken": (
        "A part of the desk is broken",
        "The desk goes on without it and tries again.\n{detail}\n"
        "Its log says more, in the lines with ERROR. Templates and policy: maildesk check",
    ),
    "restored": (
        "The desk goes on from a backup",
        "{detail}.\n"
        "Mails that are read again promise nothing: look through the cases that they open.\n"
        "See them:     maildesk outbox list --state held\n"
        "Let them go:  maildesk outbox retry ID, or --held for all of them\n"
        "Or never:     maildesk outbox drop ID, or --held",
    ),
    "uncertain": (
        "A letter may not have been sent",
        "The connection, the desk or its database stopped when the relay may have had it already.\n"
        "An automatic letter to a customer is not repeated; everything else goes again by itself.\n"
        "See them:     maildesk outbox list --state uncertain\nSend one:     maildesk outbox retry ID",
    ),
    "clock": (
        "The clock was set",
        "{detail}\nSee the date of this machine, and how it keeps the time (timedatectl).",
    ),
    "intake": (
        "The desk takes no mail in",
        "Mail waits on the server until this is mended; the desk then goes on by itself.\n{detail}\n"
        "Find out why: maildesk check",
    ),
    "disk": (
        "The disk is nearly full",
        "The desk takes no more mail in until there is room. Mail waits on the server.\n{detail}",
    ),
}
"""Every alarm there is: its title, and what to do."""


class AlarmWriter:
    """Writes alarms. With no operators configured there is nobody to write to."""

    def __init__(self, desk: Desk, writer: LetterWriter) -> None:
        self._desk = desk
        self._writer = writer

    def raised(self, conn: Connection, kind: str, now: datetime, detail: str = "") -> list[OutboxLetter]:
        """The letters of an alarm, unless it was raised within a day; remembers that it was.

        `kind` may name what it is about after a colon: `mailbox:support` is not `mailbox:sales`.
        """
        title, text = _ALARMS[kind.partition(":")[0]]
        try:
            letters = self._writer.alarm(kind, title, text.format(detail=detail), now)
        except Exception:  # noqa: BLE001 - an alarm comes beside the work; no broken template undoes that
            _log.exception("an alarm could not be written kind=%s", kind)
            return []
        if not alarms.due(conn, kind[:_LONGEST_KIND], now, ONCE_IN):
            return []
        return [owed(letter, now, self._desk) for letter in letters]


def place_of(problem: BaseException) -> str:
    """Name the kind of problem and where it arose; what it says may be somebody's words."""
    frames = extract_tb(problem.__traceback__)
    where = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(problem).__name__}{where}"
