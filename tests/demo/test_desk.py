"""What the demo asks of its desk, when the desk cannot say it."""

from __future__ import annotations

from pathlib import Path

import pytest

from maildesk.demo.desk import DemoFailed, RealDesk
from maildesk.demo.servers import BORDER, HOST


def test_a_question_that_fails_ends_the_story_with_its_own_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = RealDesk(tmp_path, HOST, 1, 1, "demo", BORDER)
    with pytest.raises(DemoFailed, match=r"^maildesk inbox list failed: maildesk: .*desk\.db"):
        desk.json("inbox", "list")
    with pytest.raises(DemoFailed, match=r"^maildesk inbox list failed: maildesk: .*desk\.db"):
        desk.run("inbox", "list")
    assert capsys.readouterr() == ("", "")
