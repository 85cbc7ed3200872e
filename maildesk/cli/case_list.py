"""`maildesk case list`."""

from __future__ import annotations

from typing import Any

import click

from maildesk.cli.desks import opened, statuses_of
from maildesk.cli.invocation import command, settings
from maildesk.cli.output import print_json, print_table, short_time

PHASES = ("new", "open", "waiting", "resolved", "closed")
_ALIVE = PHASES[:3]

_COLUMNS = (
    ("ref", "CASE"),
    ("status", "STATUS"),
    ("priority", "PRIORITY"),
    ("escalated", "ESCALATED"),
    ("requester", "CUSTOMER"),
    ("owner", "OWNER"),
    ("answer_by", "ANSWER BY"),
    ("updated", "UPDATED"),
    ("subject", "SUBJECT"),
)


@command(
    "list", "maildesk case list --open --owner ana@acme.example\nmaildesk case list --json | jq '.[].ref'"
)
@click.option("--open", "alive", is_flag=True, help="Only cases that are not resolved or closed.")
@click.option(
    "--phase", "phases", multiple=True, type=click.Choice(PHASES), help="Only this phase; repeatable."
)
@click.option("--status", help="Only this status, as the policy calls it.")
@click.option("--owner", metavar="ADDRESS", help="Only cases of this agent.")
@click.option("--team", help="Only cases of this team.")
@click.option("--requester", metavar="ADDRESS", help="Only cases of this customer.")
@click.option("--account", help="Only cases of this account.")
@click.option("--escalated", is_flag=True, help="Only cases that are escalated.")
@click.option("--all", "set_aside", is_flag=True, help="Newsletters too, which were closed as they came.")
@click.option("--search", "query", metavar="TEXT", help="Look in reference, subject and customer.")
@click.option("--limit", type=click.IntRange(1), help="Only the newest so many.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_(alive: bool, phases: tuple[str, ...], escalated: bool, as_json: bool, **wanted: Any) -> None:
    """The cases, oldest first."""
    from maildesk.store.case_views import CaseFilter, case_list

    desk = settings()
    chosen = CaseFilter(
        phases=(*phases, *(_ALIVE if alive else ())), escalated=True if escalated else None, **wanted
    )
    statuses = statuses_of(desk)
    with opened(desk) as store:
        rows = store.read_now(lambda conn: case_list(conn, statuses, chosen))
    if as_json:
        print_json(rows)
        return
    zone = desk.desk.timezone
    shown = [
        {
            **row,
            "escalated": "yes" if row["escalated"] else None,
            "answer_by": short_time(row["due"]["response"], zone),
            "updated": short_time(row["updated_at"], zone),
        }
        for row in rows
    ]
    print_table(shown, _COLUMNS, none="There are no such cases.", spare=("updated", "priority", "owner"))
