"""`maildesk case reply|note`: words for the customer, words for colleagues."""

from __future__ import annotations

import click

from maildesk.cli.case_doing import do, do_and_keep
from maildesk.cli.desks import as_agent
from maildesk.cli.invocation import command
from maildesk.cli.written import written


@command(
    "reply",
    "maildesk case reply 7K2Q-9F3M 'Please try again.' --wait\nmaildesk case reply 7K2Q - < answer.txt",
)
@click.argument("ref")
@click.argument("text", metavar="[TEXT | -]", required=False)
@click.option("--wait", "then", flag_value="wait", help="Then the next word is the customer's.")
@click.option("--resolve", "then", flag_value="resolve", help="Then the work is done.")
@click.option("--close", "then", flag_value="close", help="Then close the case; the customer is told.")
@as_agent
def reply(ref: str, text: str | None, then: str | None, agent: str | None) -> None:
    """Answer the customers of a case.

    The words are TEXT, or standard input, or written in $EDITOR when you sit at a terminal.
    """
    from maildesk.desk import acts

    words = written(text, "answer")
    after = {"wait": acts.wait, "resolve": acts.resolve, "close": acts.close}
    do(
        ref,
        agent,
        lambda _, who: [
            lambda case: acts.answer(case, words, who),
            *([lambda case: after[then](case, who)] if then else []),
        ],
    )


@command("note", "maildesk case note 7K2Q-9F3M 'Same fault as in March.'")
@click.argument("ref")
@click.argument("text", metavar="[TEXT | -]", required=False)
@as_agent
def note(ref: str, text: str | None, agent: str | None) -> None:
    """Keep words on a case that only colleagues ever see."""
    from maildesk.daemon.acting import noted

    words = written(text, "note")
    do_and_keep(ref, agent, lambda who: noted(words, who))
