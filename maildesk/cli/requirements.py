"""`maildesk requirement list|show|new|set|link|unlink|ship`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from maildesk.cli.case_doing import letters_told
from maildesk.cli.desks import acting, as_agent, opened, policy_of, reference
from maildesk.cli.invocation import command, settings
from maildesk.cli.output import cell, print_json, print_table, short_time
from maildesk.cli.words import one_line, plain
from maildesk.cli.wrapping import echo

if TYPE_CHECKING:
    from maildesk.casework.office import Office
    from maildesk.desk.decisions.actor import Actor
    from maildesk.store.database import Database

Result = TypeVar("Result")

_COLUMNS = (
    ("name", "NAME"),
    ("status", "STATUS"),
    ("category", "CATEGORY"),
    ("team", "TEAM"),
    ("item", "ITEM"),
    ("cases", "CASES"),
    ("summary", "SUMMARY"),
)

_CASE_COLUMNS = (("ref", "CASE"), ("status", "STATUS"), ("requester", "CUSTOMER"), ("subject", "SUBJECT"))


@command("list", "maildesk requirement list --search dark\nmaildesk requirement list --json | jq '.[].name'")
@click.option("--status", help="Only this status, as the policy calls it.")
@click.option("--search", "query", metavar="TEXT", help="Look in name, summary and item.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_(status: str | None, query: str | None, as_json: bool) -> None:
    """The requirements by name, with how many cases wait for each."""
    from maildesk.desk.policy.names import named
    from maildesk.store.requirements import requirement_list

    desk = settings()
    statuses = policy_of(desk).requirements.statuses
    wanted = named(statuses, status, "status of a requirement") if status else None
    with opened(desk) as store:
        rows = store.read_now(requirement_list)
    looked = (query or "").casefold()
    rows = [row for row in rows if wanted is None or row["status"] == wanted]
    rows = [row for row in rows if looked in f"{row['name']}\n{row['summary']}\n{row['item']}".casefold()]
    if as_json:
        print_json(rows)
        return
    print_table(rows, _COLUMNS, none="There are no such requirements.", spare=("item", "team"))


@command("show", "maildesk requirement show 'dark mode'")
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def show(name: str, as_json: bool) -> None:
    """One requirement with the cases that wait for it."""
    from maildesk.desk.policy.requirements import requirement_called
    from maildesk.store.requirements import all_requirements, requirement_show

    desk = settings()
    policy = policy_of(desk)

    def found(conn: Any) -> dict[str, Any]:
        return requirement_show(conn, requirement_called(all_requirements(conn), name), policy)

    with opened(desk) as store:
        one = store.read_now(found)
    if as_json:
        print_json(one)
        return
    zone = desk.desk.timezone
    echo(click.style(one_line(one["name"]), bold=True))
    for key in ("status", "summary", "category", "team", "item"):
        echo(f"{key.capitalize():<12}{cell(one[key])}")
    echo(f"{'Created':<12}{short_time(one['created_at'], zone)} by {one_line(one['created_by'])}")
    if one["shipped_at"]:
        echo(f"{'Shipped':<12}{short_time(one['shipped_at'], zone)}")
    if one["description"]:
        echo("\n" + plain(one["description"]))
    echo()
    print_table(one["cases"], _CASE_COLUMNS, none="No case waits for it.")


@command("new", "maildesk requirement new 'Dark mode' --summary 'Light text on dark' --case 7K2Q-9F3M")
@click.argument("name")
@click.option("--summary", metavar="LINE", help="What it is, short; customers read it and NAME at shipping.")
@click.option("--description", metavar="TEXT", help="What it is, in detail; for the desk.")
@click.option("--category", help="One of the policy's, where it names any.")
@click.option("--team", help="The team whose it is; the policy's if left out.")
@click.option("--item", help="The part of the product.")
@click.option("--case", "refs", metavar="REF", multiple=True, help="A case that waits for it; repeatable.")
@click.option("--anyway", is_flag=True, help="Make it although others are near.")
@as_agent
def new(name: str, refs: tuple[str, ...], anyway: bool, agent: str | None, **said: str | None) -> None:
    """Make a requirement. Those that are near are shown first, and then it wants --anyway."""
    from maildesk.casework.requirements import create

    given = {field: plain(value) for field, value in said.items() if value}

    def act(store: Database, office: Office, who: Callable[[], Actor], known: list[str]) -> str:
        made = create(store, office, one_line(name), given, known, who, anyway=anyway)
        return f"{made.name}: {made.status}"

    echo(one_line(_done(agent, refs, act)))


@command("set", "maildesk requirement set 'dark mode' status='in progress' item=Editor")
@click.argument("name")
@click.argument("fields", metavar="FIELD=VALUE…", nargs=-1, required=True)
@as_agent
def set_(name: str, fields: tuple[str, ...], agent: str | None) -> None:
    """Change status, category, team, item, summary or description: all that you name, or nothing."""
    from maildesk.casework.requirements import change

    pairs = [each.partition("=") for each in fields]
    for field, equals, _ in pairs:
        if not equals:
            raise click.UsageError(f"{field} needs a value: write {field}=VALUE")
    said = [(field, plain(value)) for field, _, value in pairs]

    def act(store: Database, office: Office, who: Callable[[], Actor], known: list[str]) -> str:
        now = change(store, office, name, said)
        return f"{now.name}: {now.status}"

    echo(one_line(_done(agent, (), act)))


@command("link", "maildesk requirement link 'dark mode' 7K2Q-9F3M 3BXA-77QD")
@click.argument("name")
@click.argument("refs", metavar="REF…", nargs=-1, required=True)
@as_agent
def link(name: str, refs: tuple[str, ...], agent: str | None) -> None:
    """Let cases wait for a requirement, each for no other from now on."""
    _link(name, refs, agent)


@command("unlink", "maildesk requirement unlink 7K2Q-9F3M")
@click.argument("refs", metavar="REF…", nargs=-1, required=True)
@as_agent
def unlink(refs: tuple[str, ...], agent: str | None) -> None:
    """Let cases wait for no requirement any more."""
    _link(None, refs, agent)


def _link(name: str | None, refs: tuple[str, ...], agent: str | None) -> None:
    from maildesk.casework import requirements

    def act(store: Database, office: Office, who: Callable[[], Actor], known: list[str]) -> str:
        found = requirements.link(store, office, name, known, who)
        return f"{', '.join(known)}: {f'waits for {found.name}' if found else 'no requirement'}"

    echo(one_line(_done(agent, refs, act)))


@command("ship", "maildesk requirement ship 'dark mode'")
@click.argument("name")
@as_agent
def ship(name: str, agent: str | None) -> None:
    """It is there: tell every customer of it, and move its cases where the policy says, in one act.

    Cases that have ended are told and stay. A second time those hear whose letters were dropped or failed.
    """
    from maildesk.casework import requirements

    def act(store: Database, office: Office, who: Callable[[], Actor], known: list[str]) -> str:
        return _shipped(requirements.ship(store, office, name, who))

    echo(one_line(_done(agent, (), act)))


def _shipped(done: Any) -> str:
    cases = f"{len(done.cases)} case{'' if len(done.cases) == 1 else 's'}, {done.moved} moved"
    return f"{done.requirement.name} has shipped: {cases}; {letters_told(done.told, done.held)}"


def _done(
    agent: str | None,
    refs: tuple[str, ...],
    act: Callable[[Database, Office, Callable[[], Actor], list[str]], Result],
) -> Result:
    """Do it with the cases that somebody names, in the name of who acts."""
    from maildesk.daemon.parts import office_of

    desk = settings()
    office = office_of(desk)
    who = acting(desk, office.desk.people, agent)
    with opened(desk) as store:
        known = store.read_now(lambda conn: [reference(conn, each) for each in refs])
        return act(store, office, who, known)
