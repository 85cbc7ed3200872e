"""What the demo asks of its desk, when the desk cannot say it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from maildesk.demo.desk import DemoFailed, RealDesk
from maildesk.demo.servers import BORDER, HOST


@pytest.mark.parametrize("road", ["json", "run"])
def test_a_question_that_fails_ends_the_story_with_its_own_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, road: str
) -> None:
    """Whatever the variables of this machine say to a desk."""
    monkeypatch.setenv("MAILDESK_NOW", "no time")
    desk = RealDesk(tmp_path, HOST, 1, 1, "demo", BORDER)
    assert desk.json("inbox", "list") == []
    with pytest.raises(DemoFailed, match=r"^maildesk case show failed: maildesk: .*7K2Q"):
        getattr(desk, road)("case", "show", "7K2Q")
    assert capsys.readouterr() == ("", "")
    assert os.environ["MAILDESK_NOW"] == "no time"
