"""Who is who, whatever the letter case."""

from __future__ import annotations

import pytest

from maildesk.desk.policy.people import Account, People, Person, Role, Team
from maildesk.desk.policy.typed_people import addresses_first
from maildesk.mail.identity.own_names import OwnNames

ANA = Person("Ana Souza", "Ana@acme.example", ("support",))
BEN = Person("Ben Ito", "ben@acme.example", ("support", "billing"))
LEA = Person("Lea Dias", "lea@acme.example")
CLIENT = Account("Client Inc", ("client.example",), plan="premium")
PRIVATE = Account("Private Ltd", ("private.example",), ("boss@client.example",))
PEOPLE = People(
    agents=(ANA, BEN),
    teams=(Team("support", "ana@acme.example"), Team("billing")),
    leadership=(LEA,),
    operators=("ops@acme.example",),
    accounts=(CLIENT, PRIVATE),
    own=OwnNames.of(["Support@acme.example"]),
)


@pytest.mark.parametrize(
    ("address", "roles", "of_the_desk"),
    [
        ("ANA@ACME.EXAMPLE", {Role.AGENT, Role.LEAD}, True),
        ("ben@acme.example", {Role.AGENT}, True),
        ("Lea@acme.example", {Role.LEADER}, True),
        ("ops@acme.example", {Role.OPERATOR}, False),
        ("zoe@client.example", set(), False),
        ("", set(), False),
    ],
)
def test_an_address_has_its_roles(address: str, roles: set[Role], of_the_desk: bool) -> None:
    assert PEOPLE.roles(address) == roles
    assert PEOPLE.is_desk_person(address) is of_the_desk


def test_people_are_found_by_address() -> None:
    assert PEOPLE.agent("aNa@acme.example") is ANA
    assert PEOPLE.agent("lea@acme.example") is None
    assert PEOPLE.leader("LEA@acme.example") is LEA
    assert PEOPLE.person("lea@acme.example") is LEA


def test_the_kelvin_sign_is_no_k() -> None:
    """Python lowers U+212A to a plain k: folded so, a stranger would be an agent."""
    people = People(agents=(Person("Kim", "kim@acme.example"),))
    assert people.agent("KIM@acme.example")
    assert not people.is_desk_person("\u212aim@acme.example")


@pytest.mark.parametrize(
    ("address", "account"),
    [
        ("zoe@client.example", CLIENT),
        ("zoe@CLIENT.example", CLIENT),
        ("boss@client.example", PRIVATE),
        ("zoe@sub.client.example", None),
        ("client.example", None),
        ("@client.example@x", None),
        ("", None),
    ],
)
def test_an_account_is_found_by_address_then_by_domain(address: str, account: Account | None) -> None:
    assert PEOPLE.account_of(address) is account


def test_our_own_addresses_are_known() -> None:
    assert PEOPLE.is_own("support@ACME.example")
    assert not PEOPLE.is_own("ana@acme.example")


def test_members_come_in_the_order_of_the_configuration() -> None:
    assert PEOPLE.members("support") == (ANA, BEN)
    assert PEOPLE.members("billing") == (BEN,)
    assert PEOPLE.members("nobody") == ()
    assert PEOPLE.team("billing") == Team("billing")
    assert PEOPLE.team("nobody") is None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("a@client.example", "b@CLIENT.example", True),
        ("a@client.example", "a@other.example", False),
        ("a@other.example", "b@other.example", False),
        ("a@client.example", "a@sub.client.example", False),
        ("a@client.example", "boss@client.example", False),  # whose address another account names
        ("x@private.example", "boss@client.example", True),
        ("a@gmail.com", "b@gmail.com", False),
        ("", "", False),
        ("nobody", "nobody", False),
    ],
)
def test_only_an_account_makes_two_people_colleagues(one: str, other: str, same: bool) -> None:
    assert PEOPLE.same_account(one, other) is same


def test_addresses_are_typed_with_quotes_or_without() -> None:
    typed = '"cy..l."@docomo.example, cy..l.@docomo.example and <cy@bücher.example> please'
    odd = '"cy..l."@docomo.example'
    assert addresses_first(typed) == ([odd, odd, "cy@xn--bcher-kva.example"], "please")


@pytest.mark.parametrize("between", ["", " "])
def test_an_address_may_have_the_link_behind_it_that_outlook_writes(between: str) -> None:
    typed = f"cy@client.example{between}<mailto:cy@client.example>, bo@client.example please"
    assert addresses_first(typed) == (["cy@client.example", "bo@client.example"], "please")
