"""A mail's words to the desk, read once and where it can be stopped: in the child that reads mails.

Whatever runs over a whole text is called from here, so that a decision only looks things up. The child has a
limit of time and memory; the transaction that files mails has neither, and everybody waits for it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from maildesk.desk.policy.people import People
from maildesk.desk.policy.whole_words import Folded, WordList
from maildesk.desk.screening.command_lines import AgentMessage, read_commands
from maildesk.desk.screening.machine_like import is_absence_note, machine_like
from maildesk.desk.screening.yes_or_no import Answer, answer_in
from maildesk.mail.message import IncomingMail

NOTHING_SAID = AgentMessage((), "")


@dataclass(frozen=True, slots=True)
class WordsWanted:
    """The words listened for in mails: the policy's (`Policy.vocabulary`), and what our people want."""

    vocabulary: WordList = field(default_factory=WordList)
    people: People = field(default_factory=People)


@dataclass(frozen=True, slots=True)
class WordsFound:
    """The words that matter in one mail.

    `named` are the policy's words that stand in its new words, `passed_on` those in the mail that it passes
    on. The rest is about people of the desk, and says nothing of anybody else's mail: `said` are their
    commands and words, `answer` is what their first line says to a question; `machine_like`: an absence note
    may have been sent instead of them, `absence_note`: surely one was.
    """

    named: frozenset[Folded] = frozenset()
    passed_on: frozenset[Folded] = frozenset()
    said: AgentMessage = NOTHING_SAID
    answer: Answer = Answer.UNCLEAR
    machine_like: bool = False
    absence_note: bool = False


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
    if not listening.people.is_desk_person(mail.author.addr_spec):
        return WordsFound(named, passed_on) if named or passed_on else NOTHING_HEARD
    said = read_commands(body.own_text)
    answer = answer_in(body.own_text)
    return WordsFound(named, passed_on, said, answer, machine_like(mail, said, answer), is_absence_note(mail))
