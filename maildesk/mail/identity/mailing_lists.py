"""A mailing list's word on itself in the header of a mail: its name, and the address that people write to."""

from __future__ import annotations

import re
from typing import Final

POSTED_TO: Final = ("list-post", "mailing-list", "x-mailing-list", "x-beenthere")
"""The fields in which lists write where mail is posted (RFC 2369 §3.4; Google Groups, Yahoo; Mailman)."""

MOST_FIELDS: Final = 20
"""So many of these fields are looked at."""

_BETWEEN: Final = re.compile(r"[\s<>,;:()?]+")


def addresses_among(value: str) -> list[str]:
    """The words of a value, addresses without what stands around them (`<mailto:list@…?subject=…>`)."""
    return _BETWEEN.split(value)


def list_name(value: str) -> str:
    """The identifier of a List-Id field (RFC 2919 §3), which stands in angle brackets."""
    return value.rpartition("<")[2].strip("> \t")


def named_after(address: str) -> str:
    """The name that the list of this address bears: Google Groups, Mailman and others put a dot for the @."""
    return address.replace("@", ".")
