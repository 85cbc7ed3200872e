"""A person of the desk answers a question of ours: yes or no, in the first of their own words."""

from __future__ import annotations

import re
from typing import Final

from maildesk.mail.message import IncomingMail

_FIRST: Final = re.compile(r"\W*(\w+)")

NO: Final = frozenset({
    "no", "not", "nope", "never", "stop", "cancel", "reject", "decline", "spam",  # English
    "nein", "nicht", "non", "não", "nao", "nee", "niet", "nej", "nei", "ei", "nie", "ne",
    "нет", "hayır", "いいえ", "不是",
})  # fmt: skip


def declines(mail: IncomingMail) -> bool:
    """Whether the answer says that the mail was not its author's."""
    first = _FIRST.match(mail.own_text or mail.new_text)
    return first is not None and first[1].casefold() in NO
