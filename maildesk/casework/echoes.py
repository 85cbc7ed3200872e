"""Our own letters among the words of those who answer them: what we wrote is nobody else's word."""

from __future__ import annotations

from dataclasses import replace

from maildesk.casework.read_mail import ReadMail
from maildesk.desk.policy.escalation import NO_WISH
from maildesk.desk.screening.echoes import may_echo, without_echo
from maildesk.mail.message import IncomingMail
from maildesk.store.database import Connection
from maildesk.store.sent_words import letters_with

_NEAREST = 5
"""So many of the mails that a mail follows may be the one it answers."""


def apart_from_ours(conn: Connection, one: ReadMail) -> ReadMail:
    """The mail without words, where they are those of a letter of ours that it answers."""
    mail = one.reading
    if not isinstance(mail, IncomingMail) or not may_echo(mail):
        return one
    for letter in letters_with(conn, mail.ids.thread[:_NEAREST]):
        bare = without_echo(mail, letter)
        if bare is not mail:
            return replace(one, reading=bare, heard=replace(one.heard, named=frozenset(), wish=NO_WISH))
    return one
