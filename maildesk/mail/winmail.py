"""The words of a mail that has them in winmail.dat alone, put beside it as a part like any other."""

from __future__ import annotations

from typing import Final

from maildesk.mail.bodies import body_parts
from maildesk.mail.html.text import Allowance, html_to_text
from maildesk.mail.mime import structure
from maildesk.mail.mime.enclosed import is_winmail
from maildesk.mail.mime.part_text import text_of
from maildesk.mail.mime.sealed_parts import Opening
from maildesk.mail.mime.structure import Part
from maildesk.mail.mime.tnef_body import body_in

_MOST_OPENED: Final = 8
_LOOKED_AT: Final = 64 * 2**10
"""So much of the other texts must be blank."""


def open_winmail(work: Opening) -> None:
    """Put the text of each winmail.dat behind it, where no other part holds words."""
    closed = [part for part in work.parts if is_winmail(part) and part.within != structure.ENCRYPTED]
    effort = Allowance()
    if not closed or any(_says_something(work, part, effort) for part in body_parts(work.parts)):
        return
    for part in closed[:_MOST_OPENED]:
        data, _ = structure.content(work.raw, part)
        body = body_in(data)
        if body is None:
            continue
        parameters = {"charset": body.charset} if body.charset else {}
        start, work.raw = len(work.raw), work.raw + body.data
        inside = Part((), body.content_type, parameters, "", "", "8bit", start, len(work.raw), part.within)
        work.parts.insert(next(at for at, each in enumerate(work.parts, 1) if each is part), inside)


def _says_something(work: Opening, part: Part, effort: Allowance) -> bool:
    """Tell whether a part holds words; one that is not looked at any more may."""
    text, _ = text_of(work.raw, part, _LOOKED_AT)
    if part.content_type == "text/html":
        text, _ = html_to_text(text, _LOOKED_AT, effort)
    return bool(text.strip()) or effort.steps < 0
