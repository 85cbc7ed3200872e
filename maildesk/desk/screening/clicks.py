"""Answers to questions of ours by a click: a mail that a link made, and that somebody sent as it was.

Whoever has the letter has the link: it counts from the address that was asked, and opens in whatever program
its reader writes mail with, perhaps under another address of theirs.
"""

from __future__ import annotations

from maildesk.desk.case.case import Case
from maildesk.desk.policy.people import People
from maildesk.desk.screening.persons_words import is_surely_absent, may_be_a_persons
from maildesk.desk.screening.situation import Situation
from maildesk.mail.addr_spec import same_address
from maildesk.mail.message import Standing


def asked_address(case: Case, number: int) -> str:
    """The address that was asked this question of the case; of one no longer open, whose case it is."""
    asked = case.asked
    return asked.to if asked and asked.number == number else case.requester


def is_click(s: Situation, people: People) -> bool:
    """Tell whether a mail is an answer by a click: a person's, whatever its system calls it, and not ours."""
    if s.click is None or s.found is None or people.is_desk_person(s.author):
        return False
    return may_be_a_persons(s.mail) if s.mail.by_machine else not is_surely_absent(s.mail)


def is_of_asked(s: Situation, people: People) -> bool:
    """Tell whether it comes from the address that was asked, as well as we know."""
    if not is_click(s, people) or s.mail.author.standing is Standing.FAILED or s.mail.author.via:
        return False
    assert s.found  # a click has both
    assert s.click
    return same_address(asked_address(s.found.case, s.click.number), s.author)


def is_of_failed(s: Situation, people: People) -> bool:
    """Tell whether it is a click whose author could not be trusted."""
    return is_click(s, people) and s.mail.author.standing is Standing.FAILED
