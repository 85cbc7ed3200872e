"""`maildesk run`: the daemon, for ever or until nothing is due."""

from __future__ import annotations

import asyncio
import logging
import sys
from typing import TYPE_CHECKING

import click

from maildesk.cli.invocation import PROBLEM, command, settings, tell
from maildesk.cli.output import patience
from maildesk.cli.stopping import StopSignals, stoppable
from maildesk.cli.words import one_line
from maildesk.cli.wrapping import echo
from maildesk.errors import PermanentError

if TYPE_CHECKING:
    from maildesk.daemon.once import OnceResult
    from maildesk.daemon.service import Plan, Service

MISCONFIGURED = 78
"""The exit code of a daemon that a file keeps from starting (EX_CONFIG of sysexits.h)."""


@command("run", "maildesk run -c /etc/maildesk/config.yaml\nmaildesk run --once")
@click.option("--once", is_flag=True, help="Work until nothing is due now, then exit.")
def run(once: bool) -> None:
    """Watch the mailboxes, file what comes, keep the promises, send the letters.

    SIGTERM, SIGINT or the end of the terminal (but not with nohup) ends it when the work under way is done.
    Where there is no terminal, SIGHUP has it read its files anew; wrong ones change nothing.
    With --once it works until nothing is due now, prints what it did, and exits with 1 and a line
    each if a mailbox could not be listed to its end or a relay not be reached. A mistake in configuration,
    policy, a letter or a secret is told with file and line, and exits with 78.
    """
    from maildesk.daemon.garbage import collect_seldom
    from maildesk.daemon.log_lines import journald_reads, set_up
    from maildesk.store.disk import files_allowed, too_few_files

    stamped = not journald_reads(sys.stderr)
    level = logging.WARNING if once else logging.INFO
    set_up(level, stamped=stamped)
    plan = _planned()
    set_up(level, stamped=stamped, as_json=plan.settings.log == "json")
    # The loop and the database's threads hand work to and fro: at the usual 5 ms each hand-over may wait.
    sys.setswitchinterval(0.001)
    collect_seldom()
    if too_few := too_few_files(files_allowed()):
        raise too_few
    with stoppable() as stopping:
        if not once:
            asyncio.run(_watch(plan, _started(plan), stopping))
            return
        with patience("working until nothing is due"):
            result = asyncio.run(_work_once(_started(plan), stopping))
    echo(f"stored={result.stored} filed={result.filed} tried={result.tried}")
    for problem in result.problems:
        echo(f"maildesk: {one_line(problem)}", err=True)
    if result.problems:
        click.get_current_context().exit(PROBLEM)


def _planned() -> Plan:
    """Read the files and try every letter; a mistake in them ends us with a code of its own."""
    from maildesk.daemon.service import planned

    try:
        return planned(settings(), tried=True)
    except PermanentError as problem:
        tell(problem)
        click.get_current_context().exit(MISCONFIGURED)


def _started(plan: Plan) -> Service:
    """The service, made outside the loop: where a database is waited for, a signal ends us at once."""
    from maildesk.daemon.service import started

    return started(plan)


async def _watch(plan: Plan, service: Service, stopping: StopSignals) -> None:
    from maildesk.daemon.notify import Notifier
    from maildesk.daemon.reloading import DaemonRounds

    rounds = DaemonRounds(plan, service, stopping.event(), stopping.reload_event(), Notifier())
    try:
        await rounds.run()
    finally:
        await rounds.service.close()


async def _work_once(service: Service, stopping: StopSignals) -> OnceResult:
    from maildesk.daemon.once import run_once

    try:
        return await run_once(service, stopping.event())
    finally:
        await service.close()
