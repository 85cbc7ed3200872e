"""The office: what work on cases takes, the same for the daemon and the command line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from maildesk.casework.alarms import AlarmWriter
from maildesk.casework.unit_of_work import UnitOfWork
from maildesk.desk.letters.letter_limits import LetterLimits
from maildesk.desk.letters.letter_writer import LetterWriter
from maildesk.desk.letters.stand_ins import StandIns
from maildesk.desk.policy.desk import Desk
from maildesk.mail.identity.keys import KeyRing
from maildesk.store.database import Connection


@dataclass(frozen=True, slots=True)
class Office:
    """The desk, the writer of its letters and their limits.

    `host_named`: the operator named the host that vouches for senders. `stand_ins` write what a template of
    the operator's cannot.
    """

    desk: Desk
    writer: LetterWriter
    limits: LetterLimits
    host_named: bool = False
    stand_ins: StandIns | None = None

    @property
    def keys(self) -> KeyRing:
        """The keys of the day: the daemon takes others when they are rotated."""
        return self.writer.keys

    @property
    def alarms(self) -> AlarmWriter:
        """The writer of alarms to the operators."""
        return AlarmWriter(self.desk, self.writer, self.stand_ins)

    def session(self, conn: Connection, now: datetime) -> UnitOfWork:
        """One unit of work in this transaction; `now` is in UTC."""
        return UnitOfWork(self, conn, now)
