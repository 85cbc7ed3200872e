"""The question that a notice of ours asked: may the author of the mail it was about take part in the case?"""

from __future__ import annotations

from sqlalchemy import Connection, and_, select

from maildesk.desk.case.letter_order import LetterKind
from maildesk.desk.case.verdicts import Verdict
from maildesk.desk.screening.situation import Question
from maildesk.desk.screening.yes_or_no import Answer, answer_in
from maildesk.store.schema import ledger, mails

_AGAIN = 10
"""So many unclear answers in a row lead back to the question that they answer."""


def question_of(conn: Connection, ref: str, message_id: str) -> Question | None:
    """Find what the notice with this Message-ID asks about a case; None where it is no such notice.

    The letter that says "answer again" asks what its cause was an answer to.
    """
    for _ in range(_AGAIN):
        if question := _asked_by(conn, ref, message_id):
            return question
        before = _unclear_answer_to(conn, ref, message_id)
        if before is None:
            break
        message_id = before
    return None


def _unclear_answer_to(conn: Connection, ref: str, message_id: str) -> str | None:
    """Find what was answered with neither yes nor no, where this letter tells its reader so."""
    letter, answer = mails.alias("letter"), mails.alias("answer")
    query = (
        select(answer.c.refs, answer.c.new_text)
        .join(letter, letter.c.about == answer.c.ledger_id)
        .where(
            letter.c.message_id == message_id,
            letter.c.case_ref == ref,
            letter.c.direction == "out",
            letter.c.verdict == LetterKind.LET_IN,
            answer.c.case_ref == ref,
            answer.c.verdict == Verdict.NOTE,
        )
    )
    row = conn.execute(query).first()
    if row is None or not row.refs or answer_in(row.new_text) is not Answer.UNCLEAR:
        return None
    return str(row.refs[0])


def _asked_by(conn: Connection, ref: str, message_id: str) -> Question | None:
    notice, asked = mails.alias("notice"), mails.alias("asked")
    query = (
        select(asked.c.sender, asked.c.at, asked.c.ledger_id, ledger.c.sender.label("shown"))
        .join(notice, and_(notice.c.about == asked.c.ledger_id, notice.c.case_ref == asked.c.case_ref))
        .join(ledger, ledger.c.id == asked.c.ledger_id)
        .where(
            notice.c.message_id == message_id,
            notice.c.case_ref == ref,
            notice.c.direction == "out",
            notice.c.verdict == LetterKind.SUSPICIOUS,
            asked.c.verdict == Verdict.THIRD_PARTY,
        )
    )
    row = conn.execute(query).first()
    return Question(row.sender, row.at, row.ledger_id, _name_in(row.shown)) if row else None


def _name_in(shown: str | None) -> str:
    """The display name of a sender as the ledger shows them: `Bo Lund <bo@client.example>`."""
    return (shown or "").rpartition("<")[0].strip(' "')
