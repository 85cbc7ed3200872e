"""The roads on which a mail comes to the desk: which filter checks it, and who puts it into the mailbox."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.servers.kinds import shared
from tests.world.courier import Courier
from tests.world.cyrus import Cyrus
from tests.world.dns_server import DnsServer
from tests.world.dovecot import Dovecot
from tests.world.framed_imap import USERS
from tests.world.imap_server import ImapServer
from tests.world.mail_filters import PROGRAMS, MailFilter, dkim_checker, dmarc_checker, rspamd
from tests.world.people import BORDER
from tests.world.postfix import MAILDIRS, Postfix


@dataclass(frozen=True)
class Road:
    """Filter, delivery, and the `trust` with which the desk believes what the filter says."""

    filter: str
    delivery: str
    trust: Mapping[str, Any]
    checks: Callable[[DnsServer], Sequence[MailFilter]]
    start: Callable[[], Awaitable[ImapServer]]
    place: Callable[[Any], Mapping[str, str]]
    programs: Mapping[str, str]

    @property
    def shown(self) -> str:
        """The `trust` as one writes it."""
        words = (f"{key}: {str(value).lower()}" for key, value in self.trust.items() if key != "authserv_id")
        return "; ".join(f"`{word}`" for word in words)


def _open_filters(dns: DnsServer) -> list[MailFilter]:
    return [dkim_checker(dns, BORDER), dmarc_checker(dns, BORDER)]


def _rspamd(dns: DnsServer) -> list[MailFilter]:
    return [rspamd(dns, remove=0)]


async def _dovecot() -> ImapServer:
    return await Dovecot.start(users=USERS, settings="auth_username_format = %Ln\n")


def _lmtp(server: Dovecot | Cyrus) -> dict[str, str]:
    return {"delivery": f"lmtp:inet:127.0.0.1:{server.lmtp_port}"}


def _maildir(server: Courier) -> dict[str, str]:
    return {"delivery": MAILDIRS, "maildirs": str(server.place.root / "mail")}


OPEN = {name: PROGRAMS[name] for name in ("opendkim", "opendmarc")}
RSPAMD = {name: PROGRAMS[name] for name in ("opendkim", "rspamd")}
HERE: Mapping[str, Any] = {"authserv_id": BORDER}
BELOW: Mapping[str, Any] = {**HERE, "border_strips": True}

ROADS = {
    "opendmarc-maildir": Road(
        "OpenDKIM and OpenDMARC", "Postfix, into Maildirs", {**HERE, "hops": 1},
        _open_filters, shared(Courier), _maildir, {**Postfix.programs, **OPEN, **Courier.programs},
    ),
    "opendmarc-lmtp": Road(
        "OpenDKIM and OpenDMARC", "Dovecot's LMTP", {**HERE, "hops": 2},
        _open_filters, _dovecot, _lmtp, {**Postfix.programs, **OPEN},
    ),
    "rspamd-maildir": Road(
        "rspamd", "Postfix, into Maildirs", {**BELOW, "hops": 1},
        _rspamd, shared(Courier), _maildir, {**Postfix.programs, **RSPAMD, **Courier.programs},
    ),
    "rspamd-lmtp": Road(
        "rspamd", "Dovecot's LMTP", {**BELOW, "hops": 2},
        _rspamd, _dovecot, _lmtp, {**Postfix.programs, **RSPAMD},
    ),
}  # fmt: skip
