"""A person of the desk answers a question of ours: yes or no, in the first of their own words."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from maildesk.mail.message import IncomingMail

_FIRST: Final = re.compile(r"\W*(\w+)")
_FIRST_SAID: Final = re.compile(r"(\w+)\s*([?？]?)")

# The desk's letters may be translated, and people answer in the language they were asked in. A word that
# means something else elsewhere is no yes: `si` is if, `da` is there, `tak` is thanks.
YES: Final = frozenset({"yes", "yep", "ja", "jep", "oui", "sí", "sì", "sim", "ano", "はい"})

NO: Final = frozenset({
    "no", "not", "nope", "never", "stop", "cancel", "reject", "decline", "spam",  # English
    "nein", "nicht", "non", "não", "nao", "nee", "niet", "nej", "nei", "ei", "nie", "ne",
    "нет", "hayır", "いいえ", "不是",
})  # fmt: skip


def declines(mail: IncomingMail) -> bool:
    """Whether the answer says that the mail was not its author's."""
    first = _FIRST.match(mail.own_text or mail.new_text)
    return first is not None and first[1].casefold() in NO


_MINE: Final = YES | {
    "y", "ok", "okay", "sure", "correct", "confirm", "confirmed", "mine", "me",  # English
    "bestätigt", "bestätige", "confirmo", "confirmé", "confirmado", "confermo", "bevestigd",
}  # fmt: skip
_NOT: Final = NO | {"wasn", "isn", "didn", "don", "ain", "wasnt", "isnt", "didnt", "kein", "keine", "pas"}
_WORD: Final = re.compile(r"\w+")


def confirms(mail: IncomingMail) -> bool:
    """Whether the answer says, in its first words, that the mail was its author's.

    Anything else is no word of theirs: `What is this?` asks, and `I never wrote that` says the contrary.
    """
    said = unicodedata.normalize("NFC", mail.own_text or mail.new_text).lstrip().partition("\n")[0][:200]
    first = [each.casefold() for each in _WORD.findall(said)[:4]]
    return not _MINE.isdisjoint(first) and _NOT.isdisjoint(first) and "?" not in said


def first_word(text: str) -> str:
    """The first word of somebody's own words, as `YES` and `NO` spell it; one that asks says nothing."""
    first = _FIRST_SAID.search(unicodedata.normalize("NFC", text))
    return first[1].casefold() if first and not first[2] else ""
