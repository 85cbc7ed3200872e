"""Mails that wait for their author's word, while a batch is filed: asked about, answered for, done once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from maildesk.desk.decisions.colliding import held_by, settled_by, speaks
from maildesk.desk.decisions.confirming import AT_ONCE, QUIET, expires_at, may_wait
from maildesk.desk.decisions.decision import AuthorsWord, ConfirmationStep, Decision
from maildesk.desk.decisions.refusing import is_vouched
from maildesk.desk.policy.people import People
from maildesk.desk.screening.duplicates import act_digest
from maildesk.desk.screening.shown_tokens import proves_itself, question_token
from maildesk.desk.screening.situation import CaseMatch, Confirmation, Link, Situation
from maildesk.mail.message import IncomingMail
from maildesk.store.cases import CaseBook
from maildesk.store.confirmations import ConfirmationRow, Confirmations, acted_before, digest_of
from maildesk.store.database import Connection
from maildesk.store.shown_tokens import ShownTokens

_COMPARED: Final = 100_000
"""Characters of a held answer that are compared with one that is sent."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of a letter that asks about a mail: alone, as the first of several, as an answer held."""

    alone: str
    several: str
    answer: str


class KeptMails:
    """The dealings of one batch with mails kept before. It is written after the batch's own rows."""

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
        self._returned: tuple[str, Confirmation] | None = None

    def load(self, tokens: Sequence[str], ledger_ids: Sequence[int]) -> None:
        """Load what the batch's mails return, and what was asked about them themselves."""
        self._waiting.load(tokens, ledger_ids)
        self._book.load_cases(self._waiting.refs())

    def situated(self, situation: Situation, ledger_id: int, tokens: Sequence[str]) -> Situation:
        """The situation of a mail by somebody of the desk, with what is known of confirmations."""
        own = self._waiting.of_mail(ledger_id)
        author, since = situation.author, self._now - QUIET
        self._returned = next(filter(None, map(self._returning, tokens)), None)
        if self._returned and not proves_itself(situation.mail, self._people):
            token, about = self._returned
            self._returned = token, replace(about, shown=question_token(token) in self._shown.known)
        replayed = self._is_replayed(situation.mail, situation.author, situation.found)
        situation = replace(
            situation,
            inquiry=replace(
                situation.inquiry,
                confirmation=self._returned[1] if self._returned else None,
                confirmed=own is not None and own.confirmed,
                wanted=own is not None and own.wanted_at is not None and own.answer is None,
                sent_anyway=own is not None and own.confirmed and own.of_answer,
            ),
            evidence=replace(situation.evidence, replayed=replayed),
        )
        if not may_wait(situation) or not self._waiting.open_question(author, since):
            return situation
        listed = self._waiting.list_of(author, since) is not None
        return replace(situation, inquiry=replace(situation.inquiry, lately=True, listed=listed))

    def after(
        self, decision: Decision, situation: Situation, ledger_id: int, tokens: Callable[[], Tokens]
    ) -> str | None:
        """Do what the decision means to mails that wait; return the digest it was done under, if any."""
        found = situation.found
        if decision.confirmation in (ConfirmationStep.ASKED, ConfirmationStep.QUEUED):
            self._ask(decision, situation, ledger_id, tokens())
        if decision.confirmation is ConfirmationStep.HELD:
            self._hold(decision, situation, ledger_id, tokens())
        if isinstance(decision.confirmation, AuthorsWord) and situation.inquiry.confirmation:
            self._answer(situation.inquiry.confirmation, decision.confirmation)
        if decision.confirmation is not ConfirmationStep.DONE:
            return None
        digest = act_digest(situation.mail, situation.author, found.case.ref if found else None)
        self._acted.add(digest)
        self._settle(decision, situation)
        return digest

    def _settle(self, decision: Decision, situation: Situation) -> None:
        """An answer that is sent settles those held which say the same."""
        if decision.change is None or not speaks(decision.change):
            return
        ref, author = decision.change.case.ref, situation.author
        if held_by(self._book.thread(ref), author):
            held = held_by(self._book.thread(ref, _COMPARED), author)
            settled = settled_by(decision.change, situation.heard.said.words, held)
            self._waiting.settle(settled, self._now)

    def _ask(self, decision: Decision, situation: Situation, ledger_id: int, tokens: Tokens) -> None:
        ref = decision.change.case.ref if decision.change else None
        author, until = situation.author, expires_at(self._now)
        asked = ConfirmationRow.about(ledger_id, tokens.alone, author, ref, self._now, until)
        before = self._waiting.of_mail(ledger_id)
        digest, at, wanted = None, None, None
        if decision.confirmation is ConfirmationStep.QUEUED:
            new = (digest_of(tokens.several), self._now)
            digest, at = self._waiting.list_of(author, self._now - QUIET) or new
        elif before and before.wanted_at:
            digest, at, wanted = before.list_sha256, before.listed_at, before.wanted_at
        vouched = is_vouched(situation)
        self._waiting.ask(replace(asked, vouched=vouched, list_sha256=digest, listed_at=at, wanted_at=wanted))

    def _hold(self, decision: Decision, situation: Situation, ledger_id: int, tokens: Tokens) -> None:
        ref = decision.change.case.ref if decision.change else None
        author, until = situation.author, expires_at(self._now)
        held = ConfirmationRow.about(ledger_id, tokens.answer, author, ref, self._now, until)
        self._waiting.ask(replace(held, vouched=is_vouched(situation), lapses_at=until))

    def _answer(self, about: Confirmation, reply: AuthorsWord) -> None:
        if not about.several:
            self._waiting.answer(about.ledger_id, reply, self._now)
        elif reply is AuthorsWord.CONFIRMED:
            self._waiting.want(about.several, self._now)
        elif self._returned:
            self._waiting.decline_all(self._returned[0], self._now)

    def _returning(self, token: str) -> tuple[str, Confirmation] | None:
        """Find what a mail that returns this token answers."""
        if asked := self._waiting.of_token(token):
            return token, self._confirmation(asked)
        several = self._waiting.several(token, AT_ONCE)
        if several is None:
            return None
        first = several.waiting[0] if several.waiting else 0
        until = expires_at(several.listed_at + QUIET)
        answered = not several.waiting
        return token, Confirmation(first, several.author, until, answered=answered, several=several.waiting)

    def write(self) -> bool:
        """Write it all; whether a mail is to be filed again now."""
        return self._waiting.flush()

    def _confirmation(self, asked: ConfirmationRow) -> Confirmation:
        return Confirmation(
            ledger_id=asked.ledger_id,
            author=asked.author,
            expires_at=asked.expires_at,
            case=self._book.living(asked.case_ref) if asked.case_ref else None,
            kept=asked.kept,
            answered=asked.answer not in (None, AuthorsWord.LAPSED),
            of_answer=asked.of_answer,
        )

    def found(self, ledger_id: int, found: CaseMatch | None) -> CaseMatch | None:
        """The case a mail is about: what was confirmed is done where the question said, and nowhere else."""
        asked = self._waiting.of_mail(ledger_id)
        case = self._book.living(asked.case_ref) if asked and asked.confirmed and asked.case_ref else None
        if case is None or (found and found.case.ref == case.ref):
            return found
        return CaseMatch(case, Link.TOKEN)

    def _is_replayed(self, mail: IncomingMail, author: str, found: CaseMatch | None) -> bool:
        digest = act_digest(mail, author, found.case.ref if found else None)
        return digest in self._acted or bool(acted_before(self._conn, [digest]))
