"""A requirement: one thing that the product is to become, for which many customers may have asked."""

from __future__ import annotations

import unicodedata
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


def key_of(name: str) -> str:
    """The key of a requirement of that name."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
