"""The words of a mail that has them in winmail.dat alone, put beside it as a part like any other."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from maildesk.mail.added_texts import is_added
from maildesk.mail.bodies import body_parts
from maildesk.mail.html.text import Allowance
from maildesk.mail.mime import structure
from maildesk.mail.mime.enclosed import is_winmail
from maildesk.mail.mime.sealed_parts import Opening
from maildesk.mail.mime.structure import Part
from maildesk.mail.mime.tnef_body import RTF, body_in
from maildesk.mail.seals import Seal

_MOST_OPENED: Final = 8


def open_winmail(work: Opening) -> None:
    """Put the text of each winmail.dat above the others, where these hold no words of the mail's author.

    One that has its words in compressed RTF alone is sealed as unread.
    """
    closed = [part for part in work.parts if is_winmail(part) and part.within != structure.ENCRYPTED]
    if not closed:
        return
    effort = Allowance()
    texts = body_parts(work.parts)
    if not all(is_added(work.raw, part, effort, below=part.start > closed[0].start) for part in texts):
        return
    at = next((at for at, part in enumerate(work.parts) if part is texts[0]), 0) if texts else len(work.parts)
    inside = []
    for part in closed[:_MOST_OPENED]:
        words = _words_in(work, part)
        if words is not None and words.content_type == RTF:
            work.parts[work.parts.index(part)] = replace(part, seal=Seal.UNREAD)
        elif words is not None:
            inside.append(words)
    others = [part for part in work.parts if part.seal is not Seal.SIGNED]
    work.parts[at:at] = inside
    work.beside = work.beside or (bool(inside) and len(others) > 1)


def _words_in(work: Opening, part: Part) -> Part | None:
    data, _ = structure.content(work.raw, part)
    body = body_in(data)
    if body is None:
        return None
    parameters = {"charset": body.charset} if body.charset else {}
    start, work.raw = len(work.raw), work.raw + body.data
    return Part((), body.content_type, parameters, "", "", "8bit", start, len(work.raw), part.within)
