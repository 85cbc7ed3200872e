"""The office: what work on cases takes, the same for the daemon and the command line."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from maildesk.casework.alarms import AlarmWriter
from maildesk.casework.unit_of_work import UnitOfWork
from maildesk.desk.letters.letter_limits import LetterLimits
from maildesk.desk.letters.letter_writer import LetterWriter
from maildesk.desk.letters.stand_ins import StandIns
from maildesk.desk.policy.absences import present_on
from maildesk.desk.policy.desk import Desk
from maildesk.mail.identity.keys import KeyRing
from maildesk.store.database import Connection
from maildesk.store.staff_choices import staff_choices_made


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
    _todays: dict[tuple[object, ...], Office] = field(default_factory=dict, repr=False, compare=False)

    @property
    def keys(self) -> KeyRing:
        """The keys of the day: the daemon takes others when they are rotated."""
        return self.writer.keys

    @property
    def alarms(self) -> AlarmWriter:
        """The writer of alarms to the operators."""
        return AlarmWriter(self.desk, self.writer, self.stand_ins)

    def today(self, conn: Connection, now: datetime) -> Office:
        """The same with its people as they are today: who is away, and who stands in for them."""
        day = now.astimezone(ZoneInfo(self.desk.zone)).date()
        known = (day, staff_choices_made(conn), self.keys)
        if known not in self._todays:
            people = present_on(self.desk.people, day, known[1])
            desk = replace(self.desk, people=people)
            same = people is self.desk.people
            self._todays.clear()  # the one of before is over
            self._todays[known] = self if same else replace(self, desk=desk, writer=self.writer.of(desk))
        return self._todays[known]

    def session(self, conn: Connection, now: datetime) -> UnitOfWork:
        """One unit of work in this transaction; `now` is in UTC."""
        return UnitOfWork(self.today(conn, now), conn, now)
