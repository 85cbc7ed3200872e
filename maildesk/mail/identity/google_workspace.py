"""The signs in a mail that its author's organisation uses Google Workspace: told from the mail itself.

Google signs what it sends for a domain of its customers with a domain made for that
(`client-example.20230601.gappssmtp.com`), marks it with a signature of its own, and makes its Message-ID.
What comes from gmail.com is a person's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from maildesk.mail.addr_spec import domain_of
from maildesk.mail.mime.headers import Field

_OWN: Final = frozenset({"gmail.com", "googlemail.com"})
_LISTS: Final = frozenset({"list-id", "list-post", "mailing-list"})
_MOST_BYTES: Final = 4096

_SIGNED: Final = re.compile(
    rb"(?i)(?:^|;)[ \t\r\n]*d[ \t]*=[ \t]*[a-z0-9.-]{1,200}\.gappssmtp\.com[ \t\r\n]*(?:;|$)"
)
_MADE: Final = re.compile(rb"(?i)@mail\.gmail\.com>?[ \t\r\n]*$")
_SENT: Final = re.compile(rb"(?i)^[ \t\r\n]*from[ \t]+mail-[a-z0-9-]{1,60}\.google\.com[ \t\r\n]")

_TAKEN_IN: Final = re.compile(
    rb"(?i)^[ \t\r\n]*from[ \t]+(?!mail-[a-z0-9-]{1,60}\.google\.com[ \t\r\n])[^;]{0,400}?[ \t\r\n]"
    rb"by[ \t]+mx\.google\.com[ \t\r\n;]"
)
"""Google took the mail in from elsewhere and passed it on: what it adds then says nothing of who wrote."""

_ON_THE_WAY: Final = frozenset({"received", "x-google-dkim-signature"})


def shows_google_workspace(fields: Iterable[Field], author: str) -> bool:
    """Tell whether the mail of this author (the strict From) shows it; a list's shows the list's ways."""
    fields = tuple(fields)
    if not author or domain_of(author) in _OWN or any(each.name in _LISTS for each in fields):
        return False
    passed_on = any(each.name == "received" and _TAKEN_IN.search(each.value[:_MOST_BYTES]) for each in fields)
    return any(_is_sign(each) for each in fields if not (passed_on and each.name in _ON_THE_WAY))


def _is_sign(field: Field) -> bool:
    if field.name == "x-google-dkim-signature":
        return True
    sign = _SIGNS.get(field.name)
    return sign is not None and sign.search(field.value[:_MOST_BYTES]) is not None


_SIGNS: Final = {"dkim-signature": _SIGNED, "message-id": _MADE, "received": _SENT}
