"""Absence notes of agents: kept as they come, and `#away` is suggested once as the desk opens."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from maildesk.casework.office import Office
from maildesk.casework.outbox_letters import owed
from maildesk.desk.letters.suggestion_letter import suggestion_letter
from maildesk.desk.policy.absences import NotedAbsence
from maildesk.mail.addr_spec import same_address
from maildesk.store import outbox, restoring
from maildesk.store.database import Connection
from maildesk.store.outbox import OutboxLetter
from maildesk.store.staff_absences import forget_absence, keep_absence, noted_absences, settle_absence


def note(conn: Connection, office: Office, absence: NotedAbsence) -> None:
    """Keep an absence, unless the agent's last one was settled and still lasts."""
    day = absence.noted_at.astimezone(ZoneInfo(office.desk.zone)).date()
    for known, settled_at in noted_absences(conn).items():
        if settled_at and same_address(known.address, absence.address) and not known.over(day):
            return
    keep_absence(conn, absence)


def due_suggestions(
    conn: Connection, office: Office, opened: datetime, now: datetime
) -> Iterator[NotedAbsence]:
    """The absences that are to be told of since the desk opened; what is over is forgotten.

    What was noted before the desk went on from a backup may have been told of since that was made.
    """
    day = now.astimezone(ZoneInfo(office.desk.zone)).date()
    restoration = restoring.newest(conn)
    for absence, settled_at in noted_absences(conn).items():
        agent = office.desk.people.agent(absence.address)
        if agent is None or absence.over(day):
            forget_absence(conn, absence.address)
        elif agent.away or (restoration and absence.noted_at <= restoration.restored_at):
            settle_absence(conn, absence.address, now)
        elif settled_at is None and absence.noted_at < opened and absence.ahead(day):
            yield absence


def suggest(
    conn: Connection, office: Office, absence: NotedAbsence, now: datetime, written: list[OutboxLetter]
) -> None:
    """Write to an agent of their absence, to the address of the configuration."""
    agent = office.desk.people.agent(absence.address)
    assert agent is not None  # they are asked for first
    letter = owed(suggestion_letter(office.writer, agent, absence, now), now, office.desk)
    outbox.add(conn, [letter])
    settle_absence(conn, absence.address, now)
    written.append(letter)
