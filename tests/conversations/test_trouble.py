"""What is broken at one place of the desk stays there: templates, relays, letters, loops."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from maildesk.casework.outbox_choices import drop, retry
from maildesk.daemon.notify import Notifier
from maildesk.daemon.reading import MailReader
from maildesk.daemon.watching import DaemonLoops
from maildesk.desk.case.letter_order import LetterKind
from tests.world.desk import TRUSTING, DeskWorld
from tests.world.failing_letters import failing_at
from tests.world.forking import ForkedReader
from tests.world.people import headline, subjects, words

pytestmark = pytest.mark.dovecot

NO_TEMPLATE = "Subject: {{ extra.no.such.thing }}\n\nNo.\n"


async def test_an_alarm_that_cannot_be_written_keeps_no_mail_from_being_filed() -> None:
    async with await DeskWorld.start(trust=TRUSTING, templates={"en/alarm.txt": NO_TEMPLATE}) as world:
        bo = world.person("bo@client.example")
        head = b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        odd = b"From: bo@client.example\r\n" + head + b"--b\r\n\r\nx\r\n" * 501 + b"--b--\r\n"
        await world.lies(odd, bo.composes("Printer", "It burns.").as_bytes())
        await world.works()
        assert await world.verdicts() == ["quarantined", "opened"]


async def test_one_case_whose_notice_cannot_be_written_keeps_no_other_deadline_waiting() -> None:
    """The notice fails for cases of an account; when that is mended, theirs is told too."""
    accounts = [{"name": "Client", "domains": ["client.example"]}]
    async with await DeskWorld.start(trust=TRUSTING, accounts=accounts) as world:
        await world.person("bo@client.example").writes("Printer", "It burns.", border="dmarc=pass")
        await world.person("carl@other.example").writes("Window", "It jams.", border="dmarc=pass")
        world.agent.hears_all()
        keeper = world.service.timekeeper
        keeper._office = failing_at(keeper._office, LetterKind.OVERDUE, lambda case: case.account is not None)
        await world.passes(days=4)
        assert "Window" in world.agent.hears("Overdue")["Subject"]
        world.operator.hears("broken")
        refs = {case["subject"]: case["ref"] for case in await world.cases()}
        assert await world.happened(refs["Printer"]) == ["opened"]
        await world.restarts()
        await world.passes(hours=2)
        assert "Printer" in world.agent.hears("Overdue")["Subject"]


async def test_a_letter_whose_template_fails_on_one_case_goes_out_as_we_ship_it() -> None:
    odd = "Subject: Overdue {{ case.subject if case.account is none else extra.no.such.thing }}\n\nNo.\n"
    accounts = [{"name": "Client", "domains": ["client.example"]}]
    templates = {"en/overdue.txt": odd}
    async with await DeskWorld.start(trust=TRUSTING, accounts=accounts, templates=templates) as world:
        await world.person("bo@client.example").writes("Printer", "It burns.", border="dmarc=pass")
        await world.person("carl@other.example").writes("Window", "It jams.", border="dmarc=pass")
        world.agent.hears_all()
        await world.passes(days=4)
        told = sorted(subjects(world.agent.hears_all()))
        assert (len(told), "Overdue Window" in told) == (2, True)
        assert any("Overdue: Printer" in each for each in told)
        assert "templates/en/overdue.txt:1: " in words(world.operator.hears("A letter template fails"))


async def test_letters_of_a_relay_that_was_away_for_their_whole_time_have_failed_and_are_told() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        bo = world.person("bo@client.example")
        await bo.writes("Printer", "It burns.", border="dmarc=pass")
        port = world.relay.port
        await world.relay.stop()
        with pytest.raises(AssertionError, match="smtp"):
            await world.agent.answers("Try water.")
        world.clock.passes(timedelta(days=6))
        await world.works_as_it_can()
        assert ("answer", "failed") in await world.letter_states(bo.address)
        assert (await world.case())["first_response_at"] is None
        assert "letter-failed" in await world.happened()
        world.relay = await type(world.relay).start(port=port)
        await world.works()
        assert "out of reach" in words(world.agent.hears_of("Not delivered", "Overdue")[0])
        bo.hears_nothing()


async def test_a_letter_held_by_what_a_person_did_is_an_alarm_too() -> None:
    limits = {"free_space": "1MiB", "acks_per_address_day": 1}
    async with await DeskWorld.start(trust=TRUSTING, limits=limits) as world:
        await world.person("bo@client.example").writes("Printer", "It burns.", border="dmarc=pass")
        await world.agent.escalates()
        assert ("escalated", "held") in await world.letter_states("bo@client.example")
        world.operator.hears("Letters are being held")


async def test_every_failure_of_a_retried_answer_is_told_and_its_success_is_the_first_response() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        bo = world.person("bo@client.example")
        await bo.writes("Printer", "It burns.", border="dmarc=pass")
        world.agent.hears("New")
        world.relay.refuse(bo.address, 550, "5.1.1 no such user")
        await world.agent.answers("Try water.")
        (number,) = [row["id"] for row in await world.outbox() if row["kind"] == "answer"]
        for _ in range(2):
            world.agent.hears("Not delivered")
            assert (await world.case())["first_response_at"] is None
            world.clock.passes(timedelta(minutes=5))
            await world.service.store.write(lambda conn: retry(conn, [number], world.clock.now()))
            await world.works()
        world.agent.hears("Not delivered")
        world.relay.accept_all()
        await world.service.store.write(lambda conn: retry(conn, [number], world.clock.now()))
        await world.works()
        assert (await world.case())["first_response_at"] == "2025-11-24T09:30:00.000000Z"
        await world.passes(days=5)
        world.agent.hears_nothing()


async def test_an_answer_that_is_dropped_was_no_first_response_and_the_promise_stands() -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        bo = world.person("bo@client.example")
        await bo.writes("Printer", "It burns.", border="dmarc=pass")
        world.agent.hears("New")
        world.relay.refuse(bo.address, 451, "4.7.1 later")
        await world.agent.answers("Try water.")
        (number,) = [row["id"] for row in await world.outbox() if row["kind"] == "answer"]
        await world.service.store.write(lambda conn: drop(conn, [number], world.clock.now()))
        assert (await world.case())["first_response_at"] is None
        await world.passes(days=5)
        world.agent.hears("Overdue")
        assert await world.happened() == ["opened", "answered", "letter-dropped", "response-overdue"]


class BreaksTwice:
    """A part of the desk whose first two attempts at its work end in an error that nobody foresaw."""

    def __init__(self, part: object, world: DeskWorld) -> None:
        self._part, self._world, self.times = part, world, 0

    def __getattr__(self, name: str) -> object:
        return getattr(self._part, name)

    async def drain(self, *arguments: object, **named: object) -> object:
        self.times += 1
        if self.times <= 2:
            raise IndexError("pop from an empty deque")
        return await self._part.drain(*arguments, **named)  # type: ignore[attr-defined]  # whichever part it is


@pytest.mark.parametrize("part", ["filer", "sender", "timekeeper"])
async def test_no_error_ends_a_loop(part: str, caplog: pytest.LogCaptureFixture) -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        bo = world.person("bo@client.example")
        await world.lies(bo.composes("Printer", "It burns.").as_bytes())
        broken = BreaksTwice(getattr(world.service, part), world)
        setattr(world.service, part, broken)
        stop = asyncio.Event()
        running = asyncio.create_task(DaemonLoops(world.service, stop, Notifier({})).run())
        await world.relay.wait_for(3)
        stop.set()
        await running
        assert broken.times > 2
        assert any("broken" in each for each in subjects(world.operator.hears_all()))
        assert "broke retry_in" in caplog.text


class StillbornReader(ForkedReader):
    """Its first two children end before they are ready to read."""

    def __init__(self, reader: MailReader) -> None:
        super().__init__(reader._setup)
        self.born = 0

    async def _begun(self) -> asyncio.subprocess.Process:
        self.born += 1
        if self.born > 2:
            return await super()._begun()
        pipe = asyncio.subprocess.PIPE
        return await asyncio.create_subprocess_exec("true", stdin=pipe, stdout=pipe)


async def test_a_reader_that_never_gets_ready_is_the_machines_trouble_and_no_mail_is_put_aside(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with await DeskWorld.start(trust=TRUSTING) as world:
        bo = world.person("bo@client.example")
        await world.lies(bo.composes("Printer", "It burns.").as_bytes())
        world.service.filer._reader = reader = StillbornReader(world.service.reader)
        stop = asyncio.Event()
        running = asyncio.create_task(DaemonLoops(world.service, stop, Notifier({})).run())
        await world.relay.wait_for(3)
        stop.set()
        await running
        await reader.close()
        assert await world.verdicts() == ["opened"]
        bo.hears("received")
        # That mail from before the desk is filed is told too, sooner or later than we stop.
        [alarm] = [each for each in world.operator.hears_all() if "broken" in headline(each)]
        assert "before it is ready" in words(alarm)
        assert caplog.text.count("filing failed") == 2


async def test_a_mailbox_that_breaks_in_an_unforeseen_way_is_looked_at_again() -> None:
    class BreaksOnce:
        def __init__(self, receiver: object) -> None:
            self._receiver, self.broke = receiver, False

        def __getattr__(self, name: str) -> object:
            return getattr(self._receiver, name)

        async def look(self, *events: asyncio.Event) -> object:
            if not self.broke:
                self.broke = True
                raise KeyError("nobody foresaw it")
            return await self._receiver.look(*events)  # type: ignore[attr-defined]  # a Receiver

    async with await DeskWorld.start(trust=TRUSTING) as world:
        bo = world.person("bo@client.example")
        await world.lies(bo.composes("Printer", "It burns.").as_bytes())
        world.service.receivers[:] = [BreaksOnce(each) for each in world.service.receivers]  # type: ignore[misc]
        stop = asyncio.Event()
        running = asyncio.create_task(DaemonLoops(world.service, stop, Notifier({})).run())
        while not (bo.letters() and world.operator.letters()):
            await world.relay.wait_for(len(world.relay.mails) + 1)
        stop.set()
        await running
        assert any("broken" in each for each in subjects(world.operator.hears_all()))
