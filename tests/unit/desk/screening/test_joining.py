"""Whom a mail brings into a case: not those who were written to about other things, nor more than may."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from maildesk.desk.case.case import Case, PartyRole
from maildesk.desk.case.events import EventKind
from maildesk.desk.screening.joining import MOST_PARTIES, LeftOut, NamedPeople, named_by
from maildesk.mail.message import Address, Automatic, AutomaticKind, Standing
from tests.unit.desk.matters import (
    AGENT,
    BO,
    CASE,
    CY,
    DESK,
    DESK_ADDRESS,
    EVE,
    LEADER,
    OWN_DETAIL,
    mail,
    situation,
)

DI = "di@partner.example"
FEW = replace(DESK, parties_per_mail=2)
US = Address(DESK_ADDRESS)


def people(*addresses: str) -> tuple[Address, ...]:
    return tuple(map(Address, addresses))


def crowd(count: int, case: Case = CASE) -> Case:
    for number in range(count):
        case = case.joined(f"n{number}@crowd.example", "", PartyRole.CC)
    return case


def named(case: Case = CASE, **changes: Any) -> NamedPeople:
    author = changes.pop("author", BO)
    standing = changes.pop("standing", Standing.UNKNOWN)
    return named_by(situation(mail(author, standing, **changes)), FEW, case, author=True)


NOBODYS = tuple(
    f"{local}@lists.example"
    for local in (
        "users-request", "owner-users", "users-owner", "users-bounces", "users-bounces+cy=client.example",
        "Majordomo", "listserv", "mailer-daemon", "MAILER-DAEMON", "noreply", "no-reply", "do-not-reply",
        "postmaster", "bounces+17",
    )
)  # fmt: skip


WAYS: dict[str, tuple[dict[str, Any], list[str], list[str], LeftOut | None]] = {
    "copied": ({"cc": people(CY)}, [CY], [], None),
    "beside us in To": ({"to": (*people(CY), US)}, [CY], [], None),
    "us in Cc": ({"to": people(CY), "cc": (US,)}, [CY], [], None),
    "us by a detail": ({"to": people(CY, OWN_DETAIL)}, [CY], [], None),
    "us in capitals": ({"to": people(CY, DESK_ADDRESS.upper())}, [CY], [], None),
    "once each, whatever their letters": ({"cc": people(CY, CY.upper(), DI)}, [CY, DI], [], None),
    "nobody new": ({"cc": people(BO, AGENT, LEADER, DESK_ADDRESS)}, [], [], None),
    "an operator": ({"cc": people("Ops@acme.example", CY)}, [CY], [], None),
    "nobody's": ({"cc": people(*NOBODYS, CY)}, [CY], [], None),
    "a robot that asks": ({"author": NOBODYS[0]}, [NOBODYS[0]], [], None),
    "too many": ({"cc": people(CY, DI, EVE, BO)}, [CY, DI], [EVE], LeftOut.TOO_MANY),
    "just as many as may": ({"cc": people(CY, DI)}, [CY, DI], [], None),
    "the author beside as many as may": (
        {"author": EVE, "cc": people(CY, DI, "ed@else.example")},
        [EVE, CY, DI],
        ["ed@else.example"],
        LeftOut.TOO_MANY,
    ),
    "the case is nearly full": (
        {"case": crowd(MOST_PARTIES - 2), "cc": people(CY, DI)},
        [CY],
        [DI],
        LeftOut.CASE_IS_FULL,
    ),
    "the case is full": ({"case": crowd(60), "cc": people(CY)}, [], [CY], LeftOut.CASE_IS_FULL),
    "the case is full, for its author too": (
        {"case": crowd(60), "author": EVE},
        [],
        [EVE],
        LeftOut.CASE_IS_FULL,
    ),
    "blindly": ({"to": people(CY), "cc": people(DI)}, [], [CY, DI], LeftOut.COPIED_BLINDLY),
    "blindly, those of the case and of the desk too": (
        {"to": people(BO, AGENT)},
        [],
        [BO, AGENT],
        LeftOut.COPIED_BLINDLY,
    ),
    "blindly, an author who joins": (
        {"author": EVE, "to": people(CY)},
        [EVE],
        [CY],
        LeftOut.COPIED_BLINDLY,
    ),
    "blindly, an address like ours": (
        {"to": people("support@acme.example.evil.example", "support@acme.test")},
        [],
        ["support@acme.example.evil.example", "support@acme.test"],
        LeftOut.COPIED_BLINDLY,
    ),
    "blindly, by a forger": (
        {"standing": Standing.FAILED, "author": EVE, "to": people(CY)},
        [],
        [CY],
        LeftOut.COPIED_BLINDLY,
    ),
    "addressed to nobody": ({"to": ()}, [], [], None),
    "by a forger": ({"standing": Standing.FAILED, "author": EVE, "cc": people(CY)}, [], [], None),
    "by a machine": (
        {"cc": people(CY), "automatic": Automatic(AutomaticKind.LIST, "List-Id")},
        [],
        [],
        None,
    ),
}


@pytest.mark.parametrize(("way", "joining", "left_out", "why"), WAYS.values(), ids=WAYS.keys())
def test_who_joins_by_a_mail_and_who_is_left_out(
    way: dict[str, Any], joining: list[str], left_out: list[str], why: LeftOut | None
) -> None:
    found = named(**way)
    assert [party.address for party in found.joining] == joining
    assert (list(found.left_out), found.why) == (left_out, why)
    assert bool(found.warning(FEW)) is bool(why)
    assert all(address in found.warning(FEW) for address in left_out)
    events = found.event(situation())
    assert [(one.kind, one.data) for one in events] == (
        [(EventKind.NOT_JOINED, {"addresses": ", ".join(left_out), "why": str(why)})] if why else []
    )


def test_those_taken_off_a_case_are_not_brought_back_by_being_copied() -> None:
    gone = CASE.joined(CY, "", PartyRole.CC).without(CY)
    assert named(gone, cc=people(CY, DI)).joined(gone).party(CY) is None


def test_notices_to_a_large_team_fill_no_case() -> None:
    team = CASE
    for number in range(80):
        team = team.joined(f"a{number}@acme.example", "", PartyRole.AGENT)
    assert [party.address for party in named(team, cc=people(CY)).joining] == [CY]


def test_a_notice_names_twenty_and_says_how_many_more_there_are() -> None:
    many = people(*(f"n{number}@crowd.example" for number in range(25)))
    warning = named(to=many).warning(FEW)
    assert "n19@crowd.example and 5 more" in warning


def test_who_took_part_and_writes_has_written_and_nobody_else() -> None:
    case = CASE.joined(CY, "Cy", PartyRole.CC).joined(DI, "", PartyRole.CC)
    heard = case.heard_from(CY.upper())
    assert [(party.address, party.written) for party in heard.parties] == [
        (BO, True),
        (CY, True),
        (DI, False),
    ]
    assert heard.heard_from(EVE) == heard
    assert heard.without(CY).joined(CY, "", PartyRole.CC).party(CY) != heard.party(CY)
