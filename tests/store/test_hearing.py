"""When mailboxes were heard and when not, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest

from maildesk.desk.promises.availability import Outage
from maildesk.store import hearing
from maildesk.store.database import Database
from maildesk.store.hearing import Hearing
from tests.store.conftest import NOW

MINUTE, SILENT = timedelta(minutes=1), timedelta(minutes=10)


@pytest.fixture
def listening(database: Database) -> Database:
    database.write_now(lambda conn: hearing.listen(conn, ["m", "other"], NOW))
    return database


def heard(database: Database, minutes: float, **more: bool) -> Outage | None:
    at = NOW + minutes * MINUTE
    return database.write_now(lambda conn: hearing.heard(conn, "m", at, SILENT, **more))


def told(database: Database, minutes: float) -> bool:
    known = database.read_now(hearing.known)["m"]
    return database.write_now(lambda conn: hearing.tell(conn, known, NOW + minutes * MINUTE))


def share(database: Database, minutes: float) -> float | None:
    known = database.read_now(hearing.known)["m"]
    return database.read_now(lambda conn: hearing.measured(conn, known, NOW + minutes * MINUTE, SILENT))


def test_listening_begins_once_and_ends_with_the_configuration(listening: Database) -> None:
    later = NOW + 5 * MINUTE
    heard(listening, 1)
    known = listening.write_now(lambda conn: hearing.listen(conn, ["m", "new"], later))
    assert known == {"m": Hearing("m", NOW + MINUTE, NOW + MINUTE), "new": Hearing("new", later)}


def test_a_gap_as_long_as_the_limit_is_an_outage_and_a_shorter_one_is_none(listening: Database) -> None:
    for minutes in (0, 9.9, 19.9, 100):
        assert heard(listening, minutes) is None, "nobody was told of it"
    assert share(listening, 100) == 9.9  # the first gap alone was short enough


def test_silence_that_lasts_counts_already(listening: Database) -> None:
    heard(listening, 0)
    assert share(listening, 9) == 100
    assert share(listening, 100) == 0
    heard(listening, 50)
    assert share(listening, 59) == 15.25  # nine of 59
    assert share(listening, 100) == 0


def test_what_was_never_heard_has_no_share_and_it_counts_from_the_first_word(listening: Database) -> None:
    assert share(listening, 20) is None
    heard(listening, 20)
    assert share(listening, 20.5) == 100
    assert share(listening, 40) == 0
    heard(listening, 40)
    heard(listening, 49)
    assert share(listening, 50) == 33.33  # ten of 30


def test_a_clock_that_was_set_is_no_outage_whichever_way(listening: Database) -> None:
    heard(listening, 0)
    heard(listening, 2000, missed=False)
    heard(listening, 1)
    assert listening.read_now(hearing.known)["m"].heard_at == NOW + MINUTE
    assert share(listening, 5) == 100


def test_operators_are_told_once_and_of_its_end_where_they_were(listening: Database) -> None:
    heard(listening, 0)
    assert told(listening, 10)
    assert not told(listening, 11)
    ended = heard(listening, 30)
    assert ended is not None
    assert (ended.since, ended.until) == (NOW, NOW + 30 * MINUTE)
    assert heard(listening, 31) is None
    assert told(listening, 50)


def test_only_the_last_thirty_days_are_measured(listening: Database) -> None:
    heard(listening, 0)
    heard(listening, 720)
    now = 30 * 24 * 60 + 360
    heard(listening, now, missed=False)
    assert share(listening, now) == 99.16  # six of 720 hours
