"""Questions with fixed answers that customers are asked, and the outcomes that a case can have."""

from __future__ import annotations

from dataclasses import dataclass, field

from maildesk.desk.policy.then import NOTHING, Then
from maildesk.desk.policy.whole_words import WordList


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer to a question: its name, what follows, and words that say it; `says` is what a button shows
    where that is not the name.
    """

    name: str
    then: Then = NOTHING
    words: WordList = field(default_factory=WordList)
    says: str = ""

    @property
    def shown(self) -> str:
        """The answer as a customer reads it."""
        return self.says or self.name


@dataclass(frozen=True, slots=True)
class Step:
    """The place of a question among the steps of another one, `of`.

    The answer `stops_at` says what was found: `name`, the value of the field `sets` from then on. Any other
    answer asks the question `next`; after the last step, which has none, nothing was found.
    """

    of: str
    name: str
    stops_at: str
    sets: str | None = None
    next: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `scale` makes its answers 1 to that number; `comment` asks for words beside the answer.

    `once`: it is asked once in a case, whatever becomes of it; otherwise once in each stay in a status.
    `first` is the first of its steps, which are questions too, each with its `step`. `inside`: people of the
    desk are asked, and what they answer stays with them.
    """

    name: str
    text: str
    answers: tuple[Answer, ...]
    scale: int = 0
    comment: str = ""
    once: bool = False
    first: str | None = None
    step: Step | None = None
    inside: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a case. `ask` is the question after which it ends, where it needs the customer's yes.

    `status` is where a case with it goes instead of the first resolved one; without `survey` no satisfaction
    is asked about.
    """

    name: str
    means: str = ""
    ask: str | None = None
    status: str | None = None
    survey: bool = True
