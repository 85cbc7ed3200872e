"""`maildesk import mbox|maildir`: the mail of another desk becomes cases, and nobody is written to."""

from __future__ import annotations

import asyncio
import signal
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from maildesk.cli.case_moments import back_to
from maildesk.cli.desks import now_of, opened
from maildesk.cli.invocation import PROBLEM, DeskGroup, command, settings
from maildesk.cli.output import counting, patience
from maildesk.cli.simulation_workers import reading_as_daemon
from maildesk.cli.words import one_line
from maildesk.cli.wrapping import echo
from maildesk.errors import BadInput

if TYPE_CHECKING:
    from maildesk.config.settings import MailboxSection, Settings
    from maildesk.desk.policy.desk import Desk
    from maildesk.importing.finding import Found
    from maildesk.importing.sources import Sources
    from maildesk.importing.writing import Place, Tally

_EXAMPLE: Final = """\
maildesk import mbox inbox.mbox sent.mbox --desk help@old.example --dry-run
maildesk import mbox inbox.mbox sent.mbox --desk help@old.example
maildesk import maildir /var/mail/help --open-within 14d"""

_NO_ANSWER: Final = (
    "warn no mail is by the desk, so every thread ends with a customer's word: bring sent mail along too, and"
    " name all addresses that the other desk wrote from, each as --desk ADDRESS"
)
_SHOWN: Final = 20
"""So many mails that are left out are named; the others are counted."""


@click.group(
    "import",
    cls=DeskGroup,
    table={
        "mbox": (f"{__name__}:mbox", "mail in files of a program or a provider, each one folder"),
        "maildir": (f"{__name__}:maildir", "mail in the folders of a mail server, a file each"),
    },
    example=_EXAMPLE,
)
def import_() -> None:
    """Take a desk over from another. Threads become cases with their own dates; nobody is written to.

    It can be stopped (Ctrl-C) and started again with the same command: what is here already is not taken
    twice. The daemon may run meanwhile.
    """


def _options(function: Callable[..., Any]) -> Callable[..., Any]:
    for option in (
        click.option("--dry-run", is_flag=True, help="Say what is there, and write nothing."),
        click.option(
            "--open-within",
            metavar="SPAN | DAY",
            default="30d",
            show_default=True,
            help="A case stays open if its last word is a customer's and came since then; others are closed.",
        ),
        click.option(
            "--mailbox", metavar="NAME", help="Which mailbox goes on with them; default: the first."
        ),
        click.option(
            "--desk",
            "addresses",
            metavar="ADDRESS",
            multiple=True,
            help="An address that the other desk wrote from, beside ours and our agents'; repeatable.",
        ),
    ):
        function = option(function)
    return function


@command("mbox", _EXAMPLE)
@click.argument(
    "files",
    metavar="FILE…",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
)
@_options
def mbox(files: tuple[Path, ...], **asked: Any) -> None:
    """Import mbox files. Give all of one desk at once, sent mail too: threads go through all of them."""
    from maildesk.importing.sources import MboxFile, Sources

    _import(Sources.opened(files, MboxFile), _Asked(**asked))


@command("maildir", _EXAMPLE)
@click.argument(
    "folders",
    metavar="FOLDER…",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path, exists=True, file_okay=False),
)
@_options
def maildir(folders: tuple[Path, ...], **asked: Any) -> None:
    """Import maildirs with their subfolders, but for trash, drafts and junk."""
    from maildesk.importing.sources import Maildir, Sources

    _import(Sources.opened(folders, Maildir), _Asked(**asked))


@dataclass(frozen=True, slots=True)
class _Asked:
    """The options of an import, as somebody typed them."""

    addresses: tuple[str, ...]
    mailbox: str | None
    open_within: str
    dry_run: bool


def _import(sources: Sources, asked: _Asked) -> None:
    desk = settings()
    try:
        place = _place(desk, asked)
        found, tally = asyncio.run(_brought(desk, sources, place, dry_run=asked.dry_run))
    finally:
        sources.close()
    _say_left_out(found)
    if tally is None:
        echo(f"{_threads(found, place)}. Nothing was written: leave out --dry-run.")
        return
    _say(tally)
    if tally.mails + tally.known < sum(map(len, found.threads)):
        echo("Stopped: give the same command again to go on.", err=True)
        click.get_current_context().exit(PROBLEM)


def _place(settings: Settings, asked: _Asked) -> Place:
    from maildesk.config import building
    from maildesk.daemon.parts import desk_of
    from maildesk.importing.writing import Place
    from maildesk.store.imported import imported
    from maildesk.store.mailboxes import identity_of

    box: MailboxSection = (
        building.mailbox_called(settings, asked.mailbox) if asked.mailbox else settings.mailboxes[0]
    )
    now = now_of(settings)
    return Place(
        desk=_known_as(desk_of(settings), asked.addresses),
        keys=building.keyring(settings),
        identity=imported(identity_of(*box.account, box.folder)),
        mailbox=box.name,
        now=now,
        open_since=back_to(asked.open_within, now, settings.desk.timezone),
    )


def _known_as(desk: Desk, addresses: Sequence[str]) -> Desk:
    """The desk under the other one's addresses too."""
    from maildesk.mail.addr_spec import Addresses, deliverable

    own = desk.people.own
    more = replace(own, addresses=own.addresses | Addresses(map(deliverable, addresses)))
    return replace(desk, people=replace(desk.people, own=more)) if addresses else desk


async def _brought(
    settings: Settings, sources: Sources, place: Place, *, dry_run: bool
) -> tuple[Found, Tally | None]:
    from maildesk.importing.bringing import bring_in
    from maildesk.importing.finding import threads_in

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    async with reading_as_daemon(settings, place.desk) as reader:
        with patience("reading mails"):
            largest = settings.limits.store_size
            found = await threads_in(sources, place.desk, reader.read, largest, place.now)
        if not found.mails:
            where = " and ".join(sources.names)
            raise BadInput(
                f"there is no mail in {where}", remedy="in an mbox each mail begins with a line `From …`"
            )
        if not found.answers:
            echo(_NO_ANSWER, err=True)
        if dry_run:
            return found, None
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop.set)
        total = sum(map(len, found.threads))
        with opened(settings) as store, counting("importing mails", total) as progress:
            tally = await bring_in(store, place, found.threads, reader.read, progress, stop.is_set)
    return found, tally


# --- what is told -------------------------------------------------------------------------------------


def _threads(found: Found, place: Place) -> str:
    from maildesk.importing.finding import last_word, stays_open

    mails = sum(map(len, found.threads))
    alive = sum(stays_open(last_word(each), place.open_since) for each in found.threads)
    return (
        f"{len(found.threads)} threads of {mails} mails, {found.answers} of them by the desk:"
        f" {alive} open cases and {len(found.threads) - alive} closed ones"
    )


def _say(tally: Tally) -> None:
    cases = tally.opened + tally.closed
    more = f"; {tally.continued} cases that were here have more mails now" if tally.continued else ""
    known = f"; {tally.known} mails were here already" if tally.known else ""
    echo(
        f"{tally.mails} mails imported: {cases} new cases, {tally.opened} open and {tally.closed} closed"
        f"{more}{known}. Nobody was written to."
    )


def _say_left_out(found: Found) -> None:
    """Name the first mails that are left out, and count all of them by their reasons."""
    for each in found.left_out[:_SHOWN]:
        echo(one_line(f"left out: {each.name}: {each.why}"), err=True)
    if len(found.left_out) > _SHOWN:
        for why, count in Counter(each.why for each in found.left_out).most_common():
            echo(one_line(f"left out altogether: {count} mails: {why}"), err=True)
