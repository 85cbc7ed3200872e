"""The customer's wish for an escalation, or for none, in their own new words."""

from __future__ import annotations

from typing import Final

from maildesk.desk.case.case import Case
from maildesk.desk.case.told import Phrase
from maildesk.desk.policy.escalation import EscalationPolicy, EscalationWish
from maildesk.desk.policy.names import comparable
from maildesk.desk.screening.request_words import request_words
from maildesk.mail.identity.references import bare_subject
from maildesk.mail.message import IncomingMail


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


def says_no_matter(mail: IncomingMail, policy: EscalationPolicy) -> bool:
    """Tell whether a mail asks to escalate and says nothing of what, not even by a file."""
    if mail.body.text.strip() or mail.attachments:
        return False
    asking = {word for each in policy.words.folded for word in comparable(each.folded)}
    return asking | _ASKING >= set(comparable(mail.subject))


_ASKING: Final = frozenset(
    comparable(
        "please pls urgent urgently now to this it my our the a case ticket issue request escalate "
        "escalation re fw fwd bitte dringend diesen fall mein meinen unseren eskalieren eskalation "
        "por favor urgente meu nosso este esse o chamado caso escalar mi nuestro el "
        "svp merci d urgence mon notre ce cas dossier escalader"
    )
)
"""Words of a subject that say nothing of a matter."""

NO_MATTER: Final = Phrase(
    "it asks to escalate and says nothing of what, so it was not escalated; #escalate does it"
)
"""The words of the notice about such a mail."""

_MOST_SHOWN: Final = 80


def refusal_told(wish: EscalationWish) -> str:
    """Write what the owner reads where a word that escalates was said to ask for none; else nothing."""
    if wish.word or not wish.refusal:
        return ""
    said = wish.refusal[:_MOST_SHOWN]
    return Phrase("the customer wrote “{words}”, so it was not escalated; #escalate does it", words=said)
