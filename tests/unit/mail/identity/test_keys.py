"""The key file: written, read, rotated; its secrets are never shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from maildesk.errors import BadInput
from maildesk.mail.identity.keys import HONOURED, Key, KeyRing

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)


def test_a_ring_is_read_as_it_was_written() -> None:
    ring = KeyRing.generate(bytes(range(32))).rotated(b"2" * 32, NOW).rotated(b"3" * 40, NOW)
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
        (f"a {'00' * 32} retired", "line 1"),
        (f"a {'00' * 32} retired soon\nb {'11' * 32}", "no time"),
        (f"a {'00' * 32} retired 2026-03-02\nb {'11' * 32}", "no time"),
        (f"a {'00' * 32} retired 2026-03-02T10:00:00Z", "none signs"),
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
        ring = ring.rotated(b"1" * 32, NOW)
    with pytest.raises(BadInput, match="in use"):
        ring.rotated(b"1" * 32, NOW)


def test_a_retired_key_is_believed_for_90_days_and_the_first_makes_references_for_ever() -> None:
    ring = KeyRing.parse(KeyRing.generate(b"0" * 32).rotated(b"1" * 32, NOW).render())
    assert ring.root.retired == NOW
    assert ring.root.honoured_until == NOW + HONOURED
    assert ring.current.honoured_until is None
    late = ring.at(NOW + HONOURED)
    assert (late.named("a"), late.named("b")) == (None, ring.current)
    assert late.root == ring.root
    assert ring.at(NOW + HONOURED - timedelta(seconds=1)).named("a") == ring.root


def test_a_ring_in_which_nothing_expired_is_the_same_ring() -> None:
    ring = KeyRing.generate(b"0" * 32).rotated(b"1" * 32, NOW)
    assert ring.at(NOW) is ring
    assert ring.at(NOW + HONOURED).at(NOW) == ring


def test_rotation_leaves_out_what_nobody_believes_any_more_but_the_first_key() -> None:
    ring = KeyRing.generate(b"0" * 32).rotated(b"1" * 32, NOW).rotated(b"2" * 32, NOW)
    later = ring.rotated(b"3" * 32, NOW + HONOURED)
    assert [(key.kid, key.secret[:1]) for key in later.keys] == [("a", b"0"), ("c", b"2"), ("b", b"3")]
    assert later.root.retired == NOW


def test_a_key_whose_retirement_was_never_noted_is_retired_by_the_next_rotation() -> None:
    """A file that was written by hand, or by a release that kept no dates."""
    ring = KeyRing.parse(f"a {'00' * 32}\nb {'11' * 32}")
    assert ring.at(NOW + 10 * HONOURED).named("a") == ring.root
    assert ring.rotated(b"2" * 32, NOW).root.retired == NOW
