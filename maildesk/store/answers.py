"""The answers of customers to questions of the desk, as the events of their cases tell them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import Connection, or_, select

from maildesk.desk.case.events import EventKind
from maildesk.store.column_types import value_in
from maildesk.store.schema import cases, events
from maildesk.store.shown import AnyRow, shown_moment


def answer_list(
    connection: Connection, question: str | None = None, limit: int | None = None
) -> list[dict[str, Any]]:
    """Return the newest `limit` answers, the oldest first; `late` says why one did not count.

    Those to a question in steps are those to each step.
    """
    query = (
        select(events.c.case_ref, events.c.at, events.c.actor, events.c.data, cases.c.subject, cases.c.owner)
        .join(cases, cases.c.ref == events.c.case_ref)
        .where(events.c.kind == EventKind.QUESTION_ANSWERED.value)
        .order_by(events.c.id.desc())
        .limit(limit)
    )
    if question is not None:
        asked = value_in(events.c.data, "question", connection.dialect.name)
        query = query.where(or_(asked == question, asked.startswith(f"{question}: ", autoescape=True)))
    return [_told(row) for row in reversed(connection.execute(query).all())]


def _told(row: AnyRow) -> dict[str, Any]:
    return {
        "case": row.case_ref,
        "subject": row.subject,
        "owner": row.owner,
        "question": row.data.get("question"),
        "answer": row.data.get("answer"),
        "score": row.data.get("score"),
        "words": row.data.get("words"),
        "by": row.actor,
        "at": shown_moment(row.at),
        "late": row.data.get("late"),
    }


def summed_up(answers: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The number of each answer to each question, and the average where they are scores; late ones aside."""
    by_question: dict[str, list[dict[str, Any]]] = {}
    for each in answers:
        if each["question"] and not each["late"]:
            by_question.setdefault(each["question"], []).append(each)
    return [
        {
            "question": question,
            "answers": dict(sorted(Counter(str(each["answer"] or _IN_WORDS) for each in given).items())),
            "average": _average([each["score"] for each in given if each["score"] is not None]),
        }
        for question, given in by_question.items()
    ]


_IN_WORDS: Final = "in words"


def _average(scores: Sequence[int]) -> float | None:
    return round(sum(scores) / len(scores), 2) if scores else None
