"""`maildesk report`: the figures of a week, as text, a page or JSON."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from maildesk.cli.desks import now_of, opened
from maildesk.cli.invocation import command, settings
from maildesk.cli.output import print_json
from maildesk.cli.words import one_line
from maildesk.cli.wrapping import echo
from maildesk.errors import BadInput

if TYPE_CHECKING:
    from maildesk.casework.weekly import ReportWish
    from maildesk.config.settings import Settings
    from maildesk.desk.case.told import Speech
    from maildesk.desk.figures.report import Report
    from maildesk.desk.figures.week import Week

_EXAMPLE = """\
maildesk report
maildesk report --week 2026-W47
maildesk report --week 2026-W47 --send
maildesk report --json | jq '.weeks[-1].first_in_time'"""


@command("report", _EXAMPLE)
@click.option(
    "--week", "typed_week", metavar="WEEK", help="This week: 2026-W47; default: the last whole one."
)
@click.option(
    "--as-of", metavar="MOMENT", help="As it was known then: 2026-11-23, or 2026-11-23T09:00; default: now."
)
@click.option(
    "--html",
    "file",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write one HTML page, which holds all that it shows; - is standard output.",
)
@click.option("--json", "as_json_", is_flag=True, help="Print JSON.")
@click.option("--send", is_flag=True, help="Send it to leadership now, as the weekly letter.")
def report(typed_week: str | None, as_of: str | None, file: Path | None, as_json_: bool, send: bool) -> None:
    """Say what the desk did in a week: what came in and ended, how fast it was answered, what is open.

    A week is from Monday to Sunday by the desk's clock, and everything is as it was known at its end: what
    happens later changes no number of it. A week that is not over is told as far as it has come. How each
    figure is counted stands at its end. Teams are told apart, people never.
    """
    desk = settings()
    zone = ZoneInfo(desk.desk.timezone)
    now = _moment(as_of, zone) if as_of else now_of(desk)
    found = _found(desk, _week(typed_week, now, zone), now)
    if send:
        _send(desk, found)
    if file:
        from maildesk.pages.report_page import report_page

        _write(file, report_page(found, _language(desk)))
    elif as_json_:
        from maildesk.pages.report_json import as_json

        print_json(as_json(found))
    elif not send:
        from maildesk.pages.report_text import text

        click.echo(text(found, one_line, _language(desk)))


def _write(file: Path, page: str) -> None:
    """The page as a file of the caller's, or to standard output."""
    if str(file) == "-":
        click.echo(page, nl=False)
        return
    try:
        file.write_text(page, encoding="utf-8", newline="\n")
    except OSError as problem:
        raise BadInput(f"{file} cannot be written: {problem.strerror}", remedy="name another file") from None
    echo(f"{file} written")


def _found(desk: Settings, week: Week, now: datetime) -> Report:
    from maildesk.casework.reports import report_of
    from maildesk.daemon.parts import desk_of

    terms = _wish(desk).terms(desk_of(desk), week, now)
    with opened(desk) as store:
        return store.read_now(lambda conn: report_of(conn, terms))


def _language(desk: Settings) -> Speech:
    """The language of the desk's people; raises TemplateProblem."""
    from maildesk.daemon.parts import speaking_desk_of
    from maildesk.desk.letters.language import ENGLISH

    return speaking_desk_of(desk).language or ENGLISH


def _wish(desk: Settings) -> ReportWish:
    from maildesk.casework.weekly import ReportWish
    from maildesk.daemon.parts import report_wish

    return report_wish(desk) or ReportWish()


def _send(desk: Settings, found: Report) -> None:
    """Owe the letter to leadership; the daemon sends it."""
    from maildesk.casework.weekly import send_report
    from maildesk.daemon.parts import office_of

    office, now = office_of(desk), now_of(desk)
    if not office.desk.people.leadership:
        raise BadInput("nobody reads the report", remedy="name people.leadership in the configuration")
    with opened(desk) as store:
        to = store.write_now(lambda conn: send_report(conn, office, _wish(desk), found, now))
    echo(f"queued for {', '.join(to)}")


def _week(typed: str | None, now: datetime, zone: ZoneInfo) -> Week:
    from maildesk.desk.figures.week import Week

    if typed is None:
        return Week.last_whole(now, zone)
    week = Week.parse(typed)
    if week.begins(zone) >= now:
        raise BadInput(f"week {week} has not begun", remedy="name a week of the past")
    return week


def _moment(typed: str, zone: ZoneInfo) -> datetime:
    """The moment that somebody means, in the desk's zone unless it says its own."""
    try:
        said = datetime.fromisoformat(typed)
    except ValueError:
        raise BadInput(
            f"{typed[:40]!a} is no moment", remedy="write 2026-11-23, or 2026-11-23T09:00"
        ) from None
    return said if said.tzinfo else said.replace(tzinfo=zone)
