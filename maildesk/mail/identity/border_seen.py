"""The border as mails show it: whose results stand at which hop, and what `trust` should be."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from maildesk.mail.addr_spec import same_or_under
from maildesk.mail.identity.authentication_results import FIELD_NAME, border_results, parse
from maildesk.mail.identity.authenticity import Trust
from maildesk.mail.mime.headers import Field

MICROSOFT: Final = "protection.outlook.com"
"""The hosts by which mail comes to Microsoft 365, whose results bear no name."""

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_MOST_WORDS: Final = 200
_MOST_BYTES: Final = 4096

Header = Sequence[Field]


@dataclass(frozen=True, slots=True)
class BorderSeen:
    """The findings of a look at some mails: in how many some server's results stand, and whose.

    `counting` and `out_of_place` are mails in which results of the server that `trust` names count, or do
    not. `advice` is what `trust` should be as far as they show it; None where nothing speaks against it.
    """

    mails: int
    with_results: int
    name: str = ""
    named_in: int = 0
    counting: int = 0
    out_of_place: int = 0
    advice: Trust | None = None


@dataclass(frozen=True, slots=True)
class _Sighting:
    """The topmost results of one mail: `above` Received lines stand above them."""

    name: str
    above: int
    by_above: str
    by_below: str


def border_seen(headers: Sequence[Header], trust: Trust) -> BorderSeen:
    """Look at the headers of some mails, newest first. A forged field stands lower than the border's own."""
    wanted = "" if trust.authserv_id is None else trust.authserv_id.lower()
    seen = [[*_sightings(header)] for header in headers]
    with_results = sum(map(bool, seen))
    tops = Counter(each[0].name for each in seen if each)
    named = trust.named and any(one.name == wanted for each in seen for one in each)
    name = wanted if named else max(tops, key=lambda one: tops[one], default="")
    firsts = [one for each in seen if (one := next((s for s in each if s.name == name), None))]
    found = BorderSeen(len(headers), with_results, name, len(firsts))
    if not firsts:
        return found
    proposed = _proposed(firsts, _usual_hosts(headers), trust)
    if not named:
        return _with_advice(found, proposed)
    heard = [
        border_results(
            header, trust.authserv_id, trust.hops, trust.border_strips, nameless=trust.microsoft365
        )
        for header in headers
    ]
    counting = sum(bool(each.results) for each in heard)
    out_of_place = sum(not each.results and bool(each.misplaced) for each in heard)
    wrong = out_of_place > counting or _reaches_too_far(trust, proposed)
    told = BorderSeen(len(headers), with_results, name, len(firsts), counting, out_of_place)
    return _with_advice(told, proposed if wrong else None)


def _with_advice(found: BorderSeen, advice: Trust | None) -> BorderSeen:
    return BorderSeen(
        found.mails,
        found.with_results,
        found.name,
        found.named_in,
        found.counting,
        found.out_of_place,
        advice,
    )


def _reaches_too_far(trust: Trust, proposed: Trust) -> bool:
    """Tell whether lines count that a sender may have written: below those of our own servers."""
    return trust.hops > proposed.hops + (proposed.border_strips and not trust.border_strips)


def _sightings(header: Header) -> Iterator[_Sighting]:
    """Everybody's results in a header, from the top; what bears a name that no host has is left out."""
    received = [place for place, field in enumerate(header) if field.name == "received"]
    for place, field in enumerate(header):
        if field.name != FIELD_NAME:
            continue
        read = parse(field.value, nameless=True)
        if read is None or (read.authserv_id and not _NAME.fullmatch(read.authserv_id)):
            continue
        above = sum(each < place for each in received)
        by_above = _by(header[received[above - 1]]) if above else ""
        by_below = _by(header[received[above]]) if above < len(received) else ""
        yield _Sighting(read.authserv_id.lower(), above, by_above, by_below)


def _by(field: Field) -> str:
    """The host that wrote a Received line (RFC 5321 §4.4), lower case; empty where it does not say."""
    words = field.value[:_MOST_BYTES].decode("latin-1").lower().split(maxsplit=_MOST_WORDS)
    for word, after in pairwise(words):
        if word == "by" and _NAME.fullmatch(after.rstrip(";.")):
            return after.rstrip(";.")
    return ""


def _usual_hosts(headers: Sequence[Header]) -> frozenset[str]:
    """The hosts through which most of these mails came: servers of ours, whoever wrote."""
    came = Counter(
        host for header in headers for host in {_by(each) for each in header if each.name == "received"}
    )
    return frozenset(host for host, mails in came.items() if mails > 1 and 3 * mails > 2 * len(headers))


def _proposed(firsts: Iterable[_Sighting], usual: frozenset[str], trust: Trust) -> Trust:
    """The place where most of these results count; of two as good, the one with fewer lines above."""
    places = Counter(_place(each, usual) for each in firsts)
    hops, below = min(places, key=lambda place: (-places[place], place))
    name = next(each.name for each in firsts)
    return Trust(name or None, hops, below, microsoft365=not name, submission=trust.submission)


def _place(seen: _Sighting, usual: frozenset[str]) -> tuple[int, bool]:
    """The number of the Received line that the same server wrote, and whether its results stand below it.

    Most servers write their results above their own line; a filter that passes a mail on may do so below.
    """
    name = seen.name or MICROSOFT
    above, below = (_is_its(host, name, usual) for host in (seen.by_above, seen.by_below))
    if seen.above and above > below:
        return seen.above, True
    return (seen.above, True) if seen.above and not below else (seen.above + 1, False)


def _is_its(host: str, name: str, usual: frozenset[str]) -> int:
    """Say how surely a host is the server of that name, or one beside it."""
    if not host:
        return 0
    if host == name or (name == MICROSOFT and same_or_under(host, name)):
        return 3
    beside = name.partition(".")[2]
    related = same_or_under(host, name) or same_or_under(name, host)
    if related or ("." in beside and same_or_under(host, beside)):
        return 2
    return int(host in usual)
