"""The command that links a case with a requirement, and makes one where it is new."""

from __future__ import annotations

from collections.abc import Sequence

from maildesk.desk.case.change import Change
from maildesk.desk.case.requirement import Requirement, key_of
from maildesk.desk.case.told import Joined, Phrase
from maildesk.desk.decisions import requiring
from maildesk.desk.decisions.command_run import CommandRun, sentence
from maildesk.desk.letters.moments import moment
from maildesk.desk.policy.requirements import alike, listed, requirement_called
from maildesk.errors import NotAllowed


def requirement(run: CommandRun, value: str) -> str:
    """Link the case with a requirement that is there or new, or with none."""
    typed, hand_of = sentence(value), run.s.at_hand
    known = (*hand_of.requirements, *run.change.creates)
    if key_of(typed) == "none":
        run.carry(requiring.unlinked(run.case, run.hand))
        return Phrase("it is linked to no requirement now")
    word, _, rest = typed.partition(" ")
    whole = any(each.key == key_of(typed) for each in known)
    if word.casefold() == "new" and rest and not whole:
        return _new_requirement(run, known, rest)
    if word.casefold() == "ship" and rest and not whole:
        raise NotAllowed(
            Phrase("it ships at the command line"),
            remedy=Phrase("`maildesk requirement ship {name}`", name=repr(rest[:60])),
        )
    found = requirement_called(known, typed)
    run.carry(requiring.linked(run.case, found, run.hand))
    day = (
        Phrase("; it shipped on {day}, and nobody is told", day=moment(found.shipped_at, run.desk.zone))
        if found.shipped_at
        else ""
    )
    it = Phrase("it is linked to {requirement} ({status}) now", requirement=found.name, status=found.status)
    return Joined("", (it, day))


def _new_requirement(run: CommandRun, known: Sequence[Requirement], typed: str) -> str:
    name, _, summary = typed.partition(":")
    said = {"summary": summary} if summary.strip() else {}
    new = requiring.created(known, name, said, run.desk, run.hand, anyway=True)
    near = alike(known, new.name, new.summary)
    run.carry(requiring.linked(run.case, new, run.hand))
    run.carry(Change(run.case, creates=(new,)))
    also = Phrase("; near it there is {near}", near=listed(near)) if near else ""
    it = Phrase(
        "it is linked to {requirement} now, which is new ({status})", requirement=new.name, status=new.status
    )
    return Joined("", (it, also))
