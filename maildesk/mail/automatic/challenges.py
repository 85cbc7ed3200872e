"""Challenges: letters that ask whoever wrote to somebody to prove first that they are a person.

The letter that was answered so waits, or is lost, until somebody does what is asked. No machine may answer:
two of them would challenge each other for ever.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from maildesk.mail.message import AutomaticKind, Restraint
from maildesk.mail.mime.headers import Field

_READ_CHARS: Final = 2000
_SUBJECT_CHARS: Final = 300
_FIELD_BYTES: Final = 1000

# TMDA, qconfirm, Active Spam Killer, Spam Arrest, Boxbe, Sendio, ChoiceMail, EarthLink, UOL, Vanquish, 0Spam.
_FIELDS: Final = frozenset(
    {"x-tmda-confirm-done", "x-qconfirm", "x-ask-info", "x-ask-version", "x-boxbe-category",
     "x-sendio-challenge", "x-challenge-response", "x-spamarrest-challenge"}
)  # fmt: skip
_WRITERS: Final = re.compile(
    rb"@(?:[a-z0-9-]{1,40}\.){0,3}(?:spamarrest|boxbe|sendio|digiportal|mailblocks|bluebottle|0spam|vanquish"
    rb"|knowspam|tmda)\.(?:com|net|org)\b|\bspamblocker-challenge@|\bantispam@uol\.",
    re.IGNORECASE,
)
_SUBJECT: Final = re.compile(
    r"(?:^|\bplease |\byou must |\baction required:? )(?:confirm|verify|authenticate) (?:your|the|that) "
    r"(?:e-?mail|message|mail|delivery|identity)\b"
    r"|\b(?:sender|e-?mail|message) (?:verification|authentication|confirmation)"
    r"(?: (?:is )?required| request)|\bverification required\b"
    r"|\bconfirm (?:your |the )?(?:mail|e-?mail|message)(?: delivery)?\b.{0,20}\bconf\b"
    r"|\bchoicemail registration\b|\bspamblocker (?:challenge|verification)|\[boxbe\]"
    r"|^antispam uol\b|\bchallenge[- ]response\b"
    r"|\bbestätigen sie (?:bitte )?(?:ihre|den versand)"
    r"|\bbestätigung ihrer (?:e-?mail|nachricht) erforderlich"
    r"|\bveuillez confirmer (?:votre|l['’]envoi)|\bconfirme (?:su|o envio|seu) (?:correo|mensaje|e-?mail)",
    re.IGNORECASE,
)
# What it asks for, and what becomes of the letter until then, of which no shop's registration speaks.
_ASKS: Final = re.compile(
    r"\b(?:click|follow|visit|press|open|go to)\b[^\n]{0,60}\b(?:link|below|here|button|url|page|address)\b"
    r"|\b(?:just |simply |please )?(?:reply|respond)(?:ing)? to this\b|\bhit(?:ting)? (?:the )?.?reply\b"
    r"|\bcomplete (?:the|this|a) (?:verification|request|form)\b|\benter the (?:code|word|letters)\b"
    r"|\bklicken sie\b|\bantworten sie (?:bitte |einfach )?auf diese\b|\bcliquez\b"
    r"|\brépondez (?:simplement )?à ce\b|\bhaga clic\b|\bclique\b|\bresponda (?:a )?est[ea]\b",
    re.IGNORECASE,
)
_WAITS: Final = re.compile(
    r"\b(?:message|e-?mail|mail)\b[^.\n]{0,60}?\b(?:is|has been|was|is being|will be)\s(?:currently\s)?"
    r"(?:held|on hold|quarantined|waiting|delivered (?:once|as soon as|after|when|only)|placed (?:in|on))\b"
    r"|\bbefore (?:your|the|this) (?:message|e-?mail|mail)\b[^.\n]{0,30}\bdeliver"
    r"|\b(?:to (?:have|get|let)|so that|in order for) (?:your|the|this) (?:message|e-?mail|mail)s?\b"
    r"[^.\n]{0,40}\b(?:deliver|go through|reach|released?)"
    r"|\b(?:not|aren['’]t) (?:an? )?(?:spammer|automated|a (?:robot|machine|computer))\b"
    r"|\b(?:you are|you['’]re) (?:a (?:real )?(?:person|human)|human|real)\b"
    r"|\b(?:approved|allowed|accepted|authorized|authorised|known) senders?(?: list)?\b"
    r"|\b(?:first time|never) (?:that )?(?:i|we)(?:['’]ve| have)? (?:ever )?(?:received|gotten) "
    r"(?:an? )?(?:e-?mail|mail|message) from\b"
    r"|\bihre (?:nachricht|e-?mail|mail)\b[^.\n]{0,60}"
    r"\b(?:zurückgehalten|zugestellt, sobald|erst zugestellt)\b"
    r"|\bvotre (?:message|e-?mail|courriel)\b[^.\n]{0,60}\b(?:en attente|retenu|bloqué)"
    r"|\bsu (?:mensaje|correo)\b[^.\n]{0,60}\b(?:retenido|en espera)"
    r"|\b(?:sua|seu) (?:mensagem|e-?mail)\b[^.\n]{0,60}\b(?:retid[ao]|em espera|aguardando)",
    re.IGNORECASE,
)


def challenge_in(
    fields: Sequence[Field], subject: str, words: str, *, by_machine: bool
) -> AutomaticKind | Restraint | None:
    """Tell whether a letter asks its reader for a proof before somebody gets theirs, and how surely.

    Surely where its program or service says so, or a machine's words, or subject and words. People ask to be
    called back and shops to be confirmed: what only sounds like it is not answered, and no more.
    """
    if any(_is_of_a_service(field) for field in fields):
        return AutomaticKind.CHALLENGE
    words = words[:_READ_CHARS]
    called_so, asks = _SUBJECT.search(subject[:_SUBJECT_CHARS]), _ASKS.search(words)
    if not (called_so or asks):
        return None  # most mails: what they would wait for is not looked for
    waits = _WAITS.search(words)
    if waits and (called_so or (asks and by_machine)):
        return AutomaticKind.CHALLENGE
    return Restraint.CHALLENGE if asks and (waits or called_so) else None


def _is_of_a_service(field: Field) -> bool:
    if field.name in _FIELDS:
        return True
    return field.name in ("from", "sender") and _WRITERS.search(field.value[:_FIELD_BYTES]) is not None
