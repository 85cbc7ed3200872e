"""`maildesk policy`: what customers are promised."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from maildesk.cli.desks import now_of
from maildesk.cli.invocation import DeskGroup, command, settings, settings_if_any
from maildesk.cli.words import one_line
from maildesk.cli.wrapping import echo
from maildesk.errors import MaildeskError

if TYPE_CHECKING:
    from maildesk.config.settings import Settings


@click.group(
    "policy",
    cls=DeskGroup,
    table={
        "check": (f"{__name__}:check", "read a policy file and say everything that is wrong with it"),
        "explain": ("maildesk.cli.policy_explained:explain", "write the customers' help page from it"),
        "simulate": (
            "maildesk.cli.policy_simulated:simulate",
            "replay the desk's past, or another desk's, through it",
        ),
    },
    example="maildesk policy check policies/default.yaml",
)
def policy() -> None:
    """The promises to customers: one file."""


@command("check", "maildesk policy check\nmaildesk policy check policies/draft.yaml")
@click.argument("file", metavar="[FILE]", type=click.Path(path_type=Path), required=False)
def check(file: Path | None) -> None:
    """Read a policy file, by default the configuration's own, and say everything that is wrong with it.

    The configuration's own is also held against its teams, agents and mailboxes; another FILE stands alone.
    A line that begins with `warn` names what is written in vain, a language without letters, or a lead, a
    plan or a field of accounts that nobody has; a promise that cannot be kept is an error.
    """
    from maildesk.config.building import people
    from maildesk.config.letter_files import letters_written
    from maildesk.config.named_policy import policy as own_policy
    from maildesk.config.named_policy import policy_path
    from maildesk.config.policy_file import load_policy
    from maildesk.config.policy_flaws import flaws_in
    from maildesk.config.policy_languages import unwritten
    from maildesk.config.policy_needs import lacking, needs_of
    from maildesk.config.problems import ConfigError

    desk = settings() if file is None else _whose(file)
    if file and not desk:
        found, where = load_policy(file), file
    elif desk:
        found, where = own_policy(desk), policy_path(desk)
        for line in lacking(needs_of(found), people(desk, found.plans)):
            echo(f"warn {desk.file}: {line}")
    broken, vain = flaws_in(where, found, now_of(desk))
    for problem in (*vain, *unwritten(where, found.languages, letters_written(desk))):
        echo(f"warn {one_line(str(problem))}")
    if broken:
        raise ConfigError(broken)
    names = ", ".join(each.name for each in found.priorities)
    rules = f"{len(found.rules)} rule{'' if len(found.rules) == 1 else 's'}"
    echo(f"{where} is fine: {found.name}; priorities {names}; {rules}")


def _whose(file: Path) -> Settings | None:
    """The configuration whose own policy that is; None for another file."""
    from maildesk.config.named_policy import policy_path

    try:
        desk = settings_if_any()
    except MaildeskError:
        return None  # a draft can be read beside a configuration that cannot
    return desk if desk and policy_path(desk).resolve() == file.resolve() else None
