"""A desk person's mail that no header calls automatic, and that a machine may have written all the same."""

from __future__ import annotations

from maildesk.desk.screening.command_lines import AgentMessage
from maildesk.desk.screening.yes_or_no import Answer
from maildesk.mail.automatic.absence_words import reads_as_absence
from maildesk.mail.automatic.out_of_office import is_absence_subject
from maildesk.mail.message import IncomingMail


def is_absence_note(mail: IncomingMail) -> bool:
    """Tell whether its subject or its word of a return leaves no doubt, and its system wants no answer."""
    wanted, until = mail.automation.reply_allowed, mail.automation.away_until
    return not wanted and (until is not None or is_absence_subject(mail.subject))


def machine_like(mail: IncomingMail, said: AgentMessage, answer: Answer) -> bool:
    """Tell whether an absence note may have answered: only a person's word then sends it to a customer.

    Commands no machine writes at the top, and whoever says yes or no to a question of ours is a person; but
    nothing that reads as an absence note says either.
    """
    if said.lines:
        return False
    if mail.automation.away_until is not None or reads_as_absence(mail.body.own_text or mail.body.new_text):
        return True
    wanted = mail.automation.reply_allowed
    return not wanted and (is_absence_subject(mail.subject) or answer is Answer.UNCLEAR)
