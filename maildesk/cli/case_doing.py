"""What all acts on a case share: the case found, the hand, one transaction, one line about the outcome."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

from maildesk.cli.desks import hand, now_of, opened, reference
from maildesk.cli.invocation import settings
from maildesk.cli.words import one_line

if TYPE_CHECKING:
    from maildesk.daemon.acting import Act, Acted, Keep
    from maildesk.daemon.parts import Pen
    from maildesk.desk.acts import Hand

Steps = Callable[["Pen", "Hand"], "Sequence[Act]"]
"""What is to be done, once it is known by whom and when."""

Kept = Callable[["Hand"], "tuple[Act, Keep]"]


def do(ref: str, agent: str | None, steps: Steps) -> None:
    """Do it to the case a person means, and say what came of it."""
    _do(ref, agent, lambda pen, who: (steps(pen, who), None))


def do_and_keep(ref: str, agent: str | None, kept: Kept) -> None:
    """The same with words that become a mail of the case."""

    def steps(_: Pen, who: Hand) -> tuple[Sequence[Act], Keep]:
        act, keep = kept(who)
        return [act], keep

    _do(ref, agent, steps)


def _do(ref: str, agent: str | None, steps: Callable[[Pen, Hand], tuple[Sequence[Act], Keep | None]]) -> None:
    from maildesk.daemon.acting import act
    from maildesk.daemon.parts import pen_of

    desk = settings()
    pen = pen_of(desk)
    now = now_of(desk)
    who = hand(pen.desk.people, agent, now)
    with opened(desk) as store:
        known = store.read_now(lambda conn: reference(conn, ref))
        wanted, keep = steps(pen, who)
        say(pen, act(store, pen, known, wanted, now, keep))


def say(pen: Pen, acted: Acted) -> None:
    """`7K2Q-9F3M Open: letters go to ana@client.example`."""
    told = ", ".join(dict.fromkeys(acted.told))
    letters = f"letters go to {told}" if told else "nobody is written to"
    click.echo(one_line(f"{acted.case.ref} {pen.desk.policy.status(acted.case.phase)}: {letters}"))
