"""`maildesk person`: what is kept about somebody, handed out or erased."""

from __future__ import annotations

import click

from maildesk.cli.invocation import DeskGroup

_HERE = "maildesk.cli"


@click.group(
    "person",
    cls=DeskGroup,
    table={
        "export": (f"{_HERE}.person_export:export", "everything about an address, as a zip of EML and JSON"),
        "erase": (f"{_HERE}.person_erasing:erase", "everything about an address goes, for good"),
    },
    example="maildesk person export bo@client.example",
)
def person() -> None:
    """A person outside the desk, and what is kept about them. ADDRESS is their e-mail address, whole."""
