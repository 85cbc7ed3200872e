"""The past of a case as steps to replay: mails that came, acts of the desk's people, when time was told."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from maildesk.desk.case.clocks import ClockKind
from maildesk.desk.case.events import DESK, IMPORTED, Event, EventKind
from maildesk.desk.case.letter_order import ANSWERING, LetterKind
from maildesk.desk.case.threads import Claim
from maildesk.desk.case.verdicts import Verdict
from maildesk.desk.policy.people import People
from maildesk.desk.promises.table import TABLE
from maildesk.mail.addr_spec import same_address
from maildesk.mail.message import IncomingMail
from maildesk.store.ledger import WaitingMail
from maildesk.store.past_cases import PastCases, PastLetter, PastMail


@dataclass(frozen=True, slots=True)
class MailStep:
    """A mail that is decided on again. `opened` is the case that it opened then, `ref` the one it was of.

    `report` is what the case then heard of a letter that came back.
    """

    at: datetime
    row: WaitingMail
    mail: IncomingMail
    ref: str
    opened: str = ""
    report: Event | None = None
    promises: bool = True


@dataclass(frozen=True, slots=True)
class ActStep:
    """An act of a person of the desk, as its events tell it; `letters` are those it then led to."""

    at: datetime
    ref: str
    events: tuple[Event, ...]
    letters: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class HandStep:
    """A case that somebody opened by hand, with these words; `acknowledged`: its requester was told."""

    at: datetime
    ref: str
    opened: Event
    words: str
    acknowledged: bool


Step = MailStep | ActStep | HandStep

Place = tuple[datetime, int]
"""A place in a history: a moment, and which of the things of that moment it was."""

Fired = Mapping[tuple[str, ClockKind, bool, datetime], Place]
"""The places where time was told, by case, clock, whether near, and when it was due."""


@dataclass(frozen=True, slots=True)
class History:
    """One case, or several of which each follows the one before, with what happened in order.

    `places` are those of the steps. `owners` are those whom the desk itself gave a case to, by reference.
    `sent` are our letters, with when. `proven` tells since when addresses are.
    """

    refs: tuple[str, ...]
    subject: str
    steps: tuple[Step, ...]
    places: tuple[Place, ...]
    fired: Fired = field(default_factory=dict)
    owners: Mapping[str, str] = field(default_factory=dict)
    sent: Sequence[PastLetter] = ()
    claims: Sequence[tuple[datetime, str, Claim]] = ()
    proven: Mapping[str, datetime] = field(default_factory=dict)


LEFT_OUT: Final[Mapping[EventKind, str]] = {
    EventKind.MERGED: "merged with another",
    EventKind.MERGED_INTO: "merged with another",
    EventKind.SPLIT: "a mail was split off",
    EventKind.FIRST_MAIL: "a copy of the first mail came before",
}
"""Events of cases that stand where other mails or cases were: they are not replayed."""


def why_left_out(past: PastCases) -> str:
    """Say why these cases cannot be replayed; empty where they can."""
    for events in past.events.values():
        for event in events:
            why = LEFT_OUT.get(event.kind)
            if why and not event.data.get("request"):
                return why  # a mail out of which a request became a case stays where it is
            if event.kind is EventKind.OPENED and event.data.get(IMPORTED):
                return "imported from another desk"  # which lived by no policy that we know
            if event.kind is EventKind.OPENED and event.data.get("split_from"):
                return "split off from another"
    return "" if any(past.events.values()) else "nothing is known of the beginning"


def wanted_mails(past: PastCases, people: People) -> list[PastMail]:
    """The mails to decide on again: not those by which our own people act, except one that opened a case."""
    firsts: dict[str, PastMail] = {}
    for each in past.mails:
        if each.verdict in _HEARD:
            firsts.setdefault(each.ref, each)
    return [
        each
        for each in past.mails
        if each.verdict in _HEARD and (each is firsts[each.ref] or not people.is_desk_person(each.sender))
    ]


_HEARD: Final = frozenset(
    {
        Verdict.OPENED, Verdict.APPENDED, Verdict.REOPENED, Verdict.THIRD_PARTY, Verdict.AUTOMATIC,
        Verdict.BOUNCE, Verdict.UNVERIFIED, Verdict.NOTE,
    }
)  # fmt: skip


def history_of(
    past: PastCases,
    mails: Sequence[tuple[PastMail, IncomingMail]],
    people: People,
    proven: Mapping[str, datetime],
) -> History:
    """The history of these cases, with those of their mails that are decided on again."""
    placed = _Places(past)
    steps: list[tuple[Place, Step]] = []
    opened: set[str] = set()
    for kept, mail in mails:
        place, opens, report = placed.of_mail(kept, mail)
        opened.add(opens)
        step = MailStep(kept.filed_at, kept.row, mail, kept.ref, opens, report, promises=not kept.old)
        steps.append(((kept.filed_at, place), step))
    for ref, events in past.events.items():
        steps += _acts(past, ref, events, people, placed, by_mail=ref in opened)
    steps.sort(key=lambda each: each[0])
    return History(
        refs=past.refs,
        subject=past.subject,
        steps=tuple(step for _, step in steps),
        places=tuple(place for place, _ in steps),
        fired=dict(_fired(past, placed)),
        owners=dict(_owners(past)),
        sent=past.letters,
        claims=past.claims,
        proven=proven,
    )


# --- the places of steps ------------------------------------------------------------------------------

_OF_MAILS: Final = frozenset(
    {
        EventKind.OPENED, EventKind.REPLIED, EventKind.REOPENED, EventKind.STATUS_CHANGED, EventKind.THANKED,
        EventKind.QUESTION_ANSWERED, EventKind.AUTOMATIC_MAIL, EventKind.BOUNCED, EventKind.UNVERIFIED_MAIL,
        EventKind.THIRD_PARTY_WROTE, EventKind.MESSAGE_ID_REUSED, EventKind.RESOLVED, EventKind.CLOSED,
    }
)  # fmt: skip
"""Events of which a mail makes one at least."""


class _Places:
    """The places of events among all of these cases; mails of one moment stand where their events do."""

    def __init__(self, past: PastCases) -> None:
        told = [(ref, event) for ref in past.refs for event in past.events.get(ref, ())]
        told.sort(key=lambda each: each[1].at)  # stable: those of a case stay in their order
        self._at = {id(event): at for at, (_, event) in enumerate(told)}
        self._by_moment: dict[datetime, list[tuple[str, Event]]] = {}
        for ref, event in told:
            self._by_moment.setdefault(event.at, []).append((ref, event))
        self._used: set[int] = set()

    def of_event(self, event: Event) -> int:
        return self._at[id(event)]

    def of_mail(self, kept: PastMail, mail: IncomingMail) -> tuple[int, str, Event | None]:
        """The place of what a mail led to, the case that it opened, and what it reported, if it did."""
        author = mail.author.addr_spec
        here = [
            event
            for ref, event in self._by_moment.get(kept.filed_at, ())
            if ref == kept.ref and event.kind in _OF_MAILS and id(event) not in self._used
        ]
        own = (event for event in here if same_address(event.actor, author))
        found = next(own, next(iter(here), None))
        if found is None:
            return -1, "", None
        self._used.add(id(found))
        if found.kind is EventKind.QUESTION_ANSWERED:
            self._use_what_followed(found, here, reopened=kept.verdict == Verdict.REOPENED)
        opened = kept.ref if found.kind is EventKind.OPENED else ""
        return self.of_event(found), opened, found if found.kind is EventKind.BOUNCED else None

    def _use_what_followed(self, answered: Event, here: Sequence[Event], *, reopened: bool) -> None:
        """The move that an answer led to is of the same mail."""
        after = here[here.index(answered) + 1 :][:1]
        for event in after:
            opens = event.kind in (EventKind.REOPENED, EventKind.STATUS_CHANGED)
            if event.actor == answered.actor and event.kind in _MOVES and opens is reopened:
                self._used.add(id(event))


_MOVES: Final = frozenset(
    {EventKind.REOPENED, EventKind.STATUS_CHANGED, EventKind.RESOLVED, EventKind.CLOSED}
)


# --- acts ---------------------------------------------------------------------------------------------

_FATES: Final = frozenset(
    {
        EventKind.LETTER_FAILED, EventKind.LETTER_DROPPED, EventKind.LETTER_RETRIED, EventKind.LETTER_DELAYED,
        EventKind.LETTER_ARRIVED, EventKind.LETTER_UNCERTAIN,
    }
)  # fmt: skip
"""The fates of letters, which are told by the desk itself and follow from no policy."""

_OF_PEOPLES_MAILS: Final = frozenset(
    {
        EventKind.REFUSED, EventKind.CONFIRMED, EventKind.DECLINED, EventKind.UNVERIFIED_MAIL,
        EventKind.AUTOMATIC_MAIL, EventKind.DUPLICATE_ARRIVED, EventKind.MESSAGE_ID_REUSED,
        EventKind.MENTIONED, EventKind.BOUNCED, EventKind.NOT_JOINED, EventKind.THIRD_PARTY_WROTE,
        EventKind.STATE_RECORDED,
    }
)  # fmt: skip
"""Events in the name of our people that are no acts of theirs."""


def _acts(
    past: PastCases, ref: str, events: Sequence[Event], people: People, placed: _Places, *, by_mail: bool
) -> Iterator[tuple[Place, Step]]:
    group: list[Event] = []
    customers = {each.row.id for each in past.mails if not people.is_desk_person(each.sender)}
    several = _several(past, ref, customers)
    for event in events:
        if event.kind is EventKind.OPENED:
            if not by_mail:
                yield (event.at, placed.of_event(event)), _by_hand(past, ref, event)
            continue
        if not _is_act(event, people) or (by_mail and _came_with_opening(event, events[0])):
            if group and event.kind in _OF_MAILS and event.actor != DESK:
                yield _act(past, ref, group, placed)  # a mail came between
                group = []
            continue
        apart = event.at in several and event.kind in _TOLD
        if group and (apart or (event.at, event.actor) != (group[-1].at, group[-1].actor)):
            yield _act(past, ref, group, placed)
            group = []
        group.append(event)
    if group:
        yield _act(past, ref, group, placed)


_TOLD: Final = frozenset(
    {EventKind.ANSWERED, EventKind.WAITING, EventKind.RESOLVED, EventKind.CLOSED, EventKind.REOPENED}
)
"""Events of which customers hear; where more than one letter went, these were acts of their own."""


def _several(past: PastCases, ref: str, by_customers: Collection[int]) -> set[datetime]:
    """Find the moments at which the acts of more than one mail told the customers something."""
    led: dict[datetime, set[int | None]] = {}
    for each in past.letters:
        if each.ref == ref and each.kind in _BY_ACTS and each.about not in by_customers:
            led.setdefault(each.at, set()).add(each.about)
    return {at for at, mails in led.items() if len(mails) > 1}


_BY_ACTS: Final = frozenset({*ANSWERING, LetterKind.CLOSED, LetterKind.REOPENED})


def _is_act(event: Event, people: People) -> bool:
    if event.kind in _FATES:
        return True
    by_person = event.actor.startswith("cli:") or people.is_desk_person(event.actor)
    return by_person and event.kind not in _OF_PEOPLES_MAILS


def _came_with_opening(event: Event, opened: Event) -> bool:
    """Tell whether the mail of our own people that opened the case did this too: it is decided on again."""
    return event.at == opened.at and event.actor == opened.actor


def _act(past: PastCases, ref: str, group: Sequence[Event], placed: _Places) -> tuple[Place, Step]:
    at = group[0].at
    letters = frozenset(each.kind for each in past.letters if each.ref == ref and each.at == at)
    return (at, placed.of_event(group[0])), ActStep(at, ref, tuple(group), letters)


def _by_hand(past: PastCases, ref: str, event: Event) -> HandStep:
    told = any(each.kind == LetterKind.ACKNOWLEDGEMENT and each.at == event.at for each in past.letters)
    return HandStep(event.at, ref, event, past.asked.get(ref, ""), told)


# --- what the desk itself did -------------------------------------------------------------------------


def _fired(past: PastCases, placed: _Places) -> Iterator[tuple[tuple[str, ClockKind, bool, datetime], Place]]:
    for ref, events in past.events.items():
        for event in events:
            promise, due = event.data.get("promise"), event.data.get("due")
            if event.actor == DESK and promise and due:
                kind = ClockKind(str(promise))
                row = TABLE[kind]
                near = row.near is not None and event.kind is row.near.event
                yield (ref, kind, near, datetime.fromisoformat(str(due))), (event.at, placed.of_event(event))


def _owners(past: PastCases) -> Iterator[tuple[str, str]]:
    """Find to whom a case was given by the desk itself, else who first had it or answered."""
    for ref, events in past.events.items():
        given = (each for each in events if each.kind is EventKind.ASSIGNED and each.data.get("owner"))
        chosen = next((str(each.data["owner"]) for each in given if each.actor == DESK), "")
        answered = (each.actor for each in events if each.kind is EventKind.ANSWERED)
        if chosen or (chosen := next(answered, "")):
            yield ref, chosen
