"""Mail nobody can read, letters past a limit: put aside, said so once, and never in the others' way."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Sequence
from email.policy import SMTP
from functools import partial
from pathlib import Path

import pytest

from maildesk.daemon.reader_frames import Task
from maildesk.daemon.reading import MailReader
from maildesk.store.inbox_views import requeue
from tests.world.desk import TRUSTING, DeskWorld
from tests.world.forking import ForkedReader
from tests.world.people import words

pytestmark = pytest.mark.dovecot


def of_many_parts(parts: int) -> bytes:
    head = (
        b"From: bo@client.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    )
    return head + b"--b\r\n\r\nx\r\n" * parts + b"--b--\r\n"


def nested(depth: int) -> bytes:
    raw = b"From: bo@client.example\r\nMIME-Version: 1.0\r\n"
    for level in range(depth):
        raw += b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (level, level)
    return raw + b"\r\nx\r\n"


UNREADABLE = {
    "501 parts": of_many_parts(501),
    "100,000 parts": of_many_parts(100_000),
    "51 levels": nested(51),
    "10,000 levels": nested(10_000),
}
READABLE = {"500 parts": of_many_parts(499), "49 levels": nested(49)}


@pytest.mark.parametrize("raw", UNREADABLE.values(), ids=UNREADABLE.keys())
async def test_an_unreadable_mail_is_put_aside_and_the_next_one_is_handled(raw: bytes) -> None:
    async with await DeskWorld.start() as world:
        bo = world.person("bo@client.example")
        await world.lies(raw, bo.composes("Printer", "It burns.").as_bytes(policy=SMTP))
        async with asyncio.timeout(120):
            await world.works()
        assert await world.verdicts() == ["quarantined", "opened"]
        assert (await world.inbox())[0]["reason"] == "unreadable"
        bo.hears("received")
        world.operator.hears("A mail is in quarantine")
        await world.lies(raw)
        await world.works()
        world.operator.hears_nothing()
        assert len(await world.dovecot.folder("support", "Processed")) == 3


@pytest.mark.parametrize("raw", READABLE.values(), ids=READABLE.keys())
async def test_a_mail_just_within_the_limits_is_read(raw: bytes) -> None:
    async with await DeskWorld.start() as world:
        await world.arrives(raw)
        assert await world.verdicts() == ["opened"]


class DyingReader(ForkedReader):
    """Its child is killed by somebody as often as told, each time a mail with this word comes."""

    def __init__(self, reader: MailReader, word: bytes, times: int) -> None:
        super().__init__(reader._setup)
        self._word = word
        self.left = times

    async def _feed(self, child: asyncio.subprocess.Process, groups: Sequence[Sequence[Task]]) -> None:
        for group in groups:
            if self.left and any(isinstance(raw, bytes) and self._word in raw for raw in group):
                self.left -= 1
                os.kill(child.pid, signal.SIGKILL)
                return
            await super()._feed(child, [group])


@pytest.mark.parametrize(("deaths", "verdict"), [(1, "opened"), (2, "quarantined")], ids=["once", "twice"])
async def test_a_mail_that_kills_the_reader_gets_one_more_try(deaths: int, verdict: str) -> None:
    """And those before and after it are read as if nothing had happened."""
    async with await DeskWorld.start() as world:
        reader = DyingReader(world.service.reader, b"DEADLY", deaths)
        world.service.filer._reader = reader
        bo = world.person("bo@client.example")
        await bo.writes("first", "first")
        texts = ("DEADLY", "last")
        await world.lies(*(bo.composes(text, text).as_bytes(policy=SMTP) for text in texts))
        await world.works()
        await reader.close()
        assert await world.verdicts() == ["opened", verdict, "opened"]
        assert reader.left == 0


async def test_a_mail_taken_out_of_quarantine_is_filed_as_if_it_had_just_come() -> None:
    async with await DeskWorld.start() as world:
        reader = DyingReader(world.service.reader, b"DEADLY", 2)
        world.service.filer._reader = reader
        bo = world.person("bo@client.example")
        await bo.writes("DEADLY", "Hello.")
        (row,) = await world.inbox()
        await world.service.store.write(lambda conn: requeue(conn, row["id"]))
        await world.works()
        await reader.close()
        assert await world.verdicts() == ["opened"]
        bo.hears("received")


async def test_a_mail_that_came_twice_is_not_lost_when_the_first_leaves_quarantine() -> None:
    """Somebody moved it back to the inbox meanwhile: neither of the two is on a case yet."""
    async with await DeskWorld.start() as world:
        reader = DyingReader(world.service.reader, b"DEADLY", 4)
        world.service.filer._reader = reader
        bo = world.person("bo@client.example")
        raw = bo.composes("DEADLY", "Hello.").as_bytes(policy=SMTP)
        for _ in range(2):
            await world.arrives(raw)
        assert await world.verdicts() == ["quarantined", "quarantined"]
        for row in await world.inbox():
            await world.service.store.write(partial(requeue, ledger_id=row["id"]))
            await world.works()
        await reader.close()
        assert await world.verdicts() == ["opened", "seen"]
        bo.hears("received")


async def test_a_repeat_of_a_mail_on_no_case_keeps_nothing_off_a_case() -> None:
    """An agent's mail about no case came twice; then the agent left, and is a customer like any other."""
    async with await DeskWorld.start() as world:
        raw = world.agent.composes("My own printer", "It burns.").as_bytes(policy=SMTP)
        await world.lies(raw, b"X-Second: 1\r\n" + raw)
        await world.works()
        assert await world.verdicts() == ["quarantined", "quarantined"]
        await world.restarts(people={"agents": [{"name": "New", "address": "new@acme.example"}]})
        await world.service.store.write(lambda conn: requeue(conn, 1))
        await world.works()
        assert await world.verdicts() == ["opened", "quarantined"]


async def test_a_mail_above_the_store_size_stays_on_the_server_and_is_shown() -> None:
    async with await DeskWorld.start(
        limits={"free_space": "1MiB", "parse_size": "1MiB", "store_size": "1MiB"}
    ) as world:
        bo = world.person("bo@client.example")
        await world.lies(bo.composes("Huge", "x" * 70 + ("\n" + "x" * 70) * 20_000).as_bytes(policy=SMTP))
        await world.lies(bo.composes("Small", "Hello.").as_bytes(policy=SMTP))
        await world.works()
        assert await world.verdicts() == ["quarantined", "opened"]
        assert (await world.inbox())[0]["reason"] == "too-large"
        assert len(await world.dovecot.folder("support")) == 1
        world.operator.hears("A mail is too large")


def put_away(world: DeskWorld, subject: str, mode: int) -> None:
    """Who may read the server's own file of a mail."""
    root = Path(world.dovecot.folder_on_disk)
    files = (each for box in ("cur", "new") for each in root.rglob(f"{box}/*"))
    (found,) = (each for each in files if f"Subject: {subject}\n".encode() in unix(each.read_bytes()))
    found.chmod(mode)


def unix(raw: bytes) -> bytes:
    return raw.replace(b"\r\n", b"\n")


async def test_a_mail_the_server_does_not_hand_out_is_put_aside_and_keeps_no_other_waiting() -> None:
    """Its bytes are lost on the server's disk: every FETCH of it ends the connection."""
    async with await DeskWorld.start() as world:
        bo = world.person("bo@client.example")
        await world.lies(*(bo.composes(f"Matter {n}", "Help.").as_bytes(policy=SMTP) for n in range(5)))
        put_away(world, "Matter 1", mode=0)
        (problem,) = (await world.works_as_it_can()).problems
        assert problem.startswith("mailbox support: ")
        assert await world.verdicts() == ["opened"] * 4
        assert len(await world.dovecot.folder("support", "Processed")) == 4
        for _ in range(2):
            await world.works_as_it_can()
        assert await world.verdicts() == ["opened"] * 4 + ["quarantined"]
        world.operator.hears("A mail cannot be fetched")
        await world.works()
        put_away(world, "Matter 1", mode=0o644)
        (aside,) = [row for row in await world.inbox() if row["verdict"] == "quarantined"]
        assert aside["reason"] == "unfetchable"
        await world.service.store.write(lambda conn: requeue(conn, aside["id"]))
        await world.works()
        assert await world.verdicts() == ["opened"] * 5
        assert await world.dovecot.folder("support") == []


# --- limits -----------------------------------------------------------------------------------------


async def test_letters_past_a_limit_are_held_the_operators_hear_once_a_day_and_they_end_after_24_hours() -> (
    None
):
    limits = {"free_space": "1MiB", "acks_per_address_day": 2}
    async with await DeskWorld.start(trust=TRUSTING, limits=limits) as world:
        bo = world.person("bo@client.example")
        for n in range(4):
            await bo.writes(f"Matter {n}", "Help.", border="dmarc=pass")
        assert len(bo.hears_all()) == 2
        assert [state for _, state in await world.letter_states(bo.address)] == [
            "sent",
            "sent",
            "held",
            "held",
        ]
        alarm = words(world.operator.hears("Letters are being held"))
        assert "limits.acks_per_address_day is reached: 1 letter to bo@client.example, case " in alarm
        assert "they are dropped, and their cases say so: Tuesday, 25 November 2025" in " ".join(
            alarm.split()
        )
        assert len(world.agent.hears_all()) == 4  # notices are not limited
        await world.passes(hours=23)
        assert (await world.letter_states(bo.address))[-1][1] == "held"
        await world.passes(hours=2)
        assert [state for _, state in await world.letter_states(bo.address)][2:] == ["dropped", "dropped"]
        told = [await world.happened(case["ref"]) for case in await world.cases()]
        assert sum("letter-dropped" in events for events in told) == 2
        bo.hears_nothing()
        for n in range(3):
            await bo.writes(f"Later {n}", "Help.", border="dmarc=pass")
        world.operator.hears("Letters are being held")


async def test_a_case_is_not_acknowledged_without_end() -> None:
    """One case, reopened over and over within an hour."""
    async with await DeskWorld.start(trust=TRUSTING) as world:
        bo = world.person("bo@client.example")
        await bo.writes("Printer", "It burns.", border="dmarc=pass")
        for _ in range(5):
            await world.agent.resolves()
            await bo.replies(bo.letters()[-1], "No.", border="dmarc=pass")
        kinds = [kind for kind, state in await world.letter_states(bo.address) if state == "sent"]
        assert [kind for kind in kinds if kind != "outcome"] == ["acknowledgement", "reopened", "reopened"]
        assert (await world.case())["reopened"] == 5


async def test_a_colleagues_reply_counts_against_the_limit_of_whom_we_write_to() -> None:
    limits = {"free_space": "1MiB", "acks_per_address_day": 1, "acks_per_case_hour": 100}
    async with await DeskWorld.start(trust=TRUSTING, limits=limits) as world:
        bo, cy = world.person("bo@client.example"), world.person("cy@client.example")
        await bo.writes("Printer", "It burns.", cc=[cy.address], border="dmarc=pass")
        await bo.replies(bo.hears("Printer"), "And smokes.", border="dmarc=pass")
        thread = {"In-Reply-To": bo.letters()[0]["Message-ID"]}
        await cy.writes("Printer", "Escalate!", cc=[bo.address], headers=thread, border="dmarc=pass")
        assert await world.letter_states(bo.address) == [("acknowledgement", "sent"), ("escalated", "held")]
