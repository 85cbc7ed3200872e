"""A desk person's mail that could be anybody's: kept as a note until its author answers for it, once.

The letter that asks bears a token of its own, which acts alone: who returns it has read mail at the author's
address. The kept mail is then filed again, from its own bytes, as one that may act.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from maildesk.desk.case.change import Change
from maildesk.desk.case.events import UNCONFIRMED, Event, EventKind
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.case.told import Phrase
from maildesk.desk.case.transitions import apply, apply_all
from maildesk.desk.case.verdicts import Verdict
from maildesk.desk.decisions.decision import INTERNAL, AuthorsWord, CaseEntry, ConfirmationStep, Decision
from maildesk.desk.decisions.entered_matter import read_entered
from maildesk.desk.decisions.machine_mail import told_of_click
from maildesk.desk.decisions.refusing import is_vouched, may_be_told
from maildesk.desk.letters.letter_context import cut
from maildesk.desk.policy.desk import Desk
from maildesk.desk.screening.joining import customers_written_to
from maildesk.desk.screening.outcomes import Outcome, ScreeningResult
from maildesk.desk.screening.situation import Situation
from maildesk.errors import MaildeskError

GOOD_FOR: Final = timedelta(hours=24)

WITHOUT_CASE: Final = "desk-person-without-case"
"""The reason of a kept mail that is about no case: it lies in quarantine until its author answers for it."""

_WHY = {
    Outcome.ASK_CONFIRMATION: Phrase("the receiving server did not vouch for its sender"),
    Outcome.KEEP_NOTE: Phrase("it did not answer a notice addressed to its author"),
}

_SHOWN = Phrase(
    "it answers a notice, or came to an address, that a mail of yours showed to people outside the desk, and "
    "any of them could have written it"
)

_DOUBTED = Phrase("it reads like an absence note, or came from a program that sends such")
"""Asked of once: what answers the question in the same manner is kept and causes no letter."""


_WHY_BY_REASON = {"may-be-automatic": _DOUBTED, "token-shown": _SHOWN}

QUIET: Final = timedelta(hours=1)
"""As long as a question of this age is open, no other is asked about a mail that nobody vouched for."""

_SHOWN_OF_IT: Final = 1000
"""Bytes of a mail that is passed on by which its author knows it again."""

AT_ONCE: Final = 20
"""So many of those that wait are asked about when their author says that some are theirs."""


def expires_at(asked: datetime) -> datetime:
    return asked + GOOD_FOR


def ask(s: Situation, desk: Desk, screened: ScreeningResult) -> Decision:
    """A note for agents, nothing done, and its author is asked whether it is theirs."""
    doubted = screened.reason == "may-be-automatic"
    opens_for = _opens_for(s, desk)
    forged = (s.mail.body.passed_on or opens_for) and not is_vouched(s)
    why = (
        _WHY_BY_REASON.get(screened.reason) or _WHY[Outcome.ASK_CONFIRMATION if forged else screened.outcome]
    )
    extra = {
        "why": why,
        "subject": s.mail.subject,
        **_passed_on(s),
        "writes_to": _writes_to(s, desk),
        "opens_for": opens_for,
        "inside": "yes" if s.inquiry.consultation else "",
    }
    order = LetterOrder(LetterKind.CONFIRM, author=s.author, extra=extra, sure=is_vouched(s))
    asks = doubted or may_be_told(s)
    waits = asks and _waits(s)
    step = ConfirmationStep.QUEUED if waits else ConfirmationStep.ASKED if asks else None
    told, refused = told_of_click(s, desk)
    asked = (order,) if asks and not waits else told
    others = (replace(order, kind=LetterKind.CONFIRM_MORE),) if waits and not s.inquiry.listed else refused
    if not s.found:
        note = f"from {s.author}, about no case: {why}"
        return Decision(
            Verdict.QUARANTINED,
            WITHOUT_CASE,
            note,
            apart=(*asked, *others),
            entry=INTERNAL,
            confirmation=step,
        )
    # Whoever reads the case meanwhile is to see that it may be anybody's words.
    unconfirmed = not is_vouched(s)
    event = Event(s.now, EventKind.NOTED, s.author, {"why": why, UNCONFIRMED: unconfirmed or None})
    # What is read again to be asked about has happened once.
    events = () if s.inquiry.wanted else (event,)
    change = Change(apply_all(s.found.case, events), events, asked)
    note = f"kept on {change.case.ref}: {why}"
    return Decision(
        Verdict.NOTE,
        screened.reason,
        note,
        change,
        apart=others,
        entry=CaseEntry(internal=True, unconfirmed=unconfirmed),
        confirmation=step,
    )


def _passed_on(s: Situation) -> dict[str, str]:
    """Tell whose mail it passes on, and how that begins: a yes opens a case for them and writes to them."""
    passed = s.mail.body.passed_on
    if passed is None:
        return {"passes_on": "", "passed_words": ""}
    return {"passes_on": passed.author.address, "passed_words": cut(passed.text.strip(), _SHOWN_OF_IT)}


def _opens_for(s: Situation, desk: Desk) -> str:
    """Tell for which customer an agent enters a case: a yes opens it and writes to them."""
    line = s.heard.said.entering if desk.people.agent(s.author) and s.found is None else None
    if line is None:
        return ""
    with suppress(MaildeskError):
        return read_entered(line.value, desk).customer.address
    return ""


def _writes_to(s: Situation, desk: Desk) -> str:
    """Tell to which customer an agent wrote: a yes opens a case for them."""
    to = customers_written_to(s.mail, desk.people) if desk.people.agent(s.author) else ()
    return to[0].address if to else ""


def _waits(s: Situation) -> bool:
    """Tell whether this mail waits for its own question: one to a person is open, and one each hour.

    Else whoever writes in a name could have its owner asked until they read no question any more. What is
    surely its author's never waits behind that.
    """
    return s.inquiry.lately and may_wait(s)


def may_wait(s: Situation) -> bool:
    """Tell whether this mail would wait behind a question that is open."""
    return not s.inquiry.wanted and not is_vouched(s)


def confirm(s: Situation, desk: Desk, screened: ScreeningResult) -> Decision:
    """Its author answers for the kept mail, which is filed again. What this answer says goes nowhere."""
    return _answered(s, screened, AuthorsWord.CONFIRMED, EventKind.CONFIRMED)


def decline(s: Situation, desk: Desk, screened: ScreeningResult) -> Decision:
    """Its author does not know the kept mail, or does not want it sent: it stays as it is for good.

    Of a mail that somebody else wrote the team hears.
    """
    return _answered(s, screened, AuthorsWord.DECLINED, EventKind.DECLINED)


_FOREIGN = Phrase("somebody wrote it in the name of a colleague, who says so; nothing in it was done")

_SAID = {
    (AuthorsWord.CONFIRMED, False): "its author answers for it",
    (AuthorsWord.CONFIRMED, True): "its author sends this answer too",
    (AuthorsWord.DECLINED, False): _FOREIGN,
    (AuthorsWord.DECLINED, True): "its author takes this answer back; nothing in it was done",
}
"""The words for the author's answer, about a mail in their name and about an answer that is held."""


_OF_SEVERAL = {
    AuthorsWord.CONFIRMED: "some may be its author's, who is asked about each",
    AuthorsWord.DECLINED: "none is its author's",
}


def _answered(s: Situation, screened: ScreeningResult, reply: AuthorsWord, kind: EventKind) -> Decision:
    kept = s.inquiry.confirmation
    assert kept is not None  # the rows that lead here ask for it
    why = _SAID[reply, kept.of_answer]
    note = f"mail {kept.ledger_id}: {why}"
    if kept.several:
        note = f"{len(kept.several)} mails that waited: {_OF_SEVERAL[reply]}"
        return Decision(Verdict.COMMAND, screened.reason, note, entry=INTERNAL, confirmation=reply)
    change = None
    if kept.case:
        declined = reply is AuthorsWord.DECLINED
        happened = EventKind.ANSWER_WITHDRAWN if declined and kept.of_answer else kind
        event = Event(s.now, happened, s.author, {"mail": kept.ledger_id})
        foreign = declined and not kept.of_answer
        letters = (LetterOrder(LetterKind.SUSPICIOUS, extra={"why": why}),) if foreign else ()
        change = Change(apply(kept.case, event), (event,), letters)
    return Decision(Verdict.COMMAND, screened.reason, note, change, entry=INTERNAL, confirmation=reply)
