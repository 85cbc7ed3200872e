"""How long the daemon waits after trouble: by the kind of trouble, growing, and never all at once."""

from __future__ import annotations

from itertools import pairwise

import pytest

from maildesk.daemon.backoff import Pace, pace_after
from maildesk.errors import (
    CommandRefused,
    ConnectionLost,
    FolderMissing,
    LoginRefused,
    ServerBusy,
    StoreBusy,
    StoreFull,
    TlsRefused,
)

MINUTE = 60.0


def none() -> float:
    return 0.0


def nearly_one() -> float:
    return 0.999999


def pauses(problem: Exception, failures: int = 12) -> list[float]:
    """The pauses in minutes after so many failures in a row, without the spread."""
    pace = pace_after(problem)
    return [pace.pause(n, none) / MINUTE for n in range(1, failures + 1)]


@pytest.mark.parametrize(
    ("problem", "minutes"),
    [
        (ServerBusy("throttled"), [5, 10, 20, 40, 60, 60]),
        (FolderMissing("renamed"), [1, 2, 4, 8, 15, 15]),
        (LoginRefused("password"), [1, 2, 4, 8, 15, 15]),
        (TlsRefused("expired"), [1, 2, 4, 8, 15, 15]),
    ],
    ids=["T21: asked to slow down", "T04: the folder is gone", "the password is wrong", "no safe connection"],
)
def test_where_haste_does_harm_the_pause_is_minutes(problem: Exception, minutes: list[float]) -> None:
    assert pauses(problem)[: len(minutes)] == minutes


@pytest.mark.parametrize(
    "problem",
    [ConnectionLost("cut"), CommandRefused("NO"), StoreBusy("locked"), ValueError("odd")],
    ids=lambda problem: type(problem).__name__,
)
def test_what_may_pass_by_itself_is_tried_again_at_once_and_then_less_and_less(problem: Exception) -> None:
    seconds = [pause * MINUTE for pause in pauses(problem)]
    assert seconds == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]


def test_after_a_full_disk_work_goes_on_within_a_minute_of_room() -> None:
    """T84"""
    pace = pace_after(StoreFull("full"))
    assert max(pace.pause(n, nearly_one) for n in range(1, 30)) < MINUTE


@pytest.mark.parametrize("failures", [1, 2, 7, 30, 10**6])
def test_no_pause_is_shorter_than_promised_nor_more_than_a_tenth_longer(failures: int) -> None:
    pace = Pace(300, 3600)
    least, most = pace.pause(failures, none), pace.pause(failures, nearly_one)
    assert 300 <= least <= 3600
    assert most == pytest.approx(least * 1.1, rel=1e-4)


def test_what_failed_together_is_not_tried_together() -> None:
    draws = [number / 10 for number in range(10)]
    moments = sorted(Pace(60, 900).pause(1, lambda draw=draw: draw) for draw in draws)  # type: ignore[misc]  # a default binds each draw
    assert all(later - earlier > 0.5 for earlier, later in pairwise(moments))
