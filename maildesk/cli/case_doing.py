"""The frame of all acts on a case: the case found, the hand, one transaction, one line about the outcome."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

from maildesk.cli.desks import hand, now_of, opened, reference
from maildesk.cli.invocation import settings
from maildesk.cli.words import one_line

if TYPE_CHECKING:
    from maildesk.casework.acting import Act, ActResult, Keep
    from maildesk.casework.office import Office
    from maildesk.desk.decisions.actor import Actor

Steps = Callable[["Office", "Actor"], "Sequence[Act]"]
"""The steps to be taken, once it is known by whom and when."""

Kept = Callable[["Actor"], "tuple[Act, Keep]"]


def do(ref: str, agent: str | None, steps: Steps, note: str = "") -> None:
    """Do it to the case a person means, with a note where there is one, and say what came of it."""
    from maildesk.casework.acting import noted

    def all_steps(office: Office, who: Actor) -> tuple[Sequence[Act], Keep | None]:
        act, keep = noted(note, who) if note else (None, None)
        return [*steps(office, who), *([act] if act else [])], keep

    _do(ref, agent, all_steps)


def do_and_keep(ref: str, agent: str | None, kept: Kept) -> None:
    """The same with words that become a mail of the case."""

    def steps(_: Office, who: Actor) -> tuple[Sequence[Act], Keep]:
        act, keep = kept(who)
        return [act], keep

    _do(ref, agent, steps)


def _do(
    ref: str, agent: str | None, steps: Callable[[Office, Actor], tuple[Sequence[Act], Keep | None]]
) -> None:
    from maildesk.casework.acting import act
    from maildesk.daemon.parts import office_of

    desk = settings()
    office = office_of(desk)
    now = now_of(desk)
    who = hand(office.desk.people, agent, now)
    with opened(desk) as store:
        known = store.read_now(lambda conn: reference(conn, ref))
        wanted, keep = steps(office, who)
        say(office, act(store, office, known, wanted, now, keep))


def say(office: Office, acted: ActResult) -> None:
    """`7K2Q-9F3M Open: letters go to ana@client.example`; what is held goes to nobody yet."""
    told, held = (", ".join(dict.fromkeys(each)) for each in (acted.told, acted.held))
    letters = f"letters go to {told}" if told else "nobody is written to"
    letters += f"; held until you let them go (maildesk outbox list --state held): {held}" if held else ""
    click.echo(
        one_line(f"{acted.case.ref} {office.desk.policy.statuses.of_case(acted.case).name}: {letters}")
    )
