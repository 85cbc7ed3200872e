"""Addresses as we compare and write them."""

from __future__ import annotations

from collections.abc import Callable, Set

import pytest

from maildesk.errors import BadInput
from maildesk.mail.addr_spec import (
    Addresses,
    ByAddress,
    ascii_domain,
    ascii_local,
    deliverable,
    same_address,
    same_or_under,
    same_person,
    spelled_in_letters,
)
from tests.cost import at_most


@pytest.mark.parametrize(
    ("domain", "plain"),
    [
        ("client.example", "client.example"),
        ("CLIENT.Example.", "client.example"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("localhost", "localhost"),
        ("a" * 63 + ".example", "a" * 63 + ".example"),
        ("a" * 64 + ".example", None),
        ("client.example..", None),
        (".client.example", None),
        ("client..example", None),
        ("-client.example", None),
        ("client-.example", None),
        ("cl_ent.example", None),
        ("client.example\n", None),
        ("bücher.example", None),
        ("a." * 127 + "a", None),
        ("", None),
        (".", None),
    ],
)
def test_a_domain_has_one_spelling(domain: str, plain: str | None) -> None:
    assert ascii_domain(domain) == plain


@pytest.mark.parametrize(
    ("domain", "parent", "expected"),
    [
        ("client.example", "client.example", True),
        ("mail.client.example", "client.example", True),
        ("client.example", "mail.client.example", False),
        ("badclient.example", "client.example", False),
        ("client.example", "example", False),
        ("localhost", "localhost", True),
    ],
)
def test_a_domain_lies_under_its_parent_only(domain: str, parent: str, expected: bool) -> None:
    assert same_or_under(domain, parent) is expected


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("Ana.Souza@Client.Example", "Ana.Souza@client.example"),
        ("ana+tag=x@client.example", "ana+tag=x@client.example"),
        ("ana@Bücher.example", "ana@xn--bcher-kva.example"),
        ("ana@bücher。example", "ana@xn--bcher-kva.example"),
        ("ana..b.@docomo.example", '"ana..b."@docomo.example'),
        (".ana@docomo.example", '".ana"@docomo.example'),
        ('"ana..b."@docomo.example', '"ana..b."@docomo.example'),
        ('"ana.b"@client.example', "ana.b@client.example"),
    ],
)
def test_an_address_is_written_with_a_labels(address: str, written: str) -> None:
    assert deliverable(address) == written


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("ana", "no e-mail address"),
        ("", "no e-mail address"),
        ("@client.example", "does not write"),
        ("ana souza@client.example", "does not write"),
        ('"ana souza"@client.example', "does not write"),
        ("a" * 65 + "@client.example", "does not write"),
        (".." + "a" * 61 + "@client.example", "does not write"),
        ("...@client.example", "does not write"),
        ('"ana\\"b"@client.example', "does not write"),
        ("ana\r\nBcc: x@client.example", "does not write"),
        ("ana@client.example\r\nBcc: x", "no domain"),
        ("ana@client.example, x@y.example", "does not write"),
        ("ana@", "no domain"),
        ("ana@[192.0.2.1]", "no domain"),
        ("josé@client.example", "SMTPUTF8"),
        ("ana@straße.example", "xn--"),
        ("ana@\udc80.example", "xn--"),
        ("ana@" + "é" * 200 + ".example", "ASCII domain"),
        ("ana@" + "é" * 100_000 + ".example", "no domain"),
    ],
)
def test_an_address_that_cannot_be_written_is_refused_in_words(address: str, says: str) -> None:
    with at_most(80), pytest.raises(BadInput) as caught:
        deliverable(address)
    assert says in str(caught.value)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 800


def test_a_local_part_is_a_dot_atom() -> None:
    assert ascii_local("a.b!#$%&'*+/=?^_`{|}~-")
    assert not any(map(ascii_local, ["", ".a", "a.", "a..b", "a b", "a@b", "é", "a" * 65]))


KELVIN = "\u212aim@client.example"
"""The Kelvin sign, which `str.lower` makes a k."""


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Bo@Client.Example", "bo@client.example", True),
        ("bo@client.example", "cy@client.example", False),
        (KELVIN, "kim@client.example", False),
        (None, "bo@client.example", False),
    ],
)
def test_an_address_is_the_same_in_any_letter_case(one: str | None, other: str, same: bool) -> None:
    assert same_address(one, other) is same
    assert (other in Addresses([one or ""])) is same
    assert (other in ByAddress({one or "": 1})) is same


@pytest.mark.parametrize("kind", [set, Addresses])
def test_sets_of_addresses_are_compared_however_they_are_spelled(
    kind: Callable[[list[str]], Set[str]],
) -> None:
    others = kind(["Bo@client.example", "CY@client.example"])
    both, bo = Addresses(["BO@client.example", "cy@Client.Example"]), Addresses(["bo@CLIENT.example"])
    assert both == others == both != bo
    assert bo < both <= others <= both
    assert not others <= bo
    assert both & others == others | bo == both
    assert both - others == Addresses()
    assert others - bo == Addresses(["cy@client.example"])
    assert not bo.isdisjoint(others)
    assert hash(both) == hash(Addresses(others))
    assert sorted(both) == ["bo@client.example", "cy@client.example"]


def test_a_table_by_address_knows_each_once() -> None:
    table = ByAddress({"Bo@client.example": 1})
    assert table.setdefault("BO@client.example", 2) == table.get("bo@Client.example") == 1
    table["bo@CLIENT.example"] = 3
    assert dict(table) == {"bo@client.example": 3}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Bo@Client.example", "bo@client.EXAMPLE", True),
        ("José@client.example", "jose\u0301@client.example", True),
        ("JOSÉ@client.example", "josé@client.example", True),
        ("josé@client.example", "jose@client.example", False),
        ("bo@bücher.example", "bo@xn--bcher-kva.example", True),
        ("bo@BÜCHER.example", "bo@bu\u0308cher.example", True),
        ("bo@straße.example", "bo@xn--strae-oqa.example", True),
        ("bo@straße.example", "bo@strasse.example", False),
        ("\u212aim@client.example", "kim@client.example", False),
        ("\u212aevin.é@client.example", "kevin.é@client.example", False),
        ("bo", "bo", True),
    ],
)
def test_spellings_of_one_person_are_one_and_no_other_becomes_them(one: str, other: str, same: bool) -> None:
    assert same_person(one, other) == same


@pytest.mark.parametrize(
    ("domain", "written"),
    [
        ("xn--bcher-kva.example", "bücher.example"),
        ("xn--strae-oqa.example", "straße.example"),
        ("xn--\u00e9.example", "xn--\u00e9.example"),
        ("xn--99999999999.example", "xn--99999999999.example"),
        ("client.example", "client.example"),
    ],
)
def test_a_domain_is_written_as_people_write_it(domain: str, written: str) -> None:
    assert spelled_in_letters(domain) == written
