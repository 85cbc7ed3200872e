"""A mail's words to the desk, read once and where it can be stopped: in the child that reads mails.

Whatever runs over a whole text is called from here, so that a decision only looks things up. The child has a
limit of time and memory; the transaction that files mails has neither, and everybody waits for it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from maildesk.desk.policy.escalation import NO_WISH, EscalationPolicy, EscalationWish
from maildesk.desk.policy.forms import Form
from maildesk.desk.policy.people import People
from maildesk.desk.policy.whole_words import Folded, WordList
from maildesk.desk.screening.command_lines import AgentMessage, CommandLine, read_commands
from maildesk.desk.screening.filled_forms import FilledForm, read_forms
from maildesk.desk.screening.looking import looked_for
from maildesk.desk.screening.machine_like import is_absence_note, machine_like
from maildesk.desk.screening.request_words import request_words
from maildesk.desk.screening.short_replies import ShortReply, short_reply
from maildesk.desk.screening.yes_or_no import Answer, answer_in
from maildesk.mail.message import IncomingMail

NOTHING_SAID = AgentMessage((), "")


@dataclass(frozen=True, slots=True)
class WordsWanted:
    """The words listened for in mails: the policy's for rules, escalations, thanks and forms, and what our
    people want.
    """

    vocabulary: WordList = field(default_factory=WordList)
    people: People = field(default_factory=People)
    escalation: EscalationPolicy = field(default_factory=lambda: EscalationPolicy(WordList()))
    thanks: WordList = field(default_factory=WordList)
    forms: tuple[Form, ...] = ()


@dataclass(frozen=True, slots=True)
class WordsFound:
    """The words that matter in one mail.

    `named` are the rules' words that stand in its new words, `passed_on` those in the mail that it passes on,
    or in what an agent enters that a customer said;
    `wish` is what the new words ask for, `reply` a short reply, `forms`
    the forms that a customer's mail holds a line of. The rest is about people of the
    desk, and says nothing of anybody else's mail: `said` are their commands and words, `answer` is what their
    first line says to a question; `machine_like`: an absence note may have been sent instead of them,
    `absence_note`: surely one was; `looks` are the commands of a mail that only wants to see something.
    `language` is what its words are in, where nothing in its header says so.
    """

    named: frozenset[Folded] = frozenset()
    passed_on: frozenset[Folded] = frozenset()
    wish: EscalationWish = NO_WISH
    reply: ShortReply | None = None
    said: AgentMessage = NOTHING_SAID
    answer: Answer = Answer.UNCLEAR
    machine_like: bool = False
    absence_note: bool = False
    looks: tuple[CommandLine, ...] = ()
    language: str = ""
    forms: tuple[FilledForm, ...] = ()


NOTHING_HEARD = WordsFound()
"""The value for a mail that could not be read, and for most others."""


@dataclass(frozen=True, slots=True)
class HeardMail:
    """A mail that could be read, with what its words say to the desk."""

    mail: IncomingMail
    heard: WordsFound


@dataclass(frozen=True, slots=True)
class UnreadMail:
    """A mail that could not be read: the reason as a constant, and a sentence for people."""

    reason: str
    sentence: str


def hear(mail: IncomingMail, listening: WordsWanted) -> WordsFound:
    """Read what a mail says. Linear in its text."""
    body = mail.body
    named = listening.vocabulary.all_in(body.new_text)
    passed_on = listening.vocabulary.all_in(body.passed_on.text) if body.passed_on else frozenset[Folded]()
    wish = _wish(body.new_text, listening.escalation)
    if not listening.people.is_desk_person(mail.author.addr_spec):
        reply = short_reply(mail, listening.thanks) if _may_reply(mail) else None
        forms = read_forms(body.text, listening.forms)
        heard = named or passed_on or wish or reply or forms
        return WordsFound(named, passed_on, wish, reply, forms=forms) if heard else NOTHING_HEARD
    said = read_commands(body.own_text)
    if said.entering and not body.passed_on:
        passed_on = listening.vocabulary.all_in(said.words)
    answer = answer_in(body.own_text)
    machine = machine_like(mail, said, answer)
    reply = short_reply(mail) if _may_reply(mail) and said.words and not said.lines else None
    absent = is_absence_note(mail)
    looks = looked_for(mail.subject, said, passes_on=body.passed_on is not None)
    return WordsFound(named, passed_on, wish, reply, said, answer, machine, absent, looks=looks)


def _may_reply(mail: IncomingMail) -> bool:
    """Tell whether a mail may be about a case: it follows another, or there is a tag in its subject."""
    return bool(mail.ids.thread) or "[" in mail.subject


def _wish(new_text: str, escalation: EscalationPolicy) -> EscalationWish:
    """Look closer only where one of the words stands at all: in few mails."""
    return escalation.wish_in(request_words(new_text)) if escalation.words.all_in(new_text) else NO_WISH
