"""A person's words in a mail that its header calls a list's or a program's: who may have written them."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from maildesk.desk.policy.people import People
from maildesk.desk.screening.joining import customers_written_to, is_customer
from maildesk.desk.screening.situation import Situation
from maildesk.mail.automatic.absence_notes import is_absence_note
from maildesk.mail.automatic.out_of_office import is_absence_subject, is_fixed_absence_subject
from maildesk.mail.message import AutomaticKind, IncomingMail, Restraint, Standing

_NOBODYS: Final = frozenset(
    {AutomaticKind.BOUNCE, AutomaticKind.AUTO_REPLY, AutomaticKind.LOOP, AutomaticKind.CHALLENGE}
)
"""The kinds of mail that bring nobody's words: what came back, answers for somebody absent, wants a click."""


def may_be_a_persons(mail: IncomingMail) -> bool:
    """Tell whether somebody of the desk is to read what a machine's mail says.

    Lists, other desks, forms and monitors pass on what a person wrote, or wants to be known. Who is away said
    nothing, whatever their system calls the note.
    """
    automation = mail.automation
    if automation.bounce or automation.automatic is None or automation.automatic.kind in _NOBODYS:
        return False
    return not is_surely_absent(mail)


def is_surely_absent(mail: IncomingMail) -> bool:
    """Tell whether a mail is an absence note by its words, its day or a program's subject.

    A subject that only begins like one's may be a person's, about their absence notes.
    """
    if is_absence_subject(mail.subject):
        return is_fixed_absence_subject(mail.subject) or is_absence_note(mail.body.new_text)
    return mail.automation.away_until is not None or mail.automation.sounds_absent


def is_heard(s: Situation, people: People) -> bool:
    """Tell whether the desk's people hear of a machine's mail: not of their own, nor of a letter of ours.

    A letter that comes back bears our name, and by its subject or id the case; one told of anew each time
    would go round for ever. So would what a machine behind an agent's address answers to each notice.
    """
    if not may_be_a_persons(s.mail) or s.evidence.ours or s.evidence.desk_letter:
        return False
    came_back = s.found is not None and people.is_own(s.author)
    return not came_back and not people.is_desk_person(s.author)


def is_newsletter(s: Situation) -> bool:
    """Tell whether it goes to many who may leave, and has to do with no case of ours."""
    automation = s.mail.automation
    machine = automation.automatic
    nobodys = automation.bounce is not None or (machine is not None and machine.kind in _NOBODYS)
    return automation.newsletter and s.found is None and not nobodys


def filled_in(mail: IncomingMail, people: People) -> IncomingMail:
    """The mail of a form that a rule names, whose customer stands in Reply-To, as that person's.

    Its program may call itself what it likes: the operator said that people fill it in. What came back is no
    form's.
    """
    automation, replies_to = mail.automation, mail.addressing.reply_to
    machine = automation.automatic
    returned = automation.bounce is not None or (
        machine is not None and machine.kind in (AutomaticKind.BOUNCE, AutomaticKind.LOOP)
    )
    if returned or len(replies_to) != 1 or not is_customer(replies_to[0], people):
        return mail
    restraints = automation.restraints - {Restraint.NEWSLETTER}
    return replace(mail, automation=replace(automation, automatic=None, restraints=restraints))


def only_looks(s: Situation, people: People) -> bool:
    """Tell whether somebody of the desk wants to see something, about no case: they are shown it.

    No token is in that, and none is needed: whoever writes in their name makes a letter to them, and hears
    nothing.
    """
    if s.found is not None or not s.heard.looks or people.person(s.author) is None:
        return False
    theirs = s.mail.author.standing is not Standing.FAILED and not s.mail.by_machine
    answered = s.mail.automation.reply_allowed and not s.heard.machine_like and not s.inquiry.confirmation
    return theirs and answered and not customers_written_to(s.mail, people)
