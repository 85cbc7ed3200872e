"""`maildesk health`: whether the desk goes on, a line for each thing, for people and monitors."""

from __future__ import annotations

import os

import click

from maildesk.cli.checked import print_finding
from maildesk.cli.desks import now_of
from maildesk.cli.invocation import PROBLEM, command, settings
from maildesk.cli.output import print_json


@command("health", "maildesk health -c /etc/maildesk/config.yaml\nmaildesk health --json")
@click.option("--json", "as_json_", is_flag=True, help="For programs.")
def health(as_json_: bool) -> None:
    """Say whether the desk goes on: the daemon, each mailbox, what waits, the disk, the schema.

    A line for each, `ok`, `warn` or `FAIL` with what to do; exits with 1 if anything FAILs. It reads the
    database alone and asks no server: the daemon notes there what it hears. A mailbox that was not heard for
    limits.silent_mailbox FAILs, and so does work that waits for so long.
    """
    from maildesk.daemon.health import as_json, from_outside, healthy

    desk = settings()
    signs = from_outside(desk, os.environ, now_of(desk))
    if as_json_:
        print_json(as_json(signs))
    else:
        for each in signs:
            print_finding(each.finding)
    if not healthy(signs):
        click.get_current_context().exit(PROBLEM)
