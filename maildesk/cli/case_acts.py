"""`maildesk case wait|resolve|escalate|close|reopen`: acts that need no words."""

from __future__ import annotations

import click

from maildesk.cli.case_doing import do
from maildesk.cli.desks import as_agent
from maildesk.cli.invocation import command
from maildesk.cli.words import one_line


@command("wait", "maildesk case wait 7K2Q-9F3M")
@click.argument("ref")
@as_agent
def wait(ref: str, agent: str | None) -> None:
    """The next word is the customer's."""
    from maildesk.desk import acts

    do(ref, agent, lambda _, who: [lambda case: acts.wait(case, who)])


@command("resolve", "maildesk case resolve 7K2Q-9F3M --outcome 'printer replaced'")
@click.argument("ref")
@click.option("--outcome", metavar="TEXT", default="", help="What came of it; for the history.")
@as_agent
def resolve(ref: str, outcome: str, agent: str | None) -> None:
    """The work is done; the case is not closed yet."""
    from maildesk.desk import acts

    do(ref, agent, lambda _, who: [lambda case: acts.resolve(case, who, one_line(outcome))])


@command("escalate", "maildesk case escalate 7K2Q-9F3M --why 'promised for Monday'")
@click.argument("ref")
@click.option("--why", metavar="TEXT", default="", help="The reason; for the history.")
@as_agent
def escalate(ref: str, why: str, agent: str | None) -> None:
    """Tell leadership the whole story, and the customer that they know."""
    from maildesk.desk import acts

    do(ref, agent, lambda _, who: [lambda case: acts.escalate(case, who, one_line(why))])


@command("close", "maildesk case close 7K2Q-9F3M --outcome 'printer replaced'")
@click.argument("ref")
@click.option("--outcome", metavar="TEXT", default="", help="What came of it; the customer reads it.")
@as_agent
def close(ref: str, outcome: str, agent: str | None) -> None:
    """The matter is over. The customer is told, and opens it again by a reply."""
    from maildesk.desk import acts

    do(ref, agent, lambda _, who: [lambda case: acts.close(case, who, one_line(outcome))])


@command("reopen", "maildesk case reopen 7K2Q-9F3M")
@click.argument("ref")
@as_agent
def reopen(ref: str, agent: str | None) -> None:
    """The matter goes on, with its owner and priority; the customer is told."""
    from maildesk.desk import acts

    do(ref, agent, lambda _, who: [lambda case: acts.reopen(case, who)])
