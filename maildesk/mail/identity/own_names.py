"""The addresses that are ourselves: which they are, with every detail that may stand behind their names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from maildesk.mail.addr_spec import NO_ADDRESSES, Addresses
from maildesk.mail.identity.references import is_token_detail

_SEPARATORS: Final = ("+", "-")


@dataclass(frozen=True, slots=True)
class OwnNames:
    """Our addresses. `dashed` are those behind whose names a `-` begins a detail as a `+` does.

    `support+anything@` is ours wherever `support@` is: a server that takes no details refuses it, and one
    that takes them hands it to us (RFC 5233); nobody else can be meant. `support-team@` may well be somebody
    else, so a `-` makes a detail only where the configuration says so, and before what looks like our tokens.

    `groups` are those whose mail others wrote: lists that put their own address into From.
    """

    addresses: Addresses = NO_ADDRESSES
    dashed: Addresses = NO_ADDRESSES
    groups: Addresses = NO_ADDRESSES
    all: Addresses = field(init=False, repr=False, compare=False)
    """Our own addresses and those of groups, where a letter would come back to us as well."""
    _parted: tuple[tuple[str, str, str], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "all", self.addresses | self.groups)  # made once, for a frozen value
        parted = ((each, *_parts(each)) for each in sorted(self.all))
        object.__setattr__(self, "_parted", tuple(parted))

    @property
    def domains(self) -> frozenset[str]:
        """The domains that our own addresses are of; groups may be somebody else's."""
        return frozenset(each.rpartition("@")[2] for each in self.addresses)

    @classmethod
    def of(
        cls, addresses: Iterable[str], *, dashed: Iterable[str] = (), groups: Iterable[str] = ()
    ) -> OwnNames:
        """The names as the configuration writes them; one address may be a mailbox's and a group's."""
        return cls(Addresses(addresses), Addresses(dashed), Addresses(groups))

    def has(self, address: str) -> bool:
        """Tell whether an address, in any letter case, is one of ours or a detail of one."""
        if address in self.all:
            return True
        return any(self._detail_of(address, *each) for each in self._parted)

    def is_group(self, address: str) -> bool:
        """Tell whether an address, in any letter case, is one of the groups or a detail of one."""
        if not self.groups:
            return False
        groups = (each for each in self._parted if each[0] in self.groups)
        return address in self.groups or any(self._detail_of(address, *each) for each in groups)

    def _detail_of(self, address: str, own: str, name: str, domain: str) -> bool:
        """Only as much of the address is looked at as ours is long: who writes to us may write long ones."""
        head, at = address[: len(name)], len(name)
        if address[at : at + 1] not in _SEPARATORS or not head.isascii() or head.lower() != name:
            return False
        if not _is_domain(address[-len(domain) :], domain):
            return False
        return address[at] == "+" or own in self.dashed or is_token_detail(address[at + 1 : -len(domain)])


def _parts(address: str) -> tuple[str, str]:
    name, at, domain = address.rpartition("@")
    return name, at + domain


def _is_domain(tail: str, domain: str) -> bool:
    return tail.isascii() and tail.lower() == domain


NO_NAMES: Final = OwnNames()
"""The names of a reader who has no desk."""
