"""`maildesk case assign|set`: whose a case is, and what is written on its card."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from maildesk.cli.case_doing import do_to_several
from maildesk.cli.desks import as_agent
from maildesk.cli.invocation import command
from maildesk.cli.several import parted, refs_and, refs_and_one
from maildesk.cli.words import one_line, plain
from maildesk.cli.wrapping import echo
from maildesk.errors import NotFound

if TYPE_CHECKING:
    from maildesk.casework.acting import Act
    from maildesk.casework.office import Office
    from maildesk.desk.case.case import Case
    from maildesk.desk.case.change import Change
    from maildesk.desk.decisions.actor import Actor


@command(
    "assign",
    "maildesk case assign 7K2Q-9F3M Ana\nmaildesk case assign 7K2Q --team billing\n"
    "maildesk case list --unowned --team billing | maildesk case assign - Ben",
)
@refs_and("[AGENT]")
@click.option("--team", metavar="NAME", help="The team; without AGENT, nobody of it owns the case yet.")
@click.option("--nobody", is_flag=True, help="Take it from its owner; the team stays.")
@as_agent
def assign(words: tuple[str, ...], team: str | None, nobody: bool, agent: str | None) -> None:
    """Give a case to an agent (name or address), to a team, or to an agent of a team. A new owner is told."""
    from maildesk.desk.decisions import acts

    refs, owner = refs_and_one(words, "AGENT")
    if nobody == bool(owner or team):
        raise click.UsageError("name an agent, a --team or both; or --nobody alone")
    do_to_several(
        refs,
        agent,
        lambda office, who: [
            lambda case: acts.assign(case, office.desk, who, _address(office, owner), team or case.team)
        ],
    )


def _address(office: Office, owner: str | None) -> str | None:
    """An agent as people name them, by address or name; who is not known is refused by the act."""
    from maildesk.desk.policy.typed_people import agent_called, team_called

    found = agent_called(office.desk.people, owner) if owner else None
    if owner and not found and (team := team_called(office.desk.people, owner)):
        raise NotFound(f"{team} is a team, not an agent", remedy=f"write --team {shlex.quote(team)}")
    return found.address if found else owner


@command(
    "set",
    "maildesk case set 7K2Q-9F3M priority=high 'item=OKR tree'\n"
    "maildesk case set 7K2Q outcome=unhappy --note 'He asked for a refund.'",
)
@refs_and("FIELD=VALUE…")
@click.option("--note", metavar="TEXT", help="Keep a note for agents with it.")
@as_agent
def set_(words: tuple[str, ...], note: str | None, agent: str | None) -> None:
    """Change priority, type, subject, account or fields of the policy: all that you name, or nothing."""
    refs, fields = parted(words)
    if not fields:
        raise click.UsageError("say what to change: FIELD=VALUE…")
    pairs = pairs_of(fields)
    kept: dict[str, str] = {}

    def steps(office: Office, who: Actor) -> list[Act]:
        return [_change(office, who, field, value, kept, noted=bool(note)) for field, value in pairs]

    def say_kept() -> None:
        for said in kept.values():
            echo(one_line(said))
        kept.clear()

    do_to_several(refs, agent, steps, note=plain(note or ""), after=say_kept)


def pairs_of(fields: Sequence[str]) -> list[tuple[str, str]]:
    """Part each FIELD=VALUE."""
    pairs = [each.partition("=") for each in fields]
    for field, equals, _ in pairs:
        if not equals:
            raise click.UsageError(f"{field} needs a value: write {field}=VALUE")
    return [(field, one_line(value)) for field, _, value in pairs]


def _change(office: Office, who: Actor, field: str, value: str, kept: dict[str, str], *, noted: bool) -> Act:
    from maildesk.desk.decisions import acts
    from maildesk.desk.decisions.setting_fields import came_of

    def step(case: Case) -> Change:
        change = acts.change(case, office.desk, who, field, one_line(value), noted=noted)
        if not change.events:
            kept[field] = came_of(change, field)
        return change

    return step
