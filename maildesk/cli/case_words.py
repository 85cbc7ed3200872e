"""`maildesk case reply|note|ask`: words for the customer, for agents, for the consulted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from maildesk.cli.case_doing import do, do_and_keep
from maildesk.cli.desks import as_agent
from maildesk.cli.invocation import command, settings
from maildesk.cli.words import one_line
from maildesk.cli.wrapping import echo
from maildesk.cli.written import written

if TYPE_CHECKING:
    from maildesk.casework.acting import Act
    from maildesk.casework.office import Office
    from maildesk.desk.case.case import Case
    from maildesk.desk.case.change import Change
    from maildesk.desk.decisions.actor import Actor
    from maildesk.desk.policy.desk import Desk


@command(
    "reply",
    "maildesk case reply 7K2Q-9F3M 'Please try again.' --wait\nmaildesk case reply 7K2Q - < answer.txt\n"
    "maildesk case reply 7K2Q 'Here it is.' --attach invoice.pdf --attach terms.pdf",
)
@click.argument("ref")
@click.argument("text", metavar="[TEXT | -]", required=False)
@click.option("--wait", "then", flag_value="wait", help="Then the next word is the customer's.")
@click.option("--resolve", "then", flag_value="resolve", help="Then the work is done.")
@click.option("--close", "then", flag_value="close", help="Then close the case; the customer is told.")
@click.option(
    "--attach",
    "paths",
    metavar="FILE",
    multiple=True,
    type=Path,
    help="A file that goes along; may be repeated.",
)
@as_agent
def reply(ref: str, text: str | None, then: str | None, paths: tuple[Path, ...], agent: str | None) -> None:
    """Answer the customers of a case.

    The words are TEXT, or standard input, or written in $EDITOR when you sit at a terminal. The files may
    hold limits.answer_files together.
    """
    from maildesk.cli.attaching import attached
    from maildesk.desk.decisions import acts, status_acts
    from maildesk.desk.decisions.first_answers import too_little

    files = attached(paths, settings().limits.answer_files)
    words = written(text, "answer")
    remarks: dict[str, str] = {}
    after: dict[str, Callable[[Case, Desk, Actor], Change]] = {
        "wait": status_acts.wait,
        "resolve": status_acts.resolve,
        "close": status_acts.close,
    }

    def answered(case: Case, desk: Desk, who: Actor) -> Change:
        remarks["first"] = too_little(case, desk)
        return acts.answer(case, desk, words, who, tuple(files))

    do(
        ref,
        agent,
        lambda office, who: [
            lambda case: answered(case, office.desk, who),
            *([lambda case: after[then](case, office.desk, who)] if then else []),
        ],
        files=files,
    )
    for said in filter(None, remarks.values()):
        echo(one_line(said))


@command("note", "maildesk case note 7K2Q-9F3M 'Same fault as in March.'")
@click.argument("ref")
@click.argument("text", metavar="[TEXT | -]", required=False)
@as_agent
def note(ref: str, text: str | None, agent: str | None) -> None:
    """Keep words on a case that only colleagues ever see."""
    from maildesk.casework.acting import noted

    words = written(text, "note")
    do_and_keep(ref, agent, lambda who: noted(words, who))


@command("plan", "maildesk case plan 7K2Q-9F3M 'A new printer by Friday.'\nmaildesk case plan 7K2Q --share")
@click.argument("ref")
@click.argument("text", metavar="[TEXT | -]", required=False)
@click.option("--share", is_flag=True, help="The customer reads the plan: TEXT, or the one that is there.")
@as_agent
def plan(ref: str, text: str | None, share: bool, agent: str | None) -> None:
    """Plan what is done about an escalation: kept inside, until it is shared with the customer."""
    from maildesk.desk.decisions import reviewing

    words = written(text, "plan") if text or not share else ""
    do(
        ref,
        agent,
        lambda office, who: [
            *([lambda case: reviewing.plan(case, who, words)] if words or not share else []),
            *([lambda case: reviewing.share_plan(case, who)] if share else []),
        ],
    )


@command("ask", "maildesk case ask 7K2Q-9F3M 'Seen this before?' --to dev@acme.example")
@click.argument("ref")
@click.argument("text", metavar="[TEXT | -]", required=False)
@click.option("--to", "asked", metavar="ADDRESS", multiple=True, required=True, help="Whom to ask.")
@as_agent
def ask(ref: str, text: str | None, asked: tuple[str, ...], agent: str | None) -> None:
    """Send words and the whole story to colleagues. What they answer is kept as a note."""
    from maildesk.desk.decisions import acts
    from maildesk.desk.decisions.parties import consult

    words = written(text, "question")

    def joins(office: Office, who: Actor, address: str) -> Act:
        return lambda case: consult(case, office.desk, who, address)

    def steps(office: Office, who: Actor) -> list[Act]:
        return [
            *(joins(office, who, address) for address in asked),
            lambda case: acts.ask(case, who, asked, words),
        ]

    do(ref, agent, steps)
