"""Mere thanks of a customer: kept and shown, and nothing goes on or starts again by them."""

from __future__ import annotations

from maildesk.desk.case.case import Case
from maildesk.desk.case.change import Change
from maildesk.desk.case.events import EventKind
from maildesk.desk.case.threads import Hold
from maildesk.desk.case.transitions import apply
from maildesk.desk.case.verdicts import Verdict
from maildesk.desk.decisions.actor import Actor
from maildesk.desk.decisions.answering import knows_author, proves
from maildesk.desk.decisions.decision import Decision
from maildesk.desk.policy.desk import Desk
from maildesk.desk.screening.outcomes import ScreeningResult
from maildesk.desk.screening.situation import Situation
from maildesk.desk.screening.step_answers import says_yes

_MOST_WORDS = 200


def is_mere_thanks(s: Situation, desk: Desk) -> bool:
    """Tell whether a party's reply thanks and says no more; of a case that ended, that all is well, too.

    While work goes on somebody may have asked them something, and `yes` or `great` is an answer. So may an
    agent have with the words that ended it: a mere yes, where the desk asked for none, is to them.
    """
    assert s.found  # a reply joins a case
    case, reply = s.found.case, s.heard.reply
    if reply is None or s.heard.wish:
        return False
    if not case.phase.ended:
        return reply.thanks
    return reply.well and not (reply.agrees and not _is_asked(case, desk))


def _is_asked(case: Case, desk: Desk) -> bool:
    """Tell whether a question of the desk is open to which a yes is an answer."""
    question = desk.policy.questions.get(case.asked.question) if case.asked else None
    return question is not None and any(map(says_yes, question.answers))


def keep_thanks(s: Situation, screened: ScreeningResult) -> Decision:
    """The words stand on the case. Nobody is told, nothing moves, and no answer is owed."""
    assert s.found
    case = s.found.case.heard_from(s.author) if knows_author(s) else s.found.case
    words = " ".join(s.mail.body.new_text.split())[:_MOST_WORDS]
    event = Actor(s.author, s.now).event(EventKind.THANKED, words=words)
    note = f"thanks, kept on {case.ref}"
    change = Change(apply(case, event), (event,))
    return Decision(Verdict.APPENDED, screened.reason, note, change, proves=proves(s), learns=Hold.ALIAS)
