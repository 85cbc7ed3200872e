"""The knowledge that a change is settled by, from a book of cases: asked is what something hangs on."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Protocol

from maildesk.desk.case.case import Case
from maildesk.desk.case.change import Change
from maildesk.desk.decisions.own_letters import variants_in
from maildesk.desk.decisions.routing import Load, counted, team_to_route
from maildesk.desk.decisions.settling import Known
from maildesk.desk.letters.letter_limits import LetterCounts
from maildesk.desk.policy.desk import Desk
from maildesk.mail.addr_spec import Addresses, folded


class KnowsCases(Protocol):
    """A book of cases that knows what was before a change."""

    @property
    def counts(self) -> LetterCounts:
        """The counts of what went out already, for the limits."""

    @property
    def proven(self) -> Addresses:
        """The addresses that ever returned a token of ours."""

    def case(self, ref: str) -> Case | None:
        """The case as it is so far."""

    def load_of(self, team: str, agents: Collection[str]) -> Load:
        """Tell how busy the agents of a team are."""

    def had_letter(self, name: str, address: str) -> bool:
        """Tell whether this address was sent a letter of that name, on whatever case."""

    def shows_google(self, ref: str) -> bool:
        """Tell whether a mail of the case's requester showed that they use Google Workspace."""


def known_of(change: Change, book: KnowsCases, desk: Desk) -> Known:
    """Gather what is known before a change. Ask before the book has its case as it then is."""
    case, team = change.case, team_to_route(change, desk)
    load = book.load_of(team, counted(team, desk)) if team else None
    known = Known(book.case(case.ref), book.counts, load, book.proven)
    letters = variants_in(change, desk)
    if not letters:
        return known
    to = folded(case.requester)
    had = [name for name, each in letters.items() if each.once and to and book.had_letter(name, to)]
    google = any(each.google for each in letters.values()) and book.shows_google(case.ref)
    return replace(known, had=frozenset(had), google=google)
