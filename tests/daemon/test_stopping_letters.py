"""SIGTERM in the middle of a letter: what was begun is handed over whole, or the relay has nothing of it."""

from __future__ import annotations

import signal

import pytest

from tests.daemon.conftest import BO, Desk, MakeDesk, Running, until
from tests.world.fault_proxy import FaultProxy
from tests.world.people import words

pytestmark = pytest.mark.dovecot

STEPS = [f"Step {n}: turn it off and on again." for n in range(25_000)]
ENOUGH = 500_000  # of its bytes are on their way


async def in_the_middle_of_a_letter(make_desk: MakeDesk) -> tuple[Desk, FaultProxy, Running]:
    """A person's very long answer goes to a relay behind a slow line; some of it is there."""
    proxy = await FaultProxy.start("127.0.0.1", 0)
    desk = await make_desk(smtp_port=proxy.port)
    desk.exits.push_async_callback(proxy.stop)
    proxy.target = ("127.0.0.1", desk.world.relay.port)
    await desk.lies(desk.mail())
    await desk.works()
    (case,) = await desk.world.cases()
    code, _, err = await desk.command("case", "reply", case["ref"], "-", stdin="\n".join(STEPS).encode())
    assert code == 0, err
    before = proxy.bytes_up
    proxy.faults.latency = 0.05
    daemon = await desk.run()
    await until(lambda: proxy.bytes_up > before + ENOUGH)
    assert len(desk.copies(BO)) == 1
    return desk, proxy, daemon


def answers(desk: Desk) -> list[list[str]]:
    """The steps in each letter that the relay has beside the acknowledgement."""
    texts = [words(mail.letter) for mail in desk.copies(BO)[1:]]
    return [[line for line in text.splitlines() if line.startswith("Step ")] for text in texts]


async def test_a_letter_under_way_is_handed_over_whole(make_desk: MakeDesk) -> None:
    desk, _, daemon = await in_the_middle_of_a_letter(make_desk)
    await daemon.stops()
    assert answers(desk) == [STEPS]
    (row,) = [row for row in await desk.outbox(BO) if row["kind"] == "answer"]
    assert (row["state"], row["attempts"]) == ("sent", 1)


@pytest.mark.long
async def test_a_letter_that_does_not_get_through_is_broken_off_and_goes_again_whole(
    make_desk: MakeDesk,
) -> None:
    """No end of DATA was said, so the relay keeps nothing of the first attempt."""
    desk, proxy, daemon = await in_the_middle_of_a_letter(make_desk)
    proxy.fall_silent()
    daemon.process.send_signal(signal.SIGTERM)
    assert await daemon.over() == 0, daemon.lines
    proxy.cut()
    proxy.heal()
    assert answers(desk) == []
    await desk.works()
    assert answers(desk) == [STEPS]
    assert {row["state"] for row in await desk.outbox()} == {"sent"}
