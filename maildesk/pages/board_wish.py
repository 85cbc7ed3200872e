"""The wish behind a board: what of customers it shows, and how much of everything."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

ROWS = 1000
"""The rows of a page, where nobody asks for more."""


class Shown(StrEnum):
    """Something of a customer's that a board may show."""

    SUBJECT = "subject"
    CUSTOMER = "customer"


@dataclass(frozen=True, slots=True)
class BoardWish:
    """The wish for a board. `again`: the seconds after which a browser reads it anew; 0 is never."""

    shows: Collection[Shown] = (Shown.SUBJECT,)
    rows: int = ROWS
    again: int = 0
