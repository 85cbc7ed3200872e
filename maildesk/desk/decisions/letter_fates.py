"""The news of a letter's fate to its case: the event, the first response as it then is, and a notice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from maildesk.desk.case.case import Case, apply
from maildesk.desk.case.change import Change
from maildesk.desk.case.events import DESK, Event, EventKind, Plain
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.letters.letter_kinds import FORMS

_TOLD: Final = (EventKind.LETTER_FAILED, EventKind.LETTER_DELAYED)
"""Events that the owner is told of; an uncertain letter stands in the history only."""

_MOVING: Final = (EventKind.LETTER_FAILED, EventKind.LETTER_DROPPED, EventKind.LETTER_RETRIED)
"""After these an answer is none, or one again, and perhaps the first response was another one."""


@dataclass(frozen=True, slots=True)
class LetterFate:
    """The fate of a letter to `recipient`: `why` if it came by itself, `by` whom if a person did it."""

    event: EventKind
    letter: LetterKind
    recipient: str
    why: str | None = None
    by: str = DESK


def moves_first_response(case: Case, fate: LetterFate) -> bool:
    """Tell whether the first response to the requester has to be looked for anew."""
    answer = fate.letter is LetterKind.ANSWER
    return answer and fate.event in _MOVING and case.is_requester(fate.recipient)


def told(case: Case, fate: LetterFate, first_response: datetime | None, now: datetime) -> Change:
    """The case with the event; `first_response` as it is now, which counts where the fate moves it.

    A notice that failed is not told by another notice: that could go on for ever.
    """
    data: dict[str, Plain] = {"letter": fate.letter, "to": fate.recipient, "why": fate.why}
    if moves_first_response(case, fate) and first_response != case.first_response_at:
        data["first_response"] = first_response.isoformat() if first_response else ""
    event = Event(now, fate.event, fate.by, data)
    tells = fate.event in _TOLD and FORMS[fate.letter].audience.of_customers
    extra = {"recipients": fate.recipient, "reason": fate.why or "", "unproven": ""}
    letters = (LetterOrder(LetterKind.UNDELIVERED, extra=extra),) if tells else ()
    return Change(apply(case, event), (event,), letters)
