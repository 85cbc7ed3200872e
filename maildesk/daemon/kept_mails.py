"""Mails that wait for their author's word, while a batch is filed: asked about, answered for, done once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from maildesk.desk.change import Decision
from maildesk.desk.confirming import expires_at
from maildesk.desk.people import People, folded
from maildesk.desk.sameness import act_digest
from maildesk.desk.shown import proves_itself, question_token
from maildesk.desk.situation import Confirmation, Found, Link, Situation
from maildesk.mail.message import IncomingMail
from maildesk.store.cases import CaseBook
from maildesk.store.confirmations import Asked, Confirmations, acted_before
from maildesk.store.database import Connection
from maildesk.store.shown_tokens import ShownTokens


class KeptMails:
    """What one batch has to do with mails kept before. It is written after the batch's own rows."""

    def __init__(
        self, conn: Connection, book: CaseBook, people: People, now: datetime, shown: ShownTokens
    ) -> None:
        self._conn = conn
        self._book = book
        self._people = people
        self._now = now
        self._shown = shown
        self._waiting = Confirmations(conn)
        self._acted: set[str] = set()

    def load(self, tokens: Sequence[str], ledger_ids: Sequence[int]) -> None:
        """What the batch's mails return, and what was asked about them themselves."""
        self._waiting.load(tokens, ledger_ids)
        self._book.load_cases(self._waiting.refs())

    def situated(self, situation: Situation, ledger_id: int, tokens: Sequence[str]) -> Situation:
        """The situation with what is known of confirmations; nothing of it concerns a customer's mail."""
        if not self._people.is_desk_person(situation.author):
            return situation
        named = ((token, each) for token in tokens if (each := self._waiting.of_token(token)))
        token, returned = next(named, ("", None))
        shown = question_token(token) in self._shown.known and not proves_itself(situation.mail, self._people)
        own = self._waiting.of_mail(ledger_id)
        return replace(
            situation,
            confirmation=self._confirmation(returned, shown=shown) if returned else None,
            confirmed=own is not None and own.confirmed,
            replayed=self._is_replayed(situation.mail, situation.author, situation.found),
        )

    def after(self, decision: Decision, situation: Situation, ledger_id: int, token: str) -> str | None:
        """What the decision means to mails that wait; the digest under which this one was done, if it was."""
        found = situation.found
        if decision.asks:
            ref = decision.change.case.ref if decision.change else None
            author, until = folded(situation.author), expires_at(self._now)
            self._waiting.ask(Asked.about(ledger_id, token, author, ref, self._now, until))
        if decision.replies and situation.confirmation:
            self._waiting.answer(situation.confirmation.ledger_id, decision.replies, self._now)
        if not decision.acts:
            return None
        digest = act_digest(situation.mail, situation.author, found.case.ref if found else None)
        self._acted.add(digest)
        return digest

    def write(self) -> bool:
        """Write it all; whether a mail is to be filed again now."""
        return self._waiting.flush()

    def _confirmation(self, asked: Asked, *, shown: bool) -> Confirmation:
        return Confirmation(
            ledger_id=asked.ledger_id,
            author=asked.author,
            expires_at=asked.expires_at,
            case=self._book.living(asked.case_ref) if asked.case_ref else None,
            kept=asked.kept,
            answered=asked.answer is not None,
            shown=shown,
        )

    def found(self, ledger_id: int, found: Found | None) -> Found | None:
        """The case a mail is about: what was confirmed is done where the question said, and nowhere else."""
        asked = self._waiting.of_mail(ledger_id)
        case = self._book.living(asked.case_ref) if asked and asked.confirmed and asked.case_ref else None
        if case is None or (found and found.case.ref == case.ref):
            return found
        return Found(case, Link.TOKEN)

    def _is_replayed(self, mail: IncomingMail, author: str, found: Found | None) -> bool:
        digest = act_digest(mail, author, found.case.ref if found else None)
        return digest in self._acted or bool(acted_before(self._conn, [digest]))
