"""Commands that only tell something: how a case stands, its files, cases to take."""

from __future__ import annotations

from collections.abc import Sequence

from maildesk.desk.case.case import Case
from maildesk.desk.case.change import Change
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.case.told import Joined, Phrase
from maildesk.desk.decisions.command_run import CommandRun
from maildesk.desk.decisions.enclosing import in_mails
from maildesk.desk.decisions.seen_cases import seen
from maildesk.desk.letters.moments import moment
from maildesk.desk.policy.policy import Policy
from maildesk.desk.policy.queue import in_order
from maildesk.desk.policy.requirements import wants_requirement
from maildesk.desk.screening.command_context import NumberedMail
from maildesk.errors import NotFound


def show(run: CommandRun) -> str:
    """The mails of the case by their numbers, and who takes part."""
    mails = [
        Joined("", (f"{one.number}. ", moment(one.at, run.desk.zone), f", {one.sender}{_about(one)}"))
        for one in run.s.at_hand.mails
    ]
    taking_part = [
        Joined("", (f"{party.name or party.address} <{party.address}>, ", Phrase(party.role.value)))
        for party in run.case.parties
    ]
    heads = Phrase("Its mails:"), Phrase("Its people:")
    run.transcript.shown.append(Joined("\n", [heads[0], *mails, "", heads[1], *taking_part]))
    return ""


def files(run: CommandRun, value: str) -> str:
    """The files of the mail that is answered, in as many letters as they need."""
    found = run.s.at_hand.files
    if not found:
        raise NotFound(
            Phrase("no customer's mail with files is answered here"),
            remedy=Phrase("answer the notice about it"),
        )
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
    return Phrase("{count} files sent to you", count=sent) if sent else ""


def find(run: CommandRun, value: str) -> str:
    """The cases that have a mail with these words."""
    return _looked_up(run, "find", value)


def customer(run: CommandRun, value: str) -> str:
    """The cases of a customer."""
    return _looked_up(run, "customer", value)


def _looked_up(run: CommandRun, word: str, value: str) -> str:
    for each in run.s.at_hand.looked:
        line = each.line
        if line.command and (line.command.word, line.value) == (word, value):
            run.transcript.shown.append(seen(each, run.desk))
            break
    return ""


def mine(run: CommandRun, value: str) -> str:
    """The author's open cases."""
    return _listed(run, Phrase("Your open cases:"), run.s.at_hand.mine)


def queue(run: CommandRun, value: str) -> str:
    """The cases that nobody has taken, this one as the commands have made it."""
    known = (run.case if each.ref == run.case.ref else each for each in run.s.at_hand.queue)
    return _listed(run, Phrase("The queue, the next one first:"), in_order(known, run.desk.policy))


def _listed(run: CommandRun, heading: str, cases: Sequence[Case]) -> str:
    policy = run.desk.policy
    lines = [
        Joined(
            "",
            (f"{one.ref}  {policy.statuses.of_case(one).name}, ", *_wants(one, policy), _titled(one.subject)),
        )
        for one in cases
    ]
    shown: list[str] = [*lines] or [Phrase("none")]
    run.transcript.shown.append(Joined("\n", [heading, *shown]))
    return ""


def _about(mail: NumberedMail) -> str:
    return f"{f' ({mail.doubt})' if mail.doubt else ''}{_titled(mail.subject)}"


def _wants(case: Case, policy: Policy) -> list[str]:
    """Its priority, or that nobody gave it one, and that it wants to be linked."""
    wants = [Phrase(", no requirement yet")] * wants_requirement(case, policy.requirements)
    return [case.priority or Phrase("no priority yet"), *wants]


def _titled(subject: str) -> str:
    return f": {' '.join(subject.split())[:80]}"
