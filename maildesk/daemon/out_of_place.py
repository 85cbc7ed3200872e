"""Results that bear our border's name where a sender may have written them: said in the log, once a day."""

from __future__ import annotations

import logging
from datetime import date, datetime

from maildesk.mail.identity.authenticity import OUT_OF_PLACE
from maildesk.mail.message import IncomingMail
from maildesk.store.ledger import WaitingMail

_log = logging.getLogger(__name__)


class OutOfPlaceResults:
    """Remembers for each mailbox on which day it was said: a wrong `trust.hops` is in every mail."""

    def __init__(self) -> None:
        self._told: dict[str, date] = {}

    def look(self, row: WaitingMail, mail: IncomingMail, now: datetime) -> None:
        """Say so of this mail, if it was not said today."""
        today = now.date()
        if mail.author.why != OUT_OF_PLACE or self._told.get(row.mailbox) == today:
            return
        self._told[row.mailbox] = today
        _log.warning(
            "%s ledger=%d mailbox=%s: `maildesk check` says what trust should be",
            *(OUT_OF_PLACE, row.id, row.mailbox_name),
        )
