"""Is it the mail that we know under this UID? Size and date say so, else the Message-ID, else the bytes."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from maildesk.daemon.comparing import compared
from maildesk.daemon.numbering import UidNumbering
from maildesk.errors import CommandRefused
from maildesk.store.mailboxes import MailboxRecord
from maildesk.store.used_uids import EXISTING, TOO_LARGE, UNFETCHABLE, VANISHED, UidRow
from maildesk.transport.mailbox import Fetched, FolderState, Listed, MessageKey, Reach

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
LATER = NOON + timedelta(days=1)
RAW = b"Message-ID: <1@client.example>\r\n\r\nHello.\r\n"
SHA = hashlib.sha256(RAW).hexdigest()
FIVE: MessageKey = (7, 5)
OURS, THEIRS = "1@client.example", "2@other.example"


@dataclass
class Server:
    """A connection that shows one message."""

    message_id: str | None
    raw: bytes = RAW
    asked: list[str] = field(default_factory=list)

    async def message_id_fields(self, keys: Sequence[MessageKey]) -> dict[MessageKey, bytes]:
        self.asked.append("message-id")
        value = f"Message-ID: <{self.message_id}>\r\n\r\n" if self.message_id else "\r\n"
        return {key: value.encode() for key in keys}

    async def fetch(self, keys: Sequence[MessageKey]) -> AsyncGenerator[Fetched, None]:
        self.asked.append("bytes")
        for key in keys:
            yield Fetched(key, NOON, len(self.raw), frozenset(), self.raw)


@dataclass
class Rows:
    """A store that remembers one Message-ID."""

    message_id: str | None

    async def read(self, _work: Callable[[Any], Any]) -> dict[int, str | None]:
        return {1: self.message_id}


CASES = {
    "size and date are the same": (100, NOON, None, None, OURS, THEIRS, RAW, True, []),
    "another size, the same Message-ID": (101, NOON, SHA, None, OURS, OURS, RAW, True, ["message-id"]),
    "another date, the same Message-ID": (100, LATER, SHA, None, OURS, OURS, RAW, True, ["message-id"]),
    "another size, another Message-ID": (101, NOON, SHA, None, OURS, THEIRS, RAW, False, ["message-id"]),
    "another date, another Message-ID": (100, LATER, SHA, None, OURS, THEIRS, RAW, False, ["message-id"]),
    "both others, the same bytes": (101, LATER, SHA, None, OURS, OURS, RAW, True, ["message-id", "bytes"]),
    "both others, other bytes": (101, LATER, SHA, None, OURS, OURS, b"x", False, ["message-id", "bytes"]),
    "both others, and too large to be ours": (
        10**9,
        LATER,
        SHA,
        None,
        OURS,
        OURS,
        RAW,
        False,
        ["message-id"],
    ),
    "neither has a Message-ID": (101, NOON, SHA, None, None, None, RAW, False, ["message-id"]),
    "only theirs has one": (100, LATER, SHA, None, None, THEIRS, RAW, False, ["message-id"]),
    "only ours has one": (100, LATER, SHA, None, OURS, None, RAW, False, ["message-id"]),
    "left alone": (101, LATER, None, EXISTING, OURS, OURS, RAW, True, ["message-id"]),
    "left alone, another mail": (101, LATER, None, EXISTING, OURS, THEIRS, RAW, False, ["message-id"]),
    "left alone, and nothing kept of it": (100, LATER, None, EXISTING, None, None, RAW, True, ["message-id"]),
    "left alone, nothing kept, nothing alike": (
        *(101, LATER, None, EXISTING, None, THEIRS, RAW, False, ["message-id"]),
    ),
    "too large, its header kept": (101, LATER, "h", TOO_LARGE, OURS, OURS, RAW, True, ["message-id"]),
    "never fetched": (101, NOON, None, UNFETCHABLE, None, THEIRS, RAW, False, ["message-id"]),
    "vanished, and there after all": (0, LATER, None, VANISHED, None, None, RAW, False, []),
    "vanished after it was described": (100, NOON, None, VANISHED, None, None, RAW, False, []),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
async def test_what_makes_it_the_mail_we_know(case: tuple[Any, ...]) -> None:
    size, date, sha, reason, ours, theirs, raw, same, asked = case
    row = UidRow(1, FIVE, NOON, 100, sha, reason)
    server = Server(theirs, raw)
    shown = [Listed(FIVE, date, size, frozenset())]
    found = await compared(server, Rows(ours), shown, {FIVE: row}, 1000)  # type: ignore[arg-type]  # fakes
    assert (found.same == {FIVE}, found.other == {FIVE: row}) == (same, not same)
    assert server.asked == asked


async def test_a_mail_that_the_server_does_not_hand_out_ends_no_look() -> None:
    class Refusing(Server):
        async def fetch(self, keys: Sequence[MessageKey]) -> AsyncGenerator[Fetched, None]:
            raise CommandRefused("cannot fetch messages")
            yield

    row, shown = UidRow(1, FIVE, NOON, 100, SHA, None), [Listed(FIVE, LATER, 101, frozenset())]
    found = await compared(Refusing(OURS), Rows(OURS), shown, {FIVE: row}, 1000)  # type: ignore[arg-type]  # fakes
    assert (found.same, found.other) == (set(), {FIVE: row})


# --- numbers --------------------------------------------------------------------------------------


def at(*uids: int) -> list[MessageKey]:
    return [(7, uid) for uid in uids]


def record(uidnext: int | None, uidvalidity: int | None = 7) -> MailboxRecord:
    return MailboxRecord("i", "support", NOON, uidvalidity, NOON, uidnext)


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [(9, 5, True), (9, 9, False), (9, 12, False), (None, 5, False), (9, None, False)],
)
def test_uidnext_that_goes_back_is_told_once_per_connection(
    before: int | None, now: int | None, told: bool
) -> None:
    numbers, selected, conn = UidNumbering("support"), FolderState(Reach(7, now), 0), object()
    numbers.forget(selected)
    alarms = numbers.opened(conn, selected, record(before))  # type: ignore[arg-type]  # only told apart
    assert list(alarms) == (["uids:support"] if told else [])
    assert numbers.opened(conn, selected, record(before)) == {}  # type: ignore[arg-type]


def test_a_folder_numbered_anew_begins_anew() -> None:
    numbers, selected = UidNumbering("support"), FolderState(Reach(8, 2), 0)
    assert numbers.opened(object(), selected, record(9)) == {}  # type: ignore[arg-type]


def test_what_one_connection_is_sure_of_the_next_is_not() -> None:
    numbers, selected = UidNumbering("support"), FolderState(Reach(7, 4), 3)
    numbers.forget(selected)
    numbers.listed(at(1, 2, 3), unknown=at(3))
    assert numbers.unsure() == at(1, 2)
    numbers.sure(at(1, 2, 3))
    numbers.listed(at(1, 2, 3), unknown=[])
    assert numbers.unsure() == []
    numbers.listed(at(1, 3), unknown=[])
    numbers.listed(at(1, 2, 3), unknown=[])
    assert numbers.unsure() == at(2), "it was away: it may be another"
    numbers.forget(selected)
    numbers.listed(at(1, 2, 3), unknown=[])
    assert numbers.unsure() == at(1, 2, 3)


def test_what_is_another_before_its_move_is_compared_again_by_the_next_look() -> None:
    """Else it lies there unread for as long as the connection lives, since its UID is known and sure."""
    numbers, selected = UidNumbering("support"), FolderState(Reach(7, 3), 2)
    numbers.forget(selected)
    numbers.listed(at(1, 2), unknown=at(2))
    numbers.sure(at(1, 2))
    numbers.used_again({(7, 2): UidRow(9, (7, 2), NOON, 100, SHA, None)})
    numbers.listed(at(1, 2), unknown=[])
    assert numbers.unsure() == at(2)


def test_what_was_listed_and_never_came_is_missed_even_by_the_next_connection() -> None:
    numbers, selected = UidNumbering("support"), FolderState(Reach(7, 3), 2)
    numbers.forget(selected)
    numbers.listed(at(1, 2), unknown=at(1, 2))
    numbers.sure(at(1))
    numbers.forget(selected)
    assert numbers.missed(at(1, 2)) == {}
    assert numbers.missed(at(1)) == {(7, 2): None}
    assert numbers.missed(at(1)) == {}
    numbers.listed(at(1, 9), unknown=at(9))
    numbers.forget(FolderState(Reach(8, 3), 2))
    assert numbers.missed(at(1)) == {}, "its number means nothing any more"
