"""What was signed is read out of DER and BER, and hostile bytes cost no more than their size."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maildesk.mail.mime.cms import NotCms, Sealed, opened
from maildesk.mail.seals import Seal
from tests.containers import ENVELOPED, cms, der, in_pieces, marked, signed_data, streamed_signed_data
from tests.cost import at_most

WORDS = b"Content-Type: text/plain\r\n\r\nThe tap drips.\r\n"


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(signed_data(WORDS), id="der"),
        pytest.param(signed_data(WORDS) + b"\r\n-- \r\nA list's footer", id="more-behind"),
        pytest.param(streamed_signed_data(der(4, WORDS)), id="end-marks"),
        pytest.param(streamed_signed_data(in_pieces([WORDS[:9], b"", WORDS[9:]])), id="pieces"),
        pytest.param(
            streamed_signed_data(der(0x24, der(4, WORDS[:9]) + der(4, WORDS[9:]))), id="pieces-told"
        ),
        pytest.param(
            streamed_signed_data(marked(0x24, in_pieces([WORDS[:9]]) + der(4, WORDS[9:]))),
            id="pieces-in-pieces",
        ),
    ],
)
def test_what_was_signed_is_read(data: bytes) -> None:
    assert opened(data) == Sealed(Seal.SIGNED, WORDS, True)


@pytest.mark.parametrize(
    "data",
    [
        signed_data(WORDS * 10)[:200],
        streamed_signed_data(in_pieces([WORDS] * 10))[:200],
        streamed_signed_data(marked(0x24, der(4, WORDS) + der(2, b"x"))),
    ],
)
def test_of_a_message_cut_off_the_beginning_is_read(data: bytes) -> None:
    found = opened(data)
    assert found.content.startswith(WORDS[:40])
    assert not found.whole


@pytest.mark.parametrize("kind", ["010703", "010704", "010706", "0109100117"])
def test_what_is_encrypted_is_told(kind: str) -> None:
    assert opened(cms(bytes.fromhex("2a864886f70d" + kind), b"")) == Sealed(Seal.ENCRYPTED)


HOSTILE = {
    "nothing": b"",
    "text": b"Hello,\r\n",
    "another kind": cms(bytes.fromhex("2a864886f70d010701"), der(4, WORDS)),
    "a signature alone": streamed_signed_data(b""),
    "levels without end": b"\x30\x80" * 500_000,
    "sets without end": streamed_signed_data(b"")[:19] + b"\x31\x80" * 500_000,
    "strings in strings": streamed_signed_data(b"\x24\x80" * 500_000),
    "a length of 126 bytes": b"\x30\xfe" + b"\xff" * 126,
    "a length beyond all": b"\x30\x88" + b"\xff" * 8 + der(6, ENVELOPED)[:-1],
    "a length of no end": b"\x06\x80" * 100,
    "a long tag": b"\x3f" + b"\xff" * 500_000,
    "empty pieces": streamed_signed_data(in_pieces([b""] * 500_000)),
    "pieces that say more": streamed_signed_data(marked(0x24, b"\4\x84\xff\xff\xff\xff" * 100_000)),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_bytes_give_nothing_and_cost_little(name: str) -> None:
    with at_most(30), suppress(NotCms):
        assert len(opened(HOSTILE[name]).content) <= len(HOSTILE[name])


def test_twenty_megabytes_in_pieces_cost_what_their_size_says() -> None:
    data = streamed_signed_data(in_pieces([b"x" * 1000] * 20_000))
    with at_most(5):
        assert len(opened(data).content) == 20_000_000


@given(st.binary(max_size=200), st.data())
def test_any_bytes_are_cms_or_are_not(inner: bytes, data: st.DataObject) -> None:
    whole = data.draw(st.sampled_from([signed_data(inner), streamed_signed_data(in_pieces([inner, inner]))]))
    at = data.draw(st.integers(0, len(whole)))
    put = data.draw(st.binary(max_size=20))
    for each in (inner, whole[:at], whole[:at] + put + whole[at:], whole[:at] + put + whole[at + len(put) :]):
        try:
            found = opened(each)
        except NotCms:
            continue
        assert found.seal is not Seal.NONE
        assert len(found.content) <= len(each)
