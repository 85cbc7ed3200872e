"""Counts of the acknowledgements that went out lately, for the limits to be decided by."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Select, TextClause, bindparam, func, select, text

from maildesk.desk.case.letter_order import LetterKind
from maildesk.desk.letters.letter_kinds import FORMS
from maildesk.desk.letters.letter_limits import LetterCounts, LetterLimits, lifted
from maildesk.mail.addr_spec import Addresses, domain_of, folded
from maildesk.store.column_types import moment_text
from maildesk.store.outbox import LetterState
from maildesk.store.schema import outbox

DAY, HOUR = timedelta(days=1), timedelta(hours=1)

_NOT_COUNTED = (LetterState.HELD, LetterState.DROPPED)
_TO_AUTHORS = sorted(kind.value for kind, form in FORMS.items() if form.to_author)


def letter_counts(
    connection: Connection,
    now: datetime,
    addresses: Collection[str],
    cases: Collection[str],
    limits: LetterLimits,
    domains: Collection[str] | None = None,
) -> LetterCounts:
    """Count what the limits go by for these addresses, their domains and cases; never written to is 0.

    Acknowledgements not held back: by address in 24 hours, and within one hour by domain (to addresses
    that never proved themselves; `domains` where not those of all addresses are of interest), by case and
    in all. Nothing is counted beyond what its limit asks, and nothing at all for a limit that is lifted.
    """
    day, hour = now - DAY, now - HOUR
    wanted = {domain_of(one) for one in addresses} if domains is None else set(domains)
    # Fixed words go out once; and an agent's own mails are answered up to a limit of their own.
    by_address = _most(limits.per_address_day, limits.notices_per_agent_hour) or 1
    asked = {
        "address": _Asked(Addresses(addresses), day, by_address),
        "case": _Asked(set(cases), hour, _most(limits.per_case_hour)),
        "domain": _Asked(wanted, hour, _most(limits.per_domain_hour)),
        "overall": _Asked({""}, hour, _most(limits.per_hour)),
    }
    counts = {by: Counter(dict.fromkeys(each.keys, 0)) for by, each in asked.items()}
    values = {name: value for by, each in asked.items() for name, value in each.values(by)}
    for by, key, count in connection.execute(_STATEMENTS[connection.dialect.name], values):
        counts[by][key] = count
    return LetterCounts(counts["address"], counts["case"], counts["domain"], counts["overall"][""])


def _most(*limits: int) -> int:
    """Say how far to count for these limits; 0: not at all, since all of them are lifted."""
    kept = [limit for limit in limits if not lifted(limit)]
    return max(kept) + 1 if kept else 0


def unsure_counts(connection: Connection, now: datetime, people: Collection[str], most: int) -> Counter[str]:
    """Count the letters to the desk's people (as addressed) in 24 hours about mails that may be anybody's.

    Counted apart from all others, by folded address and no further than `most`; not at all where that limit
    is lifted.
    """
    counts = Counter[str]()
    for person in () if lifted(most) else people:
        values = {"person": person, "since": now - DAY, "most": most}
        counts[folded(person)] = connection.execute(_UNSURE, values).scalar_one()
    return counts


def looks_counts(connection: Connection, now: datetime, people: Collection[str], most: int) -> Counter[str]:
    """Count the answers to what people of the desk (as addressed) asked to see in an hour, up to `most`."""
    o = outbox.c
    counts = Counter[str]()
    for person in people:
        theirs = select(o.id).where(o.recipient == person, o.created_at > now - HOUR)
        theirs = theirs.where(o.kind == LetterKind.LOOKED.value).limit(most)
        counts[folded(person)] = connection.execute(
            select(func.count()).select_from(theirs.subquery())
        ).scalar_one()
    return counts


def _unsure() -> Select[int]:
    o = outbox.c
    theirs = select(o.id).where(o.recipient == bindparam("person"), o.created_at > bindparam("since"))
    theirs = theirs.where(o.limited.is_(False), o.kind.in_(_TO_AUTHORS), o.state.not_in(_NOT_COUNTED))
    return select(func.count()).select_from(theirs.limit(bindparam("most")).subquery())


_UNSURE = _unsure()

# Spelled as in the indexes: only so do databases see that those hold all that is asked for.
_COUNTED = "o.limited IS {yes} AND o.state NOT IN ('held', 'dropped') AND o.created_at > :{by}_since"
_BY = {
    "address": "lower(o.recipient) = k.value AND ",
    "case": f"o.case_ref = k.value AND o.kind NOT IN ({', '.join(map(repr, _TO_AUTHORS))}) AND ",
    "domain": "o.domain = k.value AND NOT EXISTS (SELECT 1 FROM addresses a"
    " WHERE a.address = lower(o.recipient) AND a.proven_at IS NOT NULL) AND ",
    "overall": "",
}
_SOME = "SELECT count(*) FROM (SELECT 1 FROM outbox o WHERE {where} LIMIT :{by}_most) AS counted"
_YES = {"sqlite": "1", "postgresql": "true"}
_KEYS = {
    "sqlite": "json_each(:{by}_keys) AS k",
    "postgresql": "json_array_elements_text(CAST(:{by}_keys AS json)) AS k (value)",
}


def _statement(dialect: str) -> TextClause:
    """One statement for all four ways of counting: for each key how many."""
    parts: list[str] = []
    for by, where in _BY.items():
        some = _SOME.format(where=where + _COUNTED.format(yes=_YES[dialect], by=by), by=by)
        keys = _KEYS[dialect].format(by=by)
        parts.append(f"SELECT '{by}', k.value, ({some}) FROM {keys}")  # noqa: S608 - constants of this module
    return text(" UNION ALL ".join(parts))


_STATEMENTS = {dialect: _statement(dialect) for dialect in _YES}


@dataclass(frozen=True, slots=True)
class _Asked:
    """One way of counting: for each of these keys since then, up to `most`; 0: nothing at all."""

    keys: Collection[str]
    since: datetime
    most: int

    def values(self, by: str) -> Iterator[tuple[str, str | int]]:
        yield f"{by}_keys", json.dumps(sorted(self.keys) if self.most else [])
        yield f"{by}_since", moment_text(self.since)
        yield f"{by}_most", self.most
