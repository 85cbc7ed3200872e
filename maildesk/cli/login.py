"""`maildesk login`: somebody signs in at the provider, so that the desk may read and send for a mailbox."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from typing import TYPE_CHECKING

import click

from maildesk.cli.checked import print_finding
from maildesk.cli.invocation import PROBLEM, command, settings
from maildesk.errors import BadInput, GrantLost, NotFound

if TYPE_CHECKING:
    from maildesk.daemon.login_sign_in import Granted, InBrowser, SigningIn

TEN_MINUTES = 600.0
_BLOCK = 4096


@command("login", "maildesk login anna\nmaildesk login anna --device")
@click.argument("name", metavar="NAME")
@click.option("--device", is_flag=True, help="Sign in by a code on any device, if the provider lets you.")
@click.option("--as", "who", metavar="ADDRESS", help="Who signs in, where the mailbox is a shared one.")
@click.option("--port", type=click.IntRange(1, 65535), help="The port here to which the browser comes back.")
def login(name: str, device: bool, who: str | None, port: int | None) -> None:
    """Sign in for the login NAME of the configuration, one of flow person.

    Open the address that is shown in any browser. If it runs on this machine, that is all; else paste the
    address at which it ends. The tokens are tried at every server that names this login, and stored only
    if the mailbox lets us in. A running daemon takes them by itself.
    """
    from maildesk.daemon.login_sign_in import SigningIn
    from maildesk.desk.policy.suggestions import suggestion

    desk = settings()
    if name not in desk.logins:
        known = f"logins of the configuration: {', '.join(desk.logins) or 'none'}"
        raise NotFound(f"there is no login {name}", remedy=suggestion(desk.logins, name, known))
    signing_in = SigningIn.begin(desk, os.environ, name, who)
    if not asyncio.run(_signed_in(signing_in, device=device, port=port)):
        click.get_current_context().exit(PROBLEM)


async def _signed_in(signing_in: SigningIn, *, device: bool, port: int | None) -> bool:
    """Tell whether everything went well; what did not is said."""
    await signing_in.person.prove()
    try:
        async with asyncio.timeout(TEN_MINUTES):
            granted = await (_by_device(signing_in) if device else _by_browser(signing_in, port))
    except TimeoutError:
        remedy = f"maildesk login {signing_in.name}"
        raise GrantLost("nobody signed in within ten minutes; nothing was stored", remedy=remedy) from None
    good = True
    async for finding in signing_in.looked_at(granted):
        print_finding(finding)
        good = good and finding.outcome == "ok"
    if signing_in.refused:
        click.echo("Nothing was stored.")
        return False
    where = await asyncio.to_thread(granted.keep)
    click.echo(f"Stored in {where}. The running daemon takes it within a minute.")
    return good


async def _by_device(signing_in: SigningIn) -> Granted:
    begun = await signing_in.person.by_device()
    click.echo(f"Open {begun.opened} on any device, type {begun.code}, and sign in as {signing_in.who}.")
    return await begun.approved()


async def _by_browser(signing_in: SigningIn, port: int | None) -> Granted:
    begun = await signing_in.person.by_browser(signing_in.who, port)
    click.echo(
        f"Open this address in a browser and sign in as {signing_in.who}:\n  {begun.opened}\n"
        f"Waiting on {begun.waits_at} … or paste here the address your browser ended at "
        '(it may say "cannot connect"):'
    )
    landed = asyncio.create_task(begun.landed(), name="landed")
    try:
        return await _landed_or_pasted(begun, landed)
    finally:
        landed.cancel()
        await begun.close()


async def _landed_or_pasted(begun: InBrowser, landed: asyncio.Task[Granted]) -> Granted:
    lines = _typed_lines()
    while True:
        typed = asyncio.create_task(lines.get(), name="typed")
        await asyncio.wait({landed, typed}, return_when=asyncio.FIRST_COMPLETED)
        if landed.done():
            typed.cancel()
            return landed.result()
        line = typed.result()
        if line is None:  # nobody can type here: only the browser is waited for
            return await landed
        if not line.strip():
            continue
        try:
            return await begun.pasted(line)
        except BadInput as problem:
            click.echo(f"maildesk: {problem}", err=True)


def _typed_lines() -> asyncio.Queue[str | None]:
    """Lines as they are typed, None at their end. The thread reads for as long as the process lives."""
    lines: asyncio.Queue[str | None] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def tell(line: str | None) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(lines.put_nowait, line)

    def read() -> None:
        rest = b""
        while block := _typed():
            *whole, rest = (rest + block).split(b"\n")
            for line in whole:
                tell(line.decode("utf-8", "replace"))
        if rest:
            tell(rest.decode("utf-8", "replace"))
        tell(None)

    threading.Thread(target=read, name="typed-lines", daemon=True).start()
    return lines


def _typed() -> bytes:
    """Bytes of standard input, past its buffer: a thread that waits in there could not be left behind."""
    try:
        return os.read(sys.stdin.fileno(), _BLOCK)
    except (OSError, ValueError):  # there is no standard input
        return b""
