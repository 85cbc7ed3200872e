"""The letter that suggests `#away` to an agent whose mailbox says that they are away."""

from __future__ import annotations

from datetime import datetime

from maildesk.desk.case.letter_order import LetterKind
from maildesk.desk.letters.letter_writer import LetterWriter, WrittenLetter
from maildesk.desk.policy.absences import NotedAbsence
from maildesk.desk.policy.people import Person
from maildesk.mail.addr_spec import folded
from maildesk.mail.message import Address
from maildesk.mail.our_marks import LETTER_BEGIN


def suggestion_letter(
    writer: LetterWriter, to: Person, absence: NotedAbsence, now: datetime
) -> WrittenLetter:
    """The letter about one absence, which answers no mail: a program may have written the note.

    Who gets it and when the note came name it for good.
    """
    shown = {"noted_at": absence.noted_at, "until": absence.until, "reply_mark": LETTER_BEGIN}
    cause = (folded(to.address), absence.noted_at.isoformat())
    return writer.of_desk(LetterKind.AWAY_SUGGESTED, Address(to.address, to.name), shown, cause, now)
