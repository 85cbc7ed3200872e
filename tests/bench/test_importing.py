"""The bench of imports: its mails are threads, and it tells what one costs."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import importing
from maildesk.simulating.mbox import mails_in


def test_the_file_has_as_many_mails_as_were_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "old.mbox"
    importing.write_mbox(file, 40)
    with file.open("rb") as mails:
        assert len(list(mails_in(mails))) == 40
    assert file.read_bytes().count(b"\nIn-Reply-To: ") > 10


def test_the_bench_tells_what_a_mail_costs(capfd: pytest.CaptureFixture[str]) -> None:
    assert importing.main(["--mails", "12"]) == 0
    told = capfd.readouterr().out
    assert "12 mails imported" in told
    assert "12 mails were here already" in told
    assert "ms a mail, peak " in told
