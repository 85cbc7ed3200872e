"""`maildesk check`: one line for each thing a desk needs, and what to do about each that is missing."""

from __future__ import annotations

import asyncio
import itertools
import os
from typing import TYPE_CHECKING

import click

from maildesk.cli.desks import now_of
from maildesk.cli.invocation import PROBLEM, command, config_path, settings
from maildesk.cli.output import patience
from maildesk.cli.words import one_line
from maildesk.cli.wrapping import echo
from maildesk.errors import MaildeskError

if TYPE_CHECKING:
    from maildesk.config.settings import Settings
    from maildesk.daemon.findings import Check, Finding

_COLOURS = {"ok": "green", "warn": "yellow", "FAIL": "red"}


@command("check", "maildesk check -c /etc/maildesk/config.yaml\nmaildesk check --quick")
@click.option("--quick", is_flag=True, help="Nothing that needs the network.")
@click.option(
    "--subaddress", is_flag=True, help="Prove subaddresses by a mail to ourselves; stop the daemon first."
)
def check(quick: bool, subaddress: bool) -> None:
    """See whether everything works: files, secrets, policy, letters, database, mailboxes, relays.

    Prints `ok`, `warn` or `FAIL` with what to do, a line each; exits with 1 if anything FAILs. No mail is
    sent and none is touched; the processed folder is made if it is missing. With --subaddress one mail is
    sent to ourselves; it ends in the folder "Maildesk checks".
    """
    from maildesk.daemon.findings import CheckOutcome, failures, ok, warn

    try:
        desk = settings()
    except MaildeskError as problem:
        for finding in failures("config", problem):
            print_finding(finding)
        click.get_current_context().exit(PROBLEM)
    path = config_path()
    print_finding(ok("config", f"{path} can be read"))
    if path.stat().st_mode & 0o077 and desk.holds_a_password:
        message = f"others can read {path}, and a password stands in it"
        print_finding(warn("config", message, f"chmod 600 {path}"))
    outcomes = asyncio.run(_report(desk, quick=quick, subaddress=subaddress))
    if CheckOutcome.FAIL in outcomes:
        click.get_current_context().exit(PROBLEM)


async def _report(desk: Settings, *, quick: bool, subaddress: bool) -> set[str]:
    from maildesk.daemon.checking import checks
    from maildesk.daemon.findings import ToldFaults

    told, outcomes = ToldFaults(), set[str]()
    wanted = checks(desk, os.environ, now_of(desk), quick=quick, subaddress=subaddress)
    for at_once, some in itertools.groupby(wanted, key=lambda each: each.at_once):
        together = [(each, asyncio.create_task(_tried(each)) if at_once else None) for each in some]
        for each, task in together:
            with patience(f"checking {each.name}"):
                found = await (task or _tried(each))
            for finding in filter(told.is_new, found):
                print_finding(finding)
            outcomes.update(finding.outcome for finding in found)
    return outcomes


async def _tried(each: Check) -> list[Finding]:
    return [finding async for finding in each.findings()]


def print_finding(finding: Finding) -> None:
    """Print a finding on a line of its own, its outcome coloured on a terminal."""
    word, rest = str(finding).split(maxsplit=1)
    echo(f"{click.style(f'{word:<4}', fg=_COLOURS[word])} {one_line(rest)}", hang=5)
