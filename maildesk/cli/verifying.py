"""`maildesk verify`: the guarantee, held against mailboxes and database; a line for each exception."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

import click

from maildesk.cli.desks import now_of, opened
from maildesk.cli.invocation import PROBLEM, command, settings
from maildesk.cli.output import patience, print_json
from maildesk.cli.words import one_line
from maildesk.cli.wrapping import echo

if TYPE_CHECKING:
    from maildesk.config.settings import Settings
    from maildesk.daemon.verifying import VerifyReport


@command("verify", "maildesk verify\nmaildesk verify --database-only --json")
@click.option("--database-only", is_flag=True, help="Ask the database alone, and no mailbox.")
@click.option(
    "--wait",
    metavar="SECONDS",
    type=click.FloatRange(0),
    default=5.0,
    show_default=True,
    help="Between the two looks: by then a daemon that runs has filed what had just come.",
)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def verify(database_only: bool, wait: float, as_json: bool) -> None:
    """See whether what is promised holds: of every message, of every letter, of every row.

    Reads every message of the mailboxes and their processed folders, byte by byte, and changes nothing; it
    may run beside the daemon. What is wrong is looked at twice. Prints a line for each
    exception with what to do, and exits with 1 if there is any.
    """
    with patience("comparing mailboxes and database"):
        found = asyncio.run(_verified(settings(), wait, database_only=database_only))
    if as_json:
        print_json(_as_json(found))
    else:
        for breach in found.breaches:
            echo(one_line(str(breach)))
        wrong = len(found.breaches)
        erased = f" ({found.erased} erased)" if found.erased else ""
        echo(
            f"{found.messages} messages, {found.ledger} rows of the ledger{erased}, {found.cases} cases and"
            f" {found.letters} letters: {f'{wrong} exceptions' if wrong else 'nothing is wrong'}",
            err=True,
        )
    if found.breaches:
        click.get_current_context().exit(PROBLEM)


async def _verified(desk: Settings, wait: float, *, database_only: bool) -> VerifyReport:
    from maildesk.daemon.service import watched
    from maildesk.daemon.verifying import Verifier

    boxes = [] if database_only else watched(desk, os.environ)
    with opened(desk) as store:
        return await Verifier(store, boxes, lambda: now_of(desk)).verify(lambda: asyncio.sleep(wait))


def _as_json(found: VerifyReport) -> dict[str, object]:
    counts = {"messages": found.messages, "ledger": found.ledger, "cases": found.cases}
    exceptions = [{"kind": one.kind, "what": one.what, "remedy": one.remedy} for one in found.breaches]
    return {**counts, "letters": found.letters, "erased": found.erased, "exceptions": exceptions}
