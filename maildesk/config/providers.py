"""Mail providers that many desks are at: what is the same for everybody there, in one table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from maildesk.mail.addr_spec import same_or_under
from maildesk.transport.security import Security


class Provider(StrEnum):
    """A provider whose servers we know."""

    MICROSOFT = "microsoft"
    GOOGLE = "google"
    FASTMAIL = "fastmail"
    YAHOO = "yahoo"


@dataclass(frozen=True, slots=True)
class Servers:
    """The servers of a provider. A port follows from the security; `connections` is what its relay bears.

    It `takes` that from a program as a password. Addresses at `private` domains are those of people without
    an organisation, who send by the `private_relay`.
    """

    name: str
    imap: str
    relay: str
    relay_security: Security = Security.TLS
    connections: int | None = None
    takes: str = "an app password"
    domains: tuple[str, ...] = ()
    private: tuple[str, ...] = ()
    private_relay: str = ""


SERVERS: Mapping[Provider, Servers] = MappingProxyType(
    {
        Provider.MICROSOFT: Servers(
            "Microsoft 365",
            "outlook.office365.com",
            "smtp.office365.com",
            relay_security=Security.STARTTLS,
            connections=3,  # a fourth of one mailbox is refused: 432 4.3.2
            domains=("onmicrosoft.com", "office365.com"),
            private=(
                *("outlook.com", "outlook.de", "outlook.fr", "outlook.es", "outlook.it", "outlook.com.br"),
                *("hotmail.com", "hotmail.co.uk", "hotmail.de", "hotmail.es", "hotmail.fr", "hotmail.it"),
                *("live.com", "live.co.uk", "live.de", "live.fr", "live.nl", "msn.com"),
            ),
            private_relay="smtp-mail.outlook.com",
        ),
        Provider.GOOGLE: Servers(
            "Gmail", "imap.gmail.com", "smtp.gmail.com", domains=("gmail.com", "googlemail.com")
        ),
        Provider.FASTMAIL: Servers(
            "Fastmail", "imap.fastmail.com", "smtp.fastmail.com", domains=("fastmail.com", "fastmail.fm")
        ),
        Provider.YAHOO: Servers(
            "Yahoo",
            "imap.mail.yahoo.com",
            "smtp.mail.yahoo.com",
            domains=("yahoo.com", "yahoo.co.uk", "yahoo.com.br", "yahoo.de", "yahoo.fr", "ymail.com"),
        ),
    }
)
"""All that we know of each, in one table."""

_SECURITY_OF = {
    993: Security.TLS,
    465: Security.TLS,
    143: Security.STARTTLS,
    587: Security.STARTTLS,
}
"""The way in that is usual at a port: whoever names only the port means it (RFC 8314)."""


def provider_of(address: str) -> Provider | None:
    """Guess the provider from an address; None for a domain of one's own."""
    at = (each for each in SERVERS if _is_at(address, (*SERVERS[each].domains, *SERVERS[each].private)))
    return next(at, None)


def is_private(address: str) -> bool:
    """Tell whether an address is a person's own at a provider where organisations have others."""
    return any(_is_at(address, servers.private) for servers in SERVERS.values())


def _is_at(address: str, domains: tuple[str, ...]) -> bool:
    return any(same_or_under(address.rpartition("@")[2].lower(), domain) for domain in domains)


def with_imap(data: Any) -> Any:
    """The keys of an `imap` section with what follows from its provider; whatever is written wins."""
    known = _known(data)
    return data if known is None else _secured(data, Security.TLS) | {"host": known.imap} | data


def with_relay(data: Any) -> Any:
    """The same of an `smtp` section."""
    known = _known(data)
    if known is None:
        return data
    connections = {"connections": known.connections} if known.connections else {}
    return _secured(data, known.relay_security) | {"host": known.relay} | connections | data


def _known(data: Any) -> Servers | None:
    """The servers of the provider that a section names; None for a word that its shape refuses."""
    named = data.get("provider") if isinstance(data, dict) else None
    return next((SERVERS[each] for each in Provider if each == named), None)


def _secured(data: Mapping[str, Any], usual: Security) -> dict[str, Any]:
    """The security that goes with a port that is written, else the provider's."""
    port = data.get("port")
    return {"security": _SECURITY_OF.get(port, usual) if isinstance(port, int) else usual}
