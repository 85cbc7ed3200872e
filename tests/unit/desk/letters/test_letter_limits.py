"""How many automatic letters go out: each limit, and what lies on either side of it."""

from __future__ import annotations

from collections import Counter

import pytest

from maildesk.desk.case.letter_order import LetterKind
from maildesk.desk.letters.letter_kinds import FORMS
from maildesk.desk.letters.letter_limits import FREE, Admission, LetterCounts, LetterLimits, admit
from tests.unit.desk.matters import AGENT, BO, CASE

LIMITS = LetterLimits(per_address_day=10, per_case_hour=3, per_hour=2000, per_domain_hour=100)
FULL, FIXED = LetterKind.ACKNOWLEDGEMENT, LetterKind.ACKNOWLEDGEMENT_FIXED


def admitted(
    counts: LetterCounts, kind: LetterKind = FULL, to: str = BO, *, proven: bool = False
) -> Admission:
    return admit(kind, to, CASE.ref, proven=proven, counts=counts, limits=LIMITS)


@pytest.mark.parametrize(
    ("below", "reached", "name"),
    [
        (LetterCounts(address=Counter({BO: 9})), LetterCounts(address=Counter({BO: 10})), "address_day"),
        (LetterCounts(case=Counter({CASE.ref: 2})), LetterCounts(case=Counter({CASE.ref: 3})), "case_hour"),
        (
            LetterCounts(domain=Counter({"client.example": 99})),
            LetterCounts(domain=Counter({"client.example": 100})),
            "domain_hour",
        ),
        (LetterCounts(overall=1999), LetterCounts(overall=2000), "hour"),
    ],
    ids=["address", "case", "domain", "overall"],
)
def test_a_letter_past_a_limit_is_held_and_says_which(
    below: LetterCounts, reached: LetterCounts, name: str
) -> None:
    assert admitted(below) is FREE
    assert admitted(reached) == Admission(False, held=True, why=f"limits.acks_per_{name} is reached")


def test_what_a_customer_asked_for_is_held_for_no_other_letter_of_its_case_and_has_an_end() -> None:
    often = LetterCounts(case=Counter({CASE.ref: 9}))

    def asked(counts: LetterCounts, limits: LetterLimits = LIMITS) -> Admission:
        kind = LetterKind.ESCALATION_ASKED
        return admit(kind, BO, CASE.ref, proven=True, counts=counts, limits=limits, asked_for=True)

    assert FORMS[LetterKind.ESCALATION_ASKED].asked_for
    assert FORMS[LetterKind.ESCALATED].asked_for
    assert asked(often) is FREE
    assert asked(LetterCounts(address=Counter({BO: 10}))).held
    assert asked(LetterCounts(), LetterLimits(per_case_hour=0)).held  # none goes out at all


def test_an_unproven_address_hears_fixed_words_once_a_day_and_the_rest_is_not_even_held() -> None:
    counts = LetterCounts()
    assert admitted(counts, FIXED) is FREE
    counts.add(BO.upper(), CASE.ref)
    second = admitted(counts, FIXED)
    assert (second.allowed, second.held) == (False, False)


def test_a_domains_limit_spares_proven_addresses_and_shared_domains() -> None:
    counts = LetterCounts(domain=Counter({"client.example": 500, "gmail.com": 500}))
    assert admitted(counts, proven=True) is FREE
    assert admitted(counts, to="somebody@gmail.com") is FREE


@pytest.mark.parametrize("kind", sorted(kind for kind, form in FORMS.items() if form.to_author))
def test_what_is_written_about_forged_mails_takes_no_room_from_an_agents_own(kind: LetterKind) -> None:
    limits = LetterLimits(notices_per_agent_hour=2)
    counts = LetterCounts()
    for _ in range(2):
        counts.add(AGENT, CASE.ref, sure=False)
    theirs, own = (
        admit(kind, AGENT, CASE.ref, proven=True, counts=counts, limits=limits, sure=sure)
        for sure in (False, True)
    )
    assert theirs.held
    assert own is FREE
    assert (counts.address[AGENT], counts.overall) == (0, 0)


def test_a_limit_of_zero_lets_none_out() -> None:
    none = LetterLimits(per_address_day=0)
    admission = admit(FULL, BO, CASE.ref, proven=True, counts=LetterCounts(), limits=none)
    assert admission.held


def test_a_letter_counts_for_its_address_case_domain_and_all() -> None:
    counts = LetterCounts()
    counts.add("Bo@Client.Example", CASE.ref)
    assert counts.address[BO] == counts.case[CASE.ref] == counts.domain["client.example"] == 1
    assert counts.overall == 1
