"""The line by which an agent enters a case for a customer: `#new chat cy@client.example`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from maildesk.desk.case.told import Phrase
from maildesk.desk.policy.channels import channel_called, known_channels
from maildesk.desk.policy.desk import Desk
from maildesk.desk.policy.names import comparable
from maildesk.desk.policy.typed_people import addresses_first, unlinked
from maildesk.desk.screening.joining import is_customer
from maildesk.errors import BadInput
from maildesk.mail.message import Address

QUIETLY: Final = frozenset({"quietly", "quiet", "silently", "silent"})
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
    words = _BRACKET.sub(" <", unlinked(value)).split()
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
    before, after = words[: at[0]], words[at[0] + 1 :]
    name = ""
    if words[at[0]].startswith("<"):
        begins = next((place for place, word in enumerate(before) if not _says_how(word, desk)), len(before))
        name, before = " ".join(before[begins:]).strip('"'), before[:begins]
    said = [*before, *after]
    channels = [word for word in said if word.casefold().strip(",.") not in QUIETLY]
    channel = channel_called(desk.policy, " ".join(channels)) if channels else ""
    return EnteredMatter(Address(found[0], name), channel, len(channels) < len(said))


def _says_how(word: str, desk: Desk) -> bool:
    known = {comparable(each) for each in known_channels(desk.policy)}
    return word.casefold() in QUIETLY or comparable(word) in known
