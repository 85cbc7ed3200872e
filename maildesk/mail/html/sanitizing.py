"""Customers' HTML made safe to show: a few plain tags, links that say where they lead, and the text.

Two layers. Our own pass writes the HTML anew from its tags and text, flat and well nested, so that what
the second sees is small in every direction; nh3 (a browser's parser) decides what goes out. Neither style,
class, image, form, comment nor any address that is fetched by itself survives. Styles are not filtered but
dropped: no list of harmless ones has ever lasted.
"""

from __future__ import annotations

from typing import Final

import nh3

from maildesk.mail.html.tags import tags_and_text
from maildesk.mail.html.text import Allowance
from maildesk.mail.html.writing import HtmlWriter, end_tag, start_tag
from maildesk.mail.mime.charsets import clean

SHOWN_TAGS: Final = frozenset({"p", "br", "a", "b", "i", "ul", "ol", "li", "pre", "blockquote", "code"})
LINK_REL: Final = "noopener noreferrer nofollow"

_CLEANER: Final = nh3.Cleaner(
    tags=set(SHOWN_TAGS),
    clean_content_tags={"script", "style"},
    attributes={"a": {"href"}},
    url_schemes={"http", "https", "mailto"},
    url_relative="deny",
    strip_comments=True,
    link_rel=LINK_REL,
)


def safe_html(source: str, limit: int = 2**19, allowance: Allowance | None = None) -> tuple[str, bool]:
    """The words of `source` in HTML of `SHOWN_TAGS` only, and whether it was cut. Safe HTML stays so."""
    allowance = allowance or Allowance()
    rewritten, cut = _rewritten(source, limit, allowance)
    return cleaned(rewritten, limit), cut


def cleaned(rewritten: str, limit: int = 2**19) -> str:
    """The HTML that our own pass wrote, as a browser's parser reads it."""
    safe = _CLEANER.clean(rewritten)
    if "<a rel=" in safe:  # nh3 found no address in an href: then it is no link
        safe = _CLEANER.clean(_rewritten(safe, 2 * limit, Allowance())[0])
    return safe


def _rewritten(source: str, limit: int, allowance: Allowance) -> tuple[str, bool]:
    out = HtmlWriter(limit)
    for each in tags_and_text(clean(source)):
        allowance.steps -= 1
        if allowance.steps < 0 or out.room < 0:
            return out.finish(), True
        if isinstance(each, str):
            out.text(each[: max(out.room, 0)])
        elif each.closing:
            end_tag(out, each.name)
        else:
            start_tag(out, each)
    return out.finish(), out.room < 0
