"""The command `maildesk`: its table of commands, and the way in."""

from __future__ import annotations

import importlib.util
import sys

import click

from maildesk import __version__
from maildesk.cli.invocation import DeskGroup
from maildesk.daemon.garbage import collect_seldom

_DAILY = {
    "init": ("maildesk.cli.starting:init", "begin a desk: configuration, secret key, a place for letters"),
    "check": ("maildesk.cli.checked:check", "see whether everything works: files, servers, database"),
    "login": ("maildesk.cli.login:login", "sign in at a mail provider, for a login of a person"),
    "health": (
        "maildesk.cli.health:health",
        "see whether the desk goes on: what is heard, waits, is free",
    ),
    "run": ("maildesk.cli.running:run", "the daemon; or --once, until nothing is due now"),
    "deliver": ("maildesk.cli.delivering:deliver", "take in one mail from standard input, for a mail server"),
    "case": ("maildesk.cli.case_group:case", "cases: list, show, reply, note, assign, close and more"),
    "board": ("maildesk.cli.board:board", "every open case as one HTML page, for a screen or a bookmark"),
    "person": ("maildesk.cli.person_group:person", "what is kept about somebody: export or erase it"),
    "requirement": ("maildesk.cli.requirement_group:requirement", "what many customers' cases wait for"),
    "inbox": ("maildesk.cli.inbox:inbox", "every mail that came in, and what became of it"),
    "outbox": ("maildesk.cli.outbox:outbox", "every letter owed to somebody, and what became of it"),
    "import": ("maildesk.cli.importing:import_", "take a desk over from another: its mail becomes cases"),
    "verify": ("maildesk.cli.verifying:verify", "the guarantee, held against mailboxes and database"),
    "report": ("maildesk.cli.report:report", "what the desk did in a week: figures, page, JSON, letter"),
    "policy": ("maildesk.cli.policy:policy", "what customers are promised"),
    "secret": ("maildesk.cli.secret:secret", "the keys that sign the desk's tokens: rotate them"),
    "db": ("maildesk.cli.db:db", "the database: upgrade, backup, status"),
}
_DEMO = {"demo": ("maildesk.demo.command:demo", "the whole story in a minute, nothing to configure")}


def _table() -> dict[str, tuple[str, str]]:
    """The demo is listed where its files are; what it needs beside them it says itself."""
    return {**_DAILY, **(_DEMO if importlib.util.find_spec("maildesk.demo") else {})}


@click.group(
    cls=DeskGroup,
    table=_table(),
    example="maildesk init /srv/desk\nmaildesk check -c /srv/desk/config.yaml",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="maildesk", message="%(prog)s %(version)s")
def cli() -> None:
    """A help desk that is a mailbox: mail in, cases, promises kept, answers out."""


def run() -> None:
    """Run the command line. What a stream cannot spell is escaped, never an error."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:  # closed by whoever started us
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # text streams both
    collect_seldom()  # a start makes much that stays, and looking for cycles in it is a tenth of its time
    cli(prog_name="maildesk")


def main() -> None:
    """The way in of scripts that an earlier version installed."""
    from maildesk.cli.pipe import main as way_in

    way_in()
