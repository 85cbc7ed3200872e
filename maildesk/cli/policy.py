"""`maildesk policy`: what customers are promised."""

from __future__ import annotations

from pathlib import Path

import click

from maildesk.cli.invocation import DeskGroup, command, settings


@click.group(
    "policy",
    cls=DeskGroup,
    table={"check": (f"{__name__}:check", "read a policy file and say everything that is wrong with it")},
    example="maildesk policy check policies/default.yaml",
)
def policy() -> None:
    """The promises to customers: one file."""


@command("check", "maildesk policy check\nmaildesk policy check policies/draft.yaml")
@click.argument("file", metavar="[FILE]", type=click.Path(path_type=Path), required=False)
def check(file: Path | None) -> None:
    """Read a policy file, by default the configuration's own, and say everything that is wrong with it.

    The configuration's own is also held against its teams, agents and mailboxes; a FILE stands alone.
    """
    from maildesk.config.building import policy as own_policy
    from maildesk.config.building import policy_path
    from maildesk.config.policy_file import load_policy

    if file is not None:
        found, where = load_policy(file), file
    else:
        desk = settings()
        found, where = own_policy(desk), policy_path(desk)
    names = ", ".join(each.name for each in found.priorities)
    rules = f"{len(found.rules)} rule{'' if len(found.rules) == 1 else 's'}"
    click.echo(f"{where} is fine: {found.name}; priorities {names}; {rules}")
