"""`maildesk db`: the database's schema, copies and state."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from maildesk.cli.desks import now_of, opened
from maildesk.cli.invocation import PROBLEM, DeskGroup, command, settings
from maildesk.cli.output import patience
from maildesk.cli.words import one_line
from maildesk.cli.wrapping import echo
from maildesk.errors import BadInput

if TYPE_CHECKING:
    from maildesk.config.settings import Settings
    from maildesk.store.database import Database


@click.group(
    "db",
    cls=DeskGroup,
    table={
        "upgrade": (f"{__name__}:upgrade", "bring the tables up to date"),
        "backup": (f"{__name__}:backup", "a whole, checked copy beside a running daemon"),
        "copy": (f"{__name__}:copy", "move the desk to a PostgreSQL database"),
        "restored": ("maildesk.cli.restoring:restored", "say that a copy without a mark was put in place"),
        "erased": (
            "maildesk.cli.restoring:erased",
            "write the list of what was erased, for an older copy",
        ),
        "refold": (f"{__name__}:refold", "make the cases again from their events"),
        "status": (f"{__name__}:status", "where it is, its schema, and whether it is sound"),
    },
    example="maildesk db backup /var/backups/desk.db && maildesk db upgrade",
)
def db() -> None:
    """The database."""


@command("upgrade", "maildesk db upgrade --backup /var/lib/maildesk/before-upgrade.db")
@click.option("--new", is_flag=True, help="Begin again: make a database although this desk has had one.")
@click.option(
    "--backup",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write a whole, checked copy to FILE first, if the tables are older.",
)
def upgrade(new: bool, backup: Path | None) -> None:
    """Bring the tables up to date, in one transaction. Stop the daemon first, and have a backup.

    A database that is missing or empty is made only for a desk that never had one, or with --new. One that
    has tables is never emptied. Where no backup could be made, nothing is changed.
    """
    from maildesk.config.packaged import packaged
    from maildesk.daemon.desk_store import remember, require_fresh
    from maildesk.store import migrations
    from maildesk.store.locking import DaemonLock

    desk = settings()
    with _as_it_is(desk, new=new) as store, DaemonLock.acquire(store.place), patience("upgrading"):
        before = migrations.status(store, packaged("migrations"))
        if before.state == "empty" and not new:
            require_fresh(desk, store)
        if before.state == "older" and backup is not None:
            _copied(desk, store, backup)
        after = migrations.upgrade(store, packaged("migrations"))
        remembered = remember(desk, store)
    if before.current == after.current:
        echo(f"{store.place.shown} is up to date: schema {after.current}")
    else:
        echo(f"{store.place.shown} went from schema {before.current or 'none'} to {after.current}")
    if not remembered:
        echo(f"Nothing can be written beside {desk.file}: should the database be lost, --new is asked for.")


@command("backup", "maildesk db backup /var/backups/desk-2026-11-22.db")
@click.argument("target", metavar="FILE", type=click.Path(path_type=Path))
def backup(target: Path) -> None:
    """Write a whole, checked copy of the database to FILE, which must not exist.

    It may run beside the daemon. A PostgreSQL database is written by pg_dump, for pg_restore. The secret key
    is not in the copy: keep one of it too.
    """
    desk = settings()
    with _as_it_is(desk) as store:
        _copied(desk, store, target)


def _copied(desk: Settings, store: Database, target: Path) -> None:
    """Write the copy, and say so."""
    from maildesk.store.backup import backup as copy
    from maildesk.store.dumping import dump

    where, path = store.place, target.absolute()
    with patience(f"copying {where.shown}"):
        size = copy(store, path, now_of(desk)) if where.path else dump(where, path, os.environ)
    echo(f"{target}: {size / 2**20:.1f} MiB, checked")


@command("copy", "maildesk db copy 'postgresql://desk:${PGPASSWORD}@db.acme.example/desk'")
@click.argument("url", metavar="URL")
def copy(url: str) -> None:
    """Copy the whole desk from SQLite into an empty PostgreSQL database, and compare every row.

    Stop the daemon first.

    URL is written as store.url is: ${NAME} stands for a variable, so that no password is on the command line
    (put the URL between single quotes). If anything goes wrong, nothing is written. It says in the end what
    to change in the configuration.
    """
    from maildesk.config.packaged import packaged
    from maildesk.config.secrets import read_secret
    from maildesk.store.copying import move
    from maildesk.store.locking import DaemonLock

    desk = settings()
    there = read_secret(url).resolve(desk.folder, os.environ, "URL")
    if not there.startswith("postgresql://"):
        raise BadInput("URL is no PostgreSQL database", remedy="write postgresql://USER:PASSWORD@HOST/NAME")
    with _as_it_is(desk) as store, DaemonLock.acquire(store.place), _at(there) as target:
        with DaemonLock.acquire(target.place), patience("copying every row"):
            tables = move(store, target, packaged("migrations"), now_of(desk))
        old, where = store.place.path, target.place.shown
    rows = sum(each.rows for each in tables)
    echo(
        f"{where} has all {rows} rows of {len(tables)} tables, each compared.\n"
        f'Now write into {desk.file}, store: {{url: "{_without_password(url)}"{_list_too(desk)}}}\n'
        f"{_tokens_too(desk)}"
        f"then: maildesk check, and start the daemon. {old} stays as it is; a daemon "
        "that starts on it again holds what waits there, as after a backup was put in place. Until the "
        "configuration names the new one, `maildesk deliver` leaves mail with the mail server."
    )


@contextmanager
def _at(url: str) -> Iterator[Database]:
    from maildesk.store.database import Database

    store = Database.open(url)
    try:
        yield store
    finally:
        store.close_now()


def _list_too(desk: Settings) -> str:
    """Say where the list of what was erased stays, if there is one: beside a server none would be found."""
    from maildesk.daemon.desk_store import erasure_list

    path = erasure_list(desk).path
    return f', erased: "{path}"' if desk.store.erased or path.exists() else ""


def _tokens_too(desk: Settings) -> str:
    """Say where tokens stay: beside a server they would be looked for in the configuration's folder."""
    from maildesk.config.token_sources import token_folder

    here = token_folder(desk)
    if not desk.logins or here == desk.folder / desk.tokens.expanduser():
        return ""
    return f'and tokens: "{here}", where the tokens of its logins are\n'


def _without_password(url: str) -> str:
    """Write the URL as it was typed, but for a password that was written out."""
    return url if "${" in url else re.sub(r"^(postgresql://[^:/@]+):[^@]*@", r"\1:${PGPASSWORD}@", url)


@command("refold", "maildesk db backup before.db && maildesk db refold")
def refold() -> None:
    """Make what each case is, and what is due for it, again from its events; tells what that changed.

    A sound database stays as it is. Stop the daemon first.
    """
    from maildesk.store import refolding
    from maildesk.store.locking import DaemonLock

    with opened(settings()) as store, DaemonLock.acquire(store.place), patience("reading every event"):
        changed = store.write_now(refolding.refold)
    for one in changed:
        echo(f"{one.ref}: {', '.join(one.columns)}")
    many = "1 case was" if len(changed) == 1 else f"{len(changed)} cases were"
    echo(f"{many} made again" if changed else "Every case is what its events say")


@command("status", "maildesk db status")
def status() -> None:
    """Tell where the database is, its schema and whether it is sound; exits with 1 where it is not."""
    from maildesk.config.packaged import packaged
    from maildesk.store import migrations
    from maildesk.store.backup import integrity

    with _as_it_is(settings()) as store:
        found = migrations.status(store, packaged("migrations"))
        problems: list[str] = []
        if found.state != "empty":
            with patience("checking every page"):
                problems = integrity(store, current=found.state == "current")
        free = store.free_space()
    echo(f"Database:   {one_line(store.place.shown.removeprefix('the database '))}")
    echo(f"Schema:     {found.current or 'none'}, {_STATES[found.state]}")
    if free is not None:
        echo(f"Free space: {free / 2**30:.1f} GiB")
    echo(f"Sound:      {'no' if problems else 'yes'}")
    for problem in problems:
        echo(f"maildesk: {one_line(problem)}", err=True)
    if problems or found.state in ("older", "newer"):
        click.get_current_context().exit(PROBLEM)


_STATES = {
    "empty": "no tables yet: maildesk db upgrade",
    "current": "up to date",
    "older": "older than this program: make a backup, then maildesk db upgrade",
    "newer": "newer than this program: install the newer maildesk",
}


@contextmanager
def _as_it_is(desk: Settings, *, new: bool = False) -> Iterator[Database]:
    """The database with whatever tables it has, which `opened` would refuse or set up."""
    from maildesk.daemon.desk_store import existing_store, new_store

    store = new_store(desk) if new else existing_store(desk)
    try:
        yield store
    finally:
        store.close_now()
