"""The environment under /opt/maildesk: Debian's Python, the packages of a lock, maildesk, no installer."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HOME = "opt/maildesk"
"""The place of the environment, below the root of a machine."""

SOURCES = (
    *("pyproject.toml", "README.md", "LICENSE", "config.example.yaml"),
    *("maildesk", "migrations", "templates", "policies"),
)
"""The part of the source that maildesk is built from: the same that goes into the container."""

_INSTALLERS = ("setuptools",)


@dataclass(frozen=True)
class Interpreter:
    """The Python that will run maildesk on the machines of the package."""

    path: Path
    version: tuple[int, int, int]

    @property
    def minor(self) -> str:
        return f"{self.version[0]}.{self.version[1]}"

    @property
    def packages(self) -> str:
        """The folder of an environment's packages, below the environment."""
        return f"lib/python{self.minor}/site-packages"


class NoPackage(Exception):
    """What keeps the package from being made, in a sentence for whoever makes it."""


def interpreter(path: Path) -> Interpreter:
    """The Python at a path; raises NoPackage where it is too old or none."""
    try:
        done = subprocess.run(
            [path, "-I", "-c", "import sys; print(*sys.version_info[:3])"],
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError) as error:
        raise NoPackage(
            f"{path} does not run; name Debian's own Python with PYTHON=/usr/bin/python3"
        ) from error
    major, minor, micro = map(int, done.stdout.split())
    if (major, minor) < (3, 11):
        raise NoPackage(f"{path} is Python {major}.{minor}; maildesk needs 3.11 or later (Debian 12)")
    return Interpreter(path, (major, minor, micro))


def make_environment(source: Path, lock: Path, root: Path, scratch: Path, python: Interpreter) -> None:
    """Lay out /opt/maildesk below a root, as if it had been made in its place."""
    home = root / HOME
    _begin(home, python)
    built = scratch / "source"
    for name in SOURCES:
        _copy(source / name, built / name)
    pip = [sys.executable, "-m", "pip", "--python", str(home / "bin/python"), "--disable-pip-version-check"]
    install = [*pip, "install", "--quiet", "--no-compile"]
    _run([*install, "--require-hashes", "-r", str(lock)])
    _run([*install, "--no-deps", "--no-build-isolation", str(built)])
    _run([*pip, "uninstall", "--quiet", "--yes", *_INSTALLERS])
    _settle(home, python)


def _begin(home: Path, python: Interpreter) -> None:
    """An environment as `venv` makes it, without what only a terminal needs and what names this machine."""
    (home / "bin").mkdir(parents=True)
    (home / python.packages).mkdir(parents=True)
    (home / "bin/python3").symlink_to(f"/usr/bin/python{python.minor}")
    (home / "bin/python").symlink_to("python3")
    version = ".".join(map(str, python.version))
    lines = ("home = /usr/bin", "include-system-site-packages = false", f"version = {version}")
    (home / "pyvenv.cfg").write_text("\n".join(lines) + "\n")


def _settle(home: Path, python: Interpreter) -> None:
    """Let nothing speak of where it was made; keep of the programs ours alone; compile."""
    packages = home / python.packages
    for program in sorted((home / "bin").iterdir()):
        if program.name == "maildesk":
            _, _, body = program.read_bytes().partition(b"\n")
            program.write_bytes(f"#!/{HOME}/bin/python\n".encode() + body)
        elif not program.is_symlink():
            program.unlink()
    for note in packages.glob("*.dist-info/direct_url.json"):
        note.unlink()
    for cache in packages.rglob("__pycache__"):
        shutil.rmtree(cache)
    for record in sorted(packages.glob("*.dist-info/RECORD")):
        record.write_text(_recorded(record, packages), newline="")
    # Hashes instead of times: what is compiled stays true whatever the times of the files become.
    words = ["-m", "compileall", "-q", "-f", "-s", str(packages), "-p", f"/{HOME}/{python.packages}"]
    _run([str(home / "bin/python"), "-I", *words, "--invalidation-mode", "unchecked-hash", str(packages)])


def _recorded(record: Path, packages: Path) -> str:
    """The list of a package's files as they are now."""
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    for name, digest, size in csv.reader(record.read_text().splitlines()):
        file = packages / name
        if not file.is_file():
            continue
        data = file.read_bytes()
        known = (_digest(data), str(len(data))) if digest else ("", size)
        writer.writerow((name, *known))
    return lines.getvalue()


def _digest(data: bytes) -> str:
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)


def _run(command: list[str]) -> None:
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    environment.pop("PYTHONPATH", None)
    done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, check=False)
    if done.returncode:
        raise NoPackage(f"this failed, and said why above: {' '.join(command)}")


def compiled_against(root: Path) -> Iterator[Path]:
    """The libraries in the tree that are machine code."""
    yield from sorted(path for path in root.rglob("*.so*") if path.is_file() and not path.is_symlink())
