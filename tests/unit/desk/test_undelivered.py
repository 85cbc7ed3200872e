"""Who cannot be reached, as the history of a case tells it."""

from __future__ import annotations

import pytest

from maildesk.desk.events import Plain
from maildesk.desk.undelivered import Fate, fate_of, unreachable
from maildesk.mail.message import Bounce

BO, CY = "Bo@client.example", "cy@client.example"

Told = tuple[str, str, dict[str, Plain]]


def bounced(fate: str, *parties: str) -> Told:
    return "bounced", "mailer-daemon@mx.example", {"fate": fate, "parties": ", ".join(parties)}


REPLIED: Told = ("replied", "bo@client.example", {})


@pytest.mark.parametrize(
    ("history", "lost"),
    [
        pytest.param([bounced("unreachable", BO, CY)], {"bo@client.example", CY}, id="both"),
        pytest.param(
            [bounced("failed", BO), bounced("delayed", BO), bounced("complaint", BO)], set(), id="may-pass"
        ),
        pytest.param([bounced("unreachable", BO, CY), REPLIED], {CY}, id="one-writes-again"),
        pytest.param([REPLIED, bounced("unreachable", BO)], {"bo@client.example"}, id="wrote-before"),
        pytest.param([("bounced", "x@y.example", {})], set(), id="nothing-read"),
        pytest.param([bounced("unreachable")], set(), id="no-party"),
    ],
)
def test_a_party_is_unreachable_until_it_writes_again(history: list[Told], lost: set[str]) -> None:
    assert unreachable(history) == lost


@pytest.mark.parametrize(
    ("bounce", "fate"),
    [
        pytest.param(
            Bounce(None, (BO,), True, "5.1.1", failed=(BO,), delayed=(CY,)), Fate.UNREACHABLE, id="worst"
        ),
        pytest.param(Bounce(None, (BO,), False, "4.4.7", failed=(BO,)), Fate.FAILED, id="given-up"),
        pytest.param(Bounce(None, (BO,), False, "4.4.1", delayed=(BO,)), Fate.DELAYED, id="waits"),
        pytest.param(Bounce(None, (BO,), False, "", complaint=True), Fate.COMPLAINT, id="complains"),
    ],
)
def test_the_fate_is_the_worst_that_is_said(bounce: Bounce, fate: Fate) -> None:
    assert fate_of(bounce) is fate
