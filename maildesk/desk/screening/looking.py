"""A mail of the desk's people that only asks to see something: all its commands show, and none does."""

from __future__ import annotations

from maildesk.desk.screening.command_lines import AgentMessage, CommandLine, read_commands


def looked_for(subject: str, said: AgentMessage) -> tuple[CommandLine, ...]:
    """Find what a mail asks to see: by the lines at its top or, where there are none, by its subject.

    Nothing where a line of it would act, also below its words: that is asked about as ever. A word that is
    none of ours does not act; its author reads that there is no such command.
    """
    if any(_acts(line) for line in (*said.lines, *said.stray)):
        return ()
    lines = said.lines or read_commands(subject).lines
    looks = any(line.command and line.command.looks for line in lines)
    return lines if looks and not any(map(_acts, lines)) else ()


def _acts(line: CommandLine) -> bool:
    return line.command is not None and not line.command.looks
