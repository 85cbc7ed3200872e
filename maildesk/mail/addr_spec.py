"""The one spelling of an address we compare and write: local part @ domain in ASCII (RFC 5322 §3.4.1)."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections import UserDict
from collections.abc import Iterable, Iterator, Set
from typing import Any, Final, TypeVar, overload

from maildesk.errors import BadInput

LOCAL_OCTETS: Final = 64  # RFC 5321 §4.5.3.1.1
_DOMAIN_OCTETS: Final = 253  # RFC 1035 §2.3.4, without the final dot

_ATEXT: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]"
_LOCAL: Final = re.compile(rf"{_ATEXT}++(?:\.{_ATEXT}++)*")
_DOTTED: Final = re.compile(rf"\.*+{_ATEXT}(?:{_ATEXT}|\.)*")
_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN: Final = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")

# Two generations of IDNA spell these differently (RFC 5894 §7.2); a guess could reach somebody else's domain.
_DEVIATIONS: Final = frozenset("ßẞς\u200c\u200d")

_V = TypeVar("_V")
_D = TypeVar("_D")


@functools.lru_cache(maxsize=4096)  # each mail asks it of the same few addresses some fifty times
def folded(address: str) -> str:
    """The form in which addresses are compared: letter case aside, in ASCII only.

    `str.lower` turns the Kelvin sign into a k; an address that is not pure ASCII is therefore never
    folded, so that it cannot become somebody else's.
    """
    return address.lower() if address.isascii() else address


@functools.lru_cache(maxsize=4096)  # a case's parties are compared with its author time and again
def same_address(one: str | None, other: str | None) -> bool:
    """Tell whether both are one address, however they are spelled."""
    return folded(one or "") == folded(other or "")


class Addresses(Set[str]):
    """A set of addresses, asked in any spelling. It gives them back folded."""

    __slots__ = ("_folded",)

    def __init__(self, addresses: Iterable[str] = ()) -> None:
        self._folded = frozenset(map(folded, addresses))

    @classmethod
    def _of(cls, these: frozenset[str]) -> Addresses:
        """A set of addresses that are folded already."""
        made = cls.__new__(cls)
        made._folded = these
        return made

    def __contains__(self, address: object) -> bool:
        return isinstance(address, str) and folded(address) in self._folded

    def __iter__(self) -> Iterator[str]:
        return iter(self._folded)

    def __len__(self) -> int:
        return len(self._folded)

    def __le__(self, others: Set[Any]) -> bool:
        return self._folded <= Addresses(others)._folded

    def __and__(self, others: Iterable[Any]) -> Addresses:
        return self._of(self._folded.intersection(map(folded, others)))

    def __or__(self, others: Iterable[Any]) -> Addresses:
        return self._of(self._folded.union(map(folded, others)))

    def __sub__(self, others: Iterable[Any]) -> Addresses:
        return self._of(self._folded.difference(map(folded, others)))

    def __hash__(self) -> int:
        return hash(self._folded)

    def __repr__(self) -> str:
        return f"Addresses({sorted(self._folded)})"


NO_ADDRESSES: Final = Addresses()


class ByAddress(UserDict[str, _V]):
    """Values by address, asked for in any spelling. It gives the addresses back folded."""

    def __setitem__(self, address: str, value: _V) -> None:
        self.data[folded(address)] = value

    def __getitem__(self, address: str) -> _V:
        return self.data[folded(address)]

    @overload
    def get(self, address: str, default: None = None) -> _V | None: ...

    @overload
    def get(self, address: str, default: _V | _D) -> _V | _D: ...

    def get(self, address: str, default: _V | _D | None = None) -> _V | _D | None:
        """The value of an address; each mail asks for some thirty that are not there."""
        return self.data.get(folded(address), default)

    def __contains__(self, address: object) -> bool:
        return isinstance(address, str) and folded(address) in self.data


@functools.lru_cache(maxsize=4096)
def domain_of(address: str) -> str:
    """Return what follows the last @, folded; empty where there is none."""
    return folded(address).rpartition("@")[2] if "@" in address else ""


def without_detail(address: str) -> str:
    """The folded address without what stands behind a + in its local part (RFC 5233): `bob+x@` is `bob@`."""
    local, at, domain = folded(address).rpartition("@")
    local = local.strip('"')
    return f"{local.partition('+')[0] or local}{at}{domain}"


def ascii_domain(domain: str) -> str | None:
    """An ASCII domain as we compare it: lower case, one final dot taken off; None if it is no domain."""
    if not domain.isascii():
        return None
    domain = domain.lower().removesuffix(".")
    if len(domain) > _DOMAIN_OCTETS or not _DOMAIN.fullmatch(domain):
        return None
    return domain


def ascii_local(local: str) -> bool:
    """Tell whether the part before the @ is an ASCII dot-atom of a length that any server takes."""
    return len(local) <= LOCAL_OCTETS and _LOCAL.fullmatch(local) is not None


def written_local(local: str) -> str | None:
    """The part before the @ as letters write it, None if they write no such; given with or without quotes.

    Dots at its ends and side by side want quotes (RFC 5321 §4.1.2); Japanese carriers gave such out.
    What wants none gets none, so that one address has one spelling.
    """
    bare = local[1:-1] if len(local) > 2 and local[0] == local[-1] == '"' else local
    if ascii_local(bare):
        return bare
    quoted = f'"{bare}"'
    return quoted if len(quoted) <= LOCAL_OCTETS and _DOTTED.fullmatch(bare) else None


def same_or_under(domain: str, parent: str) -> bool:
    """Tell whether a domain is the other or lies below it; a bare top-level name is nobody's parent."""
    return domain == parent or ("." in parent and domain.endswith("." + parent))


@functools.lru_cache(maxsize=1024)
def deliverable(address: str) -> str:
    """An address as envelope and header may carry it, its domain as A-labels; BadInput if it is none."""
    local, at, domain = address.rpartition("@")
    if not at:
        raise BadInput(f"{_shown(address)} is no e-mail address", remedy="write it as name@domain")
    if not local.isascii():
        raise BadInput(
            f"{_shown(address)} has letters before the @ that need SMTPUTF8, which maildesk does not send",
            remedy="ask for an address whose part before the @ is plain ASCII",
        )
    written = written_local(local)
    if written is None:
        raise BadInput(
            f"{_shown(address)} has a part before the @ that maildesk does not write",
            remedy="it may hold letters, digits, dots and !#$%&'*+/=?^_`{|}~-, 64 at most",
        )
    return f"{written}@{_a_labels(domain)}"


def can_be_written_to(address: str) -> bool:
    """Tell whether `deliverable` knows how."""
    try:
        deliverable(address)
    except BadInput:
        return False
    return True


def _a_labels(domain: str) -> str:
    if not domain.isascii() and len(domain) <= _DOMAIN_OCTETS:
        domain = encoded_domain(domain)
    plain = ascii_domain(domain)
    if plain is None:
        raise BadInput(
            f"{_shown(domain)} is no domain that mail can be sent to",
            remedy="write the domain as letters, digits and hyphens with dots between",
        )
    return plain


def encoded_domain(domain: str) -> str:
    """A domain with letters of any script as A-labels; BadInput where that would be a guess."""
    if not _DEVIATIONS.isdisjoint(unicodedata.normalize("NFC", domain)):
        raise BadInput(
            f"{_shown(domain)} holds a letter that old and new rules for domains spell differently",
            remedy="write the domain in its xn-- form",
        )
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError as problem:
        raise BadInput(
            f"{_shown(domain)} cannot be written as an ASCII domain",
            remedy="write the domain in its xn-- form",
        ) from problem


# --- one person, however it is spelled ---------------------------------------------------------------


@functools.lru_cache(maxsize=4096)
def person_key(address: str) -> str:
    """The form in which all spellings of somebody's address are one, those of letters beyond ASCII too.

    By it is found what is kept about somebody. What somebody may do goes by `folded`.
    """
    local, at, domain = address.rpartition("@")
    return f"{_local_key(local)}{at}{_domain_key(domain)}"


def same_person(one: str | None, other: str | None) -> bool:
    """Tell whether both are one person's address, in whatever spelling."""
    return person_key(one or "") == person_key(other or "")


def spelled_in_letters(domain: str) -> str:
    """A domain of A-labels as people write it; as it is where that says nothing."""
    return ".".join(map(_u_label, domain.split(".")))


def _local_key(local: str) -> str:
    if local.isascii():
        return local.lower()
    if any(unicodedata.normalize("NFC", each) != each for each in local):
        return local  # the Kelvin sign would become a k, and its owner somebody else
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", local).lower())


def _domain_key(domain: str) -> str:
    if domain.isascii():
        return domain.lower()
    domain = unicodedata.normalize("NFC", domain)
    try:
        return encoded_domain(domain).lower()
    except BadInput:  # kept as it is spelled; RFC 5891 §4.4 has one A-label of it all the same
        return ".".join(map(_a_label, domain.lower().split(".")))


def _a_label(label: str) -> str:
    return label if label.isascii() else f"xn--{label.encode('punycode').decode('ascii')}"


def _u_label(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return label.removeprefix("xn--").encode("ascii").decode("punycode")
    except UnicodeError:
        return label


def _shown(text: str) -> str:
    """Somebody's input inside one of our sentences: on one line, quoted, not too long."""
    return ascii(text if len(text) <= 80 else text[:79] + "…")
