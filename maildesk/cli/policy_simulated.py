"""`maildesk policy simulate`: the past of a desk replayed through a policy; nothing is sent or stored."""

from __future__ import annotations

import asyncio
from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from maildesk.cli.desks import now_of, reference
from maildesk.cli.invocation import command, config_path, settings
from maildesk.cli.output import counting, patience, print_json
from maildesk.cli.simulated_mbox import Span, replayed_mbox
from maildesk.cli.simulation_workers import Simulation, summed_up, unnamed, working
from maildesk.cli.words import one_line
from maildesk.cli.wrapping import echo
from maildesk.errors import BadInput

if TYPE_CHECKING:
    from maildesk.config.settings import Settings
    from maildesk.simulating.replaying import Entry
    from maildesk.simulating.summary import Summary

_EXAMPLE = """\
maildesk policy simulate policies/draft.yaml --since 2026-11-01
maildesk policy simulate policies/draft.yaml --show silence
maildesk policy simulate policies/draft.yaml --case 7K2Q-9F3M
maildesk policy simulate policies/draft.yaml --mbox old.mbox --desk help@acme.example"""

_KINDS = (
    "unopened", "priority", "closing", "silence", "unreopened", "reopened", "escalated", "unescalated",
    "missed", "refused",
)  # fmt: skip


@command("simulate", _EXAMPLE)
@click.argument("file", metavar="POLICY", type=click.Path(path_type=Path))
@click.option("--since", metavar="DATE", help="Only cases opened on this day or later: 2026-11-01.")
@click.option("--until", metavar="DATE", help="Only cases opened before this day.")
@click.option(
    "--mbox",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Replay the mail of another desk, from a file, instead of the desk's own cases.",
)
@click.option(
    "--desk", "addresses", metavar="ADDRESS", multiple=True, help="The other desk's; default: ours."
)
@click.option("--case", "ref", metavar="REF", help="Tell one case, event by event.")
@click.option("--show", type=click.Choice(_KINDS), help="List all cases that are different in this way.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def simulate(
    file: Path,
    since: str | None,
    until: str | None,
    mbox: Path | None,
    addresses: tuple[str, ...],
    ref: str | None,
    show: str | None,
    as_json: bool,
) -> None:
    """Replay the desk's own cases through a policy and say what would have been different.

    Their mails, and what your people did, come again at their moments, on a clock of their own. Nothing is
    sent and nothing is stored: the database is opened so that nothing can be written. What customers would
    have answered to letters that they never had, nobody knows. With --mbox the mail of another desk is
    replayed: a thread is a case, which is called by the Message-ID of its first mail, and what the desk's
    own addresses (--desk) wrote is an answer.
    """
    from maildesk.cli import simulation_told as told

    desk = settings()
    zone = ZoneInfo(desk.desk.timezone)
    asked = Simulation(config_path(), file, now_of(desk))
    if ref and mbox:
        raise BadInput("--case tells a case of this desk's own", remedy="leave out --mbox")
    if addresses and not mbox:
        raise BadInput("--desk names whose mail an mbox is", remedy="name the file with --mbox")
    span = _span(since, until, zone, asked.now)
    for problem in unnamed(desk, file):
        echo(f"warn {one_line(str(problem))}", err=True)
    if ref:
        with patience("replaying the case"):
            entries = asyncio.run(_one(asked, ref))
        told.print_case(entries, zone, as_json=as_json)
        return
    of_others = replayed_mbox(desk, asked, mbox, addresses, span) if mbox else None
    summary = asyncio.run(of_others) if of_others else _all(asked, *span)
    names = told.Names(file.name, _policy_name(desk), zone)
    if as_json:
        print_json(told.as_json(summary, names))
    elif show:
        told.print_kind(summary, show, zone)
    else:
        told.print_summary(summary, names)


def _span(since: str | None, until: str | None, zone: ZoneInfo, now: datetime) -> Span:
    first, end = _day(since, zone), _day(until, zone)
    if first and first > now:
        raise BadInput(
            f"--since {since} lies ahead: no case was opened then", remedy="name a day of the past"
        )
    if first and end and end <= first:
        raise BadInput(f"--until {until} is not after --since {since}", remedy="name a later day")
    return first, end


def _day(typed: str | None, zone: ZoneInfo) -> datetime | None:
    if typed is None:
        return None
    try:
        day = datetime.strptime(typed, "%Y-%m-%d").date()  # noqa: DTZ007 - a day of the desk's zone
    except ValueError:
        raise BadInput(f"{typed[:40]!a} is no date", remedy="write 2026-11-01") from None
    return datetime.combine(day, time(), zone)


def _policy_name(desk: Settings) -> str:
    from maildesk.config.named_policy import policy_path

    return policy_path(desk).name


def _all(asked: Simulation, since: datetime | None, until: datetime | None) -> Summary:
    async def chosen_cases() -> list[tuple[str, ...]]:
        async with working(asked) as bench:
            return await chosen(bench.store, since, until)

    from maildesk.simulating.own_cases import chosen

    chains = asyncio.run(chosen_cases())
    with counting("replaying cases", len(chains)) as progress:
        return summed_up(asked, chains, progress)


async def _one(asked: Simulation, typed: str) -> list[Entry]:
    from maildesk.simulating.own_cases import LeftOut, chosen, own_histories
    from maildesk.simulating.replaying import replayed

    async with working(asked) as bench:
        ref = await bench.store.read(lambda conn: reference(conn, typed))
        chains = await chosen(bench.store, None, None, ref)
        people = bench.today.desk.people
        async for some in own_histories(bench.store, chains, people, bench.reader.read):
            (history,) = some
            if isinstance(history, LeftOut):
                raise BadInput(f"case {ref} cannot be replayed: {history.why}")
            return replayed(history, bench.then)
    raise BadInput(f"nothing is known of case {ref}")
