"""`maildesk run`: the daemon, for ever or until nothing is due."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from typing import TYPE_CHECKING

import click

from maildesk.cli.invocation import PROBLEM, command, settings
from maildesk.cli.output import patience
from maildesk.cli.words import one_line

if TYPE_CHECKING:
    from maildesk.config.settings import Settings
    from maildesk.daemon.once import OnceResult


@command("run", "maildesk run -c /etc/maildesk/config.yaml\nmaildesk run --once")
@click.option("--once", is_flag=True, help="Work until nothing is due now, then exit.")
def run(once: bool) -> None:
    """Watch the mailboxes, file what comes, keep the promises, send the letters.

    SIGTERM or SIGINT ends it when the work under way is done. With --once it makes passes until nothing is
    due now, prints what it did, and exits with 1 and a line each if a mailbox could not be listed to its end
    or a relay not be reached.
    """
    from maildesk.daemon.log_lines import set_up

    stamped = not os.environ.get("JOURNAL_STREAM")
    set_up(logging.WARNING if once else logging.INFO, stamped=stamped)
    wanted = settings()
    # The loop and the database's threads hand work to and fro: at the usual 5 ms each hand-over may wait.
    sys.setswitchinterval(0.001)
    if not once:
        asyncio.run(_watch(wanted))
        return
    with patience("working until nothing is due"):
        result = asyncio.run(_work_once(wanted))
    click.echo(f"stored={result.stored} filed={result.filed} tried={result.tried}")
    for problem in result.problems:
        click.echo(f"maildesk: {one_line(problem)}", err=True)
    if result.problems:
        click.get_current_context().exit(PROBLEM)


async def _watch(wanted: Settings) -> None:
    from maildesk.daemon.notify import Notifier
    from maildesk.daemon.service import build
    from maildesk.daemon.watching import Watch

    stop = _stop_on_signals()
    service = build(wanted)
    try:
        await Watch(service, stop, Notifier()).run()
    finally:
        await service.close()


async def _work_once(wanted: Settings) -> OnceResult:
    from maildesk.daemon.once import run_once
    from maildesk.daemon.service import build

    stop = _stop_on_signals()
    service = build(wanted)
    try:
        return await run_once(service, stop)
    finally:
        await service.close()


def _stop_on_signals() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop
