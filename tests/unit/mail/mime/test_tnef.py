"""winmail.dat opened, and streams that say more than they hold."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maildesk.mail.mime.tnef import TnefFile, files_in
from maildesk.mail.mime.tnef_stream import NotTnef
from tests.cost import at_most

SIGNATURE = struct.pack("<IH", 0x223E9F78, 1)
BEGINS, DATA, TITLE, PROPERTIES, CODEPAGE = 0x9002, 0x800F, 0x8010, 0x9005, 0x9007
LONG_NAME, MIME_TYPE, DATA_OBJECT, DISPLAY_NAME = 0x3707, 0x370E, 0x3701, 0x3001
TEXT, UNICODE, BINARY, OBJECT, INTEGER = 0x001E, 0x001F, 0x0102, 0x000D, 0x0003


def one(name: int, value: bytes = b"", level: int = 2) -> bytes:
    return struct.pack("<BHHI", level, name, 0, len(value)) + value + struct.pack("<H", sum(value) & 0xFFFF)


def sized(kind: int, name: int, value: bytes) -> bytes:
    padding = bytes(-len(value) % 4)
    return struct.pack("<HHII", kind, name, 1, len(value)) + value + padding


def properties(*each: bytes) -> bytes:
    return one(PROPERTIES, struct.pack("<I", len(each)) + b"".join(each))


def file(title: bytes, data: bytes, *more: bytes) -> bytes:
    return one(BEGINS, bytes(14)) + one(TITLE, title + b"\0") + one(DATA, data) + b"".join(more)


def test_files_come_with_their_names_and_types() -> None:
    long_name = sized(UNICODE, LONG_NAME, "Übersicht März.pdf\0".encode("utf-16-le"))
    kind = sized(TEXT, MIME_TYPE, b"Application/PDF\0")
    stream = (
        SIGNATURE + file(b"UEBERS~1.PDF", b"pdf", properties(long_name, kind)) + file(b"b.txt", b"text\0\0")
    )
    assert files_in(stream) == (
        [TnefFile("Übersicht März.pdf", "application/pdf", b"pdf"), TnefFile("b.txt", "", b"text\0\0")],
        True,
    )


@pytest.mark.parametrize(
    ("number", "codec", "name"),
    [
        (1251, "cp1251", "Отчёт.doc"),
        (20866, "koi8-r", "Отчёт.doc"),
        (28591, "latin-1", "Übersicht.doc"),
        (65001, "utf-8", "Отчёт.doc"),
        (932, "cp932", "報告.doc"),
        (50220, "cp1252", "Übersicht.doc"),
    ],
)
def test_a_name_is_in_the_code_page_of_the_sender(number: int, codec: str, name: str) -> None:
    codepage = one(CODEPAGE, struct.pack("<II", number, 0), level=1)
    long_name = properties(sized(TEXT, LONG_NAME, name.encode(codec) + b"\0"))
    files, _ = files_in(SIGNATURE + codepage + file(name.encode(codec), b"x") + file(b"A", b"x", long_name))
    assert [each.name for each in files] == [name, name]


def test_a_code_page_that_nobody_has_is_read_as_western() -> None:
    codepage = one(CODEPAGE, struct.pack("<II", 2**32 - 1, 0), level=1)
    [only], _ = files_in(SIGNATURE + codepage + file(b"caf\xe9.doc", b"x"))
    assert only.name == "café.doc"


def test_an_object_keeps_the_zeros_at_its_end() -> None:
    block = properties(sized(OBJECT, DATA_OBJECT, b"document\0\0\0\0"), sized(TEXT, LONG_NAME, b"a.doc\0"))
    [only], _ = files_in(SIGNATURE + one(BEGINS) + block)
    assert (only.name, only.data) == ("a.doc", b"document\0\0\0\0")


def test_an_enclosed_mail_stays_closed() -> None:
    inner = SIGNATURE + file(b"inner.txt", b"x") * 3
    value = bytes.fromhex("0703020000000000c000000000000046") + inner
    block = properties(sized(OBJECT, DATA_OBJECT, value), sized(TEXT, DISPLAY_NAME, b"A mail\0"))
    files, whole = files_in(SIGNATURE + one(BEGINS) + block)
    assert ([each.data for each in files], whole) == ([inner], True)


def test_a_file_without_a_name_gets_one() -> None:
    [only], _ = files_in(SIGNATURE + one(BEGINS) + one(DATA, b"x"))
    assert only.name == "unknown.dat"


def test_what_follows_the_last_object_is_ignored() -> None:
    assert files_in(SIGNATURE + file(b"a", b"x") + b"\r\n" * 40)[1] is True


@pytest.mark.parametrize(
    "stream",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"MZ" + bytes(100), id="something-else"),
        pytest.param(SIGNATURE + one(BEGINS) * 5_001, id="too-many-objects"),
        pytest.param(SIGNATURE + file(b"a", b"x") * 201, id="too-many-files"),
        pytest.param(SIGNATURE + one(BEGINS) + one(DATA, b"x") * 2, id="two-contents"),
        pytest.param(SIGNATURE + bytes(32 * 2**20), id="too-large"),
    ],
)
def test_what_is_no_such_stream_is_refused(stream: bytes) -> None:
    with pytest.raises(NotTnef):
        files_in(stream)


FOUR_BILLION = struct.pack("<I", 2**32 - 1)


@pytest.mark.parametrize(
    "block",
    [
        pytest.param(FOUR_BILLION, id="properties"),
        pytest.param(struct.pack("<IHH", 1, 0x1000 | INTEGER, 1) + FOUR_BILLION + bytes(64), id="values"),
        pytest.param(struct.pack("<IHH", 1, BINARY, 1) + FOUR_BILLION + bytes(64), id="sized-values"),
        pytest.param(struct.pack("<IHHI", 1, BINARY, 1, 1) + FOUR_BILLION + bytes(64), id="bytes"),
        pytest.param(
            struct.pack("<IHH", 1, INTEGER, 0x8001) + bytes(16) + b"\1\0\0\0" + FOUR_BILLION, id="name"
        ),
        pytest.param(struct.pack("<IHH", 1, 0x7777, 1) + bytes(64), id="kind"),
        pytest.param(b"\1", id="cut-off"),
    ],
)
def test_a_count_that_does_not_hold_costs_the_file_and_nothing_else(block: bytes) -> None:
    with at_most(200):
        files, whole = files_in(SIGNATURE + one(BEGINS) + one(PROPERTIES, block) + file(b"b.txt", b"x"))
    assert ([each.name for each in files], whole) == (["b.txt"], False)


def test_the_cost_is_in_proportion_to_the_size() -> None:
    with at_most(200):
        files, whole = files_in(SIGNATURE + file(b"a", bytes(150_000)) * 200)
    assert (len(files), whole) == (200, True)


@given(st.lists(st.one_of(st.binary(max_size=40), st.just(file(b"a.txt", b"x")), st.just(one(BEGINS)))))
def test_any_bytes_are_files_or_refused(pieces: list[bytes]) -> None:
    try:
        files, _ = files_in(SIGNATURE + b"".join(pieces))
    except NotTnef:
        return
    assert all(isinstance(each.data, bytes) for each in files)


@given(st.data())
def test_a_damaged_stream_is_read_or_refused(data: st.DataObject) -> None:
    block = properties(sized(UNICODE, LONG_NAME, "a.pdf\0".encode("utf-16-le")), sized(BINARY, 0x8001, b"x"))
    stream = bytearray(SIGNATURE + file(b"A.PDF", b"pdf", block) + file(b"b", b"y"))
    for _ in range(data.draw(st.integers(1, 6))):
        stream[data.draw(st.integers(6, len(stream) - 1))] = data.draw(st.integers(0, 255))
    try:
        files_in(bytes(stream))
    except NotTnef:
        return
