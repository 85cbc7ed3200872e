"""The fit that tells linear from quadratic cost, on costs that are made up."""

from __future__ import annotations

import pytest

from bench.reading.growth import Growth
from bench.reading.structures import Structure, numbered

NOTHING = Structure("nothing", lambda size: b"", 0)
SIZES = [2**power for power in range(9, 19)]


def growth(costs: list[float]) -> Growth:
    return Growth(NOTHING, dict(zip(SIZES, costs, strict=False)))


@pytest.mark.parametrize(
    ("costs", "linear"),
    [
        ([size / 1e6 for size in SIZES], True),
        ([size**2 / 1e9 for size in SIZES], False),
        ([0.0001 for _ in SIZES], True),
        ([0.0 for _ in SIZES], True),
        ([min(size, 8192) ** 2 / 1e9 for size in SIZES], False),
        ([min(size, 8192) / 1e6 for size in SIZES], True),
        ([size / 1e6 for size in SIZES[:6]] + [SIZES[5] / 1e6 * 5**n for n in range(1, 5)], False),
        ([0.1], True),
    ],
    ids=[
        "linear", "quadratic", "too cheap to measure", "no cost", "quadratic up to a limit",
        "linear up to a limit", "quadratic at last", "one size only",
    ],
)  # fmt: skip
def test_linear_is_told_from_more(costs: list[float], linear: bool) -> None:
    assert growth(costs).linear == linear


def test_the_exponent_is_fitted() -> None:
    assert growth([size / 1e6 for size in SIZES]).exponent == pytest.approx(1)
    assert growth([size**2 / 1e9 for size in SIZES]).exponent == pytest.approx(2)


def test_numbered_pieces_differ_and_fill_their_size() -> None:
    made = numbered(b"a%d;", 1000)
    assert made.startswith(b"a0;a1;a2;")
    assert len(made) == pytest.approx(1000, rel=0.2)
