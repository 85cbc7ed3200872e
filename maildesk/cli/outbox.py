"""`maildesk outbox`: every letter owed to somebody, and what a person may decide about it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from maildesk.cli.desks import login, now_of, opened, reference
from maildesk.cli.invocation import DeskGroup, command, settings
from maildesk.cli.output import cell, print_json, print_table, short_time
from maildesk.cli.words import safe
from maildesk.cli.wrapping import echo

if TYPE_CHECKING:
    from maildesk.store.database import Connection

_STATES = ("queued", "sending", "sent", "deferred", "failed", "uncertain", "held", "dropped")

_COLUMNS = (
    ("id", "ID"),
    ("state", "STATE"),
    ("case", "CASE"),
    ("kind", "KIND"),
    ("to", "TO"),
    ("attempts", "TRIED"),
    ("due", "DUE"),
    ("reason", "REASON"),
    ("subject", "SUBJECT"),
)


@click.group(
    "outbox",
    cls=DeskGroup,
    table={
        "list": (f"{__name__}:list_", "the letters, or those you ask for"),
        "show": (f"{__name__}:show", "one letter, with its text as it goes out"),
        "retry": (f"{__name__}:retry", "have letters tried again from now"),
        "drop": (f"{__name__}:drop", "never send these letters"),
    },
    example="maildesk outbox list --state held\nmaildesk outbox retry --held",
)
def outbox() -> None:
    """Every letter we owe somebody, and what became of it."""


@command("list", "maildesk outbox list --state failed --state uncertain")
@click.option("--state", "states", multiple=True, type=click.Choice(_STATES), help="Only this; repeatable.")
@click.option("--case", "ref", metavar="REF", help="Only the letters of this case.")
@click.option("--limit", type=click.IntRange(1), help="Only the newest so many.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_(states: tuple[str, ...], ref: str | None, limit: int | None, as_json: bool) -> None:
    """The letters, oldest first."""
    from maildesk.store.outbox import LetterState
    from maildesk.store.outbox_views import OutboxFilter, outbox_rows

    desk = settings()
    with opened(desk) as store:
        case = store.read_now(lambda conn: reference(conn, ref)) if ref else None
        wanted = OutboxFilter(tuple(map(LetterState, states)), case, limit)
        rows = store.read_now(lambda conn: outbox_rows(conn, wanted))
    if as_json:
        print_json(rows)
        return
    shown = [{**row, "due": short_time(row["due_at"], desk.desk.timezone)} for row in rows]
    print_table(shown, _COLUMNS, none="There are no such letters.", spare=("attempts", "subject", "due"))


@command("show", "maildesk outbox show 17\nmaildesk outbox show 17 --raw > letter.eml")
@click.argument("letter_id", metavar="ID", type=click.IntRange(1))
@click.option("--raw", is_flag=True, help="Print the letter's bytes as they go over the wire.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def show(letter_id: int, raw: bool, as_json: bool) -> None:
    """One letter: what became of it, and its text. --raw has its header and its other parts."""
    from maildesk.store.outbox import content
    from maildesk.store.outbox_views import no_longer_kept, outbox_row

    desk = settings()
    with opened(desk) as store:
        row, stored = store.read_now(lambda conn: (outbox_row(conn, letter_id), content(conn, letter_id)))
    if raw:
        if stored is None:
            raise no_longer_kept(letter_id, row["case"])
        sys.stdout.buffer.write(stored)
        return
    if as_json:
        print_json(row)
        return
    shown = {**row, "due": short_time(row["due_at"], desk.desk.timezone)}
    for key, heading in _COLUMNS:
        echo(f"{heading.capitalize():<9}{cell(shown[key])}")
    if stored is None:
        echo(f"\n{no_longer_kept(letter_id, row['case'])}")
    else:
        echo(f"\n{safe(_text(stored))}", hang=0)


def _text(letter: bytes) -> str:
    """The plain words of a letter of ours, as its reader sees them."""
    from email import message_from_bytes, policy

    body = message_from_bytes(letter, policy=policy.default).get_body(("plain",))
    return str(body.get_content()) if body else ""


@command("retry", "maildesk outbox retry 17 18\nmaildesk outbox retry --held")
@click.argument("ids", metavar="[ID…]", nargs=-1, type=click.IntRange(1))
@click.option("--held", is_flag=True, help="All letters that are held.")
def retry(ids: tuple[int, ...], held: bool) -> None:
    """Have letters tried again from now, as long as at first: all that you name, or none.

    What was sent is never sent again; an uncertain letter may then arrive twice.
    """
    from maildesk.casework.outbox_choices import retry as try_again
    from maildesk.store.outbox_views import held_ids

    if held == bool(ids):
        raise click.UsageError("name letters by their ID, or --held")
    desk = settings()

    def work(conn: Connection) -> int:
        chosen = held_ids(conn) if held else list(dict.fromkeys(ids))
        try_again(conn, chosen, now_of(desk), login())
        return len(chosen)

    with opened(desk) as store:
        echo(f"{_letters(store.write_now(work))} to be tried again")


@command("drop", "maildesk outbox drop 17\nmaildesk outbox drop --held")
@click.argument("ids", metavar="[ID…]", nargs=-1, type=click.IntRange(1))
@click.option("--held", is_flag=True, help="All letters that are held.")
def drop(ids: tuple[int, ...], held: bool) -> None:
    """Never send these letters: all that you name, or none. Who was told that one is late hears of it."""
    from maildesk.casework.outbox_choices import drop as never_send
    from maildesk.daemon.parts import office_of
    from maildesk.store.outbox_views import held_ids

    if held == bool(ids):
        raise click.UsageError("name letters by their ID, or --held")
    desk = settings()

    def work(conn: Connection) -> int:
        chosen = held_ids(conn) if held else list(dict.fromkeys(ids))
        never_send(conn, chosen, now_of(desk), login(), office=lambda: office_of(desk))
        return len(chosen)

    with opened(desk) as store:
        echo(f"{_letters(store.write_now(work))} dropped")


def _letters(count: int) -> str:
    return f"{count} letter{'' if count == 1 else 's'}"
