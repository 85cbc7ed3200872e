"""Mails that wait for their author's word, and the word itself: each token is good for one answer."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, update

from maildesk.desk.change import Reply
from maildesk.desk.verdicts import Verdict
from maildesk.store.database import insert_ignoring
from maildesk.store.schema import confirmations, ledger, mails

_KEPT = (Verdict.NOTE.value, Verdict.QUARANTINED.value)
"""As what a mail lies that waits for its author's word; a person may have done more with it since."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One mail that waits. Only a digest of its token is kept; `answer` is its author's word once it came."""

    token_sha256: str
    ledger_id: int
    author: str
    case_ref: str | None
    asked_at: datetime
    expires_at: datetime
    answered_at: datetime | None = None
    answer: Reply | None = None
    kept: bool = True

    @staticmethod
    def about(
        ledger_id: int, token: str, author: str, case_ref: str | None, at: datetime, until: datetime
    ) -> Asked:
        """A question about a mail that was kept just now."""
        return Asked(digest_of(token), ledger_id, author, case_ref, at, until)

    @property
    def confirmed(self) -> bool:
        return self.answer is Reply.CONFIRMED


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class Confirmations:
    """The confirmations of one transaction: those that a batch of mails names, and those it asks for."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self._by_token: dict[str, Asked] = {}
        self._by_mail: dict[int, Asked] = {}
        self._new: list[Asked] = []
        self._answered: list[Asked] = []

    def load(self, tokens: Collection[str], ledger_ids: Collection[int]) -> None:
        """Those of these tokens, and those that were asked about these mails."""
        c = confirmations.c
        wanted = c.ledger_id.in_(list(ledger_ids)) | c.token_sha256.in_([digest_of(each) for each in tokens])
        if not tokens and not ledger_ids:
            return
        query = select(confirmations, ledger.c.verdict).join(ledger, ledger.c.id == c.ledger_id).where(wanted)
        for row in self._conn.execute(query):
            self._remember(_asked(row._mapping))

    def refs(self) -> set[str]:
        """The cases of all that were loaded."""
        return {each.case_ref for each in self._by_mail.values() if each.case_ref}

    def of_token(self, token: str) -> Asked | None:
        return self._by_token.get(digest_of(token))

    def of_mail(self, ledger_id: int) -> Asked | None:
        return self._by_mail.get(ledger_id)

    def ask(self, asked: Asked) -> None:
        """One more mail waits; what was asked about it before is forgotten.

        The same mail may come twice, about no case: its token is the same, and so is the one question, which
        is about the copy that came first.
        """
        asked_about = self._by_token.get(asked.token_sha256)
        if asked_about and asked_about.ledger_id != asked.ledger_id:
            return
        self._remember(asked)
        self._new.append(asked)

    def answer(self, ledger_id: int, reply: Reply, now: datetime) -> None:
        """The one answer about this mail."""
        answered = replace(self._by_mail[ledger_id], answered_at=now, answer=reply)
        self._remember(answered)
        self._answered.append(answered)

    def flush(self) -> bool:
        """Write everything; whether a mail is to be filed again now."""
        self._flush_new()
        self._flush_answers()
        confirmed = [each.ledger_id for each in self._answered if each.answer is Reply.CONFIRMED]
        if confirmed:
            _file_again(self._conn, confirmed)
        return bool(confirmed)

    def _flush_new(self) -> None:
        if self._new:
            rows = [_row(each) for each in self._new]
            c = confirmations.c
            self._conn.execute(
                delete(confirmations).where(c.ledger_id.in_([row["ledger_id"] for row in rows]))
            )
            self._conn.execute(insert_ignoring(confirmations, self._conn.dialect.name), rows)

    def _flush_answers(self) -> None:
        if self._answered:
            query = update(confirmations).where(confirmations.c.token_sha256 == bindparam("b_token"))
            values = query.values(answered_at=bindparam("b_at"), answer=bindparam("b_answer"))
            self._conn.execute(
                values,
                [
                    {"b_token": each.token_sha256, "b_at": each.answered_at, "b_answer": each.answer}
                    for each in self._answered
                ],
            )

    def _remember(self, asked: Asked) -> None:
        self._by_token[asked.token_sha256] = self._by_mail[asked.ledger_id] = asked


def _asked(row: Mapping[Any, Any]) -> Asked:
    values = {name: row[name] for name in Asked.__slots__ if name not in ("kept", "answer")}
    answer = Reply(row["answer"]) if row["answer"] else None
    return Asked(**values, answer=answer, kept=row["verdict"] in _KEPT)


def _row(asked: Asked) -> dict[str, Any]:
    return {name: getattr(asked, name) for name in Asked.__slots__ if name != "kept"}


def _file_again(conn: Connection, ledger_ids: Collection[int]) -> None:
    """These mails are unfiled again: the walk begins anew for them, from the bytes that were kept."""
    conn.execute(delete(mails).where(mails.c.ledger_id.in_(ledger_ids)))
    unfiled = dict.fromkeys(("verdict", "reason", "note", "case_ref", "filed_at"))
    conn.execute(update(ledger).where(ledger.c.id.in_(ledger_ids)).values(unfiled))


def acted_before(conn: Connection, digests: Collection[str]) -> set[str]:
    """Those of these digests (`sameness.act_digest`) under which a desk person's mail was done before."""
    if not digests:
        return set()
    query = select(ledger.c.act_digest).where(ledger.c.act_digest.in_(list(digests)))
    return set(conn.execute(query).scalars())
