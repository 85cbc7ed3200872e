"""The mail servers of the demo's world: everybody's mailbox over IMAP, and SMTP that delivers into them.

Both live in one thread with an event loop of its own, listen on free ports of 127.0.0.1, and keep everything
in memory.
"""

from __future__ import annotations

import asyncio
import email.utils
import threading
from argparse import Namespace
from collections.abc import Iterable
from contextlib import AsyncExitStack, closing
from datetime import UTC, datetime
from typing import Any, Self

from aiosmtpd.smtp import SMTP, Envelope, Session
from proxyprotocol.reader import ProxyProtocolReader
from proxyprotocol.version import ProxyProtocolVersion
from pymap.backend.dict import DictBackend
from pymap.imap import IMAPServer
from pymap.parsing.message import AppendMessage
from pymap.user import Passwords, UserMetadata
from pysasl.hashing import BuiltinHash

HOST = "127.0.0.1"
PASSWORD = "demo"  # noqa: S105 - of mailboxes that exist for a minute, on this machine only
BORDER = "mx.acme.example"
"""The name under which our mail server notes what it found out about senders."""


class MailServers:
    """Both servers, up between `with` and its end. Users are addresses, all with the same password."""

    def __init__(self, addresses: Iterable[str]) -> None:
        self.imap_port = self.smtp_port = 0
        self._addresses = tuple(addresses)
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._ready = threading.Event()
        self._trouble: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="mail-servers", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        if self._trouble is not None:
            raise self._trouble
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            try:
                runner.run(self._serve())
            except BaseException as trouble:  # noqa: BLE001 - told by `__enter__`, in the thread that waits
                self._trouble = trouble
            finally:
                self._ready.set()

    async def _serve(self) -> None:
        async with AsyncExitStack() as stack:
            login = await self._mailboxes(stack)
            smtp = await self._loop.create_server(lambda: _receiving(login), HOST, 0)
            stack.callback(smtp.close)
            self.smtp_port = smtp.sockets[0].getsockname()[1]
            self._ready.set()
            await self._stop.wait()

    async def _mailboxes(self, stack: AsyncExitStack) -> Any:
        """An IMAP server with a mailbox for everybody; what it knows of logins."""
        # A hash that is slow to try protects a secret, and this password is none.
        backend, config = await DictBackend.init(_options(), hash_context=BuiltinHash(rounds=1))
        config.apply_context()
        password = await Passwords(config).hash_password(PASSWORD)
        for address in self._addresses:
            login = backend.login
            login.users_dict[address] = UserMetadata(config, address, password=password)
        connection = ProxyProtocolReader(config.proxy_protocol).get_callback(
            IMAPServer(backend.login, config)
        )
        server = await asyncio.start_server(connection, HOST, 0)
        stack.callback(server.close)
        self.imap_port = server.sockets[0].getsockname()[1]
        return backend.login


def _options() -> Namespace:
    """Say what pymap's own command line would say."""
    return Namespace(
        host=HOST,
        port=0,
        debug=False,
        cert=None,
        key=None,
        tls=False,
        passlib_cfg=None,
        proxy_protocol=ProxyProtocolVersion.NOOP.name.lower(),
        inherited_sockets=None,
        demo_data=False,
        demo_user="nobody",
        demo_password=PASSWORD,
    )


def _receiving(login: Any) -> SMTP:
    """One SMTP conversation. What it takes is delivered before the final dot is answered."""
    return SMTP(_Delivery(login), hostname=BORDER, enable_SMTPUTF8=False)


class _Delivery:
    """The delivery of a mail by our server: find whose it is, note who sent it, put it into the INBOX."""

    def __init__(self, login: Any) -> None:
        self._login = login

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if _owner(address) not in self._login.users_dict:
            return "550 5.1.1 nobody here has this address"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 fine"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)  # decode_data is off
        for address in envelope.rcpt_tos:
            raw = _stamped(envelope.content, envelope.mail_from or "", address)
            identity = await self._login.authorize(_Postmaster, _owner(address))
            async with identity.new_session() as mailbox:
                with closing(mailbox):
                    await mailbox.append_messages("INBOX", [AppendMessage(raw, datetime.now(UTC))])
        return "250 2.0.0 delivered"


class _Postmaster:
    """The identity that may open every mailbox."""

    name = "postmaster"
    roles = frozenset({"admin"})


def _owner(address: str) -> str:
    """Name whose mailbox an address leads to: support+detail@ is support@ (RFC 5233)."""
    local, _, domain = address.lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def _stamped(raw: bytes, sender: str, recipient: str) -> bytes:
    """The mail with what a border server writes on top: Return-Path, who sent it, and when it came."""
    domain = sender.rpartition("@")[2] or "unknown.invalid"
    return (
        f"Return-Path: <{sender}>\r\n"
        f"Authentication-Results: {BORDER}; dmarc=pass header.from={domain}\r\n"
        f"Received: from mail.{domain} by {BORDER} for <{recipient}>;\r\n"
        f" {email.utils.format_datetime(datetime.now(UTC))}\r\n"
    ).encode() + raw
