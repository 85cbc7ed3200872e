"""Who takes part in a case: added, removed, asked; and what an owner's yes or no comes to."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from maildesk.desk.case.case import Case, Party, PartyRole, Phase
from maildesk.desk.case.events import EventKind
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.case.verdicts import Verdict
from maildesk.desk.decisions.actor import Actor
from maildesk.desk.decisions.deciding import decide
from maildesk.desk.decisions.merging import merge
from maildesk.desk.decisions.parties import add_party, consult, remove_party
from maildesk.desk.letters.audiences import addressees
from maildesk.desk.policy.people import Account
from maildesk.desk.screening.joining import MOST_PARTIES
from maildesk.desk.screening.outcomes import Outcome
from maildesk.desk.screening.screening import screen
from maildesk.desk.screening.situation import CaseMatch, Link, Question
from maildesk.errors import BadInput, MaildeskError, NotAllowed, NotFound
from maildesk.mail.message import Address, Standing
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
    OWN_DETAIL,
    PEOPLE,
    mail,
    situation,
)

DEV = "dev@maker.example"
HAND = Actor(AGENT, NOW, AGENT)
HELD = CASE.joined(AGENT, "Ana", PartyRole.AGENT)
WITH_CY = HELD.joined(CY, "Cy", PartyRole.CC)


def role(case: Case, address: str) -> PartyRole | None:
    party = case.party(address)
    return party.role if party else None


# --- added and removed ------------------------------------------------------------------------------


def test_who_is_added_takes_part_for_the_customer_and_hears_nothing_yet() -> None:
    change = add_party(HELD, DESK, HAND, "Cy@Client.Example", "Cy")
    assert change.case.parties[-1] == Party(3, "Cy@client.example", "Cy", PartyRole.CC, met=(1,))
    (event,) = change.events
    assert (event.kind, event.actor) == (EventKind.PARTY_JOINED, AGENT)
    assert event.data == {"address": "Cy@client.example", "role": "cc"}
    assert change.letters == ()
    told = {one.address for one in addressees(LetterOrder(LetterKind.ANSWER), change.case, PEOPLE)}
    assert told == {BO, "Cy@client.example"}


def test_who_is_added_to_a_case_of_nobodys_is_its_requester_and_the_next_a_copy() -> None:
    nobodys = replace(CASE, requester="", parties=()).joined(CY, "", PartyRole.UNCONFIRMED)
    assert (nobodys.party(CY), nobodys.customers, nobodys.unconfirmed) == (None, (), CY)
    one = add_party(nobodys, DESK, HAND, CY).case
    assert (one.requester, one.unconfirmed, role(one, CY)) == (CY, "", PartyRole.REQUESTER)
    two = add_party(one, DESK, HAND, EVE).case
    assert (two.requester, role(two, EVE)) == (CY, PartyRole.CC)


def test_a_case_of_nobodys_comes_to_the_account_of_whoever_is_added() -> None:
    client = Account("Client Inc", domains=("client.example",))
    desk = replace(DESK, people=replace(DESK.people, accounts=(client,)))
    nobodys = replace(CASE, requester="", parties=(), account=None)
    assert add_party(nobodys, desk, HAND, CY).case.account == "Client Inc"
    assert add_party(replace(nobodys, account="Other"), desk, HAND, CY).case.account == "Other"
    assert add_party(replace(HELD, account=None), desk, HAND, CY).case.account is None


def test_a_merge_gives_a_case_of_nobodys_the_others_requester_and_takes_nobody_unconfirmed() -> None:
    nobodys = replace(CASE, ref="7K2Q-9F3Y", requester="", parties=()).joined(CY, "", PartyRole.UNCONFIRMED)
    kept, _ = merge(nobodys, CASE, DESK, HAND)
    assert (kept.case.requester, role(kept.case, CASE.requester)) == (CASE.requester, PartyRole.REQUESTER)
    kept, _ = merge(CASE, nobodys, DESK, HAND)
    assert [each.address for each in kept.case.parties] == [each.address for each in CASE.parties]


def test_who_is_removed_is_nobody_to_the_case_and_keeps_their_number_for_ever() -> None:
    change = remove_party(WITH_CY, DESK, HAND, CY.upper())
    case = change.case
    assert (case.party(CY), case.removed(CY)) == (None, True)
    assert [party.address for party in case.customers] == [BO]
    assert [party.number for party in case.parties] == [1, 2, 3]
    (event,) = change.events
    assert event.data == {"address": CY, "role": "cc"}
    again = add_party(case, DESK, HAND, CY).case
    assert (again.parties[-1].number, again.removed(CY)) == (4, False)
    assert again.numbered(3) == Party(3, CY, "Cy", PartyRole.FORMER)


@pytest.mark.parametrize("removed", [CY, "cy+home@client.example", "CY+@Client.example"])
@pytest.mark.parametrize(
    "back", [CY, "cy+home@client.example", "Cy+work@CLIENT.example", "cy+a+b@client.example"]
)
def test_who_is_removed_is_removed_under_every_detail_of_their_address(removed: str, back: str) -> None:
    case = remove_party(HELD.joined(removed, "", PartyRole.CC), DESK, HAND, removed).case
    assert case.removed(back)
    assert not case.removed("cyd@client.example")
    assert not case.removed(CY.replace("client", "other"))
    assert not case.removed(BO)
    reply = mail(BO, Standing.VOUCHED, cc=(Address(back),))
    decision = decide(situation(reply, found=CaseMatch(case, Link.THREAD)), DESK)
    assert decision.change
    assert [each.address for each in decision.change.case.customers] == [BO]
    again = add_party(case, DESK, HAND, back).case  # a person's own word lets them in again
    assert not again.removed(back)


def test_one_removal_ends_every_detail_that_takes_part_and_never_the_requester() -> None:
    case = HELD.joined(CY, "", PartyRole.CC).joined("cy+home@client.example", "", PartyRole.CC)
    case = case.joined("bo+x@client.example", "", PartyRole.CC)
    change = remove_party(case, DESK, HAND, "cy+home@client.example")
    assert {event.data["address"] for event in change.events} == {CY, "cy+home@client.example"}
    assert [each.address for each in change.case.customers] == [BO, "bo+x@client.example"]
    change = remove_party(change.case, DESK, HAND, "bo+x@client.example")
    assert [each.address for each in change.case.customers] == [BO]
    assert not change.case.removed(BO)


def test_a_merge_brings_nobody_back_and_forgets_no_removal() -> None:
    dee = "dee@client.example"
    case = WITH_CY.without(CY)
    other = replace(CASE, ref="ABCD-EFGH", requester="cy+x@client.example", parties=())
    other = other.joined("cy+x@client.example", "", PartyRole.REQUESTER).joined(dee, "", PartyRole.CC)
    kept = merge(case, other.without(dee), DESK, HAND)[0].case
    assert [each.address for each in kept.customers] == [BO]
    assert kept.removed("cy+x@client.example")
    assert kept.removed("dee+1@client.example")
    assert len({each.number for each in kept.parties}) == len(kept.parties)
    here = merge(HELD.joined(dee, "", PartyRole.CC), other.without(dee), DESK, HAND)[0].case
    assert here.party(dee)


REFUSED: dict[str, tuple[Any, Case, str, type[MaildeskError], str]] = {
    "added: a customer already": (add_party, WITH_CY, CY.upper(), NotAllowed, "a customer on"),
    "added: the requester": (add_party, HELD, BO, NotAllowed, "the requester of"),
    "added: an agent": (add_party, HELD, AGENT, NotAllowed, "works at this desk"),
    "added: the desk": (add_party, HELD, DESK_ADDRESS, BadInput, "the desk itself"),
    "added: a reply address": (add_party, HELD, OWN_DETAIL, BadInput, "the desk itself"),
    "added: no address": (add_party, HELD, "cy", BadInput, "no e-mail address"),
    "added: a second header": (add_party, HELD, "cy@client.example\nBcc: x@y.example", BadInput, ""),
    "added: who was asked": (
        add_party, HELD.joined(DEV, "", PartyRole.CONSULTED), DEV, NotAllowed, "a colleague asked about",
    ),
    "asked: a customer": (consult, WITH_CY, CY, NotAllowed, "a customer on"),
    "removed: nobody of it": (remove_party, HELD, CY, NotFound, "takes no part"),
    "removed: twice": (remove_party, WITH_CY.without(CY), CY, NotFound, "takes no part"),
    "removed: the requester": (remove_party, HELD, BO, NotAllowed, "their matter"),
    "removed: an agent": (remove_party, HELD, AGENT, NotAllowed, "works at this desk"),
}  # fmt: skip


@pytest.mark.parametrize(("act", "case", "address", "error", "said"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_is_refused_in_words(
    act: Any, case: Case, address: str, error: type[MaildeskError], said: str
) -> None:
    with pytest.raises(error) as refused:
        act(case, DESK, HAND, address)
    assert said in refused.value.message


def test_a_case_is_no_mailing_list() -> None:
    full = CASE
    for number in range(MOST_PARTIES):
        full = full.joined(f"n{number}@other.example", "", PartyRole.CC)
    with pytest.raises(NotAllowed, match="as many as a case can have"):
        add_party(full, DESK, HAND, CY)


def test_an_agent_who_left_the_desk_can_be_taken_off_a_case() -> None:
    held = HELD.joined("left@acme.example", "", PartyRole.AGENT)
    assert role(remove_party(held, DESK, HAND, "left@acme.example").case, "left@acme.example") is None


@pytest.mark.parametrize(
    ("address", "becomes"), [(DEV, PartyRole.CONSULTED), (LEADER, PartyRole.AGENT), (AGENT, PartyRole.AGENT)]
)
def test_who_is_asked_belongs_to_the_desk_and_no_answer_goes_to_them(
    address: str, becomes: PartyRole
) -> None:
    case = consult(HELD, DESK, HAND, address).case
    assert role(case, address) is becomes
    assert consult(case, DESK, HAND, address).events == ()
    for kind in LetterKind:
        if address == DEV and kind not in _ASKING:
            assert DEV not in {one.address for one in addressees(LetterOrder(kind), case, PEOPLE)}


_ASKING = {LetterKind.ASK}


# --- their mails ------------------------------------------------------------------------------------


@pytest.mark.parametrize("copied", [CY, CY.upper()])
def test_being_copied_brings_nobody_back_whom_somebody_removed(copied: str) -> None:
    case = WITH_CY.without(CY)
    reply = mail(BO, Standing.VOUCHED, cc=(Address(copied), Address("di@client.example")))
    decision = decide(situation(reply, found=CaseMatch(case, Link.THREAD)), DESK)
    assert decision.change
    assert decision.change.case.party(CY) is None
    assert decision.change.case.party("di@client.example")


@pytest.mark.parametrize(
    "author", [CY, "cat@client.example"], ids=["themselves", "somebody of their company"]
)
def test_the_token_of_somebody_removed_joins_nobody(author: str) -> None:
    case = WITH_CY.without(CY)
    found = CaseMatch(case, Link.TOKEN, 3)
    assert screen(situation(mail(author), found=found), PEOPLE).outcome is Outcome.ATTACH_THIRD_PARTY


@pytest.mark.parametrize("link", Link)
@pytest.mark.parametrize(
    ("standing", "outcome", "letter"),
    [
        (Standing.VOUCHED, Outcome.KEEP_ANSWER, LetterKind.CONSULTED_WROTE),
        (Standing.UNKNOWN, Outcome.KEEP_ANSWER, LetterKind.CONSULTED_WROTE),
        (Standing.FAILED, Outcome.ATTACH_UNVERIFIED, LetterKind.SUSPICIOUS),
    ],
)
@pytest.mark.parametrize("phase", [Phase.OPEN, Phase.CLOSED])
def test_a_colleagues_mail_is_internal_and_moves_nothing(
    link: Link, standing: Standing, outcome: Outcome, letter: LetterKind, phase: Phase
) -> None:
    held = replace(HELD, phase=phase).joined(DEV, "", PartyRole.CONSULTED)
    their = mail(DEV, standing, new_text="Escalate.", cc=(Address(CY),))
    its = situation(their, found=CaseMatch(held, link))
    assert screen(its, PEOPLE).outcome is outcome
    decision = decide(its, DESK)
    assert decision.entry.internal
    assert decision.change
    assert replace(decision.change.case, updated_at=held.updated_at) == held
    assert [order.kind for order in decision.change.letters] == [letter]


# --- yes and no -------------------------------------------------------------------------------------

QUESTION = Question(EVE, NOW, 7)


def answered(own_text: str, case: Case = HELD, **more: Any) -> Any:
    """What becomes of Ana's answer to the question whether Eve takes part."""
    found = CaseMatch(case, Link.TOKEN, 2)
    its = situation(mail(AGENT, Standing.VOUCHED, own_text=own_text), found=found, question=QUESTION, **more)
    return decide(its, DESK)


@pytest.mark.parametrize("text", ["yes", "Yes.", "YES", "\n yes\n", "*Yes*", "Sim!", "sí", "Ja\n\nAna"])
def test_yes_lets_them_in_and_their_mail_counts(text: str) -> None:
    decision = answered(text)
    assert (decision.verdict, decision.entry.internal) == (Verdict.COMMAND, True)
    assert role(decision.change.case, EVE) is PartyRole.CC
    joined, replied = decision.change.events
    assert (joined.kind, joined.actor) == (EventKind.PARTY_JOINED, AGENT)
    assert (replied.kind, replied.actor) == (EventKind.REPLIED, EVE)
    where = {"status": "Open", "phase": "open"}
    assert replied.data == {"written": NOW.isoformat(), "let_in_by": AGENT, **where}
    (told,) = decision.change.letters
    assert (told.kind, told.author) == (LetterKind.LET_IN, AGENT)
    assert "Monday, 2 March 2026, 10:00 (Lisbon)" in told.extra["came"]


@pytest.mark.parametrize(
    "text",
    [
        "no",
        "No, yes is what I said of Bo",
        "Yesterday I knew",
        "",
        "Who? yes",
        "Yes?",
        "yesyes",
        "\0",
        "YES, that is Bo",
    ],
)
def test_anything_else_changes_nothing_and_goes_to_nobody_outside(text: str) -> None:
    decision = answered(text)
    assert decision.verdict is Verdict.NOTE
    assert decision.change.case.parties == HELD.parties
    assert [order.kind for order in decision.change.letters] == [LetterKind.LET_IN]


def test_yes_opens_a_case_that_ended_and_its_requester_hears() -> None:
    closed = replace(HELD, phase=Phase.CLOSED, closed_at=NOW)
    change = answered("yes", closed).change
    assert (change.case.phase, change.case.reopened) == (Phase.OPEN, 1)
    assert [order.kind for order in change.letters] == [LetterKind.REOPENED, LetterKind.LET_IN]


def test_yes_to_somebody_who_takes_part_already_does_nothing() -> None:
    decision = answered("yes", HELD.joined(EVE, "", PartyRole.CC))
    assert [event.kind for event in decision.change.events] == [EventKind.NOTED]
    assert "already" in decision.change.letters[0].extra["refused"]


def test_commands_go_before_the_question() -> None:
    decision = answered("#close")
    assert decision.change.case.phase is Phase.CLOSED
    assert decision.change.case.party(EVE) is None
