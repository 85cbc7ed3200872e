"""The name that somebody may have meant who typed one that is unknown: one answer for all names."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from typing import Final

from maildesk.desk.case.told import Phrase
from maildesk.desk.policy.people import People
from maildesk.desk.policy.whole_words import fold

ALIKE: Final = 0.6
"""The likeness of two spellings, 0 to 1, from which one may be meant by the other."""

_READ: Final = 100
"""Characters that are compared; a name is shorter, and comparing costs the square of them."""


def nearest(known: Iterable[str], typed: str, alike: float = ALIKE) -> str:
    """Find the known name that is spelled most like what was typed; empty where none is near.

    People have one domain, so two addresses are compared by what stands before the @, and so is one with a
    bare name: `ben` is near `ben@acme.example`, and `zoe@acme.example` is not.
    """
    scores = [(_likeness(each, typed), each) for each in known]
    best = max(scores, key=lambda scored: scored[0], default=(0.0, ""))
    return best[1] if best[0] >= alike else ""


def suggestion(known: Iterable[str], typed: str, otherwise: str = "", alike: float = ALIKE) -> str:
    """Ask whether the nearest name was meant; where none is near, say `otherwise`."""
    near = nearest(known, typed, alike)
    return Phrase("did you mean {name}?", name=near) if near else otherwise


def suggested_agent(people: People, typed: str, otherwise: str = "") -> str:
    """The same for an agent, called by address, name or first name: an address that can be copied."""
    spelled = dict(_spellings(people))
    near = nearest(spelled, typed)
    return Phrase("did you mean {name}?", name=spelled[near]) if near else otherwise


def _spellings(people: People) -> Iterator[tuple[str, str]]:
    for agent in people.agents:
        yield agent.address, agent.address
        yield agent.name, agent.address
        yield agent.name.split()[0] if agent.name.split() else agent.name, agent.address


def _likeness(known: str, typed: str) -> float:
    one, other = fold(known[:_READ]), fold(typed[:_READ])
    if "@" not in one:
        return _ratio(one, other)
    name, _, domain = one.rpartition("@")
    if "@" not in other:
        return _ratio(name, other)
    typed_name, _, typed_domain = other.rpartition("@")
    return min(_ratio(name, typed_name), _ratio(domain, typed_domain))


def _ratio(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one, other, autojunk=False).ratio()
