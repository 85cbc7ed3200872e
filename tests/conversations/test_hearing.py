"""A desk that stops hearing from its mailbox says so, and says when it hears again."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import update

from maildesk.cli.main import cli
from maildesk.store.schema import hearings
from tests.world.desk import MONDAY, TRUSTING, DeskWorld, mailbox_of
from tests.world.dovecot import Dovecot
from tests.world.people import words

pytestmark = pytest.mark.dovecot

SILENT, HEARD = "A mailbox cannot be read", "A mailbox is heard again"


async def later(world: DeskWorld, **span: float) -> None:
    """Time passes, whatever then works."""
    world.clock.passes(timedelta(**span))
    await world.works_as_it_can()


def health(world: DeskWorld, *words: str) -> tuple[int, str]:
    """The exit code and words of `maildesk health`, asked at the time of the story."""
    now = world.clock.now().isoformat()
    told = CliRunner().invoke(
        cli, ["health", *words, "-c", str(world.config_file)], env={"MAILDESK_NOW": now}
    )
    return told.exit_code, told.output


async def test_ten_minutes_of_silence_are_one_alarm_and_their_end_is_another(database_url: str) -> None:
    policy = {"availability": "99%"}
    async with await DeskWorld.start(store=database_url, testing=True, policy=policy) as world:
        await world.works()
        code, said = health(world)
        assert code == 0, said
        assert "ok   mailbox support: heard 0 seconds ago" in said
        await world.dovecot.crash()
        await later(world, minutes=9, seconds=59)
        world.operator.hears_nothing()
        assert health(world)[0] == 0
        await later(world, seconds=1)
        alarm = words(world.operator.hears(SILENT))
        assert "support: " in alarm
        assert "Not heard since 2025-11-24 09:30 UTC." in alarm
        code, said = health(world)
        assert code == 1
        assert "FAIL mailbox support: not heard since 2025-11-24 09:30 UTC, 10 minutes ago" in said
        await later(world, hours=2)
        await world.restarts()
        await later(world, hours=30)
        world.operator.hears_nothing()
        await world.dovecot.restart()
        await later(world, minutes=1)
        again = words(world.operator.hears(HEARD))
        assert "support was not heard from 2025-11-24 09:30 UTC to 2025-11-25 17:41 UTC." in again
        await later(world, minutes=1)
        world.operator.hears_nothing()
        assert health(world)[0] == 0
        await the_measure_of_thirty_days(world)


async def the_measure_of_thirty_days(world: DeskWorld) -> None:
    """Heard without a gap until thirty days after the outage began: 1931 of 43200 minutes are missed."""
    world.clock.passes(MONDAY + timedelta(days=30) - world.clock.now())
    await world.service.store.write(
        lambda conn: conn.execute(update(hearings).values(heard_at=world.clock.now()))
    )
    code, said = health(world, "--json")
    assert code == 0, "a broken promise of the past is no illness"
    report = json.loads(said)
    (measured,) = [each for each in report["checks"] if each["name"] == "availability"]
    assert (measured["percent"], measured["promised"], measured["outcome"]) == (95.53, 99, "warn")
    assert report["healthy"] is True


async def test_each_outage_is_told_for_itself_and_a_short_one_is_none() -> None:
    async with await DeskWorld.start() as world:
        await world.works()
        for _ in range(2):
            await world.dovecot.crash()
            await later(world, minutes=10)
            world.operator.hears(SILENT)
            await world.dovecot.restart()
            await later(world, minutes=1)
            world.operator.hears(HEARD)
        await world.dovecot.crash()
        await later(world, minutes=9)
        await world.dovecot.restart()
        await later(world, minutes=0.5)
        world.operator.hears_nothing()


async def test_the_number_of_the_configuration_is_the_one_that_counts() -> None:
    limits = {"free_space": "1MiB", "silent_mailbox": "2h"}
    async with await DeskWorld.start(limits=limits) as world:
        await world.works()
        await world.dovecot.crash()
        await later(world, minutes=119)
        world.operator.hears_nothing()
        await later(world, minutes=1)
        world.operator.hears(SILENT)
        await world.dovecot.restart()


async def test_both_letters_wait_where_the_relay_is_gone_too() -> None:
    async with await DeskWorld.start() as world:
        await world.works()
        await world.dovecot.crash()
        await world.relay.stop()
        await later(world, minutes=10)
        await world.dovecot.restart()
        await later(world, minutes=20)
        world.relay = await type(world.relay).start(port=world.relay.port)
        await later(world, hours=1)
        world.operator.hears_of(SILENT, HEARD)


async def test_one_mailbox_is_silent_and_the_other_takes_mail_in() -> None:
    dovecot = await Dovecot.start(users={"support": "secret", "sales": "secret"})
    gone = mailbox_of(dovecot, "sales", 1)
    async with await DeskWorld.start(dovecot=dovecot, trust=TRUSTING, mailboxes=[gone]) as world:
        await world.lies(world.person("bo@client.example").composes("Printer", "It burns.").as_bytes())
        await later(world)
        assert await world.verdicts() == ["opened"]
        world.operator.hears_nothing()
        await later(world, minutes=10)
        alarm = words(world.operator.hears(SILENT))
        assert "sales: " in alarm
        assert "It was never heard yet." in alarm
        world.provoked = {"not-compared"}


async def test_a_desk_that_was_off_accuses_no_mailbox_that_answers() -> None:
    async with await DeskWorld.start() as world:
        await world.works()
        await later(world, days=3)
        world.operator.hears_nothing()
