"""The words of mails at the command line: `case list --search`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from maildesk.store.database import Database

SEARCH_HELP: Final = (
    'Words of their mails, all in one: print* finds printer, "in quotes" side by side, -roll leaves out;'
    " customer:, team:, is: and since: narrow it."
)

MOST_READ_HERE: Final = 2000
"""Mails that a command reads first: the daemon does so within seconds, where one runs."""


def read_what_waits(store: Database) -> None:
    """Have the words of new mails known; where there are many, say how many are not looked through yet."""
    from maildesk.errors import TemporaryError
    from maildesk.store import search

    read = 0
    try:
        while read < MOST_READ_HERE and (words := store.read_now(search.read_waiting)):
            store.write_now(lambda conn, some=words: search.keep(conn, some))  # type: ignore[misc]
            read += len(words)
    except TemporaryError:
        pass  # somebody else writes: what they left is said below
    if waiting := store.read_now(lambda conn: search.still_waiting(conn, 100_000)):
        click.echo(
            f"{waiting} mails are not looked through yet: the daemon reads them, the newest first.", err=True
        )
