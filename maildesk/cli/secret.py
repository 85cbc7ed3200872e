"""`maildesk secret`: the keys that sign the desk's tokens."""

from __future__ import annotations

from pathlib import Path

import click

from maildesk.cli.desks import now_of
from maildesk.cli.invocation import DeskGroup, command, settings
from maildesk.cli.wrapping import echo


@click.group(
    "secret",
    cls=DeskGroup,
    table={"rotate": (f"{__name__}:rotate", "sign with a new key from now on")},
    example="maildesk secret rotate",
)
def secret() -> None:
    """The keys that sign the desk's reply addresses and Message-IDs."""


@command("rotate", "maildesk secret rotate\nmaildesk secret rotate /etc/maildesk/credentials/secret.key")
@click.argument("file", metavar="[FILE]", type=click.Path(path_type=Path), required=False)
def rotate(file: Path | None) -> None:
    """Add a new key to the key file (default: the one that desk.secret names) and sign with it from now on.

    Tokens signed with the key before are believed for 90 days more; case references never change. A running
    daemon takes the new key up with its next mail; one that got the file as a systemd credential must be
    restarted.
    """
    from maildesk.config.key_file import key_path, rotate
    from maildesk.config.secrets import SecretKind

    desk = settings()
    path = file or key_path(desk)
    ring = rotate(path, now_of(desk))
    echo(f"{path}: key {ring.current.kid} signs from now on. Keep a copy of the file safe.")
    for key in ring.keys[:-1]:
        if until := key.honoured_until:
            root = "; it goes on making case references" if key is ring.root else ""
            echo(f"Tokens signed with key {key.kid} are believed until {until:%Y-%m-%d}{root}.")
    if desk.desk.secret.kind is SecretKind.FILE and file is None:
        echo("A running daemon takes it up with its next mail.")
    else:
        echo("Restart the daemon now: it was handed the key at its start. (systemctl restart maildesk)")
