"""`maildesk init`: the files of a new desk, or one packaged letter to edit."""

from __future__ import annotations

from pathlib import Path

import click

from maildesk.cli.invocation import command, settings


@command("init", "maildesk init /srv/desk\nmaildesk init --template closed")
@click.argument("folder", metavar="[DIR]", type=click.Path(path_type=Path), default=".")
@click.option("--template", metavar="NAME", help="Copy this packaged letter to the desk's own, to edit it.")
def init(folder: Path, template: str | None) -> None:
    """Write a commented config.yaml, a secret key and an empty templates folder to DIR (default: here).

    Nothing that exists is overwritten. With --template, copy one packaged letter into the templates folder
    of the configuration; your copy wins from then on.
    """
    if template is not None:
        from maildesk.config.letter_files import copy_template

        copy = copy_template(settings(), template)
        click.echo(f"{copy} is yours to edit; then: maildesk check, and start maildesk again")
        return
    from maildesk.config.starting import write_starter

    config, key, templates = write_starter(folder)
    click.echo(
        f"Written: {config}, {key} (keep a copy of it safe), {templates}\n"
        f"\nNow fill in, in {config}:\n"
        "  desk       your desk's name, address, tag and time zone\n"
        "  mailboxes  the address customers write to, and its IMAP host, username and password\n"
        "  smtp       the relay that takes your letters, its username and password\n"
        "  people     your agents, teams, leadership and operators\n"
        "  trust      the name your mail server signs Authentication-Results with, or take it out\n"
        "and take out the made-up account under accounts.\n"
        f"\nThen: maildesk check -c {config}"
    )
