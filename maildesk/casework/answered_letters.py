"""The letter of ours that a mail answers: of which kind it is, and whether a colleague asked in it."""

from __future__ import annotations

from collections.abc import Sequence

from maildesk.desk.case.letter_order import LetterKind
from maildesk.desk.letters.case_mail import CaseMail
from maildesk.desk.screening.situation import Consultation
from maildesk.mail.addr_spec import Addresses


def letter_answered(
    thread: Sequence[CaseMail], thread_ids: Sequence[str], author: str, *, asked: bool = False
) -> CaseMail | None:
    """Find the letter of a case that a mail answers: the nearest that it names, else its author's last one.

    `asked`: the mail came to an address that was given with a colleague's question, and answers that.
    `thread` are the case's mails, newest first.
    """
    letters = [one for one in thread if one.direction == "out" and one.message_id]
    named = {one.message_id: one for one in letters}
    nearest = next((named[each] for each in thread_ids if each in named), None)
    theirs = (one for one in letters if author in Addresses(one.recipients))
    if asked and (nearest is None or nearest.verdict != LetterKind.ASK):
        return next((one for one in theirs if one.verdict == LetterKind.ASK), nearest)
    return nearest or next(theirs, None)


def consultation_of(
    letter: CaseMail | None, thread_ids: Sequence[str], *, asked: bool
) -> Consultation | None:
    """Take the colleague's question from the letter that is answered; None where the mail names none.

    That its author's last letter was one is no sign: the address it came to was given with a notice.
    """
    if letter is not None and letter.verdict == LetterKind.ASK and (asked or letter.message_id in thread_ids):
        return Consultation(letter.spoken_by or "")
    return Consultation() if asked else None
