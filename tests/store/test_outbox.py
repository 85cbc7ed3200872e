"""The outbox: each letter once, tried in order, marked before it goes, and settled by what was answered."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, insert, select

from maildesk.casework.outbox_choices import drop, retry
from maildesk.desk.case.letter_order import LetterKind
from maildesk.desk.letters.letter_limits import LIFTED, LetterLimits
from maildesk.errors import NotAllowed, NotFound
from maildesk.store import outbox as box
from maildesk.store.database import Database
from maildesk.store.limits import letter_counts
from maildesk.store.outbox import LetterOutcome, LetterState, OutboxLetter
from maildesk.store.outbox_views import OutboxFilter, counts, held_ids, outbox_row, outbox_rows
from maildesk.store.schema import addresses, cases, letter_bodies, outbox
from tests.store.conftest import NOW
from tests.store.test_ledger import statements

CASE = "7K2Q-9F3M"
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

LETTER = OutboxLetter(
    case_ref=None,
    message_id="one@acme.example",
    kind=LetterKind.ANSWER,
    recipient="kim@client.example",
    domain="client.example",
    subject="Hello",
    envelope_from="support@acme.example",
    mailbox="support",
    head=b"Subject: Hello\r\n",
    body=b"\r\nHello \xff\r\n",
    personal=True,
    limited=False,
    created_at=NOW,
    due_at=NOW,
    expires_at=NOW + 5 * DAY,
)
ACK = replace(LETTER, kind=LetterKind.ACKNOWLEDGEMENT, personal=False, limited=True)


def stored(database: Database, *letters: OutboxLetter) -> list[int]:
    return database.write_now(lambda c: box.add(c, letters))


def numbered(letter: OutboxLetter, count: int, **more: Any) -> list[OutboxLetter]:
    return [replace(letter, message_id=f"{n}@acme.example", **more) for n in range(count)]


def open_case(database: Database, ref: str = CASE) -> None:
    values = {"subject": "Hello", "phase": "open", "requester": "kim@client.example", "mailbox": "support"}
    times = {"opened_at": NOW, "updated_at": NOW, "priority": "normal"}
    database.write_now(lambda c: c.execute(insert(cases).values(ref=ref, **values, **times)))


def due(database: Database, now: datetime = NOW, limit: int = 100) -> list[int]:
    return [letter.id for letter in database.read_now(lambda c: box.due(c, now, limit))]


def state(database: Database, letter_id: int) -> LetterState:
    letter = database.read_now(lambda c: box.letter(c, letter_id))
    assert letter is not None
    return letter.state


def put(database: Database, letter_id: int, state: LetterState) -> None:
    database.write_now(lambda c: box.settle(c, [LetterOutcome(letter_id, state, "for a test")]))


# --- storing and choosing -------------------------------------------------------------------------


def test_a_letter_comes_back_as_it_was_stored(database: Database) -> None:
    open_case(database)
    new = replace(LETTER, case_ref=CASE)
    (number,) = stored(database, new)
    (letter,) = database.read_now(lambda c: box.due(c, NOW, 1))
    assert letter == replace(new, id=number)
    assert database.read_now(lambda c: box.content(c, number)) == new.head + new.body == letter.content
    assert (letter.state, letter.attempts, letter.marked_at) == (LetterState.QUEUED, 0, None)


def test_a_letter_is_owed_once(database: Database) -> None:
    other = replace(LETTER, recipient="lee@client.example")
    assert len(stored(database, LETTER, LETTER, other)) == 2
    assert stored(database, replace(LETTER, body=b"other bytes")) == []
    assert len(due(database)) == 2


def test_many_letters_are_stored_in_one_statement_and_their_bodies_in_another(database: Database) -> None:
    with statements(database) as seen:
        ids = stored(
            database, *numbered(LETTER, 50), *numbered(replace(LETTER, body=b"b", recipient="k"), 50)
        )
    assert len(ids) == 100
    assert seen.count("INSERT") == 2


# --- bodies ---------------------------------------------------------------------------------------


def bodies(database: Database) -> list[bytes]:
    query = select(letter_bodies.c.content).order_by(letter_bodies.c.content)
    return list(database.read_now(lambda c: c.execute(query).scalars()))


def test_a_body_is_stored_once_for_all_who_get_it(database: Database) -> None:
    mine = [replace(LETTER, recipient=f"{n}@acme.example", head=b"To: %d\r\n" % n) for n in range(20)]
    ids = stored(database, *mine)
    assert bodies(database) == [LETTER.body]
    letters = database.read_now(lambda c: box.due(c, NOW, 100))
    assert [letter.content for letter in letters] == [b"To: %d\r\n%s" % (n, LETTER.body) for n in range(20)]
    assert len({id(letter.body) for letter in letters}) == 1  # nor is it in memory more than once
    assert [letter.id for letter in letters] == ids


def test_a_letter_that_is_there_already_leaves_no_body_behind(database: Database) -> None:
    stored(database, LETTER)
    assert stored(database, replace(LETTER, body=b"\r\nother words")) == []
    other = replace(LETTER, message_id="two@acme.example", body=b"\r\nnew words")
    assert len(stored(database, replace(LETTER, body=b"\r\nother words"), other)) == 1
    assert bodies(database) == sorted([LETTER.body, other.body])


def test_large_letters_are_claimed_a_few_at_a_time(database: Database) -> None:
    letters = [replace(LETTER, message_id=f"{n}", body=b"%d" % n * 1000) for n in range(5)]
    ids = stored(database, *letters)

    def claimed(seen: Sequence[int] = (), most: int = 2500) -> list[int]:
        found = database.read_now(lambda c: box.due(c, NOW, 100, seen=seen, max_bytes=most))
        return [letter.id for letter in found]

    assert claimed() == ids[:2]
    assert claimed(seen=ids[:2]) == ids[2:4]
    assert claimed(seen=ids[:4]) == ids[4:]
    assert claimed(most=10) == ids[:1]  # one at least
    assert claimed(seen=ids) == []


def test_what_becomes_of_a_letter_touches_none_of_its_bytes(database: Database) -> None:
    (letter,) = stored(database, LETTER)
    touched: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        touched.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    database.write_now(lambda c: box.mark(c, [letter], NOW))
    put(database, letter, LetterState.DEFERRED)
    database.write_now(lambda c: retry(c, [letter], NOW))
    event.remove(Engine, "before_cursor_execute", note)
    updates = [each for each in touched if each.startswith("UPDATE")]
    assert len(updates) == 3
    assert not any("letter_bodies" in each or "head" in each for each in updates)


def test_peoples_words_go_first_then_the_longest_due(database: Database) -> None:
    late, early, personal, future = stored(
        database,
        replace(ACK, message_id="late", due_at=NOW - MINUTE),
        replace(ACK, message_id="early", due_at=NOW - HOUR),
        replace(LETTER, message_id="personal", due_at=NOW),
        replace(LETTER, message_id="future", due_at=NOW + MINUTE),
    )
    assert due(database) == [personal, early, late]
    assert due(database, limit=2) == [personal, early]
    assert future in due(database, now=NOW + MINUTE)


def test_letters_of_a_resting_mailbox_are_passed_over(database: Database) -> None:
    _, other = stored(database, LETTER, replace(LETTER, message_id="two", mailbox="sales"))
    found = database.read_now(lambda c: box.due(c, NOW, 10, {"support"}))
    assert [letter.id for letter in found] == [other]


# --- the attempt ----------------------------------------------------------------------------------


def test_only_marked_letters_may_be_sent(database: Database) -> None:
    queued, dropped = stored(database, *numbered(LETTER, 2))
    database.write_now(lambda c: drop(c, [dropped], NOW))
    assert database.write_now(lambda c: box.mark(c, [queued, dropped, 99], NOW)) == {queued}
    assert database.write_now(lambda c: box.mark(c, [queued], NOW)) == set(), "it is being sent"
    assert database.write_now(lambda c: box.mark(c, [], NOW)) == set()
    assert due(database) == []
    (letter,) = database.read_now(box.unsettled)
    assert (letter.id, letter.attempts, letter.marked_at) == (queued, 1, NOW)


def test_what_was_answered_is_recorded_in_one_statement(database: Database) -> None:
    sent, deferred = stored(database, *numbered(LETTER, 2))
    database.write_now(lambda c: box.mark(c, [sent, deferred], NOW))
    outcome = [
        LetterOutcome(sent, LetterState.SENT, "250 ok", ended_at=NOW),
        LetterOutcome(deferred, LetterState.DEFERRED, "451 later", due_at=NOW + HOUR),
    ]
    for _ in range(2):  # repeating it changes nothing
        with statements(database) as seen:
            database.write_now(lambda c: box.settle(c, outcome))
        assert seen.count("UPDATE") == 1
    assert state(database, sent) is LetterState.SENT
    rows = {row["id"]: row for row in database.read_now(outbox_rows)}
    assert rows[sent]["due_at"] == "2026-11-22T08:30:00.000000Z"
    assert (rows[deferred]["due_at"], rows[deferred]["reason"]) == (
        "2026-11-22T09:30:00.000000Z",
        "451 later",
    )
    assert due(database, now=NOW + HOUR) == [deferred]
    assert database.read_now(box.unsettled) == []


def test_held_acknowledgements_grow_old_and_what_is_as_good_later_does_not(database: Database) -> None:
    held = replace(ACK, state=LetterState.HELD)
    old, *_ = stored(
        database,
        replace(held, message_id="old", created_at=NOW - 2 * DAY),
        replace(held, message_id="new"),
        replace(held, message_id="answer", created_at=NOW - 2 * DAY, limited=False),
        replace(held, message_id="shipped", created_at=NOW - 2 * DAY, kind=LetterKind.SHIPPED),
    )
    found = database.read_now(lambda c: box.expired_held(c, NOW - DAY))
    assert [letter.id for letter in found] == [old]


# --- a person's decisions -------------------------------------------------------------------------


def test_the_outbox_is_listed_as_the_contract_says(database: Database) -> None:
    (number,) = stored(database, replace(LETTER, state=LetterState.HELD, reason="limit"))
    expected = {
        "id": number,
        "case": None,
        "to": "kim@client.example",
        "subject": "Hello",
        "kind": "answer",
        "state": "held",
        "attempts": 0,
        "due_at": "2026-11-22T08:30:00.000000Z",
        "reason": "limit",
    }
    assert database.read_now(outbox_rows) == [expected]
    assert database.read_now(lambda c: outbox_row(c, number)) == expected


def test_the_outbox_is_filtered(database: Database) -> None:
    open_case(database)
    first, second, third = stored(database, *numbered(LETTER, 2), replace(LETTER, case_ref=CASE))
    put(database, first, LetterState.FAILED)

    def shown(wanted: OutboxFilter) -> list[int]:
        return [row["id"] for row in database.read_now(lambda c: outbox_rows(c, wanted))]

    assert shown(OutboxFilter(states=[LetterState.FAILED])) == [first]
    assert shown(OutboxFilter(case=CASE)) == [third]
    assert shown(OutboxFilter(limit=2)) == [second, third]
    found = database.read_now(counts)
    assert (found[LetterState.FAILED], found[LetterState.QUEUED], found[LetterState.SENT]) == (1, 2, 0)


@pytest.mark.parametrize("before", ["failed", "uncertain", "held", "deferred"])
def test_a_retried_letter_has_its_whole_time_again(database: Database, before: str) -> None:
    (number,) = stored(database, LETTER)
    database.write_now(lambda c: box.mark(c, [number], NOW))
    put(database, number, LetterState(before))
    later = NOW + 9 * DAY
    database.write_now(lambda c: retry(c, [number], later))
    (letter,) = database.read_now(lambda c: box.due(c, later, 10))
    assert (letter.state, letter.attempts, letter.expires_at) == (LetterState.QUEUED, 0, later + 5 * DAY)


def test_a_letter_that_is_retried_again_and_again_is_not_tried_for_longer_each_time(
    database: Database,
) -> None:
    (number,) = stored(database, LETTER)
    for days in (9, 18, 27):
        put(database, number, LetterState.FAILED)
        later = NOW + days * DAY
        database.write_now(partial(retry, ids=[number], now=later))
        (letter,) = database.read_now(partial(box.due, now=later, limit=10))
        assert letter.expires_at == later + 5 * DAY


def test_of_a_retried_letter_its_people_are_told_anew(database: Database) -> None:
    (number,) = stored(database, LETTER)
    late = LetterOutcome(number, LetterState.DEFERRED, "451 later", due_at=NOW + HOUR, told_at=NOW)
    database.write_now(lambda c: box.settle(c, [late]))
    database.write_now(lambda c: retry(c, [number], NOW + HOUR))
    (letter,) = database.read_now(lambda c: box.due(c, NOW + HOUR, 10))
    assert letter.told_at is None


@pytest.mark.parametrize(
    ("before", "words"),
    [
        ("sent", "was sent already"),
        ("sending", "is being sent"),
        ("queued", "waiting to be sent anyway"),
        ("dropped", "was dropped"),
    ],
)
def test_a_retry_that_makes_no_sense_changes_nothing(database: Database, before: str, words: str) -> None:
    held, number = stored(database, *numbered(LETTER, 2))
    put(database, held, LetterState.HELD)
    put(database, number, LetterState(before))
    with pytest.raises(NotAllowed, match=f"letter {number} .*{words}"):
        database.write_now(lambda c: retry(c, [held, number], NOW))
    assert state(database, held) is LetterState.HELD


@pytest.mark.parametrize(
    ("before", "words"),
    [("sent", "nothing can call it back"), ("sending", "being sent"), ("dropped", "already")],
)
def test_a_letter_that_is_gone_cannot_be_dropped(database: Database, before: str, words: str) -> None:
    (number,) = stored(database, LETTER)
    put(database, number, LetterState(before))
    with pytest.raises(NotAllowed, match=words):
        database.write_now(lambda c: drop(c, [number], NOW))
    assert state(database, number) is LetterState(before)


@pytest.mark.parametrize("before", ["queued", "deferred", "held", "uncertain", "failed"])
def test_a_letter_that_still_waits_for_something_can_be_dropped(database: Database, before: str) -> None:
    (number,) = stored(database, LETTER)
    put(database, number, LetterState(before))
    database.write_now(lambda c: drop(c, [number], NOW))
    assert state(database, number) is LetterState.DROPPED
    assert due(database) == []


def test_all_held_letters_can_be_named(database: Database) -> None:
    held = stored(database, *numbered(ACK, 2, state=LetterState.HELD))
    stored(database, LETTER)
    assert database.read_now(held_ids) == held
    database.write_now(lambda c: retry(c, held_ids(c), NOW))
    assert database.read_now(held_ids) == []


def test_letters_that_are_not_there_are_not_found(database: Database) -> None:
    def ask(act: Any, *more: Any) -> None:
        with pytest.raises(NotFound, match="number 7"):
            database.write_now(lambda c: act(c, *more))

    ask(retry, [7], NOW)
    ask(drop, [7], NOW)
    ask(outbox_row, 7)


# --- limits ---------------------------------------------------------------------------------------


@pytest.fixture
def storm(database: Database) -> Database:
    """Acknowledgements of the last day, some held back."""
    open_case(database)
    recent = replace(ACK, created_at=NOW - 30 * MINUTE)
    letters = [
        replace(recent, case_ref=CASE),
        replace(ACK, recipient="KIM@client.example", created_at=NOW - 5 * HOUR),
        replace(ACK, created_at=NOW - 2 * DAY),
        replace(recent, state=LetterState.HELD),
        replace(recent, state=LetterState.DROPPED),
        replace(recent, recipient="lee@client.example"),
        replace(recent, recipient="Pat@client.example"),
        replace(recent, case_ref=CASE, limited=False),
    ]
    stored(database, *(replace(letter, message_id=str(n)) for n, letter in enumerate(letters)))
    proven = {"address": "pat@client.example", "proven_at": NOW - DAY}
    database.write_now(lambda c: c.execute(insert(addresses).values(proven)))
    return database


def test_acknowledgements_are_counted_by_everyone_who_could_be_bothered(storm: Database) -> None:
    people = ["Kim@client.example", "new@client.test"]
    found = storm.read_now(lambda c: letter_counts(c, NOW, people, [CASE, "0000-0000"], LetterLimits()))
    assert found.address == {"kim@client.example": 2, "new@client.test": 0}
    assert found.domain == {"client.example": 2, "client.test": 0}, "a proven address does not count"
    assert found.case == {CASE: 1, "0000-0000": 0}
    assert found.overall == 3


def test_nobody_to_count_is_no_question(storm: Database) -> None:
    with statements(storm) as seen:
        found = storm.read_now(lambda c: letter_counts(c, NOW, [], [], LetterLimits()))
    assert (found.address, found.case, found.overall) == ({}, {}, 3)
    assert seen.count("SELECT") == 1


def test_no_count_goes_on_beyond_what_its_limit_asks(database: Database) -> None:
    open_case(database)
    stored(database, *numbered(ACK, 50, case_ref=CASE))
    limits = LetterLimits(per_address_day=4, per_case_hour=3, per_hour=6, per_domain_hour=5)
    limits = replace(limits, notices_per_agent_hour=0)
    found = database.read_now(lambda c: letter_counts(c, NOW, [LETTER.recipient], [CASE], limits))
    assert (found.address[LETTER.recipient], found.case[CASE], found.domain["client.example"]) == (5, 4, 6)
    assert found.overall == 7


def test_a_limit_that_is_lifted_is_not_counted(database: Database) -> None:
    stored(database, *numbered(ACK, 5))
    limits = LetterLimits(LIFTED, LIFTED, LIFTED, LIFTED, notices_per_agent_hour=LIFTED)
    with statements(database) as seen:
        found = database.read_now(lambda c: letter_counts(c, NOW, [LETTER.recipient], [CASE], limits))
    assert found.address[LETTER.recipient] == 1  # whether it was written to at all is asked all the same
    assert (found.overall, found.domain["client.example"]) == (0, 0)
    assert seen.count("SELECT") == 1


def test_every_time_is_stored_as_sortable_text(database: Database) -> None:
    def raw(connection: Connection) -> Sequence[Any]:
        return connection.exec_driver_sql("SELECT due_at FROM outbox").one()

    stored(database, LETTER)
    assert tuple(database.read_now(raw)) == ("2026-11-22T08:30:00.000000Z",)
    assert database.read_now(lambda c: c.execute(select(outbox.c.due_at)).scalar_one()) == NOW


# --- what it costs --------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 2, 4, 50, 200])
def test_the_mark_looks_its_letters_up_by_number(sqlite_database: Database, count: int) -> None:
    """From four numbers on SQLite would rather read every letter that is deferred."""
    ids = stored(sqlite_database, *numbered(LETTER, count))
    with planned(sqlite_database) as plans:
        sqlite_database.write_now(lambda c: box.mark(c, ids, NOW))
    assert plans == ["SEARCH outbox USING INTEGER PRIMARY KEY (rowid=?)"]


def test_the_counts_are_read_from_indexes_that_hold_nothing_else(sqlite_database: Database) -> None:
    with planned(sqlite_database) as plans:
        sqlite_database.write_now(lambda c: letter_counts(c, NOW, [LETTER.recipient], [CASE], LetterLimits()))
    letters = [each for each in plans if each.startswith(("SEARCH o ", "SCAN o"))]
    assert sorted(re.findall(r"ix_\w+", " ".join(letters))) == [
        "ix_outbox_limited",
        "ix_outbox_limited_address",
        "ix_outbox_limited_case",
        "ix_outbox_limited_domain",
    ]
    assert not any(each.startswith("SCAN") for each in letters)


@contextmanager
def planned(database: Database) -> Iterator[list[str]]:
    """The plans of the statements on the outbox, as SQLite tells them."""
    plans: list[str] = []

    def explain(_c: object, cursor: Any, statement: str, values: Any, *_rest: object) -> None:
        if "outbox" in statement and statement.startswith(("UPDATE", "SELECT")):
            rows = cursor.connection.execute(f"EXPLAIN QUERY PLAN {statement}", values)
            plans.extend(row[3] for row in rows)

    event.listen(Engine, "before_cursor_execute", explain)
    yield plans
    event.remove(Engine, "before_cursor_execute", explain)
