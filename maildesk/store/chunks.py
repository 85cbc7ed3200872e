"""Many values asked for in turns: databases have limits on one IN list, and query planners opinions."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TypeVar

T = TypeVar("T")

IN_LIST = 500
"""The most values in one IN list."""


def chunks(values: Collection[T], most: int = IN_LIST) -> Iterator[list[T]]:
    """All of these values, at most so many at a time."""
    ordered = list(values)
    return (ordered[start : start + most] for start in range(0, len(ordered), most))
