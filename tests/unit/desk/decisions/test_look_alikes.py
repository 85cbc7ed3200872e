"""Which strangers may be taken for somebody a reader knows."""

from __future__ import annotations

import pytest

from maildesk.desk.decisions.look_alikes import KnownPerson, known_of, look_alike, taken_for
from tests.unit.desk.matters import BO, CASE, PEOPLE

DORA = KnownPerson("dora@client.example", "Dora Quist")


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("dora@client.exarnple", ""),
        ("dora@cIient.example", ""),
        ("dora@c1ient.example", ""),
        ("d0ra@client.example", ""),
        ("dora@client-example.com", ""),
        ("dora@cli-ent.example", ""),
        ("dora@other.example", ""),
        ("do.ra@client.example", ""),
        ("dorra@client.example", ""),
        ("doar@client.example", ""),
        ("dora@client.exampl", ""),
        ("dor\u0430@client.example", ""),
        ("d\u00f3ra@elsewhere.example", ""),
        ("x@y.example", "Dora Quist"),
        ("x@y.example", "QUIST, Dora"),
        ("x@y.example", "D\u00f3ra  Quist"),
        ("x@y.example", "D\u043er\u0430 Quist"),
        ("x@y.example", "d\u03bfra quist"),
        ("x@y.example", "dora@client.example"),
        ("x@y.example", "Dora <Dora@Client.example>"),
        ("dora.client.example@y.example", ""),
    ],
)
def test_who_looks_like_somebody_known_is_noticed(address: str, name: str) -> None:
    assert look_alike(address, name, [DORA]) == DORA


@pytest.mark.parametrize(
    ("address", "name", "known"),
    [
        ("dora@client.example", "Dora Quist", DORA),
        ("DORA@client.example", "", DORA),
        ("eve@evil.example", "Eve", DORA),
        ("cy@client.example", "Cy", KnownPerson("bo@client.example", "Bo Lund")),
        ("x@y.example", "", KnownPerson("z@w.example", "")),
        ("", "", DORA),
    ],
)
def test_who_does_not_is_a_stranger_and_no_more(address: str, name: str, known: KnownPerson) -> None:
    assert look_alike(address, name, [known]) is None


def test_the_parties_come_first_and_the_desks_people_are_known_too() -> None:
    known = known_of(CASE, PEOPLE)
    assert known[0].address == BO
    assert look_alike("agent@acrne.example", "", known) == KnownPerson("agent@acme.example", "Ana Agent")


def test_the_two_addresses_stand_one_below_the_other_with_marks_where_they_part() -> None:
    first, second, marks = taken_for("dora@client.exarnple", DORA).splitlines()[-3:]
    assert (first.split()[-1], second.split()[-1]) == ("dora@client.example", "dora@client.exarnple")
    assert first.index("dora@") == second.index("dora@")
    assert marks.index("^") == first.index("mple")


def test_addresses_as_long_as_they_may_be_cost_little() -> None:
    """Two signs aside, only what lies near the diagonal is compared."""
    many = [KnownPerson(f"{'a' * 300}{number}@client.example", "") for number in range(200)]
    assert look_alike("b" * 301 + "@client.example", "", many) is None
