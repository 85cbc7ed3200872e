"""The memory of hearing: when each watched mailbox was last heard, and the times when it was not."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select, update

from maildesk.desk.promises.availability import MEASURED as MEASURED
from maildesk.desk.promises.availability import Outage, availability
from maildesk.store.database import insert_ignoring
from maildesk.store.schema import hearings, outages


@dataclass(frozen=True, slots=True)
class Hearing:
    """One watched mailbox. `heard_at` None: never yet; `told_at`: operators know of a silence that lasts.

    `watched_at`: when the desk began to listen, and once the mailbox is heard, when that was first.
    """

    mailbox: str
    watched_at: datetime
    heard_at: datetime | None = None
    told_at: datetime | None = None

    @property
    def since(self) -> datetime:
        """The moment from which silence counts."""
        return self.heard_at or self.watched_at


def known(connection: Connection) -> dict[str, Hearing]:
    """All mailboxes that the desk listens to, by their identities."""
    return {row.mailbox: Hearing(**row._mapping) for row in connection.execute(select(hearings))}


def listen(connection: Connection, mailboxes: Collection[str], now: datetime) -> dict[str, Hearing]:
    """Listen to these mailboxes from `now` on, and to no others.

    The silence of a mailbox that nobody watches is no outage.
    """
    connection.execute(delete(hearings).where(hearings.c.mailbox.not_in(mailboxes)))
    new = [{"mailbox": each, "watched_at": now} for each in mailboxes]
    if new:
        connection.execute(insert_ignoring(hearings, connection.dialect.name), new)
    return known(connection)


def heard(
    connection: Connection, mailbox: str, at: datetime, silent: timedelta, *, missed: bool = True
) -> Outage | None:
    """Note that a mailbox was heard. The silence that ended by it, if operators were told of that.

    A silence of `silent` or more was an outage, but where the clock was set meanwhile (`missed` is false).
    """
    row = connection.execute(select(hearings).where(hearings.c.mailbox == mailbox)).one_or_none()
    if row is None:
        return None
    before = Hearing(**row._mapping)
    ended = Outage(mailbox, before.since, at)
    if missed and ended.lasted >= silent:
        values = {"mailbox": mailbox, "since": ended.since, "until": at}
        connection.execute(insert_ignoring(outages, connection.dialect.name), values)
    values = {"heard_at": at, "told_at": None, **({} if before.heard_at else {"watched_at": at})}
    connection.execute(update(hearings).where(hearings.c.mailbox == mailbox).values(values))
    return ended if before.told_at else None


def tell(connection: Connection, known: Hearing, now: datetime) -> bool:
    """Operators are told of a silence `now`, and of its beginning; False: they were told before."""
    untold = (hearings.c.mailbox == known.mailbox, hearings.c.told_at.is_(None))
    values = {"heard_at": known.heard_at, "told_at": now}
    return connection.execute(update(hearings).where(*untold).values(values)).rowcount > 0


def measured(connection: Connection, hearing: Hearing, now: datetime, silent: timedelta) -> float | None:
    """The percent of the last days, from its first word on, in which this mailbox was heard; None: never."""
    if hearing.heard_at is None:
        return None
    begin = max(hearing.watched_at, now - MEASURED)
    found = _outages(connection, hearing.mailbox, begin)
    if now - hearing.since >= silent:
        found = [*found, Outage(hearing.mailbox, hearing.since, now)]
    return availability(found, begin, now)


def _outages(connection: Connection, mailbox: str, after: datetime) -> Sequence[Outage]:
    query = select(outages).where(outages.c.mailbox == mailbox, outages.c.until > after)
    return [Outage(**row._mapping) for row in connection.execute(query)]
