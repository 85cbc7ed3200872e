"""`maildesk requirement`: the group of everything that is done with requirements."""

from __future__ import annotations

import click

from maildesk.cli.invocation import DeskGroup

_HERE = "maildesk.cli.requirements"


@click.group(
    "requirement",
    cls=DeskGroup,
    table={
        "list": (f"{_HERE}:list_", "the requirements, and how many cases wait for each"),
        "show": (f"{_HERE}:show", "one requirement with its cases"),
        "new": (f"{_HERE}:new", "make one, once you have seen those that are near"),
        "set": (f"{_HERE}:set_", "change its status, category, team, item, summary or description"),
        "link": (f"{_HERE}:link", "cases wait for it"),
        "unlink": (f"{_HERE}:unlink", "cases wait for none any more"),
        "ship": (f"{_HERE}:ship", "it is there: every customer of it is told"),
    },
    example="maildesk requirement list\nmaildesk requirement link 'dark mode' 7K2Q-9F3M",
)
def requirement() -> None:
    """Requirements, for which cases wait. NAME is its name, or any words of it that only it has."""
