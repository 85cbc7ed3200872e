"""Who cannot be reached, as the history of a case tells it."""

from __future__ import annotations

from typing import Any

import pytest

from maildesk.desk.case.case import Case, PartyRole
from maildesk.desk.case.events import Plain
from maildesk.desk.case.reachability import RecipientFate, unreachable
from maildesk.desk.decisions.undelivered import bounced_event, fate_of, notices_of, unreached
from maildesk.desk.screening.situation import CaseMatch, Link, Situation
from maildesk.mail.message import Bounce
from tests.unit.desk.matters import AGENT, BO, CASE, CY, DESK, EVE, mail, situation

BO_UPPER = "Bo@client.example"

Told = tuple[str, str, dict[str, Plain]]


def bounced(fate: str, *parties: str) -> Told:
    return "bounced", "mailer-daemon@mx.example", {"fate": fate, "parties": ", ".join(parties)}


REPLIED: Told = ("replied", "bo@client.example", {})


@pytest.mark.parametrize(
    ("history", "lost"),
    [
        pytest.param([bounced("unreachable", BO_UPPER, CY)], {"bo@client.example", CY}, id="both"),
        pytest.param(
            [bounced("failed", BO_UPPER), bounced("delayed", BO_UPPER), bounced("complaint", BO_UPPER)],
            set(),
            id="may-pass",
        ),
        pytest.param([bounced("unreachable", BO_UPPER, CY), REPLIED], {CY}, id="one-writes-again"),
        pytest.param([REPLIED, bounced("unreachable", BO_UPPER)], {"bo@client.example"}, id="wrote-before"),
        pytest.param([("bounced", "x@y.example", {})], set(), id="nothing-read"),
        pytest.param([bounced("unreachable")], set(), id="no-party"),
    ],
)
def test_a_party_is_unreachable_until_it_writes_again(history: list[Told], lost: set[str]) -> None:
    assert set(unreachable(history)) == lost


@pytest.mark.parametrize(
    ("bounce", "fate"),
    [
        pytest.param(
            Bounce(None, (BO,), True, "5.1.1", failed=(BO,), delayed=(CY,)),
            RecipientFate.UNREACHABLE,
            id="worst",
        ),
        pytest.param(Bounce(None, (BO,), False, "4.4.7", failed=(BO,)), RecipientFate.FAILED, id="given-up"),
        pytest.param(Bounce(None, (BO,), False, "4.4.1", delayed=(BO,)), RecipientFate.DELAYED, id="waits"),
        pytest.param(Bounce(None, (BO,), False, "", complaint=True), RecipientFate.COMPLAINT, id="complains"),
    ],
)
def test_the_fate_is_the_worst_that_is_said(bounce: Bounce, fate: RecipientFate) -> None:
    assert fate_of(bounce) is fate


# --- whose letter it was ----------------------------------------------------------------------------

CY_CC = CASE.joined(CY, "Cy", PartyRole.CC).joined(AGENT, "Ana Agent", PartyRole.AGENT)
ALONE = CASE.joined(AGENT, "Ana Agent", PartyRole.AGENT)
ABOUT_BO = Bounce("1@acme.example", (BO,), True, "5.1.1", failed=(BO,))


def reported(held: Case, party: int | None = None, *, to: tuple[str, ...] = (), **more: Any) -> Situation:
    """A report that names Bo: `party` by a token, or by the id of a letter that went `to` these."""
    found = CaseMatch(held, Link.TOKEN, party)
    return situation(
        mail("mailer-daemon@mx.example", bounce=ABOUT_BO), found=found, letter_to=frozenset(to), **more
    )


@pytest.mark.parametrize(
    ("one", "parties"),
    [
        pytest.param(reported(CY_CC, 1), (BO,), id="his own token"),
        pytest.param(reported(CY_CC, 2), (CY,), id="another's token"),
        pytest.param(reported(CY_CC, 1, address_shown=True), (), id="a reply address that others saw"),
        pytest.param(reported(CY_CC, 9), (), id="a token of nobody"),
        pytest.param(reported(CY_CC, to=(BO, CY)), (), id="a letter to two"),
        pytest.param(reported(CY_CC, to=(BO,)), (), id="a letter to him, and another takes part"),
        pytest.param(reported(CY_CC.without(CY), to=(BO,)), (), id="and another took part"),
        pytest.param(reported(ALONE, to=(BO,)), (BO,), id="a letter to him alone, who is alone"),
        pytest.param(reported(ALONE), (), id="no letter of ours"),
        pytest.param(reported(ALONE, to=(EVE,)), (), id="a letter to somebody else"),
    ],
)
def test_a_report_counts_for_whom_it_proves_it_and_for_nobody_else(
    one: Situation, parties: tuple[str, ...]
) -> None:
    assert tuple(each.address for each in unreached(one)) == parties
    data = bounced_event(one).data
    assert data.get("parties", "") == ", ".join(parties)
    assert data.get("unproven", False) is not bool(parties)
    (order,) = notices_of(one, DESK)
    assert bool(order.extra["unproven"]) is not bool(parties)
    assert order.extra["recipients"] == (parties[0] if parties else BO)
