"""The figures of a house, read from its source."""

from __future__ import annotations

from pathlib import Path

from bench.tracing import Entry, Trace
from bench.walks import House, row

SOURCES = {
    "__init__.py": "",
    "errors.py": "",
    "mail/__init__.py": "",
    "mail/words.py": "from maildesk.errors import Unreadable\n",
    "desk/__init__.py": "",
    "desk/case/law.py": "from maildesk.mail import words\nfrom maildesk.mail.words import parsed\n",
    "desk/acts.py": "from maildesk import __version__\nfrom maildesk.desk.case.law import judged\n",
}


def test_files_rooms_and_arrows_are_counted(tmp_path: Path) -> None:
    for file, source in SOURCES.items():
        path = tmp_path / "maildesk" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source)
    lines = House.read(tmp_path / "maildesk").text().splitlines()
    assert lines[0] == "7 files, 5 lines; 4 rooms, 3 arrows between them (2 at the top, 3 between files)"
    assert lines[2:] == [
        "desk (1) -> desk/case",
        "desk/case (1) -> mail",
        "errors (1) -> ",
        "mail (1) -> errors",
    ]


def test_a_walk_is_a_row_of_figures() -> None:
    steps = [
        ("daemon/a.py", "run"),
        ("desk/case/b.py", "judge"),
        ("desk/c.py", "act"),
        ("daemon/a.py", "done"),
    ]
    trace = Trace([Entry(*step, tuple(steps[:above])) for above, step in enumerate(steps)])
    assert [int(figure) for figure in row("walk", trace).split()[1:]] == [3, *(3, 3, 2, 1), *(3, 3, 2, 1)]
