"""The customer's wish for an escalation, in their own new words."""

from __future__ import annotations

from collections.abc import Collection

from maildesk.desk.case.case import Case
from maildesk.desk.policy.policy import EscalationPolicy
from maildesk.desk.policy.whole_words import Folded
from maildesk.mail.identity.references import bare_subject


def escalation_word(
    subject: str, named: Collection[Folded], case: Case | None, policy: EscalationPolicy, tag: str
) -> str | None:
    """The word that asks, as the policy spells it; None where the customer did not ask.

    `named` are the words that stand in the new words of the body. The subject is looked through only where it
    opens the case or differs from the case's, since a reply carries the old subject along unread.
    """
    subject = bare_subject(subject, tag)
    if case is not None and subject.casefold() == bare_subject(case.subject, tag).casefold():
        subject = ""
    return policy.asked_for(subject, named)
