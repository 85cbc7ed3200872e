"""A summary as the policy words it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from maildesk.desk.policy.rules import Condition

LEAD: Final = "lead"
LEADERSHIP: Final = "leadership"
"""The audiences of a letter that is about no one case, beside a team by its name."""


@dataclass(frozen=True, slots=True)
class Summary:
    """A letter every business day, `at` minutes after midnight, to whom it `tells`.

    It `counts` the cases to which `when` applies by that field, those of which the field came to have a value
    since the one before.
    """

    name: str
    at: int
    tells: tuple[str, ...]
    counts: str
    when: Condition = field(default_factory=Condition)
