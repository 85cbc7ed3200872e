"""`maildesk inbox`: every mail that came in, its verdict, and the quarantine."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from maildesk.cli.case_doing import say
from maildesk.cli.desks import acting, as_agent, opened, reference
from maildesk.cli.invocation import DeskGroup, command, settings
from maildesk.cli.output import cell, print_json, print_table, short_time
from maildesk.cli.wrapping import echo
from maildesk.errors import BadInput

if TYPE_CHECKING:
    from maildesk.store.database import Connection

_VERDICTS = (
    "opened", "appended", "reopened", "command", "note", "third_party", "automatic", "bounce", "duplicate",
    "seen", "left", "unverified", "form_returned", "imported", "quarantined",
    "erased",
)  # fmt: skip

_COLUMNS = (
    ("id", "ID"),
    ("received", "RECEIVED"),
    ("mailbox", "MAILBOX"),
    ("uid", "UID"),
    ("verdict", "VERDICT"),
    ("reason", "REASON"),
    ("case", "CASE"),
    ("from", "FROM"),
    ("subject", "SUBJECT"),
)


@click.group(
    "inbox",
    cls=DeskGroup,
    table={
        "list": (f"{__name__}:list_", "the mails, or those you ask for"),
        "show": (f"{__name__}:show", "what is known of one mail, or its bytes"),
        "retry": (f"{__name__}:retry", "file quarantined mails as if they had just come in"),
        "release": (f"{__name__}:release", "make a case of a quarantined mail without reading it"),
    },
    example="maildesk inbox list --verdict quarantined\nmaildesk inbox show 12 --raw > mail.eml",
)
def inbox() -> None:
    """Every mail the server ever showed us, once, and what became of it."""


@command("list", "maildesk inbox list --verdict quarantined --json")
@click.option(
    "--verdict",
    metavar="VERDICT",
    type=click.Choice(_VERDICTS),
    help=f"Only mails with this verdict: {', '.join(_VERDICTS)}.",
)
@click.option("--unfiled", is_flag=True, help="Only mails that wait to be filed.")
@click.option("--mailbox", metavar="NAME", help="Only mails of this mailbox.")
@click.option("--case", "ref", metavar="REF", help="Only the mails of this case.")
@click.option("--limit", type=click.IntRange(1), help="Only the newest so many.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_(
    verdict: str | None,
    unfiled: bool,
    mailbox: str | None,
    ref: str | None,
    limit: int | None,
    as_json: bool,
) -> None:
    """The mails, oldest first."""
    from maildesk.config.building import mailbox_called
    from maildesk.store.inbox_views import InboxFilter, inbox_rows

    desk = settings()
    with opened(desk) as store:
        case = store.read_now(lambda conn: reference(conn, ref)) if ref else None
        wanted = InboxFilter(verdict, mailbox, case, unfiled, limit)
        rows = store.read_now(lambda conn: inbox_rows(conn, wanted))
        of_it = InboxFilter(mailbox=mailbox, limit=1)
        if mailbox and not rows and not store.read_now(lambda conn: inbox_rows(conn, of_it)):
            mailbox_called(desk, mailbox)
    if as_json:
        print_json(rows)
        return
    zone = desk.desk.timezone
    shown = [{**row, "received": short_time(row["received_at"], zone)} for row in rows]
    print_table(
        shown, _COLUMNS, none="There are no such mails.", spare=("uid", "mailbox", "reason", "received")
    )


@command("show", "maildesk inbox show 12\nmaildesk inbox show 12 --html --save mail.html")
@click.argument("mail_id", metavar="ID", type=click.IntRange(1))
@click.option("--raw", is_flag=True, help="Print the mail's bytes, exactly as they came.")
@click.option("--html", "page", is_flag=True, help="Print the mail as a page: no images, styles or scripts.")
@click.option(
    "--save",
    "file",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write what --raw or --html prints into a new file that only you can read.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def show(mail_id: int, raw: bool, page: bool, file: Path | None, as_json: bool) -> None:
    """Tell what is known of one mail. --raw is for a file: bytes of strangers can steer a terminal."""
    from maildesk.store.inbox_views import inbox_row
    from maildesk.store.ledger import raw_of

    if raw + page + as_json > 1:
        raise click.UsageError("--raw, --html and --json exclude each other")
    if file is not None and not (raw or page):
        raise click.UsageError("--save wants --raw or --html")
    desk = settings()
    with opened(desk) as store:
        row = store.read_now(lambda conn: inbox_row(conn, mail_id))
        content = store.read_now(lambda conn: raw_of(conn, mail_id)) if raw or page else b""
    if page:
        content = _page(content, row["subject"] or "", desk.limits.parse_size)
    if file is not None:
        _save(file, content)
    elif raw or page:
        sys.stdout.buffer.write(content)
    elif as_json:
        print_json(row)
    else:
        for key, value in row.items():
            shown = short_time(value, desk.desk.timezone) if key.endswith(("_at", "_date")) else value
            echo(f"{key.replace('_', ' ').capitalize():<15}{cell(shown)}")


def _page(raw: bytes, title: str, parse_size: int) -> bytes:
    from maildesk.mail.html_page import page_of
    from maildesk.mail.mime.limits import ReadingLimits

    return page_of(raw, title, ReadingLimits(parse_size=parse_size)).encode()


def _save(path: Path, content: bytes) -> None:
    """A new file; one that exists, or a link that somebody left there, is not written to."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as opened_file:
            opened_file.write(content)
    except FileExistsError:
        raise BadInput(f"{path} exists already", remedy="name another file, or remove it first") from None
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {(error.strerror or 'error').lower()}") from error


@command("retry", "maildesk inbox retry 12\nmaildesk inbox retry --all --reason filing-error")
@click.argument("ids", metavar="[ID…]", nargs=-1, type=click.IntRange(1))
@click.option("--all", "every", is_flag=True, help="All mails in quarantine that can be filed again.")
@click.option("--reason", metavar="REASON", help="With --all: only those with this reason.")
def retry(ids: tuple[int, ...], every: bool, reason: str | None) -> None:
    """File quarantined mails as if they had just come in; the daemon does so at once.

    --all leaves alone the mails that cannot be filed again (too large to store, or gone from the server), and
    says how many they are.
    """
    from maildesk.store.inbox_views import requeue, requeue_all

    if bool(ids) == every:
        raise click.UsageError("name the mails by their IDs, or all of them with --all")
    if reason and not every:
        raise click.UsageError("--reason goes with --all")
    chosen = list(dict.fromkeys(ids))

    def work(conn: Connection) -> tuple[int, int]:
        if every:
            return requeue_all(conn, reason)
        for each in chosen:
            requeue(conn, each)
        return len(chosen), 0

    with opened(settings()) as store:
        again, left = store.write_now(work)
    echo(f"{_mails(again)} to be filed again")
    if left:
        echo(f"{_mails(left)} cannot be, and stay: maildesk inbox list --verdict quarantined", err=True)


def _mails(count: int) -> str:
    return f"{count} mail{'' if count == 1 else 's'}"


@command("release", "maildesk inbox release 12")
@click.argument("mail_id", metavar="ID", type=click.IntRange(1))
@as_agent
def release(mail_id: int, agent: str | None) -> None:
    """Make a case of a quarantined mail without reading it.

    The case shows the mail's header as text and says how to save the mail itself. It has no requester:
    nobody outside is written to. Its team is told.
    """
    from maildesk.casework.releasing import release_mail
    from maildesk.daemon.parts import office_of

    desk = settings()
    office = office_of(desk)
    who = acting(desk, office.desk.people, agent)
    with opened(desk) as store:
        say(office, release_mail(store, office, mail_id, who))
