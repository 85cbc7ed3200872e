"""`maildesk health`: whether the desk goes on, a line for each thing, for people and monitors."""

from __future__ import annotations

import os

import click

from maildesk.cli.checked import print_finding
from maildesk.cli.desks import now_of
from maildesk.cli.invocation import PROBLEM, command, settings
from maildesk.cli.output import print_json


@command(
    "health", "maildesk health -c /etc/maildesk/config.yaml\nmaildesk health --json\nmaildesk health --live"
)
@click.option("--live", is_flag=True, help="Only whether the daemon lives, for whatever starts it again.")
@click.option("--json", "as_json_", is_flag=True, help="For programs.")
def health(live: bool, as_json_: bool) -> None:
    """Say whether the desk goes on: the daemon, each mailbox, what waits, the disk, the schema.

    A line for each, `ok`, `warn` or `FAIL` with what to do; exits with 1 if anything FAILs. It reads the
    database alone and asks no server: the daemon notes there what it hears. A mailbox that was not heard for
    limits.silent_mailbox FAILs, and so does work that waits for so long.

    With --live it says only whether the daemon lives and turns: no mailbox or relay that is out of reach
    FAILs, since a new start would mend none. It asks the page of monitor, or else looks at the lock.
    """
    from maildesk.daemon.health import Sign, as_json, from_outside, healthy
    from maildesk.daemon.living import living

    desk = settings()
    signs = [Sign(living(desk, os.environ))] if live else from_outside(desk, os.environ, now_of(desk))
    if as_json_:
        print_json(as_json(signs))
    else:
        for each in signs:
            print_finding(each.finding)
    if not healthy(signs):
        click.get_current_context().exit(PROBLEM)
