"""The frame of every command: `-c`, an example in its help, errors as sentences, code loaded when used."""

from __future__ import annotations

import errno
import importlib
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from maildesk.cli.wrapping import WholeWordsFormatter, echo
from maildesk.errors import MaildeskError, TooManyFiles

if TYPE_CHECKING:
    from maildesk.config.settings import Settings

PROBLEM = 1
"""The exit code of a command that could not do what it was asked."""

_META = "maildesk.config"
_VARIABLE = "MAILDESK_CONFIG"
_DEFAULT = "config.yaml"
_SERVICE = Path("/etc/maildesk") / _DEFAULT
"""The configuration of the service, for who stands anywhere else on that machine."""


def _config_option() -> click.Option:
    def remember(ctx: click.Context, _: click.Parameter, value: Path | None) -> None:
        if value is not None:
            ctx.meta[_META] = value

    return click.Option(
        ["-c", "--config"],
        type=click.Path(path_type=Path, readable=False),  # who reads it says what is wrong with it
        expose_value=False,
        callback=remember,
        help=f"The configuration file; default: ${_VARIABLE}, ./{_DEFAULT}, {_SERVICE}.",
    )


def config_path() -> Path:
    """The configuration file of this call."""
    return _named() or usual_config(Path(_DEFAULT), _SERVICE)


def _named() -> Path | None:
    """The configuration file that somebody named."""
    given: Path | None = click.get_current_context().meta.get(_META)
    told = os.environ.get(_VARIABLE)
    return given or (Path(told) if told else None)


def usual_config(here: Path, service: Path) -> Path:
    """The file that is meant where nobody names one: the one here, else the service's if there is one."""
    return service if _stands(service) and not _stands(here) else here


def _stands(file: Path) -> bool:
    """Tell whether the file is there; one in a folder that is closed to us may be, and its reader says so."""
    try:
        file.stat()
    except OSError as problem:
        return isinstance(problem, PermissionError)
    return True


def settings() -> Settings:
    """The configuration of this call, read; raises ConfigError with everything wrong with it."""
    from maildesk.config.loading import load

    return load(config_path())


def settings_if_any() -> Settings | None:
    """The configuration of this call; None where nobody named one and there is none that we may read."""
    return settings() if _named() or os.access(config_path(), os.R_OK) else None


def tell(problem: MaildeskError) -> None:
    """A problem in one line on standard error; a broken file in one line for each thing wrong with it."""
    from maildesk.cli.words import one_line

    for line in str(problem).splitlines():
        echo(f"maildesk: {one_line(line)}", err=True)


_OF_THE_MACHINE = (
    errno.EMFILE,
    errno.ENFILE,
    errno.ENOSPC,
    errno.EDQUOT,
    errno.EROFS,
    errno.EIO,
    errno.ENOMEM,
)
_SEE = "see the limits of this user (`ulimit -a`), the disks and the system's log"


class DeskContext(click.Context):
    """A call whose help ends its lines between words."""

    formatter_class = WholeWordsFormatter


class DeskCommand(click.Command):
    """A command that takes `-c` and shows an example at the end of its help."""

    context_class = DeskContext

    def __init__(self, *args: Any, example: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params.append(_config_option())
        self.example = example

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        _write_example(self.example, formatter)


class DeskGroup(click.Group):
    """Commands by name, each imported only when it is called or its own help is asked for.

    `table` gives, by name, where the command is (`module:attribute`) and its line in the group's help.
    """

    context_class = DeskContext
    command_class = DeskCommand

    def __init__(
        self, *args: Any, table: Mapping[str, tuple[str, str]], example: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.params.append(_config_option())
        self.table = table
        self.example = example

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        _write_example(self.example, formatter)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.table)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in self.table:
            return None
        module, _, attribute = self.table[name][0].partition(":")
        command = getattr(importlib.import_module(module), attribute)
        assert isinstance(command, click.Command)  # the table says where a command is
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in self.table.items()])

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except MaildeskError as problem:
            tell(problem)
            ctx.exit(PROBLEM)
        except OSError as problem:
            if problem.errno not in _OF_THE_MACHINE:
                raise
            tell(TooManyFiles(f"the machine does not let us go on: {problem.strerror}", remedy=_SEE))
            ctx.exit(PROBLEM)


def _write_example(example: str, formatter: click.HelpFormatter) -> None:
    """The lines as they are: a wrapped command could not be copied."""
    if example:
        with formatter.section("Example"):
            for line in example.splitlines():
                formatter.write(f"{' ' * formatter.current_indent}{line}\n")


def command(name: str, example: str = "") -> Callable[[Callable[..., Any]], DeskCommand]:
    """A command of that name whose help ends with `example`; its docstring is its help."""
    return click.command(name, cls=DeskCommand, example=example)
