"""Commands that only tell something: how a case stands, its files, cases to take."""

from __future__ import annotations

from collections.abc import Sequence

from maildesk.desk.case.case import Case
from maildesk.desk.case.change import Change
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.decisions.command_run import CommandRun
from maildesk.desk.decisions.enclosing import in_mails
from maildesk.desk.letters.moments import moment
from maildesk.desk.policy.queue import in_order
from maildesk.errors import NotFound


def show(run: CommandRun) -> str:
    """The mails of the case by their numbers, and who takes part."""
    mails = [
        f"{one.number}. {moment(one.at, run.desk.zone)}, {one.sender}"
        f"{f' ({one.doubt})' if one.doubt else ''}: {_one_line(one.subject)[:80]}"
        for one in run.s.at_hand.mails
    ]
    taking_part = [
        f"{party.name or party.address} <{party.address}>, {party.role}" for party in run.case.parties
    ]
    run.transcript.shown.append("\n".join(["Its mails:", *mails, "", "Its people:", *taking_part]))
    return ""


def files(run: CommandRun, value: str) -> str:
    """The files of the mail that is answered, in as many letters as they need."""
    found = run.s.at_hand.files
    if not found:
        raise NotFound("no customer's mail with files is answered here", remedy="answer the notice about it")
    mails, left_out = in_mails(found, run.desk.answer_files)
    for number, part in enumerate(mails, start=1):
        names = "\n".join(each.name for each in part)
        extra = {"number": str(number), "of": str(len(mails)), "names": names}
        enclosed = tuple(each.key for each in part)
        author = run.hand.address
        order = LetterOrder(LetterKind.FILES, author=author, extra=extra, enclosed=enclosed, part=number)
        run.carry(Change(run.case, letters=(order,)))
    run.transcript.undone += left_out
    sent = sum(map(len, mails))
    return f"{sent} file{'' if sent == 1 else 's'} sent to you" if sent else ""


def mine(run: CommandRun, value: str) -> str:
    """The author's open cases."""
    return _listed(run, "Your open cases:", run.s.at_hand.mine)


def queue(run: CommandRun, value: str) -> str:
    """The cases that nobody has taken, this one as the commands have made it."""
    known = (run.case if each.ref == run.case.ref else each for each in run.s.at_hand.queue)
    return _listed(run, "The queue, the next one first:", in_order(known, run.desk.policy))


def _listed(run: CommandRun, heading: str, cases: Sequence[Case]) -> str:
    policy = run.desk.policy
    lines = [
        f"{one.ref}  {policy.statuses.of_case(one).name}, {one.priority or 'no priority yet'}:"
        f" {_one_line(one.subject)[:80]}"
        for one in cases
    ]
    run.transcript.shown.append("\n".join([heading, *(lines or ["none"])]))
    return ""


def _one_line(value: str) -> str:
    return " ".join(value.split())
