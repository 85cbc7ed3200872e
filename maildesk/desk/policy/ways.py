"""The ways on which a case may come from one status to another: by people, answers, replies and silence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from maildesk.desk.case.case import Phase
from maildesk.desk.policy.policy import Policy
from maildesk.desk.policy.questions import Outcome
from maildesk.desk.policy.statuses import By, Status
from maildesk.desk.policy.then import Then

_REPLIES_WAKE = frozenset({Phase.WAITING, Phase.RESOLVED, Phase.CLOSED})


def reached(policy: Policy, starts: Iterable[str]) -> frozenset[str]:
    """All statuses to which a case may come from those; more rather than less, where people decide."""
    found: set[str] = set()
    waiting = [*starts]
    while waiting:
        name = waiting.pop()
        status = policy.statuses.get(name)
        if status and name not in found:
            found.add(name)
            waiting += _ways(policy, status)
    return frozenset(found)


def beginnings(policy: Policy) -> Iterator[str]:
    """The statuses in which cases begin: the first new one, a type's own, a rule's."""
    yield policy.statuses.first(Phase.NEW).name
    named = [each.status for each in policy.types.values()] + [each.then.status for each in policy.rules]
    yield from filter(None, named)
    for rule in policy.rules:
        outcome = policy.outcomes.get(rule.then.outcome or "")
        yield from (place_of(policy, outcome),) if outcome else ()


def asked_questions(policy: Policy) -> frozenset[str]:
    """The names of all questions that a status, an outcome, an answer, a form or a rule asks."""
    asking = [each.ask for each in policy.statuses] + [each.ask for each in policy.outcomes.values()]
    asking += [each.then.ask for each in policy.statuses]
    asking += [answer.then.ask for question in policy.questions.values() for answer in question.answers]
    asking += [each.then.ask for each in policy.forms.values()] + [each.then.ask for each in policy.rules]
    return frozenset(filter(None, asking))


def place_of(policy: Policy, outcome: Outcome) -> str:
    """The status to which a case with that outcome goes."""
    return outcome.status or policy.statuses.first(Phase.RESOLVED).name


def after_question(policy: Policy, name: str | None) -> Iterator[str]:
    """The statuses to which the answers to that question lead."""
    question = policy.questions.get(name) if name else None
    for answer in question.answers if question else ():
        yield from _led(policy, answer.then)


def by_customer_only(status: Status) -> bool:
    """Tell whether nobody but the customer may move a case into it."""
    return set(status.by) == {By.CUSTOMER}


def _ways(policy: Policy, status: Status) -> Iterator[str]:
    """The statuses that are one step away."""
    allowed = (each for each in policy.statuses if status.next is None or each.name in status.next)
    yield from (each.name for each in allowed if not by_customer_only(each))
    yield from after_question(policy, status.ask)
    yield from _led(policy, status.then)
    if status.reply is None and status.phase in _REPLIES_WAKE:
        yield policy.statuses.first(Phase.OPEN).name
    elif status.reply and not status.stays:
        yield status.reply
    for outcome in policy.outcomes.values():
        place = place_of(policy, outcome)
        if not status.phase.ended:
            yield place
        if place == status.name:
            yield from after_question(policy, outcome.ask)


def _led(policy: Policy, then: Then) -> Iterator[str]:
    if then.status:
        yield then.status
    elif then.outcome and (outcome := policy.outcomes.get(then.outcome)):
        yield place_of(policy, outcome)
