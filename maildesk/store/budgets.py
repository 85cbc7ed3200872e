"""Amounts that may be spent in an hour, and were: one row for each budget, so that nothing is counted."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, select, update

from maildesk.store.database import insert_ignoring
from maildesk.store.schema import budgets

HOUR = timedelta(hours=1)
NOTICE_FILES = "notice files"
"""Bytes of customers' files that notices hold."""


class Budget:
    """One budget in one transaction. Its hour begins with what is spent first."""

    def __init__(self, connection: Connection, name: str, most: int) -> None:
        self._connection = connection
        self._name = name
        self._most = most

    def spend(self, amount: int, now: datetime) -> bool:
        """Spend so much, if it is there."""
        c = budgets.c
        row = self._connection.execute(select(budgets).where(c.name == self._name)).one_or_none()
        # A clock that was set back begins a new hour too: nothing waits for it to catch up.
        running = row is not None and row.since <= now < row.since + HOUR
        spent = amount + (row.spent if row and running else 0)
        if spent > self._most:
            return False
        values = {"since": row.since if row and running else now, "spent": spent}
        if row is None:
            insert = insert_ignoring(budgets, self._connection.dialect.name)
            self._connection.execute(insert, [{"name": self._name, **values}])
        else:
            self._connection.execute(update(budgets).where(c.name == self._name).values(values))
        return True
