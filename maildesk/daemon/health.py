"""The health of a desk: a line for each thing that must go on, from what the database remembers.

`maildesk health` and the daemon's own page ask the same; neither asks a server.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from maildesk.config import named_policy
from maildesk.config.packaged import packaged
from maildesk.config.settings import MailboxSection, Settings
from maildesk.daemon.desk_store import existing_store
from maildesk.daemon.findings import CheckOutcome, Finding, fail, failures, ok, warn
from maildesk.errors import MaildeskError
from maildesk.store import hearing, mailboxes, migrations
from maildesk.store.database import Connection, Database
from maildesk.store.hearing import Hearing
from maildesk.store.locking import is_held
from maildesk.store.shown import shown_moment
from maildesk.store.waiting import WaitingLetters, WaitingMail, waiting_letters, waiting_mail


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign of health: a line for people, and the facts in it for programs."""

    finding: Finding
    facts: Mapping[str, Any] = field(default_factory=dict)


Signs = Sequence[Sign]


def healthy(signs: Signs) -> bool:
    """Tell whether nothing fails; what is worth a look is no illness."""
    return all(each.finding.outcome is not CheckOutcome.FAIL for each in signs)


def as_json(signs: Signs) -> dict[str, Any]:
    """The signs as `maildesk health --json` prints them."""
    checks = [
        {
            "name": each.finding.name,
            "outcome": each.finding.outcome.value,
            "message": each.finding.message,
            "remedy": each.finding.remedy,
            **each.facts,
        }
        for each in signs
    ]
    return {"healthy": healthy(signs), "checks": checks}


def from_outside(settings: Settings, environ: Mapping[str, str], now: datetime) -> list[Sign]:
    """The signs of a desk whose daemon is another process, if there is one."""
    try:
        store = existing_store(settings, environ, read_only=True)
    except MaildeskError as problem:
        return _ill(problem)
    try:
        running = is_held(store.place)
        daemon = ok("daemon", "it runs") if running else fail("daemon", "none runs", _START)
        promised, wrong = _promised(settings)
        read = store.read_now(lambda conn: _remembered(settings, conn, store, promised, now))
        return [Sign(daemon, {"running": running}), *read, *wrong]
    except MaildeskError as problem:
        return _ill(problem)
    finally:
        store.close_now()


async def from_inside(
    settings: Settings, store: Database, promised: float | None, now: datetime
) -> list[Sign]:
    """The same, asked by the daemon itself, whose policy `promised` that availability."""
    try:
        read = await store.read(lambda conn: _remembered(settings, conn, store, promised, now))
    except MaildeskError as problem:
        return _ill(problem)
    return [Sign(ok("daemon", "it runs"), {"running": True}), *read]


def _ill(problem: MaildeskError) -> list[Sign]:
    """The one sign where the database says nothing."""
    return [Sign(each) for each in failures("database", problem)]


def _promised(settings: Settings) -> tuple[float | None, Signs]:
    """The availability that the policy promises; a policy that cannot be read stops no daemon that runs."""
    try:
        return named_policy.policy(settings).availability, ()
    except MaildeskError as problem:
        remedy = "the daemon would not start with it: mend it, then maildesk policy check"
        first, *_ = str(problem).splitlines()
        return None, [Sign(warn("policy", first, remedy))]


def _remembered(
    settings: Settings, conn: Connection, store: Database, promised: float | None, now: datetime
) -> list[Sign]:
    """The signs that the database knows of; its schema alone where that is another."""
    limit, schema = settings.limits.silent_mailbox, migrations.compared(conn, packaged("migrations"))
    if problem := migrations.refusal(schema, store.place.shown):
        return [Sign(failures("schema", problem)[0], {"schema": schema.current, "newest": schema.newest})]
    known = hearing.known(conn)
    watched = [(each, known.get(_identity(each))) for each in settings.mailboxes if each.watched]
    return [
        *(_mailbox(box, found, now, limit) for box, found in watched),
        *_availability(conn, watched, limit, promised, now),
        _inbox(waiting_mail(conn), now, limit),
        _letters(waiting_letters(conn, now), now, limit),
        _disk(settings, store.free_space()),
        Sign(
            ok("schema", f"{schema.current}, the newest that this program knows"),
            {"schema": schema.current, "newest": schema.newest},
        ),
    ]


_START = "start it: systemctl start maildesk, or maildesk run"


def _identity(box: MailboxSection) -> str:
    return mailboxes.identity_of(*box.account, box.folder)


def _mailbox(box: MailboxSection, known: Hearing | None, now: datetime, limit: timedelta) -> Sign:
    name = f"mailbox {box.name}"
    if known is None:
        return Sign(warn(name, "no daemon has listened to it yet", _START), {"heard_at": None})
    facts = {"heard_at": shown_moment(known.heard_at), "silent": now - known.since >= limit}
    if facts["silent"]:
        silent = "not heard" if known.heard_at else "never heard, and asked"
        message = f"{silent} since {_moment(known.since)}, {_span(now - known.since)} ago"
        return Sign(fail(name, message, "maildesk check says why; the log of the daemon too"), facts)
    if known.heard_at is None:
        return Sign(warn(name, f"asked since {_moment(known.since)}, not heard yet", "wait a little"), facts)
    return Sign(ok(name, f"heard {_span(now - known.since)} ago"), facts)


def _availability(
    conn: Connection,
    watched: Sequence[tuple[MailboxSection, Hearing | None]],
    limit: timedelta,
    promised: float | None,
    now: datetime,
) -> Iterator[Sign]:
    """The share of the last days in which each mailbox was heard, against what the policy promises."""
    for box, known in watched:
        share = hearing.measured(conn, known, now, limit) if known else None
        if share is None or known is None:
            continue
        begin = max(known.watched_at, now - hearing.MEASURED)
        message = f"{box.name} was heard in {share:g}% of the time since {_moment(begin)}"
        if promised is not None:
            message += f"; {promised:g}% are promised"
        facts = {"mailbox": box.name, "percent": share, "promised": promised, "since": shown_moment(begin)}
        silent = now - known.since >= limit
        message += "; it is not heard now" if silent else ""
        below = silent or (promised is not None and share < promised)
        remedy = "see what the mail server or this machine lacks"
        yield Sign(warn("availability", message, remedy) if below else ok("availability", message), facts)


def _inbox(waiting: WaitingMail, now: datetime, limit: timedelta) -> Sign:
    facts = {"unfiled": waiting.number, "oldest": shown_moment(waiting.oldest)}
    if waiting.oldest is None:
        return Sign(ok("inbox", "no mail waits to be filed"), facts)
    message = f"{_count(waiting.number, 'mail')} to be filed, the oldest since {_moment(waiting.oldest)}"
    if now - waiting.oldest < limit:
        return Sign(ok("inbox", message), facts)
    return Sign(fail("inbox", message, "see the log of the daemon, and maildesk inbox list"), facts)


def _letters(waiting: WaitingLetters, now: datetime, limit: timedelta) -> Sign:
    facts = {
        "waiting": waiting.number,
        "oldest": shown_moment(waiting.oldest),
        "due": shown_moment(waiting.due),
        "held": waiting.held,
        "failed": waiting.failed,
    }
    since = f", the oldest since {_moment(waiting.oldest)}" if waiting.oldest else ""
    message = (
        f"{_count(waiting.number, 'letter')} to be sent{since}; "
        f"{waiting.held} held; {waiting.failed} failed within a day"
    )
    if waiting.due is not None and now - waiting.due >= limit:
        remedy = "they could have gone long ago: maildesk check says whether the relay answers"
        return Sign(fail("letters", message, remedy), facts)
    if waiting.held or waiting.failed:
        return Sign(warn("letters", message, "maildesk outbox list --state held, or --state failed"), facts)
    return Sign(ok("letters", message), facts)


def _disk(settings: Settings, free: int | None) -> Sign:
    wanted = settings.limits.room
    facts = {"free": free, "wanted": wanted}
    if free is None:
        return Sign(ok("disk", "the database server keeps the database"), facts)
    message = f"{free / 2**30:.1f} GiB are free where the database lies"
    if free < wanted:
        remedy = "make room, or lower limits.free_space; mail waits on the server meanwhile"
        return Sign(fail("disk", f"{message}, {wanted / 2**30:.1f} are wanted", remedy), facts)
    return Sign(ok("disk", message), facts)


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


_UNITS = ((86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))


def _span(span: timedelta) -> str:
    """A span of time to one unit, as people say it."""
    seconds = max(0, int(span.total_seconds()))
    size, unit = next((each for each in _UNITS if seconds >= each[0]), _UNITS[-1])
    return _plural(seconds // size, unit)


def _count(number: int, what: str) -> str:
    return f"{_plural(number, what)} {'waits' if number == 1 else 'wait'}"


def _plural(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
