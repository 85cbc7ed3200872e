"""`maildesk case list`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from maildesk.cli.desks import now_of, opened, policy_of
from maildesk.cli.invocation import command, settings
from maildesk.cli.output import print_json, print_table, short_time

if TYPE_CHECKING:
    from maildesk.config.settings import Settings
    from maildesk.desk.policy.policy import Policy
    from maildesk.store.case_filters import CaseFilter
    from maildesk.store.database import Connection

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
    ("solve_by", "SOLVE BY"),
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
@click.option("--owner", metavar="AGENT", help="Only cases of this agent (name or address).")
@click.option("--team", help="Only cases of this team.")
@click.option("--requester", metavar="ADDRESS", help="Only cases of this customer.")
@click.option("--account", help="Only cases of this account.")
@click.option("--escalated", is_flag=True, help="Only cases that are escalated.")
@click.option("--all", "set_aside", is_flag=True, help="Newsletters too, which were closed as they came.")
@click.option(
    "--queue", is_flag=True, help="Open work that nobody has taken (or --owner has), the next one first."
)
@click.option(
    "--field",
    "fields",
    multiple=True,
    metavar="NAME[=VALUE]",
    help="Show a field of the policy; with a value only the cases that have it; repeatable.",
)
@click.option("--requirement", metavar="NAME", help="Only cases that wait for this requirement.")
@click.option("--search", "query", metavar="TEXT", help="Look in reference, subject and customer.")
@click.option("--limit", type=click.IntRange(1), help="Only the newest so many.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_(
    alive: bool,
    phases: tuple[str, ...],
    escalated: bool,
    fields: tuple[str, ...],
    as_json: bool,
    requirement: str | None,
    **wanted: Any,
) -> None:
    """The cases, oldest first; of the queue the next one first."""
    from maildesk.store.case_filters import CaseFilter
    from maildesk.store.case_views import case_list

    desk = settings()
    policy = policy_of(desk)
    asked = _asked(desk, policy, fields)
    if wanted["owner"]:
        wanted["owner"] = _owner(desk, wanted["owner"])
    chosen = CaseFilter(
        phases=(*phases, *(_ALIVE if alive else ())),
        escalated=True if escalated else None,
        fields={name: value for name, value in asked.items() if value is not None},
        **wanted,
    )

    def found(conn: Connection) -> list[dict[str, Any]]:
        rows = case_list(conn, policy, replace(chosen, requirement=_called(conn, requirement)))
        if not rows:
            _refuse_unknown(conn, desk, policy, chosen)
        return rows

    with opened(desk) as store:
        rows = store.read_now(found)
    if as_json:
        print_json(rows)
        return
    zone = desk.desk.timezone
    shown = [
        {
            **row,
            "escalated": "yes" if row["escalated"] else None,
            "answer_by": short_time(row["due"]["response"], zone),
            "solve_by": short_time(row["due"]["resolution"], zone),
            "updated": short_time(row["updated_at"], zone),
            **{_key(name): row["fields"].get(name) for name in asked},
        }
        for row in rows
    ]
    columns = (*_COLUMNS[:-1], *((_key(name), name.upper()) for name in asked), _COLUMNS[-1])
    print_table(
        shown, columns, none="There are no such cases.", spare=("updated", "solve_by", "priority", "owner")
    )


def _owner(desk: Settings, typed: str) -> str:
    """The address of the agent who is meant; of somebody who has left, what was typed."""
    from maildesk.config.building import staff
    from maildesk.desk.policy.typed_people import agent_called

    found = agent_called(staff(desk), typed)
    return found.address if found else typed


def _refuse_unknown(conn: Connection, desk: Settings, policy: Policy, wanted: CaseFilter) -> None:
    """Tell a slip from an empty list: a name that neither the configuration nor any case has."""
    from maildesk.config.building import accounts, staff
    from maildesk.desk.policy.typed_people import known_account, known_agent, known_team
    from maildesk.store.case_filters import CaseFilter
    from maildesk.store.case_views import case_list

    def on_no_case(**named: str) -> bool:
        return not case_list(conn, policy, CaseFilter(limit=1, **named))  # type: ignore[arg-type]  # texts

    people = staff(desk)
    if wanted.owner and people.leader(wanted.owner) is None and on_no_case(owner=wanted.owner):
        known_agent(people, wanted.owner)
    if wanted.team and on_no_case(team=wanted.team):
        known_team(people, wanted.team)
    if wanted.account and on_no_case(account=wanted.account):
        known_account(accounts(desk), wanted.account)


def _called(conn: Connection, requirement: str | None) -> str | None:
    """The requirement that somebody names, in full."""
    from maildesk.desk.policy.requirements import requirement_called
    from maildesk.store.requirements import all_requirements

    return None if requirement is None else requirement_called(all_requirements(conn), requirement).name


def _asked(desk: Settings, policy: Policy, typed: tuple[str, ...]) -> dict[str, str | None]:
    """The fields that somebody names, in full, each with the value that is asked for, if one is."""
    from maildesk.desk.policy.case_fields import read_value

    asked: dict[str, str | None] = {}
    for name, equals, value in (each.partition("=") for each in typed):
        known = policy.field(name)
        wanted = read_value(known, value, now_of(desk), desk.desk.timezone) if value.strip() else ""
        asked[known.name] = wanted if equals else asked.get(known.name)
    return asked


def _key(field: str) -> str:
    """The key of a field's column: none that a column of every case has."""
    return f"field {field}"
