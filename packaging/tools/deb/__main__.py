"""`python -m deb`: make the package and say where it is. Called by `make deb`."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

from deb.building import Order, build
from deb.control import release
from deb.environment import NoPackage, interpreter


def main() -> int:
    """Make the package of the source in the current folder."""
    words = argparse.ArgumentParser(prog="deb", description="Make the Debian package of maildesk.")
    words.add_argument("--python", type=Path, default="/usr/bin/python3", help="Debian's own Python")
    words.add_argument("--output", type=Path, default=Path("dist"), help="the folder for the package")
    asked = words.parse_args()
    source = Path.cwd()
    try:
        package = build(
            Order(
                source=source,
                lock=source / "packaging/runtime.lock",
                python=interpreter(asked.python),
                release=release(source, _made(source), os.environ),
                scratch=source / "build/deb",
                output=asked.output,
            )
        )
    except NoPackage as problem:
        print(f"deb: {problem}", file=sys.stderr)
        return 1
    print(f"{package}: install it with: apt install ./{package}")
    return 0


def _made(source: Path) -> int:
    """The second that it says it was made: as told, or that of the last commit, or of the changelog."""
    told = os.environ.get("SOURCE_DATE_EPOCH")
    if told:
        return int(told)
    command = ["git", "-C", str(source), "log", "-1", "--format=%ct"]
    try:
        return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    except (OSError, subprocess.CalledProcessError):
        return int((source / "CHANGELOG.md").stat().st_mtime)


if __name__ == "__main__":
    sys.exit(main())
