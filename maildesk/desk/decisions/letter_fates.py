"""The news of a letter's fate to its case: the event, the first response as it then is, and a notice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from maildesk.desk.case.case import Case
from maildesk.desk.case.change import Change
from maildesk.desk.case.clocks import ClockKind, set_in
from maildesk.desk.case.events import DESK, Event, EventKind, Plain
from maildesk.desk.case.letter_order import ANSWERING, LetterKind, LetterOrder
from maildesk.desk.case.told import Joined, Phrase, in_words
from maildesk.desk.case.transitions import apply
from maildesk.desk.decisions.colleagues import name_of
from maildesk.desk.letters.letter_context import cut
from maildesk.desk.letters.letter_kinds import FORMS
from maildesk.desk.letters.moments import moment
from maildesk.desk.policy.desk import Desk
from maildesk.desk.screening.command_context import SentWords

_TOLD: Final = {
    EventKind.LETTER_FAILED: LetterKind.UNDELIVERED,
    EventKind.LETTER_DELAYED: LetterKind.STILL_TRIED,
    EventKind.LETTER_ARRIVED: LetterKind.ARRIVED,
    EventKind.LETTER_DROPPED: LetterKind.UNDELIVERED,
}
"""Events that the owner is told of, and how; an uncertain letter stands in the history only, and one that is
dropped where nobody awaits it."""

DROPPED: Final = Phrase("it was dropped at the command line, and is not tried any longer")
"""The reason that people read of a letter that they awaited."""

_MOVING: Final = (EventKind.LETTER_FAILED, EventKind.LETTER_DROPPED, EventKind.LETTER_RETRIED)
"""After these an answer is none, or one again, and perhaps the first response was another one."""


@dataclass(frozen=True, slots=True)
class LetterFate:
    """The fate of a letter to `recipient`: `why` if it came by itself, `by` whom if a person did it.

    `awaited`: the owner was told that it is late, and that they hear more of it.
    """

    event: EventKind
    letter: LetterKind
    recipient: str
    why: str | None = None
    by: str = DESK
    awaited: bool = False


def moves_first_response(case: Case, fate: LetterFate) -> bool:
    """Tell whether the first response to the requester has to be looked for anew."""
    return fate.letter in ANSWERING and fate.event in _MOVING and case.is_requester(fate.recipient)


def tells(fate: LetterFate) -> bool:
    """Tell whether people of the desk hear of it."""
    heard = fate.awaited if fate.event is EventKind.LETTER_DROPPED else fate.event in _TOLD
    return heard and FORMS[fate.letter].audience.of_customers


def told(
    case: Case,
    fate: LetterFate,
    first_response: datetime | None,
    now: datetime,
    words: Mapping[str, str],
    met: datetime | None = None,
) -> Change:
    """The case with the event; `first_response` as it is now, which counts where the fate moves it. `met` is
    when the promise of an answer is kept, now that this letter fared so: of a case that was opened again it
    is another one than the first of all.

    `words` are those of the letter (`words_of`): who hears that it did not arrive may say it in another way.
    A notice that failed is not told by another notice: that could go on for ever.
    """
    data: dict[str, Plain] = {"letter": fate.letter, "to": fate.recipient, "why": fate.why}
    if moves_first_response(case, fate):
        data |= answer_moved(case, first_response, met)
    event = Event(now, fate.event, fate.by, data)
    extra = {"recipients": fate.recipient, "reason": fate.why or "", "unproven": "", **NO_WORDS, **words}
    letters = (LetterOrder(_TOLD[fate.event], extra=extra),) if tells(fate) else ()
    return Change(apply(case, event), (event,), letters)


def answer_moved(case: Case, first_response: datetime | None, met: datetime | None) -> dict[str, Plain]:
    """Write down for an event what is the first response from now on, and when the promise was kept."""
    data: dict[str, Plain] = {}
    if first_response != case.first_response_at:
        data["first_answer"] = first_response.isoformat() if first_response else ""
    clock = case.clock(ClockKind.FIRST_RESPONSE)
    if clock and clock.met_at != met:
        data["met"] = met.isoformat() if met else ""
        # Here, and not in settling: who drops a letter at the command line need have no policy.
        data |= set_in(clock.kind, replace(clock, met_at=met))
    return data


def about_all(order: LetterOrder, fates: Sequence[LetterFate]) -> LetterOrder:
    """The notice about one copy of a letter as the one about all copies with this fate."""
    reasons = dict.fromkeys(fate.why for fate in fates if fate.why)
    told = {"recipients": in_words([fate.recipient for fate in fates]), "reason": Joined("; ", reasons)}
    return replace(order, extra=order.extra | told)


NO_WORDS: Final = {"who": "", "at": "", "words": ""}
"""Said of a letter that the case does not show."""

_SHOWN: Final = 4000
"""Bytes of a letter that the notice about it shows."""


def words_of(sent: SentWords | None, desk: Desk) -> dict[str, str]:
    """Write whose words a letter holds, when it was written, and the words."""
    if sent is None:
        return dict(NO_WORDS)
    who = name_of(sent.author, desk.people) if sent.author else desk.name
    return {
        "who": who,
        "at": moment(sent.at, desk.zone),
        "words": cut(sent.text, _SHOWN),
    }
