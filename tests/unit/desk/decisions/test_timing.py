"""Silence counts once all mail from before it was over is filed, and after an outage a business day later."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from maildesk.desk.case.clocks import ClockKind
from maildesk.desk.decisions.timing import LISTENING, silent_at
from maildesk.desk.promises.deadlines import Deadline, DeadlineKind
from tests.unit.desk.matters import DESK, NOW

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
NEXT_DAY = DESK.policy.calendar.add_days(NOW, 1)


@pytest.mark.parametrize(
    ("due", "look_at", "filed_until", "at"),
    [
        (NOW, NOW, NOW, NOW),
        (NOW - MINUTE, NOW - MINUTE, NOW, NOW),
        (NOW, NOW, NOW - MINUTE, NOW + LISTENING),
        (NOW - MINUTE, NOW - MINUTE, NOW - 2 * HOUR, NEXT_DAY),
        (NOW - 2 * HOUR, NOW - 2 * HOUR, NOW, NEXT_DAY),
        (NOW - 24 * HOUR, NOW, NOW, NOW),
        (NOW - 24 * HOUR, NOW, NOW - 23 * HOUR, NOW),
        (NOW - 24 * HOUR, NOW, NOW - 25 * HOUR, NEXT_DAY),
    ],
)
def test_silence_waits_for_the_mail_of_before_and_a_day_after_an_outage(
    due: datetime, look_at: datetime, filed_until: datetime, at: datetime
) -> None:
    silence = Deadline(DeadlineKind(ClockKind.AFTER), due, NOW - 100 * HOUR)
    assert silent_at(silence, DESK, NOW, look_at=look_at, filed_until=filed_until) == at


def test_what_is_promised_waits_for_no_mail() -> None:
    promised = Deadline(DeadlineKind(ClockKind.FIRST_RESPONSE), NOW - HOUR, NOW - 100 * HOUR)
    long_ago = NOW - 90 * HOUR
    assert silent_at(promised, DESK, NOW, look_at=long_ago, filed_until=long_ago) == NOW
