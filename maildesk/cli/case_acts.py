"""`maildesk case status|wait|need|question|resolve …`: acts that need no words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

from maildesk.cli.case_doing import do_to_several
from maildesk.cli.desks import as_agent
from maildesk.cli.invocation import command
from maildesk.cli.several import parted, refs_and, refs_and_one, several_refs
from maildesk.cli.words import one_line

if TYPE_CHECKING:
    from maildesk.casework.acting import Act
    from maildesk.casework.office import Office
    from maildesk.desk.case.case import Case
    from maildesk.desk.case.change import Change
    from maildesk.desk.decisions.actor import Actor
    from maildesk.desk.policy.desk import Desk


@command("status", "maildesk case status 7K2Q-9F3M 'pending input'")
@refs_and("[NAME]")
@as_agent
@click.pass_context
def status(context: click.Context, words: tuple[str, ...], agent: str | None) -> None:
    """Move it into a status: NAME is any unique word or beginning of one. Without NAME, show the case."""
    from maildesk.cli.case_show import show
    from maildesk.desk.decisions import status_acts

    refs, name = refs_and_one(words, "NAME")
    if name is None:
        for ref in refs:
            context.invoke(show, ref=ref, full=False, folder=None, as_json=False)
        return
    _do(refs, agent, lambda case, desk, who: status_acts.status(case, desk, who, one_line(name)))


@command("wait", "maildesk case wait 7K2Q-9F3M\nmaildesk case wait 7K2Q 3d")
@refs_and("[SPAN | DAY]")
@as_agent
def wait(words: tuple[str, ...], agent: str | None) -> None:
    """The next word is the customer's. After SPAN (3d, 4h) or on DAY (friday, 2026-03-09) it opens again."""
    from maildesk.desk.decisions import status_acts
    from maildesk.desk.promises import typed_times

    refs, time = refs_and_one(words, "SPAN or DAY")

    def act(case: Case, desk: Desk, who: Actor) -> Change:
        until = typed_times.until(time, who.now, desk.zone) if time else None
        return status_acts.wait(case, desk, who, until)

    _do(refs, agent, act)


@command("need", "maildesk case need 7K2Q-9F3M screenshot system")
@refs_and("NAME…")
@as_agent
def need(words: tuple[str, ...], agent: str | None) -> None:
    """Ask the customer for pieces of information that the policy names, and wait for them."""
    from maildesk.desk.decisions import status_acts
    from maildesk.desk.policy.names import named

    refs, names = parted(words)
    if not names:
        raise click.UsageError("say what the customer is to send: NAME…")

    def act(case: Case, desk: Desk, who: Actor) -> Change:
        pieces = [named(desk.policy.information, one_line(each), "information") for each in names]
        return status_acts.need(case, desk, who, tuple(dict.fromkeys(pieces)))

    _do(refs, agent, act)


@command("question", "maildesk case question 7K2Q-9F3M 'cannot reproduce'")
@click.argument("ref")
@click.argument("name")
@as_agent
def question(ref: str, name: str, agent: str | None) -> None:
    """Ask a question of the policy, of one in steps the first, and wait for the customer's answer."""
    from maildesk.desk.decisions import step_questions

    def act(case: Case, desk: Desk, who: Actor) -> Change:
        asks = step_questions.question_called(desk.policy, one_line(name))
        return step_questions.ask_question(case, desk, who, asks)

    _do([ref], agent, act)


@command("answer", "maildesk case answer 7K2Q-9F3M no --as ana@acme.example")
@click.argument("ref")
@click.argument("answer", metavar="ANSWER")
@as_agent
def answer(ref: str, answer: str, agent: str | None) -> None:
    """Answer what the policy asks the desk's own people about a case."""
    from maildesk.desk.decisions import inside_answers

    _do(
        [ref],
        agent,
        lambda case, desk, who: inside_answers.answer_inside(case, desk, who, one_line(answer)),
    )


@command("resolve", "maildesk case resolve 7K2Q-9F3M\nmaildesk case resolve 7K2Q 'not reproduced'")
@refs_and("[OUTCOME]")
@as_agent
def resolve(words: tuple[str, ...], agent: str | None) -> None:
    """The work is done; the customer is told, and asked where the policy says so.

    OUTCOME is one that the policy names, by default its first. Where it names none, it is words of your own.
    """
    from maildesk.desk.decisions import status_acts

    refs, outcome = refs_and_one(words, "OUTCOME")
    _do(refs, agent, lambda case, desk, who: status_acts.resolve(case, desk, who, one_line(outcome or "")))


@command("escalate", "maildesk case escalate 7K2Q-9F3M --why 'promised for Monday'")
@several_refs
@click.option("--why", metavar="TEXT", default="", help="The reason; for the history.")
@as_agent
def escalate(refs: tuple[str, ...], why: str, agent: str | None) -> None:
    """Tell leadership the whole story, and the customer that they know."""
    from maildesk.desk.decisions import escalating

    _do(refs, agent, lambda case, desk, who: escalating.escalate(case, desk, who, why=one_line(why)))


@command("approve", "maildesk case approve 7K2Q-9F3M")
@several_refs
@as_agent
def approve(refs: tuple[str, ...], agent: str | None) -> None:
    """Let an escalation that waits for approval begin; the customer is told."""
    from maildesk.desk.decisions import reviewing

    _do(refs, agent, reviewing.approve)


@command("decline", "maildesk case decline 7K2Q-9F3M 'The correction comes this week.'")
@click.argument("ref")
@click.argument("why")
@as_agent
def decline(ref: str, why: str, agent: str | None) -> None:
    """Do not escalate a case that waits for approval. The customer reads WHY."""
    from maildesk.desk.decisions import reviewing

    _do([ref], agent, lambda case, desk, who: reviewing.decline(case, desk, who, one_line(why)))


@command(
    "close",
    "maildesk case close 7K2Q-9F3M --outcome 'printer replaced'\n"
    "maildesk case list --status answered --until 30d | maildesk case close -",
)
@several_refs
@click.option("--outcome", metavar="TEXT", default="", help="What came of it; the customer reads it.")
@as_agent
def close(refs: tuple[str, ...], outcome: str, agent: str | None) -> None:
    """The matter is over. The customer is told, and opens it again by a reply.

    Where the policy lets nobody but the customer close, they are asked instead.
    """
    from maildesk.desk.decisions import status_acts

    _do(refs, agent, lambda case, desk, who: status_acts.close(case, desk, who, one_line(outcome)))


@command("spam", "maildesk case spam 7K2Q-9F3M 3BXA-77QD")
@several_refs
@as_agent
def spam(refs: tuple[str, ...], agent: str | None) -> None:
    """Close it without a word to anybody."""
    from maildesk.desk.decisions import status_acts

    _do(refs, agent, lambda case, desk, who: status_acts.spam(case, who))


@command("reopen", "maildesk case reopen 7K2Q-9F3M")
@several_refs
@as_agent
def reopen(refs: tuple[str, ...], agent: str | None) -> None:
    """The matter goes on, with its owner and priority; the customer is told."""
    from maildesk.desk.decisions import status_acts

    _do(refs, agent, status_acts.reopen)


def _do(refs: Sequence[str], agent: str | None, act: Callable[[Case, Desk, Actor], Change]) -> None:
    def steps(office: Office, who: Actor) -> list[Act]:
        return [lambda case: act(case, office.desk, who)]

    do_to_several(refs, agent, steps)
