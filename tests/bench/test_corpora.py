"""The table of scores: anchors read from a README, our lines beside them, and no corpora at all."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.corpora.__main__ import main
from bench.corpora.anchors import tables
from bench.corpora.scoring import CannotScore, Score, scores
from bench.corpora.table import ASKED, is_asked, lines, text
from bench.corpora.unlabelled import called_automatic, names_in_winmail

README = """\
| set | mails | asks for |
|---|---|---|
| first | 12 | headers |

| set | one | two |
|---|---|---|
| stalwart | 86.4 | **94.1** |
| hostile, clean | [100] | 0 |
"""
# A scorer as small as can be: it does what the arguments say, and says what it was given.
SCORER = """\
import importlib, json, sys
folder, arguments = sys.argv[1], sys.argv[2:]
given = dict(zip(arguments[::2], arguments[1::2]))
adapter = importlib.import_module(given["--extra"]).PARSERS[0]
subject = adapter.parse(b"Subject: Hi\\r\\n\\r\\nhi")["subject"]
fields = {"subject": [3, 0.0, 66.7], "text": [1, 100.0, 100.0]}
row = dict(corpus="stalwart", adapter=adapter.name, fields=fields, exceptions=0, worst=[0.01, "a"])
json.dump([row], open(given["--json"], "w"))
fail = dict(corpus="stalwart", adapter=adapter.name, file="a.eml", field="subject", want="Ho", got=subject)
open(given["--fails"], "w").write(json.dumps(fail) + "\\n")
"""


@pytest.fixture
def corpora(tmp_path: Path) -> Path:
    (tmp_path / "score.py").write_text(SCORER)
    (tmp_path / "README.md").write_text(README)
    (tmp_path / "stalwart").mkdir()
    row = {"file": "a.eml", "kind": "message", "expect": {}}
    (tmp_path / "stalwart" / "index.jsonl").write_text(json.dumps(row) + "\n")
    (tmp_path / "stalwart" / "a.eml").write_bytes(b"Subject: Hi\nAuto-Submitted: auto-generated\n\nhi")
    return tmp_path


def test_only_tables_of_scores_are_anchors() -> None:
    assert tables(README) == {
        "stalwart": {"one": "86.4", "two": "94.1"},
        "hostile, clean": {"one": "[100]", "two": "0"},
    }


def test_a_line_counts_its_checks_and_stands_beside_the_others() -> None:
    score = Score("stalwart", "maildesk", {"subject": (3, 2), "text": (1, 1)}, 0, 0.01)
    (line,) = lines([score], tables(README))
    assert (line.made, line.passed, line.share) == (4, 3, 75.0)
    assert "75.0<   95   one 86.4, two 94.1" in text([line])


def test_every_line_of_the_table_asks_for_something_else() -> None:
    assert len({(each.corpus, each.adapter, each.only, each.leave) for each in ASKED}) == len(ASKED)


def test_a_failure_outside_of_the_table_is_not_shown() -> None:
    assert is_asked("crisp_reply", "maildesk", "reply")
    assert not is_asked("crisp_reply", "maildesk, quotes only", "reply")
    assert not is_asked("threads_jwz", "maildesk", "threads_by_subject_only")


def test_the_scorer_of_the_folder_is_run_on_our_adapter(corpora: Path) -> None:
    (score,), (failure,) = scores(corpora)
    assert score == Score("stalwart", "maildesk", {"subject": (3, 2), "text": (1, 1)}, 0, 0.01)
    assert str(failure) == "a.eml  subject  [maildesk]\n    want Ho\n    got  Hi"


def test_a_scorer_that_fails_is_heard(corpora: Path) -> None:
    (corpora / "score.py").write_text("raise SystemExit('no such thing')")
    with pytest.raises(CannotScore, match="no such thing"):
        scores(corpora)
    assert main([str(corpora)]) == 1


def test_the_table_is_printed_with_what_machines_wrote(
    corpora: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(corpora)]) == 0
    printed = capsys.readouterr().out
    assert "stalwart                                  4       3      75.0<   95   one 86.4" in printed
    assert "1 mails: auto-generated 1" in printed


def test_failures_of_one_set_are_printed(corpora: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(corpora), "--failures", "stalwart"]) == 0
    assert "got  Hi" in capsys.readouterr().out
    assert main([str(corpora), "--failures", "nothing"]) == 2
    assert "there are stalwart, automatic" in capsys.readouterr().err


def test_no_corpora_are_nothing_wrong_unless_their_folder_was_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path)]) == 2
    monkeypatch.delenv("CORPORA", raising=False)
    assert main([], usual=tmp_path) == 0
    assert capsys.readouterr().out.count("nothing to measure") == 2


def test_a_bounce_without_any_report_is_doubtful(corpora: Path) -> None:
    mail = (
        b"From: MAILER-DAEMON@mx.example\nSubject: failure notice\n\n<bo@client.example>:\n550 unknown user\n"
    )
    (corpora / "stalwart" / "a.eml").write_bytes(mail)
    (called,) = [each for each in called_automatic(corpora) if each.mails]
    assert called.kinds == {"bounce": 1}
    assert [each.file for each in called.doubtful] == ["a.eml"]


def test_names_that_are_not_found_in_winmail_are_told(corpora: Path) -> None:
    (corpora / "tnef").mkdir()
    (corpora / "tnef" / "a.tnef").write_bytes(b"no such format")
    row = {"file": "a.tnef", "kind": "tnef", "expect": {"attachment_names": ["report.pdf"]}}
    (corpora / "tnef" / "index.jsonl").write_text(json.dumps(row) + "\n")
    asked, failed = names_in_winmail(corpora)
    assert (asked, len(failed)) == (1, 1)
