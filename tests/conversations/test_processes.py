"""The daemon as a process of its own: killed at every crash point, ended in every state."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest

from maildesk.daemon.crashing import CRASH_POINTS
from tests.world.desk import DeskWorld
from tests.world.forking import maildesk

pytestmark = pytest.mark.dovecot

ROOT = Path(__file__).parents[2]
NOON = "2025-11-24T12:00:00Z"
LATER = "2025-11-24T12:05:00Z"
"""When a desk starts again: a clock that ran backwards would be a story of its own."""
IN_DOUBT = {"uncertain", "sent"}
AUTOMATIC_FATE = {
    # The mark is on disk and no answer is: an automatic letter is not repeated.
    "marked": IN_DOUBT,
    "transmitted": IN_DOUBT,
    # Filed mail is moved on while its letters go.
    "cleared": IN_DOUBT,
    # One of the two letters is settled, the other may be with the relay.
    "settled": IN_DOUBT,
}
PATIENCE = 120.0


@pytest.fixture
async def world() -> AsyncIterator[DeskWorld]:
    """A desk with one mail waiting, and nobody at work but the processes that a test starts."""
    async with await DeskWorld.start(testing=True) as desk:
        mail = desk.person("bo@client.example").composes("Printer", "It burns.").as_bytes(policy=SMTP)
        await desk.lies(mail)
        await desk.service.close()
        desk.ends_verified = False  # nobody is at home here: `the_guarantee_holds` asks
        yield desk


async def commanded(world: DeskWorld, *words: str, **environ: str) -> asyncio.subprocess.Process:
    """`maildesk WORDS` on this desk, as a process of its own."""
    return await maildesk((*words, "-c", str(world.config_file)), ROOT, {"MAILDESK_NOW": NOON, **environ})


async def said_by(process: asyncio.subprocess.Process) -> str:
    """All that it said, once it has ended."""
    async with asyncio.timeout(PATIENCE):
        out, err = await process.communicate()
    return (out + err).decode()


async def runs_once(world: DeskWorld, **environ: str) -> tuple[int, str]:
    process = await commanded(world, "run", "--once", **environ)
    said = await said_by(process)
    assert process.returncode is not None
    return process.returncode, said


async def the_guarantee_holds(world: DeskWorld) -> list[dict[str, Any]]:
    """One mail on one case, moved on; nothing under way; the letters of that case."""
    await world.restarts()
    for receiver in world.service.receivers:
        await receiver.clear()  # what was filed and not yet moved is moved at the next start
    assert await world.verdicts() == ["opened"]
    assert len(await world.cases()) == 1
    assert await world.dovecot.folder("support") == []
    assert len(await world.dovecot.folder("support", "Processed")) == 1
    assert list(await world.breaches()) == []
    letters = [row for row in await world.outbox() if row["kind"] != "alarm"]
    assert sorted(row["to"] for row in letters) == ["agent@acme.example", "bo@client.example"]
    return letters


@pytest.mark.parametrize("point", CRASH_POINTS)
async def test_a_desk_that_dies_anywhere_goes_on_where_it_was(world: DeskWorld, point: str) -> None:
    """Killed at each point, started again: one case, one acknowledgement at the most, nothing lost."""
    code, said = await runs_once(world, MAILDESK_CRASH_AT=point)
    assert code == -signal.SIGKILL, said
    code, said = await runs_once(world, MAILDESK_NOW=LATER)
    assert code == 0, said
    letters = await the_guarantee_holds(world)
    assert {row["state"] for row in letters} <= AUTOMATIC_FATE.get(point, {"sent"})
    for recipient in ("agent@acme.example", "bo@client.example"):
        (row,) = [row for row in letters if row["to"] == recipient]
        times = len(world.relay.letters_to(recipient))
        again = recipient == "agent@acme.example" and "may have arrived twice" in str(row["reason"])
        assert times == 1 or (times, row["state"]) == (0, "uncertain") or (times, again) == (2, True)


async def test_an_answer_that_a_crash_left_in_doubt_goes_again_with_the_same_bytes(world: DeskWorld) -> None:
    """A person's words, killed after the relay took them."""
    await world.restarts()
    await world.works()
    await world.service.close()
    ref = await only_ref(world)
    process = await commanded(world, "case", "reply", ref, "Try water.")
    assert (await process.communicate(), process.returncode)[1] == 0
    code, _ = await runs_once(world, MAILDESK_CRASH_AT="transmitted", MAILDESK_NOW=LATER)
    assert code == -signal.SIGKILL
    await world.restarts()
    await world.passes(days=1)
    first, second = [mail.raw for mail in world.relay.mails if mail.recipients == ("bo@client.example",)][-2:]
    assert first == second
    (row,) = [row for row in await world.outbox() if row["kind"] == "answer"]
    assert (row["state"], "may have arrived twice" in row["reason"]) == ("sent", True)


async def only_ref(world: DeskWorld) -> str:
    await world.restarts()
    ref = str((await world.case())["ref"])
    await world.service.close()
    return ref


async def test_crash_points_do_nothing_outside_of_tests(world: DeskWorld) -> None:
    world.configure(testing=False)
    code, said = await runs_once(world, MAILDESK_CRASH_AT="received")
    assert code == 0, said


async def test_one_run_says_what_it_did_and_what_kept_it_from_its_end(world: DeskWorld) -> None:
    code, said = await runs_once(world)
    assert (code, "stored=1 filed=1" in said) == (0, True), said
    await world.relay.stop()
    await world.lies(b"From: cy@client.example\r\nSubject: Hi\r\n\r\nHello.\r\n")
    code, said = await runs_once(world)
    assert code == 1
    assert "smtp" in said


# --- SIGTERM in each state --------------------------------------------------------------------------


async def ended(process: asyncio.subprocess.Process) -> str:
    """SIGTERM, and what the process said until it ended well."""
    process.send_signal(signal.SIGTERM)
    said = await said_by(process)
    assert process.returncode == 0, said
    return said


async def test_a_daemon_that_idles_ends_at_once(world: DeskWorld) -> None:
    process = await commanded(world, "run")
    await world.relay.wait_for(2)
    assert "Traceback" not in await ended(process)
    await the_guarantee_holds(world)


async def test_a_daemon_that_waits_for_the_final_dot_finishes_the_letter_first(world: DeskWorld) -> None:
    """No half-sent DATA, nothing uncertain."""
    answered = asyncio.Event()
    world.relay.stall_dot(answered)
    process = await commanded(world, "run")
    await world.relay.wait_for(2)
    process.send_signal(signal.SIGTERM)
    asyncio.get_running_loop().call_later(1, answered.set)
    await ended(process)
    letters = await the_guarantee_holds(world)
    assert {row["state"] for row in letters} == {"sent"}


async def test_a_daemon_whose_servers_are_silent_ends_all_the_same(world: DeskWorld) -> None:
    """With an IMAP server that answers nothing any more."""
    process = await commanded(world, "run")
    await world.relay.wait_for(2)
    world.dovecot.pause()
    await ended(process)
    world.dovecot.resume()


async def test_a_daemon_that_cannot_connect_ends_all_the_same(world: DeskWorld) -> None:
    """While it waits before it tries again."""
    await world.dovecot.crash()
    process = await commanded(world, "run")
    assert process.stderr
    async with asyncio.timeout(PATIENCE):
        while b"mailbox failed" not in await process.stderr.readline():
            pass
    await ended(process)


async def test_a_second_daemon_on_the_same_database_is_refused(world: DeskWorld) -> None:
    first = await commanded(world, "run")
    await world.relay.wait_for(2)
    code, said = await runs_once(world)
    assert code == 1
    assert "stop it first" in said
    await ended(first)
