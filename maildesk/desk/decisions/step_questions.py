"""Questions in steps: an agent has the first asked, each answer asks the next or says what was found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from maildesk.desk.case.case import Case, Phase
from maildesk.desk.case.change import Change
from maildesk.desk.case.events import DESK
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.case.moves import move_event
from maildesk.desk.case.told import Phrase
from maildesk.desk.decisions.actor import Actor
from maildesk.desk.decisions.asking import asked
from maildesk.desk.decisions.moving import entered
from maildesk.desk.decisions.replying import after_reply
from maildesk.desk.decisions.setting_fields import cleared, set_field
from maildesk.desk.decisions.status_acts import waits
from maildesk.desk.policy.desk import Desk
from maildesk.desk.policy.names import named
from maildesk.desk.policy.policy import Policy
from maildesk.desk.policy.questions import Answer, Question, Step
from maildesk.errors import NotAllowed, NotFound


def question_called(policy: Policy, typed: str) -> Question:
    """The question that somebody means, one of the policy's or a step; raises NotFound or Ambiguous."""
    own = {name: each for name, each in policy.questions.items() if not each.step}
    try:
        return own[named(own, typed, Phrase("question"))]
    except NotFound:
        return policy.questions[named(policy.questions, typed, Phrase("question"))]


def ask_question(case: Case, desk: Desk, hand: Actor, question: Question) -> Change:
    """Ask a question of the policy, and wait for the customer where it is they who are asked."""
    if question.once and question.name in case.asked_before:
        raise NotAllowed(
            Phrase(
                "{question} was asked on case {case}, and is asked once",
                question=question.name,
                case=case.ref,
            )
        )
    first = desk.policy.questions[question.first] if question.first else question
    if not first.answers:
        raise NotAllowed(Phrase("{question} is asked when an escalation is over", question=question.name))
    if first.inside:
        return asked(case, first, hand.now, desk.policy)
    if not case.requester:
        raise NotAllowed(Phrase("case {case} has no customer who could be asked", case=case.ref))
    change = waits(case, desk, hand, passing_stays=True, until=None, asks=question.name)
    change = change.then(asked(change.case, first, hand.now, desk.policy))
    order = LetterOrder(LetterKind.NEED, author=hand.address, extra={"pieces": ""})
    return Change(change.case, change.events, (order, *change.letters))


def after_step(case: Case, desk: Desk, question: Question, answer: Answer, hand: Actor) -> Change:
    """The case after the answer to a step: the next one is asked, or what was found is kept.

    A case that waited for its customer is the desk's again as soon as it has nothing more to ask of them.
    """
    step = question.step
    assert step is not None  # asked for by who calls
    following = desk.policy.questions.get(step.next or "") if answer.name != step.stops_at else None
    change = Change(case)
    if not (following and not following.inside):
        change = _handed_back(case, desk, hand)
    if following:
        # Who is asked reads in that letter where the case stands.
        change = replace(change, letters=tuple(_to_others(change.letters)))
        return change.then(asked(change.case, following, hand.now, desk.policy))
    return change.then(_found(change.case, desk, step, answer, hand))


def is_last(question: Question, answer: Answer, desk: Desk) -> bool:
    """Tell whether nothing more is asked after this answer to a step."""
    step = question.step
    return step is None or answer.name == step.stops_at or (step.next or "") not in desk.policy.questions


def _handed_back(case: Case, desk: Desk, hand: Actor) -> Change:
    if case.phase is not Phase.WAITING:
        return Change(case)
    to = after_reply(case, desk.policy)
    event = move_event(case, to.phase, to.name, hand.now, hand.actor)
    return entered(case, desk, to, event)


def _to_others(letters: Iterable[LetterOrder]) -> Iterator[LetterOrder]:
    for order in letters:
        to = tuple(each for each in order.to if each not in _ASKED_INSIDE)
        if order.kind is not LetterKind.STATUS_TEAM or to:
            yield replace(order, to=to)


_ASKED_INSIDE: Final = ("owner", "team")


def _found(case: Case, desk: Desk, step: Step, answer: Answer, hand: Actor) -> Change:
    """The field has the name of the step at which it stopped, and nothing where none did."""
    field = desk.policy.fields.get(step.sets or "")
    if field is None:
        return Change(case)
    by_policy = Actor(DESK, hand.now)
    if answer.name != step.stops_at:
        return cleared(case, field, by_policy)
    return set_field(case, field, step.name, by_policy, desk.zone, noted=True)


def found_told(question: Question, answer: Answer, desk: Desk) -> dict[str, str]:
    """Say for a notice what the steps found."""
    step = question.step
    if step is None or not is_last(question, answer, desk):
        return {}
    found = step.name if answer.name == step.stops_at else ""
    label = desk.policy.label(step.sets) if step.sets else ""
    return {"steps_of": step.of, "found": found, "found_as": label, "stops_at": step.stops_at}
