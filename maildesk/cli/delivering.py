"""`maildesk deliver`: one mail from a mail server's pipe, with the exit codes such servers understand."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any

import click

from maildesk.cli.desks import now_of, opened
from maildesk.cli.invocation import DeskCommand, settings, tell
from maildesk.cli.pipe import REFUSED, STORED, TRY_AGAIN
from maildesk.errors import BadInput, MaildeskError, PermanentError

if TYPE_CHECKING:
    from maildesk.config.settings import MailboxSection, Settings


class TooLarge(PermanentError):
    """A mail above limits.store_size; to try it again would not make it smaller."""


class _PipeCommand(DeskCommand):
    """A command whose every failure, a mistyped option too, leaves the mail with the mail server."""

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        try:
            return super().make_context(*args, **kwargs)
        except click.UsageError as problem:
            tell(BadInput(problem.format_message()))
            raise click.exceptions.Exit(TRY_AGAIN) from problem

    def invoke(self, ctx: click.Context) -> Any:
        code = TRY_AGAIN
        try:
            return super().invoke(ctx)
        except click.exceptions.Exit:
            raise
        except TooLarge as problem:
            tell(problem)
            code = REFUSED
        except MaildeskError as problem:
            tell(_in_short(problem))
        except Exception as problem:  # noqa: BLE001 - exit code 1 would make the server return the mail
            tell(MaildeskError(f"the mail was not stored: {type(problem).__name__}"))
        return ctx.exit(code)


def _in_short(problem: MaildeskError) -> MaildeskError:
    """One line, without places of ours: the server keeps it in its log, and may show it to the author."""
    from maildesk.config.problems import ConfigError

    if isinstance(problem, ConfigError):
        return MaildeskError("the configuration cannot be used", remedy="see `maildesk check`")
    message, remedy = (_PLACE.sub("[...]", text) for text in (problem.message, problem.remedy))
    return MaildeskError(message, remedy=remedy)


_PLACE = re.compile(r"\S*[/@]\S*")


@click.command(
    "deliver",
    cls=_PipeCommand,
    example="maildesk deliver -c /etc/maildesk/config.yaml --mailbox support < mail.eml",
)
@click.option("--mailbox", metavar="NAME", help="Which mailbox it came to; needed where there are several.")
def deliver(mailbox: str | None) -> None:
    """Store one mail from standard input; the daemon files it within a second.

    Exits with 0 when the mail is safely stored and with 75 (try again) for whatever went wrong, so that the
    mail server keeps it: a mistake in the command, a broken configuration, a database that is not there, a
    signal. Only a mail larger than limits.store_size exits with 69: the server returns it.
    """
    desk = settings()
    raw = _mail(desk.limits.store_size)
    _store(desk, _mailbox(desk, mailbox), raw)
    click.get_current_context().exit(STORED)


def _mail(most: int) -> bytes:
    if sys.stdin is None or sys.stdin.isatty():
        raise BadInput("there is no mail on standard input", remedy="maildesk deliver < mail.eml")
    raw = sys.stdin.buffer.read(most + 1)
    if len(raw) > most:
        raise TooLarge(f"the mail is larger than limits.store_size ({most} bytes)")
    if not raw.strip():
        raise BadInput("there is no mail on standard input")
    if not _FIELD.search(_BODY.split(raw, maxsplit=1)[0]):
        remedy = "a mail begins with its header: lines such as `Subject: Printer`"
        raise BadInput("what stands on standard input is no mail: it has no header", remedy=remedy)
    return raw


_BODY = re.compile(rb"\r?\n\r?\n")
_FIELD = re.compile(rb"^[!-9;-~]+[ \t]*:", re.MULTILINE)
"""A name and a colon (RFC 5322 §2.2); what mail servers put above the header (`From bo@...`) has none."""


def _mailbox(desk: Settings, name: str | None) -> MailboxSection:
    from maildesk.config.building import mailbox_called

    if name is None and len(desk.mailboxes) > 1:
        names = ", ".join(box.name for box in desk.mailboxes)
        raise BadInput("which mailbox did the mail come to?", remedy=f"give --mailbox: {names}")
    return mailbox_called(desk, name) if name is not None else desk.mailboxes[0]


def _store(desk: Settings, box: MailboxSection, raw: bytes) -> None:
    from maildesk.store.ledger import deliver_one, pack
    from maildesk.store.mailboxes import identity_of, piped, start_mailbox
    from maildesk.store.restoring import require_not_left

    identity = piped(identity_of(*box.account, box.folder))
    packed, now = pack(raw), now_of(desk)
    with opened(desk) as store:

        def work(conn: Any) -> None:
            require_not_left(conn)
            start_mailbox(conn, identity, box.name, now)
            deliver_one(conn, identity, packed, now)

        store.write_now(work)
