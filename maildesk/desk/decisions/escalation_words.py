"""The customer's wish for an escalation, or for none, in their own new words."""

from __future__ import annotations

from typing import Final

from maildesk.desk.case.case import Case
from maildesk.desk.policy.escalation import EscalationPolicy, EscalationWish
from maildesk.desk.screening.request_words import request_words
from maildesk.mail.identity.references import bare_subject


def escalation_wish(
    subject: str, said: EscalationWish, case: Case | None, policy: EscalationPolicy, tag: str
) -> EscalationWish:
    """The wish of a mail whose body says `said`.

    The subject is looked through only where it opens the case or differs from the case's, since a reply
    carries the old subject along unread.
    """
    subject = bare_subject(subject, tag)
    if case is not None and subject.casefold() == bare_subject(case.subject, tag).casefold():
        return said
    return policy.wish_in(request_words(subject)).otherwise(said)


_MOST_SHOWN: Final = 80


def refusal_told(wish: EscalationWish) -> str:
    """Write what the owner reads where a word that escalates was said to ask for none; else nothing."""
    if wish.word or not wish.refusal:
        return ""
    said = wish.refusal[:_MOST_SHOWN]
    return f"the customer wrote “{said}”, so it was not escalated; #escalate does it"
