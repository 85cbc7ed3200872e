"""Kinds of case and how pressing one is: what each means, where its cases begin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Priority:
    """The urgency of a case; rank 1 comes first."""

    name: str
    rank: int
    means: str = ""


@dataclass(frozen=True, slots=True)
class CaseType:
    """A kind of case: what it means, and where its cases begin; None is where all others do.

    `priorities` are those that it knows, by their full names, with what each means there; empty: all of the
    policy's. `queued_after`: its cases stand behind those of other types in the queue.
    """

    name: str
    means: str = ""
    status: str | None = None
    team: str | None = None
    priorities: Mapping[str, str] = field(default_factory=dict)
    queued_after: bool = False
