"""The decision on a form: sent back without a case, asked about while lines of it lack, done when filled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from maildesk.desk.case.case import Case
from maildesk.desk.case.change import Change
from maildesk.desk.case.events import Event, EventKind
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.case.transitions import apply
from maildesk.desk.case.verdicts import Verdict
from maildesk.desk.decisions.actor import Actor
from maildesk.desk.decisions.answering import (
    AnswerWording,
    proves,
    why_no_answer,
    why_unheard,
    wording,
)
from maildesk.desk.decisions.decision import Decision
from maildesk.desk.decisions.following import followed
from maildesk.desk.decisions.form_values import Understood, data_of, particulars_of, understood
from maildesk.desk.letters.letter_values import customers_language
from maildesk.desk.letters.shown_form import value_key
from maildesk.desk.policy.desk import Desk
from maildesk.desk.policy.forms import FormField
from maildesk.desk.screening.filled_forms import FormMail, alone
from maildesk.desk.screening.outcomes import ScreeningResult
from maildesk.desk.screening.situation import Situation
from maildesk.mail.message import Standing

MOST_SENT_BACK: Final = 2
"""So often a form comes back to who answers with it and names no case; then a person looks at it."""

WITHOUT_CASE: Final = "form-without-case"
"""The reason of a form that was sent back."""


# --- without a case ---------------------------------------------------------------------------------


def return_form(s: Situation, desk: Desk, screened: ScreeningResult) -> Decision:
    """A form that names no case of its author's: they hear where to find it, and nobody else hears of it.

    A reference that is another's is none here: nothing tells the two apart.
    """
    reason = next((reason for reason, holds in _UNANSWERED.items() if holds(s, desk)), None)
    if reason:
        return _kept(reason, _SAID[reason])
    form = _form(s)
    read = understood(form.form, form.said, "", s.now, desk.zone)
    trusted = s.mail.author.standing is Standing.VOUCHED or (
        s.author in s.evidence.proven and not s.evidence.host_named
    )
    kind = LetterKind.FORM_RETURNED if trusted else LetterKind.FORM_FIXED
    account, spoken = desk.people.account_of(s.author), s.mail.language or s.heard.language
    about = {"mailbox": s.mailbox, "language": customers_language(account, spoken, desk.policy)}
    order = LetterOrder(kind, to=(s.author,), extra=_extra(form, read) | about)
    note = f"sent back: the form {form.form.name} names no case of its author's"
    return Decision(Verdict.FORM_RETURNED, WITHOUT_CASE, note, apart=(order,))


def kept_instead(why: str) -> Decision:
    """The decision on such a form where the letter that sends it back cannot go."""
    return _kept("form-unanswered", why)


def _kept(reason: str, why: str) -> Decision:
    note = f"a form that names no case of its author's, and could not be sent back: {why}"
    return Decision(Verdict.QUARANTINED, reason, note)


_UNANSWERED: Final[dict[str, Callable[[Situation, Desk], bool]]] = {
    "form-automatic": lambda s, _: s.mail.by_machine or s.mail.automation.sounds_absent,
    "form-sender-failed": lambda s, _: not s.author or s.mail.author.standing is Standing.FAILED,
    "form-own-address": lambda s, desk: desk.people.is_own(s.author) or bool(desk.people.roles(s.author)),
    "form-spam": lambda s, _: s.mail.automation.marked_spam,
    "form-no-answer": lambda s, _: not s.mail.automation.reply_allowed,
    "form-too-old": lambda s, desk: not s.promises or s.now - s.received > desk.ack_max_age,
    "form-again": lambda s, _: _form(s).sent_back >= MOST_SENT_BACK,
}
"""The reasons for which no form is sent back, in the order in which they are told."""

_SAID: Final = {
    "form-automatic": "a machine wrote it",
    "form-sender-failed": "the sender's address could not be trusted",
    "form-own-address": "it comes from an address of the desk itself",
    "form-spam": "a server on its way called the mail spam",
    "form-no-answer": "the sender asked for no automatic answer",
    "form-too-old": "the mail is too old to be answered",
    "form-again": f"it was sent back {MOST_SENT_BACK} times already",
}


# --- about a case -----------------------------------------------------------------------------------


def form_follows(s: Situation, desk: Desk) -> Callable[[Case], Change]:
    """Make what follows a form that joined a case: the question for what lacks, or all that the policy lets.

    A line that need not be there is asked for once; what was said of it before counts.
    """

    def follows(case: Case) -> Change:
        form = _form(s)
        read = _read(s, desk, case)
        hand = Actor(s.author, s.now)
        holding = read.missing if form.before is None else [each for each in read.missing if each.required]
        return _asked_back(s, desk, case, read, hand) if holding else _filled(s, desk, case, read)

    return follows


def _read(s: Situation, desk: Desk, case: Case) -> Understood:
    """The values of this mail and, for the lines that it says nothing of, of those before it.

    A short answer may be the choice that lacked. What only comes back in the quotation is what it was.
    """
    form = _form(s)
    before = form.before or {}
    news = {label: each for label, each in form.said.items() if not _same(each, before.get(label, ""))}
    lines = {**before, **news}
    read = understood(form.form, lines, case.ref, s.now, desk.zone)
    named = alone(read.missing, s.mail.body.new_text) if form.before is not None else None
    return understood(form.form, {**lines, **dict([named])}, case.ref, s.now, desk.zone) if named else read


def _same(one: str, other: str) -> bool:
    return one.split() == other.split()


def _asked_back(s: Situation, desk: Desk, case: Case, read: Understood, hand: Actor) -> Change:
    """The form goes back to its author with what was understood; the case remembers that."""
    form = _form(s)
    lacks = ", ".join(each.label for each in read.missing)
    event = hand.event(EventKind.FORM_ASKED, form=form.form.name, lacks=lacks, **data_of(read))
    change = Change(apply(case, event), (event,))
    if why := _why_unasked(s, desk, case):
        withheld = Event(
            s.now, EventKind.LETTER_WITHHELD, s.author, {"letter": LetterKind.FORM_ASKED, "why": why}
        )
        return change.then(Change(apply(change.case, withheld), (withheld,)))
    again = "yes" if s.found and s.found.case.phase.ended else ""
    order = LetterOrder(
        LetterKind.FORM_ASKED,
        to=(s.author,),
        fixed=wording(s, case) is AnswerWording.FIXED,
        extra=_extra(form, read) | {"reopened": again},
    )
    return replace(change, letters=(order,))


def _why_unasked(s: Situation, desk: Desk, case: Case) -> str | None:
    """Say why its author cannot be asked; None when they can."""
    if case.is_requester(s.author):
        return why_unheard(s, desk, case)
    sure = s.mail.author.standing is Standing.VOUCHED or proves(s) or s.author in s.evidence.proven
    if not s.mail.automation.reply_allowed:
        return "the sender asked for no automatic answer"
    return why_no_answer(s, desk, case) or (None if sure else "it may not be its author's")


def _filled(s: Situation, desk: Desk, case: Case, read: Understood) -> Change:
    """All that the policy lets follow a form, which says what an escalation is about.

    Who sent it hears that it escalates, beside the requester.
    """
    form, hand = _form(s), Actor(s.author, s.now)
    event = hand.event(EventKind.FORM_FILLED, form=form.form.name, **data_of(read))
    change = Change(apply(case, event), (event,))
    particulars = particulars_of(form.form, read)
    done = followed(change.case, desk, form.form.then, hand, particulars=particulars)
    if not case.is_requester(s.author) and not _why_unasked(s, desk, case):
        told = (replace(e, to=(s.author,)) if e.kind in _ESCALATES else e for e in done.letters)
        done = replace(done, letters=tuple(told))
    return change.then(done)


_ESCALATES: Final = (LetterKind.ESCALATED, LetterKind.ESCALATION_ASKED)


def told_by_form(letters: Sequence[LetterOrder]) -> tuple[LetterOrder, ...]:
    """The letters without one that the case is open again to who reads that in their form."""
    asked = next((each for each in letters if each.kind is LetterKind.FORM_ASKED), None)
    if asked is None:
        return tuple(letters)
    again = [each for each in letters if each.kind is LetterKind.REOPENED]
    others = (replace(each, to=tuple(one for one in each.to if one not in asked.to)) for each in again)
    return (*(each for each in letters if each.kind is not LetterKind.REOPENED), *(e for e in others if e.to))


# --- small pieces -----------------------------------------------------------------------------------


def _form(s: Situation) -> FormMail:
    assert s.form is not None  # every outcome of a form has one
    return s.form


def _extra(form: FormMail, read: Understood) -> dict[str, str]:
    values = {value_key(label): value for label, value in read.values.items()}
    return {"form": form.form.name, "unclear": _labels(read.unclear), "reopened": "", **values}


def _labels(fields: Sequence[FormField]) -> str:
    return "\n".join(each.label for each in fields)
