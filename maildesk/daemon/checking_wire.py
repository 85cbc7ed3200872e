"""The part of the check that talks to servers: mailboxes and relays. No mail is sent, moved or marked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import replace

from maildesk.config import building
from maildesk.config.desk_marker import DeskMarker
from maildesk.config.packaged import packaged
from maildesk.config.settings import ExistingMail, MailboxSection, Settings
from maildesk.daemon.border_check import border_found
from maildesk.daemon.findings import Finding, fail, failures, ok, warn
from maildesk.daemon.processed_folder import KEYWORD
from maildesk.errors import MaildeskError, TokenRefused, TokenUnavailable
from maildesk.store import mailboxes, migrations
from maildesk.store.database import Database
from maildesk.store.engines import place
from maildesk.transport.mailbox import FolderState, MailboxConnection, MailServer
from maildesk.transport.relay import Relay
from maildesk.transport.tokens import Logins

SERVER = "see whether host and port are right, and whether this machine reaches the server"
"""The remedy for trouble with a server that has none of its own."""

FULL = 90
"""Percent of its quota at which a mailbox is called nearly full."""


async def check_mailbox(
    settings: Settings, box: MailboxSection, environ: Mapping[str, str], tokens: Logins | None = None
) -> AsyncIterator[Finding]:
    """Log in, open the folder, make the processed one, ask what the server can do, read the newest mails."""
    name = f"mailbox {box.name}"
    if not box.watched:
        yield ok(name, "a mail server hands its mail in (`maildesk deliver`)")
        return
    server = building.mail_server(settings, box, environ, tokens)
    try:
        async for finding in _looked_into(server, settings, box, environ):
            yield finding
    except (TokenRefused, TokenUnavailable):
        raise
    except MaildeskError as problem:
        if box.imap and box.imap.host in problem.message:  # so it is for all mailboxes there
            raise
        for finding in failures(name, problem, SERVER):
            yield replace(finding, own=True)


async def _looked_into(
    server: MailServer, settings: Settings, box: MailboxSection, environ: Mapping[str, str]
) -> AsyncIterator[Finding]:
    name = f"mailbox {box.name}"
    conn = await server.connect(hurried=True)
    try:
        yield ok(f"{name} login", server.described)
        selected = await conn.select(box.folder)
        yield ok(f"{name} folder", f"{conn.selected} holds {_mails(selected.messages)}")
        yield await _processed(f"{name} processed", conn, selected, box)
        yield _push(f"{name} push", conn, box)
        yield await _quota(f"{name} quota", conn, box)
        started = await asyncio.to_thread(_started, settings, box, environ)
        if started is not None:  # else the check of the database says why
            async for finding in _at_the_start(name, conn, selected, box, started=started):
                yield finding
        yield await border_found(f"{name} trust", settings, box, conn)
    finally:
        await conn.close()


async def _at_the_start(
    name: str, conn: MailboxConnection, selected: FolderState, box: MailboxSection, *, started: bool
) -> AsyncIterator[Finding]:
    """Tell what becomes of the mail that lies there before the desk's first start."""
    if selected.messages:
        yield _old_mail(f"{name} old mail", box, selected.messages, started=started)
    if box.existing_mail is None and conn.can_move and not started:
        state = await conn.state_of(await conn.ensure_folder(box.processed))
        if state is not None and state.messages:
            yield _neighbours(f"{name} other desk", box, state.messages)


async def _processed(
    name: str, conn: MailboxConnection, selected: FolderState, box: MailboxSection
) -> Finding:
    if conn.can_move:
        folder = await conn.ensure_folder(box.processed)
        if folder == conn.selected:
            message = f"on this server {box.processed} is {folder}, which is the folder that is watched"
            return fail(name, message, "name another folder as processed")
        return ok(name, f"filed mail is moved to {folder}")
    if selected.keywords_allowed:
        return ok(name, f"the server cannot move mail: what is filed gets the keyword {KEYWORD} and stays")
    message = "the server can neither move nor mark mail: what is filed stays as it is"
    return warn(name, message, "nothing is filed twice; the folder only grows")


def _push(name: str, conn: MailboxConnection, box: MailboxSection) -> Finding:
    every = f"every {box.poll.total_seconds():g} s"
    if conn.can_push:
        message = "the server offers to tell of new mail at once (IDLE)"
        return ok(name, f"{message}; {every} it is asked as well")
    return ok(name, f"no IDLE: new mail is looked for {every}")


async def _quota(name: str, conn: MailboxConnection, box: MailboxSection) -> Finding:
    quota = await conn.quota()
    if quota is None or not quota[1]:
        return ok(name, "the server tells of none")
    used, allowed = quota
    percent = 100 * used // allowed
    if percent >= FULL:
        message = f"the mailbox is {percent} % full: soon the server will refuse customers' mail"
        return fail(
            name, message, f"archive or remove old mail from {box.processed}, or have the quota raised"
        )
    return ok(name, f"{percent} % of {allowed / 2**10:.0f} MiB are used")


def _old_mail(name: str, box: MailboxSection, count: int, *, started: bool) -> Finding:
    """Tell what happens to the mail that lies in the folder before the desk's first start."""
    if started:
        return ok(name, "the desk knows this mailbox")
    if box.existing_mail is None:
        message = f"{_mails(count)} from before the desk's first start, and nothing said about them"
        remedy = "set existing_mail: file to make cases of them, or existing_mail: leave to leave them"
        return fail(name, message, remedy)
    if box.existing_mail is ExistingMail.FILE:
        return ok(name, f"the first start makes cases of {_mails(count)}")
    return ok(name, f"the first start leaves {_mails(count)} where they are")


def _neighbours(name: str, box: MailboxSection, count: int) -> Finding:
    """Another desk may have filed mail here, which this one's first start would refuse."""
    message = f"{_mails(count)} in {box.processed}, and this desk's first start is still to come"
    remedy = "another desk may work on this mailbox: stop it, or set existing_mail if there is none"
    return fail(name, message, remedy)


def _started(settings: Settings, box: MailboxSection, environ: Mapping[str, str]) -> bool | None:
    """Tell whether the desk knows this mailbox; None where its database is lost or cannot say."""
    identity = mailboxes.identity_of(*box.account, box.folder)
    try:
        url = building.store_url(settings, environ)
        where = place(url)
        if where.path is not None and (not where.path.exists() or not where.path.stat().st_size):
            return None if DeskMarker(settings).stands else False
        store = Database.open(url)
        try:
            if migrations.status(store, packaged("migrations")).state != "current":
                return None
            return store.read_now(lambda conn: mailboxes.mailbox(conn, identity)) is not None
        finally:
            store.close_now()
    except MaildeskError:
        return None


async def check_relay(name: str, looked_up: Callable[[], Relay]) -> AsyncIterator[Finding]:
    """Connect and log in; nothing is offered."""
    relay = looked_up()
    conn = await relay.connect(hurried=True)
    await conn.close()
    yield ok(name, relay.described)


def _mails(count: int) -> str:
    return f"{count} mail{'' if count == 1 else 's'}"
