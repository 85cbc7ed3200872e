"""The promises of a policy: rows that are read from the top, each for some cases and kinds of promise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import NamedTuple

from maildesk.desk.promises.spans import Span, SpanKind
from maildesk.errors import BadInput


class Promised(StrEnum):
    """The kinds of promise; the value is the key of the policy file."""

    FIRST_RESPONSE = "first_response"
    NEXT_RESPONSE = "next_response"
    UPDATE = "update"
    RESOLUTION = "resolution"


NEVER = "never"
"""The span of a row that promises nothing, so that no row below it does."""


@dataclass(frozen=True, slots=True)
class WarnBefore:
    """The time before a promise is due at which people are warned: business time, or a share in percent."""

    percent: int = 25
    span: timedelta | None = None

    @classmethod
    def parse(cls, text: str) -> WarnBefore:
        """Read `25%`, `30m`, `1h` or `never`."""
        word = text.strip()
        if word == NEVER:
            return cls(percent=0)
        if word.endswith("%") and word[:-1].isascii() and word[:-1].isdigit() and 0 < int(word[:-1]) < 100:
            return cls(percent=int(word[:-1]))
        span = Span.parse(word)
        if span.kind is not SpanKind.BUSINESS:
            raise BadInput(f"{text!r} is no time to warn before", remedy="write 25%, 30m, 1h or never")
        return cls(span=span.time)

    def of(self, whole: timedelta) -> timedelta:
        """Count how long that is of a promise of `whole` business time; zero, or all of it, is no warning."""
        return whole * self.percent / 100 if self.span is None else self.span


class CaseFacts(NamedTuple):
    """The facts of a case that a promise depends on; None and the empty string are "has none"."""

    priority: str = ""
    type: str | None = None
    plan: str = ""
    account: str | None = None


@dataclass(frozen=True, slots=True)
class PromiseRow:
    """One row: for which cases (an empty tuple asks nothing), what it promises, and when people are warned.

    A kind whose span is None is promised never, by this row or any below it. `tells` is what the first
    answer must name to count as one. Names are the policy's own, in full.
    """

    spans: Mapping[Promised, Span | None] = field(default_factory=dict)
    priority: tuple[str, ...] = ()
    type: tuple[str, ...] = ()
    plan: tuple[str, ...] = ()
    account: tuple[str, ...] = ()
    warn_before: WarnBefore = WarnBefore()
    tells: tuple[str, ...] = ()

    def fits(self, facts: CaseFacts) -> bool:
        """Tell whether the row is for such a case."""
        return (
            (not self.priority or facts.priority in self.priority)
            and (not self.type or facts.type in self.type)
            and (not self.plan or facts.plan in self.plan)
            and (not self.account or facts.account in self.account)
        )


def promising(rows: Sequence[PromiseRow], what: Promised, facts: CaseFacts) -> PromiseRow | None:
    """Find the row that promises `what` to such a case: the first that fits and names it, or None."""
    for row in rows:
        if what in row.spans and row.fits(facts):
            return row if row.spans[what] else None
    return None
