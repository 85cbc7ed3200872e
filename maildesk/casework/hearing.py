"""Operators hear when the desk stops hearing from a mailbox, and when it hears again: once each an outage."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from maildesk.casework.alarms import ONCE_IN, AlarmWriter
from maildesk.desk.case.told import Joined, Phrase
from maildesk.store import hearing, outbox
from maildesk.store.database import Connection
from maildesk.store.hearing import Hearing

EACH = timedelta(0)
"""Every outage is told: none is shorter than `limits.silent_mailbox`."""


@dataclass(frozen=True, slots=True)
class HearingBook:
    """Notes silence and its end, and owes the letters about them in the same transaction."""

    alarms: AlarmWriter
    silent: timedelta

    def heard(self, conn: Connection, mailbox: str, name: str, at: datetime, *, missed: bool = True) -> bool:
        """Note that a mailbox was heard; tell whether letters are owed, as where its silence was told."""
        ended = hearing.heard(conn, mailbox, at, self.silent, missed=missed)
        if ended is None:
            return False
        since, until = _shown(ended.since), _shown(at)
        said = Phrase("{name} was not heard from {since} to {until}.", name=name, since=since, until=until)
        outbox.add(conn, self.alarms.raised(conn, f"heard:{name}", at, said, once=EACH))
        return True

    def silence(
        self, conn: Connection, known: Hearing, name: str, why: str, now: datetime, *, once_a_day: bool
    ) -> bool:
        """Tell operators that a mailbox is not heard; False where they know already.

        `once_a_day`: it has not lasted yet, and is told early since a person must end it.
        """
        never = Phrase("It was never heard yet.")
        since = Phrase("Not heard since {since}.", since=_shown(known.since)) if known.heard_at else never
        detail = Joined("", (f"{name}: ", why, "\n", since))
        once = ONCE_IN if once_a_day else EACH
        letters = self.alarms.raised(conn, f"mailbox:{name}", now, detail, once=once)
        if once_a_day and not letters:
            return False
        told = hearing.tell(conn, known, now)
        if told:
            outbox.add(conn, letters)
        return told


def _shown(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
