"""How long the bytes of letters are kept, and what notices may spend in an hour."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import func, select

from maildesk.casework.outbox_choices import retry
from maildesk.errors import NotAllowed
from maildesk.store import letter_bodies as bodies
from maildesk.store import outbox as box
from maildesk.store.budgets import Budget
from maildesk.store.database import Database
from maildesk.store.outbox import LetterOutcome, LetterState
from maildesk.store.schema import letter_bodies
from tests.store.conftest import NOW
from tests.store.test_outbox import LETTER, stored

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
LATER = NOW + 40 * DAY


def letter(database: Database, n: int, state: LetterState, ended: datetime | None, body: bytes = b"") -> int:
    new = replace(LETTER, message_id=f"m{n}", recipient=f"r{n}@x.example", body=body or b"%d" % n)
    (number,) = stored(database, new)
    database.write_now(lambda c: box.settle(c, [LetterOutcome(number, state, "for a test", ended_at=ended)]))
    return number


def dropped(database: Database, before: datetime) -> int:
    """Step by step to the end; how many letters lost their bytes."""
    letters, after = 0, 0
    while True:
        step = database.write_now(partial(bodies.drop_ended, before=before, after=after))
        letters += step.letters
        if step.last is None:
            return letters
        assert step.last > after
        after = step.last


def count(database: Database) -> int:
    query = select(func.count()).select_from(letter_bodies)
    return int(database.read_now(lambda c: c.execute(query).scalar_one()))


@pytest.mark.parametrize("state", LetterState)
def test_only_what_nobody_can_send_again_goes(database: Database, state: LetterState) -> None:
    number = letter(database, 1, state, NOW)
    over = state in (LetterState.SENT, LetterState.DROPPED)
    assert dropped(database, LATER) == over
    assert (database.read_now(lambda c: box.content(c, number)) is None) is over
    assert database.read_now(lambda c: box.letter(c, number)) is not None


def test_it_stays_until_its_time_is_up(database: Database) -> None:
    letter(database, 1, LetterState.SENT, NOW)
    assert dropped(database, NOW) == 0
    assert dropped(database, NOW + MINUTE) == 1
    assert dropped(database, NOW + MINUTE) == 0


def test_a_shared_body_stays_while_one_of_its_letters_may_still_go(database: Database) -> None:
    shared = [replace(LETTER, recipient=f"{n}@x.example") for n in range(2)]
    first, second = stored(database, *shared)
    settled = [
        LetterOutcome(first, LetterState.SENT, None, ended_at=NOW),
        LetterOutcome(second, LetterState.FAILED, None),
    ]
    database.write_now(lambda c: box.settle(c, settled))
    assert dropped(database, LATER) == 0
    assert database.read_now(lambda c: box.content(c, second)) == LETTER.head + LETTER.body


def test_many_go_in_small_steps_and_what_is_kept_between_them_stops_nobody(database: Database) -> None:
    states = [LetterState.FAILED if n % 3 == 0 else LetterState.SENT for n in range(2 * bodies.STEP + 5)]
    new = [replace(LETTER, message_id=f"m{n}", body=b"%d" % n) for n in range(len(states))]
    ids = stored(database, *new)
    settled = [
        LetterOutcome(number, state, None, ended_at=NOW) for number, state in zip(ids, states, strict=True)
    ]
    database.write_now(lambda c: box.settle(c, settled))
    step = database.write_now(lambda c: bodies.drop_ended(c, LATER, 0))
    assert step.last is not None
    assert step.letters <= bodies.STEP
    assert step.letters + dropped(database, LATER) == states.count(LetterState.SENT)
    assert count(database) == states.count(LetterState.FAILED)


def test_large_ones_go_a_few_at_a_time(database: Database) -> None:
    for n in range(3):
        letter(database, n, LetterState.SENT, NOW, b"%d" % n * (bodies.STEP_BYTES // 2))
    assert database.write_now(lambda c: bodies.drop_ended(c, LATER, 0)).letters == 2


def test_a_letter_without_bytes_is_not_tried_again(database: Database) -> None:
    number = letter(database, 1, LetterState.SENT, NOW)
    dropped(database, LATER)
    database.write_now(lambda c: box.settle(c, [LetterOutcome(number, LetterState.FAILED, "by hand")]))
    with pytest.raises(NotAllowed, match="no longer kept"):
        database.write_now(lambda c: retry(c, [number], LATER))


# --- budgets ------------------------------------------------------------------------------------------


def spent(database: Database, amount: int, at: datetime, most: int = 100) -> bool:
    return database.write_now(lambda c: Budget(c, "test", most).spend(amount, at))


def test_an_hours_budget_is_spent_once(database: Database) -> None:
    assert [spent(database, 40, NOW + n * MINUTE) for n in range(4)] == [True, True, False, False]
    assert spent(database, 20, NOW + 50 * MINUTE), "what is left may be spent"
    assert not spent(database, 1, NOW + 59 * MINUTE)
    assert spent(database, 100, NOW + 60 * MINUTE), "an hour after the first"
    assert not spent(database, 101, NOW + 3 * 60 * MINUTE), "more than there ever is"


def test_a_clock_that_is_set_back_does_not_stop_it(database: Database) -> None:
    assert spent(database, 100, NOW)
    assert spent(database, 100, NOW - DAY)
