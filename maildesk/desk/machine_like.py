"""A desk person's mail that no header calls automatic, and that a machine may have written all the same."""

from __future__ import annotations

from maildesk.desk.command_lines import read_commands
from maildesk.desk.consent import NO, YES, first_word
from maildesk.mail.message import IncomingMail
from maildesk.mail.out_of_office import is_absence_subject, reads_as_absence


def is_absence_note(mail: IncomingMail) -> bool:
    """Whether its subject or what it says of a return leaves no doubt, and its system wants no answer."""
    return not mail.reply_allowed and (mail.away_until is not None or is_absence_subject(mail.subject))


def machine_like(mail: IncomingMail) -> bool:
    """Whether an absence note may have answered: only a person's word then sends its words to a customer.

    Commands, and a yes to a question of ours, no machine writes at the top.
    """
    said = mail.own_text or mail.new_text
    if read_commands(said).lines or first_word(said) in YES:
        return False
    if mail.away_until is not None or reads_as_absence(said):
        return True
    return not mail.reply_allowed and (is_absence_subject(mail.subject) or first_word(said) not in NO)
