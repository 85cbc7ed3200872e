"""Acts of the desk's people done again: from the event that tells of each, by the same acts of the desk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from maildesk.desk.case.case import Case, PartyRole, Phase
from maildesk.desk.case.change import Change
from maildesk.desk.case.clocks import without_clocks
from maildesk.desk.case.events import Event, EventKind
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.case.transitions import apply
from maildesk.desk.decisions import acts, parties, reviewing, status_acts
from maildesk.desk.decisions.actor import Actor
from maildesk.desk.decisions.escalating import escalate
from maildesk.desk.decisions.inside_answers import answer_inside
from maildesk.desk.decisions.moving import move
from maildesk.desk.decisions.routing import TEAM_BEFORE
from maildesk.desk.decisions.step_questions import ask_question
from maildesk.desk.policy.desk import Desk
from maildesk.desk.policy.entering import way_into
from maildesk.desk.policy.names import kept_names
from maildesk.errors import MaildeskError, NotFound
from maildesk.simulating.history import ActStep

WORDS: Final = "…"
"""Stands for an agent's words: which they were, no rule asks."""


@dataclass(frozen=True, slots=True)
class Again:
    """One event of an act that is to be done again to a case."""

    case: Case
    desk: Desk
    hand: Actor
    event: Event
    letters: frozenset[str]

    def said(self, key: str) -> str:
        return str(self.event.data.get(key) or "")


def acted_again(case: Case, desk: Desk, step: ActStep) -> tuple[Change, list[str]]:
    """The change of an act, and why what of it could not be done: the policy may not let them."""
    change, refused = Change(case), []
    first = step.events[0]
    person = desk.people.is_desk_person(first.actor)
    hand = Actor(first.actor, step.at, first.actor if person else "")
    retyped = False
    for event in step.events:
        if retyped and _follows_from_type(event):
            continue  # the type brings along what this policy says
        retyped = retyped or (event.kind is EventKind.CHANGED and event.data.get("field") == "type")
        do = _ACTS.get(event.kind, _as_it_was)
        try:
            change = change.then(do(Again(change.case, desk, hand, event, step.letters)))
        except MaildeskError as problem:
            refused.append(problem.message)
    return change, refused


def _follows_from_type(event: Event) -> bool:
    if event.kind is EventKind.CHANGED:
        return event.data.get("field") == "priority"
    return event.kind is EventKind.STATUS_CHANGED or (
        event.kind is EventKind.ASSIGNED and TEAM_BEFORE in event.data
    )


def _as_it_was(again: Again) -> Change:
    """The change that no policy decides: the event as it was, but for the clocks, which this policy sets."""
    event = Event(again.hand.now, again.event.kind, again.event.actor, without_clocks(again.event.data))
    return Change(apply(again.case, event), (event,))


def _split(again: Again) -> Change:
    """A request became a case of its own: that one is not replayed, its customer is told of it again."""
    change = _as_it_was(again)
    if LetterKind.SPLIT_OFF not in again.letters:
        return change
    return replace(change, letters=(LetterOrder(LetterKind.SPLIT_OFF, extra={"cases": WORDS}),))


def _answered(again: Again) -> Change:
    return acts.answer(again.case, again.desk, WORDS, again.hand)


def _waits(again: Again) -> Change:
    if again.said("result"):
        return _resolved(again)
    question = again.desk.policy.questions.get(again.said("asks"))
    if question:
        return ask_question(again.case, again.desk, again.hand, question)
    pieces = kept_names(again.said("needs"), again.desk.policy.information)
    if pieces:
        return status_acts.need(again.case, again.desk, again.hand, pieces)
    if named := _named(again):
        return named
    until = again.said("until")
    moment = datetime.fromisoformat(until) if until else None
    return status_acts.wait(again.case, again.desk, again.hand, moment)


def _answered_inside(again: Again) -> Change:
    return answer_inside(again.case, again.desk, again.hand, again.said("answer"))


def _resolved(again: Again) -> Change:
    told = again.said("result") or LetterKind.OUTCOME in again.letters
    if not told and (named := _named(again, usual=True)):
        return named  # by #status, which tells no outcome
    words = again.said("outcome")
    policy = again.desk.policy
    if policy.outcomes and not status_acts.outcome_called(policy, words):
        if words and again.said("result"):
            return status_acts.close(again.case, again.desk, again.hand, words)  # the customer was asked
        words = again.said("result") if again.said("result") in policy.outcomes else ""
    return status_acts.resolve(again.case, again.desk, again.hand, words)


def _closed(again: Again) -> Change:
    if named := _named(again):
        return named
    return status_acts.close(
        again.case, again.desk, again.hand, again.said("result") or again.said("outcome")
    )


def _named(again: Again, *, usual: bool = False) -> Change | None:
    """The move into a status that this policy has too, where it is not the one that the act leads to.

    With `usual` that one is meant too.
    """
    to = again.desk.policy.statuses.get(again.said("status"))
    if to is None or to.phase.value != again.said("phase"):
        return None
    first = next(iter(again.desk.policy.statuses.of(to.phase)))
    if first.name == to.name and not usual:
        return None
    return status_acts.status(again.case, again.desk, again.hand, to.name)


def _moved(again: Again) -> Change:
    if again.said("result"):
        return _resolved(again)
    statuses = again.desk.policy.statuses
    to = statuses.get(again.said("status"))
    if to and to.phase.value == again.said("phase"):
        if statuses.of_case(again.case).name == to.name:
            return Change(again.case)
        return status_acts.status(again.case, again.desk, again.hand, to.name)
    phase = Phase(again.said("phase") or again.case.phase)
    if phase is again.case.phase:
        return Change(again.case)
    to = way_into(again.case, phase, again.hand.address, again.desk)
    return move(again.case, again.desk, to, again.hand)


def _reopened(again: Again) -> Change:
    if again.case.set_aside and LetterKind.ANSWER in again.letters:
        return Change(again.case)  # an answer opens it
    told = again.letters & {LetterKind.REOPENED, LetterKind.ANSWER}
    if not told and (named := _named(again, usual=True)):
        return named  # by #status, which tells customers nothing
    return status_acts.reopen(again.case, again.desk, again.hand)


def _assigned(again: Again) -> Change:
    people = again.desk.people
    owner, team = again.said("owner"), again.said("team")
    owner = owner if people.agent(owner) else ""
    team = team if people.team(team) else again.case.team or ""
    if (owner or None, team or None) == (again.case.owner, again.case.team):
        return Change(again.case)
    return acts.assign(again.case, again.desk, again.hand, owner or None, team or None)


def _changed(again: Again) -> Change:
    field, value = again.said("field"), again.said("new")
    if str(getattr(again.case, field, None) or "") == value:
        return Change(again.case)
    return acts.change(again.case, again.desk, again.hand, field, value, noted=True)


def _field_set(again: Again) -> Change:
    field = again.said("field")
    if field not in again.desk.policy.fields:
        raise NotFound(f"the policy has no field {field}")
    return acts.change(again.case, again.desk, again.hand, field, again.said("new"), noted=True)


def _escalated(again: Again) -> Change:
    return escalate(again.case, again.desk, again.hand, why=again.said("why"))


def _approved(again: Again) -> Change:
    return reviewing.approve(again.case, again.desk, again.hand)


def _declined(again: Again) -> Change:
    told = LetterKind.ESCALATION_DECLINED in again.letters
    return reviewing.decline(again.case, again.desk, again.hand, again.said("why") or WORDS, said=told)


def _planned(again: Again) -> Change:
    return reviewing.plan(again.case, again.hand, again.said("plan") or WORDS)


def _shared(again: Again) -> Change:
    return reviewing.share_plan(again.case, again.hand)


def _joined(again: Again) -> Change:
    address = again.said("address")
    if again.said("role") in (PartyRole.CC, PartyRole.REQUESTER):
        if again.case.party(address):
            return Change(again.case)
        return parties.add_party(again.case, again.desk, again.hand, address)
    return parties.consult(again.case, again.desk, again.hand, address)


def _removed(again: Again) -> Change:
    if again.case.party(again.said("address")) is None:
        return Change(again.case)  # it went with another detail of it
    return parties.remove_party(again.case, again.desk, again.hand, again.said("address"))


_ACTS: Final[dict[EventKind, Callable[[Again], Change]]] = {
    EventKind.ANSWERED: _answered,
    EventKind.WAITING: _waits,
    EventKind.RESOLVED: _resolved,
    EventKind.CLOSED: _closed,
    EventKind.STATUS_CHANGED: _moved,
    EventKind.REOPENED: _reopened,
    EventKind.SPAM: lambda again: status_acts.spam(again.case, again.hand),
    EventKind.ASSIGNED: _assigned,
    EventKind.CHANGED: _changed,
    EventKind.FIELD_SET: _field_set,
    EventKind.ESCALATED: _escalated,
    EventKind.ESCALATION_REPEATED: _escalated,
    EventKind.QUESTION_ANSWERED: _answered_inside,
    EventKind.ESCALATION_RAISED: _escalated,
    EventKind.ESCALATION_APPROVED: _approved,
    EventKind.ESCALATION_DECLINED: _declined,
    EventKind.PLANNED: _planned,
    EventKind.PLAN_SHARED: _shared,
    EventKind.SPLIT: _split,
    EventKind.PARTY_JOINED: _joined,
    EventKind.PARTY_REMOVED: _removed,
}
"""The act that each kind of event tells of; all others are kept as they were."""
