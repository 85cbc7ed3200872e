"""The question before something is erased, and the words about what was, and what was not."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from maildesk.cli.output import print_json, short_time
from maildesk.cli.words import one_line
from maildesk.cli.wrapping import echo
from maildesk.errors import NotAllowed
from maildesk.store.shown import shown_moment

if TYPE_CHECKING:
    from maildesk.casework.erased_noted import Erasure
    from maildesk.store.erasing import OnServer

_NAMED = 20
"""So many mails on the server are named; all of them with --json."""


def require_yes(question: str, *, sure: bool) -> None:
    """Ask at a terminal whether it shall be; elsewhere only --yes says so."""
    if sure:
        return
    if not sys.stdin.isatty():
        raise NotAllowed("nothing was erased: it cannot be taken back", remedy="say --yes if you are sure")
    click.confirm(f"{question} It cannot be taken back. Erase?", abort=True, err=True)


def tell(erased: Erasure, zone: str, *, as_json: bool) -> None:
    """Say what went, what lies on the server still, and that backups hold it."""
    if as_json:
        print_json(_as_json(erased))
        return
    cases = ", ".join(erased.cases) or "no case"
    echo(f"Erased: {cases}; {_many(erased.mails, 'mail')} that came in keep their keys alone.")
    if erased.touched:
        echo(f"Taken out of cases of others, which stay: {', '.join(erased.touched)}")
    if erased.linked:
        echo(f"Linked cases stay as they are: {', '.join(erased.linked)}")
    for line in _lying(erased.on_server, zone):
        echo(line)
    echo(
        "Backups that were made before hold it still: delete them, or erase again after one was put back"
        " (docs/privacy.md)."
    )


def _lying(lying: Sequence[OnServer], zone: str) -> list[str]:
    if not lying:
        return []
    named = [
        one_line(
            f"  {one.mailbox}  {short_time(shown_moment(one.received_at), zone)}"
            f"  {one.message_id or 'no Message-ID'}  {one.subject or ''}"
        ).rstrip()
        for one in lying[:_NAMED]
    ]
    more = [f"  and {len(lying) - _NAMED} more: say --json for all"] if len(lying) > _NAMED else []
    return [
        "On the mail server they may lie still, and stay untouched; search for them there:",
        *named,
        *more,
    ]


def _as_json(erased: Erasure) -> dict[str, Any]:
    return {
        "cases": list(erased.cases),
        "mails": erased.mails,
        "touched": list(erased.touched),
        "linked": list(erased.linked),
        "on_server": [
            {
                "mailbox": one.mailbox,
                "received_at": shown_moment(one.received_at),
                "message_id": one.message_id,
                "subject": one.subject,
            }
            for one in erased.on_server
        ],
    }


def _many(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
