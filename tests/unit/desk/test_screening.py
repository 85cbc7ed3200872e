"""Who may join a case and who may act: the design's table, cell by cell."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import pytest

from maildesk.desk.case import Case, PartyRole, Phase
from maildesk.desk.screening import TABLE, Outcome, Screened, Signal, screen
from maildesk.desk.situation import Found, Link, Same, Who
from maildesk.mail.message import Automatic, AutomaticKind, Bounce, Standing
from tests.unit.desk.matters import AGENT, BO, CASE, CY, DESK_ADDRESS, EVE, LEADER, PEOPLE, mail, situation

VOUCHED, UNKNOWN, FAILED = Standing.VOUCHED, Standing.UNKNOWN, Standing.FAILED
GMAIL = "bo@gmail.com"


def screened(author: str, link: Link | None, standing: Standing, **more: Any) -> Screened:
    """The outcome for a mail by `author` that points at Bo's case by `link`."""
    held: Case = more.pop("case", CASE)
    party = more.pop("party", None)
    found = Found(held, link, party) if link else None
    return screen(situation(mail(author, standing), found=found, **more), PEOPLE)


# One line per cell: the author, the signal, then what is done when vouched, unknown, failed.
ROWS: dict[str, tuple[str, Link | None, Outcome, Outcome, Outcome]] = {
    "nobody known, no signal": (
        EVE, None, Outcome.OPEN, Outcome.OPEN_FIXED_WORDS, Outcome.OPEN_FLAGGED,
    ),
    "party by token": (BO, Link.TOKEN, Outcome.JOIN, Outcome.JOIN, Outcome.ATTACH_UNVERIFIED),
    "party by thread": (BO, Link.THREAD, Outcome.JOIN, Outcome.JOIN, Outcome.ATTACH_UNVERIFIED),
    "party by tag": (BO, Link.TAG, Outcome.JOIN, Outcome.JOIN, Outcome.ATTACH_UNVERIFIED),
    "party in capitals": (BO.upper(), Link.TAG, Outcome.JOIN, Outcome.JOIN, Outcome.ATTACH_UNVERIFIED),
    "stranger by token": (
        EVE, Link.TOKEN, Outcome.ATTACH_THIRD_PARTY, Outcome.ATTACH_THIRD_PARTY, Outcome.OPEN_MENTIONING,
    ),
    "stranger by thread": (
        EVE, Link.THREAD, Outcome.ATTACH_THIRD_PARTY, Outcome.ATTACH_THIRD_PARTY, Outcome.OPEN_MENTIONING,
    ),
    "stranger by tag": (
        EVE, Link.TAG, Outcome.OPEN_MENTIONING, Outcome.OPEN_MENTIONING, Outcome.OPEN_MENTIONING,
    ),
    "colleague by token": (
        CY, Link.TOKEN, Outcome.JOIN_AS_PARTY, Outcome.JOIN_AS_PARTY, Outcome.OPEN_MENTIONING,
    ),
    "colleague by thread": (
        CY, Link.THREAD, Outcome.ATTACH_THIRD_PARTY, Outcome.ATTACH_THIRD_PARTY, Outcome.OPEN_MENTIONING,
    ),
    "colleague by tag": (
        CY, Link.TAG, Outcome.OPEN_MENTIONING, Outcome.OPEN_MENTIONING, Outcome.OPEN_MENTIONING,
    ),
    "agent, no signal": (AGENT, None, Outcome.KEEP_NOTE, Outcome.KEEP_NOTE, Outcome.REFUSE),
    "agent by thread": (AGENT, Link.THREAD, Outcome.KEEP_NOTE, Outcome.KEEP_NOTE, Outcome.REFUSE),
    "agent by tag": (AGENT, Link.TAG, Outcome.KEEP_NOTE, Outcome.KEEP_NOTE, Outcome.REFUSE),
    "agent by a token that is not theirs": (
        AGENT, Link.TOKEN, Outcome.KEEP_NOTE, Outcome.KEEP_NOTE, Outcome.REFUSE,
    ),
    "leader, no signal": (LEADER, None, Outcome.KEEP_NOTE, Outcome.KEEP_NOTE, Outcome.REFUSE),
}  # fmt: skip
CELLS = [
    pytest.param(author, link, standing, outcome, id=f"{name}, {standing}")
    for name, (author, link, *outcomes) in ROWS.items()
    for standing, outcome in zip((VOUCHED, UNKNOWN, FAILED), outcomes, strict=True)
]


@pytest.mark.parametrize(("author", "link", "standing", "outcome"), CELLS)
def test_each_cell_of_the_table(author: str, link: Link | None, standing: Standing, outcome: Outcome) -> None:
    assert screened(author, link, standing).outcome is outcome


AGENTS_CASE = CASE.joined(AGENT, "Ana Agent", PartyRole.AGENT)
(AGENTS_NUMBER,) = [party.number for party in AGENTS_CASE.parties if party.role is PartyRole.AGENT]


@pytest.mark.parametrize(
    ("standing", "host_named", "outcome"),
    [
        (VOUCHED, True, Outcome.ACT),
        (VOUCHED, False, Outcome.ACT),
        (UNKNOWN, False, Outcome.ACT),
        (UNKNOWN, True, Outcome.ASK_CONFIRMATION),
        (FAILED, True, Outcome.REFUSE),
        (FAILED, False, Outcome.REFUSE),
    ],
)
@pytest.mark.parametrize("party", [None, AGENTS_NUMBER], ids=["by Message-ID", "by reply address"])
def test_an_agent_with_their_own_token_acts_as_far_as_the_sender_is_known(
    standing: Standing, host_named: bool, outcome: Outcome, party: int | None
) -> None:
    found = screened(AGENT, Link.TOKEN, standing, case=AGENTS_CASE, party=party, host_named=host_named)
    assert found.outcome is outcome


def test_an_agent_with_the_customers_token_does_not_act() -> None:
    number = 1
    assert CASE.numbered(number) == CASE.party(BO)
    found = screened(AGENT, Link.TOKEN, VOUCHED, case=AGENTS_CASE, party=number)
    assert found.outcome is Outcome.KEEP_NOTE


def test_a_proven_address_hears_the_full_acknowledgement() -> None:
    assert screened(EVE, None, UNKNOWN, proven=frozenset({EVE})).outcome is Outcome.OPEN
    assert screened(EVE.upper(), None, UNKNOWN, proven=frozenset({EVE})).outcome is Outcome.OPEN
    assert screened(EVE, None, FAILED, proven=frozenset({EVE})).outcome is Outcome.OPEN_FLAGGED


def test_two_addresses_of_a_shared_domain_are_no_colleagues() -> None:
    held = CASE.joined(GMAIL, "", PartyRole.CC)
    assert screened("eve@gmail.com", Link.TOKEN, VOUCHED, case=held).outcome is Outcome.ATTACH_THIRD_PARTY


def test_a_mail_whose_from_is_no_strict_address_is_a_failed_stranger() -> None:
    for link, outcome in ((None, Outcome.OPEN_FLAGGED), (Link.TOKEN, Outcome.OPEN_MENTIONING)):
        assert screened("", link, FAILED).outcome is outcome


def test_the_table_has_a_cell_for_everything_that_can_occur_and_no_other() -> None:
    """Every author, link, party and standing there is; a mail without a cell would raise."""
    held = AGENTS_CASE.joined("lead@client.example", "", PartyRole.CC)
    authors = ("", BO, CY, EVE, GMAIL, AGENT, LEADER, DESK_ADDRESS)
    met = set()
    for author, link, standing in itertools.product(authors, [None, *Link], Standing):
        if not author and standing is not FAILED:
            continue  # the grammar was not met: that is FAILED
        for number in [None, *(party.number for party in held.parties)] if link is Link.TOKEN else [None]:
            found = screened(author, link, standing, case=held, party=number)
            met.add(found.who)
    assert met == set(Who)
    possible = {
        Who.STRANGER: {Signal.NONE, Signal.TAG, Signal.LINKED},
        Who.PARTY: {Signal.TAG, Signal.LINKED},
        Who.COLLEAGUE: {Signal.LINKED},
        Who.DESK: set(Signal),
    }
    assert set(TABLE) == {
        (who, signal, standing)
        for who, signals in possible.items()
        for signal in signals
        for standing in Standing
    }


# --- what does not depend on who wrote --------------------------------------------------------------

BOUNCED = {"bounce": Bounce("1@acme.example", (BO,), True, "5.1.1"), "automatic": None}
AUTOMATIC = {"automatic": Automatic(AutomaticKind.AUTO_REPLY, "Auto-Submitted: auto-replied")}
A_BOUNCE_BY_LOOKS = {"automatic": Automatic(AutomaticKind.BOUNCE, "From: mailer-daemon")}


@pytest.mark.parametrize(
    ("same", "earlier", "outcome"),
    [
        (Same.SEEN, None, Outcome.SEEN),
        (Same.SEEN, CASE, Outcome.SEEN),
        (Same.DUPLICATE, CASE, Outcome.DUPLICATE),
        (Same.REUSED_BY_AUTHOR, CASE, Outcome.FLAG_REUSED_ID),
        (Same.REUSED_BY_AUTHOR, None, Outcome.OPEN_FIXED_WORDS),
        (Same.REUSED_BY_OTHER, CASE, Outcome.OPEN_REUSED_ID),
        (Same.FRESH, None, Outcome.OPEN_FIXED_WORDS),
    ],
)
def test_repeats_are_settled_first(same: Same, earlier: Case | None, outcome: Outcome) -> None:
    assert screen(situation(same=same, earlier=earlier), PEOPLE).outcome is outcome


@pytest.mark.parametrize("closed", [False, True], ids=["open", "closed"])
@pytest.mark.parametrize(
    ("kind", "author", "link", "outcome"),
    [
        (AUTOMATIC, BO, None, Outcome.OPEN_AUTOMATIC),
        (AUTOMATIC, BO, Link.TOKEN, Outcome.ATTACH_AUTOMATIC),
        (AUTOMATIC, EVE, Link.THREAD, Outcome.ATTACH_AUTOMATIC),
        (AUTOMATIC, BO, Link.TAG, Outcome.ATTACH_AUTOMATIC),
        (AUTOMATIC, EVE, Link.TAG, Outcome.OPEN_AUTOMATIC),
        (AUTOMATIC, AGENT, Link.TOKEN, Outcome.ATTACH_AUTOMATIC),
        (BOUNCED, EVE, Link.TOKEN, Outcome.ATTACH_BOUNCE),
        (BOUNCED, EVE, Link.TAG, Outcome.OPEN_BOUNCE),
        (BOUNCED, EVE, None, Outcome.OPEN_BOUNCE),
        (A_BOUNCE_BY_LOOKS, EVE, Link.TOKEN, Outcome.ATTACH_BOUNCE),
        (A_BOUNCE_BY_LOOKS, EVE, None, Outcome.OPEN_BOUNCE),
    ],
)
@pytest.mark.parametrize("standing", list(Standing))
def test_a_machines_mail_never_acts_whoever_it_names(
    kind: dict[str, Any], author: str, link: Link | None, outcome: Outcome, standing: Standing, closed: bool
) -> None:
    held = replace(CASE, phase=Phase.CLOSED) if closed else CASE
    found = Found(held, link) if link else None
    assert screen(situation(mail(author, standing, **kind), found=found), PEOPLE).outcome is outcome


def test_our_own_letter_that_comes_back_is_kept_on_its_case_and_joins_nothing() -> None:
    for own in (DESK_ADDRESS, "support+7k2q9f3m.a1xyz@acme.example"):
        assert screened(own, Link.TOKEN, VOUCHED).outcome is Outcome.ATTACH_AUTOMATIC
