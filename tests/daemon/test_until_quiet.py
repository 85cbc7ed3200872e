"""A run until nothing is due: the daemon's own loops, in rounds of which the last finds nothing to do."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest

from maildesk.casework.acting import act
from maildesk.casework.filed_counts import FiledCount
from maildesk.daemon.desk_store import open_store
from maildesk.daemon.once import OnceResult, UntilQuiet, run_once
from maildesk.desk.decisions import acts
from maildesk.desk.decisions.actor import Actor
from maildesk.errors import AlreadyRunning
from tests.world.desk import TRUSTING, DeskWorld, mailbox_of
from tests.world.dovecot import Dovecot
from tests.world.people import border_lines
from tests.world.smtp_server import SmtpServer

pytestmark = pytest.mark.dovecot

BOTH = {"support": "secret", "sales": "secret"}


def from_bo(world: DeskWorld, subject: str = "Printer", **more: Any) -> bytes:
    return world.person("bo@client.example").composes(subject, "It burns.", **more).as_bytes(policy=SMTP)


# --- the wiring -----------------------------------------------------------------------------------


class Part:
    """A part of the desk that works, and wakes nobody."""

    def __init__(self, part: Any) -> None:
        self._part = part

    def __getattr__(self, name: str) -> Any:
        return getattr(self._part, name)


class LooksInSilence(Part):
    async def look(self, stop: asyncio.Event, _arrived: asyncio.Event) -> Any:
        return await self._part.look(stop)


class FilesInSilence(Part):
    async def drain(self, stop: asyncio.Event, _committed: Callable[[FiledCount], None]) -> Any:
        return await self._part.drain(stop)


class KeepsTimeInSilence(Part):
    async def drain(self, **named: Any) -> int:
        await self._part.drain(**named)
        return 0


class WithoutTicks(UntilQuiet):
    """A tick would find, a second later, what nobody was told of."""

    async def _tick(self) -> None:
        """See nothing."""

    def _go_on(self) -> None:
        super()._go_on()
        assert self._stop.is_set() or not self._all_rest(), "all rest, and nobody was woken"


@pytest.mark.parametrize(
    ("part", "broken", "left"),
    [
        ("receiver", Part, ("opened", {"sent"}, 0)),
        ("receiver", LooksInSilence, (None, {"sent"}, 1)),
        ("filer", FilesInSilence, ("opened", {"sent", "queued"}, 0)),
        ("timekeeper", KeepsTimeInSilence, ("opened", {"sent", "queued"}, 0)),
    ],
    ids=["whole", "received", "filed", "come due"],
)
async def test_a_loop_that_is_not_woken_leaves_its_work_undone(
    part: str, broken: type[Part], left: tuple[str | None, set[str], int]
) -> None:
    """The run wakes nobody whom the daemon would leave asleep: what a wire carries is missing at the end."""
    async with await DeskWorld.start(trust=TRUSTING) as world:
        await world.lies(from_bo(world))
        await world.works()
        if part == "timekeeper":
            world.clock.passes(timedelta(hours=24))
        else:
            await world.lies(from_bo(world, "Scanner"))
        if part == "receiver":
            world.service.receivers[:] = [broken(each) for each in world.service.receivers]  # type: ignore[misc]
        else:
            setattr(world.service, part, broken(getattr(world.service, part)))
        assert await WithoutTicks(world.service, asyncio.Event()).work()
        states = {row["state"] for row in await world.outbox()}
        lying = len(await world.dovecot.folder("support"))
        assert ((await world.verdicts())[-1], states, lying) == left
        world.ends_verified = False


async def test_a_round_begins_at_once_where_no_mailbox_is_looked_at() -> None:
    """Mail is piped in, or every mailbox is out of reach: no tick is waited for."""
    async with await DeskWorld.start(trust=TRUSTING) as world:
        await world.arrives(from_bo(world))
        world.agent.hears("New")
        world.clock.passes(timedelta(hours=24))
        world.service.receivers.clear()
        assert await WithoutTicks(world.service, asyncio.Event()).work()
        world.agent.hears("Overdue")


class SeesWhatLies(Part):
    def __init__(self, part: Any, world: DeskWorld) -> None:
        super().__init__(part)
        self._world = world
        self.seen: list[int] = []

    async def look(self, *events: asyncio.Event) -> Any:
        self.seen.append(len(await self._world.dovecot.folder("support")))
        return await self._part.look(*events)


async def test_filed_mail_is_moved_on_before_the_mailbox_is_looked_at_again() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        await world.lies(from_bo(world))
        receiver = SeesWhatLies(world.service.receivers[0], world)
        world.service.receivers[:] = [receiver]  # type: ignore[list-item]
        await world.works()
        assert receiver.seen == [1, 0]


# --- what comes while it runs ---------------------------------------------------------------------


async def under_way(world: DeskWorld) -> tuple[asyncio.Task[OnceResult], asyncio.Event, asyncio.Event]:
    """A run whose first letter is with the relay; what lets the relay answer, and what stops the run."""
    answered, stop = asyncio.Event(), asyncio.Event()
    world.relay.stall_dot(answered)
    await world.lies(from_bo(world))
    running = asyncio.create_task(run_once(world.service, stop))
    await world.relay.wait_for(1)
    return running, answered, stop


async def test_mail_that_arrives_during_the_run_is_taken_and_answered() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        running, answered, _ = await under_way(world)
        await world.lies(from_bo(world, "Scanner"))
        answered.set()
        result = await running
        assert (result.stored, result.filed, result.problems) == (2, 2, [])
        assert {row["state"] for row in await world.outbox()} == {"sent"}
        assert await world.dovecot.folder("support") == []


async def test_what_another_process_writes_during_the_run_is_sent() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        running, answered, _ = await under_way(world)
        store = await asyncio.to_thread(open_store, world.settings, {})
        now = world.clock.now()
        hand, desk = Actor("agent@acme.example", now, world.address), world.office.desk
        step = [lambda case: acts.answer(case, desk, "Try water.", hand)]
        await asyncio.to_thread(act, store, world.office, (await world.case())["ref"], step, now)
        await store.close()
        answered.set()
        await running
        assert {row["state"] for row in await world.outbox()} == {"sent"}
        assert "Try water." in world.person("bo@client.example").letters()[-1].as_string()


async def test_told_to_stop_it_finishes_the_letters_under_way_and_begins_nothing() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        running, answered, stop = await under_way(world)
        await world.lies(from_bo(world, "Scanner"))
        stop.set()
        answered.set()
        result = await running
        assert (result.stored, result.filed) == (1, 1)
        assert {row["state"] for row in await world.outbox()} <= {"sent", "queued"}
        assert len(await world.dovecot.folder("support")) == 1
        await world.works()
        assert await world.verdicts() == ["opened"] * 2


# --- time -----------------------------------------------------------------------------------------


async def test_what_came_before_a_deadline_is_filed_before_it_is_kept() -> None:
    """The desk was away for a day: the agent's answer lies there, so the promise was not broken."""
    async with await DeskWorld.start(trust=TRUSTING) as world:
        await world.arrives(from_bo(world))
        notice, ana = world.agent.hears("New"), world.agent
        threaded = {"In-Reply-To": str(notice["Message-ID"]), "References": str(notice["Message-ID"])}
        answer = ana.composes("Re: Printer", "Use water.", to=str(notice["Reply-To"] or notice["From"]))
        for name, value in threaded.items():
            answer[name] = value
        await world.lies(border_lines("dmarc=pass", ana.address) + answer.as_bytes(policy=SMTP))
        await world.passes(hours=24)
        assert "response-overdue" not in await world.happened()


async def test_a_deadline_that_is_due_is_kept_and_told_in_one_run() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        await world.arrives(from_bo(world))
        world.agent.hears("New")
        world.clock.passes(timedelta(hours=24))
        result = await run_once(world.service, asyncio.Event())
        world.agent.hears("Overdue")
        assert (result.stored, result.filed) == (0, 0)
        assert result.tried > 0


async def test_a_digest_is_written_and_sent_in_the_run_that_made_it_due() -> None:
    limits = {"free_space": "1MiB", "notices_at_once": 0}
    async with await DeskWorld.start(trust=TRUSTING, limits=limits) as world:
        await world.lies(*(from_bo(world, f"M{number}") for number in range(3)))
        await world.works()
        world.agent.hears("3 notices in one mail")


async def test_a_clock_that_was_set_back_is_told() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        await world.works()
        world.clock.passes(-timedelta(hours=3))
        await world.restarts()
        await world.works()
        world.operator.hears("clock")


# --- what keeps it from its end -------------------------------------------------------------------


class Lost(Part):
    def confirm(self) -> None:
        raise AlreadyRunning("another daemon took the lock")


async def test_a_lock_that_another_took_ends_the_run() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        world.service.lock = Lost(world.service.lock)  # type: ignore[assignment]
        with pytest.raises(AlreadyRunning):
            await run_once(world.service, asyncio.Event())


class Counts(Part):
    looks = 0

    async def look(self, *events: asyncio.Event) -> Any:
        self.looks += 1
        return await self._part.look(*events)


async def test_a_mailbox_that_cannot_be_listed_is_named_and_not_asked_again() -> None:
    dovecot = await Dovecot.start(users=BOTH)
    sales = mailbox_of(dovecot, "sales", folder="Nowhere")
    async with await DeskWorld.start(dovecot=dovecot, mailboxes=[sales], trust=TRUSTING) as world:
        support, nowhere = [Counts(each) for each in world.service.receivers]
        world.service.receivers[:] = [support, nowhere]  # type: ignore[list-item]
        await world.lies(from_bo(world))
        result = await world.works_as_it_can()
        (problem,) = result.problems
        assert problem.startswith("mailbox sales: ")
        assert (result.stored, result.filed) == (1, 1)
        world.person("bo@client.example").hears("received")
        assert (support.looks, nowhere.looks) == (2, 1)
        world.provoked = {"not-compared"}


async def test_a_relay_out_of_reach_is_named_once_and_the_letters_of_the_other_go() -> None:
    dovecot = await Dovecot.start(users=BOTH)
    async with await SmtpServer.start() as away:
        away.greet(421, "4.3.2 not now")
        smtp = {"host": SmtpServer.host, "port": away.port, "security": "none", "connections": 1}
        sales = mailbox_of(dovecot, "sales", smtp=smtp)
        async with await DeskWorld.start(dovecot=dovecot, mailboxes=[sales], trust=TRUSTING) as world:
            await world.lies(from_bo(world))
            offer = world.person("cy@client.example").composes("Offer", "How much?", to="sales@acme.example")
            await world.lies(offer.as_bytes(policy=SMTP), mailbox="sales")
            result = await world.works_as_it_can()
            (problem,) = result.problems
            assert problem.startswith("smtp: ")
            assert (result.stored, result.filed) == (2, 2)
            letters = {(row["to"], row["state"]) for row in await world.outbox()}
            agent = {("agent@acme.example", "sent"), ("agent@acme.example", "queued")}
            assert letters == {("bo@client.example", "sent"), ("cy@client.example", "queued"), *agent}
            assert away.connections == 1


async def test_time_that_brings_nothing_waits_for_nobody_who_writes() -> None:
    async with await DeskWorld.start() as world:
        await world.works()
        with closing(sqlite3.connect(Path(world.folder.name) / "desk.db")) as other:
            other.execute("BEGIN IMMEDIATE")
            world.service.store.hurry()
            assert await world.service.timekeeper.drain() == 0
            world.service.store.take_time()
