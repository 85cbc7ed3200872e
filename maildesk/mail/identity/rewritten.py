"""The writer of a mail whose From a group or list wrote anew, as Google Groups and Mailman do.

Nothing of it is proven. The group signs for itself, and whoever posts to it may have written these fields.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from maildesk.mail.addr_spec import ByAddress, folded, same_address
from maildesk.mail.identity.authenticity import NO_HOST, shown_name, strict_mailbox
from maildesk.mail.identity.mailing_lists import (
    MOST_FIELDS,
    POSTED_TO,
    addresses_among,
    list_name,
    named_after,
)
from maildesk.mail.identity.own_names import OwnNames
from maildesk.mail.message import Address, Author, Standing
from maildesk.mail.mime.headers import Field, addresses_in, first

_FIELD_BYTES: Final = 8 * 2**10
_ORIGINAL_FROM: Final = "x-original-from"
_ORIGINAL_SENDER: Final = "x-original-sender"
_VIA: Final = re.compile(r"\s+(?:via|durch|par|por|tramite)\s.*\Z", re.IGNORECASE | re.DOTALL)
"""The words that groups put behind the name of who wrote: `'Bob Lund' via Support`."""


def spoken_for(
    author: Author, fields: Sequence[Field], own: OwnNames, raw_codec: str | None = None
) -> Author:
    """The author, where From is one of the `own` names: a group lets the mail say who wrote it.

    A group is what the operator named as one, and an own address of which the mail says that it is the list
    it came through. Who is found so is unknown, whatever was said of the group's signature, and failed where
    that failed. Of a name that is no group the author stays, and `behind` says who seems to have written; so
    does it for another address of our own domains, where the mail says that From was rewritten. `raw_codec`
    reads names.
    """
    if author.address is None:
        return author
    address = author.address.address
    if not own.has(address):
        found, _ = _original_from(fields, raw_codec)
        ours = author.address.domain in own.domains
        elsewhere = found is not None and not same_address(found.address, address)
        return replace(author, behind=found) if ours and elsewhere else author
    found, damaged = _writer(fields, own, raw_codec)
    found = _named(found, author.address) if found else None
    if not own.is_group(address) and not (found and _is_list_itself(author, fields)):
        return replace(author, behind=found)
    standing = Standing.FAILED if author.standing is Standing.FAILED else Standing.UNKNOWN
    shown = f"{_shown(found)} through {address}" if found else author.shown
    if damaged:
        return Author(None, Standing.FAILED, "group-from-damaged", author.shown, via=address)
    if found is None:
        return replace(author, standing=standing, why="group-names-nobody")
    return Author(found, standing, author.why if standing is Standing.FAILED else "group", shown, via=address)


def _is_list_itself(author: Author, fields: Sequence[Field]) -> bool:
    """Tell whether the list that a mail came through is the very address in its From (RFC 2919 §2).

    Where a server of ours vouches for senders, it has to vouch for that address: else anybody could write so.
    """
    if author.standing is not Standing.VOUCHED and author.why != NO_HOST:
        return False
    address = folded(author.addr_spec)
    if list_name(_lower(first(fields, "list-id") or b"")) == named_after(address):
        return True
    posted = [each.value for each in fields if each.name in POSTED_TO]
    return any(address in addresses_among(_lower(value)) for value in posted[:MOST_FIELDS])


def _lower(value: bytes) -> str:
    return value[:_FIELD_BYTES].lower().decode("latin-1")


def _writer(fields: Sequence[Field], own: OwnNames, raw_codec: str | None) -> tuple[Address | None, bool]:
    """Find whom the mail names as its writer; true where it says so in a field that can be read two ways."""
    found, damaged = _original_from(fields, raw_codec)
    if damaged or (found and not own.has(found.address)):
        return found, damaged
    replies = _reply_to(fields, own)
    if replies is not None:
        return replies, False
    sender, _ = _one(fields, _ORIGINAL_SENDER, raw_codec)
    return (sender if sender and not own.has(sender.address) else None), False


def _original_from(fields: Sequence[Field], raw_codec: str | None) -> tuple[Address | None, bool]:
    return _one(fields, _ORIGINAL_FROM, raw_codec)


def _one(fields: Sequence[Field], name: str, raw_codec: str | None) -> tuple[Address | None, bool]:
    """The one mailbox of the one field of that name, by the grammar of From; true where that is not met."""
    values = [field.value for field in fields if field.name.strip() == name]
    if not values:
        return None, False
    found = strict_mailbox(values[0], raw_codec) if len(values) == 1 else None
    return found, found is None


def _reply_to(fields: Sequence[Field], own: OwnNames) -> Address | None:
    """The one address that answers go to beside ourselves; lists put their own there too."""
    found = ByAddress[Address]()
    for field in fields:
        if field.name == "reply-to":
            for each in addresses_in(field.value, _FIELD_BYTES):
                if not own.has(each.address):
                    found.setdefault(each.address, each)
    if len(found) != 1:
        return None
    (only,) = found.values()
    strict = strict_mailbox(only.address.encode("utf-8", "surrogatepass"))
    return replace(strict, name=shown_name(only.name)) if strict else None


def _named(found: Address, group: Address) -> Address:
    """With the name that the group wrote before its own, where nothing else says one."""
    name = found.name or _VIA.sub("", group.name).strip("' ")
    return replace(found, name="" if name == group.name else name)


def _shown(found: Address) -> str:
    return f"{found.name} <{found.address}>" if found.name else found.address
