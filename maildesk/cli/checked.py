"""`maildesk check`: one line for each thing a desk needs, and what to do about each that is missing."""

from __future__ import annotations

import asyncio
import itertools
import os
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from maildesk.cli.desks import now_of
from maildesk.cli.invocation import PROBLEM, command, config_path, settings
from maildesk.cli.output import patience, print_json
from maildesk.cli.words import one_line
from maildesk.cli.wrapping import echo
from maildesk.errors import MaildeskError

if TYPE_CHECKING:
    from maildesk.config.settings import Settings
    from maildesk.daemon.findings import Check, Finding

_COLOURS = {"ok": "green", "warn": "yellow", "FAIL": "red"}


@command("check", "maildesk check -c /etc/maildesk/config.yaml\nmaildesk check --quick --json")
@click.option("--json", "as_json", is_flag=True, help="For programs: all at the end, as a list.")
@click.option("--quick", is_flag=True, help="Nothing that needs the network.")
@click.option(
    "--subaddress", is_flag=True, help="Prove subaddresses by a mail to ourselves; stop the daemon first."
)
def check(quick: bool, subaddress: bool, as_json: bool) -> None:
    """See whether everything works: files, secrets, policy, letters, database, mailboxes, relays.

    Prints `ok`, `warn` or `FAIL` with what to do, a line each; exits with 1 if anything FAILs. No mail is
    sent and none is touched; the processed folder is made if it is missing. With --subaddress one mail is
    sent to ourselves; it ends in the folder "Maildesk checks".
    """
    from maildesk.daemon.findings import CheckOutcome

    said: list[Finding] = []
    say = said.append if as_json else print_finding
    outcomes = _checked(say, quick=quick, subaddress=subaddress)
    if as_json:
        print_json([as_values(each) for each in said])
    if CheckOutcome.FAIL in outcomes:
        click.get_current_context().exit(PROBLEM)


def _checked(say: Callable[[Finding], None], *, quick: bool, subaddress: bool) -> set[str]:
    """Say what is found, one after the other; how the findings ended."""
    from maildesk.daemon.findings import CheckOutcome, failures, ok, warn

    try:
        desk = settings()
    except MaildeskError as problem:
        for finding in failures("config", problem):
            say(finding)
        return {CheckOutcome.FAIL}
    path = config_path()
    say(ok("config", f"{path} can be read"))
    if path.stat().st_mode & 0o077 and desk.holds_a_password:
        message = f"others can read {path}, and a password stands in it"
        say(warn("config", message, f"chmod 600 {path}"))
    return asyncio.run(_report(desk, say, quick=quick, subaddress=subaddress))


async def _report(
    desk: Settings, say: Callable[[Finding], None], *, quick: bool, subaddress: bool
) -> set[str]:
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
                say(finding)
            outcomes.update(finding.outcome for finding in found)
    return outcomes


async def _tried(each: Check) -> list[Finding]:
    return [finding async for finding in each.findings()]


def as_values(finding: Finding) -> dict[str, str]:
    """A finding as programs read it, in the words of `maildesk health --json`."""
    return {
        "name": finding.name,
        "outcome": finding.outcome.value,
        "message": finding.message,
        "remedy": finding.remedy,
    }


def print_finding(finding: Finding) -> None:
    """Print a finding on a line of its own, its outcome coloured on a terminal."""
    word, rest = str(finding).split(maxsplit=1)
    echo(f"{click.style(f'{word:<4}', fg=_COLOURS[word])} {one_line(rest)}", hang=5)
