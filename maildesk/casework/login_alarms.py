"""Alarms about logins with tokens: operators hear before one ends, and when one has stopped working."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from maildesk.casework.alarms import AlarmWriter
from maildesk.desk.case.letter_order import LetterKind
from maildesk.desk.case.told import Joined, Phrase
from maildesk.desk.letters.letter_kinds import FORMS
from maildesk.desk.letters.moments import moment
from maildesk.store import outbox
from maildesk.store.database import Connection


@dataclass(frozen=True, slots=True)
class LoginBook:
    """Owes the letters about logins."""

    alarms: AlarmWriter

    def failing(
        self, conn: Connection, login: str, why: str, now: datetime, senders: Mapping[str, bool]
    ) -> bool:
        """Tell that no token can be had, once a day.

        `senders` says by the addresses of the mailboxes whose letters go by this login, and wait; the empty
        one stands for all others.
        """
        waits = any(senders.values())
        said = [f"{login}: {why}", *([self._first_to_fail(conn, now, senders)] if waits else [])]
        letters = self.alarms.raised(conn, f"login:{login}", now, Joined("\n", said))
        outbox.add(conn, letters)
        return bool(letters)

    def ending(
        self, conn: Connection, login: str, part: str, what: str, *, days: int, since: datetime, now: datetime
    ) -> bool:
        """Tell of an end to come, unless that was done after `since`, when this word became due.

        `part` of the login ends; another part's end is told apart.
        """
        left = Phrase("{days} day is left." if days == 1 else "{days} days are left.", days=max(days, 0))
        detail = Joined("", (f"{login}: ", what, ". ", left))
        letters = self.alarms.raised(conn, f"login-ends:{login}:{part}", now, detail, once=now - since)
        outbox.add(conn, letters)
        return bool(letters)

    def _first_to_fail(self, conn: Connection, now: datetime, senders: Mapping[str, bool]) -> Phrase:
        """Say when a customer misses the first answer, if nobody mends the login."""
        waiting = outbox.first_answers_to_fail(conn).items()
        if ends := [until for mailbox, until in waiting if senders.get(mailbox, senders[""])]:
            until = moment(min(ends), self.alarms.zone)
            return Phrase("The first answer that waits is given up: {until}.", until=until)
        until = moment(now + FORMS[LetterKind.ANSWER].patience, self.alarms.zone)
        return Phrase("Answers wait; one that is written now is given up: {until}.", until=until)
