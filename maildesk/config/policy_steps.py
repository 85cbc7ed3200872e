"""Questions that are asked in steps: each step a question of its own, and what must hold of them."""

from __future__ import annotations

from collections.abc import Iterator

from maildesk.config.policy_fields import case_fields, field_value
from maildesk.config.policy_names import Named, Names, twins
from maildesk.config.policy_shape import PolicyFile
from maildesk.config.policy_shape_statuses import QuestionSection
from maildesk.config.validating import BrokenLaw, Law
from maildesk.desk.policy.names import comparable
from maildesk.desk.policy.questions import Answer, Question, Step
from maildesk.desk.policy.usual_questions import CANNOT_TRY, NO, USUAL_WORDS, YES
from maildesk.desk.policy.whole_words import WordList
from maildesk.errors import Ambiguous, BadInput, NotFound

USUAL_ANSWERS = (YES, NO, CANNOT_TRY)


def asked_in_steps(name: str, section: QuestionSection, file: PolicyFile) -> Iterator[Question]:
    """The question as it is called, and each of its steps."""
    names = [step_name(name, each) for each in section.steps]
    yield Question(name, section.text or "", (), first=names[0])
    sets = Names(file).maybe(Named.FIELD, section.sets)
    answers = tuple(_answer(each, section) for each in section.answers or USUAL_ANSWERS)
    for own, (step, entry), after in zip(names, section.steps.items(), (*names[1:], None), strict=True):
        yield Question(
            own,
            entry.text or entry.team or "",
            answers,
            step=Step(name, step, _stops_at(section), sets, after),
            inside=entry.team is not None,
        )


def step_name(question: str, step: str) -> str:
    """The name of a step as a question."""
    return f"{question}: {step}"


def _stops_at(section: QuestionSection) -> str:
    return section.stops_at or NO


def _answer(name: str, section: QuestionSection) -> Answer:
    words = (name, *USUAL_WORDS.get(name, ()), *section.words.get(name, ()))
    given = section.answers.get(name)
    return Answer(
        name, words=WordList(tuple(dict.fromkeys(words))), says=(given.says if given else None) or ""
    )


# --- what must hold -------------------------------------------------------------------------------


def _steps(file: PolicyFile) -> Iterator[BrokenLaw]:
    for name, section in file.questions.items():
        here = ("questions", name)
        if not section.steps:
            for key, given in (("stops at", section.stops_at), ("sets", section.sets)):
                if given is not None:
                    yield BrokenLaw(
                        (*here, key), "is for a question in steps", "write its steps, or take it out"
                    )
            continue
        yield from twins((*here, "steps"), "step", section.steps)
        for step in section.steps:
            if comparable(step_name(name, step)) in map(comparable, file.questions):
                remedy = "call the step or that question otherwise"
                yield BrokenLaw(
                    (*here, "steps", step), f"there is a question {step_name(name, step)}", remedy
                )
        answers = tuple(section.answers or USUAL_ANSWERS)
        for answer in section.words:
            if answer not in answers:
                there = f"there is {', '.join(answers)}"
                yield BrokenLaw((*here, "words", answer), "is no answer", there)
        if _stops_at(section) not in answers:
            where = (*here, "stops at") if section.stops_at else here
            yield BrokenLaw(where, f"has no answer {_stops_at(section)}", f"name one of {', '.join(answers)}")
        for answer, follows in section.answers.items():
            if follows.model_fields_set - {"says"}:
                remedy = "the next step follows it, or the end"
                yield BrokenLaw((*here, "answers", answer), "leads elsewhere than to the next step", remedy)
        for key in ("scale", "again"):
            if getattr(section, key) is not None:
                yield BrokenLaw((*here, key), "is not for a question in steps", "take it out")
        yield from _found(file, name, section)


def _found(file: PolicyFile, name: str, section: QuestionSection) -> Iterator[BrokenLaw]:
    """The field takes each step's name."""
    try:
        sets = Names(file).maybe(Named.FIELD, section.sets)
        field = case_fields(file)[sets] if sets else None
        for step in section.steps if field else ():
            field_value(field, step)
    except (NotFound, Ambiguous, BadInput) as error:
        yield BrokenLaw(("questions", name, "sets"), error.message, error.remedy)


STEP_LAWS: tuple[Law[PolicyFile], ...] = (Law(("questions", "fields"), _steps),)
