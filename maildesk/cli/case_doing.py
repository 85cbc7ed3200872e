"""The frame of all acts on a case: the case found, the hand, one transaction, one line about the outcome."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import click

from maildesk.cli.desks import acting, opened, reference
from maildesk.cli.invocation import PROBLEM, settings, tell
from maildesk.cli.several import known_refs, typed_refs
from maildesk.cli.words import one_line
from maildesk.cli.wrapping import echo
from maildesk.errors import BadInput, MaildeskError, NotAllowed, NotFound

if TYPE_CHECKING:
    from maildesk.casework.acting import Act, ActResult, Deed, Keep
    from maildesk.casework.office import Office
    from maildesk.desk.decisions.actor import Actor
    from maildesk.mail.message import EnclosedFile, FileKey
    from maildesk.store.database import Database

Steps = Callable[["Office", "Actor"], "Sequence[Act]"]
"""The steps to be taken, once it is known by whom and when."""

Kept = Callable[["Actor"], "tuple[Act, Keep]"]


def do(
    ref: str,
    agent: str | None,
    steps: Steps,
    note: str = "",
    files: Mapping[FileKey, EnclosedFile] | None = None,
) -> None:
    """Do it to the case a person means, with a note where there is one, and say what came of it.

    `files` are those that its letters may enclose.
    """
    from maildesk.casework.acting import noted

    def all_steps(office: Office, who: Actor) -> tuple[Sequence[Act], Keep | None]:
        act, keep = noted(note, who) if note else (None, None)
        return [*steps(office, who), *([act] if act else [])], keep

    _do(ref, agent, all_steps, files)


def do_to_several(
    refs: Sequence[str],
    agent: str | None,
    steps: Steps,
    note: str = "",
    after: Callable[[], None] | None = None,
) -> None:
    """Do it to each of these cases, one after the other; one that refuses it keeps no other from it.

    All are known before anything is done. Where one of several refuses, the exit code says so at the end.
    `after` each case what else is to be said of it is said.
    """
    from maildesk.casework.acting import noted
    from maildesk.daemon.parts import office_of

    typed = typed_refs(refs)
    if not typed:
        echo("No reference stands on standard input: nothing was done.", err=True)
        return
    desk = settings()
    office = office_of(desk)
    hand = acting(desk, office.desk.people, agent)

    def wanted() -> Deed:
        who = hand()
        act, keep = noted(note, who) if note else (None, None)
        return [*steps(office, who), *([act] if act else [])], who.now, keep

    with opened(desk) as store:
        known = store.read_now(lambda conn: known_refs(conn, typed))
        refused = sum(not _done(store, office, ref, wanted, after, alone=len(known) == 1) for ref in known)
    if refused:
        echo(f"{len(known) - refused} of {len(known)} cases: done.", err=True)
        click.get_current_context().exit(PROBLEM)


def _done(
    store: Database,
    office: Office,
    ref: str,
    wanted: Callable[[], Deed],
    after: Callable[[], None] | None,
    *,
    alone: bool,
) -> bool:
    """Tell whether it was done to this case; why not is said here, but for one that is `alone`."""
    from maildesk.casework.acting import act_as

    try:
        say(office, act_as(store, office, ref, wanted))
    except (BadInput, NotAllowed, NotFound) as problem:
        if alone:
            raise
        tell(MaildeskError(f"{ref}: {problem.message}", remedy=problem.remedy))
        return False
    if after:
        after()
    return True


def do_and_keep(ref: str, agent: str | None, kept: Kept) -> None:
    """The same with words that become a mail of the case."""

    def steps(_: Office, who: Actor) -> tuple[Sequence[Act], Keep]:
        act, keep = kept(who)
        return [act], keep

    _do(ref, agent, steps)


def _do(
    ref: str,
    agent: str | None,
    steps: Callable[[Office, Actor], tuple[Sequence[Act], Keep | None]],
    files: Mapping[FileKey, EnclosedFile] | None = None,
) -> None:
    from maildesk.casework.acting import act_as
    from maildesk.daemon.parts import office_of

    desk = settings()
    office = office_of(desk)
    hand = acting(desk, office.desk.people, agent)

    def wanted() -> Deed:
        who = hand()
        acts, keep = steps(office, who)
        return acts, who.now, keep

    with opened(desk) as store:
        known = store.read_now(lambda conn: reference(conn, ref))
        say(office, act_as(store, office, known, wanted, files))


def say(office: Office, acted: ActResult) -> None:
    """`7K2Q-9F3M Open: letters go to ana@client.example`; what is held goes to nobody yet."""
    letters = letters_told(acted.told, acted.held)
    echo(one_line(f"{acted.case.ref} {office.desk.policy.statuses.of_case(acted.case).name}: {letters}"))


def letters_told(told: Iterable[str], held: Iterable[str]) -> str:
    """Say to whom letters go, and whose wait for a person."""
    going, waiting = (", ".join(dict.fromkeys(each)) for each in (told, held))
    parts = [f"letters go to {going}"] if going else []
    if waiting:
        parts.append(f"held until you let them go (maildesk outbox list --state held): {waiting}")
    return "; ".join(parts) or "nobody is written to"
