"""The likeness of addresses and names chosen to be taken for others: compared as a reader's eye does."""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from maildesk.desk.case.case import Case
from maildesk.desk.case.told import Joined, Phrase, Told
from maildesk.desk.policy.people import People
from maildesk.mail.addr_spec import folded

_MOST_CHARS: Final = 320
"""No address is longer (RFC 5321 §4.5.3.1); what is cut off here no reader sees either."""

_CLOSE: Final = 2
"""Typing errors that a reader passes over."""

_SEEN_AS: Final = (("rn", "m"), ("vv", "w"), ("cl", "d"))
_ONE_SEEN_AS: Final = str.maketrans({
    "0": "o", "1": "l", "i": "l", "|": "l", "!": "l", "3": "e", "5": "s", "8": "b", "9": "g", "-": "", "_":
    "", ".": "",
})  # fmt: skip

_OTHER_SCRIPTS: Final = str.maketrans(
    "\u0430\u0432\u0435\u043a\u043c\u043d\u043e\u0440\u0441\u0442\u0443\u0445"
    "\u0455\u0456\u0458\u03b1\u03b2\u03b5\u03b9\u03ba\u03bd\u03bf\u03c1\u03c4\u03c5\u03c7",
    "abekmhopctyxsijabeikvoptux",
)
"""Cyrillic and Greek letters that are drawn as Latin ones."""


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """Somebody whom a reader of the case knows."""

    address: str
    name: str


def look_alike(address: str, name: str, known: Iterable[KnownPerson]) -> KnownPerson | None:
    """Find whom a stranger may be taken for: the first of `known` whose address or name theirs resembles."""
    return next((each for each in known if _resembles(address, name, each)), None)


def known_of(case: Case, people: People) -> tuple[KnownPerson, ...]:
    """List whom the readers of a case know: who takes part in it, then the people of the desk."""
    parties = (KnownPerson(party.address, party.name) for party in case.parties)
    ours = (*people.agents, *people.leadership)
    return (*parties, *(KnownPerson(person.address, person.name) for person in ours))


def _resembles(address: str, name: str, other: KnownPerson) -> bool:
    """Another address that differs by no more than a reader passes over, or that goes by the same name."""
    ours, theirs = folded(address)[:_MOST_CHARS], folded(other.address)[:_MOST_CHARS]
    if ours == theirs:
        return False
    return _same_name(name, other.name) or _near(ours, theirs) or _wears(ours, name, theirs)


def _wears(ours: str, name: str, theirs: str) -> bool:
    """Tell whether the other address itself is in the name, or before the @: that is what readers look at."""
    spelled = _as_seen(theirs.replace("@", ""))
    shown = (name[:_MOST_CHARS].replace("@", ""), ours.rpartition("@")[0])
    return "@" in theirs and any(spelled in _as_seen(each) for each in shown)


def _same_name(name: str, other: str) -> bool:
    ours, theirs = _name_as_seen(name), _name_as_seen(other)
    return bool(ours) and ours == theirs


def _near(ours: str, theirs: str) -> bool:
    """The same name at another domain, or so few signs apart that one is read for the other."""
    local, other = ours.rpartition("@")[0], theirs.rpartition("@")[0]
    if _as_seen(local) == _as_seen(other):
        return True
    # bo@ and cy@ one domain are two people, although two signs make one of the other.
    close = min(_CLOSE, min(len(local), len(other)) - 1)
    return _within(ours, theirs, close) or _within(_as_seen(ours), _as_seen(theirs), min(1, close))


def _as_seen(text: str) -> str:
    """Reduce an address to what a reader sees: signs that look alike are one, and those between are none."""
    plain = _without_marks(text).translate(_ONE_SEEN_AS)
    for pair, single in _SEEN_AS:
        plain = plain.replace(pair, single)
    return plain


def _name_as_seen(name: str) -> str:
    """A name without case, order and marks: `LUND, Bo` is Bo Lund."""
    plain = _without_marks(name[:_MOST_CHARS])
    words = "".join(each if each.isalnum() else " " for each in plain).split()
    return " ".join(sorted(words))


def _without_marks(text: str) -> str:
    spread = unicodedata.normalize("NFKD", text.casefold())
    return "".join(each for each in spread if not unicodedata.combining(each)).translate(_OTHER_SCRIPTS)


def _within(ours: str, theirs: str, most: int) -> bool:
    """Tell whether so many insertions, deletions, changes make one the other; costs length times `most`."""
    if most < 0 or abs(len(ours) - len(theirs)) > most:
        return False
    far = most + 1
    row = {at: at for at in range(min(most, len(theirs)) + 1)}
    for done, sign in enumerate(ours, 1):
        above, row = row, {}
        for at in range(max(0, done - most), min(len(theirs), done + most) + 1):
            change = above.get(at - 1, far) + (at == 0 or sign != theirs[at - 1]) if at else far
            row[at] = min(change, above.get(at, far) + 1, row.get(at - 1, far) + 1)
        if min(row.values()) > most:
            return False
    return row.get(len(theirs), far) <= most


def taken_for(address: str, other: KnownPerson) -> Told:
    """The warning: two addresses one below the other, with marks below where they part."""
    pairs = itertools.zip_longest(address, other.address, fillvalue="")
    marks = "".join(" " if mine == theirs else "^" for mine, theirs in pairs).rstrip()
    who = f"{other.name} <{other.address}>" if other.name else other.address
    care = Phrase(
        "Take care: this is not {who}, for whom they may be taken. Compare the address that is known here "
        "with that of who wrote:",
        who=who,
    )
    return Joined("\n", (care, "", *(f"  {each}" for each in (other.address, address, marks))))
