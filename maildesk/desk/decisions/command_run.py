"""The commands of one mail as they are done: what became of the case and of the words so far."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from maildesk.desk.case.case import Case
from maildesk.desk.case.change import Change
from maildesk.desk.case.told import Phrase
from maildesk.desk.decisions.actor import Actor
from maildesk.desk.letters.answer_readers import answer_readers, named_readers
from maildesk.desk.policy.absences import Chosen
from maildesk.desk.policy.desk import Desk
from maildesk.desk.screening.situation import Situation
from maildesk.errors import BadInput


@dataclass(slots=True)
class MailWords:
    """The fate of the words below the commands, `first` being those behind #note.

    `internal`: they stay inside, as the note `kept`; who was `asked` about the case reads it. `answered`:
    they went to the customers, `unforeseen` to others than the notice named. `back` are those that went
    nowhere, and that their author gets again.
    `planned`: those below the commands are part of the plan, which is kept. `saved` are saved replies, which
    go to the customers above the others; with `unsaid` one of them is not, and nothing goes.
    """

    internal: bool = False
    first: str = ""
    kept: str = ""
    asked: list[str] = field(default_factory=list)
    answered: bool = False
    unforeseen: bool = False
    back: str = ""
    planned: bool = False
    saved: list[str] = field(default_factory=list)
    unsaid: bool = False


@dataclass(slots=True)
class Transcript:
    """The answer to the author of the commands; `shown` is what they wanted to see."""

    done: list[str] = field(default_factory=list)
    undone: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    help: bool = False


@dataclass(slots=True)
class CommandRun:
    """The commands of one mail as they are done: what became of the case so far, and what there is to tell.

    `apart` is the case that #split made of a mail: the words go there. `requests` are those that it made of
    what one mail asks for; `more` are those that #merge ended. `chosen` is what its author chose for
    themselves, `taken_back` are letters of theirs that are not to be sent.
    """

    s: Situation
    desk: Desk
    hand: Actor
    change: Change
    apart: Change | None = None
    chosen: list[Chosen] = field(default_factory=list)
    taken_back: tuple[int, ...] = ()
    requests: list[Change] = field(default_factory=list)
    more: list[Change] = field(default_factory=list)
    words: MailWords = field(default_factory=MailWords)
    transcript: Transcript = field(default_factory=Transcript)

    @property
    def case(self) -> Case:
        """The case as the commands made it so far."""
        return self.change.case

    def carry(self, change: Change) -> None:
        self.change = self.change.then(change)


Action = Callable[[CommandRun, str], str]
"""Does a command with its value and says what was done; raises what is to be reported."""


def sentence(value: str) -> str:
    """Return what stands behind a command, on one line."""
    if len(value) > _MOST_BEHIND:
        remedy = Phrase("write them on the lines below")
        raise BadInput(
            Phrase("a command takes {most} characters behind it at most", most=_MOST_BEHIND),
            remedy=remedy,
        )
    return " ".join(value.split())


_MOST_BEHIND: Final = 4000
"""An outcome or a reason is a sentence or a few; the words of an answer stand below the commands."""


def customer_told(run: CommandRun) -> str:
    """Say which customers an act tells, behind what it did."""
    readers = answer_readers(run.case, run.desk.people)
    if not readers:
        return ""
    return Phrase("; {who} are told" if readers[1:] else "; {who} is told", who=named_readers(readers))
