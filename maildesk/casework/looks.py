"""The count of what the desk's people asked to see within the hour, as mails are filed: many in a batch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from maildesk.casework.office import Office
from maildesk.casework.read_mail import ReadMail
from maildesk.desk.case.letter_order import LetterOrder
from maildesk.desk.letters.cause import Cause
from maildesk.desk.screening.command_context import AtHand
from maildesk.mail.addr_spec import deliverable, folded
from maildesk.mail.message import IncomingMail
from maildesk.store.database import Connection
from maildesk.store.limits import looks_counts


class Looks:
    """Counts the answers to each person, those of this batch included."""

    def __init__(self, conn: Connection, office: Office, now: datetime) -> None:
        self._conn = conn
        self._office = office
        self._now = now
        self._most = office.limits.looks_per_agent_hour
        self._counts = Counter[str]()

    def load(self, batch: Sequence[ReadMail]) -> None:
        """Load what the authors of these mails were shown lately."""
        people = self._office.desk.people
        mails = [one.reading for one in batch if one.heard.looks and isinstance(one.reading, IncomingMail)]
        asking = {person.address for mail in mails if (person := people.person(mail.author.addr_spec))}
        self._counts = looks_counts(self._conn, self._now, sorted(map(deliverable, asking)), self._most)

    def at_hand(self, one: ReadMail, author: str) -> AtHand:
        """Gather what a mail about no case asks to see, and how many such mails are answered yet."""
        wanted = one.asked is not None and any(each.asks_for_files for each in one.looked)
        files = one.asked.at_hand if one.asked and wanted else ()
        return AtHand(looked=one.looked, looks_left=self._most - self._counts[folded(author)], files=files)

    def answered(self, author: str, letters: int) -> None:
        """Count what is sent in answer to one more."""
        self._counts[folded(author)] += letters


def with_asked(cause: Cause, order: LetterOrder, one: ReadMail) -> Cause:
    """The cause of a letter of no case, with the files that the mail asked for if some go along."""
    return replace(cause, files=one.asked.files) if order.enclosed and one.asked else cause
