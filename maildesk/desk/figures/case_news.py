"""The news of one case since its last week was told, and its ends."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from maildesk.desk.figures.case_week import Lesson

BACK_WITHIN: Final = timedelta(days=7)
"""An end that is followed by a reopening within this time was none."""


@dataclass(slots=True)
class CaseEnd:
    """An end of a case, and when it was opened again."""

    at: datetime
    back_at: datetime | None = None

    @property
    def undone(self) -> bool:
        return self.back_at is not None and self.back_at - self.at <= BACK_WITHIN


@dataclass(slots=True)
class CaseNews:
    """The news since the last cut."""

    came_back: int = 0
    ended: int = 0
    later_answers: list[timedelta] = field(default_factory=list)
    surveys_sent: int = 0
    satisfied: list[bool] = field(default_factory=list)
    lessons: list[Lesson] = field(default_factory=list)
    mails: list[datetime] = field(default_factory=list)
    events: int = 0
