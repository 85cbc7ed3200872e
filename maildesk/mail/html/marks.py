"""Marks of mail programs around the history and the signature in the HTML they write."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import Enum, auto
from typing import Final

from maildesk.mail.header_blocks import role_of
from maildesk.mail.html.tags import Tag, unescape


class Mark(Enum):
    """The meaning of a tag for the text in it, or after it."""

    QUOTED = auto()  # what it holds is history
    DIVIDES = auto()  # all the rest is history
    SIGNATURE = auto()


# By class, id, name or data-marker, in small letters; most classes are those of a program's own editor.
_MARKS: Final = {
    **dict.fromkeys(
        (
            "gmail_attr", "yahoo_quoted", "moz-cite-prefix", "protonmail_quote", "tutanota_quote",
            "zmail_extra",  # Zoho
            "wm-quote", "freshdesk_quote", "missive_quote", "aqm-original", "aqm-original-body",
            "nylas-quote",  # Mailspring
            "history_container",  # Mailbird
            "messagereplysection", "spark_quote", "__quoted_text__",  # Spark, Zimbra
            "isreplycontent",  # NetEase
            "replybody1",  # Roundcube
        ),
        Mark.QUOTED,
    ),
    **dict.fromkeys(
        (
            "divrplyfwdmsg", "appendonsend", "mail-editor-reference-message-container",
            "ms-outlook-mobile-reference-message",  # Outlook on the web and on telephones
            "olk_src_body_section", "outlookmessageheader",  # Outlook for Mac, Outlook Express
            "zwchr", "__divider__", "reply-intro",  # Zimbra, Roundcube
        ),
        Mark.DIVIDES,
    ),
    **dict.fromkeys(
        (
            "gmail_signature", "moz-signature", "applemailsignature", "protonmail_signature_block",
            "ms-outlook-mobile-signature", "composer_signature",  # Outlook and Samsung on telephones
            "signature",  # Outlook on the web (id), Yahoo (class)
            "k9mail-signature", "aqm-signature", "_rc_sig", "__sig_pre__", "__sig_post__",
            "tutanota_signature", "yahoo-signature", "emailsignature", "email-signature", "mailsignature",
            "email_signature",
        ),
        Mark.SIGNATURE,
    ),
}  # fmt: skip
# Outlook renames what it finds in a mail it answers, Yahoo what it writes itself.
_RENAMED: Final = re.compile(r"^(?:(?:x_)+|ydp[0-9a-f]{6,12}|m_-?\d{6,20})")
_NAMED: Final = ("id", "name", "data-marker", "data-smartmail")

# Gmail's indent button also makes a blockquote; it quotes nobody.
_GMAIL_INDENT: Final = re.compile(
    r"margin:\s*0(?:\s*+px)?\s+0(?:\s*+px)?\s+0(?:\s*+px)?\s+40px", re.IGNORECASE
)
_FORWARDED: Final = re.compile(r"\s*(?:<[^>]{0,300}>\s*){0,5}-{5,}")

# Outlook on Windows draws a line above "From: … Sent: …": a div with an upper border only, grey or blue.
# Other programs write the same in other words; there the header lines must follow.
_WORD_DIVIDER: Final = re.compile(
    r"border:\s*none;\s*border-top:\s*solid\s+#?(?:e1e1e1|b5c4df|windowtext)\s+1\.0pt", re.IGNORECASE
)
_UPPER_BORDER: Final = re.compile(r"border-top|border-width:\s*1[^;]{0,4}\s(?:0|medium|none)", re.IGNORECASE)
_NEXT_WORDS: Final = re.compile(
    r"(?>(?:\s|&nbsp;|&#160;|<[a-zA-Z/!][^<>]{0,400}>){0,20})([^<]{1,80})(?>(?:</?[a-z]{1,6}>)*)([^<]{0,8})"
)


def mark_of(tag: Tag, attributes: Mapping[str, str], source: str) -> Mark | None:
    """Read what a tag marks. `source` is the HTML it stands in."""
    if not attributes:
        return None
    for name in _names(attributes):
        mark = _MARKS.get(name) or _MARKS.get(_RENAMED.sub("", name))
        if mark is Mark.QUOTED and _FORWARDED.match(source, tag.end):
            return None
        if mark is not None:
            return mark
    if tag.name == "div" and attributes.get("name") == "quote":  # GMX, web.de, mail.com
        return Mark.QUOTED
    return Mark.DIVIDES if _draws_a_line(attributes.get("style", ""), tag, source) else None


def is_quote(attributes: Mapping[str, str]) -> bool:
    """Tell whether a blockquote quotes."""
    return not _GMAIL_INDENT.search(attributes.get("style", ""))


def _names(attributes: Mapping[str, str]) -> Iterator[str]:
    if "class" in attributes:
        yield from attributes["class"].lower().split()[:_MOST_CLASSES]
    for key in _NAMED:
        if key in attributes:
            yield attributes[key].lower()


_MOST_CLASSES: Final = 20


def _draws_a_line(style: str, tag: Tag, source: str) -> bool:
    if not style or len(style) > 1000:
        return False
    if _WORD_DIVIDER.match(style.strip()):
        return True
    if tag.name not in ("div", "p", "table", "td") or not _UPPER_BORDER.search(style):
        return False
    found = _NEXT_WORDS.match(source, tag.end)
    return found is not None and role_of(" ".join(unescape(found[1] + found[2]).split())) is not None
