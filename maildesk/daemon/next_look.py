"""The next look of what keeps its own hour: the database is asked only then."""

from __future__ import annotations

from datetime import datetime


class NextLook:
    """Remembers when somebody looked, and when the next look is worth it."""

    def __init__(self) -> None:
        self._looked: datetime | None = None
        self._again_at: datetime | None = None

    def is_due(self, now: datetime) -> bool:
        """Tell whether to look: at the start, at the hour, after a clock went back."""
        if self._looked is None or self._again_at is None:
            return True
        return not self._looked <= now < self._again_at

    def looked(self, now: datetime, again_at: datetime | None) -> None:
        """Remember a look. Without `again_at` nobody knows the hour, and each question is worth a look."""
        self._looked, self._again_at = now, again_at
