"""Acts that change where a case stands: the same for the command line and for mail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from maildesk.desk.case.case import Case, Phase
from maildesk.desk.case.change import Change
from maildesk.desk.case.events import EventKind, Plain
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.case.moves import move_event
from maildesk.desk.case.told import Joined, Phrase
from maildesk.desk.case.transitions import apply
from maildesk.desk.decisions.actor import Actor
from maildesk.desk.decisions.moving import entered, move
from maildesk.desk.policy.desk import Desk
from maildesk.desk.policy.entering import customers_may_close, first_allowed, refusal, way_into
from maildesk.desk.policy.names import comparable
from maildesk.desk.policy.policy import Policy
from maildesk.desk.policy.questions import Outcome
from maildesk.desk.policy.statuses import Status, Statuses
from maildesk.errors import Ambiguous, NotAllowed, NotFound


def wait(case: Case, desk: Desk, hand: Actor, until: datetime | None = None) -> Change:
    """The next word is the customer's; without one the case opens again when the time is over."""
    return waits(case, desk, hand, until=until.isoformat() if until else None)


def need(case: Case, desk: Desk, hand: Actor, pieces: Sequence[str]) -> Change:
    """Ask the customer for pieces of information that the policy names, and wait for them."""
    needs = ", ".join(pieces)
    change = waits(case, desk, hand, passing_stays=True, until=None, needs=needs)
    texts = Joined("\n", (desk.policy.information[each] for each in pieces))
    order = LetterOrder(LetterKind.NEED, author=hand.address, extra={"pieces": texts})
    return replace(change, letters=(order, *change.letters))


def waits(case: Case, desk: Desk, hand: Actor, *, passing_stays: bool = False, **data: Plain) -> Change:
    """The case in the first status in which it waits for its customer, with what the event says of it."""
    if case.phase.ended:
        raise NotAllowed(
            Phrase("case {case} is {phase}: it cannot wait", case=case.ref, phase=Phrase(case.phase.value)),
            remedy=Phrase("reopen it first"),
        )
    to = way_into(case, Phase.WAITING, hand.address, desk, passing_stays=passing_stays)
    event = hand.event(EventKind.WAITING, status=to.name, phase=to.phase.value, **data)
    return entered(case, desk, to, event)


def status(case: Case, desk: Desk, hand: Actor, typed: str) -> Change:
    """Another status, as the policy names it, where it may follow."""
    to = _status_called(case, desk, hand, typed)
    _require_another(case, desk, to)
    if why := refusal(case, to, hand.address, desk):
        raise why
    return move(case, desk, to, hand)


def _status_called(case: Case, desk: Desk, hand: Actor, typed: str) -> Status:
    """Find the status that is meant: of those that may follow, where that leaves one, else of all."""
    known = desk.policy.statuses
    may_follow = Statuses(tuple(each for each in known if refusal(case, each, hand.address, desk) is None))
    try:
        return may_follow.called(typed)
    except (NotFound, Ambiguous):
        return known.called(typed)


def close(case: Case, desk: Desk, hand: Actor, outcome: str = "") -> Change:
    """The matter is over; its customer is told and can reopen it by a reply.

    Where only the customer may close it, they are asked instead (`closing_asks` says so). `outcome` is one
    of the policy's by its whole name, or words of one's own.
    """
    if case.phase is Phase.CLOSED:
        raise NotAllowed(
            Phrase("case {case} is closed already", case=case.ref), remedy=Phrase("#reopen opens it again")
        )
    chosen = outcome_called(desk.policy, outcome)
    if asking := closing_asks(case, desk, hand):
        agreed = chosen if chosen and chosen.ask else _first_outcome(desk.policy)
        return _asks_to_close(case, desk, asking, hand, agreed, "" if chosen else outcome)
    to = way_into(case, Phase.CLOSED, hand.address, desk)
    return _ends(case, desk, to, hand, chosen, "" if chosen and chosen.means else outcome)


def _asks_to_close(
    case: Case, desk: Desk, to: Status, hand: Actor, agreed: Outcome | None, words: str
) -> Change:
    """The customer is asked, and reads the words that the agent would have closed it with."""
    change = _ends(case, desk, to, hand, agreed, words)
    said = LetterOrder(LetterKind.OUTCOME, hand.address, extra={"outcome": words, "means": ""})
    return replace(change, letters=(said, *change.letters)) if words else change


def closing_asks(case: Case, desk: Desk, hand: Actor) -> Status | None:
    """The status in which the customer is asked instead, where nobody else may close the case; else None."""
    if first_allowed(case, Phase.CLOSED, hand.address, desk) or not customers_may_close(case, desk):
        return None
    now = desk.policy.statuses.of_case(case)
    if now.phase is Phase.RESOLVED and now.ask:
        raise NotAllowed(
            Phrase("only the customer may close case {case}, and was asked", case=case.ref),
            remedy=Phrase("wait for what they answer"),
        )
    resolved = desk.policy.statuses.of(Phase.RESOLVED)
    asking = [each for each in resolved if each.ask and refusal(case, each, hand.address, desk) is None]
    if not asking:
        raise NotAllowed(
            Phrase("only the customer may close case {case}, and no status asks them", case=case.ref)
        )
    return asking[0]


def resolve(case: Case, desk: Desk, hand: Actor, outcome: str = "") -> Change:
    """The work is done, with this outcome of the policy or the first one; the customer is told once.

    An outcome that needs the customer's yes is asked about instead of told, and one may lead elsewhere than
    to an end. Where the policy names none, `outcome` is words of one's own.
    """
    named = bool(outcome and desk.policy.outcomes)
    chosen = desk.policy.outcome(outcome) if named else _first_outcome(desk.policy)
    if case.phase.ended:
        raise NotAllowed(
            Phrase("case {case} is {phase} already", case=case.ref, phase=Phrase(case.phase.value)),
            remedy=Phrase("reopen it first"),
        )
    change = _ends(case, desk, _resolved(case, desk, hand, chosen), hand, chosen, outcome)
    return replace(change, letters=(*_told_of(chosen, outcome, hand), *change.letters))


def _ends(case: Case, desk: Desk, to: Status, hand: Actor, outcome: Outcome | None, words: str) -> Change:
    said: dict[str, Plain] = {"outcome": words or None}
    said |= {"result": outcome.name} if outcome else {}
    event = move_event(case, to.phase, to.name, hand.now, hand.actor, **said)
    return entered(case, desk, to, event, outcome=outcome, author=hand.address)


def _first_outcome(policy: Policy) -> Outcome | None:
    return next(iter(policy.outcomes.values()), None)


def _resolved(case: Case, desk: Desk, hand: Actor, outcome: Outcome | None) -> Status:
    """Find where a case with that outcome goes."""
    named = desk.policy.statuses.get(outcome.status) if outcome and outcome.status else None
    if named is None:
        return way_into(case, Phase.RESOLVED, hand.address, desk)
    if why := refusal(case, named, hand.address, desk):
        raise why
    return named


def _told_of(outcome: Outcome | None, typed: str, hand: Actor) -> tuple[LetterOrder, ...]:
    """The letter of an outcome; its words are the policy's where somebody named it, or it has any.

    What only the customer's yes makes true is told once they said it.
    """
    if outcome and outcome.ask:
        return ()
    if outcome and (typed or outcome.means):
        extra = {"outcome": "" if outcome.means else outcome.name, "means": outcome.means}
        return (LetterOrder(LetterKind.OUTCOME, hand.address, extra=extra, own=outcome.name),)
    return (LetterOrder(LetterKind.OUTCOME, hand.address, extra={"outcome": typed, "means": ""}),)


def outcome_called(policy: Policy, words: str) -> Outcome | None:
    """The outcome whose whole name these words are: any others are somebody's own."""
    wanted = comparable(words)
    return next(
        (each for name, each in policy.outcomes.items() if wanted and comparable(name) == wanted), None
    )


def reopen(case: Case, desk: Desk, hand: Actor) -> Change:
    """The matter goes on, with its owner and priority. Nobody outside knows of one that was set aside."""
    told = () if case.set_aside else (LetterOrder(LetterKind.REOPENED),)
    change = opens_again(case, desk, hand)
    return replace(change, letters=(*told, LetterOrder(LetterKind.REOPENED_TEAM), *change.letters))


def opens_again(case: Case, desk: Desk, hand: Actor) -> Change:
    to = way_into(case, Phase.OPEN, hand.address, desk)
    event = hand.event(EventKind.REOPENED, status=to.name, phase=to.phase.value)
    return entered(case, desk, to, event)


def _require_another(case: Case, desk: Desk, to: Status) -> None:
    if desk.policy.statuses.of_case(case).name == to.name:
        raise NotAllowed(Phrase("case {case} is {status} already", case=case.ref, status=to.name))


def spam(case: Case, hand: Actor) -> Change:
    """Nobody's matter: closed, and nobody is written to."""
    event = hand.event(EventKind.SPAM)
    return Change(apply(case, event), (event,))
