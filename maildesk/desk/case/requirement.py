"""A requirement: one thing that the product is to become, for which many customers may have asked."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Requirement:
    """One requirement. `status` is one of the policy's; `shipped_at` (UTC) is None until it is there."""

    name: str
    status: str
    created_at: datetime
    created_by: str
    summary: str = ""
    description: str = ""
    category: str = ""
    team: str = ""
    item: str = ""
    shipped_at: datetime | None = None

    @property
    def key(self) -> str:
        """The name as far as it tells requirements apart: letter case, width and blanks do not."""
        return key_of(self.name)


def free_name(name: str, keys: Collection[str]) -> str:
    """The name, with a number where one of these keys is its own."""
    number, free = 1, name
    while key_of(free) in keys:
        number += 1
        free = f"{name} {number}"
    return free


def key_of(name: str) -> str:
    """The key of a requirement of that name."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
