"""One mail, not five: which notice of one change each person gets, and what it says beside."""

from __future__ import annotations

from dataclasses import replace

import pytest

from maildesk.desk.case.case import Case
from maildesk.desk.case.events import Event, EventKind
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.letters.notices import doers, notices_for
from maildesk.mail.addr_spec import Addresses
from tests.unit.desk.letters.test_audiences import CROWD, FAY, GUS, PEOPLE
from tests.unit.desk.matters import AGENT, BO, LEADER, NOW


def told(
    *kinds: LetterKind, case: Case = CROWD, by: str = BO
) -> dict[str, tuple[LetterKind, list[LetterKind]]]:
    """Who gets which notice, and what it says beside."""
    notices = notices_for([LetterOrder(kind) for kind in kinds], case, PEOPLE, Addresses({by}))
    return {to.address: (notice.order.kind, list(notice.also)) for notice in notices for to in notice.to}


def test_a_change_that_owes_a_person_several_notices_gives_them_one_that_says_it_all() -> None:
    kinds = (LetterKind.REPLIED_TEAM, LetterKind.ESCALATED_LEADERSHIP, LetterKind.ESCALATED_TEAM)
    assert told(*kinds, case=replace(CROWD, owner=GUS, team="printers")) == {
        LEADER: (LetterKind.ESCALATED_LEADERSHIP, []),
        FAY: (LetterKind.ESCALATED_LEADERSHIP, []),
        GUS: (LetterKind.ESCALATED_TEAM, [LetterKind.REPLIED_TEAM]),
        AGENT: (LetterKind.ESCALATED_TEAM, [LetterKind.REPLIED_TEAM]),
    }


def test_a_leader_who_is_an_agent_too_hears_as_a_leader_and_of_the_rest_in_a_line() -> None:
    kinds = (LetterKind.OPENED_TEAM, LetterKind.ESCALATED_LEADERSHIP)
    assert told(*kinds, case=replace(CROWD, team="networks")) == {
        LEADER: (LetterKind.ESCALATED_LEADERSHIP, [LetterKind.OPENED_TEAM]),
        FAY: (LetterKind.ESCALATED_LEADERSHIP, [LetterKind.OPENED_TEAM]),
    }


def test_nobody_is_told_what_they_did_themselves() -> None:
    owned = replace(CROWD, owner=GUS)
    assert told(LetterKind.ESCALATED_LEADERSHIP, LetterKind.ESCALATED_TEAM, case=owned, by=GUS) == {
        LEADER: (LetterKind.ESCALATED_LEADERSHIP, []),
        FAY: (LetterKind.ESCALATED_LEADERSHIP, []),
    }


def test_who_split_a_case_off_gets_its_notice_or_could_not_answer_it_by_mail() -> None:
    order = LetterOrder(LetterKind.OPENED_TEAM, extra={"asked_in": "2J5R-7H8M (Printers)"})
    owned = replace(CROWD, owner=GUS)
    [notice] = notices_for([order], owned, PEOPLE, Addresses({GUS}))
    assert [to.address for to in notice.to] == [GUS]
    assert notices_for([replace(order, extra={"asked_in": ""})], owned, PEOPLE, Addresses({GUS})) == ()


def test_letters_to_customers_and_to_an_author_are_no_notices() -> None:
    assert told(LetterKind.ANSWER, LetterKind.CLOSED, LetterKind.NOTE_KEPT) == {}


@pytest.mark.parametrize(
    ("kind", "did_it"),
    [
        (EventKind.CLOSED, True),
        (EventKind.NOTED, True),
        (EventKind.UNVERIFIED_MAIL, False),
        (EventKind.BOUNCED, False),
    ],
)
def test_who_only_claims_to_be_somebody_keeps_nothing_from_that_person(kind: EventKind, did_it: bool) -> None:
    """A forger who writes as the owner must not silence the warning to the owner."""
    assert (AGENT in doers([Event(NOW, kind, AGENT.upper())])) is did_it
