"""`maildesk case wait|resolve|escalate|close|spam|reopen`: acts that need no words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from maildesk.cli.case_doing import do
from maildesk.cli.desks import as_agent
from maildesk.cli.invocation import command
from maildesk.cli.words import one_line

if TYPE_CHECKING:
    from maildesk.casework.acting import Act
    from maildesk.casework.office import Office
    from maildesk.desk.decisions.acts import Actor


@command("wait", "maildesk case wait 7K2Q-9F3M\nmaildesk case wait 7K2Q 3d")
@click.argument("ref")
@click.argument("time", metavar="[SPAN | DAY]", required=False)
@as_agent
def wait(ref: str, time: str | None, agent: str | None) -> None:
    """The next word is the customer's. After SPAN (3d, 4h) or on DAY (friday, 2026-03-09) it opens again."""
    from maildesk.desk.decisions import acts
    from maildesk.desk.promises import typed_times

    def steps(office: Office, who: Actor) -> list[Act]:
        until = typed_times.until(time, who.now, office.desk.zone) if time else None
        return [lambda case: acts.wait(case, who, until)]

    do(ref, agent, steps)


@command("resolve", "maildesk case resolve 7K2Q-9F3M --outcome 'printer replaced'")
@click.argument("ref")
@click.option("--outcome", metavar="TEXT", default="", help="What came of it; for the history.")
@as_agent
def resolve(ref: str, outcome: str, agent: str | None) -> None:
    """The work is done; the case is not closed yet."""
    from maildesk.desk.decisions import acts

    do(ref, agent, lambda _, who: [lambda case: acts.resolve(case, who, one_line(outcome))])


@command("escalate", "maildesk case escalate 7K2Q-9F3M --why 'promised for Monday'")
@click.argument("ref")
@click.option("--why", metavar="TEXT", default="", help="The reason; for the history.")
@as_agent
def escalate(ref: str, why: str, agent: str | None) -> None:
    """Tell leadership the whole story, and the customer that they know."""
    from maildesk.desk.decisions import acts

    do(ref, agent, lambda _, who: [lambda case: acts.escalate(case, who, one_line(why))])


@command("close", "maildesk case close 7K2Q-9F3M --outcome 'printer replaced'")
@click.argument("ref")
@click.option("--outcome", metavar="TEXT", default="", help="What came of it; the customer reads it.")
@as_agent
def close(ref: str, outcome: str, agent: str | None) -> None:
    """The matter is over. The customer is told, and opens it again by a reply."""
    from maildesk.desk.decisions import acts

    do(ref, agent, lambda _, who: [lambda case: acts.close(case, who, one_line(outcome))])


@command("spam", "maildesk case spam 7K2Q-9F3M")
@click.argument("ref")
@as_agent
def spam(ref: str, agent: str | None) -> None:
    """Close it without a word to anybody."""
    from maildesk.desk.decisions import acts

    do(ref, agent, lambda _, who: [lambda case: acts.spam(case, who)])


@command("reopen", "maildesk case reopen 7K2Q-9F3M")
@click.argument("ref")
@as_agent
def reopen(ref: str, agent: str | None) -> None:
    """The matter goes on, with its owner and priority; the customer is told."""
    from maildesk.desk.decisions import acts

    do(ref, agent, lambda _, who: [lambda case: acts.reopen(case, who)])
