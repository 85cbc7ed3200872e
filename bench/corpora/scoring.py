"""The scorer that lies beside the corpora, run on our adapter, and what it found read back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ADAPTER = "bench.corpora.adapter"
_ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Score:
    """One set judged by one adapter: checks made and passed by field, the worst mail in seconds."""

    corpus: str
    adapter: str
    fields: dict[str, tuple[int, int]]
    exceptions: int
    worst: float


@dataclass(frozen=True, slots=True)
class Failure:
    """One check that was not passed."""

    corpus: str
    adapter: str
    file: str
    field: str
    want: str
    got: str

    def __str__(self) -> str:
        return f"{self.file}  {self.field}  [{self.adapter}]\n    want {self.want}\n    got  {self.got}"


class CannotScore(Exception):
    """The scorer ended with an error; its own words."""


def scores(folder: Path, only: Collection[str] = ()) -> tuple[list[Score], list[Failure]]:
    """Every set, or those named, judged by the scorer of that folder."""
    with tempfile.TemporaryDirectory(prefix="maildesk-corpora-") as name:
        result, failed = Path(name) / "result.json", Path(name) / "failed.jsonl"
        run = subprocess.run(  # noqa: S603 - the scorer of a folder the user named
            [
                *(sys.executable, str(folder / "score.py"), str(folder), "--extra", ADAPTER),
                *("--json", str(result), "--fails", str(failed), "--only", ",".join(only)),
            ],
            env={**os.environ, "PYTHONPATH": str(_ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        if run.returncode:
            raise CannotScore(run.stderr.strip()[-2000:])
        found = [_score(each) for each in json.loads(result.read_text())]
        return found, list(_failures(failed.read_text(encoding="utf-8")))


def _score(said: dict[str, Any]) -> Score:
    """The scorer tells shares of each field in percent; checks are what can be added up."""
    fields = {
        name: (made, round(made * (share or 0) / 100)) for name, (made, _, share) in said["fields"].items()
    }
    return Score(said["corpus"], said["adapter"], fields, said["exceptions"], said["worst"][0])


def _failures(lines: str) -> Iterator[Failure]:
    for line in lines.split("\n"):
        if line:
            yield Failure(**json.loads(line))
