"""`maildesk demo`: the whole story in a minute, with nothing to configure."""

from __future__ import annotations

import importlib.util
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from maildesk.cli.invocation import command
from maildesk.errors import MaildeskError

if TYPE_CHECKING:
    from maildesk.demo.servers import MailServers
    from maildesk.demo.stage import Stage
    from maildesk.demo.story import Step
    from maildesk.demo.telling import Narrator

_EXTRA = ("pymap", "aiosmtpd")
_READABLE = 3.0
"""Seconds between two scenes on a terminal."""


@command("demo", "maildesk demo\nmaildesk demo --stay\nmaildesk demo --pages .")
@click.option("--stay", is_flag=True, help="Keep the servers up afterwards, to connect a mail client.")
@click.option(
    "--pages",
    type=click.Path(path_type=Path, file_okay=False),
    help="Leave the board and the report of the week there, as HTML pages.",
)
@click.option(
    "--pace",
    type=click.FloatRange(0, 60),
    help=f"Seconds between two scenes; default: {_READABLE:g} on a terminal, else 0.",
)
def demo(stay: bool, pages: Path | None, pace: float | None) -> None:
    """See the desk at work: real mail servers on this machine, the real daemon, one case from start to end.

    A customer writes, asks to escalate, is answered; the case is closed and opens again; a stranger does not
    get in. Every line was read back from a mailbox or asked of the desk. Nothing is left on the machine but
    what --pages names.
    """
    from maildesk.demo.story import STORY

    require(_EXTRA)
    if pace is None:
        pace = _READABLE if sys.stdout.isatty() else 0
    play(STORY, pace, stay=stay, pages=pages)


def require(libraries: Sequence[str]) -> None:
    """Raise with the line to type where one of them is not installed."""
    missing = [name for name in libraries if importlib.util.find_spec(name) is None]
    if missing:
        remedy = "pip install '.[demo]' in the folder of the source"
        raise MaildeskError(f"the demo needs {' and '.join(missing)}", remedy=remedy)


def play(
    story: Sequence[Step],
    pace: float,
    *,
    stay: bool = False,
    pages: Path | None = None,
    patience: float | None = None,
) -> None:
    """Build the world, play the story in it, take the world away; DemoFailed if a step does not happen.

    `pages`: the folder where the board and the report are left.
    """
    from maildesk.demo.telling import Narrator

    narrator = Narrator()
    with ExitStack() as stack:
        stack.enter_context(_ended_by_sigterm())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="maildesk-demo-")))
        begun = time.monotonic()
        servers, stage, config = _world(folder, narrator, stack, patience)
        narrator.say(
            f"Mail servers and the daemon are up: IMAP {servers.imap_port}, SMTP {servers.smtp_port}."
        )
        stage.play(story, lambda: time.sleep(pace))
        narrator.history(stage.ref, stage.history(), "Europe/Lisbon")
        if pages:
            narrator.pages(stage.pages(pages, datetime.now(ZoneInfo("Europe/Lisbon"))))
        narrator.say("")
        narrator.say(f"Everything happened as told, in {time.monotonic() - begun:.0f} seconds.", "bold green")
        if stay:
            _stay(servers, config, narrator)


def _world(
    folder: Path, narrator: Narrator, stack: ExitStack, patience: float | None
) -> tuple[MailServers, Stage, Path]:
    """Servers, desk and everybody's mail program, each ended by `stack`."""
    from maildesk.demo.desk import PATIENCE, RealDesk
    from maildesk.demo.mailboxes import MailProgram
    from maildesk.demo.servers import BORDER, HOST, PASSWORD, MailServers
    from maildesk.demo.stage import Stage
    from maildesk.demo.story import DESK, EVERYBODY

    servers = stack.enter_context(MailServers(person.address for person in EVERYBODY))
    ports = (HOST, servers.imap_port, servers.smtp_port, PASSWORD)
    desk = stack.enter_context(RealDesk(folder, *ports, BORDER))
    programs = {person: stack.enter_context(closing(MailProgram(person, *ports))) for person in EVERYBODY}
    filed = stack.enter_context(closing(MailProgram(DESK, *ports)))
    return servers, Stage(desk, programs, filed, narrator, patience or PATIENCE), desk.config


def _stay(servers: MailServers, config: Path, narrator: Narrator) -> None:
    """Say how to take part, and wait for Ctrl-C."""
    from maildesk.demo.servers import HOST, PASSWORD
    from maildesk.demo.story import EVERYBODY

    narrator.say("")
    narrator.say("Take part: connect a mail client, no encryption,", "bold")
    narrator.say(
        f"  IMAP {HOST} port {servers.imap_port}, SMTP {HOST} port {servers.smtp_port} without login,"
    )
    narrator.say(f"  user {', '.join(person.address for person in EVERYBODY)}; password {PASSWORD}")
    narrator.say("and see what the desk makes of it:", "bold")
    narrator.say(f"  maildesk case list -c {config}")
    narrator.say("Ctrl-C ends the demo and removes everything.")
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        narrator.say("")


@contextmanager
def _ended_by_sigterm() -> Iterator[None]:
    """SIGTERM leaves through every `with`, as Ctrl-C does."""

    def leave(number: int, _: FrameType | None) -> None:
        raise SystemExit(128 + number)

    before = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
