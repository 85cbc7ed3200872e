"""Simulating in several processes: each replays some cases at a time, with its own store and reader."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from maildesk.config.problems import Problem
    from maildesk.config.settings import Settings
    from maildesk.daemon.reading import MailReader
    from maildesk.desk.policy.desk import Desk
    from maildesk.desk.policy.people import People
    from maildesk.desk.policy.policy import Policy
    from maildesk.simulating.replaying import Terrain
    from maildesk.simulating.summary import Summary
    from maildesk.store.database import Database

AT_ONCE: Final = 100
"""Cases that a process is handed at once."""
FEW: Final = 300
"""So many cases are replayed sooner than other processes have started."""

Chain = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Simulation:
    """The question of a simulation: which desk, which policy, and the moment at which every replay ends."""

    config: Path
    file: Path
    now: datetime


@dataclass(frozen=True, slots=True)
class Bench:
    """Everything that replaying takes, in one process."""

    today: Terrain
    then: Terrain
    store: Database
    reader: MailReader


def summed_up(
    asked: Simulation,
    chains: Sequence[Chain],
    progress: Callable[[int], None],
    *,
    at_once: int = AT_ONCE,
    few: int = FEW,
) -> Summary:
    """Replay these cases through both policies, on every processor where there are more than a few."""
    parts = [chains[start : start + at_once] for start in range(0, len(chains), at_once)]
    workers = min(os.cpu_count() or 1, len(parts))
    if len(chains) <= few or workers < 2:
        return asyncio.run(_here(asked, parts, progress))
    context = multiprocessing.get_context("spawn")  # a forked child would share our database's files
    with ProcessPoolExecutor(workers, context, _Worker.begin, (asked,)) as pool:
        summary: Summary | None = None
        for part, found in zip(parts, pool.map(_Worker.replays, parts), strict=True):
            summary = summary.and_(found) if summary else found
            progress(len(part))
    assert summary is not None  # there is a part
    return summary


async def _here(
    asked: Simulation, parts: Sequence[Sequence[Chain]], progress: Callable[[int], None]
) -> Summary:
    async with working(asked) as bench:
        summary = _nothing(bench)
        for part in parts:
            await _replay(bench, part, summary)
            progress(len(part))
    return summary


class _Worker:
    """A process that replays: its loop, its store and its reader last as long as it does."""

    loop: asyncio.AbstractEventLoop
    kept: AsyncExitStack
    bench: Bench

    @classmethod
    def begin(cls, asked: Simulation) -> None:
        from maildesk.daemon.garbage import collect_seldom

        collect_seldom()
        cls.loop = asyncio.new_event_loop()
        cls.kept = AsyncExitStack()  # else it is closed at once
        cls.bench = cls.loop.run_until_complete(cls.kept.enter_async_context(working(asked)))

    @classmethod
    def replays(cls, part: Sequence[Chain]) -> Summary:
        summary = _nothing(cls.bench)
        cls.loop.run_until_complete(_replay(cls.bench, part, summary))
        return summary


def _nothing(bench: Bench) -> Summary:
    from maildesk.simulating.summary import Summary

    return Summary(bench.then.desk.policy)


async def _replay(bench: Bench, chains: Sequence[Chain], summary: Summary) -> None:
    from maildesk.simulating.own_cases import LeftOut, own_histories
    from maildesk.simulating.summary import compare

    async for some in own_histories(bench.store, chains, bench.today.desk.people, bench.reader.read):
        for each in some:
            if isinstance(each, LeftOut):
                summary.left_out.append(each)
            else:
                compare(each, bench.today, bench.then, summary)


# --- what replaying takes -----------------------------------------------------------------------------


@asynccontextmanager
async def working(asked: Simulation) -> AsyncIterator[Bench]:
    """The desk under both policies, the store, to which nothing can be written, and a child that reads."""
    from maildesk.config.loading import load
    from maildesk.daemon.desk_store import store_to_read

    desk = load(asked.config)
    today, then = terrains(desk, asked.file, asked.now)
    store = store_to_read(desk)
    try:
        async with reading(desk, today.desk) as reader:
            yield Bench(today, then, store, reader)
    finally:
        await store.close()


@asynccontextmanager
async def reading(settings: Settings, desk: Desk) -> AsyncIterator[MailReader]:
    """A child that reads mails, as the daemon's does."""
    from maildesk.config import building
    from maildesk.daemon.reader_frames import Setup
    from maildesk.daemon.reading import MailReader
    from maildesk.daemon.service import READING_SECONDS
    from maildesk.mail.mime.limits import ReadingLimits

    limits = ReadingLimits(parse_size=settings.limits.parse_size)
    reader = MailReader(Setup(building.trust(settings), limits, READING_SECONDS, desk.people.own))
    try:
        yield reader
    finally:
        await reader.close()


@asynccontextmanager
async def reading_as_daemon(settings: Settings, desk: Desk) -> AsyncIterator[MailReader]:
    """The same, which looks through mails' words for all that the policy asks about too."""
    from maildesk.daemon.reading import MailReader
    from maildesk.daemon.service import reading_setup

    reader = MailReader(reading_setup(settings, desk))
    try:
        yield reader
    finally:
        await reader.close()


def terrains(settings: Settings, file: Path, now: datetime) -> tuple[Terrain, Terrain]:
    """The desk with its policy of today, and with the one of this file, whose teams are there then."""
    from maildesk.config import building, named_policy
    from maildesk.daemon.parts import desk_of, limits_of
    from maildesk.simulating.replaying import Terrain

    policy, _ = named_policy.draft(settings, policy_file(file))
    keys = building.keyring(settings).at(now)
    today = Terrain(desk_of(settings), limits_of(settings), keys, now, building.trust(settings).named)
    people = _with_teams(building.people(settings, policy.plans), policy)
    return today, replace(today, desk=replace(today.desk, policy=policy, people=people))


def _with_teams(people: People, policy: Policy) -> People:
    """The people, and each team that only the policy names: nobody is in it yet."""
    from maildesk.config.policy_needs import needs_of
    from maildesk.desk.policy.people import Team

    new = (Team(name) for name in needs_of(policy).teams if people.team(name) is None)
    return replace(people, teams=(*people.teams, *new))


def policy_file(file: Path) -> Path:
    """The file itself, else the packaged one of that name."""
    from maildesk.config.starting import packaged_policy

    packaged = not file.exists() and len(file.parts) == 2 and file.parts[0] == "policies"
    return packaged_policy(str(file)) if packaged else file


def unnamed(settings: Settings, file: Path) -> tuple[Problem, ...]:
    """List what the policy of this file speaks of and the configuration does not name."""
    from maildesk.config.named_policy import draft

    return draft(settings, policy_file(file))[1]
