"""The result of a batch of mails that was filed, as the daemon counts it and the log says it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RefusedMail:
    """A mail that asked for what its sender may not do, as the log says it."""

    ledger_id: int
    author: str
    reason: str
    ref: str | None


@dataclass(frozen=True, slots=True)
class FiledCount:
    """The result of one batch. `again`: a mail that was filed before is to be filed once more."""

    filed: int
    mailboxes: frozenset[str]
    quarantined: int
    again: bool = False
    refused: tuple[RefusedMail, ...] = ()

    def and_(self, other: FiledCount) -> FiledCount:
        return FiledCount(
            self.filed + other.filed,
            self.mailboxes | other.mailboxes,
            self.quarantined + other.quarantined,
            self.again or other.again,
            self.refused + other.refused,
        )
