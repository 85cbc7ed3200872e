"""How long the daemon waits after trouble: by the kind of trouble, growing, and never all at once."""

from __future__ import annotations

from itertools import pairwise

import pytest

from maildesk.daemon.backoff import Pace, pace_after
from maildesk.errors import (
    ClientRefused,
    CommandRefused,
    ConnectionLost,
    FolderMissing,
    GrantLost,
    LoginRefused,
    ReaderNotReady,
    ServerBusy,
    StoreBusy,
    StoreFull,
    StoreReadOnly,
    StoreUnreachable,
    StoreUnusable,
    TlsRefused,
    TokenUnavailable,
    TooManyFiles,
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


def test_what_keeps_tokens_is_asked_again_within_a_minute() -> None:
    for problem in (TokenUnavailable("503"), GrantLost("revoked"), ClientRefused("secret")):
        assert max(pauses(problem)) < 1


def test_a_server_that_names_a_time_has_it() -> None:
    assert pauses(ServerBusy("throttled", wait=90))[:3] == [1.5, 1.5, 1.5]
    assert min(pauses(ServerBusy("throttled", wait=0.003))) == 10 / MINUTE, "it is not asked all the time"


@pytest.mark.parametrize(
    ("problem", "minutes"),
    [
        (ServerBusy("throttled"), [5, 10, 20, 40, 60, 60]),
        (FolderMissing("renamed"), [1, 2, 4, 8, 15, 15]),
        (LoginRefused("password"), [1, 2, 4, 8, 15, 15]),
        (TlsRefused("expired"), [1, 2, 4, 8, 15, 15]),
    ],
    ids=["asked to slow down", "the folder is gone", "the password is wrong", "no safe connection"],
)
def test_where_haste_does_harm_the_pause_is_minutes(problem: Exception, minutes: list[float]) -> None:
    assert pauses(problem)[: len(minutes)] == minutes


@pytest.mark.parametrize(
    "problem",
    [ConnectionLost("cut"), CommandRefused("NO"), ValueError("odd")],
    ids=lambda problem: type(problem).__name__,
)
def test_what_may_pass_by_itself_is_tried_again_at_once_and_then_less_and_less(problem: Exception) -> None:
    seconds = [pause * MINUTE for pause in pauses(problem)]
    assert seconds == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]


@pytest.mark.parametrize(
    "problem",
    [
        GrantLost("revoked"),
        ClientRefused("secret"),
        TokenUnavailable("503"),
        StoreFull("full"),
        StoreBusy("locked"),
        StoreReadOnly("standby"),
        StoreUnreachable("renamed"),
        StoreUnusable("damaged"),
        TooManyFiles("ten left"),
        ReaderNotReady("no memory"),
    ],
    ids=lambda problem: type(problem).__name__,
)
def test_after_trouble_that_costs_no_server_a_question_work_goes_on_within_a_minute(
    problem: Exception,
) -> None:
    pace = pace_after(problem)
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


@pytest.mark.parametrize(
    "problem",
    [
        ConnectionLost("cut"),
        ServerBusy("no back end", away=True),
        FolderMissing("renamed"),
        LoginRefused("later"),
    ],
    ids=lambda problem: type(problem).__name__,
)
@pytest.mark.parametrize("attempt", [0.0, 0.3, 10.0, 75.0], ids=lambda seconds: f"{seconds:g} s to fail")
def test_after_an_outage_the_pause_is_not_longer_than_the_outage_was(
    problem: Exception, attempt: float
) -> None:
    """Whatever an attempt takes to fail, and however often it does; the first pause is the least there is."""
    pace, lasting = pace_after(problem), 0.0
    for failures in range(1, 40):
        pause = pace.pause(failures, nearly_one, lasting=lasting)
        assert pause <= max(lasting, pace.first * 1.1)
        lasting += pause + attempt


def test_a_server_that_comes_back_after_twenty_seconds_is_not_waited_for_a_minute() -> None:
    for problem in (ConnectionLost("refused"), ServerBusy("no back end", away=True)):
        pace, at, failures = pace_after(problem), 0.0, 0
        while at < 20:
            failures += 1
            at += pace.pause(failures, nearly_one, lasting=at)
        assert at < 45
