"""The texts that lists and gateways put beside a mail's own part, as parts of their own."""

from __future__ import annotations

import re
from typing import Final

from maildesk.mail.html.text import Allowance, html_to_text
from maildesk.mail.mime.part_text import text_of
from maildesk.mail.mime.structure import Part

_LOOKED_AT: Final = 64 * 2**10
"""So much of a text must be blank."""
_ADDED_CHARS: Final = 2000
_MOST_LINES: Final = 20
# A line drawn above a footer. Two dashes stand above a person's signature (RFC 3676 §4.3).
_DRAWN: Final = re.compile(r"[\s>]*+([-_=*~#─━═])\1{3,}+\s*?(?:\n|\Z)")
_BANNER: Final = re.compile(
    r"[\W_]*+(?:(?:ext|extern(?:al|e[rs]?|o|a)?)\b[^\n]{0,40}[\]*:!|.]"
    r"|(?:caution|warning|attention|notice|alert|important|achtung|vorsicht|warnung|hinweis|attenzione|avviso"
    r"|prudence|avertissement|precaución|atención|aviso|cuidado|atenção|waarschuwing|let op)\b[^\n]{0,200}"
    r"\b(?:extern\w*|outside|außerhalb|ausserhalb|extérieur\w*|fuera|fora|estern[oa]|buiten)\b"
    r"|(?:this|the|diese|die|ce|cet|este|esta|questa?|questo|deze|dit) (?:following )?"
    r"(?:e-?mail|message|mail|nachricht|courriel|correo|mensaje|mensagem|messaggio|bericht|sender)\b[^\n]{0,60}"
    r"\b(?:extern\w*|outside|außerhalb|ausserhalb|von außen|extérieur|fuera|fora|estern[oa]|buiten)\b)",
    re.IGNORECASE,
)
# What a list says of itself below a mail.
_OF_A_LIST: Final = re.compile(
    r"\b(?:(?:mailing ?|mailing-)?list(?:e|a|info)?|unsubscribe|opt[- ]out|verteiler|abmelden|désinscri\w+"
    r"|baja|newsgroup|google ?groups?|googlegroups\.com)\b",
    re.IGNORECASE,
)


def is_added(raw: bytes, part: Part, effort: Allowance, *, below: bool) -> bool:
    """Tell whether a text says nothing of the mail's author: blank, a gateway's banner, a list's footer.

    A text `below` the author's part may be a footer without a drawn line. One that is not looked at any more
    may say something.
    """
    text, _ = text_of(raw, part, _LOOKED_AT)
    if part.content_type == "text/html":
        text, _ = html_to_text(text, _LOOKED_AT, effort)
        if effort.steps < 0:
            return False
    text = text.strip()
    if not text:
        return True
    if len(text) > _ADDED_CHARS or text.count("\n") >= _MOST_LINES:
        return False
    return bool(_DRAWN.match(text) or _BANNER.match(text) or (below and _OF_A_LIST.search(text)))
