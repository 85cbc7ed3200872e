"""Questions with fixed answers that customers are asked, and the outcomes that a case can have."""

from __future__ import annotations

from dataclasses import dataclass, field

from maildesk.desk.policy.then import NOTHING, Then
from maildesk.desk.policy.whole_words import WordList


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer to a question: its name, which a button shows, what follows, and words that say it."""

    name: str
    then: Then = NOTHING
    words: WordList = field(default_factory=WordList)


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `scale` makes its answers 1 to that number; `comment` asks for words beside the answer.

    `once`: it is asked once in a case, whatever becomes of it; otherwise once in each stay in a status.
    """

    name: str
    text: str
    answers: tuple[Answer, ...]
    scale: int = 0
    comment: str = ""
    once: bool = False


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
