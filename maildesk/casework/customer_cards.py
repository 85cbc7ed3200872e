"""The customer's card of each case that notices are about, this transaction's cases included."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from maildesk.desk.case.case import Case
from maildesk.desk.letters.customer_card import CustomerCard, EarlierCase, Satisfaction, hidden_teams
from maildesk.desk.policy.desk import Desk
from maildesk.mail.addr_spec import folded
from maildesk.store.cases import CaseBook
from maildesk.store.customer_cards import earlier_cases, last_score
from maildesk.store.database import Connection

_LOOKED_AT = 20
"""Cases, the newest, in which a score is looked for."""


def cards_of(conn: Connection, book: CaseBook, cases: Iterable[Case], desk: Desk) -> dict[str, CustomerCard]:
    """The cards by the references of the cases; of one that nobody is known to have written there is none."""
    wanted = {case.ref: case for case in cases if case.requester}
    at_hand: dict[str, list[Case]] = {}
    for case in book.cases.values() if wanted else ():
        at_hand.setdefault(folded(case.requester), []).append(case)
    return {
        ref: _card(conn, book, case, at_hand.get(folded(case.requester), ()), desk)
        for ref, case in wanted.items()
    }


def _card(conn: Connection, book: CaseBook, case: Case, at_hand: Iterable[Case], desk: Desk) -> CustomerCard:
    """`at_hand` are the cases of the same requester as this batch has made them so far."""
    hidden = hidden_teams(case, desk.people)
    found = {each.ref: each for each in earlier_cases(conn, case.requester, hidden, case.ref)}
    for other in at_hand:
        if other.ref == case.ref:
            continue
        if other.merged_into:
            found.pop(other.ref, None)
        elif other.team is None or other.team not in hidden:
            found[other.ref] = EarlierCase(other.ref, other.subject, other.opened_at, other.phase.ended)
    earlier = sorted(found.values(), key=lambda each: (each.opened_at, each.ref), reverse=True)
    refs = [case.ref, *(each.ref for each in earlier[:_LOOKED_AT])]
    known = [ref for ref in refs if not book.is_new(ref)]
    return CustomerCard(tuple(earlier), _satisfaction(conn, known, desk) if known else None)


def _satisfaction(conn: Connection, refs: Sequence[str], desk: Desk) -> Satisfaction | None:
    """The last score, while the policy still asks that question."""
    row = last_score(conn, refs)
    question = desk.policy.questions.get(str(row.data.get("question"))) if row else None
    if row is None or question is None or not question.scale:
        return None
    return Satisfaction(int(row.data["score"]), question.scale, row.at, row.case_ref)
