"""What a mail costs to read grows with its size at most: no field, part or tag buys more than its share."""

from __future__ import annotations

import contextlib
import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import maildesk.mail
from bench.reading.body_structures import bodies
from bench.reading.header_structures import fields, repeated_fields
from bench.reading.part_structures import parts
from bench.reading.structures import Structure
from maildesk.errors import Unreadable
from maildesk.mail.identity.authenticity import Trust
from maildesk.mail.identity.own_names import OwnNames
from maildesk.mail.message import IncomingMail
from maildesk.mail.mime.charsets import Guesser, guess
from maildesk.mail.mime.eight_bit import EightBit
from maildesk.mail.mime.headers import Field, cut_header, decode_words, split_header
from maildesk.mail.reading import read_mail
from tests.containers import in_pieces, signed_data, streamed_signed_data
from tests.cost import at_most, millions

TRUST = Trust(authserv_id="mx.acme.example")
TOP = b"From: ana@client.example\r\nTo: support@acme.example\r\nMessage-ID: <1@client.example>\r\n"
RAW = b"\xe4\xff\xc3"


def in_parts(header: bytes, body: bytes, count: int, kind: bytes = b"mixed") -> bytes:
    part = b"--b\r\n" + header + b"\r\n" + body + b"\r\n"
    return TOP + b"Content-Type: multipart/" + kind + b"; boundary=b\r\n\r\n" + part * count + b"--b--\r\n"


def header_of(line: bytes) -> bytes:
    return TOP + line * (240_000 // len(line)) + b"\r\nhi"


def parameters_of(one: bytes) -> bytes:
    return b"".join(one % number for number in range(199)) + b"\r\n"


def html_parts(tag: bytes) -> bytes:
    return in_parts(b"Content-Type: text/html\r\n", tag * (60_000 // len(tag)), 490)


def sealed_in(inner: bytes) -> bytes:
    return b"Content-Type: application/pkcs7-mime; name=smime.p7m\r\n\r\n" + signed_data(inner)


def nested(filler: bytes) -> bytes:
    levels = (b"--a%d\r\nContent-Type: multipart/mixed; boundary=a%d\r\n\r\n" % (n, n + 1) for n in range(48))
    return TOP + b"Content-Type: multipart/mixed; boundary=a0\r\n\r\n" + b"".join(levels) + filler


MAILS: dict[str, Callable[[], bytes]] = {
    "loops": lambda: header_of(b"X-Loop:" + RAW + b"\r\n"),
    "blind-copies": lambda: header_of(b"Bcc:" + RAW + b" a@client.example\r\n"),
    "words-and-raw": lambda: TOP + b"Subject: " + (b"=?x?q?a?= " + RAW + b" ") * 15_000 + b"\r\n\r\nhi",
    "raw-in-words": lambda: header_of(b"X-Loop: =?x?q?" + RAW + b"?=\r\n"),
    "parameters": lambda: in_parts(b"Content-Type: text/plain" + parameters_of(b"; a%d=" + RAW), b"x", 480),
    "percent": lambda: in_parts(b"Content-Type: a/b" + parameters_of(b";f%d*=x'y'%%e4%%ff"), b"x", 490),
    "percent-unnamed": lambda: in_parts(b"Content-Type: a/b" + parameters_of(b";f%d*=''%%e4%%ff"), b"x", 490),
    "reports": lambda: in_parts(
        b"Content-Type: message/delivery-status\r\n",
        b"Action: \xe4\r\nStatus: \xe4\r\nDiagnostic-Code: \xe4\r\n\r\n" * 400,
        480,
        b"report; report-type=delivery-status",
    ),
    "small-texts": lambda: in_parts(b"Content-Type: text/plain\r\n", RAW * 10, 490),
    "cells": lambda: html_parts(b"<td>"),
    "lists": lambda: html_parts(b"<ul>"),
    "declarations": lambda: html_parts(b"<!>"),
    "attributes": lambda: html_parts(b"<a b='&amp;&lt;&gt;'>"),
    "indents": lambda: (
        TOP + b'Content-Type: text/html\r\n\r\n<blockquote style="margin:0' + b" " * 200_000 + b'">hi'
    ),
    "short-lines": lambda: TOP + b"\r\n" + b"x:\n" * 349_000,
    "padding": lambda: (
        TOP + b"Content-Type: a/b\r\nContent-Transfer-Encoding: base64\r\n\r\n" + b"A=" * 2**23
    ),
    "uu-lines": lambda: (
        TOP + b"Content-Type: a/b\r\nContent-Transfer-Encoding: x-uue\r\n\r\n" + b"a\n" * 2**23
    ),
    "uu-begins": lambda: TOP + b"\r\n" + b"begin 644 x\r\nno\r\n" * 400_000,
    "uu-names": lambda: TOP + b"\r\n" + (b"begin 644 " + b" " * 254 + b"x\r\n") * 60_000,
    "uu-files": lambda: TOP + b"\r\n" + b"begin 644 x\n%:&5L;&\\\n" * 400_000 + b"end\n",
    "words-without-end": lambda: TOP + b"Subject: " + b"=?x?q?a " * 30_000 + b"\r\n\r\nhi",
    "spaces-in-an-address": lambda: TOP + b"Cc: a" + b" " * 200_000 + b"@" + b" " * 40_000 + b"\r\n\r\nhi",
    "surnames": lambda: TOP + b"Cc: " + b"a," * 120_000 + b"\r\n\r\nhi",
    "dates": lambda: TOP + (b"Date: 1 jan 1:" + b" 1 a" * 40 + b"\r\n") * 1_300 + b"\r\nhi",
    "enclosed-mails": lambda: in_parts(b"Content-Type: message/rfc822\r\n", b"A: b\r\n" * 10_000, 490),
    "winmail": lambda: in_parts(
        b"Content-Type: application/ms-tnef\r\n",
        b"\x78\x9f\x3e\x22\1\0" + (b"\2\2\x90\0\0\0\0\0\0\0\0") * 190,
        490,
    ),
    "signed-in-parts": lambda: in_parts(
        b"Content-Type: application/pkcs7-mime\r\n", streamed_signed_data(in_pieces([b""] * 8_000)), 490
    ),
    "signed-levels": lambda: (
        TOP + sealed_in(sealed_in(sealed_in(b"Content-Type: text/plain\r\n\r\n" + b"x\n" * 2**20)))
    ),
    "lines-that-are-no-fields": lambda: TOP + b"x\nFrom: x\n" * 6_000 + b"\r\nhi",
    "winmail-beside-blank-html": lambda: html_parts(b"<td>").replace(b"text/html", b"application/ms-tnef", 1),
    "japanese": lambda: TOP + b"\r\n" + b"\x1b$B-!\x1b(B" * 300_000,
    "soft-breaks": lambda: (
        TOP + b"Content-Type: a/b\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" + b"= \n=" * 2**22
    ),
}


def read(raw: bytes) -> IncomingMail:
    return read_mail(raw, trust=TRUST, own_names=OwnNames.of(["support@acme.example"]))


@pytest.mark.parametrize("name", MAILS)
def test_a_hostile_mail_costs_little(name: str) -> None:
    raw = MAILS[name]()
    with at_most(400):
        read(raw)


# --- everything a sender may make large -----------------------------------------------------------

# Quadratic cost takes minutes at this size, linear cost a fraction of a second.
BYTES = 64 * 2**10
MILLIONS_EACH = 120
GROUPS = {name: group for made in (fields, repeated_fields, bodies, parts) for name, group in made()}


@pytest.mark.parametrize("group", GROUPS)
def test_nothing_that_is_made_large_costs_more_than_its_size(group: str) -> None:
    for structure in GROUPS[group]:
        raw = structure.build(BYTES)
        with at_most(MILLIONS_EACH, structure.name), contextlib.suppress(Unreadable):
            read(raw)  # or refused, which must not cost more either


def test_a_structure_is_as_large_as_it_is_asked_to_be() -> None:
    built = {each.name: len(each.build(BYTES)) for group in GROUPS.values() for each in group}
    assert len(GROUPS) > 30
    assert {name: size for name, size in built.items() if not BYTES / 2 < size < BYTES * 2} == {}


def test_sizes_double_up_to_the_most() -> None:
    structure = Structure("lines", lambda size: b"x" * size, 2000)
    assert list(structure.sizes(500)) == [500, 1000, 2000]


# --- every pattern ----------------------------------------------------------------------------------

MODULES = [each.name for each in pkgutil.walk_packages(maildesk.mail.__path__, "maildesk.mail.")]
PIECES = (
    *"-_=*.,:;@<>()[]{}\"'\\/&%#?!|~^ \t\r\n\x00a1é。の",
    *("a ", "- ", "_*", "a.", "a@", "> ", ">\n", "a\n", " \n", "\r\n", "-\n", "--", "--- ", "<a ", "-->"),
    *("a: ", "a:\n", "a=", "=?", "?=", "a@b.c ", "550 ", "550-5.1 ", "12:34 ", "1/2/26 "),
    *("to ", "the ", "your ", "message ", "delivery ", "from: a\n", "on 1 ", "wrote ", "wrote:\n"),
    *("mon, ", "sent ", "style=", "class=", "charset=", "href="),
)  # fmt: skip
PATTERN_CHARS = 500
PATTERN_MILLIONS = 4
GLANCE_CHARS = 120
GLANCE_MILLIONS = 0.02  # dearer ones are looked at more closely


def patterns_in(value: object) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, tuple | list):
        for each in value:
            yield from patterns_in(each)


def cost_of(pattern: re.Pattern[Any], text: str, *, at_start: bool) -> float:
    look = pattern.match if at_start else pattern.search
    subject = text.encode() if isinstance(pattern.pattern, bytes) else text
    return millions(lambda: look(subject))


def only_matched(name: str, source: str) -> bool:
    """Whether a module looks for a pattern at one place only: a search tries every place of a text."""
    return set(re.findall(rf"\b{name}\.(\w+)\(", source)) in (
        {"match"},
        {"fullmatch"},
        {"match", "fullmatch"},
    )


def slow_patterns(named: dict[str, object], source: str = "", chars: int = PATTERN_CHARS) -> Iterator[str]:
    for name, value in named.items():
        at_start = only_matched(name, source)
        for pattern in patterns_in(value):
            for piece in PIECES:
                text = piece * (GLANCE_CHARS // len(piece))
                if cost_of(pattern, text, at_start=at_start) < GLANCE_MILLIONS:
                    continue
                cost = cost_of(pattern, piece * (chars // len(piece)), at_start=at_start)
                if cost > PATTERN_MILLIONS:
                    yield f"{name} costs {cost:.0f} million steps for {chars} characters of {piece!r}"
                    break


@pytest.mark.parametrize("module", MODULES)
def test_no_pattern_of_the_reader_is_slow(module: str) -> None:
    loaded = importlib.import_module(module)
    found = list(slow_patterns(vars(loaded), inspect.getsource(loaded)))
    assert not found, "\n".join(["", *found])


@pytest.mark.parametrize(
    ("pattern", "slow"),
    [
        (re.compile(r"(?:a|a)+$"), False),
        (re.compile(r"\W*\S+@\S+-"), True),
        (re.compile(rb" *\s*\s*x"), True),
    ],
    ids=["quick", "cubic", "cubic in bytes"],
)
def test_a_slow_pattern_is_found(pattern: object, slow: bool) -> None:
    """Three hundred characters show the cube well enough."""
    assert bool(list(slow_patterns({"_PATTERN": (pattern,)}, chars=300))) == slow


# --- what is cut, and said to be --------------------------------------------------------------------


def test_large_parts_deep_inside_others_are_refused_without_searching_them_all() -> None:
    with pytest.raises(Unreadable, match="too deep"):
        read(nested(b"\n--a" * 2**20 * 2))


@pytest.mark.parametrize("tag", [b"<td>", b"<ul>", b"<b>x</b>"])
def test_all_html_of_a_mail_shares_one_allowance(tag: bytes) -> None:
    assert "text-cut" in read(html_parts(tag)).defects


def test_text_beyond_the_budget_is_cut_and_said_to_be() -> None:
    mail = read(in_parts(b"Content-Type: text/plain\r\n", b"word " * 10_000, 40))
    assert len(mail.body.text.replace("\n", "")) <= 2**20
    assert "text-cut" in mail.defects


def test_a_text_of_countless_lines_is_cut_and_said_to_be() -> None:
    mail = read(TOP + b"\r\n" + b"x\n" * 200_000)
    assert mail.body.text.count("\n") < 100_000
    assert "text-cut" in mail.defects


def test_a_mail_of_many_ordinary_parts_is_read_whole() -> None:
    mail = read(in_parts(b"Content-Type: text/html; charset=utf-8\r\n", b"<p>One <b>word</b>.</p>" * 40, 100))
    assert mail.body.text.count("One word.") == 4000
    assert "text-cut" not in mail.defects


# --- one guess for all headers --------------------------------------------------------------------


def shown(raw: bytes) -> list[str]:
    return [decode_words(each.value) for each in EightBit().readable(split_header(raw))]


def test_short_values_are_read_by_what_the_whole_header_says() -> None:
    header = "Subject: Не работает сервер, помогите пожалуйста\nX-Name: Да\n".encode("koi8-r")
    assert shown(header) == ["Не работает сервер, помогите пожалуйста", "Да"]


def test_a_value_in_utf_8_stays_so_beside_values_that_are_not() -> None:
    header = "Subject: café\n".encode() + "To: Müller über alles\n".encode("cp1252")
    assert shown(header) == ["café", "Müller über alles"]


def test_raw_bytes_inside_an_encoded_word_are_in_its_charset() -> None:
    header = b"Subject: \xe4 =?gb2312?q?" + "你好".encode("gb2312") + b"?=\n"
    assert shown(header)[0].endswith("你好")


def test_parts_are_read_as_the_first_header_that_needed_a_guess() -> None:
    eight_bit = EightBit()
    eight_bit.readable(split_header("Subject: Не работает сервер, помогите\n".encode("koi8-r")))
    part = eight_bit.readable(split_header("Content-Description: Да\n".encode("koi8-r")))
    assert part == (Field("content-description", " Да".encode()),)


def test_identity_is_read_from_the_bytes_as_they_came() -> None:
    raw = b"From: \xe4\xff <ana@client.example>\r\nMessage-ID: <\xe4@client.example>\r\n\r\nhi"
    mail = read(raw)
    assert mail.author.address is not None
    assert mail.author.address.address == "ana@client.example"
    assert mail.ids.message_id == "ä@client.example"
    assert cut_header(raw).fields[0].value == b" \xe4\xff <ana@client.example>"


def test_after_many_guesses_the_last_answer_stands() -> None:
    guesser = Guesser()
    russian = "Не работает сервер, помогите пожалуйста".encode("cp1251")
    answers = [guesser(russian) for _ in range(20)]
    assert set(answers) == {guess(russian)}
    assert guesser("äöü äöü".encode("cp1252")) == guess(russian)
