"""The words of mails that were filed, read a few mails at a time: nobody who waits to write shall notice."""

from __future__ import annotations

from maildesk.store import search
from maildesk.store.database import Database


async def read_some(store: Database) -> bool:
    """Read the words of some mails, the newest first; whether more may wait.

    They are read outside the transaction that keeps them, and that is not the one which files mails.
    """
    words = await store.read(search.read_waiting)
    if words:
        await store.write(lambda conn: search.keep(conn, words))
    return len(words) == search.STEP
