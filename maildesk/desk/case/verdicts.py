"""Verdicts of the desk about one incoming mail, each with the constant reasons that lead there."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Verdict(StrEnum):
    """One for every mail the ledger holds, dropped ones too; `inbox list --json` prints the value."""

    OPENED = "opened"
    APPENDED = "appended"
    REOPENED = "reopened"
    COMMAND = "command"
    NOTE = "note"
    THIRD_PARTY = "third_party"
    AUTOMATIC = "automatic"
    BOUNCE = "bounce"
    DUPLICATE = "duplicate"
    SEEN = "seen"
    LEFT = "left"
    UNVERIFIED = "unverified"
    FORM_RETURNED = "form_returned"
    IMPORTED = "imported"
    LOOKED = "looked"
    QUARANTINED = "quarantined"
    ERASED = "erased"


ON_A_CASE = frozenset({
    Verdict.OPENED, Verdict.APPENDED, Verdict.REOPENED, Verdict.NOTE, Verdict.THIRD_PARTY, Verdict.AUTOMATIC,
    Verdict.BOUNCE, Verdict.UNVERIFIED, Verdict.IMPORTED,
})  # fmt: skip
"""Verdicts whose mail a case shows, always. The others may have one: a repeat, a command about no case."""


ENTERED: Final = "entered"
BY_HAND: Final = "by-hand"
"""The reasons of a mail whose words one of our people wrote down: by mail, or at the command line."""

WROTE_FIRST: Final = "wrote-first"
"""The reason of an agent's mail to a customer that opened the customer's case: it stands there as said."""
