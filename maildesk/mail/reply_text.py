"""The author's new words of a reply: without quotes, signature and footers; when unsure, more is kept.

The text is looked at line by line. What mail programs put between new words and history is known by its shape
first (a line ending in a colon above quoted lines, a block of header-like lines) and by its words second.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from maildesk.mail.html_text import html_to_text
from maildesk.mail.reply_phrases import (
    ATTRIBUTION_VERBS,
    CLOSINGS,
    DISCLAIMERS,
    ENDING_VERBS,
    FOOTERS,
    FORWARD_LINES,
    HEADER_LABELS,
    SEPARATOR_WORDS,
)

REPLY_MARK: Final = "--- reply above this line ---"

_QUOTED: Final = re.compile(r"[ \t]{0,3}>")
_MARK: Final = re.compile(
    r"[>\s*_]*+-{2,3}\s?" + re.escape(REPLY_MARK.strip("- ")) + r"\s?-{2,3}", re.IGNORECASE
)
_SPACES: Final = re.compile(r"\s+")
_BLANK_RUN: Final = re.compile(r"\n{3,}")

# --- attribution lines: "On …, … wrote:" ----------------------------------------------------------

_MOST_LINE: Final = 1000
_MOST_WRAPPED: Final = 5
_MOST_ATTRIBUTION: Final = 400
_COLON_END: Final = re.compile(r"[:：]\s*\**\s*$")
_VERB: Final = re.compile(ATTRIBUTION_VERBS, re.IGNORECASE)
_MOMENT: Final = re.compile(
    r"\d{1,2}[:.h]\d{2}|\b(?:19|20)\d{2}\b|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{1,2}\s*月"
)
_MAILBOX_END: Final = re.compile(r"<[^<>@\s]{1,64}@[^<>\s]{2,100}>\s?[:：]\s*$")
# How attributions open in most languages: a word or two, then soon a digit.
_OPENING: Final = re.compile(
    r"[>\s*-]*+(?:on|am|le|el|il|em|op|den|dne|dňa|w dniu|dnia|på|pe|în|la|ons|tor|fre|lör|sön|mån|"
    r"tis)\b.{0,25}\d|\d{1,4}[./年-]",
    re.IGNORECASE,
)
# Some programs put the attribution on the line of the last words.
_WORDS_BEFORE: Final = re.compile(r"(\S.*?\S)\s+On .{0,20}\d.*\bwrote\s?:\s*$")
_MAILBOX: Final = re.compile(r"[^\s<>()\[\]]{1,64}@[^\s<>()\[\]]{2,100}")

# --- blocks of header lines: Outlook's "From: … Sent: …" ------------------------------------------

_LABEL: Final = re.compile(rf"\**({HEADER_LABELS})\s?\**\s?[:：]", re.IGNORECASE)
_ANY_LABEL: Final = re.compile(r"\**[^\W\d_][\w '.()-]{0,24}\s?\**\s?[:：]\**\s+\S")
_LABEL_CHARS: Final = 60
_BLOCK_LINES: Final = 8
_DASHED: Final = re.compile(r"\s*+[-_=*]{2,}+\s*+[^\W\d_][^-_=*]{0,60}+[-_=*]{2,}+\s*$")
_DASHED_LINE: Final = re.compile(r"\s*+-{3,}+\s*+[^-\s].{0,300}[^-\s]\s*-{3,}\s*$")
_DIVIDER: Final = re.compile(r"\s*(?:[-_=*]{4,}|[─—_]{5,})\s*$")
_SEPARATOR: Final = re.compile(SEPARATOR_WORDS, re.IGNORECASE)
_FORWARD: Final = re.compile(FORWARD_LINES, re.IGNORECASE)

# --- signatures -----------------------------------------------------------------------------------

_SIGNATURE_DASHES: Final = re.compile(r"(?:--|––|—|__)\s*$")
_MOST_SIGNATURE: Final = 15
_FOOTER: Final = re.compile(FOOTERS, re.IGNORECASE)
_FOOTER_WINDOW: Final = 80
_MOST_FOOTER_CHARS: Final = 160
_CLOSING: Final = re.compile(rf"(?:{CLOSINGS})\s*[,.!]*\s*$", re.IGNORECASE)
_MOST_CLOSING: Final = 10
_POSTSCRIPT: Final = re.compile(r"p\.?\s?s\.?[:\s]", re.IGNORECASE)
_DISCLAIMER: Final = re.compile(DISCLAIMERS, re.IGNORECASE)


def new_words(text: str) -> str:
    """What the author of a reply wrote anew."""
    lines = text.split("\n")
    lines = _above_mark(lines)
    lines = _without_history(lines)
    lines = _without_signature(lines)
    return _BLANK_RUN.sub("\n\n", "\n".join(lines)).strip()


def new_words_of_html(html: str) -> str:
    """The same for an HTML body."""
    return new_words(html_to_text(html)[0])


def _above_mark(lines: list[str]) -> list[str]:
    """Lines above our own mark; all lines where nothing but quotes stands above it."""
    for number, line in enumerate(lines):
        if "---" in line and _MARK.match(line[:200]):
            above = lines[:number]
            return above if "".join(_without_history(above)).strip() else lines
    return lines


# --- history --------------------------------------------------------------------------------------


def _without_history(lines: list[str]) -> list[str]:
    """Lines that are neither quoted nor below a line that begins the history."""
    kept: list[str] = []
    endings = [_may_end_attribution(line) for line in lines]
    number = 0
    while number < len(lines):
        line = lines[number]
        if _QUOTED.match(line):
            _drop_attribution(kept)
            kept.append("")
            while number < len(lines) and _QUOTED.match(lines[number]):
                number += 1
        elif line and _begins_history(lines, number, endings):
            _drop_divider(kept)
            before = _WORDS_BEFORE.match(line[:_MOST_ATTRIBUTION])
            kept.extend(before.groups() if before else ())
            break
        else:
            kept.append(line)
            number += 1
    return kept


def _may_end_attribution(line: str) -> bool:
    tail = line[-40:].rstrip(" \t*-")
    return tail.endswith((":", "：")) or tail.rpartition(" ")[2].lower() in ENDING_VERBS


def _begins_history(lines: list[str], number: int, endings: list[bool]) -> bool:
    line = lines[number].strip()
    if not line or len(line) > _MOST_LINE:
        return False
    if line[0] in "-_=*" and _separates(lines, number):
        return True
    head = line[:_LABEL_CHARS]
    if (":" in head or "：" in head) and (
        _FORWARD.match(line) or (_LABEL.match(line) and _header_block(lines, number))
    ):
        return True
    return any(endings[number : number + _MOST_WRAPPED]) and _attribution_at(lines, number, endings)


def _separates(lines: list[str], number: int) -> bool:
    """`-----Original Message-----` and its like: by its words, or by the header lines below it."""
    line = lines[number]
    if _DASHED_LINE.match(line) and _VERB.search(line):
        return True
    return bool(_DASHED.match(line)) and (bool(_SEPARATOR.search(line)) or _header_block(lines, number + 1))


def _header_block(lines: list[str], number: int) -> bool:
    """Whether lines from here on look like a mail's header: known labels, or others with address and date."""
    known, labels, mailbox, moment = set(), 0, False, False
    looked = 0
    for line in lines[number : number + 2 * _BLOCK_LINES]:
        line = line.strip()[:500]
        if not line:
            if labels >= 2:
                break
            continue
        looked += 1
        if looked > _BLOCK_LINES:
            break
        label = _LABEL.match(line)
        if label:
            known.add(label[1].lower())
        if label or _ANY_LABEL.match(line):
            labels += 1
            mailbox = mailbox or "@" in line
            moment = moment or bool(_MOMENT.search(line))
        elif not labels:
            return False
    return len(known) >= 3 or (len(known) >= 2 and moment) or (labels >= 3 and mailbox and moment)


def _attribution_at(lines: list[str], number: int, endings: list[bool]) -> bool:
    """Whether an attribution begins here (it may wrap) whose history is not quoted with `>`."""
    length = 0
    for end in range(number, min(number + _MOST_WRAPPED, len(lines))):
        line = lines[end].strip()
        length += len(line)
        if not line or length > _MOST_ATTRIBUTION:
            return False
        if endings[end]:
            quoted_below = _QUOTED.match(next(filter(str.strip, lines[end + 1 : end + 4]), ""))
            return not quoted_below and _attribution_start(lines, end, _is_attribution) == number
    return False


def _attribution_start(lines: list[str], end: int, accepts: Callable[[str], bool]) -> int | None:
    """Where the attribution that ends on a line begins: at the nearest line that makes it one, or further up
    where a line opens as attributions do (`On Tue, 3 Jan …`), within the same paragraph."""
    joined, nearest = "", None
    for start in range(end, max(end - _MOST_WRAPPED, -1), -1):
        line = lines[start].strip()
        if not line or len(line) + len(joined) > _MOST_ATTRIBUTION:
            break
        joined = f"{line} {joined}" if joined else line
        if accepts(joined):
            nearest = start if nearest is None else nearest
            if _OPENING.match(line):
                return start
    return nearest


def _is_attribution(text: str) -> bool:
    moment = bool(_MOMENT.search(text))
    if moment and _MAILBOX_END.search(text[-200:]):  # in some languages no verb is written
        return True
    signs = moment + bool(_MAILBOX.search(text))
    return signs >= (1 if _COLON_END.search(text[-10:]) else 2) and bool(_VERB.search(text))


def _introduces(text: str) -> bool:
    """An attribution above quoted lines: here its shape is enough, so every language is understood."""
    signs = bool(_MOMENT.search(text)) + bool(_MAILBOX.search(text))
    needed = 2 if _COLON_END.search(text[-10:]) else 3
    return signs >= needed or (signs == needed - 1 and bool(_VERB.search(text)))


def _drop_attribution(kept: list[str]) -> None:
    """Takes the line that introduces quoted lines off the end, wrapped over a few lines as it may be."""
    end = len(kept) - 1
    while end >= 0 and not kept[end].strip() and len(kept) - end <= 3:
        end -= 1
    if end < 0:
        return
    start = _attribution_start(kept, end, _introduces)
    if start is None:
        return
    before = _WORDS_BEFORE.match(kept[start][:_MOST_ATTRIBUTION])
    del kept[start:]
    if before:
        kept.append(before[1])
    else:
        _drop_divider(kept)


def _drop_divider(kept: list[str]) -> None:
    while kept and (not kept[-1].strip() or _DIVIDER.match(kept[-1][:200])):
        kept.pop()


# --- signature and footers ------------------------------------------------------------------------


def _without_signature(lines: list[str]) -> list[str]:
    lines = _trimmed(lines)
    lines = _cut_at_dashes(lines)
    lines = _cut_at_footer(lines)
    return _cut_at_closing(lines)


def _cut_at_dashes(lines: list[str]) -> list[str]:
    """Lines above a signature's dashes (RFC 3676 §4.3), where so little follows that it can be one."""
    following = 0
    for number in range(len(lines) - 1, -1, -1):
        line = lines[number]
        if _SIGNATURE_DASHES.match(line[:10]) and len(line.strip()) <= 2:
            return lines[:number] if number else lines
        following += bool(line.strip())
        if following > _MOST_SIGNATURE:
            break
    return lines


def _cut_at_footer(lines: list[str]) -> list[str]:
    """Lines without `Sent from my …` and the legal notice companies add; what stands below goes with them."""
    for number in range(max(len(lines) - _FOOTER_WINDOW, 0), len(lines)):
        text = lines[number].strip()
        if len(text) <= _MOST_FOOTER_CHARS and _FOOTER.match(text):
            below = sum(1 for each in lines[number + 1 :] if each.strip())
            return (
                _trimmed(lines[:number]) if below <= _MOST_SIGNATURE else lines[:number] + lines[number + 1 :]
            )
        if _DISCLAIMER.match(text[:200]) and any(map(str.strip, lines[:number])):
            return _trimmed(lines[:number])
    return lines


def _cut_at_closing(lines: list[str]) -> list[str]:
    """Lines above `Best regards,` where only a name and such can follow."""
    following = 0
    for number in range(len(lines) - 1, 0, -1):
        text = lines[number].strip()
        if following and len(text) <= 60 and _CLOSING.match(text):
            return lines[:number]
        following += bool(text)
        if following > _MOST_CLOSING or len(text) > 120 or _POSTSCRIPT.match(text):
            break
    return lines


def _trimmed(lines: list[str]) -> list[str]:
    """Without the blank lines and drawn lines at the end."""
    kept = list(lines)
    _drop_divider(kept)
    return kept
