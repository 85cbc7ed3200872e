"""Mails before one that may be their repeat, as the book of cases knows them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from maildesk.desk.case.case import Case, Phase
from maildesk.desk.case.events import EventKind
from maildesk.desk.case.verdicts import Verdict
from maildesk.desk.letters.case_mail import CUSTOMERS_OWN
from maildesk.desk.screening.duplicates import NewMail, sameness, says_as_much
from maildesk.desk.screening.earlier_mail import EarlierMail, Voice
from maildesk.desk.screening.situation import Repeat, Sameness
from maildesk.store.cases import CaseBook

_ENDINGS: Final = (EventKind.SPAM, EventKind.CLOSED, EventKind.REOPENED)
_BY_HAND: Final = (EventKind.CHANGED, EventKind.ASSIGNED)


def before(book: CaseBook, new: NewMail, *, spared: bool) -> Repeat:
    """`spared`: what lies on a case that was called spam does not count."""
    earlier = book.earlier(new.mail.ids.message_id, new.mail.digests.raw)
    same, twin = _twin(new, earlier, called_spam(book, _cases_of(earlier)) if spared else set())
    case = book.living(twin.case_ref) if twin and twin.case_ref else None
    strangers = twin is not None and twin.verdict == Verdict.THIRD_PARTY
    if same not in (Sameness.AFTER_MACHINE, Sameness.AFTER_QUIET) or not (twin and case):
        return Repeat(same, case, strangers=strangers)
    touched = book.newest_events([case.ref], _BY_HAND, 1)
    told = twin.voice is Voice.RELAYED and says_as_much(twin, new.mail)
    return Repeat(same, case, _unheard(book, twin, case), not touched, strangers, told)


def _twin(
    new: NewMail, earlier: Sequence[EarlierMail], spam: set[str]
) -> tuple[Sameness, EarlierMail | None]:
    """Relate a mail to one before it; what came to a case as a stranger's counts where nothing else does."""
    found = same, twin = sameness(new, earlier, spam)
    if twin is None or twin.verdict != Verdict.THIRD_PARTY or same is Sameness.SEEN:
        return found
    others = sameness(new, [one for one in earlier if one.verdict != Verdict.THIRD_PARTY], spam)
    return found if others[0] in (Sameness.FRESH, Sameness.REUSED_BY_OTHER) else others


def _unheard(book: CaseBook, twin: EarlierMail, case: Case) -> bool:
    """Tell whether the copy opened the case and no customer wrote there since."""
    if twin.verdict == Verdict.OPENED:
        newest = book.newest_mail(case.ref, CUSTOMERS_OWN)
        return newest is not None and newest.ledger_id == twin.ledger_id
    return book.newest_mail(case.ref, CUSTOMERS_OWN) is None


def _cases_of(earlier: Sequence[EarlierMail]) -> list[str]:
    return [one.case_ref for one in earlier if one.case_ref]


def called_spam(book: CaseBook, refs: Iterable[str]) -> set[str]:
    """Name the cases of these that were closed as spam, and are."""
    cases = {ref: book.living(ref) for ref in refs}
    closed = {ref: case for ref, case in cases.items() if case and case.phase is Phase.CLOSED}
    if not closed:
        return set()
    last = book.newest_events([case.ref for case in closed.values()], _ENDINGS, 1)
    ended = {ref for ref, events in last.items() if events[-1].kind is EventKind.SPAM}
    return {ref for ref, case in closed.items() if case.ref in ended}
