"""Renews requirements.lock and packaging/runtime.lock from pyproject.toml: `make lock`.

Versions that still fit are kept; `make lock UPGRADE=1` takes newer ones. The oldest supported Python decides,
because a package that only it needs would otherwise be missing.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

OPTIONS = (
    "--quiet --generate-hashes --allow-unsafe --strip-extras --no-header --annotation-style=line"
    " --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options"
)
ALL_HEADER = """\
# Every package that maildesk, its extras, its tests and its build need, by exact version and hash.
# Renewed by `make lock` (newer versions: `make lock UPGRADE=1`), never by hand.
"""
RUNTIME_HEADER = """\
# What a server or container that runs maildesk needs, by exact version and hash: no demo, no tests.
# A part of requirements.lock, renewed with it by `make lock`, never by hand.
"""
BROWSER_HEADER = """\
# What the tests in a browser need beside the rest, by exact version and hash.
# Renewed by `make lock` (newer versions: `make lock UPGRADE=1`), never by hand.
"""


def main(words: Sequence[str]) -> int:
    oldest = (3, 11)
    if sys.version_info[:2] != oldest:
        print(
            "make lock wants Python {}.{}, the oldest that maildesk supports".format(*oldest), file=sys.stderr
        )
        return 1
    project = tomllib.loads(Path("pyproject.toml").read_text())
    extras = project["project"]["optional-dependencies"]
    runtime = [
        *project["build-system"]["requires"],
        *project["project"]["dependencies"],
        *extras["postgresql"],
        *extras["oauth2"],
        *extras["report"],
    ]
    ours = f"{project['project']['name']}["  # our own extras, listed beside it
    usual = (lines for name, lines in extras.items() if name != "browser")
    others = (line for extra in usual for line in extra if not line.startswith(ours))
    everything = [*runtime, *others]
    upgrade = ["--upgrade"] if "--upgrade" in words else []
    _lock(Path("requirements.lock"), everything, ALL_HEADER, upgrade)
    _lock(
        Path("packaging/runtime.lock"),
        runtime,
        RUNTIME_HEADER,
        ["--constraint=requirements.lock", "--upgrade"],
    )
    _lock(Path("packaging/browser.lock"), extras["browser"], BROWSER_HEADER, upgrade)
    return 0


def _lock(path: Path, wanted: Sequence[str], header: str, more: Sequence[str]) -> None:
    """Let pip-compile write the file, then say in it what it is rather than where it was made."""
    command = [
        sys.executable,
        "-m",
        "piptools",
        "compile",
        *OPTIONS.split(),
        *more,
        f"--output-file={path}",
        "-",
    ]
    subprocess.run(command, input="\n".join(wanted), text=True, check=True)
    text = re.sub(r"-c requirements\.lock, |, -c requirements\.lock", "", path.read_text())
    path.write_text(
        header + text.replace("-r -", "maildesk").replace("via -c requirements.lock", "via maildesk")
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
