"""`maildesk case merge|split`: two cases made one, and one made two."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from maildesk.cli.case_doing import say
from maildesk.cli.desks import acting, as_agent, opened, reference
from maildesk.cli.invocation import command, settings
from maildesk.cli.words import one_line
from maildesk.cli.wrapping import echo

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

    def act(store: Database, office: Office, who: Callable[[], Actor]) -> ActResult:
        known = store.read_now(lambda conn: (reference(conn, ref), reference(conn, other)))
        return merge_cases(store, office, *known, who)

    _do(agent, act)


@command("split", "maildesk case split 7K2Q-9F3M 3\nmaildesk case split 7K2Q --subject Paper --subject Ink")
@click.argument("ref")
@click.argument("mail", type=click.IntRange(min=1), required=False)
@click.option("--subject", "subjects", multiple=True, metavar="TEXT", help="One thing that it asks for.")
@as_agent
def split(ref: str, mail: int | None, subjects: tuple[str, ...], agent: str | None) -> None:
    """Make one mail of REF a case of its own. MAIL is its number: `case show` has them, the oldest is 1.

    With --subject, once for each thing, the mail stays, and what it asks for becomes linked cases with its
    words; the customer is told once. MAIL is then the last of a customer's if you leave it out.
    """
    from maildesk.casework.rearranging import split_case, split_off

    if mail is None and not subjects:
        raise click.UsageError("give the number of a MAIL, or a --subject")

    def act(store: Database, office: Office, who: Callable[[], Actor]) -> ActResult:
        known = store.read_now(lambda conn: reference(conn, ref))
        if not subjects:
            assert mail is not None  # else the usage is wrong
            return split_case(store, office, known, mail, who)
        acted, made = split_off(store, office, known, [one_line(each) for each in subjects], mail, who)
        for case in made:
            echo(one_line(f"{case.ref} {case.subject}"))
        return acted

    _do(agent, act)


def _do(agent: str | None, act: Callable[[Database, Office, Callable[[], Actor]], ActResult]) -> None:
    from maildesk.daemon.parts import office_of

    desk = settings()
    office = office_of(desk)
    who = acting(desk, office.desk.people, agent)
    with opened(desk) as store:
        say(office, act(store, office, who))
