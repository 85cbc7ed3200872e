"""A part of a transaction that may fail without the rest."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from maildesk.store.failures import Trouble, trouble


def apart(connection: Connection, part: Callable[[], object]) -> Exception | None:
    """Do a part of a transaction. If it fails, it alone is undone, and the reason is returned.

    Trouble of the database itself is raised: the transaction as a whole cannot be saved, and may run again.
    """
    savepoint = connection.begin_nested()
    try:
        part()
        savepoint.commit()
    except DBAPIError as problem:
        if trouble(problem) is not Trouble.REFUSED:
            raise
        savepoint.rollback()
        return problem
    except Exception as problem:  # noqa: BLE001 - whatever it is, the caller says what becomes of it
        savepoint.rollback()
        return problem
    return None
