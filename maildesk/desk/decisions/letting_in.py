"""A stranger wrote about a case and its owner was asked: `yes` lets them in, `no` leaves it as it was."""

from __future__ import annotations

from maildesk.desk.case.case import Case
from maildesk.desk.case.change import Change
from maildesk.desk.case.events import Event, EventKind
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.case.told import Joined, Phrase
from maildesk.desk.case.transitions import apply_all
from maildesk.desk.case.verdicts import Verdict
from maildesk.desk.decisions.actor import Actor
from maildesk.desk.decisions.decision import INTERNAL, ConfirmationStep, Decision
from maildesk.desk.decisions.look_alikes import known_of, look_alike, taken_for
from maildesk.desk.decisions.parties import add_party
from maildesk.desk.decisions.replying import replied
from maildesk.desk.letters.moments import moment
from maildesk.desk.policy.desk import Desk
from maildesk.desk.screening.outcomes import ScreeningResult
from maildesk.desk.screening.situation import Question, Situation
from maildesk.desk.screening.yes_or_no import Answer
from maildesk.errors import MaildeskError


def letting_in(s: Situation, desk: Desk, screened: ScreeningResult) -> Decision | None:
    """The decision on an answer to that question; None for any other mail, and where commands were given.

    The whole answer stays inside: who asks `Who is that?` below the question must not say it to the customer,
    nor who does so below commands (`agent_mail`).
    """
    question = s.inquiry.question
    if question is None or s.found is None or s.heard.said.lines:
        return None
    answer = s.heard.answer if s.inquiry.confirmed or not s.heard.machine_like else Answer.UNCLEAR
    if answer is Answer.YES:
        return _yes(s, desk, screened, question)
    party = s.found.case.party(question.sender)
    if party and party.role.of_the_customer:
        refused = Phrase(
            "{who} takes part in this case already, so nothing was done and nobody was written to. "
            "#remove {who} in answer to another notice ends that; words in answer to another notice go to "
            "the customer.",
            who=question.sender,
        )
        return _said(
            s,
            screened,
            Change(s.found.case),
            "an answer to a settled question",
            refused=refused,
            settled=True,
        )
    if answer is Answer.NO:
        refused = Phrase(
            "{who} does not take part. Their mail stays on the case and changed nothing.", who=question.sender
        )
        return _said(s, screened, Change(s.found.case), f"not let in: {question.sender}", refused=refused)
    refused = Phrase(
        "Your answer was neither the one word yes, with an empty line between it and whatever stands below, "
        "nor did it begin with no, so nothing was done and nobody was written to. Answer again: with the "
        "one word yes if {who} takes part, else with no; you may answer this letter or the one before. "
        "To write to the customer, answer another notice of this case.",
        who=question.sender,
    )
    note = "an answer that was neither yes nor no"
    return _said(s, screened, Change(s.found.case), note, refused=refused, again=True)


def _yes(s: Situation, desk: Desk, screened: ScreeningResult, question: Question) -> Decision:
    assert s.found is not None  # asked for above
    case = s.found.case
    hand = Actor(s.author, s.now, s.author)
    try:
        joined = add_party(case, desk, hand, question.sender)
    except MaildeskError as problem:
        refused = Phrase("Nothing was done: {problem}.", problem=problem.message)
        return _said(s, screened, Change(case), f"not let in: {problem.message}", refused=refused)
    other = look_alike(question.sender, question.name, known_of(case, desk.people))
    alike = taken_for(question.sender, other) if other else ""
    change = _counted(joined, case, desk, question, s)
    at = moment(question.at, desk.zone)
    counts = Phrase("Their mail of {at} counts as a reply.", at=at)
    if case.phase.ended:
        counts = Phrase("Their mail of {at} counts as a reply, which opened the case again.", at=at)
    joins = Phrase(
        "{who} takes part in {case} from now on and gets every answer you send.",
        who=question.sender,
        case=case.ref,
    )
    came = Joined(" ", (joins, counts))
    return _said(s, screened, change, f"let in: {question.sender}", came=came, alike=alike)


def _counted(joined: Change, before: Case, desk: Desk, question: Question, s: Situation) -> Change:
    """The stranger's mail becomes what it would have been had they taken part already."""
    data = {"written": question.at.isoformat(), "let_in_by": s.author}
    case = joined.case.heard_from(question.sender)
    reply = replied(case, desk, s.now, question.sender, **data)
    letters = (LetterOrder(LetterKind.REOPENED),) if before.phase.ended else ()
    return Change(reply.case, (*joined.events, *reply.events), (*letters, *reply.letters))


def _said(
    s: Situation,
    screened: ScreeningResult,
    change: Change,
    note: str,
    *,
    came: str = "",
    refused: str = "",
    settled: bool = False,
    alike: str = "",
    again: bool = False,
) -> Decision:
    """Tell what was done to the one who answered; an answer that did nothing is a note of the case."""
    events = change.events
    case = change.case
    if not came:
        event = Event(s.now, EventKind.NOTED, s.author, {"why": note})
        events, case = (event,), apply_all(case, [event])
    extra = {
        "came": came,
        "refused": refused,
        "settled": "yes" if settled else "",
        "alike": alike,
        "again": "yes" if again else "",
    }
    order = LetterOrder(LetterKind.LET_IN, author=s.author, extra=extra)
    told = (order,) if s.mail.automation.reply_allowed else ()
    verdict = Verdict.COMMAND if came else Verdict.NOTE
    change = Change(case, events, (*change.letters, *told))
    note, step = f"{case.ref}: {note}", ConfirmationStep.DONE
    return Decision(verdict, screened.reason, note, change, entry=INTERNAL, confirmation=step)
