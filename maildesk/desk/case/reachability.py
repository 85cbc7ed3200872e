"""The reach of letters: what became of one that came back, and which parties of a case hear nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from maildesk.desk.case.events import EventKind, Plain
from maildesk.mail.addr_spec import NO_ADDRESSES, Addresses


class RecipientFate(StrEnum):
    """The fate of a letter. `unreachable` is for good; the others may pass."""

    UNREACHABLE = "unreachable"
    FAILED = "failed"
    DELAYED = "delayed"
    COMPLAINT = "complaint"


def unreachable(history: Iterable[tuple[str, str, Mapping[str, Plain]]]) -> Addresses:
    """The parties of a case that cannot be reached, from its events as (kind, actor, data).

    Who writes again is taken to be reachable again.
    """
    lost = NO_ADDRESSES
    for kind, actor, data in history:
        if kind == EventKind.BOUNCED and data.get("fate") == RecipientFate.UNREACHABLE:
            lost |= str(data.get("parties") or "").split(", ")
        elif kind in (EventKind.REPLIED, EventKind.REOPENED):
            lost -= {actor}
    return lost - {""}
