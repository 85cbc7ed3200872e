"""What a decision on one mail comes to: its verdict, and everything that follows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from maildesk.desk.case.change import Change
from maildesk.desk.case.letter_order import LetterOrder
from maildesk.desk.case.threads import Hold
from maildesk.desk.case.verdicts import Verdict


class AuthorsWord(StrEnum):
    """What its author says of a kept mail: that it is theirs and may act, or that somebody else wrote it."""

    CONFIRMED = "confirmed"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Decision:
    """The verdict on one mail: `reason` for machines, `note` for people, and what follows.

    `change` is None where no case is touched. `internal` keeps the mail from customers' eyes for ever.
    `proves` says the author's address returned a token of ours. `learns` is what the case may take the
    Message-IDs for that the mail names; None where its word is not taken. `more` are changes of other
    cases, which follow. `words` are those that the case shows as new where they are not the mail's own, as
    when commands stood above them; None elsewhere. `speaker` is who said them where an agent only passed
    them on, and `noted` what that agent wrote above. `acts`: it was done as a desk person's, and is not
    done again for the same words. `asks`: the mail waits for its author's word, and `waits` for a question
    of its own. `replies` is that word on the mail kept before. `unconfirmed`: it stands in a desk person's
    name, and may be anybody's. `refused`: somebody tried what they may not. `apart` are letters about no
    case.
    """

    verdict: Verdict
    reason: str
    note: str
    change: Change | None = None
    internal: bool = False
    proves: bool = False
    learns: Hold | None = None
    more: tuple[Change, ...] = ()
    words: str | None = None
    speaker: str = ""
    noted: str = ""
    acts: bool = False
    asks: bool = False
    waits: bool = False
    replies: AuthorsWord | None = None
    refused: bool = False
    unconfirmed: bool = False
    apart: tuple[LetterOrder, ...] = ()
