"""The turn of the desk: since when a customer waits for its word, and the business time in which they did."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta


class OurTurn:
    """One case, as far as its events say whose the next word is. No time counts twice."""

    def __init__(self, business: Callable[[datetime, datetime], timedelta]) -> None:
        self._business = business
        self.asked_at: datetime | None = None
        self.last_asked_at: datetime | None = None
        self.mail_since: datetime | None = None
        """The customer's oldest mail that has no answer; None where there is none."""
        self.time = timedelta(0)
        self._from = self._counted = datetime.min.replace(tzinfo=UTC)

    def moves(self, asked: datetime | None, at: datetime) -> None:
        """The next word is ours since `asked`, or theirs, as an event at this moment says."""
        if asked is None:
            self.mail_since = None
        if asked == self.asked_at:
            return
        if asked is None:
            self.time += self._business(self._from, at)
            self._counted = max(self._counted, at)
        else:
            begins = asked if self.asked_at is None else min(asked, self._from)
            self._from = max(begins, self._counted)
        self.last_asked_at = self.asked_at or self.last_asked_at
        self.asked_at = asked

    def wrote(self, at: datetime) -> None:
        """The customer wrote; of several mails without an answer the oldest counts."""
        self.mail_since = self.mail_since or at

    def answered_after(self, at: datetime) -> timedelta | None:
        """The business time from their oldest mail without an answer to this one; None without any."""
        return self._business(self.mail_since, at) if self.mail_since else None
