"""What the desk does about a mail: verdict, events and letters for each way a mail can turn out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from maildesk.desk.case import Escalation, PartyRole, Phase
from maildesk.desk.decision import Decision, decide
from maildesk.desk.events import EventKind
from maildesk.desk.notices import LetterKind
from maildesk.desk.situation import Found, Link, Same
from maildesk.desk.verdicts import Verdict
from maildesk.mail.message import Address, Automatic, AutomaticKind, Bounce, Standing
from tests.unit.desk.matters import (
    AGENT,
    BO,
    CASE,
    CY,
    DESK,
    DESK_ADDRESS,
    EVE,
    LEADER,
    NOW,
    case,
    mail,
    situation,
)

VOUCHED, UNKNOWN, FAILED = Standing.VOUCHED, Standing.UNKNOWN, Standing.FAILED
K, L = EventKind, LetterKind

TOKEN, TAG = Found(CASE, Link.TOKEN), Found(CASE, Link.TAG)
CLOSED = case(phase=Phase.CLOSED, owner=AGENT, priority="urgent")
ESCALATED = case(escalation=Escalation(1, NOW, BO))
MACHINE: dict[str, Any] = {"automatic": Automatic(AutomaticKind.AUTO_REPLY, "Auto-Submitted: auto-replied")}


def decided(the_mail: Any = None, **more: Any) -> Decision:
    return decide(situation(the_mail, **more), DESK)


def kinds(decision: Decision) -> tuple[list[EventKind], list[LetterKind]]:
    assert decision.change
    return [e.kind for e in decision.change.events], [o.kind for o in decision.change.letters]


WAYS: dict[str, tuple[dict[str, Any], Verdict, list[EventKind], list[LetterKind]]] = {
    "a vouched stranger": (
        {"the_mail": mail(EVE, VOUCHED)},
        Verdict.OPENED, [K.OPENED], [L.ACKNOWLEDGEMENT, L.OPENED_TEAM],
    ),
    "an unknown stranger": (
        {"the_mail": mail(EVE)},
        Verdict.OPENED, [K.OPENED], [L.ACKNOWLEDGEMENT_FIXED, L.OPENED_TEAM],
    ),
    "a proven stranger": (
        {"the_mail": mail(EVE), "proven": frozenset({EVE})},
        Verdict.OPENED, [K.OPENED], [L.ACKNOWLEDGEMENT, L.OPENED_TEAM],
    ),
    "a stranger who failed": (
        {"the_mail": mail(EVE, FAILED)},
        Verdict.OPENED, [K.OPENED, K.LETTER_WITHHELD], [L.OPENED_TEAM],
    ),
    "a stranger whose mail is old": (
        {"the_mail": mail(EVE), "now": NOW + timedelta(days=4)},
        Verdict.OPENED, [K.OPENED, K.LETTER_WITHHELD], [L.OPENED_TEAM],
    ),
    "a stranger who wants no machine's answer": (
        {"the_mail": mail(EVE, reply_allowed=False)},
        Verdict.OPENED, [K.OPENED, K.LETTER_WITHHELD], [L.OPENED_TEAM],
    ),
    "a stranger who escalates at once": (
        {"the_mail": mail(EVE, new_text="Escalate this.")},
        Verdict.OPENED, [K.OPENED, K.ESCALATED],
        [L.ACKNOWLEDGEMENT_FIXED, L.OPENED_TEAM, L.ESCALATED_LEADERSHIP],
    ),
    "a stranger who names a case": (
        {"the_mail": mail(EVE), "found": TAG},
        Verdict.OPENED, [K.OPENED, K.MENTIONED], [L.ACKNOWLEDGEMENT_FIXED, L.OPENED_TEAM],
    ),
    "a stranger with a token": (
        {"the_mail": mail(EVE), "found": TOKEN},
        Verdict.THIRD_PARTY, [K.THIRD_PARTY_WROTE], [L.SUSPICIOUS],
    ),
    "a colleague with a token": (
        {"the_mail": mail(CY), "found": TOKEN},
        Verdict.APPENDED, [K.PARTY_JOINED, K.REPLIED], [L.REPLIED_TEAM],
    ),
    "the customer": (
        {"the_mail": mail(BO), "found": TOKEN}, Verdict.APPENDED, [K.REPLIED], [L.REPLIED_TEAM],
    ),
    "the customer, who brings somebody along": (
        {"the_mail": mail(BO, cc=(Address(CY), Address(AGENT), Address(DESK_ADDRESS))), "found": TOKEN},
        Verdict.APPENDED, [K.PARTY_JOINED, K.REPLIED], [L.REPLIED_TEAM],
    ),
    "the customer, after the end": (
        {"the_mail": mail(BO), "found": Found(CLOSED, Link.TOKEN)},
        Verdict.REOPENED, [K.REOPENED], [L.REOPENED_TEAM, L.REOPENED],
    ),
    "the customer, after the end, by tag from an address that proved nothing": (
        {"the_mail": mail(BO), "found": Found(CLOSED, Link.TAG)},
        Verdict.REOPENED, [K.REOPENED, K.LETTER_WITHHELD], [L.REOPENED_TEAM],
    ),
    "the customer, after the end, by tag and vouched for": (
        {"the_mail": mail(BO, VOUCHED), "found": Found(CLOSED, Link.TAG)},
        Verdict.REOPENED, [K.REOPENED], [L.REOPENED_TEAM, L.REOPENED],
    ),
    "the customer, who escalates": (
        {"the_mail": mail(BO, new_text="Escalate!"), "found": TOKEN},
        Verdict.APPENDED, [K.REPLIED, K.ESCALATED], [L.REPLIED_TEAM, L.ESCALATED_LEADERSHIP, L.ESCALATED],
    ),
    "the customer, who escalates again": (
        {"the_mail": mail(BO, new_text="Escalate!"), "found": Found(ESCALATED, Link.TOKEN)},
        Verdict.APPENDED, [K.REPLIED, K.ESCALATION_REPEATED], [L.REPLIED_TEAM],
    ),
    "the customer, in whose name somebody else writes": (
        {"the_mail": mail(BO, FAILED, new_text="Escalate!"), "found": Found(CLOSED, Link.TOKEN)},
        Verdict.UNVERIFIED, [K.UNVERIFIED_MAIL], [L.SUSPICIOUS],
    ),
    "a machine about no case": (
        {"the_mail": mail(BO, **MACHINE)}, Verdict.AUTOMATIC, [K.OPENED, K.AUTOMATIC_MAIL], [],
    ),
    "a machine about a case": (
        {"the_mail": mail(BO, new_text="Escalate!", **MACHINE), "found": Found(CLOSED, Link.TOKEN)},
        Verdict.AUTOMATIC, [K.AUTOMATIC_MAIL], [],
    ),
    "a bounce of a letter to the customer": (
        {"the_mail": mail("", bounce=Bounce(None, (BO,), True, "5.1.1")), "found": TOKEN},
        Verdict.BOUNCE, [K.BOUNCED], [L.UNDELIVERED],
    ),
    "a bounce that may pass": (
        {"the_mail": mail("", bounce=Bounce(None, (BO,), False, "4.2.2")), "found": TOKEN},
        Verdict.BOUNCE, [K.BOUNCED], [],
    ),
    "a bounce of a notice to an agent": (
        {"the_mail": mail("", bounce=Bounce(None, (AGENT,), True, "5.1.1")), "found": TOKEN},
        Verdict.BOUNCE, [K.BOUNCED], [],
    ),
    "a bounce of something else": (
        {"the_mail": mail("", bounce=Bounce(None, (EVE,), True, "5.1.1"))},
        Verdict.BOUNCE, [K.OPENED, K.BOUNCED], [],
    ),
    "the same mail again": (
        {"same": Same.DUPLICATE, "earlier": CASE}, Verdict.DUPLICATE, [K.DUPLICATE_ARRIVED], [],
    ),
    "another mail of the same name": (
        {"same": Same.REUSED_BY_AUTHOR, "earlier": CASE}, Verdict.APPENDED, [K.MESSAGE_ID_REUSED], [],
    ),
    "another mail of the same name by somebody else": (
        {"the_mail": mail(EVE), "same": Same.REUSED_BY_OTHER, "earlier": CASE},
        Verdict.OPENED, [K.OPENED, K.MESSAGE_ID_REUSED], [L.ACKNOWLEDGEMENT_FIXED, L.OPENED_TEAM],
    ),
    "an agent": (
        {"the_mail": mail(AGENT, new_text="Escalate!"), "found": Found(CLOSED, Link.TOKEN)},
        Verdict.NOTE, [K.NOTED], [L.NOTE_KEPT],
    ),
    "a leader": ({"the_mail": mail(LEADER), "found": TAG}, Verdict.NOTE, [K.NOTED], [L.NOTE_KEPT]),
    "somebody in an agent's name": (
        {"the_mail": mail(AGENT, FAILED), "found": TOKEN},
        Verdict.UNVERIFIED, [K.UNVERIFIED_MAIL], [L.NOTE_KEPT],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("way", "verdict", "events", "letters"), WAYS.values(), ids=WAYS.keys())
def test_what_follows_from_a_mail(
    way: dict[str, Any], verdict: Verdict, events: list[EventKind], letters: list[LetterKind]
) -> None:
    decision = decided(**way)
    assert decision.verdict is verdict
    assert kinds(decision) == (events, letters)
    assert decision.reason
    assert decision.note


def test_the_same_delivery_seen_again_touches_nothing() -> None:
    decision = decided(same=Same.SEEN, earlier=CASE)
    assert (decision.verdict, decision.change) == (Verdict.SEEN, None)


def test_a_desk_persons_mail_about_no_case_is_put_aside() -> None:
    for author in (AGENT, LEADER):
        decision = decided(mail(author))
        assert (decision.verdict, decision.change) == (Verdict.QUARANTINED, None)


@pytest.mark.parametrize(
    "way",
    [
        {"found": TOKEN},
        {"same": Same.DUPLICATE, "earlier": CASE},
        {"same": Same.REUSED_BY_AUTHOR, "earlier": CASE},
    ],
    ids=["a note", "a note again", "two notes of one name"],
)
def test_what_an_agent_sends_is_never_for_customers_eyes(way: dict[str, Any]) -> None:
    assert decided(mail(AGENT), **way).internal
    assert not decided(mail(BO), **way).internal


def test_an_agents_absence_note_is_never_for_customers_eyes() -> None:
    assert decided(mail(AGENT, **MACHINE), found=TOKEN).internal


def test_who_returns_their_own_token_is_proven_and_nobody_else() -> None:
    assert decided(mail(BO), found=TOKEN).proves
    assert decided(mail(BO), found=Found(CASE, Link.TOKEN, 1)).proves
    assert not decided(mail(BO), found=Found(CASE, Link.TOKEN, 2)).proves
    assert not decided(mail(BO), found=TAG).proves
    assert not decided(mail(CY), found=TOKEN).proves


def test_reopening_keeps_owner_and_priority() -> None:
    decision = decided(mail(BO), found=Found(CLOSED, Link.TOKEN))
    assert decision.change
    assert (decision.change.case.owner, decision.change.case.priority) == (AGENT, "urgent")


def test_a_new_case_has_its_promise_from_the_moment_of_filing() -> None:
    decision = decided(mail(EVE), received=NOW - timedelta(hours=5), now=NOW)
    assert decision.change
    assert decision.change.case.opened_at == NOW
    assert decision.change.case.response_due == NOW + timedelta(days=1)  # eight business hours later


def test_a_failed_sender_or_a_machine_brings_nobody_into_a_case() -> None:
    for received in (mail(EVE, FAILED, cc=(Address(CY),)), mail(EVE, cc=(Address(CY),), **MACHINE)):
        decision = decided(received)
        assert decision.change
        assert [party.address for party in decision.change.case.parties] == [EVE]


def test_our_own_addresses_never_take_part() -> None:
    ours = (Address(DESK_ADDRESS), Address("Support+7k2q9f3m.a1xyz@Acme.Example"), Address(AGENT))
    decision = decided(mail(EVE, to=ours, cc=ours))
    assert decision.change
    assert [(p.address, p.role) for p in decision.change.case.parties] == [(EVE, PartyRole.REQUESTER)]


def test_a_mailing_list_of_copies_is_cut_at_fifty_parties() -> None:
    crowd = tuple(Address(f"p{n}@client.example") for n in range(200))
    decision = decided(mail(EVE, cc=crowd))
    assert decision.change
    assert len(decision.change.case.parties) == 50


def test_deciding_twice_decides_the_same() -> None:
    for way, *_ in WAYS.values():
        assert decided(**way) == decided(**way)
