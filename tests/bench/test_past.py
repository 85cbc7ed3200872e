"""The desk of many cases that simulations are measured with: it is what a desk's past is."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import simulating
from bench.past import past_of
from maildesk.simulating.own_cases import chosen


async def test_cases_that_were_written_down_are_what_they_were_too(tmp_path: Path) -> None:
    desk = past_of(tmp_path, cases=12, lived=5)
    try:
        chains = await chosen(desk.store, None, None)
        assert len(chains) == 12
        assert await desk.differences() == ({}, [])
    finally:
        desk.close()


def test_the_bench_tells_what_a_case_costs(capsys: pytest.CaptureFixture[str]) -> None:
    assert simulating.main(["--cases", "3"]) == 0
    told = capsys.readouterr().out
    assert "3 cases written" in told
    assert "ms a case, peak " in told
