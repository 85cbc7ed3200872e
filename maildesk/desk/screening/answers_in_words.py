"""The answer to a question of the policy in a customer's own words, where they leave no doubt."""

from __future__ import annotations

from dataclasses import dataclass

from maildesk.desk.policy.questions import Answer, Question
from maildesk.desk.policy.usual_questions import SOLVED
from maildesk.desk.policy.whole_words import ListedWord, fold, places
from maildesk.desk.screening.plain_yes import content_of, plain_clause
from maildesk.desk.screening.reply_words import (
    AGAIN,
    AMISS,
    BESIDE_PRAISE,
    NEGATORS,
    NO,
    PRAISE_OR_BLAME,
    SCORING,
    TO_SOLVE,
    YES,
    YES_ALONE,
    Phrase,
)
from maildesk.desk.screening.short_replies import MOST_WORDS, ShortReply, is_negated
from maildesk.desk.screening.step_answers import says_yes, step_answer


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer that was given; `words` are those beside it."""

    answer: Answer
    words: str = ""


def answer_in_words(question: Question, reply: ShortReply) -> Answered | None:
    """Read a short reply as an answer; None where it is none, or may be another."""
    if question.scale:
        return _score(question, reply)
    if question.step:
        step = step_answer(question, reply)
        return Answered(step) if step else None
    if not reply.plain:
        return None
    said = {each.name for clause in reply.clauses for each in _said_in(clause, question)}
    found = next((each for each in question.answers if said == {each.name}), None)
    unsure = found and says_yes(found) and not _says_yes_alone(reply, found, question)
    return Answered(found) if found and not unsure else None


def _says_yes_alone(reply: ShortReply, yes: Answer, question: Question) -> bool:
    """Tell whether nothing beside a yes may tell of trouble. What was solved is no matter of a please."""
    content = content_of(yes)
    clauses = [plain_clause(clause, content) for clause in reply.clauses]
    pleads = any(each and each.pleads and not each.content for each in clauses)
    return all(clauses) and not (pleads and question.name == SOLVED)


def _score(question: Question, reply: ShortReply) -> Answered | None:
    """A number of the scale that begins the reply; below one alone in its line the words are free.

    Beside it stands praise or blame alone: what else is counted there is no score.
    """
    name = str(reply.number)
    found = next((each for each in question.answers if each.name == name), None)
    amiss = reply.asks or reply.files or not (AMISS | AGAIN).isdisjoint(reply.words)
    short = reply.plain and reply.size <= MOST_WORDS + 1
    counts = reply.below or (short and _judges(reply.words, frozenset({name, str(question.scale)})))
    return Answered(found, reply.rest) if found and counts and not amiss else None


def _judges(words: frozenset[str], figures: frozenset[str]) -> bool:
    """Tell whether words say a score, or what somebody thinks of us, and nothing else."""
    told = words - figures
    praised = not PRAISE_OR_BLAME.isdisjoint(told) and told <= PRAISE_OR_BLAME | BESIDE_PRAISE | SCORING
    return praised or told <= SCORING


def _said_in(clause: Phrase, question: Question) -> list[Answer]:
    """The answers whose words stand in a clause. A not beside the words of a yes makes them a no."""
    no = next((each for each in question.answers if says_yes(each) is False), None)
    said: list[Answer] = []
    for each in question.answers:
        if _says_content(clause, each, question):
            turned = is_negated(clause)
            unsure = turned and not (no and says_yes(each))
            said += question.answers if unsure else [no if turned and no else each]
        elif _says_bare(clause, each):
            said.append(each)
    return said


def _says_bare(clause: Phrase, answer: Answer) -> bool:
    """Tell whether a clause holds a mere yes or no, or words of the answer that have their not in them."""
    yes = says_yes(answer)
    if yes and len(clause) == 1 and clause[0] in YES_ALONE:
        return True
    plain: frozenset[str] = frozenset() if yes is None else YES if yes else NO
    return not plain.isdisjoint(clause) or _holds(clause, answer, negated=True)


def _says_content(clause: Phrase, answer: Answer, question: Question) -> bool:
    """Tell whether a clause holds words that a not beside them would turn round."""
    if _holds(clause, answer, negated=False):
        return True
    turned = question.name == SOLVED and says_yes(answer) and is_negated(clause)
    return bool(turned) and not TO_SOLVE.isdisjoint(clause)


def _holds(clause: Phrase, answer: Answer, *, negated: bool) -> bool:
    """Tell whether a clause holds one of the answer's words, of those with a not in them or of the others."""
    text = fold(" ".join(clause))
    listed = (*answer.words.folded, ListedWord(fold(answer.name), answer.name))
    of_kind = (each.folded for each in listed if _is_plain(each) is not negated)
    return any(next(places(each, text), None) for each in of_kind)


def _is_plain(word: ListedWord) -> bool:
    """Tell whether a listed word is neither yes nor no by itself, nor holds a not."""
    return not any(each in _ANY_NOT or each.endswith("n't") for each in word.folded.split())


_ANY_NOT = YES | NO | NEGATORS
