"""The proof that a mailbox takes subaddresses: a mail to one, sent by the relay and awaited there."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from maildesk.config import building
from maildesk.config.settings import MailboxSection, Settings
from maildesk.daemon.findings import Finding, fail, ok, warn
from maildesk.errors import CommandRefused
from maildesk.mail.composing import compose
from maildesk.mail.identity.references import Separator, random_reference, reply_address
from maildesk.mail.message import Address, OutgoingMail
from maildesk.store.engines import Place, place
from maildesk.store.locking import DaemonLock, lock_file
from maildesk.transport.mailbox import MailboxConnection, MessageKey
from maildesk.transport.relay import Accepted

WAIT = 60.0
"""Seconds the mail has to come back."""
CHECKS = "Maildesk checks"
"""The folder that the mail is moved to when it came."""
_LOOK = 5.0
_HEADER_BYTES = 64 * 2**10


async def prove_subaddress(
    name: str, settings: Settings, box: MailboxSection, environ: Mapping[str, str], now: datetime
) -> AsyncIterator[Finding]:
    """Send a mail to a reply address of ours and find it in the watched folder.

    The daemon must not run meanwhile: it would make a case of the mail. Found, it is moved to a folder of its
    own: the processed folder holds what the desk filed, and by that is known whether another desk is at work.
    """
    with _no_daemon(place(building.store_url(settings, environ))):
        proof = _proof(settings, box, environ, now)
        conn = await building.mail_server(settings, box, environ).connect(hurried=True)
        try:
            await conn.select(box.folder)
            before = set(await conn.keys())
            refusal = await _send(settings, box, environ, proof)
            if refusal:
                yield fail(name, f"the relay refuses {proof.to.address}: {refusal}", _REMEDY)
                return
            key = await _arrival(conn, before, proof.message_id)
            if key is None:
                message = f"a mail to {proof.to.address} did not come to {box.folder} within {WAIT:g} s"
                yield fail(
                    name, message, f"{_REMEDY}; if it comes late, the desk takes it for automatic mail"
                )
                return
            yield ok(name, f"a mail to {proof.to.address} came to {box.folder}")
            if conn.can_move:
                await conn.move([key], await conn.ensure_folder(CHECKS))
            else:
                yield warn(name, "the server cannot move it: the mail stays there", "delete it yourself")
        finally:
            await conn.close()


@contextmanager
def _no_daemon(where: Place) -> Iterator[None]:
    """Keep the daemon from starting; where there is no database yet, its lock file goes again.

    A lock file without its database tells that one is gone.
    """
    unused = where.path is not None and not lock_file(where.path).exists() and not where.path.exists()
    with DaemonLock.acquire(where):
        try:
            yield
        finally:
            if unused and where.path is not None and not where.path.exists():
                lock_file(where.path).unlink()


_REMEDY = "set subaddress: none, or have the mail server take such addresses"


def _proof(
    settings: Settings, box: MailboxSection, environ: Mapping[str, str], now: datetime
) -> OutgoingMail:
    keys = building.keyring(settings, environ)
    separator: Separator = "-" if box.subaddress == "-" else "+"
    address = reply_address(keys, box.address, separator, random_reference(secrets.token_bytes(8)), 1)
    return OutgoingMail(
        message_id=f"check.{secrets.token_hex(16)}@{box.address.rpartition('@')[2]}",
        sender=Address(box.address, settings.desk.name),
        to=Address(address),
        subject="maildesk check",
        text="maildesk sent this mail to itself, to see whether such addresses reach the mailbox.\n",
        date=now,
        envelope_from=box.address,
        automatic="auto-generated",
    )


async def _send(
    settings: Settings, box: MailboxSection, environ: Mapping[str, str], proof: OutgoingMail
) -> str | None:
    """Hand it to the relay; why not, where the relay does not take it."""
    content = compose(proof)
    relay = await building.relay(settings, box, environ).connect(hurried=True)
    try:
        answer = await relay.offer(proof.envelope_from, proof.to.address, size=len(content))
        if isinstance(answer, Accepted):
            taken = await relay.transmit(content)
            return None if isinstance(taken, Accepted) else taken.text
        return answer.text
    finally:
        await relay.close()


async def _arrival(conn: MailboxConnection, before: set[MessageKey], message_id: str) -> MessageKey | None:
    """The key under which the mail came, or None when it did not come in time."""
    loop, never = asyncio.get_running_loop(), asyncio.Event()
    end = loop.time() + WAIT
    looked = before
    while True:
        new = set(await conn.keys()) - looked
        for key in sorted(new):
            if await _is(conn, key, message_id):
                return key
        looked = looked | new
        left = end - loop.time()
        if left <= 0:
            return None
        await conn.wait(until=never, at_most=min(_LOOK, left))


async def _is(conn: MailboxConnection, key: MessageKey, message_id: str) -> bool:
    try:
        return message_id.encode() in await conn.header_block(key, _HEADER_BYTES)
    except CommandRefused:
        return False  # somebody else moved it: not ours to find
