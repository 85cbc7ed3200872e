"""How far a mail is believed that bears our own name, or that a group says somebody wrote."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from maildesk.desk.case.case import PartyRole
from maildesk.desk.decisions.answering import proves
from maildesk.desk.screening.duplicates import trusted_author
from maildesk.desk.screening.origin import believed, doubt, pointed
from maildesk.desk.screening.situation import CaseMatch, Link
from maildesk.mail.addr_spec import NO_ADDRESSES, Addresses
from maildesk.mail.message import Address, Automatic, AutomaticKind, Bounce, IncomingMail, Standing
from tests.unit.desk.matters import (
    AGENT,
    BO,
    CASE,
    CY,
    DESK_ADDRESS,
    EVE,
    LEADER,
    OWN_DETAIL,
    PEOPLE,
    mail,
    situation,
)

GONE, DEV, LEFT = "gone@client.example", "dev@maker.example", "left@acme.example"
HELD = (
    CASE.joined(CY, "", PartyRole.CC)
    .joined(AGENT, "", PartyRole.AGENT)
    .joined(GONE, "", PartyRole.CC)
    .joined(DEV, "", PartyRole.CONSULTED)
    .joined(LEFT, "", PartyRole.AGENT)
    .without(GONE)
)
NUMBER = {each.address: each.number for each in HELD.parties}


def through(author: str, standing: Standing = Standing.UNKNOWN, **changes: Any) -> IncomingMail:
    one = mail(author, standing, **changes)
    return replace(one, author=replace(one.author, via=DESK_ADDRESS, why="group"))


@pytest.mark.parametrize("who", [AGENT, AGENT.upper(), LEADER])
@pytest.mark.parametrize("standing", Standing)
def test_nobody_of_the_desk_is_found_through_a_group(who: str, standing: Standing) -> None:
    author = believed(through(who, standing), PEOPLE, ours=False).author
    assert (author.address, author.standing) == (None, Standing.FAILED)


@pytest.mark.parametrize("own", [DESK_ADDRESS, OWN_DETAIL, DESK_ADDRESS.upper()])
@pytest.mark.parametrize("standing", Standing)
def test_our_own_name_is_untrue_unless_the_letter_is_ours(own: str, standing: Standing) -> None:
    assert believed(mail(own, standing), PEOPLE, ours=False).author.standing is Standing.FAILED
    assert believed(mail(own, standing), PEOPLE, ours=True) == mail(own, standing)


@pytest.mark.parametrize(
    "machine",
    [
        {"automatic": Automatic(AutomaticKind.AUTO_REPLY, "x")},
        {"bounce": Bounce("1@acme.example", (BO,), True, "5.1.1")},
    ],
)
def test_a_machine_in_our_name_stays_a_machine(machine: dict[str, Any]) -> None:
    one = mail(DESK_ADDRESS, **machine)
    assert believed(one, PEOPLE, ours=False) == one


@pytest.mark.parametrize("who", [BO, EVE, AGENT])
def test_everybody_else_is_believed_as_they_were(who: str) -> None:
    for standing in Standing:
        assert believed(mail(who, standing), PEOPLE, ours=False) == mail(who, standing)


def test_another_list_of_our_domain_is_seen_through_but_no_colleague_is_made_untrue_by_it() -> None:
    behind = Address(EVE)
    for who, standing in (("news@acme.example", Standing.FAILED), (AGENT, Standing.VOUCHED)):
        one = mail(who, Standing.VOUCHED)
        one = replace(one, author=replace(one.author, behind=behind))
        assert believed(one, PEOPLE, ours=False).author.standing is standing


def issued_to(address: str) -> CaseMatch:
    return CaseMatch(HELD, Link.TOKEN, NUMBER[address])


BY_ID = CaseMatch(HELD, Link.TOKEN)
ALONE, BOTH = Addresses({BO}), Addresses({BO, CY})


@pytest.mark.parametrize(
    ("author", "found", "letter_to", "joins"),
    [
        (BO, issued_to(BO), NO_ADDRESSES, True),
        (BO.upper(), issued_to(BO), NO_ADDRESSES, True),
        (CY, issued_to(CY), NO_ADDRESSES, True),
        (DEV, issued_to(DEV), NO_ADDRESSES, True),
        (BO, BY_ID, ALONE, True),
        (BO, BY_ID, BOTH, False),
        (CY, BY_ID, ALONE, False),
        (BO, BY_ID, NO_ADDRESSES, False),
        (BO, issued_to(CY), NO_ADDRESSES, False),
        (BO, issued_to(AGENT), NO_ADDRESSES, False),
        (BO, CaseMatch(HELD, Link.TOKEN, 99), ALONE, False),
        (EVE, issued_to(BO), NO_ADDRESSES, False),
        (GONE, issued_to(GONE), NO_ADDRESSES, False),
        (GONE, BY_ID, Addresses({GONE}), False),
        (LEFT, issued_to(LEFT), NO_ADDRESSES, False),
        (BO, CaseMatch(HELD, Link.THREAD), NO_ADDRESSES, False),
        (BO, CaseMatch(HELD, Link.THREAD), ALONE, False),
        (BO, CaseMatch(HELD, Link.TAG), NO_ADDRESSES, False),
        (BO, CaseMatch(HELD, Link.HINT), NO_ADDRESSES, False),
    ],
)
def test_who_comes_through_a_group_joins_by_a_token_of_their_own_alone(
    author: str, found: CaseMatch, letter_to: Addresses, joins: bool
) -> None:
    now = pointed(through(author), found, letter_to)
    assert now == (found if joins else CaseMatch(HELD, Link.HINT))
    assert pointed(mail(author), found, letter_to) == found


def test_nothing_is_proven_through_a_group() -> None:
    for found in (issued_to(BO), BY_ID):
        assert proves(situation(mail(), found=found, letter_to=ALONE))
        assert not proves(situation(through(BO), found=found, letter_to=ALONE))
    assert trusted_author(through(BO)) is None


def test_a_report_of_a_failed_delivery_finds_its_case_through_a_group_too() -> None:
    bounce = Bounce("1@acme.example", (BO,), True, "5.1.1")
    assert pointed(through("mailer-daemon@client.example", bounce=bounce), BY_ID, NO_ADDRESSES) == BY_ID


def test_the_team_is_told_who_seems_to_have_written() -> None:
    one = mail(DESK_ADDRESS)
    known = replace(one, author=replace(one.author, behind=Address(BO)))
    assert doubt(believed(known, PEOPLE, ours=False), None) == (
        "it seems to come from bo@client.example through support@acme.example; if that is a group or list, "
        "name the group in mailboxes[].groups"
    )
    hidden = doubt(believed(one, PEOPLE, ours=False), CaseMatch(HELD, Link.HINT))
    assert hidden == (
        "it bears our own address support@acme.example, and nothing says who wrote it; "
        "its thread is that of 7K2Q-9F3M (Printer)"
    )
    assert doubt(mail(), None) == doubt(through(BO), None) == ""
    assert "came through the group support@acme.example" in doubt(through(BO), CaseMatch(HELD, Link.HINT))
    agent = believed(through(AGENT), PEOPLE, ours=False)
    assert "nobody of the desk is believed through a group" in doubt(agent, None)
