"""Mails that wait for their author's word, and the word itself: each token is good for one answer."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, or_, select, update

from maildesk.desk.case.verdicts import Verdict
from maildesk.desk.decisions.decision import AuthorsWord
from maildesk.mail.addr_spec import folded, same_address
from maildesk.store.database import insert_ignoring
from maildesk.store.schema import confirmations, ledger, mails

_KEPT = (Verdict.NOTE.value, Verdict.QUARANTINED.value)
"""As what a mail lies that waits for its author's word; a person may have done more with it since."""


@dataclass(frozen=True, slots=True)
class ConfirmationRow:
    """One mail that waits. Only a digest of its token is kept; `answer` is its author's word once it came.

    `vouched`: our host vouched for its sender. `list_sha256` is a digest of the token of the letter,
    written at `listed_at`, that asks about it together with others; `wanted_at` when its author wanted it
    asked by itself. `lapses_at` is of an answer that is held: when its author and the owner are told that it
    was not sent.
    """

    token_sha256: str
    ledger_id: int
    author: str
    case_ref: str | None
    asked_at: datetime
    expires_at: datetime
    answered_at: datetime | None = None
    answer: AuthorsWord | None = None
    vouched: bool = False
    list_sha256: str | None = None
    listed_at: datetime | None = None
    wanted_at: datetime | None = None
    lapses_at: datetime | None = None
    kept: bool = True

    @property
    def of_answer(self) -> bool:
        """Tell whether it is its author's own answer, held since somebody else answered meanwhile."""
        return self.lapses_at is not None

    @property
    def open(self) -> bool:
        """Tell whether its author was asked if it is theirs, alone, is silent, and nobody vouched for it."""
        alone = self.list_sha256 is None or self.wanted_at is not None
        return alone and self.answer is None and not self.vouched and not self.of_answer

    @staticmethod
    def about(
        ledger_id: int, token: str, author: str, case_ref: str | None, at: datetime, until: datetime
    ) -> ConfirmationRow:
        """A question about a mail that was kept just now."""
        return ConfirmationRow(digest_of(token), ledger_id, folded(author), case_ref, at, until)

    @property
    def confirmed(self) -> bool:
        return self.answer is AuthorsWord.CONFIRMED


@dataclass(frozen=True, slots=True)
class Several:
    """A letter that asks about several: whom, when, and the oldest of those that wait."""

    list_sha256: str
    author: str
    listed_at: datetime
    waiting: tuple[int, ...]


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class Confirmations:
    """The confirmations of one transaction: those that a batch of mails names, and those it asks for."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self._by_token: dict[str, ConfirmationRow] = {}
        self._by_mail: dict[int, ConfirmationRow] = {}
        self._new: list[ConfirmationRow] = []
        self._answered: list[ConfirmationRow] = []
        self._again: list[int] = []

    def load(self, tokens: Collection[str], ledger_ids: Collection[int]) -> None:
        """Load those of these tokens, and those that were asked about these mails."""
        if not tokens and not ledger_ids:
            return
        wanted = {"ids": list(ledger_ids), "tokens": [digest_of(each) for each in tokens]}
        for row in self._conn.execute(_ASKED, wanted):
            self._remember(_asked(row._mapping))

    def refs(self) -> set[str]:
        """The cases of all that were loaded."""
        return {each.case_ref for each in self._by_mail.values() if each.case_ref}

    def of_token(self, token: str) -> ConfirmationRow | None:
        return self._by_token.get(digest_of(token))

    def of_mail(self, ledger_id: int) -> ConfirmationRow | None:
        return self._by_mail.get(ledger_id)

    def ask(self, asked: ConfirmationRow) -> None:
        """One more mail waits; what was asked about it before is forgotten.

        The same mail may come twice, about no case: its token is the same, and so is the one question, which
        is about the copy that came first.
        """
        asked_about = self._by_token.get(asked.token_sha256)
        if asked_about and asked_about.ledger_id != asked.ledger_id:
            return
        self._remember(asked)
        self._new.append(asked)

    def open_question(self, author: str, since: datetime) -> bool:
        """Tell whether this person, asked since about a mail nobody vouched for, is silent."""
        mine = [each for each in self._by_mail.values() if same_address(each.author, author)]
        if any(each.open and each.asked_at > since for each in mine):
            return True
        c = confirmations.c
        alone = or_(c.list_sha256.is_(None), c.wanted_at.is_not(None))
        query = select(c.ledger_id).where(c.author == folded(author), c.asked_at > since, alone)
        # What this transaction has answered is written at its end.
        settled = [each.ledger_id for each in mine if not each.open]
        query = query.where(c.answer.is_(None), c.vouched.is_(False), c.ledger_id.not_in(settled))
        query = query.where(c.lapses_at.is_(None))
        return self._conn.execute(query.limit(1)).first() is not None

    def list_of(self, author: str, since: datetime) -> tuple[str, datetime] | None:
        """The letter about several that this person was written since: its digest, and when."""
        new = (each for each in reversed(self._new) if same_address(each.author, author))
        for each in new:
            if each.list_sha256 and each.listed_at and each.listed_at > since:
                return each.list_sha256, each.listed_at
        c = confirmations.c
        query = select(c.list_sha256, c.listed_at).where(c.author == folded(author), c.listed_at > since)
        row = self._conn.execute(query.order_by(c.listed_at.desc()).limit(1)).first()
        return (row.list_sha256, row.listed_at) if row else None

    def several(self, token: str, most: int) -> Several | None:
        """Find what a letter with this token asks about, at most so many of the oldest that wait."""
        c = confirmations.c
        listed = c.list_sha256 == digest_of(token)
        first = self._conn.execute(
            select(c.list_sha256, c.author, c.listed_at).where(listed).order_by(c.ledger_id).limit(1)
        ).first()
        if first is None:
            return None
        waits = select(c.ledger_id).join(ledger, ledger.c.id == c.ledger_id)
        waits = waits.where(listed, c.answer.is_(None), c.wanted_at.is_(None), ledger.c.verdict.in_(_KEPT))
        ids = self._conn.execute(waits.order_by(c.ledger_id).limit(most)).scalars()
        return Several(first.list_sha256, first.author, first.listed_at, tuple(ids))

    def want(self, ledger_ids: Collection[int], now: datetime) -> None:
        """Their author wants to be asked about these mails, which are filed again for that."""
        c = confirmations.c
        self._conn.execute(
            update(confirmations).where(c.ledger_id.in_(list(ledger_ids))).values(wanted_at=now)
        )
        self._again.extend(ledger_ids)

    def decline_all(self, token: str, now: datetime) -> None:
        """None of the mails that a letter asks about is its reader's."""
        c = confirmations.c
        waiting = update(confirmations).where(
            c.list_sha256 == digest_of(token), c.answer.is_(None), c.wanted_at.is_(None)
        )
        self._conn.execute(waiting.values(answered_at=now, answer=AuthorsWord.DECLINED))

    def answer(self, ledger_id: int, reply: AuthorsWord, now: datetime) -> None:
        """The one answer about this mail."""
        answered = replace(self._by_mail[ledger_id], answered_at=now, answer=reply)
        self._remember(answered)
        self._answered.append(answered)

    def settle(self, ledger_ids: Collection[int], now: datetime) -> None:
        """The words of these held answers went out in another mail: nobody is asked about them any more."""
        self.load((), [each for each in ledger_ids if each not in self._by_mail])
        for each in ledger_ids:
            asked = self._by_mail.get(each)
            if asked and asked.of_answer and asked.answer is None:
                self.answer(each, AuthorsWord.SETTLED, now)

    def flush(self) -> bool:
        """Write everything; whether a mail is to be filed again now."""
        self._flush_new()
        self._flush_answers()
        confirmed = [each.ledger_id for each in self._answered if each.answer is AuthorsWord.CONFIRMED]
        again = [*confirmed, *self._again]
        if again:
            _file_again(self._conn, again)
        return bool(again)

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

    def _remember(self, asked: ConfirmationRow) -> None:
        self._by_token[asked.token_sha256] = self._by_mail[asked.ledger_id] = asked


def _asked(row: Mapping[Any, Any]) -> ConfirmationRow:
    values = {name: row[name] for name in ConfirmationRow.__slots__ if name not in ("kept", "answer")}
    answer = AuthorsWord(row["answer"]) if row["answer"] else None
    return ConfirmationRow(**values, answer=answer, kept=row["verdict"] in _KEPT)


def _row(asked: ConfirmationRow) -> dict[str, Any]:
    return {name: getattr(asked, name) for name in ConfirmationRow.__slots__ if name != "kept"}


def _file_again(conn: Connection, ledger_ids: Collection[int]) -> None:
    """These mails are unfiled again: the walk begins anew for them, from the bytes that were kept."""
    conn.execute(delete(mails).where(mails.c.ledger_id.in_(ledger_ids)))
    unfiled = dict.fromkeys(("verdict", "reason", "note", "case_ref", "filed_at"))
    conn.execute(update(ledger).where(ledger.c.id.in_(ledger_ids)).values(unfiled))


def acted_before(conn: Connection, digests: Collection[str]) -> set[str]:
    """Find those digests (`duplicates.act_digest`) under which a desk person's mail was done before."""
    if not digests:
        return set()
    return set(conn.execute(_ACTED, {"digests": list(digests)}).scalars())


_c = confirmations.c
_ASKED = (
    select(confirmations, ledger.c.verdict)
    .join(ledger, ledger.c.id == _c.ledger_id)
    .where(
        _c.ledger_id.in_(bindparam("ids", expanding=True))
        | _c.token_sha256.in_(bindparam("tokens", expanding=True))
    )
)
_ACTED = select(ledger.c.act_digest).where(ledger.c.act_digest.in_(bindparam("digests", expanding=True)))
