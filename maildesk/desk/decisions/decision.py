"""A decision on one mail: its verdict, and everything that follows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from maildesk.desk.case.change import Change
from maildesk.desk.case.letter_order import LetterOrder
from maildesk.desk.case.threads import Hold
from maildesk.desk.case.verdicts import Verdict
from maildesk.desk.policy.absences import Chosen, NotedAbsence


class AuthorsWord(StrEnum):
    """The author's word on a kept mail: that it may act, or that it may not; `lapsed`: none came in time.

    `settled`: none is needed, since the same words went out in another mail.
    """

    CONFIRMED = "confirmed"
    DECLINED = "declined"
    LAPSED = "lapsed"
    SETTLED = "settled"


class ConfirmationStep(StrEnum):
    """The state of a desk person's mail, which acts only as its author's.

    `done`: it acted, and does not again for the same words. `asked`: it waits for its author's word, and
    `queued` for a question of its own first. `held`: it is theirs, and somebody else answered meanwhile.
    """

    DONE = "done"
    ASKED = "asked"
    QUEUED = "queued"
    HELD = "held"


@dataclass(frozen=True, slots=True)
class CaseEntry:
    """The mail as its case shows it.

    `internal` keeps it from customers' eyes for ever. `words` are those that the case shows as new where they
    are not the mail's own, as when commands stood above them. `speaker` is who said them where an agent
    only passed them on, and `noted` what that agent wrote above. `unconfirmed`: it stands in a desk
    person's name, and may be anybody's.
    """

    internal: bool = False
    words: str | None = None
    speaker: str = ""
    noted: str = ""
    unconfirmed: bool = False


INTERNAL: Final = CaseEntry(internal=True)


@dataclass(frozen=True, slots=True)
class Decision:
    """The verdict on one mail: `reason` for machines, `note` for people, and what follows.

    `change` is None where no case is touched; `more` are changes of other cases, which follow, and `apart`
    letters about no case. `proves` says the author's address returned a token of ours. `learns` is what the
    case may take the Message-IDs for that the mail names; None where its word is not taken. `confirmation` is
    the mail's own step, or its author's word on one kept before. `refused`: somebody tried what they may not.
    `mends`: its author, an agent, was told what to write instead, and sends it again. `chooses` is what its
    author chose for themselves; `takes_back` are letters of theirs that wait, and are not to be sent.
    `absence`: the mailbox of an agent says that they are away.
    """

    verdict: Verdict
    reason: str
    note: str
    change: Change | None = None
    more: tuple[Change, ...] = ()
    apart: tuple[LetterOrder, ...] = ()
    entry: CaseEntry = CaseEntry()
    confirmation: ConfirmationStep | AuthorsWord | None = None
    proves: bool = False
    learns: Hold | None = None
    refused: bool = False
    mends: bool = False
    chooses: tuple[Chosen, ...] = ()
    takes_back: tuple[int, ...] = ()
    absence: NotedAbsence | None = None

    @property
    def awaits_author(self) -> bool:
        """Tell whether the next step is its author's, who was told: nothing for an operator to mend."""
        return self.mends or self.confirmation in (
            ConfirmationStep.ASKED,
            ConfirmationStep.QUEUED,
            ConfirmationStep.HELD,
        )
