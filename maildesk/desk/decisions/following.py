"""All that the policy lets follow: from silence in a status, or from an answer to a question."""

from __future__ import annotations

from dataclasses import replace

from maildesk.desk.case.case import Case
from maildesk.desk.case.change import Change
from maildesk.desk.case.escalation import Particulars
from maildesk.desk.case.events import DESK
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.case.moves import possible
from maildesk.desk.decisions.actor import Actor
from maildesk.desk.decisions.asking import asked
from maildesk.desk.decisions.escalating import escalate
from maildesk.desk.decisions.moving import move
from maildesk.desk.policy.desk import Desk
from maildesk.desk.policy.then import Then
from maildesk.desk.policy.ways import place_of


def followed(
    case: Case, desk: Desk, then: Then, hand: Actor, *, answered: str = "", particulars: Particulars = ()
) -> Change:
    """All that the policy lets follow from silence, an answer or a form: a status, a question, a letter.

    An outcome without a status leads where a case with it goes. `answered` is the question to which the
    customer just said what it leads to: it is not asked again. From where the case stands there may be no way
    to that status (it was closed with a question): then it stays.
    `particulars` are what a form says of an escalation.
    """
    outcome = desk.policy.outcomes.get(then.outcome or "")
    led = place_of(desk.policy, outcome) if outcome else ""
    to = desk.policy.statuses.get(then.status or led)
    if to and not possible(case.phase, to.phase):
        to = None
    if outcome and outcome.ask == answered:
        outcome = replace(outcome, ask=None)
    change = move(case, desk, to, hand, outcome=outcome, author=DESK) if to else Change(case)
    question = desk.policy.questions.get(then.ask or "")
    if question:
        change = change.then(asked(change.case, question, hand.now, desk.policy))
    own = (LetterOrder(LetterKind.OWN, own=then.letter),) if then.letter else ()
    change = replace(change, letters=(*change.letters, *own))
    if not then.escalate or change.case.phase.ended:
        return change
    return change.then(escalate(change.case, desk, hand, particulars=particulars))
