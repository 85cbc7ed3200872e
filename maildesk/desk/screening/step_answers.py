"""The answer to one step of a question in a reply of few words, where nothing else is said beside it.

A step's no ends the steps, so that here a no is read as carefully as a yes: `no change` is neither.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from maildesk.desk.policy.questions import Answer, Question
from maildesk.desk.policy.whole_words import fold
from maildesk.desk.screening.reply_words import NEGATORS, NO, YES, YES_ALONE
from maildesk.desk.screening.short_replies import MOST_WORDS, ShortReply


def step_answer(question: Question, reply: ShortReply) -> Answer | None:
    """Read a short reply as the answer to a step; None where it is none, or may be another."""
    words = [fold(word) for clause in reply.clauses for word in clause if any(map(str.isalnum, word))]
    if reply.asks or reply.files or not words or len(words) > MOST_WORDS:
        return None
    whole = _whole(words, question) or _neither(words, question)
    return whole or _yes_or_no([word for word in words if word not in _BESIDE], question)


def says_yes(answer: Answer) -> bool | None:
    """Tell whether an answer is the yes or the no of its question; None for one that is neither."""
    name = fold(answer.name)
    return True if name in YES or name in YES_ALONE else False if name in NO else None


def _whole(words: Sequence[str], question: Question) -> Answer | None:
    """The answer of which these are the very words."""
    said = " ".join(words)
    found = [each for each in question.answers if any(said == one.folded for one in each.words.folded)]
    return found[0] if len(found) == 1 else None


def _bare(words: Sequence[str]) -> Sequence[str]:
    """The words without who says it and of what: `we cannot try that`."""
    return [word for word in words if word not in _OF_WHAT]


def _neither(words: Sequence[str], question: Question) -> Answer | None:
    """The answer, neither yes nor no, whose words these are but for who says it and of what."""
    said = _bare(words)
    neither = (each for each in question.answers if says_yes(each) is None)
    found = [each for each in neither if any(said == _bare(one.folded.split()) for one in each.words.folded)]
    return found[0] if said and len(found) == 1 else None


def _yes_or_no(words: Sequence[str], question: Question) -> Answer | None:
    no = bool(words) and all(word in _NOT or word.endswith("n't") for word in words)
    yes = bool(words) and all(word in YES for word in words)
    return next((each for each in question.answers if says_yes(each) is yes), None) if yes or no else None


_NOT: Final = NO | NEGATORS - {"never", "nothing", "none", "cannot", "cant"}
_OF_WHAT: Final = frozenset({
    "i", "we", "sorry", "it", "this", "that", "here", "now", "unfortunately",
    "ich", "wir", "das", "es", "dies", "hier", "leider", "tut", "mir", "leid",
    "eu", "nós", "isso", "isto", "aqui", "infelizmente", "desculpe",
})  # fmt: skip
_BESIDE: Final = frozenset(
    map(
        fold,
        (
            *(
                "it",
                "it's",
                "is",
                "was",
                "does",
                "did",
                "do",
                "the",
                "a",
                "an",
                "this",
                "that",
                "there",
                "here",
            ),
            *(
                "here",
                "too",
                "also",
                "on",
                "in",
                "i",
                "we",
                "see",
                "issue",
                "problem",
                "error",
                "exist",
                "exists",
            ),
            *("happen", "happens", "occur", "occurs", "appear", "appears"),
            *("es", "das", "der", "die", "dort", "da", "hier", "auch", "fehler", "tritt", "auf"),
            *("o", "lá", "ali", "aqui", "também", "ocorre", "acontece", "problema", "erro"),
        ),
    )
)
"""Words that change neither a yes nor a no: whether the issue exists there is what each step asks."""
