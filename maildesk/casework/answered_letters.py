"""The letter of ours that a mail answers: of which kind it is, and whether a colleague asked in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from maildesk.desk.letters.case_mail import CaseMail
from maildesk.desk.letters.letter_kinds import FORMS
from maildesk.desk.screening.signals import Signals
from maildesk.desk.screening.situation import Consultation
from maildesk.mail.addr_spec import Addresses

_ASKING: Final = frozenset(kind.value for kind, form in FORMS.items() if form.asks_colleagues)
"""Letters whose answers stay inside."""


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
    if asked and (nearest is None or nearest.verdict not in _ASKING):
        return next((one for one in theirs if one.verdict in _ASKING), nearest)
    return nearest or next(theirs, None)


def consultation_of(letter: CaseMail | None, signals: Signals, author: str) -> Consultation | None:
    """Take the question inside from the letter that is answered; None where the mail names none.

    That its author's last letter was one is no sign: the address it came to was given with a notice.
    """
    asks = letter is not None and letter.verdict in _ASKING
    if letter is not None and asks and (signals.asked or letter.message_id in signals.thread_ids):
        to_author = author in Addresses(letter.recipients)
        return Consultation(letter.spoken_by or "", letter.verdict, letter.at, to_author)
    return Consultation() if signals.asked else None
