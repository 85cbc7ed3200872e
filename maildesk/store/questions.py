"""What a notice of ours asked: may the author of the mail it was about take part in the case?"""

from __future__ import annotations

from sqlalchemy import Connection, and_, select

from maildesk.desk.notices import LetterKind
from maildesk.desk.situation import Question
from maildesk.desk.verdicts import Verdict
from maildesk.store.schema import ledger, mails


def question_of(conn: Connection, ref: str, message_id: str) -> Question | None:
    """What the notice with this Message-ID asks about a case; None where it is no such notice."""
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
