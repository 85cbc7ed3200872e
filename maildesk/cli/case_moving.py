"""`maildesk case merge|split`: two cases made one, and one made two."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from maildesk.cli.case_doing import say
from maildesk.cli.desks import as_agent, hand, now_of, opened, reference
from maildesk.cli.invocation import command, settings

if TYPE_CHECKING:
    from maildesk.casework.acting import ActResult
    from maildesk.casework.office import Office
    from maildesk.desk.decisions.actor import Actor
    from maildesk.store.database import Database


@command("merge", "maildesk case merge 7K2Q-9F3M 3BXA-77QD")
@click.argument("ref")
@click.argument("other")
@as_agent
def merge(ref: str, other: str, agent: str | None) -> None:
    """Show the mails of OTHER in REF, and end OTHER.

    Its customers take part from now on, and what they answer to OTHER lands here. Nobody is told.
    """
    from maildesk.casework.rearranging import merge_cases

    def act(store: Database, office: Office, who: Actor) -> ActResult:
        known = store.read_now(lambda conn: (reference(conn, ref), reference(conn, other)))
        return merge_cases(store, office, *known, who)

    _do(agent, act)


@command("split", "maildesk case split 7K2Q-9F3M 3")
@click.argument("ref")
@click.argument("mail", type=click.IntRange(min=1))
@as_agent
def split(ref: str, mail: int, agent: str | None) -> None:
    """Make one mail of REF a case of its own. MAIL is its number: `case show` has them, the oldest is 1."""
    from maildesk.casework.rearranging import split_case

    def act(store: Database, office: Office, who: Actor) -> ActResult:
        known = store.read_now(lambda conn: reference(conn, ref))
        return split_case(store, office, known, mail, who)

    _do(agent, act)


def _do(agent: str | None, act: Callable[[Database, Office, Actor], ActResult]) -> None:
    from maildesk.daemon.parts import office_of

    desk = settings()
    office = office_of(desk)
    who = hand(office.desk.people, agent, now_of(desk))
    with opened(desk) as store:
        say(office, act(store, office, who))
