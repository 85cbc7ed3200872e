"""The readers of an answer: whom the agent is told of, and who of them sees whom."""

from __future__ import annotations

from dataclasses import replace

import pytest

from maildesk.desk.case.case import Case, PartyRole
from maildesk.desk.letters.answer_readers import answer_readers, named_others, named_readers, shown_readers
from maildesk.desk.letters.audiences import Addressee
from maildesk.desk.policy.people import Account, People
from maildesk.mail.message import Address
from tests.unit.desk.matters import AGENT, BO, CASE, CY, DESK_ADDRESS, EVE, LEADER, PEOPLE

DI = "di@client.example"
BOSS = "boss@partner.example"


def with_copied(*addresses: str, case: Case = CASE) -> Case:
    for address in addresses:
        case = case.joined(address, "", PartyRole.CC)
    return case


def told(case: Case, people: People = PEOPLE) -> str:
    return named_readers(answer_readers(case, people))


MANY = [f"p{number}@client.example" for number in range(19)]


@pytest.mark.parametrize(
    ("case", "said"),
    [
        (CASE, BO),
        (with_copied(CY), f"{BO}; also {CY} (Cc)"),
        (with_copied(CY, BOSS), f"{BO}; also {BOSS} (Cc, another company) and {CY} (Cc)"),
        (with_copied(CY, DI, BOSS), f"{BO}; also {BOSS} (Cc, another company), {CY} (Cc) and {DI} (Cc)"),
        (
            with_copied(*MANY, BOSS),
            f"{BO}; also {BOSS} (Cc, another company), {', '.join(f'{each} (Cc)' for each in MANY[:18])} "
            f"and {MANY[18]} (Cc) (21 people in all)",
        ),
        (with_copied("cy@mail.client.example"), f"{BO}; also cy@mail.client.example (Cc)"),
        (with_copied(CY, case=replace(CASE, requester="", parties=())), f"{CY} (Cc)"),
        (replace(CASE, requester="", parties=()), ""),
        (with_copied(DESK_ADDRESS, "odd local@client.example"), BO),
        (CASE.joined(EVE, "", PartyRole.CONSULTED).joined(AGENT, "", PartyRole.AGENT), BO),
        (with_copied(CY).without(CY), BO),
    ],
    ids=[
        "the customer alone",
        "somebody in copy",
        "another company stands first",
        "three",
        "everybody of many, and their number",
        "a house of the same company",
        "nobody asks and somebody listens",
        "nobody",
        "whom no letter reaches",
        "colleagues and agents get none",
        "who was removed",
    ],
)
def test_an_agent_is_told_who_gets_the_answer(case: Case, said: str) -> None:
    assert told(case) == said


def test_no_company_is_made_of_a_domain_where_anybody_may_have_an_address() -> None:
    case = with_copied("cy@gmail.com", "cy@web.de", case=replace(CASE, requester="bo@gmail.com", parties=()))
    case = case.joined("bo@gmail.com", "", PartyRole.REQUESTER)
    assert told(case, replace(PEOPLE, accounts=())) == (
        "bo@gmail.com; also cy@web.de (Cc, another company) and cy@gmail.com (Cc)"
    )


def test_an_account_makes_one_company_of_two_domains() -> None:
    people = replace(PEOPLE, accounts=(Account("Client Inc", ("client.example", "partner.example")),))
    assert told(with_copied(BOSS), people) == f"{BO}; also {BOSS} (Cc)"


def test_the_card_names_those_beside_the_requester() -> None:
    assert named_others(answer_readers(with_copied(CY, BOSS), PEOPLE)) == (
        f"{BOSS} (Cc, another company) and {CY} (Cc)"
    )
    assert named_others(answer_readers(CASE, PEOPLE)) == ""


def copies(case: Case) -> dict[str, tuple[str, list[str]]]:
    """To and Cc of each copy of an answer, by its reader."""
    to = [Addressee(each.address, each.name, each.role) for each in case.customers]
    shown = {one.address: shown_readers(Address(one.address), to, case, PEOPLE) for one in to}
    return {who: (each.to.address, [one.address for one in each.cc]) for who, each in shown.items()}


TOGETHER = with_copied(CY, DI).gathered({BO, CY, DI})


@pytest.mark.parametrize(
    ("case", "wanted"),
    [
        (TOGETHER, {BO: (BO, [CY, DI]), CY: (BO, [CY, DI]), DI: (BO, [CY, DI])}),
        (with_copied(CY), {BO: (BO, []), CY: (CY, [])}),
        # Cy wrote apart and copied Di: Bo never saw her.
        (
            with_copied(CY, DI).gathered({BO, CY}).gathered({CY, DI}),
            {BO: (BO, [CY]), CY: (BO, [CY, DI]), DI: (DI, [CY])},
        ),
        (
            with_copied(CY, EVE).gathered({BO, CY}).introduced(EVE),
            {BO: (BO, [CY, EVE]), CY: (BO, [CY, EVE]), EVE: (BO, [CY, EVE])},
        ),
        # Whoever joins later was not there when Eve was introduced.
        (
            with_copied(DI, case=with_copied(EVE).introduced(EVE)).gathered({BO, DI}),
            {BO: (BO, [EVE, DI]), EVE: (BO, [EVE]), DI: (BO, [DI])},
        ),
        (TOGETHER.without(DI), {BO: (BO, [CY]), CY: (BO, [CY])}),
        (
            TOGETHER.without(DI).joined(DI, "", PartyRole.CC),
            {BO: (BO, [CY]), CY: (BO, [CY]), DI: (DI, [])},
        ),
        (
            with_copied(LEADER).gathered({BO, LEADER}),
            {BO: (BO, []), LEADER: (BO, [LEADER])},
        ),
    ],
    ids=[
        "who stood together",
        "who never met",
        "each with whom they met",
        "who was added, from then on",
        "who came after that",
        "not who was removed",
        "nor who came back alone",
        "not who works at the desk by now",
    ],
)
def test_each_copy_shows_whom_its_reader_has_met(
    case: Case, wanted: dict[str, tuple[str, list[str]]]
) -> None:
    assert copies(case) == wanted


def test_nobody_is_shown_by_a_name_that_somebody_else_gave_them() -> None:
    case = CASE.joined(CY, "Cy the Slow", PartyRole.CC).gathered({BO, CY})
    to = [Addressee(each.address, each.name, each.role) for each in case.customers]
    shown = shown_readers(Address(BO, "Bo Lund"), to, case, PEOPLE)
    assert (shown.to, shown.cc) == (Address(BO, "Bo Lund"), (Address(CY),))
