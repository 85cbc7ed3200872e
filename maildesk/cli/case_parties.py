"""`maildesk case party`: who else takes part in a case."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from maildesk.cli.case_doing import do
from maildesk.cli.desks import as_agent
from maildesk.cli.invocation import command

if TYPE_CHECKING:
    from maildesk.casework.acting import Act
    from maildesk.casework.office import Office
    from maildesk.desk.decisions.actor import Actor


@command(
    "party",
    "maildesk case party 7K2Q-9F3M --add cy@client.example\n"
    "maildesk case party 7K2Q --remove cy@client.example --add di@client.example",
)
@click.argument("ref")
@click.option(
    "--add", "added", metavar="ADDRESS", multiple=True, help="Takes part for the customer from now on."
)
@click.option("--remove", "removed", metavar="ADDRESS", multiple=True, help="Takes part no longer.")
@as_agent
def party(ref: str, added: tuple[str, ...], removed: tuple[str, ...], agent: str | None) -> None:
    """Let people into a case or take them off it; `case show` lists who takes part.

    Who is added gets every later answer and is shown nothing earlier. Who is removed hears nothing more; what
    they write about the case is kept without changing anything, and its owner is asked.
    """
    if not (added or removed):
        raise click.UsageError("name somebody to --add or to --remove")
    do(
        ref,
        agent,
        lambda office, who: [
            *(_removing(office, who, address) for address in removed),
            *(_adding(office, who, address) for address in added),
        ],
    )


def _adding(office: Office, who: Actor, address: str) -> Act:
    from maildesk.desk.decisions.parties import add_party

    return lambda case: add_party(case, office.desk, who, address)


def _removing(office: Office, who: Actor, address: str) -> Act:
    from maildesk.desk.decisions.parties import remove_party

    return lambda case: remove_party(case, office.desk, who, address)
