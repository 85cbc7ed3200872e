"""Erasing cases: everything that was said on them goes in one transaction; references and counts stay."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from functools import partial

from maildesk.casework.erased_noted import Erasure, leave_nothing, not_listed
from maildesk.desk.case.erasing import Why, ending, without_subject_of, without_words
from maildesk.desk.case.events import DESK
from maildesk.desk.case.folding import folded
from maildesk.desk.case.transitions import apply_all
from maildesk.desk.decisions.actor import Actor
from maildesk.desk.policy.people import People
from maildesk.errors import NotAllowed
from maildesk.store import erased_keys, erasing, loose_mails, unlisted
from maildesk.store.case_history import histories
from maildesk.store.database import Connection, Database
from maildesk.store.erasing import Naming

AT_ONCE = 20
"""Cases that one transaction of the daemon erases at most: nobody who waits to write shall notice."""


def erase_case(store: Database, people: People, ref: str, acting: Callable[[], Actor]) -> Erasure:
    """Erase one case, with those that became a part of it; NotAllowed where it is a part of another.

    What is left to do then is `erased_noted.note_down`.
    """

    def work(conn: Connection) -> Erasure:
        hand = acting()
        erased = erase_cases(conn, people, [ref], hand, Why.ASKED)
        return not_listed(conn, erased, unlisted.of_case(ref, hand.now))

    _require_whole(store, ref)
    erased = store.write_now(work)
    leave_nothing(store)
    return erased


def _require_whole(store: Database, ref: str) -> None:
    """Raise NotAllowed for a case that was erased, or is a part of another."""
    erased_at, into = store.read_now(partial(erasing.state_of, ref=ref))
    if into and not erased_at:
        raise NotAllowed(
            f"case {ref} became a part of {into}, which shows its mails", remedy=f"erase that one: {into}"
        )
    if erased_at:
        raise NotAllowed(
            f"case {ref} was erased on {erased_at:%Y-%m-%d} already", remedy="nothing was changed"
        )


def erase_cases(
    conn: Connection,
    people: People,
    refs: Collection[str],
    hand: Actor,
    why: Why,
    naming: Sequence[Naming] | None = None,
) -> Erasure:
    """Erase these cases, and those that became a part of them, in this transaction.

    `naming` are the events that name other cases, where somebody has looked for them before.
    """
    whole = erasing.living(conn, erasing.with_merged(conn, refs))
    require_quiet(conn, whole)
    mails = erasing.mails_of_cases(conn, whole)
    lying = erasing.on_server(conn, mails)
    linked: list[str] = []
    for ref in whole:
        linked += _erase(conn, people, ref, hand, why)
    gone = set(whole)
    found = erasing.naming_others(conn) if naming is None else naming
    elsewhere = [(each.id, each.event) for each in found if each.ref not in gone]
    erasing.change_events(conn, elsewhere, partial(without_subject_of, refs=gone))
    others = dict.fromkeys(each for each in linked if each not in whole)
    keys = erased_keys.keys_of(conn, mails)
    return Erasure(tuple(whole), len(mails), tuple(lying), tuple(others), keys=tuple(keys))


def require_quiet(conn: Connection, refs: Sequence[str]) -> None:
    """Raise NotAllowed while a relay may be taking a letter about one of these cases."""
    sending = erasing.being_sent(conn, erasing.of_cases(refs))
    if sending:
        raise NotAllowed(
            f"letter {sending[0]} is being sent at this moment", remedy="try again when it has gone"
        )


def _erase(conn: Connection, people: People, ref: str, hand: Actor, why: Why) -> Sequence[str]:
    """Erase one case; gives the cases that are linked to it."""
    happened = histories(conn, [ref])[ref]
    left = [without_words(each, people.is_desk_person) for each in happened]
    case = folded(ref, left)
    added = ending(case, hand.now, hand.actor, why, erasing.waiting_letters(conn, ref))
    erasing.erase_case(conn, apply_all(case, added), left, added)
    return [*case.linked, *([case.followed_by] if case.followed_by else [])]


def erase_over(
    conn: Connection,
    people: People,
    before: tuple[datetime | None, datetime | None],
    now: datetime,
    naming: Sequence[Naming],
) -> Erasure:
    """Erase the next cases that were closed, or resolved, before these moments; those whose letters are being
    sent come later.
    """
    hand = Actor(DESK, now)
    refs = erasing.over_before(conn, *before, AT_ONCE)
    free = [ref for ref in refs if not erasing.being_sent(conn, erasing.of_cases([ref]))]
    if not free:
        return Erasure()
    erased = erase_cases(conn, people, free, hand, Why.RETENTION, naming)
    return not_listed(conn, erased, unlisted.of_case(free[0], now))


def erase_loose(conn: Connection, ids: tuple[int, ...], now: datetime) -> Erasure:
    """Erase those of these mails that are about no case."""
    keys = tuple(loose_mails.erase_loose(conn, ids))
    if not keys:
        return Erasure()
    return not_listed(conn, Erasure(mails=len(keys), keys=keys), unlisted.of_mail(ids[0], now))
