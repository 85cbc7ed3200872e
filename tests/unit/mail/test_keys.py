"""The key file: written, read, rotated; its secrets are never shown."""

from __future__ import annotations

import pytest

from maildesk.errors import BadInput
from maildesk.mail.keys import Key, KeyRing


def test_a_ring_is_read_as_it_was_written() -> None:
    ring = KeyRing.generate(bytes(range(32))).rotated(b"2" * 32).rotated(b"3" * 40)
    assert KeyRing.parse(ring.render()) == ring
    assert [key.kid for key in ring.keys] == ["a", "b", "c"]
    assert (ring.root.kid, ring.current.kid) == ("a", "c")
    assert ring.named("b") == ring.keys[1]
    assert ring.named("z") is None


def test_remarks_and_blank_lines_are_passed_over() -> None:
    assert KeyRing.parse(f"# remark\n\n  a  {'0f' * 32}  \r\n").keys == (Key("a", b"\x0f" * 32),)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "holds no key"),
        ("# nothing\n", "holds no key"),
        ("a 0123\n", "line 1"),
        (f"# x\nab {'00' * 32}", "line 2"),
        (f"A {'00' * 32}", "line 1"),
        (f"a {'00' * 32}0", "line 1"),
        (f"a {'0g' * 32}", "line 1"),
        (f"a {'00' * 32}\na {'11' * 32}", "same name"),
    ],
)
def test_a_damaged_key_file_is_refused_without_showing_it(text: str, says: str) -> None:
    with pytest.raises(BadInput, match=says) as caught:
        KeyRing.parse(text)
    assert "0000" not in str(caught.value)
    assert "backup" in caught.value.remedy


def test_no_secret_appears_in_a_representation() -> None:
    ring = KeyRing.generate(b"very secret very secret very secr")
    assert "secr" not in repr(ring).replace("secret=", "")
    assert "secr" not in repr(ring.root).replace("secret=", "")


def test_weak_keys_and_full_rings_are_refused() -> None:
    with pytest.raises(ValueError, match="at least 32"):
        KeyRing.generate(b"short")
    ring = KeyRing.generate(b"0" * 32)
    for _ in range(35):
        ring = ring.rotated(b"1" * 32)
    with pytest.raises(BadInput, match="in use"):
        ring.rotated(b"1" * 32)
