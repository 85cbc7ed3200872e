"""The files of a customer's mail that a colleague asks for, as filing hands them on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from maildesk.desk.screening.command_context import FileAtHand
from maildesk.mail.message import EnclosedFile


@dataclass(frozen=True, slots=True)
class AskedFiles:
    """The files of the mail in that ledger row, by sha256."""

    ledger_id: int
    files: Mapping[str, EnclosedFile]

    @property
    def at_hand(self) -> tuple[FileAtHand, ...]:
        """What deciding has to know of them."""
        return tuple(FileAtHand(each.name, len(each.content), key) for key, each in self.files.items())
