"""What is left to do of an erasure, where the list of what was erased gives trouble."""

from __future__ import annotations

from pathlib import Path

from maildesk.casework.erased_noted import finish_earlier
from maildesk.store import unlisted
from maildesk.store.database import Database
from maildesk.store.erasure_list import ErasureList
from tests.world.desk import MONDAY


def test_a_list_that_cannot_be_read_keeps_no_desk_from_working_and_is_caught_up_with(
    store: Database, tmp_path: Path
) -> None:
    one = unlisted.of_person("c0de", MONDAY)
    store.write_now(lambda conn: unlisted.note(conn, one))
    noted = ErasureList(tmp_path / "desk.erased")
    noted.path.symlink_to("/proc/self/mem")
    finish_earlier(store, noted, MONDAY)
    assert list(store.read_now(unlisted.waiting)) == [one]
    noted.path.unlink()
    finish_earlier(store, noted, MONDAY)
    assert not store.read_now(unlisted.waiting)
    assert [each.persons for each in noted.notes()] == [("c0de",)]
