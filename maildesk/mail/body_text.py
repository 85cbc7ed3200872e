"""The text of a mail, put together from the parts that are meant to be read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from maildesk.mail.automatic.calendar_replies import with_comment
from maildesk.mail.bodies import body_parts
from maildesk.mail.html.text import Allowance
from maildesk.mail.mime.charsets import Guesser
from maildesk.mail.mime.limits import ReadingLimits
from maildesk.mail.mime.part_text import text_of
from maildesk.mail.mime.structure import Part
from maildesk.mail.opened import OpenedMail
from maildesk.mail.our_marks import with_marks
from maildesk.mail.reply.html_replies import text_of_reply


@dataclass(slots=True)
class _Budget:
    """The cost still allowed to the texts of one mail together, so that many parts cost no more than one."""

    size: int
    guesser: Guesser
    html: Allowance


# A plain part that only says that there is HTML.
_STUB: Final = re.compile(
    r"(?:mail|message|browser|program|client|viewer|reader)\b.{0,120}\b(?:html|view this)|^\W*(?:html|view) ",
    re.IGNORECASE,
)
_STUB_CHARS: Final = 400
_MOST_LINES: Final = 100_000
_BYTES_PER_CHAR: Final = 4  # so much of a part is decoded for each character of text that may be kept


def body_text(mail: OpenedMail, limits: ReadingLimits) -> str:
    """The text of a mail, as much of it as is read."""
    pieces, left = [], limits.text_chars
    for text in _shown_texts(mail, limits):
        if len(text) > left:
            mail.defects["text-cut"] = None
            text = text[:left]
        left -= len(text)
        if text:
            pieces.append(text)
        if not left:
            break
    return _few_lines(mail, with_comment("\n\n".join(pieces), mail.raw, mail.parts))


def _few_lines(mail: OpenedMail, text: str) -> str:
    """A text of lines of no length at all costs far more to read than its size says."""
    if text.count("\n") < _MOST_LINES:
        return text
    mail.defects["text-cut"] = None
    return "\n".join(text.split("\n", _MOST_LINES)[:_MOST_LINES])


def _shown_texts(mail: OpenedMail, limits: ReadingLimits) -> Iterator[str]:
    """The text of the body parts; of alternatives the plain one, unless it is empty or only a stub."""
    bodies = body_parts(mail.parts)
    budget = _Budget(_BYTES_PER_CHAR * limits.text_chars, Guesser(mail.eight_bit.guess), Allowance())
    rich = {part.choice[0] for part in bodies if part.choice and part.content_type == "text/html"}
    plain: dict[int, str] = {}
    told = set()  # the alternatives that are read from their plain text
    for number, part in enumerate(bodies):
        if part.choice and part.content_type == "text/plain":
            plain[number] = _text(mail, part, limits, budget)
            if part.choice[0] not in rich or not _says_nothing(plain[number]):
                told.add(part.choice[0])
    for number, part in enumerate(bodies):
        if part.choice is None or (part.content_type == "text/plain") == (part.choice[0] in told):
            yield (plain[number] if number in plain else _text(mail, part, limits, budget)).strip("\n")


def _says_nothing(text: str) -> bool:
    return not text.strip() or (len(text) < _STUB_CHARS and _STUB.search(text) is not None)


def _text(mail: OpenedMail, part: Part, limits: ReadingLimits, budget: _Budget) -> str:
    if budget.size <= 0 or budget.html.steps < 0:
        mail.defects["text-cut"] = None
        return ""
    text, repairs = text_of(mail.raw, part, budget.size, budget.guesser)
    budget.size -= max(len(text), (part.end - part.start) // _BYTES_PER_CHAR)
    mail.defects.update(dict.fromkeys(repairs))
    if part.content_type == "text/html":
        text, cut = text_of_reply(text, limits.text_chars, budget.html)
        if cut:
            mail.defects["text-cut"] = None
        return text
    return with_marks(text)
