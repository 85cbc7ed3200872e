"""The bench of boards: that it measures what it says."""

from __future__ import annotations

import pytest

from bench import boards


def test_the_bench_tells_what_a_board_costs_beside_its_start(capsys: pytest.CaptureFixture[str]) -> None:
    assert boards.main(["--cases", "63", "--runs", "1"]) == 0
    told = capsys.readouterr().out
    assert "one open case " in told
    assert "63 open cases " in told
    assert "aim: 1 s, 2.5 MB" in told
