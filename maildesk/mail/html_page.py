"""A mail as a page that a browser may open: nothing in it is fetched, nothing runs, nothing is styled."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Final

from maildesk.mail.html.sanitizing import safe_html
from maildesk.mail.html.text import Allowance
from maildesk.mail.mime.charsets import clean
from maildesk.mail.mime.limits import ReadingLimits
from maildesk.mail.reading import attachments_of, bodies_of

# A second lock: should anything ever slip through, the browser fetches and runs nothing all the same.
POLICY: Final = "default-src 'none'; base-uri 'none'; form-action 'none'"
_HEAD: Final = (
    '<!DOCTYPE html>\n<html><head><meta charset="utf-8">'
    f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    '<meta name="referrer" content="no-referrer">'
)
_CUT: Final = "<p><i>(The mail is longer; this is its beginning.)</i></p>"
_ENCRYPTED: Final = "<p><i>(An encrypted part stands here. It is not shown.)</i></p>"
_MOST_CHARS: Final = 2**19
_LIMITS: Final = ReadingLimits()


def page_of(raw: bytes, title: str = "", limits: ReadingLimits = _LIMITS) -> str:
    """The bodies of a mail, each made safe for itself, and what is attached by name. Raises Unreadable."""
    body = "\n<hr>\n".join((*_bodies(raw, limits), *_attached(raw, limits)))
    return f"{_HEAD}<title>{escape(clean(title))}</title></head>\n<body>\n{body}\n</body></html>\n"


def _bodies(raw: bytes, limits: ReadingLimits) -> Iterator[str]:
    """Each body apart: a tag, quote or comment that one leaves open must not swallow the next."""
    left, allowance = _MOST_CHARS, Allowance()
    for content_type, source in bodies_of(raw, limits):
        if content_type == "multipart/encrypted":
            yield _ENCRYPTED
        elif left <= 0:
            yield _CUT
            return
        elif content_type == "text/html":
            html, cut = safe_html(source, left, allowance)
            left -= len(source)
            yield html + (_CUT if cut else "")
        elif source.strip():
            yield f"<pre>\n{escape(source[:left], quote=False)}</pre>" + (_CUT if len(source) > left else "")
            left -= len(source)


def _attached(raw: bytes, limits: ReadingLimits) -> Iterator[str]:
    lines = [
        f"<li>{escape(f'{each.name} ({each.content_type}, {each.size} bytes)', quote=False)}</li>"
        for each, _ in attachments_of(raw, limits)
    ]
    if lines:
        yield f"<p>Attached:</p><ul>{''.join(lines)}</ul>"
