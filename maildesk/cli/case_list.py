"""`maildesk case list`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from maildesk.cli.case_moments import ahead, back_to, back_until
from maildesk.cli.case_search import SEARCH_HELP, read_what_waits
from maildesk.cli.desks import now_of, opened, policy_of
from maildesk.cli.invocation import command, settings
from maildesk.cli.output import print_json, print_table, short_time
from maildesk.cli.wrapping import echo

if TYPE_CHECKING:
    from maildesk.config.settings import Settings
    from maildesk.desk.policy.policy import Policy
    from maildesk.store.case_filters import CaseFilter
    from maildesk.store.database import Connection

PHASES = ("new", "open", "waiting", "resolved", "closed")
_ALIVE = PHASES[:3]
_ORDERS = ("due", "age", "updated", "priority")

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
_DUE = {"answer_by": "response", "solve_by": "resolution"}


@command(
    "list",
    "maildesk case list --overdue\nmaildesk case list --due today --owner ana@acme.example --sort due\n"
    "maildesk case list --unowned --since 7d\nmaildesk case list --json | jq '.[].ref'",
)
@click.option(
    "--open", "alive", is_flag=True, help="Only cases that are not resolved or closed; so at a terminal."
)
@click.option(
    "--phase", "phases", multiple=True, type=click.Choice(PHASES), help="Only this phase; repeatable."
)
@click.option("--status", help="Only this status, as the policy calls it.")
@click.option("--owner", metavar="AGENT", help="Only cases of this agent (name or address).")
@click.option("--unowned", is_flag=True, help="Only cases that no agent has.")
@click.option("--team", help="Only cases of this team.")
@click.option("--requester", metavar="ADDRESS", help="Only cases of this customer.")
@click.option("--account", help="Only cases of this account.")
@click.option("--escalated", is_flag=True, help="Only cases that are escalated.")
@click.option(
    "--turn",
    type=click.Choice(("ours", "theirs")),
    help="Only open cases whose customer waits for an answer (ours), or of whom we wait (theirs).",
)
@click.option("--overdue", is_flag=True, help="Only cases with a promise that is overdue.")
@click.option(
    "--due", metavar="DAY | SPAN", help="Only cases with a promise due until then (today, 48h), or overdue."
)
@click.option("--since", metavar="SPAN | DAY", help="Only cases opened since then: 7d, 2026-11-01.")
@click.option("--until", metavar="SPAN | DAY", help="Only cases opened until then; a day is whole.")
@click.option(
    "--all",
    "set_aside",
    is_flag=True,
    help="Those that have ended too, and newsletters, closed as they came.",
)
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
@click.option("--search", "query", metavar="WORDS", help=SEARCH_HELP)
@click.option(
    "--sort",
    "order",
    type=click.Choice(_ORDERS),
    help="The first one: due next, the oldest, the one that changed last, the most urgent.",
)
@click.option("--limit", type=click.IntRange(1), help="Only the newest so many; with --sort the first.")
@click.option("--offset", type=click.IntRange(0), help="Leave out so many before them.")
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
    """The cases, oldest first; of the queue, and with --sort, the next one first.

    At a terminal these are the open ones, unless you ask for a phase, a status, words or --all.
    """
    from maildesk.store.case_filters import CaseFilter
    from maildesk.store.case_views import case_list

    if wanted["owner"] and wanted["unowned"]:
        raise click.UsageError("ask for an --owner or for --unowned cases")
    desk = settings()
    policy, now = policy_of(desk), now_of(desk)
    asked = _asked(desk, policy, fields)
    if wanted["owner"]:
        wanted["owner"] = _owner(desk, wanted["owner"])
    at_terminal = sys.stdout.isatty() and not as_json
    named = phases or wanted["status"] or wanted["query"] or wanted["set_aside"]
    open_only = alive or (at_terminal and not named)
    chosen = CaseFilter(
        phases=(*phases, *(_ALIVE if open_only else ())),
        escalated=True if escalated else None,
        fields={name: value for name, value in asked.items() if value is not None},
        **_moments(wanted, now, desk.desk.timezone),
    )

    def found(conn: Connection) -> tuple[list[dict[str, Any]], str]:
        full = replace(chosen, requirement=_called(conn, requirement))
        rows = case_list(conn, policy, full)
        if not rows:
            _refuse_unknown(conn, desk, policy, chosen)
        return rows, _left_out(conn, policy, full, len(rows), alive=alive) if at_terminal else ""

    with opened(desk) as store:
        if chosen.query:
            read_what_waits(store)
        rows, left_out = store.read_now(found)
    if as_json:
        print_json(rows)
        return
    _print(rows, tuple(asked), now, desk.desk.timezone)
    if left_out:
        echo(left_out, err=True)


def _moments(wanted: dict[str, Any], now: datetime, zone: str) -> dict[str, Any]:
    """The same where spans and days are moments; what is overdue is due before now."""
    from maildesk.store.case_filters import Turn
    from maildesk.store.case_order import CaseOrder

    def at(option: str, means: Callable[[str, datetime, str], datetime]) -> datetime | None:
        return means(wanted[option], now, zone) if wanted[option] else None

    due = at("due", ahead)
    moments = {"since": at("since", back_to), "until": at("until", back_until)}
    moments["due_before"] = min(now, due or now) if wanted["overdue"] else due
    others = {key: value for key, value in wanted.items() if key not in ("due", "overdue")}
    turn = Turn(wanted["turn"]) if wanted["turn"] else None
    return {
        **others,
        **moments,
        "turn": turn,
        "order": CaseOrder(wanted["order"]) if wanted["order"] else None,
    }


def _left_out(conn: Connection, policy: Policy, wanted: CaseFilter, shown: int, *, alive: bool) -> str:
    """Say how many cases of those that were asked for are not shown, and how to see them."""
    from maildesk.store.case_views import case_count

    whole = replace(wanted, limit=None, offset=None)
    count, told = case_count(conn, policy, whole), list[str]()
    if wanted.limit and (wanted.offset or 0) + shown < count:
        told.append(f"{shown} of {count}; --offset {(wanted.offset or 0) + shown} goes on")
    if wanted.phases == _ALIVE and not alive:
        ended = case_count(conn, policy, replace(whole, phases=())) - count
        told += [f"{ended} more have ended: --all shows them too"] if ended else []
    return "; ".join(told)


def _print(rows: list[dict[str, Any]], asked: tuple[str, ...], now: datetime, zone: str) -> None:
    shown, styles = [], []
    for row in rows:
        late = {key: _is_late(row["due"][what], now) for key, what in _DUE.items()}
        shown.append(
            {
                **row,
                "escalated": "yes" if row["escalated"] else None,
                **{key: _due_shown(row["due"][what], zone, late=late[key]) for key, what in _DUE.items()},
                "updated": short_time(row["updated_at"], zone),
                **{_key(name): row["fields"].get(name) for name in asked},
            }
        )
        styles.append(_styles(row, late))
    columns = (*_COLUMNS[:-1], *((_key(name), name.upper()) for name in asked), _COLUMNS[-1])
    spare = ("updated", "solve_by", "priority", "owner")
    print_table(shown, columns, none="There are no such cases.", spare=spare, styles=styles)


def _is_late(due: str | None, now: datetime) -> bool:
    return due is not None and datetime.fromisoformat(due) < now


def _due_shown(due: str | None, zone: str, *, late: bool) -> str | None:
    """The moment that is due. At a terminal a word says what the colour says; programs read the moment."""
    shown = short_time(due, zone)
    return f"{shown} late" if late and sys.stdout.isatty() else shown


def _styles(row: Mapping[str, Any], late: Mapping[str, bool]) -> dict[str, str]:
    marked = {key: "red" for key, is_late in late.items() if is_late}
    if marked:
        marked["ref"] = "red"
    if row["escalated"]:
        marked |= {"ref": "bold red", "escalated": "bold magenta"}
    return marked


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
