"""Every command of `maildesk`, as its own help tells it: what the page and the completion are made from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import click

from maildesk.cli.main import cli

PROGRAM = "maildesk"
_WIDE = 10_000
"""Columns enough that no line of a help is ever broken by click."""


@dataclass(frozen=True)
class Command:
    """One command: the words that call it, and what click knows of it."""

    words: tuple[str, ...]
    summary: str
    context: click.Context

    @property
    def name(self) -> str:
        return " ".join(self.words)

    @property
    def command(self) -> click.Command:
        return self.context.command

    @property
    def children(self) -> list[str]:
        command = self.command
        return command.list_commands(self.context) if isinstance(command, click.Group) else []

    @property
    def synopsis(self) -> list[str]:
        return self.command.collect_usage_pieces(self.context)

    @property
    def options(self) -> list[click.Option]:
        """Its options in the order of its help, `--help` last."""
        found = [each for each in self.command.get_params(self.context) if isinstance(each, click.Option)]
        return [each for each in found if not each.hidden]

    @property
    def arguments(self) -> list[click.Argument]:
        return [each for each in self.command.get_params(self.context) if isinstance(each, click.Argument)]

    @property
    def examples(self) -> list[str]:
        return str(getattr(self.command, "example", "")).splitlines()


def commands() -> list[Command]:
    """The program itself, then each of its commands before those below it."""
    return list(
        _below(
            (PROGRAM,),
            "",
            click.Context(cli, info_name=PROGRAM, terminal_width=_WIDE, **cli.context_settings),
        )
    )


def spellings(option: click.Option) -> list[str]:
    """All words that mean this option."""
    return [*option.opts, *option.secondary_opts]


def takes_value(option: click.Option) -> bool:
    """Tell whether the word behind the option is the option's."""
    return not (option.is_flag or option.count)


def _below(words: tuple[str, ...], summary: str, context: click.Context) -> Iterator[Command]:
    yield Command(words, summary, context)
    command = context.command
    if not isinstance(command, click.Group):
        return
    for name in command.list_commands(context):
        child = command.get_command(context, name)
        assert child is not None  # it was listed
        line = _line_of(command, name, child)
        yield from _below((*words, name), line, click.Context(child, parent=context, info_name=name))


def _line_of(group: click.Group, name: str, child: click.Command) -> str:
    """What the group says of it: our groups have a table, which loads nothing."""
    table: dict[str, tuple[str, str]] = getattr(group, "table", {})
    return table[name][1] if name in table else child.get_short_help_str(_WIDE)
