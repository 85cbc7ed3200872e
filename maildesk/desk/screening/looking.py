"""A mail of the desk's people that only asks to see something: all its commands show, and none does."""

from __future__ import annotations

from maildesk.desk.screening.command_lines import AgentMessage, CommandLine, read_commands


def looked_for(subject: str, said: AgentMessage, *, passes_on: bool = False) -> tuple[CommandLine, ...]:
    """Find what a mail asks to see: by the lines at its top or, where there are none, by its subject.

    Nothing where a line of it would act, also below its words: that is asked about as ever. A word that is
    none of ours does not act; its author reads that there is no such command. Where no line is a command,
    that goes for a mail that holds nothing else, and passes nothing on.
    """
    if any(_acts(line) for line in (*said.lines, *said.stray)):
        return ()
    lines = said.lines or read_commands(subject).lines
    if any(map(_acts, lines)):
        return ()
    looks = any(line.command and line.command.looks for line in lines)
    mistyped = not (said.words or passes_on) and all(line.nearest for line in lines)
    return lines if looks or mistyped else ()


def _acts(line: CommandLine) -> bool:
    return line.command is not None and not line.command.looks
