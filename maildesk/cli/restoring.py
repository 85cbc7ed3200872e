"""`maildesk db restored` and `db erased`: a copy is put in place, and what was erased since goes again."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import click

from maildesk.cli.desks import now_of, opened
from maildesk.cli.invocation import command, settings
from maildesk.cli.wrapping import echo


@command(
    "restored",
    "maildesk db restored\n"
    "maildesk db restored --made 2026-11-22T03:00:00Z\n"
    "maildesk db restored --erased /var/backups/desk.erased",
)
@click.option(
    "--made", metavar="TIME", help="When the copy was made; default: the newest moment it knows of."
)
@click.option(
    "--erased",
    "others",
    metavar="FILE",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A list of what was erased (maildesk db erased), beside the desk's own.",
)
def restored(made: str | None, others: Path | None) -> None:
    """Say that the database is a copy made by cp or pg_dump: what it holds as due is held from now on.

    What was erased since is erased again, as the list of it says. A copy made by `maildesk db backup` of an
    SQLite database knows that it is one. Stop the daemon first, and do this before it starts again.
    """
    from maildesk.casework.erased_again import ErasedBefore
    from maildesk.casework.erased_noted import finish_earlier
    from maildesk.casework.restored import go_on, in_words
    from maildesk.config.building import keyring, staff
    from maildesk.daemon.desk_store import erasure_list
    from maildesk.store.erasure_list import list_in
    from maildesk.store.locking import DaemonLock

    desk, now = settings(), now_of(settings())
    noted, made_at = erasure_list(desk), _moment(made) if made else None
    more = list_in(others) if others else []
    before = ErasedBefore([*noted.notes(), *more], staff(desk), keyring(desk))
    with opened(desk) as store, DaemonLock.acquire(store.place):
        found, again = store.write_now(lambda conn: go_on(conn, before, now, made_at))
        noted.write_down(*more)
        finish_earlier(store, noted, now)
    echo(f"{in_words(found)}: maildesk outbox list --state held")
    if again:
        echo(f"{again} cases, mails and persons that were erased since the copy was made were erased again")
    elif not before.notes:
        echo("No list says what was erased since: if anything was, erase it again (docs/privacy.md)")


@command("erased", "maildesk db erased /var/backups/desk.erased")
@click.argument("target", metavar="FILE", type=click.Path(path_type=Path))
def erased(target: Path) -> None:
    """Write the list of what was erased to FILE, which must not exist: `db restored --erased FILE` reads it.

    It has no words and no addresses. The desk keeps it by itself (store.erased); this is for a copy of the
    database that is put back elsewhere, or where that file was lost. The daemon may run.
    """
    from maildesk.daemon.desk_store import erasure_list
    from maildesk.store.backup import published
    from maildesk.store.erasure_list import as_lines
    from maildesk.store.unlisted import everything_erased

    desk = settings()
    with opened(desk) as store:
        noted = erasure_list(desk).notes()
        whole = store.read_now(lambda conn: everything_erased(conn, now_of(desk)))
    persons = [replace(each, cases=(), mails=()) for each in noted]
    with published(target.absolute()) as part:
        part.write_text(as_lines([whole, *persons]), encoding="utf-8")
    echo(f"{target}: {len(whole.cases)} cases and {len(whole.mails)} mails")


def _moment(typed: str) -> datetime:
    try:
        at = datetime.fromisoformat(typed)
    except ValueError as problem:
        raise click.UsageError(f"{typed[:40]!a} is no time: write 2026-11-22T03:00:00Z") from problem
    if at.tzinfo is None:
        raise click.UsageError(f"{typed[:40]!a} has no time zone: write 2026-11-22T03:00:00Z")
    return at
