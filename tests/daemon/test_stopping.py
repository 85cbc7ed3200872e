"""SIGTERM in each state. The daemon ends by itself, soon and well, and nothing is half sent."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.daemon.conftest import CY, Desk, MakeDesk, locked, proxied, until
from tests.world.fault_proxy import FaultProxy
from tests.world.postgres import Postgres

pytestmark = pytest.mark.dovecot

ALL = 250
FIRST_PAGE = 600_000


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name)
async def test_a_daemon_that_idles_stops_by_itself(desk: Desk, number: signal.Signals) -> None:
    daemon = await desk.run()
    await desk.lies(desk.mail())
    await desk.world.relay.wait_for(2)
    await desk.filed()
    await daemon.stops(number)
    await desk.is_whole(1)


async def test_a_daemon_in_the_middle_of_a_large_intake_stops_and_the_next_one_goes_on(
    make_desk: MakeDesk,
) -> None:
    desk, proxy = await proxied(make_desk)
    await desk.lies(*(desk.mail(subject=f"Matter {n}", text="word " * 1000) for n in range(ALL)))
    proxy.faults.latency = 0.02  # slow enough to be met in the middle of it
    daemon = await desk.run(ready=False)
    await until(lambda: proxy.bytes_down > FIRST_PAGE)
    await daemon.stops()
    assert 0 < len(await desk.world.inbox()) < ALL
    proxy.heal()
    await desk.works()
    await desk.is_whole(ALL)


async def test_a_daemon_finishes_the_letter_whose_final_dot_is_not_answered_yet(desk: Desk) -> None:
    answered = asyncio.Event()
    desk.world.relay.stall_dot(answered)
    await desk.lies(desk.mail())
    daemon = await desk.run()
    await desk.world.relay.wait_for(2)
    daemon.process.send_signal(signal.SIGTERM)
    asyncio.get_running_loop().call_later(0.5, answered.set)
    assert await daemon.over() == 0
    assert {(row["state"], row["attempts"]) for row in await desk.outbox()} == {("sent", 1)}
    await desk.works()
    await desk.is_whole(1)
    assert len(desk.world.relay.mails) == 2, await desk.outbox()


@pytest.mark.long
async def test_a_daemon_whose_servers_all_fell_silent_stops_within_half_a_minute(make_desk: MakeDesk) -> None:
    """The longest it may take: the mail server is half-open, and the relay never answers the final dot."""
    desk, proxy = await proxied(make_desk)
    never = asyncio.Event()
    desk.world.relay.stall_dot(never)
    await desk.lies(desk.mail())
    daemon = await desk.run()
    await desk.world.relay.wait_for(2)
    proxy.fall_silent()
    await daemon.stops()
    never.set()
    proxy.heal()
    await desk.works()
    await desk.is_whole(1)
    # A machine's word to the customer is not repeated; what the team is to hear goes again.
    assert sorted((row["kind"], row["state"]) for row in await desk.outbox()) == [
        ("acknowledgement-fixed", "uncertain"),
        ("alarm", "sent"),
        ("opened-team", "sent"),
    ]
    assert len(desk.world.relay.mails) == 4


async def test_a_daemon_that_pauses_before_it_connects_again_stops_by_itself(desk: Desk) -> None:
    await desk.world.dovecot.crash()
    await desk.world.relay.stop()
    daemon = await desk.run()
    await daemon.says("mailbox failed", times=2)
    await daemon.stops()


async def test_daemons_that_wait_for_a_locked_database_stop_soon(make_desk: MakeDesk) -> None:
    """One was at work when another process took the lock, one starts while it is held."""
    working, starting = await make_desk(), await make_desk()
    first = await working.run()
    await working.lies(working.mail())
    await working.world.relay.wait_for(2)
    with locked(working), locked(starting):
        await working.lies(working.mail(CY))
        await starting.lies(starting.mail())
        second = await starting.run()
        await second.says("mailbox opened")
        await asyncio.gather(first.stops(), second.stops())
    for desk, mails in ((working, 2), (starting, 1)):
        await desk.works()
        await desk.is_whole(mails)


@pytest.mark.postgresql
async def test_a_daemon_whose_database_server_is_gone_stops_soon(
    make_desk: MakeDesk, postgres: Postgres
) -> None:
    desk = await make_desk(store=postgres.new_database())
    daemon = await desk.run()
    await desk.lies(desk.mail())
    await desk.world.relay.wait_for(2)
    postgres.crash()
    try:
        await desk.lies(desk.mail(CY))
        await daemon.says("cannot be reached")
        await daemon.stops()
    finally:
        postgres.restart()
    await desk.works()
    await desk.is_whole(2)


@pytest.mark.long
@pytest.mark.postgresql
async def test_a_daemon_whose_database_server_hangs_stops_within_half_a_minute(
    make_desk: MakeDesk, postgres: Postgres
) -> None:
    """The server closes nothing and answers nothing. Whoever waits for it is ended by force, if need be."""
    desk = await make_desk(store=postgres.new_database())
    daemon = await desk.run()
    await desk.lies(desk.mail())
    await desk.world.relay.wait_for(2)
    postgres.pause()
    try:
        await desk.lies(desk.mail(CY))
        await until(postgres.is_asked)
        daemon.process.send_signal(signal.SIGTERM)
        code = await daemon.over()
        assert code == len(daemon.said("ended without waiting any longer")), daemon.lines
        assert not daemon.said("Traceback"), daemon.lines
    finally:
        postgres.resume()
    await desk.works()
    await desk.is_whole(2)


def quiet(proxy: FaultProxy) -> Callable[[], bool]:
    """Whether the server has spoken and says no more: whoever asked it waits for something else."""
    told = [proxy.bytes_down]

    def asked() -> bool:
        told.append(proxy.bytes_down)
        return told[-1] > told[0] and set(told[-_LOOKS:]) == {told[-1]}

    return asked


_LOOKS = 30


async def test_a_run_to_quiet_that_waits_for_a_locked_database_stops_soon(make_desk: MakeDesk) -> None:
    desk, proxy = await proxied(make_desk)
    await desk.once()
    await desk.lies(desk.mail())
    waits = quiet(proxy)
    with locked(desk):
        running = await desk.run("--once", ready=False)
        await until(waits)  # the mail is listed, and fetched only once it could be stored
        running.process.send_signal(signal.SIGTERM)
        assert await running.over() == 1
        (line,) = running.said("maildesk: ")
        assert "another process" in line
    await desk.works()
    await desk.is_whole(1)


@pytest.mark.long
async def test_a_run_to_quiet_whose_servers_fell_silent_stops_within_half_a_minute(
    make_desk: MakeDesk,
) -> None:
    desk, proxy = await proxied(make_desk)
    await desk.lies(desk.mail())
    proxy.fall_silent()
    before = proxy.connections
    running = await desk.run("--once", ready=False)
    await until(lambda: proxy.connections > before)
    running.process.send_signal(signal.SIGTERM)
    assert await running.over() == 1
    (line,) = running.said("maildesk: ")
    assert "told to stop" in line
    proxy.heal()
    await desk.works()
    await desk.is_whole(1)


async def test_a_daemon_in_the_middle_of_a_batch_files_no_more_of_it_and_the_next_one_goes_on(
    make_desk: MakeDesk,
) -> None:
    """Each letter takes long to write, as an operator's template may make it."""
    loops = "{% for a in range(2000) %}{% for b in range(2000) %}{% endfor %}{% endfor %}"
    slow = f"Subject: {{{{ tag }}}} Received\n\n{loops}"
    name, mails = "en/acknowledgement-fixed.txt", 60
    desk = await make_desk(templates={name: f"{slow}Hello."})
    await desk.lies(*(desk.mail(subject=f"Matter {n}") for n in range(mails)))
    daemon = await desk.run(ready=False)
    await daemon.says(f"received mailbox=support mails={mails}")
    await daemon.stops()
    assert (await desk.world.verdicts()).count("opened") < mails
    (Path(desk.world.folder.name) / "templates" / name).unlink()
    await desk.works()
    await desk.is_whole(mails)
