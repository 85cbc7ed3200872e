"""The question that a notice of ours asked: may the author of the mail it was about take part in the case?"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, and_, bindparam, select

from maildesk.desk.case.letter_order import LetterKind
from maildesk.desk.case.verdicts import Verdict
from maildesk.desk.screening.situation import Question
from maildesk.desk.screening.yes_or_no import Answer, answer_in
from maildesk.store.schema import ledger, mails

ASKING: Final = frozenset({LetterKind.SUSPICIOUS.value, LetterKind.LET_IN.value})
"""Letters that ask it, or ask for another answer."""
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
    row = conn.execute(_UNCLEAR_ANSWER, {"ref": ref, "letter_id": message_id}).first()
    if row is None or not row.refs or answer_in(row.new_text) is not Answer.UNCLEAR:
        return None
    return str(row.refs[0])


def _asked_by(conn: Connection, ref: str, message_id: str) -> Question | None:
    row = conn.execute(_ASKED, {"ref": ref, "letter_id": message_id}).first()
    return Question(row.sender, row.at, row.ledger_id, _name_in(row.shown)) if row else None


def _name_in(shown: str | None) -> str:
    """The display name of a sender as the ledger shows them: `Bo Lund <bo@client.example>`."""
    return (shown or "").rpartition("<")[0].strip(' "')


_letter, _answer, _asked = mails.alias("letter"), mails.alias("answer"), mails.alias("asked")
_THE_LETTER = (
    _letter.c.message_id == bindparam("letter_id"),
    _letter.c.case_ref == bindparam("ref"),
    _letter.c.direction == "out",
)
_UNCLEAR_ANSWER = (
    select(_answer.c.refs, _answer.c.new_text)
    .join(_letter, _letter.c.about == _answer.c.ledger_id)
    .where(
        *_THE_LETTER,
        _letter.c.verdict == LetterKind.LET_IN,
        _answer.c.case_ref == _letter.c.case_ref,
        _answer.c.verdict == Verdict.NOTE,
    )
)
_ASKED = (
    select(_asked.c.sender, _asked.c.at, _asked.c.ledger_id, ledger.c.sender.label("shown"))
    .join(_letter, and_(_letter.c.about == _asked.c.ledger_id, _letter.c.case_ref == _asked.c.case_ref))
    .join(ledger, ledger.c.id == _asked.c.ledger_id)
    .where(
        *_THE_LETTER,
        _letter.c.verdict == LetterKind.SUSPICIOUS,
        _asked.c.verdict == Verdict.THIRD_PARTY,
    )
)
