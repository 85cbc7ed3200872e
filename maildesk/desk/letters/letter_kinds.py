"""The form of each kind of letter: one row for each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from maildesk.desk.case.letter_order import LetterKind, LetterOrder


class Audience(StrEnum):
    """The readers of a letter; `audiences` finds them among the parties of the case and the desk's people."""

    REQUESTER = "requester"
    CUSTOMERS = "customers"
    SENDER = "who sent the mail"
    OWNER_OR_TEAM = "owner or team"
    TEAM_AND_LEAD = "owner or team, and the team's lead"
    LEADERSHIP = "leadership"
    AUTHOR = "author"
    OWNER_AND_AUTHOR = "owner or team, and the author"
    OWNER_AND_NAMED = "owner or team, and who is named"
    NAMED_AGENTS = "agents who are named"
    OWNER_OR_TEAM_AND_TOLD = "owner or team, and whom the policy tells"
    TOLD = "whom the policy tells"
    NAMED = "who is named"
    OPERATORS = "operators"

    @property
    def of_customers(self) -> bool:
        return self in (Audience.REQUESTER, Audience.CUSTOMERS, Audience.SENDER)

    @property
    def of_desk(self) -> bool:
        """Tell whether nobody but the desk's own people can be among them."""
        return not (self.of_customers or self is Audience.NAMED)


class Confirms(StrEnum):
    """The mails that a letter asks its reader about: to confirm them as their own, or to have them sent."""

    ONE = "one mail"
    SEVERAL = "all that wait"
    ANSWER = "an answer that is held"


FIVE_DAYS = timedelta(days=5)
ONE_DAY = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class NoticeForm:
    """The form of a notice: a letter by which the desk's people are told of something unasked.

    `also` is what a more important notice says of it when it takes it along, true whoever of its readers it
    was for, and empty where the card says it; `title` stands above its cases in a digest. `shows_note`: the
    note that an agent wrote in the same mail stands in it. `names_owner`: it tells an owner that the case is
    theirs. `shows_cause`: it begins with the customer's mail that caused it, else with what the customer said
    last. `says` are notices whose news its own words tell already.
    """

    also: str
    title: str
    shows_note: bool = False
    names_owner: bool = False
    shows_cause: bool = True
    says: tuple[LetterKind, ...] = ()


@dataclass(frozen=True, slots=True)
class Form:
    """The fixed properties of a kind of letter.

    `automatic` is the Auto-Submitted value (RFC 3834 §5), None for a person's words; `limited` letters
    count against, and are held by, the limits on automatic mail; one that `lasts` is as good later: held, it
    waits for a person. With `fixed_words` nothing goes out that
    the sender chose: a forger would choose it for a victim to read. `shows_thread`: the whole story stands
    in it; `shows_history`: the newest events do, as in every notice. `of_case` is False for what belongs to
    no single case; `apart`: it answers an agent's mail, and can do so where that is about no case.
    `asked_for`: the customer asked for what it confirms, so it is not held for those before it in its case.
    `asks_desk`: it asks its readers, by links of their own, what no customer hears; `names_reader`: by links
    that give a command. `example` has a value for each that its order brings along beside the case.
    """

    audience: Audience
    automatic: str | None
    limited: bool = False
    lasts: bool = False
    notice: NoticeForm | None = None
    shows_thread: bool = False
    shows_history: bool = False
    names_reader: bool = False
    fixed_words: bool = False
    of_case: bool = True
    apart: bool = False
    asked_for: bool = False
    asks_desk: bool = False
    confirms: Confirms | None = None
    example: Mapping[str, str] = field(default_factory=dict)

    @property
    def asks_colleagues(self) -> bool:
        """Tell whether people are asked in it what customers do not hear, nor what is answered."""
        return self.asks_desk or (self.personal and self.audience is Audience.NAMED)

    @property
    def personal(self) -> bool:
        """Tell whether it is a person's own words."""
        return self.automatic is None

    @property
    def shows_readers(self) -> bool:
        """Tell whether customers see in it who else of them reads it: a person's words to all, no more."""
        return self.personal and self.audience is Audience.CUSTOMERS

    @property
    def patience(self) -> timedelta:
        """The time it is tried for: who wrote yesterday has no use for an acknowledgement any more."""
        return ONE_DAY if self.limited and not self.lasts else FIVE_DAYS

    @property
    def to_author(self) -> bool:
        """Tell whether it answers an agent's mail: counted by person, never against a case's customers."""
        return self.limited and self.audience is Audience.AUTHOR


_REPLY, _SELF = "auto-replied", "auto-generated"

_A_FORM = {
    "form": "Escalate My Case",
    "line Business impact": "Critical",
    "unclear": "Since",
    "reopened": "yes",
}

FORMS: dict[LetterKind, Form] = {
    # --- to customers
    LetterKind.ACKNOWLEDGEMENT: Form(
        Audience.REQUESTER, _REPLY, limited=True,
        example={
            "escalated": "yes", "entered": "yes", "channels": "email and chat",
            "asks": "When did it first occur?\nA picture of it"}),
    LetterKind.ACKNOWLEDGEMENT_FIXED: Form(
        Audience.REQUESTER, _REPLY, limited=True, fixed_words=True,
        example={"escalated": "yes", "channels": "email and chat"}),
    LetterKind.ANSWER: Form(Audience.CUSTOMERS, None),
    LetterKind.ESCALATED: Form(
        Audience.REQUESTER, _REPLY, limited=True, asked_for=True,
        example={"level": "Team Manager", "approved": "yes"}),
    LetterKind.ESCALATION_ASKED: Form(Audience.REQUESTER, _REPLY, limited=True, asked_for=True),
    LetterKind.ESCALATION_DECLINED: Form(
        Audience.REQUESTER, _SELF, example={"why": "The correction is part of the release of this week."}),
    LetterKind.PLAN: Form(
        Audience.CUSTOMERS, _SELF, example={"plan": "Today: a new cable.\nTomorrow: a new printer."}),
    LetterKind.REOPENED: Form(Audience.CUSTOMERS, _REPLY, limited=True),
    LetterKind.CLOSED: Form(
        Audience.CUSTOMERS, _SELF,
        example={"outcome": "the printer was replaced", "means": "You told us that it works.",
                 "silent": "yes", "days": "7", "business": ""}),
    LetterKind.OUTCOME: Form(
        Audience.CUSTOMERS, _SELF, example={"outcome": "", "means": "The correction is there."}),
    LetterKind.NEED: Form(
        Audience.REQUESTER, _SELF, example={"pieces": "A picture of it\nWhat have you tried so far?"}),
    LetterKind.SPLIT_OFF: Form(
        Audience.REQUESTER, _SELF, example={"cases": "[Acme #2J5R-7H8M] Paper\n[Acme #9K3X-1B2C] Ink"}),
    LetterKind.SHIPPED: Form(
        Audience.CUSTOMERS, _SELF, limited=True, lasts=True,
        example={"requirement": "Paper in two sizes", "summary": "The second tray holds A3."}),
    LetterKind.OWN: Form(Audience.REQUESTER, _SELF, limited=True),
    LetterKind.STATUS: Form(
        Audience.REQUESTER, _SELF, example={"means": "It is part of the next release."}),
    LetterKind.REASSIGNED: Form(
        Audience.REQUESTER, _SELF, limited=True, example={"owner": "Ana Sample", "team": "printers"}),
    LetterKind.NEW_MOMENT: Form(
        Audience.REQUESTER, _SELF, limited=True, example={
            "priority": "yes", "first_response": "yes", "next_response": "", "resolution": "yes"}),
    LetterKind.REMINDER: Form(
        Audience.REQUESTER, _SELF, limited=True,
        example={"pieces": "A picture of it\nWhat have you tried so far?", "closes": "yes"}),
    LetterKind.QUESTION: Form(
        Audience.REQUESTER, _SELF, example={"question": "solved", "number": "1"}),
    LetterKind.FORM_ASKED: Form(Audience.SENDER, _REPLY, limited=True, example=_A_FORM),
    LetterKind.FORM_RETURNED: Form(Audience.SENDER, _REPLY, limited=True, of_case=False, example=_A_FORM),
    LetterKind.FORM_FIXED: Form(
        Audience.SENDER, _REPLY, limited=True, fixed_words=True, of_case=False, example=_A_FORM),
    # --- notices, the most important first: of all that a change tells one person, it is the first of these
    LetterKind.ESCALATED_LEADERSHIP: Form(
        Audience.LEADERSHIP, _SELF, shows_thread=True,
        example={"level": "Team Manager", "raised": "lead", "repeated": "yes"},
        notice=NoticeForm(
            "leadership was told of an escalation", "Escalated", says=(LetterKind.ESCALATED_TEAM,))),
    LetterKind.ESCALATED_TEAM: Form(
        Audience.TEAM_AND_LEAD, _SELF, example={"level": "Team Manager", "raised": "lead"},
        notice=NoticeForm("the case is escalated", "Escalated", shows_note=True)),
    LetterKind.OVERDUE: Form(
        Audience.TEAM_AND_LEAD, _SELF, notice=NoticeForm("the answer is overdue", "Overdue")),
    LetterKind.RESOLUTION_OVERDUE: Form(
        Audience.TEAM_AND_LEAD, _SELF, notice=NoticeForm("the solution is overdue", "Solution overdue")),
    LetterKind.UPDATE_OVERDUE: Form(
        Audience.TEAM_AND_LEAD, _SELF,
        notice=NoticeForm("word to the customer is overdue", "Word to the customer overdue")),
    LetterKind.REVIEW: Form(
        Audience.LEADERSHIP, _SELF, shows_thread=True, names_reader=True,
        example={"repeated": "yes", "by": "Ana Sample", "why": "they cannot ship"},
        notice=NoticeForm("an escalation is to be approved or declined", "To be approved or declined")),
    LetterKind.UNACKNOWLEDGED: Form(
        Audience.LEADERSHIP, _SELF,
        notice=NoticeForm("the customer waits for word of an escalation", "Escalation without a word")),
    LetterKind.SUSPICIOUS: Form(
        Audience.OWNER_OR_TEAM, _SELF,
        notice=NoticeForm("a mail was added that changes nothing", "A mail was added that changes nothing"),
        example={
            "why": "its author does not take part in the case", "asks": "cy@customer.example",
            "alike": "Take care: this is not Cy Sample."}),
    LetterKind.UNDELIVERED: Form(
        Audience.OWNER_OR_TEAM, _SELF,
        notice=NoticeForm("a letter did not arrive", "A letter did not arrive", shows_cause=False),
        example={
            "recipients": "sam@customer.example", "reason": "no such user", "unproven": "yes",
            "who": "Ana Sample", "at": "3 March 2026, 10:00", "words": "Please try again."}),
    LetterKind.STILL_TRIED: Form(
        Audience.OWNER_OR_TEAM, _SELF,
        notice=NoticeForm("a letter is still being tried", "Still being tried", shows_cause=False),
        example={
            "recipients": "sam@customer.example", "reason": "451 greylisted",
            "who": "Ana Sample", "at": "3 March 2026, 10:00", "words": "Please try again."}),
    LetterKind.NOT_SENT: Form(
        Audience.OWNER_AND_AUTHOR, _SELF,
        notice=NoticeForm("an answer was not sent", "An answer was not sent", shows_cause=False),
        example={"who": "Ana Sample", "at": "3 March 2026, 10:00", "files": "photo.jpg"}),
    LetterKind.COLLEAGUE_ACTED: Form(
        Audience.NAMED_AGENTS, _SELF,
        notice=NoticeForm(
            "a colleague acted on it: see the card", "A colleague acted", shows_note=True, shows_cause=False),
        example={"who": "Ana Sample", "did": "answered the customer", "answered": "Ana Sample"}),
    LetterKind.ANSWERED_TEAM: Form(
        Audience.OWNER_OR_TEAM, _SELF,
        notice=NoticeForm("the customer answered a question", "A customer answered"),
        example={
            "asked": "Is it solved?", "answer": "no", "score": "", "late": "it was answered before",
            "inside": "yes", "who": "Ana Sample",
            "steps_of": "cannot reproduce", "found": "browser", "found_as": "Scope", "stops_at": "no"}),
    LetterKind.REOPENED_TEAM: Form(
        Audience.OWNER_OR_TEAM, _SELF,
        notice=NoticeForm("the case is open again", "Open again", shows_note=True)),
    LetterKind.OPENED_TEAM: Form(
        Audience.OWNER_OR_TEAM_AND_TOLD, _SELF,
        notice=NoticeForm("the case is new", "New", shows_note=True, names_owner=True),
        example={
            "warning": "the sender's address could not be trusted", "split_from": "2J5R-7H8M (Printers)",
            "asked_in": "", "entered_by": ""}),
    LetterKind.ASSIGNED_TEAM: Form(
        Audience.OWNER_OR_TEAM, _SELF, notice=NoticeForm(
            "it has changed hands: see the card", "Came to you", shows_note=True, names_owner=True)),
    LetterKind.REPLIED_TEAM: Form(
        Audience.OWNER_OR_TEAM, _SELF, notice=NoticeForm("a customer wrote", "A customer wrote"),
        example={"wrote": "bo@client.example", "again": "yes"}),
    LetterKind.CONSULTED_WROTE: Form(
        Audience.OWNER_AND_NAMED, _SELF, notice=NoticeForm("a colleague wrote", "A colleague wrote"),
        example={"unsure": "yes"}),
    LetterKind.MACHINE_WROTE: Form(
        Audience.OWNER_OR_TEAM, _SELF,
        notice=NoticeForm("a list or a program wrote", "A list or a program wrote"),
        example={"rule": "Precedence: bulk", "doubt": "its author takes no part in it", "ended": "yes"}),
    LetterKind.RESPONSE_NEAR: Form(
        Audience.OWNER_OR_TEAM, _SELF, notice=NoticeForm("the answer is due soon", "To be answered soon")),
    LetterKind.RESOLUTION_NEAR: Form(
        Audience.OWNER_OR_TEAM, _SELF, notice=NoticeForm("the solution is due soon", "To be solved soon")),
    LetterKind.WAIT_OVER: Form(
        Audience.OWNER_OR_TEAM, _SELF,
        notice=NoticeForm("the time to wait for the customer is over", "Waited long enough")),
    LetterKind.LONG_QUIET: Form(
        Audience.OWNER_OR_TEAM, _SELF,
        notice=NoticeForm("nobody has touched the case for long", "Nobody touched it for long")),
    LetterKind.ESCALATION_OVER: Form(
        Audience.LEADERSHIP, _SELF,
        notice=NoticeForm("the escalation is over", "Escalation over", shows_note=True),
        example={"barred": "yes"}),
    LetterKind.STATUS_TEAM: Form(
        Audience.TOLD, _SELF, notice=NoticeForm("", "Came to another status", shows_note=True),
        example={"means": "It waits for the next release."}),
    LetterKind.ARRIVED: Form(
        Audience.OWNER_OR_TEAM, _SELF,
        notice=NoticeForm("a letter that was late has gone out", "Gone out after all", shows_cause=False),
        example={
            "recipients": "sam@customer.example",
            "who": "Ana Sample", "at": "3 March 2026, 10:00", "words": "Please try again."}),
    # --- to one agent, about their own mail
    LetterKind.NOTE_KEPT: Form(
        Audience.AUTHOR, _REPLY, limited=True,
        example={"why": "it did not answer a notice addressed to its author", "worded": "yes"}),
    LetterKind.CONFIRM: Form(
        Audience.AUTHOR, _REPLY, limited=True, apart=True, confirms=Confirms.ONE, example={
            "why": "it did not answer a notice addressed to its author", "subject": "It does not print",
            "passes_on": "mia@client.example", "passed_words": "The printer hums.",
            "writes_to": "mia@client.example", "opens_for": "mia@client.example", "inside": "yes"}),
    LetterKind.CONFIRM_MORE: Form(
        Audience.AUTHOR, _REPLY, limited=True, of_case=False, apart=True, confirms=Confirms.SEVERAL,
        example={"subject": "It does not print"}),
    LetterKind.ANSWERED_MEANWHILE: Form(
        Audience.AUTHOR, _REPLY, confirms=Confirms.ANSWER, example={
            "who": "Ana Sample", "at": "3 March 2026, 10:00", "theirs": "It is mended.",
            "files": "photo.jpg", "planned": ""}),
    LetterKind.REFUSED: Form(
        Audience.AUTHOR, _REPLY, limited=True, apart=True,
        example={
            "why": "the sender's address could not be trusted", "elsewhere": "yes", "question": "",
            "worded": "yes", "again": ""}),
    LetterKind.LET_IN: Form(
        Audience.AUTHOR, _REPLY, limited=True, example={
            "came": "Cy Sample takes part now.", "refused": "", "settled": "", "alike": "", "again": ""}),
    LetterKind.TRANSCRIPT: Form(
        Audience.AUTHOR, _REPLY, shows_history=True, example={
            "done": "#priority urgent → its priority is urgent now",
            "undone": "#clsoe → there is no such command; did you mean #close?",
            "back": "It is mended.", "told": "Your open cases: none", "help": "yes"}),
    LetterKind.FILES: Form(
        Audience.AUTHOR, _REPLY, example={"number": "1", "of": "2", "names": "photo.jpg"}),
    LetterKind.LOOKED: Form(
        Audience.AUTHOR, _REPLY, of_case=False, apart=True, example={
            "about": "#find label printer", "told": "1 case has all of: label, printer", "find": "yes",
            "help": "yes", "last": "yes", "unused": "yes"}),
    LetterKind.CHOSEN: Form(
        Audience.AUTHOR, _REPLY, limited=True, of_case=False, apart=True,
        example={
            "done": "#away until friday → you are away until 2026-12-04",
            "undone": "#morning maybe → it is on or off"}),
    # --- questions to the desk's own people
    LetterKind.QUESTION_TEAM: Form(
        Audience.OWNER_OR_TEAM, _SELF, shows_history=True, asks_desk=True,
        example={"question": "solved", "number": "1"}),
    LetterKind.AFTERWARDS: Form(
        Audience.TOLD, _SELF, shows_history=True, asks_desk=True,
        example={"question": "solved", "number": ""}),
    # --- to others
    LetterKind.ASK: Form(Audience.NAMED, None, shows_thread=True, shows_history=True),
    LetterKind.DIGEST: Form(Audience.AUTHOR, _SELF, of_case=False),
    LetterKind.SHEET: Form(Audience.AUTHOR, _SELF, of_case=False),
    LetterKind.AWAY_SUGGESTED: Form(Audience.AUTHOR, _SELF, of_case=False),
    LetterKind.SUMMARY: Form(Audience.AUTHOR, _SELF, of_case=False),
    LetterKind.WEEKLY: Form(Audience.AUTHOR, _SELF, of_case=False),
    LetterKind.ALARM: Form(Audience.OPERATORS, _SELF, of_case=False),
}  # fmt: skip

NOTICES: dict[LetterKind, NoticeForm] = {kind: form.notice for kind, form in FORMS.items() if form.notice}
"""The notices alone, the most important first."""


def holds_fixed_words(order: LetterOrder) -> bool:
    """Tell whether nothing goes out in it that the sender of a mail chose."""
    return order.fixed or FORMS[order.kind].fixed_words
