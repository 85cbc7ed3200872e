"""Erasing a person: their cases whole, and themselves out of the cases of others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from maildesk.casework.erased_noted import Erasure, leave_nothing, not_listed
from maildesk.casework.erasing import erase_cases
from maildesk.desk.case.erasing import Why, taken_out, without_person
from maildesk.desk.case.folding import folded
from maildesk.desk.decisions.actor import Actor
from maildesk.desk.policy.people import People
from maildesk.errors import NotAllowed
from maildesk.store import erased_keys, erased_mails, erasing, erasing_persons, mentions, unlisted
from maildesk.store.case_writing import write_events
from maildesk.store.database import Connection, Database
from maildesk.store.mentions import NOTHING, Mentions
from maildesk.store.persons import Traces, nothing_kept, traces_of
from maildesk.store.refolding import write_case


@dataclass(frozen=True, slots=True)
class ToErase:
    """The places of a person before they are erased, where others only mention them too."""

    traces: Traces
    mentions: Mentions
    others: tuple[str, ...]


def to_erase(conn: Connection, address: str) -> ToErase:
    """Find everything of an address; NotFound where there is nothing, and nobody mentions it."""
    found = traces_of(conn, address)
    said = mentions.mentions(conn, found.person)
    if found.none and said.none:
        raise nothing_kept(address)
    others = {*found.others, *mentions.cases_of(conn, said)} - {*found.own}
    return ToErase(found, said, tuple(erasing.living(conn, sorted(others))))


def erase_person(
    store: Database, people: People, known: ToErase, acting: Callable[[], Actor], code: str
) -> Erasure:
    """Erase all that is kept about an address.

    `code` stands for the address on the list; what is left to do then is `erased_noted.note_down`.
    """

    def work(conn: Connection) -> Erasure:
        hand, found = acting(), traces_of(conn, known.traces.person.address)
        erased = erase_traces(conn, people, found, hand, known=known.mentions)
        return not_listed(conn, erased, unlisted.of_person(code, hand.now))

    erased = store.write_now(work)
    leave_nothing(store)
    return erased


def erase_traces(
    conn: Connection,
    people: People,
    found: Traces,
    hand: Actor,
    why: Why = Why.PERSON,
    known: Mentions = NOTHING,
) -> Erasure:
    """Erase a person in this transaction. `known` are the mentions that were found before it began."""
    return _erase(conn, people, found, hand, why, mentions.mentions(conn, found.person, known))


def _erase(conn: Connection, people: People, found: Traces, hand: Actor, why: Why, said: Mentions) -> Erasure:
    sending = erasing.being_sent(conn, erasing_persons.letters_to(found))
    if sending:
        raise NotAllowed(
            f"letter {sending[0]} is being sent at this moment", remedy="try again when it has gone"
        )
    rest = erasing_persons.unerased(conn, found.ledger)
    lying = erasing.on_server(conn, rest)
    whole = erase_cases(conn, people, found.own, hand, why)
    touched = erasing.living(conn, sorted({*found.others, *mentions.cases_of(conn, said)}))
    waiting = dict(erasing_persons.waiting_on(conn, found))
    mentions.take_out_of_requirements(conn, said, found.person)
    for ref in touched:
        _take_out(conn, ref, found, hand, waiting.get(ref, 0))
    mentions.take_out_of_rows(conn, said, found.person)
    elsewhere = erasing_persons.unerased(conn, found.ledger)
    erased_mails.erase(conn, elsewhere)
    erasing.erase_letters(conn, erasing_persons.letters_to(found), hand.now)
    erasing_persons.forget(conn, found)
    named = {each.message_id: each for each in (*whole.on_server, *lying)}
    odd = [each for each in (*whole.on_server, *lying) if each.message_id is None]
    return replace(
        whole,
        mails=whole.mails + len(elsewhere),
        on_server=(*(each for key, each in named.items() if key is not None), *odd),
        touched=tuple(touched),
        keys=(*whole.keys, *erased_keys.keys_of(conn, elsewhere)),
    )


def _take_out(conn: Connection, ref: str, who: Traces, hand: Actor, dropped: int) -> None:
    """Take the person out of one case of somebody else's, and write down that it was done."""
    found = erasing_persons.events_of(conn, ref)
    person = who.person
    erasing.change_events(conn, found, lambda each: without_person(each, person.has, person.cleaned))
    erasing_persons.take_out(conn, ref, who)
    added = taken_out(hand.now, hand.actor, dropped)
    write_events(conn, [(ref, each) for each in added])
    history = [event for _, event in erasing_persons.events_of(conn, ref)]
    write_case(conn, folded(ref, history))
