"""A token that a colleague's mail showed to others: it leads to its case, and is nobody's proof."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from maildesk.desk.case.case import PartyRole
from maildesk.desk.case.threads import Claim, Hold
from maildesk.desk.policy.desk import Mailbox
from maildesk.desk.screening.finding import find
from maildesk.desk.screening.outcomes import Outcome
from maildesk.desk.screening.screening import screen
from maildesk.desk.screening.shown_tokens import (
    ShownToken,
    id_token,
    question_token,
    reply_token,
    shows_tokens,
)
from maildesk.desk.screening.signals import signals_of
from maildesk.desk.screening.situation import CaseMatch, Confirmation, Link
from maildesk.mail.addr_spec import Addresses
from maildesk.mail.identity.keys import KeyRing
from maildesk.mail.identity.references import message_id, reply_address
from maildesk.mail.message import Address, Standing
from tests.unit.desk.matters import (
    AGENT,
    BO,
    CASE,
    CY,
    DESK_ADDRESS,
    EVE,
    LEADER,
    NOW,
    OWN_DETAIL,
    PEOPLE,
    mail,
    situation,
)

KEYS = KeyRing.generate(b"k" * 32)
NEWER = KEYS.rotated(b"n" * 32, NOW)
BOX = Mailbox("support", DESK_ADDRESS, "+")
HELD = CASE.joined(AGENT, "Ana Agent", PartyRole.AGENT)
ANAS = 2
"""The agent's number on the case."""
MERGED = replace(HELD, ref="8M3R-0G4N", merged_into=HELD.ref)
CASES = {HELD.ref: HELD, MERGED.ref: MERGED}


def back(ref: str = HELD.ref, party: int = ANAS, keys: KeyRing = KEYS) -> str:
    return reply_address(keys, DESK_ADDRESS, "+", ref, party)


def ours(nonce: str) -> str:
    return message_id(KEYS, ref=HELD.ref, nonce=nonce, domain="acme.example")


NOTICE, ROOT, FRESH = ours("notice"), ours("root"), ours("fresh")
SHOWN = frozenset({reply_token(HELD.ref, ANAS), id_token(NOTICE), id_token(ROOT)})


def found(
    standing: Standing, author: str = AGENT, shown: frozenset[ShownToken] = SHOWN, **changes: Any
) -> Any:
    the_mail = mail(author, standing, **changes)
    signals = signals_of(the_mail, NEWER, (BOX,), "Acme")
    return find(the_mail, signals, PEOPLE, CASES, {}, shown)


WAYS: dict[str, tuple[dict[str, Any], bool]] = {
    "the reply address": ({"recipients": (back(),)}, False),
    "the reply address, in capitals": ({"recipients": (back().upper(),)}, False),
    "the reply address, made with another key": ({"recipients": (back(keys=NEWER),)}, False),
    "the notice answered": ({"in_reply_to": (NOTICE,)}, False),
    "the notice and its root": ({"in_reply_to": (NOTICE,), "references": (ROOT, NOTICE)}, False),
    "the notice in capitals": ({"in_reply_to": (NOTICE.upper(),)}, False),
    "the root alone": ({"references": (ROOT,)}, False),
    "all of it": ({"recipients": (back(),), "in_reply_to": (NOTICE,), "references": (ROOT,)}, False),
    "a notice that nobody saw": ({"in_reply_to": (FRESH,), "references": (ROOT, FRESH)}, True),
    "such a notice by the address that was shown": (
        {"recipients": (back(),), "in_reply_to": (FRESH,), "references": (ROOT, FRESH)},
        True,
    ),
    "another party's address": ({"recipients": (back(party=1),)}, True),
    "the address of a case that is part of it": ({"recipients": (back(MERGED.ref),)}, True),
}


@pytest.mark.parametrize(("way", "token"), WAYS.values(), ids=WAYS.keys())
def test_what_was_shown_is_worth_a_thread_where_nobody_vouches(way: dict[str, Any], token: bool) -> None:
    for standing in (Standing.UNKNOWN, Standing.FAILED):
        one = found(standing, **way)
        assert (one.case.ref, one.link, one.shown) == (
            HELD.ref,
            Link.TOKEN if token else Link.THREAD,
            not token,
        )
    assert found(Standing.VOUCHED, **way).link is Link.TOKEN
    assert found(Standing.UNKNOWN, shown=frozenset(), **way).link is Link.TOKEN
    for author in (EVE, BO):
        assert found(Standing.VOUCHED, author, **way).link is (Link.TOKEN if token else Link.THREAD)


def test_the_address_of_a_case_that_became_part_of_another_is_the_one_that_was_shown() -> None:
    merged = frozenset({reply_token(MERGED.ref, ANAS)})
    assert found(Standing.UNKNOWN, shown=merged, recipients=(back(MERGED.ref),)).link is Link.THREAD
    assert found(Standing.UNKNOWN, shown=merged, recipients=(back(),)).link is Link.TOKEN


@pytest.mark.parametrize("named", [False, True], ids=["no host named", "a host named"])
@pytest.mark.parametrize(
    ("standing", "outcome"),
    [(Standing.UNKNOWN, Outcome.ASK_CONFIRMATION), (Standing.FAILED, Outcome.REFUSE)],
)
def test_in_the_agents_name_it_is_asked_about_and_never_acts(
    standing: Standing, outcome: Outcome, named: bool
) -> None:
    seen = CaseMatch(HELD, Link.THREAD, shown=True)
    screened = screen(situation(mail(AGENT, standing), found=seen, host_named=named), PEOPLE)
    assert screened.outcome is outcome
    confirmed = situation(mail(AGENT, Standing.UNKNOWN), found=seen, host_named=named, confirmed=True)
    assert screen(confirmed, PEOPLE).outcome is Outcome.ACT


@pytest.mark.parametrize("said", ["yes", "no", "what?"])
def test_an_answer_to_a_question_that_was_shown_is_refused(said: str) -> None:
    kept = Confirmation(7, AGENT, NOW.replace(year=2030), HELD, shown=True)
    answer = situation(mail(AGENT, Standing.UNKNOWN, own_text=said), confirmation=kept, host_named=True)
    screened = screen(answer, PEOPLE)
    assert (screened.outcome, screened.reason) == (Outcome.REFUSE, "confirmation-shown")


def addresses(*named: str) -> tuple[Address, ...]:
    return tuple(map(Address, named))


SHOWING: dict[str, tuple[dict[str, Any], bool]] = {
    "an agent copies a stranger": ({"author": AGENT, "cc": addresses(EVE)}, True),
    "an agent writes to a customer": ({"author": AGENT, "to": addresses(BO)}, True),
    "in other letters": ({"author": AGENT.upper(), "cc": addresses(EVE)}, True),
    "a leader": ({"author": LEADER, "cc": addresses(DESK_ADDRESS, EVE)}, True),
    "an operator is nobody of the desk": ({"author": AGENT, "cc": addresses("ops@acme.example")}, True),
    "whatever became of it": ({"author": AGENT, "standing": Standing.FAILED, "cc": addresses(EVE)}, True),
    "an agent copies colleagues": ({"author": AGENT, "cc": addresses(LEADER, AGENT)}, False),
    "an agent copies the desk": ({"author": AGENT, "cc": addresses(DESK_ADDRESS, OWN_DETAIL)}, False),
    "a customer copies a stranger": ({"author": BO, "cc": addresses(EVE, CY)}, False),
    "a stranger": ({"author": EVE, "cc": addresses(BO)}, False),
}


@pytest.mark.parametrize(("way", "shows"), SHOWING.values(), ids=SHOWING.keys())
def test_a_mail_of_the_desks_people_that_names_others_shows_what_it_bears(
    way: dict[str, Any], shows: bool
) -> None:
    way = dict(way)
    author, standing = way.pop("author"), way.pop("standing", Standing.UNKNOWN)
    assert shows_tokens(mail(author, standing, **way), PEOPLE) is shows


def test_a_mail_bears_its_addresses_its_ids_and_its_questions() -> None:
    token = "0" * 26
    listed = f"> 7K2Q-9F3M  Printer <{back(MERGED.ref).upper()}>, {back(MERGED.ref, 3)}.\n{back(keys=NEWER)}"
    the_mail = mail(
        AGENT,
        text=f"{listed} {back().replace('acme', 'evil')} support+x@acme.example",
        recipients=(back(), f"support+ok.{token}@acme.example"),
        in_reply_to=(NOTICE,),
        references=(ROOT, "x@else.example"),
    )
    signals = signals_of(the_mail, KEYS, (BOX,), "Acme")
    assert signals.shown_tokens == {
        reply_token(MERGED.ref, ANAS),
        reply_token(MERGED.ref, 3),
        reply_token(HELD.ref, ANAS),
        id_token(NOTICE),
        id_token(ROOT),
        id_token("x@else.example"),
        question_token(token),
    }
    assert signals_of(mail(BO, references=("x@else.example",)), KEYS, (BOX,), "Acme").shown_tokens == set()


# --- who was copied, and what they have from us -----------------------------------------------------

DI, ED = "di@partner.example", "ed@else.example"
EVES = replace(CASE, parties=(), requester=EVE).joined(EVE, "", PartyRole.REQUESTER).heard_from(EVE)
EVES = EVES.joined(BO, "", PartyRole.CC).joined(DI, "", PartyRole.CC)
BOS = CASE.joined(CY, "Cy", PartyRole.CC)
TO_BO, TO_EVE = "given-to-bo@relay.example", "given-to-eve@relay.example"
SENT = {
    ours("answer"): Claim(HELD.ref, Hold.BEARS, Addresses({EVE, BO, DI})),
    ours("receipt"): Claim(HELD.ref, Hold.BEARS, Addresses({EVE})),
    TO_BO: Claim(HELD.ref, Hold.ALIAS, Addresses({BO})),
    TO_EVE: Claim(HELD.ref, Hold.ALIAS, Addresses({EVE})),
}

GIVEN: dict[str, tuple[Any, str, dict[str, Any], Link]] = {
    "their reply address": (EVES, BO, {"recipients": (back(party=2),)}, Link.TOKEN),
    "the letter to them": (EVES, BO, {"in_reply_to": (ours("answer"),)}, Link.TOKEN),
    "the letter to them, of References alone": (EVES, BO, {"references": (ours("answer"),)}, Link.TOKEN),
    "the letter to them far up": (
        EVES,
        BO,
        {"in_reply_to": ("news@x.example",), "references": (ours("answer"), "news@x.example")},
        Link.HINT,
    ),
    "a letter to others": (EVES, BO, {"in_reply_to": (ours("receipt"),)}, Link.HINT),
    "the root of our notices": (EVES, BO, {"in_reply_to": (ROOT,)}, Link.HINT),
    "as the relay gave it to them": (EVES, BO, {"in_reply_to": (TO_BO,)}, Link.THREAD),
    "as the relay gave it to another": (EVES, BO, {"in_reply_to": (TO_EVE,)}, Link.HINT),
    "another's reply address": (EVES, BO, {"recipients": (back(party=1),)}, Link.HINT),
    "another's reply address, to all": (
        EVES,
        BO,
        {"recipients": (back(party=1),), "cc": tuple(map(Address, (EVE, DI)))},
        Link.TOKEN,
    ),
    "the reply address of their own company": (BOS, CY, {"recipients": (back(party=1),)}, Link.TOKEN),
    "a letter to others, by one who wrote": (EVES, EVE, {"references": (ours("receipt"),)}, Link.TOKEN),
    "a letter to others, by a stranger": (EVES, ED, {"in_reply_to": (ours("receipt"),)}, Link.TOKEN),
}


@pytest.mark.parametrize(("held", "author", "way", "link"), GIVEN.values(), ids=GIVEN.keys())
def test_who_was_copied_speaks_by_what_they_have_from_us(
    held: Any, author: str, way: dict[str, Any], link: Link
) -> None:
    the_mail = mail(author, Standing.VOUCHED, **way)
    signals = signals_of(the_mail, KEYS, (BOX,), "Acme")
    claims = {each: [claim] for each, claim in SENT.items()}
    one = find(the_mail, signals, PEOPLE, {held.ref: held}, claims)
    assert one is not None
    assert one.link is link
