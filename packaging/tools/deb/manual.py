"""The manual page maildesk(1), made from the commands."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from datetime import date

from deb.commands import PROGRAM, Command, commands

_INTRODUCTION = """\
{program} is a help desk that is a mailbox. Customers write to an address such as support@acme.example;
a daemon, \\fB{program} run\\fR, reads that mailbox over IMAP, turns threads into cases, keeps the promises
of a policy and answers over SMTP. The other commands look at the desk and act on its cases, beside the
daemon or without it.
"""
_STATUS = (
    ("0", "All is well."),
    ("1", "There is a problem; a line on standard error says what, where, and what to do."),
    ("2", "The command was typed wrongly."),
    ("78", "Only of \\fBmaildesk run\\fR: a file keeps it from starting, and no restart mends it."),
    ("69, 75", "Only of \\fBmaildesk deliver\\fR: the mail is too large; anything else, try again."),
)
_ENVIRONMENT = (
    ("MAILDESK_CONFIG", "The configuration file, where \\fB\\-c\\fR does not name one."),
    ("MAILDESK_AGENT", "The agent in whose name commands act, where \\fB\\-\\-as\\fR does not name one."),
    ("EDITOR", "The program in which words for a case are written."),
)
_FILES = (
    ("/etc/maildesk/config.yaml", "The configuration that the service reads."),
    ("/etc/maildesk/credentials/", "Passwords and the secret key, root's alone: the service is handed them."),
    ("/var/lib/maildesk/", "The state of the service: its database, unless that is a PostgreSQL."),
    (
        "/usr/share/doc/maildesk/",
        "How to operate a desk, how to write a policy, and the example configuration.",
    ),
)


def manual(version: str, made: date) -> str:
    """The page as troff's man macros."""
    program, *others = commands()
    parts = [
        f'.TH {PROGRAM.upper()} 1 "{made.isoformat()}" "{PROGRAM} {version}" "{PROGRAM}"',
        *_section("NAME", [f"{PROGRAM} \\- a help desk that is a mailbox"]),
        *_section("SYNOPSIS", [_synopsis(program)]),
        *_section("DESCRIPTION", [_INTRODUCTION.format(program=PROGRAM).strip()]),
        *_section("OPTIONS", _options(program)),
        *_section("COMMANDS", _each(others)),
        *_section("EXIT STATUS", _definitions(_STATUS)),
        *_section("ENVIRONMENT", _definitions(_ENVIRONMENT)),
        *_section("FILES", _definitions(_FILES)),
        *_section("EXAMPLE", _examples(program)),
    ]
    return "\n".join(parts) + "\n"


def escaped(text: str) -> str:
    """Words of ours as troff prints them: no request, no escape, and signs that can be copied."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("`", "\\(ga")
    text = text.replace("^", "\\(ha").replace("~", "\\(ti").replace('"', "\\(dq")
    return re.sub(r"^\.", r"\\&.", text, flags=re.MULTILINE)


def _section(title: str, lines: Iterator[str] | list[str]) -> Iterator[str]:
    yield f".SH {title}"
    yield from lines


def _each(others: list[Command]) -> Iterator[str]:
    for command in others:
        yield f'.SS "{escaped(command.name)}"'
        yield _synopsis(command)
        yield from _paragraphs(command)
        for child in others:
            if child.words[:-1] == command.words:
                yield from (".TP", f"\\fB{escaped(child.words[-1])}\\fR", escaped(child.summary))
        yield from _options(command)
        yield from _examples(command)


def _synopsis(command: Command) -> str:
    return f"\\fB{escaped(command.name)}\\fR " + escaped(" ".join(command.synopsis))


def _paragraphs(command: Command) -> Iterator[str]:
    """The words of its help; a paragraph that click is told to leave alone keeps its lines."""
    text = inspect.cleandoc(command.command.help or "").partition("\f")[0]
    for paragraph in text.split("\n\n"):
        if paragraph.startswith("\b"):
            yield from (".PP", ".nf", escaped(paragraph.removeprefix("\b").strip("\n")), ".fi")
        else:
            yield from (".PP", escaped(" ".join(paragraph.split())))


def _options(command: Command) -> Iterator[str]:
    for option in command.options:
        record = option.get_help_record(command.context)
        if record is not None:
            yield from (".TP", f"\\fB{escaped(record[0])}\\fR", escaped(record[1]) or "\\&")


def _examples(command: Command) -> Iterator[str]:
    if command.examples:
        yield from (".PP", ".RS 4", ".nf", *map(escaped, command.examples), ".fi", ".RE")


def _definitions(rows: tuple[tuple[str, str], ...]) -> Iterator[str]:
    for name, meaning in rows:
        yield from (".TP", f"\\fB{escaped(name)}\\fR", meaning)
