"""Many values asked for in turns: databases have limits on one IN list, and query planners opinions."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TypeVar

T = TypeVar("T")

IN_LIST = 500
"""The most values in one IN list."""


def chunks(values: Collection[T]) -> Iterator[list[T]]:
    """All of these values, at most `IN_LIST` at a time."""
    ordered = list(values)
    return (ordered[start : start + IN_LIST] for start in range(0, len(ordered), IN_LIST))
