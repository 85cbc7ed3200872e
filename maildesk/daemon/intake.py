"""The result of one look at a mailbox."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from maildesk.errors import MaildeskError


@dataclass(slots=True)
class Intake:
    """The result of one look at the mailbox: mails stored, and what wants a person.

    `undecided` says why the mailbox is left alone. `alarms`: kinds, each with its detail. `problem` is what
    kept some mails from coming although the rest came: the look is to be repeated. `unmoved` is what kept
    filed mail from being moved on.
    """

    stored: int = 0
    undecided: str = ""
    alarms: dict[str, str] = field(default_factory=dict)
    problem: MaildeskError | None = None
    unmoved: MaildeskError | None = None
    failures: int = 0
    arrived: asyncio.Event | None = None

    def count(self, stored: int) -> None:
        """So many more are stored: whoever waits for mail is woken."""
        self.stored += stored
        if stored and self.arrived:
            self.arrived.set()


UNDECIDED = (
    "there is mail from before the desk's first start, so it is left untouched; "
    "set existing_mail: file to make cases of it, or existing_mail: leave to leave it where it is"
)
"""The reason why a mailbox is left alone that was not empty at the first start."""
