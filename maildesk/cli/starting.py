"""`maildesk init`: the files of a new desk, or one packaged letter or policy to edit."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from maildesk.cli.invocation import command, settings
from maildesk.cli.wrapping import echo

if TYPE_CHECKING:
    from maildesk.config.settings import Settings


PROVIDERS = ("microsoft", "google", "fastmail", "yahoo")
FATES = ("file", "leave")
"""Words of the configuration, written here too: the list of commands loads nothing of it."""


@command(
    "init",
    "maildesk init /srv/desk\n"
    "maildesk init /srv/desk --address support@acme.example --provider google\n"
    "maildesk init --template closed\nmaildesk init /srv/desk --policy default",
)
@click.argument("folder", metavar="[DIR]", type=click.Path(path_type=Path), required=False)
@click.option("--address", metavar="ADDRESS", help="The address that customers write to.")
@click.option(
    "--provider", type=click.Choice(PROVIDERS), help="Where that mailbox is, if it is at one of these."
)
@click.option("--imap", metavar="HOST", help="Its IMAP server, if it is anywhere else.")
@click.option("--smtp", metavar="HOST", help="Its SMTP server, if it is anywhere else.")
@click.option("--agent", metavar="'NAME <ADDRESS>'", help="Who answers customers.")
@click.option("--operator", metavar="ADDRESS", help="Who hears of alarms; default: the agent.")
@click.option("--existing-mail", type=click.Choice(FATES), help="What becomes of mail that is there already.")
@click.option("--service", is_flag=True, help="For the systemd service: DIR is /etc/maildesk if left out.")
@click.option("--template", metavar="NAME", help="Copy this packaged letter to the desk's own, to edit it.")
@click.option("--policy", metavar="NAME", help="Copy this packaged policy beside config.yaml, to edit it.")
def init(folder: Path | None, template: str | None, policy: str | None, **said: Any) -> None:
    """Write a commented config.yaml, a secret key and an empty templates folder to DIR (default: here).

    At a terminal you are asked for what a desk needs, and the servers of the provider are proposed. Without
    one, say it with --address and its like; with no word about it the configuration has the values of a
    made-up company. Nothing that exists is overwritten.

    With --template, copy one packaged letter into the templates folder of the configuration; your copy wins
    from then on. With --policy, copy one packaged policy to DIR/policies; a new config.yaml names it, with
    the teams and fields that it needs in comments, and of one that is there you are told what it lacks.
    """
    if template is not None and policy is not None:
        raise click.UsageError("--template and --policy go one at a time")
    if template is not None:
        from maildesk.config.letter_files import copy_template

        copy = copy_template(settings(), template)
        echo(f"{copy} is yours to edit; then: maildesk check, and reload or restart a running daemon")
        return
    folder = folder or Path("/etc/maildesk" if said["service"] else ".")
    if policy is not None and os.path.exists(folder / "config.yaml"):  # not where we may not look
        _add_policy(folder, policy)
    else:
        _begin(folder, policy, said)


def _begin(folder: Path, policy: str | None, said: dict[str, Any]) -> None:
    """Begin a desk with what was said, or is answered now, or else with the example's values."""
    from maildesk.cli import founding
    from maildesk.config.starting import require_room, write_secret, write_starter

    service = said["service"]
    require_room(folder, service=service)
    asks = said["address"] is None and founding.at_a_terminal()
    desk = founding.asked(service=service) if asks else founding.said(**said)
    secret_file = folder / desk.secret_file if desk and desk.secret_file else None
    old_secret = bool(secret_file and secret_file.exists())
    secret = founding.ask_secret(desk) if asks and desk and secret_file and not old_secret else ""
    written = write_starter(folder, policy, desk)
    also = "".join(f", {each}" for each in written.also)
    echo(f"Written: {written.config}, {written.key} (keep a copy of it safe){also}")
    if desk is None:
        _tell_the_example(written.config)
    else:
        if secret and secret_file:
            write_secret(secret_file, f"{secret}\n")
        click.echo("\nLeft to do or to look at:")
        left = founding.left_to_do(desk, folder, old_secret=old_secret, new_secret=bool(secret))
        for where, what in left:
            echo(f"  {where}: {what}")
    if written.policy and (wanted := _also(written.config, written.policy)):
        echo(wanted.rstrip("\n"))
    click.echo(f"\nThen: maildesk check -c {written.config}")


def _tell_the_example(config: Path) -> None:
    """Say what is made up in a configuration that has the example's values, and which secrets it names."""
    echo(
        f"\nIts company is made up. Now fill in, in {config}:\n"
        "  desk       your desk's name, address, tag and time zone\n"
        "  mailboxes  the address customers write to, and its IMAP host, username and password\n"
        "  smtp       the relay that takes your letters, its username and password\n"
        "  people     your agents, teams, leadership and operators\n"
        "  trust      the name your mail server signs Authentication-Results with, or take it out\n"
        "and take out the made-up account under accounts.\n"
        "\nThe passwords are looked for outside of it:\n"
        "  IMAP_PASSWORD  a variable of the environment that maildesk runs in\n"
        f"  {config.parent / 'smtp.secret'}  a file that you make, the password on one line, mode 0600"
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
    from maildesk.config.loading import load
    from maildesk.config.named_policy import policy_path
    from maildesk.config.starting import copy_policy, packaged_policy

    config = folder / "config.yaml"
    desk, source = load(config), packaged_policy(name)
    wanted = _wanted(desk, source)
    copy = copy_policy(folder, source)
    if policy_path(desk).resolve() != copy.resolve():
        wanted.insert(0, f"write policy: policies/{copy.name}")
    echo(f"{copy} is yours to edit")
    for line in wanted:
        echo(f"  {config}: {line}")
    click.echo(f"Then: maildesk policy check -c {config}")
