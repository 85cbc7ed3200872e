"""What a sender does when its connections, its database or its letters fail it in the middle of the work."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from maildesk.casework.consequences import Consequences
from maildesk.casework.outbox_choices import drop
from maildesk.daemon.crashing import CrashPoints
from maildesk.daemon.sending import Sender
from maildesk.desk.case.letter_order import LetterKind
from maildesk.errors import BadInput, ConnectionLost, MaildeskError, StoreFull
from maildesk.store import outbox
from maildesk.store.database import Connection, Database
from maildesk.store.outbox import LetterState
from maildesk.store.outbox_views import outbox_rows
from maildesk.transport.relay import Accepted, Answer, Refused, RelayConnection
from tests.casework.test_recording import RECORDER, stored
from tests.unit.desk.matters import NOW

TAKEN = Accepted(250, "ok")


@dataclass
class HeldClock:
    at: datetime

    def now(self) -> datetime:
        return self.at

    async def pause(self, seconds: float, *, until: asyncio.Event) -> None:
        self.at += timedelta(seconds=seconds)


async def nothing(recipient: str) -> None:
    """What happens while the relay thinks, unless a story says otherwise."""


@dataclass(eq=False)
class ScriptedRelay:
    """A relay in memory. `offered` and `sent` are what it saw; the others are what it does."""

    offered: list[str] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    refuses: dict[str, Refused | MaildeskError] = field(default_factory=dict)
    while_offered: Callable[[str], Awaitable[None]] = nothing
    begun: list[str] = field(default_factory=list)
    while_begun: Callable[[str], Awaitable[None]] = nothing
    while_sent: Callable[[str], Awaitable[None]] = nothing
    greets: Callable[[int], Awaitable[None]] | None = None
    connections: int = 2
    connected: int = 0
    where = described = "relay.example:25"

    async def connect(self, *, hurried: bool = False) -> RelayConnection:
        self.connected += 1
        if self.greets:
            await self.greets(self.connected)
        return ScriptedConnection(self)


class ScriptedConnection:
    def __init__(self, relay: ScriptedRelay) -> None:
        self.relay = relay
        self.usable = True
        self.recipient = ""

    async def offer(
        self, envelope_from: str, recipient: str, *, size: int | None = None
    ) -> Accepted | Refused:
        self.relay.offered.append(recipient)
        await self.relay.while_offered(recipient)
        self.recipient = recipient
        said = self.relay.refuses.get(recipient, TAKEN)
        if isinstance(said, MaildeskError):
            raise said
        return said

    async def begin(self, message: bytes) -> Refused | None:
        self.relay.begun.append(self.recipient)
        await self.relay.while_begun(self.recipient)
        return None

    async def transmit(self, message: bytes) -> Answer:
        recipient = self.recipient
        await self.relay.while_sent(recipient)
        self.relay.sent.append(recipient)
        return TAKEN

    async def reset(self) -> None:
        raise ConnectionLost("the relay hung up")

    def abort(self) -> None:
        self.usable = False

    async def close(self) -> None:
        self.usable = False


@dataclass
class FailingOnce:
    """A recorder that works but for its first outcome, where the database has no room."""

    failed: bool = False

    def __call__(self, conn: Connection, consequences: Consequences) -> None:
        if consequences and not self.failed:
            self.failed = True
            raise StoreFull("there is no room")
        RECORDER(conn, consequences)


def sender_of(
    store: Database,
    relay: ScriptedRelay,
    connections: int = 2,
    record: FailingOnce | None = None,
    at: datetime = NOW,
) -> Sender:
    relay.connections = connections
    return Sender(store, {"": relay}, record or RECORDER, HeldClock(at), CrashPoints(None))


def owed(store: Database, *recipients: str, kind: LetterKind = LetterKind.ANSWER) -> dict[str, int]:
    """One letter to each; their numbers."""

    def work(conn: Connection) -> dict[str, int]:
        return {to: stored(conn, kind, recipient=to, message_id=f"for-{to}").id for to in recipients}

    return store.write_now(work)


def states(store: Database) -> dict[str, str]:
    rows = store.read_now(outbox_rows)
    return {row["to"]: row["state"] for row in rows if row["kind"] != "undelivered"}


async def drained(sender: Sender) -> None:
    async with asyncio.timeout(120):
        await sender.drain(asyncio.Event())
        await sender.close()


async def test_a_connection_greeted_after_the_last_letter_went_is_simply_kept(store: Database) -> None:
    relay = ScriptedRelay()
    all_gone = asyncio.Event()

    async def late(number: int) -> None:
        if number > 1:
            await all_gone.wait()

    async def count(recipient: str) -> None:
        if len(relay.sent) == 2:
            all_gone.set()

    relay.greets, relay.while_sent = late, count
    owed(store, "a@client.example", "b@client.example", "c@client.example")
    await drained(sender_of(store, relay, connections=3))
    assert set(states(store).values()) == {"sent"}
    assert len(relay.sent) == 3


async def test_a_relay_that_does_not_hear_that_nothing_follows_harms_no_other_letter(store: Database) -> None:
    """A person drops the letter between the relay's yes and our mark; the relay is gone when we say so."""
    relay, both_under_way, gone = ScriptedRelay(), asyncio.Event(), asyncio.Event()
    numbers = owed(store, "dropped@client.example", "other@client.example")

    async def drops(recipient: str) -> None:
        if recipient.startswith("dropped"):
            await both_under_way.wait()
            await store.write(lambda conn: drop(conn, [numbers[recipient]], NOW))
            asyncio.get_running_loop().call_later(
                0.05, gone.set
            )  # after the mark was refused and RSET failed

    async def slow(recipient: str) -> None:
        both_under_way.set()
        await gone.wait()

    relay.while_offered, relay.while_sent = drops, slow
    await drained(sender_of(store, relay))
    assert states(store) == {"dropped@client.example": "dropped", "other@client.example": "sent"}
    assert relay.sent == ["other@client.example"]


async def test_a_drop_while_the_relay_refuses_is_a_drop(store: Database) -> None:
    relay = ScriptedRelay(refuses={"bo@client.example": Refused(451, "later", permanent=False)})
    numbers = owed(store, "bo@client.example")
    relay.while_offered = lambda to: store.write(lambda conn: drop(conn, [numbers[to]], NOW))
    await drained(sender_of(store, relay))
    assert states(store) == {"bo@client.example": "dropped"}


@pytest.mark.parametrize("refused", [False, True], ids=["taken", "refused"])
async def test_what_the_relay_answered_is_written_later_and_never_asked_again(
    store: Database, refused: bool
) -> None:
    bo = "bo@client.example"
    relay = ScriptedRelay(refuses={bo: Refused(550, "nobody", permanent=True)} if refused else {})
    owed(store, bo)
    sender = sender_of(store, relay, record=FailingOnce())
    await sender.drain(asyncio.Event())
    await drained(sender)
    assert relay.offered.count(bo) == 1
    assert states(store)[bo] == ("failed" if refused else "sent")


async def test_no_letter_is_offered_twice_in_one_drain(store: Database) -> None:
    """Not even one that a person puts back while others are being sent."""
    relay = ScriptedRelay(refuses={"bo@client.example": Refused(451, "later", permanent=False)})
    numbers = owed(store, "bo@client.example", "cy@client.example")
    again = outbox.LetterOutcome(numbers["bo@client.example"], LetterState.QUEUED, None, due_at=NOW)
    sender = sender_of(store, relay, connections=1)

    async def puts_back(recipient: str) -> None:
        await store.write(lambda conn: outbox.settle(conn, [again]))

    relay.while_offered = puts_back
    await drained(sender)
    assert sorted(relay.offered) == ["bo@client.example", "cy@client.example"]


async def test_a_letter_that_can_never_be_offered_has_failed(store: Database) -> None:
    relay = ScriptedRelay(refuses={"bo@client.example": BadInput("the address has no domain")})
    owed(store, "bo@client.example", "cy@client.example")
    await drained(sender_of(store, relay))
    assert states(store) == {"bo@client.example": "failed", "cy@client.example": "sent"}


async def test_one_that_breaks_lets_the_others_finish_and_the_next_drain_clears_up(store: Database) -> None:
    relay = ScriptedRelay()
    owed(store, "odd@client.example", "cy@client.example")
    begun = asyncio.Event()

    async def breaks(recipient: str) -> None:
        if recipient.startswith("odd"):
            await begun.wait()
            raise IndexError("nobody foresaw it")
        begun.set()
        await asyncio.sleep(0.01)

    relay.while_sent = breaks
    sender = sender_of(store, relay)
    with pytest.raises(IndexError):
        await sender.drain(asyncio.Event())
    relay.while_sent = nothing
    await drained(sender)
    assert set(states(store).values()) == {"sent"}
    assert sorted(relay.sent) == ["cy@client.example", "odd@client.example"]


async def test_a_letter_whose_time_is_up_is_never_offered(store: Database) -> None:
    relay = ScriptedRelay()
    owed(store, "bo@client.example")
    await drained(sender_of(store, relay, at=NOW + timedelta(days=5)))
    assert relay.offered == []


# --- what is in doubt -----------------------------------------------------------------------------


def marked(store: Database) -> set[str]:
    """To whom the letters go whose mark stands in the database now."""
    return {to for to, state in states(store).items() if state == "sending"}


async def test_no_letter_is_marked_before_its_own_connection_is_inside_data(store: Database) -> None:
    """Three connections: one sends its message, one waits for 354, one for the answer to RCPT."""
    relay, away, seen = ScriptedRelay(), asyncio.Event(), dict[str, set[str]]()
    inside = asyncio.Event()
    owed(store, "sends@client.example", "begins@client.example", "offers@client.example")

    async def holds(recipient: str, word: str) -> None:
        if recipient.startswith(word):
            await inside.wait()
            seen[word] = marked(store)

    async def sends(recipient: str) -> None:
        inside.set()
        if recipient.startswith("sends"):
            await asyncio.wait_for(away.wait(), 20)

    async def offered(recipient: str) -> None:
        await holds(recipient, "offers")

    async def begun(recipient: str) -> None:
        await holds(recipient, "begins")
        if len(seen) == 2:
            away.set()

    relay.while_offered, relay.while_begun, relay.while_sent = offered, begun, sends
    await drained(sender_of(store, relay, connections=3))
    assert seen["begins"] <= {"sends@client.example", "offers@client.example"}
    assert "offers@client.example" not in seen["offers"]
    assert set(states(store).values()) == {"sent"}


@pytest.mark.parametrize("inside", [0, 1, 3, 8])
async def test_a_crash_leaves_in_doubt_what_was_inside_data_and_nothing_else(
    store: Database, inside: int
) -> None:
    """Eight connections at work; on so many of them a message is under way when the power goes."""
    relay, dark = ScriptedRelay(), asyncio.Event()
    recipients = [f"c{number}@client.example" for number in range(8)]
    owed(store, *recipients, *(f"later{n}@client.example" for n in range(20)))
    under_way = set(recipients[:inside])
    reached: set[str] = set()

    async def stays(recipient: str) -> None:
        reached.add(recipient)
        if len(reached) == 8:
            dark.set()
        await asyncio.Event().wait()

    async def waits(recipient: str) -> None:
        if recipient not in under_way:
            await stays(recipient)

    relay.while_begun, relay.while_sent = waits, stays
    working = asyncio.create_task(sender_of(store, relay, connections=8).drain(asyncio.Event()))
    await asyncio.wait_for(dark.wait(), 20)
    assert marked(store) == under_way
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    assert await sender_of(store, ScriptedRelay()).recover() == inside


async def test_one_crash_repeats_what_the_desk_is_to_hear_and_tells_the_operators_once(
    store: Database,
) -> None:
    """An escalation: the customers' letters are not repeated, those of leadership and the teams are."""
    relay, dark = ScriptedRelay(), asyncio.Event()
    ours = owed(store, "lea@acme.example", kind=LetterKind.ESCALATED_LEADERSHIP)
    ours |= owed(store, "ana@acme.example", "ben@acme.example", kind=LetterKind.ESCALATED_TEAM)
    theirs = owed(store, "bo@client.example", "cy@client.example", kind=LetterKind.ESCALATED)

    async def stays(recipient: str) -> None:
        if len(marked(store)) == 5:
            dark.set()
        await asyncio.Event().wait()

    relay.while_sent = stays
    working = asyncio.create_task(sender_of(store, relay, connections=5).drain(asyncio.Event()))
    await asyncio.wait_for(dark.wait(), 20)
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)

    after = ScriptedRelay()
    await drained(sender_of(store, after))
    assert sorted(after.sent) == sorted([*ours, "ops@acme.example"])
    rows = {row["to"]: row for row in store.read_now(outbox_rows)}
    assert {(rows[to]["state"], rows[to]["reason"][:22]) for to in ours} == {
        ("sent", "may have arrived twice")
    }
    assert {(rows[to]["state"], rows[to]["reason"][:20]) for to in theirs} == {
        ("uncertain", "may not have been se")
    }
    assert [row["to"] for row in rows.values() if row["kind"] == "alarm"] == ["ops@acme.example"]
