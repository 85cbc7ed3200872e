"""What came before a mail that it may be the repeat of, as the book of cases knows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from maildesk.desk.case.case import Case, Phase
from maildesk.desk.case.events import EventKind
from maildesk.desk.case.verdicts import Verdict
from maildesk.desk.letters.case_mail import CUSTOMERS_OWN
from maildesk.desk.screening.duplicates import Arrived, Filed, sameness
from maildesk.desk.screening.situation import Found, Link, Same
from maildesk.mail.addr_spec import folded
from maildesk.mail.message import IncomingMail
from maildesk.store.cases import CaseBook

_ENDINGS: Final = (EventKind.SPAM, EventKind.CLOSED, EventKind.REOPENED)
_BY_HAND: Final = (EventKind.CHANGED, EventKind.ASSIGNED)
_LAID_THERE: Final = (Same.DUPLICATE, Same.COPY, Same.AFTER_QUIET, Same.REUSED_BY_AUTHOR)
"""What a mail is to one before it that takes it to the case of that one."""


@dataclass(frozen=True, slots=True)
class Before:
    """What a mail is to those filed before it, and the case of the one that it may repeat (see Situation)."""

    same: Same
    case: Case | None = None
    unheard: bool = False
    untouched: bool = False
    strangers: bool = False
    """Whether it came to a case where its author is a stranger: whoever has a token could send it there."""

    def beside(self, found: Found | None) -> Before:
        """The same, knowing where the new mail itself points: a copy elsewhere does not take it along."""
        there = found is not None and self.case is not None and found.case.ref == self.case.ref
        led = self.strangers and self.same in _LAID_THERE and not there
        return Before(Same.AFTER_STRANGER, self.case) if led else self

    def found(self, mail: IncomingMail) -> Found | None:
        """A mail whose list's copy is one of many on a case belongs there too, if its author takes part.

        Whoever else takes part may have sent the copy there: who was only copied joins by none (`finding`).
        """
        if self.same is not Same.AFTER_MACHINE or self.unheard or self.case is None:
            return None
        author = mail.author.addr_spec
        addressed = {folded(each.address) for each in mail.addressing.to_and_cc}
        sure = self.case.party(author) is not None and self.case.speaks(author, addressed)
        return Found(self.case, Link.THREAD) if sure else None


def before(book: CaseBook, new: Arrived, *, spared: bool) -> Before:
    """`spared`: what lies on a case that was called spam does not count."""
    earlier = book.earlier(new.mail.ids.message_id, new.mail.digests.raw)
    same, twin = _twin(new, earlier, _called_spam(book, earlier) if spared else set())
    case = book.living(twin.case_ref) if twin and twin.case_ref else None
    strangers = twin is not None and twin.verdict == Verdict.THIRD_PARTY
    if same not in (Same.AFTER_MACHINE, Same.AFTER_QUIET) or not (twin and case):
        return Before(same, case, strangers=strangers)
    touched = book.newest_events([case.ref], _BY_HAND, 1)
    return Before(same, case, _unheard(book, twin, case), not touched, strangers)


def _twin(new: Arrived, earlier: Sequence[Filed], spam: set[str]) -> tuple[Same, Filed | None]:
    """What a mail is to one before it; what came to a case as a stranger's counts where nothing else does."""
    found = same, twin = sameness(new, earlier, spam)
    if twin is None or twin.verdict != Verdict.THIRD_PARTY or same is Same.SEEN:
        return found
    others = sameness(new, [one for one in earlier if one.verdict != Verdict.THIRD_PARTY], spam)
    return found if others[0] in (Same.FRESH, Same.REUSED_BY_OTHER) else others


def _unheard(book: CaseBook, twin: Filed, case: Case) -> bool:
    """Whether the copy opened the case and no customer wrote there since."""
    if twin.verdict == Verdict.OPENED:
        newest = book.newest_mail(case.ref, CUSTOMERS_OWN)
        return newest is not None and newest.ledger_id == twin.ledger_id
    return book.newest_mail(case.ref, CUSTOMERS_OWN) is None


def _called_spam(book: CaseBook, earlier: Sequence[Filed]) -> set[str]:
    """The cases of these mails that were closed as spam, and are."""
    cases = {one.case_ref: book.living(one.case_ref) for one in earlier if one.case_ref}
    closed = {ref: case for ref, case in cases.items() if case and case.phase is Phase.CLOSED}
    if not closed:
        return set()
    last = book.newest_events([case.ref for case in closed.values()], _ENDINGS, 1)
    ended = {ref for ref, events in last.items() if events[-1].kind is EventKind.SPAM}
    return {ref for ref, case in closed.items() if case.ref in ended}
