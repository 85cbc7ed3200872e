"""The line by which an agent enters a case for a customer: `#new chat cy@client.example`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from maildesk.desk.case.told import Phrase
from maildesk.desk.policy.channels import channel_called, known_channels
from maildesk.desk.policy.desk import Desk
from maildesk.desk.policy.names import comparable
from maildesk.desk.policy.policy import Policy
from maildesk.desk.policy.typed_people import addresses_first, unlinked
from maildesk.desk.screening.joining import is_customer
from maildesk.errors import BadInput
from maildesk.mail.message import Address

_QUIETLY: Final = frozenset({("quietly",), ("quiet",), ("silently",), ("silent",)})
"""Words by which the customer gets no receipt."""

_BRACKET: Final = re.compile(r"<(?:mailto:)?")

_MOST: Final = 500
"""A channel, a name and an address."""


@dataclass(frozen=True, slots=True)
class EnteredMatter:
    """The customer whose matter it is, the channel it came by, and whether they get no receipt."""

    customer: Address
    channel: str
    quietly: bool


def read_entered(value: str, desk: Desk) -> EnteredMatter:
    """Read who it was and how they came, in any order; raises what is to be reported.

    A name may stand before an address in angle brackets. Without a channel it is that of the mailbox.
    """
    words = _BRACKET.sub(" <", unlinked(value)).replace(",", ", ").split()
    at = [place for place, word in enumerate(words) if "@" in word]
    if len(at) != 1 or len(value) > _MOST:
        raise BadInput(Phrase("it names no customer"), remedy=Phrase("write #new chat cy@client.example"))
    found, rest = addresses_first(words[at[0]])
    if len(found) != 1 or rest:
        raise BadInput(
            Phrase("{typed} is no address", typed=repr(words[at[0]][:60])),
            remedy=Phrase("write #new chat cy@client.example"),
        )
    if not is_customer(Address(found[0]), desk.people):
        raise BadInput(
            Phrase("{who} is of the desk itself", who=found[0]), remedy=Phrase("name the customer's address")
        )
    before, left = words[: at[0]], words[at[0] + 1 :]
    how, name = _Said(desk.policy), list[str]()
    if words[at[0]].startswith("<"):
        name = how.taken_from(before)
    else:
        left = [*before, *left]
    while left := how.taken_from(left):
        how.channel.append(left.pop(0))
    channel = channel_called(desk.policy, " ".join(how.channel)) if how.channel else ""
    return EnteredMatter(Address(found[0], " ".join(name).strip('",')), channel, how.quietly)


class _Said:
    """The way in which the customer came, as far as a line says so."""

    def __init__(self, policy: Policy) -> None:
        self._known = {comparable(each) for each in known_channels(policy)}
        self._most = max(map(len, self._known))
        self.channel: list[str] = []
        self.quietly = False

    def taken_from(self, words: Sequence[str]) -> list[str]:
        """Hear channels, each by its whole name, and `quietly`; from anything else on, words are left."""
        left = list(words)
        while left:
            sizes = range(min(self._most, len(left)), 0, -1)
            size = next((each for each in sizes if comparable(" ".join(left[:each])) in self._known), 0)
            if size:
                self.channel += left[:size]
            elif comparable(left[0]) in _QUIETLY:
                self.quietly, size = True, 1
            elif comparable(left[0]):
                break
            del left[: size or 1]  # or a sign that stands alone
        return left
