"""Mail servers that change, vanish and fall silent under a running daemon: nothing is lost, nothing twice."""

from __future__ import annotations

import asyncio

import pytest

from maildesk.daemon.service import build
from maildesk.transport.imap_values import ImapTiming
from tests.daemon.conftest import BO, CY, PATIENCE, Desk, MakeDesk, proxied, until
from tests.daemon.middle_man import MiddleMan
from tests.daemon.watched import ShortPauses, watched
from tests.world.dovecot import Dovecot

pytestmark = pytest.mark.dovecot

RELISTS = 120.0
OLD, NEW = 500, 3
HASTY = ImapTiming(connect=1, command=1, silence=1, idle_grace=1)


async def test_uids_that_start_anew_show_nothing_twice(make_desk: MakeDesk) -> None:
    """Old mails are known again, new ones handled, one line says why all was listed."""
    # Nothing may be moved away, so that everything is seen again: this server can only mark.
    dovecot = await Dovecot.start(move=False)
    told_each = {"free_space": "1MiB", "notices_at_once": 1000, "notices_per_agent_hour": 1000}
    desk = await make_desk(dovecot, limits=told_each)
    daemon = await desk.run()
    await desk.lies(*(desk.mail(BO, subject=f"Matter {n}") for n in range(OLD)))
    await desk.world.relay.wait_for(OLD + 1)  # the team hears of each, Bo once a day
    await dovecot.reset_uidvalidity("support")
    await desk.lies(*(desk.mail(CY, subject=f"Matter {n}") for n in range(NEW)))
    verdicts: list[str] = []
    async with asyncio.timeout(RELISTS):
        while len(verdicts) < OLD + NEW + OLD or None in verdicts:
            await asyncio.sleep(0.05)  # what was seen before is told to nobody
            verdicts = await desk.world.verdicts()
    await desk.world.relay.wait_for(OLD + 1 + NEW + 1)
    await daemon.stops()
    assert (verdicts.count("opened"), verdicts.count("seen")) == (OLD + NEW, OLD)
    assert len(verdicts) == OLD + NEW + OLD
    assert len(desk.world.relay.mails) == OLD + 1 + NEW + 1
    (line,) = daemon.said("UIDVALIDITY changed")
    assert "WARNING" in line


async def test_a_folder_that_was_renamed_is_told_waited_for_and_found_again(make_desk: MakeDesk) -> None:
    """No other folder is taken instead; pauses grow from one minute to fifteen."""
    dovecot = await Dovecot.start()
    await dovecot.create("support", "Desk")
    desk = await make_desk(dovecot, mailbox={"folder": "Desk", "poll": "1s"})
    clock = ShortPauses()
    async with watched(desk, clock):
        await dovecot.append("support", desk.mail(BO), "Desk")
        await desk.world.relay.wait_for(2)
        await dovecot.rename("support", "Desk", "Elsewhere")
        await dovecot.kick("support")
        await desk.lies(desk.mail(CY))  # in the INBOX, which is not ours
        await until(lambda: len(after_trouble(clock)) >= 6)  # 1, 1, 2, 4, 8, 15 minutes
        assert "Desk" in desk.world.operator.hears("A mailbox cannot be read").as_string()
        await dovecot.append("support", desk.mail(CY), "Elsewhere")
        await dovecot.rename("support", "Elsewhere", "Desk")
        await desk.world.relay.wait_for(5)
    first, *_, last = after_trouble(clock)
    assert 54 <= first <= 66
    assert 810 <= last <= 990
    assert await desk.world.verdicts() == ["opened"] * 2
    assert len(await dovecot.folder("support", "INBOX")) == 1


def after_trouble(clock: ShortPauses) -> list[float]:
    return [pause for pause in clock.pauses if pause > 50]


@pytest.mark.parametrize("how", ["cut_after", "reset_after"])
async def test_a_mail_that_breaks_off_is_not_stored_and_fetched_again(make_desk: MakeDesk, how: str) -> None:
    """The connection ends after a thousand of its 50,000 bytes."""
    desk, proxy = await proxied(make_desk)
    daemon = await desk.run()
    await daemon.says("mailbox opened")
    setattr(proxy.faults, how, proxy.bytes_down + 1500)
    await desk.lies(desk.mail(text="word " * 10_000))
    await daemon.says("mailbox failed")
    assert await desk.world.inbox() == []
    proxy.heal()
    await desk.world.relay.wait_for(2)
    await desk.filed()
    await daemon.stops()
    await desk.is_whole(1)
    (row,) = await desk.world.inbox()
    assert row["size"] > 50_000


async def test_a_bye_instead_of_idling_or_in_the_middle_of_it_costs_no_mail(make_desk: MakeDesk) -> None:
    """The connection is made again within seconds, and what came meanwhile is handled."""
    dovecot = await Dovecot.start()
    man = await MiddleMan.start(dovecot.host, dovecot.imap_port)
    man.byes = 1
    desk = await make_desk(dovecot, imap_port=man.port)
    desk.exits.push_async_callback(man.stop)
    daemon = await desk.run()
    await daemon.says("mailbox failed")
    await desk.lies(desk.mail(BO))
    await desk.world.relay.wait_for(2)
    await dovecot.kick("support")
    await desk.lies(desk.mail(CY))
    await desk.world.relay.wait_for(4)
    await desk.filed()
    await daemon.stops()
    await desk.is_whole(2)


@pytest.mark.parametrize("moved", [False, True], ids=["unheard", "done and not said"])
async def test_a_server_that_falls_silent_while_it_moves_is_asked_again(
    make_desk: MakeDesk, moved: bool
) -> None:
    """Half-open after the commit; the move is tried again, and there is still one mail."""
    dovecot = await Dovecot.start()
    man = await MiddleMan.start(dovecot.host, dovecot.imap_port)
    man.silences, man.moves = (1 if moved else 2), moved
    desk = await make_desk(dovecot, imap_port=man.port)
    desk.exits.push_async_callback(man.stop)
    async with watched(desk, ShortPauses(), HASTY):
        await desk.lies(desk.mail(BO))
        await desk.world.relay.wait_for(2)  # filing and sending do not wait for it
        await until(lambda: sum(b"MOVE" in line for line in man.heard) == (1 if moved else 3))
        await desk.lies(desk.mail(CY))
        await desk.world.relay.wait_for(4)
    await desk.works()
    await desk.is_whole(2)
    assert len(desk.world.relay.mails) == 4


async def test_a_connection_made_again_on_the_way_is_looked_at_before_it_is_waited_on(desk: Desk) -> None:
    """What came before a connection was made is never pushed on it: the next poll may be a day away."""
    service = build(desk.world.settings, {})
    (receiver,) = service.receivers
    await receiver.look(asyncio.Event())
    receiver.abort()
    await desk.lies(desk.mail())
    await receiver.clear()  # connects again
    async with asyncio.timeout(PATIENCE):
        assert await receiver.wait(asyncio.Event())
    assert (await receiver.look(asyncio.Event())).stored == 1
    await service.close()
