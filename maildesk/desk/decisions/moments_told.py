"""The promised moments of a change: its clocks are set, and customers told of those that have moved."""

from __future__ import annotations

from typing import Final

from maildesk.desk.case.case import Case
from maildesk.desk.case.change import Change
from maildesk.desk.case.clocks import ClockKind, set_in
from maildesk.desk.case.events import INSIDE, EventKind, Plain
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.case.replacing import replace
from maildesk.desk.decisions.answering import UNHEARD
from maildesk.desk.policy.desk import Desk
from maildesk.desk.promises.keeping import kept
from maildesk.desk.promises.promised import Promised
from maildesk.desk.promises.time_terms import TimeTerms

_TOLD: Final = {
    "first_response": ClockKind.FIRST_RESPONSE,
    "resolution": ClockKind.RESOLUTION,
}
"""The promises that a letter may tell, as the policy names them."""

_RECEIPTS: Final = (LetterKind.ACKNOWLEDGEMENT, LetterKind.ACKNOWLEDGEMENT_FIXED)


def with_moments(before: Case | None, change: Change, desk: Desk) -> Change:
    """The change with its clocks, and with the letter about moments that its customer knows as others."""
    if not change.events:
        return change
    terms = desk.time
    change = kept(before, change, terms)
    if not any(clock.said or clock.kind in _TOLD.values() for clock in change.case.clocks):
        return change
    told = _told_by_letters(change, terms)
    extra = _first_told(change, terms)
    moved = _moved(before, change, terms)
    told |= moved | {_TOLD[name] for name in extra if name in _TOLD}
    extra |= {kind.value: "yes" for kind in moved}
    if moved and before and before.priority != change.case.priority and "priority" in terms.tells:
        extra["priority"] = "yes"
    change = _with_said(change, told)
    if not extra:
        return change
    return replace(
        change, letters=(*change.letters, LetterOrder(LetterKind.NEW_MOMENT, extra=_NOTHING | extra))
    )


_NOTHING: Final = {"priority": "", "first_response": "", "next_response": "", "resolution": ""}


def _told_by_letters(change: Change, terms: TimeTerms) -> set[ClockKind]:
    """The promises that the receipt of this change tells."""
    if not any(order.kind in _RECEIPTS for order in change.letters):
        return set()
    return {_TOLD[each] for each in terms.tells if each in _TOLD}


def _first_told(change: Change, terms: TimeTerms) -> dict[str, str]:
    """Name what the first answer must say, where this change is one; it stands below the answer."""
    answered = next((event.at for event in change.events if event.answers), None)
    if answered is None or change.case.first_response_at != answered:
        return {}
    row = terms.row(Promised.FIRST_RESPONSE, change.case)
    return dict.fromkeys(row.tells, "yes") if row else {}


def _moved(before: Case | None, change: Change, terms: TimeTerms) -> set[ClockKind]:
    """The promises whose moment was told to the customer, and is another one now.

    So is one that a first answer was to tell, and could not: its clock stood still.

    They hear of it when the priority, the type or the plan changes, and when a mail of theirs that wants an
    answer lets the time go on; what time or an agent lets go on is told with the next of these.
    """
    if before is None:
        return set()
    moved = {
        clock.kind
        for clock in change.case.clocks
        if (clock.said or clock.kind in _untold(before, terms))
        and clock.due
        and not clock.met_at
        and clock.due != clock.said
    }
    if terms.facts(before) != terms.facts(change.case):
        return moved
    wrote = [each for each in change.events if each.kind in _CUSTOMERS_WORDS and not each.data.get(INSIDE)]
    if not wrote or any(each.data.get(UNHEARD) for each in wrote):
        return set()
    return {kind for kind in moved if (clock := before.clock(kind)) and clock.due is None}


def _untold(case: Case, terms: TimeTerms) -> set[ClockKind]:
    row = terms.row(Promised.FIRST_RESPONSE, case) if case.first_response_at else None
    return {_TOLD[name] for name in row.tells if name in _TOLD} if row else set()


_CUSTOMERS_WORDS: Final = (EventKind.REPLIED, EventKind.QUESTION_ANSWERED)


def _with_said(change: Change, kinds: set[ClockKind]) -> Change:
    """The change whose last event remembers which moments the customer was told."""
    said: dict[str, Plain] = {}
    clocks = []
    for clock in change.case.clocks:
        if clock.kind in kinds and clock.due:
            clock = replace(clock, said=clock.due)
            said |= set_in(clock.kind, clock)
        clocks.append(clock)
    if not said:
        return change
    *events, last = change.events
    last = replace(last, data={**last.data, **said})
    return replace(change, case=replace(change.case, clocks=tuple(clocks)), events=(*events, last))
