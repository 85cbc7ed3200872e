"""`maildesk case answers`."""

from __future__ import annotations

import click

from maildesk.cli.desks import opened, policy_of
from maildesk.cli.invocation import command, settings
from maildesk.cli.output import print_json, print_table, short_time
from maildesk.cli.wrapping import echo

_COLUMNS = (
    ("case", "CASE"),
    ("when", "WHEN"),
    ("question", "QUESTION"),
    ("answer", "ANSWER"),
    ("counts", "COUNTS"),
    ("words", "WORDS"),
)


@command(
    "answers",
    "maildesk case answers --question survey\nmaildesk case answers --json | jq '.summary'",
)
@click.option("--question", metavar="NAME", help="Only answers to this question of the policy.")
@click.option("--limit", type=click.IntRange(1), help="Only the newest so many, which alone are counted.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def answers(question: str | None, limit: int | None, as_json: bool) -> None:
    """Customers' answers to your questions, oldest first, and how often each answer was given."""
    from maildesk.desk.decisions.step_questions import question_called
    from maildesk.store.answers import answer_list, summed_up

    desk = settings()
    name = question_called(policy_of(desk), question).name if question else None
    with opened(desk) as store:
        found = store.read_now(lambda conn: answer_list(conn, name, limit))
    summary = summed_up(found)
    if as_json:
        print_json({"answers": found, "summary": summary})
        return
    zone = desk.desk.timezone
    shown = [{**each, "when": short_time(each["at"], zone), "counts": not each["late"]} for each in found]
    print_table(shown, _COLUMNS, none="Nobody answered a question yet.", spare=("words",))
    for each in summary:
        counts = ", ".join(f"{answer}: {number}" for answer, number in each["answers"].items())
        average = f"; {each['average']} on average" if each["average"] is not None else ""
        echo(f"{each['question']}: {counts}{average}")
