"""`maildesk init`: the files of a new desk, or one packaged letter or policy to edit."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from maildesk.cli.invocation import command, settings

if TYPE_CHECKING:
    from maildesk.config.settings import Settings


@command(
    "init",
    "maildesk init /srv/desk\nmaildesk init --template closed\nmaildesk init /srv/desk --policy default",
)
@click.argument("folder", metavar="[DIR]", type=click.Path(path_type=Path), default=".")
@click.option("--template", metavar="NAME", help="Copy this packaged letter to the desk's own, to edit it.")
@click.option("--policy", metavar="NAME", help="Copy this packaged policy beside config.yaml, to edit it.")
def init(folder: Path, template: str | None, policy: str | None) -> None:
    """Write a commented config.yaml, a secret key and an empty templates folder to DIR (default: here).

    Nothing that exists is overwritten. With --template, copy one packaged letter into the templates folder
    of the configuration; your copy wins from then on. With --policy, copy one packaged policy to
    DIR/policies; a new config.yaml names it, with the teams and fields that it needs in comments, and of one
    that is there already you are told what it lacks.
    """
    if template is not None and policy is not None:
        raise click.UsageError("--template and --policy go one at a time")
    if template is not None:
        from maildesk.config.letter_files import copy_template

        copy = copy_template(settings(), template)
        click.echo(f"{copy} is yours to edit; then: maildesk check, and start maildesk again")
        return
    if policy is not None and (folder / "config.yaml").exists():
        _add_policy(folder, policy)
        return
    from maildesk.config.starting import write_starter

    config, key, templates, *policies = write_starter(folder, policy)
    written = "".join(f", {each}" for each in (templates, *policies))
    click.echo(
        f"Written: {config}, {key} (keep a copy of it safe){written}\n"
        f"\nNow fill in, in {config}:\n"
        "  desk       your desk's name, address, tag and time zone\n"
        "  mailboxes  the address customers write to, and its IMAP host, username and password\n"
        "  smtp       the relay that takes your letters, its username and password\n"
        "  people     your agents, teams, leadership and operators\n"
        "  trust      the name your mail server signs Authentication-Results with, or take it out\n"
        "and take out the made-up account under accounts.\n"
        f"{_also(config, policies[0]) if policies else ''}"
        f"\nThen: maildesk check -c {config}"
    )


def _also(config: Path, policy: Path) -> str:
    """The rest that a new configuration lacks for its policy, as more lines to fill in."""
    from maildesk.config.loading import load

    wanted = _wanted(load(config), policy)
    lines = "".join(f"  {line}\n" for line in wanted)
    return f"\n{policy} also wants (lines to uncomment stand there):\n{lines}" if wanted else ""


def _wanted(desk: Settings, policy: Path) -> list[str]:
    """Say what a configuration lacks of what this policy speaks of."""
    from maildesk.config.building import people
    from maildesk.config.policy_file import load_policy
    from maildesk.config.policy_needs import lacking, needs_of

    needs, boxes = needs_of(load_policy(policy)), {each.name for each in desk.mailboxes}
    return [
        *(f"mailboxes has no {name}" for name in needs.mailboxes if name not in boxes),
        *lacking(needs, people(desk)),
    ]


def _add_policy(folder: Path, name: str) -> None:
    """Copy a packaged policy beside a configuration that is there, and say what that one lacks."""
    from maildesk.config.building import policy_path
    from maildesk.config.loading import load
    from maildesk.config.starting import copy_policy, packaged_policy

    config = folder / "config.yaml"
    desk, source = load(config), packaged_policy(name)
    wanted = _wanted(desk, source)
    copy = copy_policy(folder, source)
    if policy_path(desk).resolve() != copy.resolve():
        wanted.insert(0, f"write policy: policies/{copy.name}")
    click.echo(f"{copy} is yours to edit")
    for line in wanted:
        click.echo(f"  {config}: {line}")
    click.echo(f"Then: maildesk policy check -c {config}")
