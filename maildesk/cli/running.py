"""`maildesk run`: the daemon, for ever or until nothing is due."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from typing import TYPE_CHECKING

import click

from maildesk.cli.invocation import PROBLEM, command, settings
from maildesk.cli.output import patience
from maildesk.cli.stopping import StopSignals, stoppable
from maildesk.cli.words import one_line

if TYPE_CHECKING:
    from maildesk.config.settings import Settings
    from maildesk.daemon.once import OnceResult
    from maildesk.daemon.service import Service


@command("run", "maildesk run -c /etc/maildesk/config.yaml\nmaildesk run --once")
@click.option("--once", is_flag=True, help="Work until nothing is due now, then exit.")
def run(once: bool) -> None:
    """Watch the mailboxes, file what comes, keep the promises, send the letters.

    SIGTERM, SIGINT or the end of the terminal (but not with nohup) ends it when the work under way is done.
    With --once it works until nothing is due now, prints what it did, and exits with 1 and a line
    each if a mailbox could not be listed to its end or a relay not be reached.
    """
    from maildesk.daemon.garbage import collect_seldom
    from maildesk.daemon.log_lines import set_up
    from maildesk.store.disk import files_allowed, too_few_files

    stamped = not os.environ.get("JOURNAL_STREAM")
    set_up(logging.WARNING if once else logging.INFO, stamped=stamped)
    wanted = settings()
    # The loop and the database's threads hand work to and fro: at the usual 5 ms each hand-over may wait.
    sys.setswitchinterval(0.001)
    collect_seldom()
    if too_few := too_few_files(files_allowed()):
        raise too_few
    with stoppable() as stopping:
        if not once:
            asyncio.run(_watch(_built(wanted), stopping))
            return
        with patience("working until nothing is due"):
            result = asyncio.run(_work_once(_built(wanted), stopping))
    click.echo(f"stored={result.stored} filed={result.filed} tried={result.tried}")
    for problem in result.problems:
        click.echo(f"maildesk: {one_line(problem)}", err=True)
    if result.problems:
        click.get_current_context().exit(PROBLEM)


def _built(wanted: Settings) -> Service:
    """The service, built outside the loop: where a database is waited for, a signal ends us at once."""
    from maildesk.daemon.service import build

    return build(wanted)


async def _watch(service: Service, stopping: StopSignals) -> None:
    from maildesk.daemon.notify import Notifier
    from maildesk.daemon.watching import DaemonLoops

    try:
        await DaemonLoops(service, stopping.event(), Notifier()).run()
    finally:
        await service.close()


async def _work_once(service: Service, stopping: StopSignals) -> OnceResult:
    from maildesk.daemon.once import run_once

    try:
        return await run_once(service, stopping.event())
    finally:
        await service.close()
