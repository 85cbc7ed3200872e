"""How far a folder's numbers have come: what may be compared, what is new, and what is accounted for."""

from __future__ import annotations

from itertools import islice

import pytest

from maildesk.transport.mailbox import NO_FOLDER, Listed, MessageKey, Reach, named
from tests.transport.imap_scenes import at
from tests.unit.desk.matters import NOW

NOTHING = Reach()


@pytest.mark.parametrize(
    ("before", "now", "behind"),
    [
        (Reach(7, 9), Reach(7, 5), True),
        (Reach(7, 9), Reach(7, 9), False),
        (Reach(7, 9), Reach(8, 5), False),
        (Reach(7, None), Reach(7, 5), False),
        (Reach(7, 9), Reach(7, None), False),
        (NOTHING, Reach(7, 5), False),
    ],
)
def test_numbers_fall_behind_in_one_numbering_only(before: Reach, now: Reach, behind: bool) -> None:
    assert now.fell_behind(before) is behind


@pytest.mark.parametrize(
    ("reach", "keys", "earlier", "end"),
    [
        (Reach(7, 5), at(1, 2), NOTHING, 5),
        (Reach(7, None), at(1, 2), NOTHING, 3),
        (Reach(7, 5), at(1, 9), NOTHING, 10),
        (Reach(7, 5), [], Reach(7, 12), 12),
        (Reach(7, 5), [], Reach(8, 12), 5),
        (Reach(7, None), [], NOTHING, None),
    ],
)
def test_a_reach_grows_by_what_is_seen(
    reach: Reach, keys: list[MessageKey], earlier: Reach, end: int | None
) -> None:
    assert reach.including(keys, earlier) == Reach(7, end)


@pytest.mark.parametrize(
    ("before", "now", "keys"),
    [
        (Reach(7, 3), Reach(7, 6), at(5, 4, 3)),
        (Reach(7, 6), Reach(7, 6), []),
        (Reach(7, 6), Reach(7, 3), []),
        (NO_FOLDER, Reach(7, 3), at(2, 1)),
        (Reach(8, 3), Reach(7, 6), []),
        (NOTHING, Reach(7, 6), []),
        (Reach(7, 3), NOTHING, []),
    ],
)
def test_what_came_since_is_told_newest_first(before: Reach, now: Reach, keys: list[MessageKey]) -> None:
    assert list(now.since(before)) == keys
    assert now.count_since(before) == len(keys)


def test_of_billions_that_may_have_come_only_those_asked_for_are_named() -> None:
    """A folder that was not there when we looked may be there now with any numbers."""
    now = Reach(7, 2**32 - 1)
    assert list(islice(now.since(NO_FOLDER), 2)) == at(2**32 - 2, 2**32 - 3)
    assert now.count_since(NO_FOLDER) == 2**32 - 2


def test_what_we_moved_is_accounted_for_up_to_the_first_that_is_not_ours() -> None:
    ours = set[MessageKey]()
    assert Reach(7, 3).past(ours, at(3, 4, 6)) == Reach(7, 5)
    assert ours == set(at(6))
    assert Reach(7, 5).past(ours, at(5)) == Reach(7, 7)
    assert ours == set()
    assert NOTHING.past(ours, at(3, 4)) == Reach(7, 5)
    assert Reach(8, 2).past(ours, at(3, 4)) == Reach(7, 5)


def test_messages_are_called_by_the_numbers_that_mail_programs_show() -> None:
    assert named(at(9, 2, 11), 10) == "2,9,11"
    assert named(at(*range(1, 13)), 10) == "1,2,3,4,5,6,7,8,9,10 and 2 more"
    assert named([], 10) == ""
    assert str(Listed((7, 5), NOW, 1, frozenset())) == "UID 5"
