"""`maildesk board`: every open case on one page, once; the daemon keeps one written where `board` says."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from maildesk.cli.desks import now_of
from maildesk.cli.invocation import command, settings


@command("board", "maildesk board board.html\nmaildesk board - | ssh wall 'cat > board.html'")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True))
@click.option("--rows", type=click.IntRange(1), help="So many cases have a row; default: board.rows.")
def board(file: Path, rows: int | None) -> None:
    """Write every open case to FILE as one HTML page, the most urgent first; - is standard output.

    The page asks for nothing and needs no script, server or login. It is readable for you and your group
    (0640), and whoever has it reads the subjects of cases, but no customer's address unless board.shows says
    so. For a page that the daemon keeps written, see board in the configuration.
    """
    from dataclasses import replace

    from maildesk.casework.board import board_of
    from maildesk.daemon.board_duty import wish_of
    from maildesk.daemon.desk_store import store_to_read
    from maildesk.daemon.parts import speaking_desk_of
    from maildesk.daemon.written_file import WrittenFile
    from maildesk.pages.board import board_page

    read = settings()
    wish = wish_of(read)
    wish = replace(wish, rows=rows) if rows else wish
    store = store_to_read(read)
    try:
        found = store.read_now(partial(board_of, desk=speaking_desk_of(read), wish=wish, now=now_of(read)))
    finally:
        store.close_now()
    page = board_page(found)
    if str(file) == "-":
        click.echo(page, nl=False)
    else:
        WrittenFile(file).write(page)
