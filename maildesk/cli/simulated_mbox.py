"""`maildesk policy simulate --mbox`: the mail of another desk, replayed through a policy."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from maildesk.cli.output import counting, patience
from maildesk.cli.simulation_workers import Simulation, reading, terrains
from maildesk.cli.words import one_line
from maildesk.cli.wrapping import echo
from maildesk.errors import BadInput

if TYPE_CHECKING:
    from maildesk.config.settings import Settings
    from maildesk.desk.policy.desk import Desk
    from maildesk.simulating.summary import Summary

_NO_ANSWER: Final = (
    "warn no mail of it is by the other desk, so nothing counts as answered:"
    " name all its addresses, each as --desk ADDRESS"
)

Span = tuple[datetime | None, datetime | None]


async def replayed_mbox(
    settings: Settings, asked: Simulation, mbox: Path, addresses: tuple[str, ...], span: Span
) -> Summary:
    """Replay the threads of this file that a customer began in that time, until its last mail."""
    from maildesk.simulating.other_desk import histories_of, threads_in
    from maildesk.simulating.own_cases import LeftOut
    from maildesk.simulating.summary import Summary, compare

    today, then = terrains(settings, asked.file, asked.now)
    if addresses:
        today, then = (replace(each, desk=_of_addresses(each.desk, addresses)) for each in (today, then))
    summary = Summary(then.desk.policy)
    with mbox.open("rb") as file:
        async with reading(settings, today.desk) as reader:
            with patience("reading mails"):
                found = await threads_in(file, today.desk, reader.read, settings.limits.store_size)
            if not found.threads and not found.left_out:
                remedy = "in one each mail begins with a line `From …`"
                raise BadInput(f"{one_line(mbox.name)} holds no mail: it is no mbox", remedy=remedy)
            if not found.answers:
                echo(_NO_ANSWER, err=True)
            summary.left_out += found.left_out
            today, then = (replace(each, now=found.last or asked.now) for each in (today, then))
            threads = [each for each in found.threads if _within(each[0].at, span)]
            with counting("replaying threads", len(threads)) as progress:
                async for some in histories_of(file, threads, today.desk, reader.read):
                    for each in some:
                        if isinstance(each, LeftOut):
                            summary.left_out.append(each)
                        else:
                            compare(each, today, then, summary)
                    progress(len(some))
    return summary


def _of_addresses(desk: Desk, addresses: tuple[str, ...]) -> Desk:
    """The desk as the other one, whose addresses these are."""
    from maildesk.mail.addr_spec import deliverable
    from maildesk.mail.identity.own_names import OwnNames

    own = OwnNames.of([deliverable(each) for each in addresses])
    return replace(desk, people=replace(desk.people, own=own))


def _within(at: datetime, span: Span) -> bool:
    since, until = span
    return (since is None or at >= since) and (until is None or at < until)
