"""The statuses, outcomes and questions of a policy, built from its file."""

from __future__ import annotations

from collections.abc import Iterable

from maildesk.config.policy_names import Named, Names, names_of
from maildesk.config.policy_shape import PolicyFile
from maildesk.config.policy_shape_statuses import FollowsSection, QuestionSection, StatusClock, StatusSection
from maildesk.config.policy_steps import asked_in_steps
from maildesk.desk.policy.questions import Answer, Outcome, Question
from maildesk.desk.policy.statuses import DEFAULT_STATUSES, RUNNING, STAYS, Status, Statuses
from maildesk.desk.policy.then import NOTHING, Then
from maildesk.desk.policy.usual_questions import (
    AFTERWARDS,
    LEADS,
    SOLVED,
    USUAL_OUTCOMES,
    USUAL_QUESTIONS,
    USUAL_WORDS,
    YES,
    YES_OR_NO,
    scale_answers,
)
from maildesk.desk.policy.whole_words import WordList


def statuses(file: PolicyFile) -> Statuses:
    """The statuses, in the order of the file; the five plain ones where it names none."""
    if not file.statuses:
        return DEFAULT_STATUSES
    names = Names(file)
    return Statuses(tuple(_status(name, section, names) for name, section in file.statuses.items()))


def _status(name: str, section: StatusSection, names: Names) -> Status:
    runs = section.phase in RUNNING if section.clock is None else section.clock is StatusClock.RUNS
    reply = section.reply if section.reply == STAYS else names.maybe(Named.STATUS, section.reply)
    return Status(
        name,
        section.phase,
        means=section.means or "",
        runs=runs,
        by=section.by,
        next=None if section.next is None else names.every(Named.STATUS, section.next),
        tells=section.tells,
        ask=names.maybe(Named.QUESTION, section.ask),
        remind=section.remind,
        after=section.after,
        then=_then(section.then, names),
        reply=reply,
    )


def follows(section: FollowsSection, file: PolicyFile) -> Then:
    """Find what a section lets follow, by names in full."""
    return _then(section, Names(file))


def _then(section: FollowsSection, names: Names) -> Then:
    status = names.maybe(Named.STATUS, section.status)
    return Then(
        status,
        names.maybe(Named.OUTCOME, section.outcome),
        section.letter,
        names.maybe(Named.QUESTION, section.ask),
        escalate=section.escalate,
    )


def outcomes(file: PolicyFile) -> dict[str, Outcome]:
    """The outcomes, in the order of the file."""
    if not file.outcomes:
        return dict(USUAL_OUTCOMES)
    names = Names(file)
    return {
        name: Outcome(
            name,
            section.means or "",
            ask=names.maybe(Named.QUESTION, section.ask),
            status=names.maybe(Named.STATUS, section.status),
            survey=section.survey,
        )
        for name, section in file.outcomes.items()
    }


# --- questions ------------------------------------------------------------------------------------


def questions(file: PolicyFile) -> dict[str, Question]:
    """The policy's own questions, and those that every policy has."""
    found = (each for name in names_of(file, Named.QUESTION) for each in _asked_as(name, file))
    text = file.escalation.afterwards
    own = {AFTERWARDS: Question(AFTERWARDS, text, (), inside=True)} if text else {}
    return {each.name: each for each in found} | own


def _asked_as(name: str, file: PolicyFile) -> Iterable[Question]:
    """The question of that name, with its steps where it has some."""
    section = file.questions.get(name)
    return asked_in_steps(name, section, file) if section and section.steps else (_question(name, file),)


def _question(name: str, file: PolicyFile) -> Question:
    usual = USUAL_QUESTIONS.get(name, Question(name, "", ()))
    section = file.questions.get(name, QuestionSection())
    scale = usual.scale if section.scale is None else section.scale
    return Question(
        name,
        section.text or usual.text,
        _answers(section, usual, file) if section.answers or not section.scale else scale_answers(scale),
        scale=0 if section.answers else scale,
        comment=section.comment or usual.comment,
        once=usual.once if section.again is None else not section.again,
    )


def _answers(section: QuestionSection, usual: Question, file: PolicyFile) -> tuple[Answer, ...]:
    names = Names(file)
    own = {name: _then(follows, names) for name, follows in section.answers.items()}
    says = {name: answer.says or "" for name, answer in section.answers.items()}
    known = {each.name: each for each in usual.answers}
    return tuple(
        Answer(
            name,
            _leads(usual.name, name, own.get(name, NOTHING), file),
            _words(name, section, known),
            says.get(name, ""),
        )
        for name in own or known
    )


def _words(name: str, section: QuestionSection, known: dict[str, Answer]) -> WordList:
    """The answer's own name, the usual words for it, and those of the file."""
    usual = known[name].words.words if name in known else USUAL_WORDS.get(name, ())
    return WordList(tuple(dict.fromkeys((name, *usual, *section.words.get(name, ())))))


def _leads(question: str, answer: str, then: Then, file: PolicyFile) -> Then:
    """Find where an answer leads: of solved and agreed, by itself, to the first closed or open status.

    Who says that it is solved gives the outcome of that name, where the policy has it.
    """
    if then != NOTHING or question not in YES_OR_NO or answer not in LEADS:
        return then
    outcome = SOLVED if (question, answer) == (SOLVED, YES) and SOLVED in outcomes(file) else None
    return Then(statuses(file).first(LEADS[answer]).name, outcome)
