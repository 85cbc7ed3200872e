"""The history of a case without anybody's words and names: what may stay of an event, and what must go."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from maildesk.desk.case.case import Case
from maildesk.desk.case.events import DESK, Event, EventKind, Plain
from maildesk.desk.case.transitions import apply

SOMEBODY: Final = "somebody"
"""The actor of an event whose name was erased."""


class Why(StrEnum):
    """Reasons for which a case is erased; the value is what its history says."""

    ASKED = "asked-for"
    PERSON = "person"
    RETENTION = "retention"
    AGAIN = "erased-before"


_STAYS: Final = frozenset(
    {
        "answer", "asks", "channel", "fate", "field", "form", "kind", "language", "letter", "mailbox",
        "merged_into", "needs", "phase", "priority", "promise", "question", "ref", "requirement", "result",
        "role", "source",
        "split_from", "status", "came_from", "team", "type", "reason",
    }
)  # fmt: skip
"""Keys whose values are the policy's words, references, or ours. All other text may be somebody's."""

_OF_OURS: Final = frozenset({"owner", "escalated_by", "by"})
"""Keys whose values are addresses: those of the desk's people stay."""

_COUNTED: Final = ("priority", "type")
"""Fields of a case whose change may stay: they are the policy's words, and promises follow from them."""

_MOMENTS: Final = re.compile(r"(?:\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d) ?)+|stopped|")


def without_words(event: Event, is_ours: Callable[[str], bool]) -> Event:
    """Give the event with its moment, its kind, what is counted and where it moved the case; nothing else.

    `is_ours` tells the addresses of the desk's own people, whose acts these were.
    """
    ours = event.actor == DESK or event.actor.startswith("cli:") or is_ours(event.actor)
    data = {key: value for key, value in event.data.items() if _stays(key, value, event, is_ours)}
    if "new" in event.data and "new" not in data:
        data["new"] = ""
    return replace(event, actor=event.actor if ours else SOMEBODY, data=data)


def _stays(key: str, value: Plain, event: Event, is_ours: Callable[[str], bool]) -> bool:
    if not isinstance(value, str):
        return not key.startswith("field ")
    if key in ("new", "old"):
        return event.kind is EventKind.CHANGED and event.data.get("field") in _COUNTED
    if key in _OF_OURS:
        return is_ours(value)
    return key in _STAYS or key.endswith("_span") or _MOMENTS.fullmatch(value) is not None


def without_person(event: Event, is_theirs: Callable[[str], bool], cleaned: Callable[[str], str]) -> Event:
    """Give an event of somebody else's case with one person taken out of it: theirs says nothing any more.

    `cleaned` is a text of others without the person's address and name.
    """
    if is_theirs(event.actor):
        return without_words(event, lambda _: False)
    data: Mapping[str, Plain] = {
        key: cleaned(value) if isinstance(value, str) else value for key, value in event.data.items()
    }
    return event if data == event.data else replace(event, data=data)


def without_subject_of(event: Event, refs: Collection[str]) -> Event:
    """Give an event of another case that names one of these by its subject, with its reference alone."""
    named = {event.data.get("ref"), event.data.get("split_from")} & set(refs)
    if not named or "of" not in event.data:
        return event
    return replace(event, data={key: value for key, value in event.data.items() if key != "of"})


def ending(case: Case, now: datetime, actor: str, why: Why, dropped: int) -> list[Event]:
    """The events by which a case is erased: it ends, letters that waited are dropped, and nothing is left."""
    events: list[Event] = []
    if not (case.phase.ended or case.merged_into):
        events.append(Event(now, EventKind.CLOSED, actor))
        case = apply(case, events[-1])
    if dropped:
        events.append(Event(now, EventKind.LETTER_DROPPED, actor, {"letters": dropped}))
    return [*events, Event(now, EventKind.ERASED, actor, {"reason": why.value})]


def taken_out(now: datetime, actor: str, dropped: int) -> list[Event]:
    """The events by which a person is taken out of somebody else's case; so many letters were dropped."""
    events = [Event(now, EventKind.PARTY_REMOVED, actor, {"reason": Why.PERSON.value})]
    if dropped:
        events.append(Event(now, EventKind.LETTER_DROPPED, actor, {"letters": dropped}))
    return events
