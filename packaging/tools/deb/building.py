"""The way from the source to the package: the tree is laid out, its files are listed, dpkg-deb wraps it."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from deb.completion import completion
from deb.control import NAME, Release, changelog, control, copyright_file, zipped
from deb.environment import HOME, Interpreter, NoPackage, make_environment
from deb.manual import manual

SCRIPTS = ("preinst", "postinst", "prerm", "postrm")
_PLACES = {
    "packaging/maildesk.service": "usr/lib/systemd/system/maildesk.service",
    "packaging/maildesk.sysusers": "usr/lib/sysusers.d/maildesk.conf",
    "packaging/maildesk.tmpfiles": "usr/lib/tmpfiles.d/maildesk.conf",
    "packaging/deb/README.Debian": f"usr/share/doc/{NAME}/README.Debian",
    "config.example.yaml": f"usr/share/doc/{NAME}/examples/config.yaml",
}


@dataclass(frozen=True)
class Order:
    """The package that is wanted: from which source, with which libraries, for which Python, and where."""

    source: Path
    lock: Path
    python: Interpreter
    release: Release
    scratch: Path
    output: Path
    compression: str = "xz"


def build(order: Order) -> Path:
    """Make the package; raises NoPackage."""
    shutil.rmtree(order.scratch, ignore_errors=True)
    root = order.scratch / "root"
    root.mkdir(parents=True)
    make_environment(order.source, order.lock, root, order.scratch, order.python)
    _lay_files(order, root)
    _set_modes(root)
    architecture = _printed("dpkg", "--print-architecture")
    _describe(order, root, architecture)
    return wrap(order, root, architecture)


def wrap(order: Order, root: Path, architecture: str) -> Path:
    """Make one file of a tree that is described."""
    order.output.mkdir(parents=True, exist_ok=True)
    package = order.output / f"{NAME}_{order.release.package_version}_{architecture}.deb"
    made = {**os.environ, "SOURCE_DATE_EPOCH": str(int(order.release.made.timestamp()))}
    # One thread: how many there are would show in the file.
    words = [
        "--root-owner-group",
        f"-Z{order.compression}",
        "--threads-max=1",
        "--build",
        str(root),
        str(package),
    ]
    subprocess.run(["dpkg-deb", *words], env=made, check=True, stdout=subprocess.DEVNULL)
    return package


def _lay_files(order: Order, root: Path) -> None:
    """Everything beside the environment."""
    for source, target in _PLACES.items():
        _write(root / target, (order.source / source).read_bytes())
    doc = root / f"usr/share/doc/{NAME}"
    for page in (order.source / "README.md", *sorted((order.source / "docs").glob("*.md"))):
        _write(doc / page.relative_to(order.source), page.read_bytes())
    _write(doc / "copyright", copyright_file(root, order.python, order.release.made.year).encode())
    _write(doc / "changelog.gz", zipped((order.source / "CHANGELOG.md").read_bytes()))
    _write(doc / "changelog.Debian.gz", changelog(order.release))
    page_of = manual(order.release.version, order.release.made.date())
    _write(root / f"usr/share/man/man1/{NAME}.1.gz", zipped(page_of.encode()))
    _write(root / f"usr/share/bash-completion/completions/{NAME}", completion().encode())
    link = root / f"usr/bin/{NAME}"
    link.parent.mkdir(parents=True)
    link.symlink_to(f"/{HOME}/bin/{NAME}")


def _set_modes(root: Path) -> None:
    """Whatever the umask and the archives said: root writes, everybody reads; what stands in bin is run."""
    root.chmod(0o755)
    for path in root.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)


def _describe(order: Order, root: Path, architecture: str) -> None:
    """The folder DEBIAN, which dpkg keeps for itself."""
    files = sorted(path for path in root.rglob("*") if path.is_file() and not path.is_symlink())
    sums = "".join(
        f"{hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()}  {path.relative_to(root)}\n"
        for path in files
    )
    size = sum(-(-path.stat().st_size // 1024) for path in files)
    about = control(order.release, architecture, size, order.python, root)
    _write(root / "DEBIAN/md5sums", sums.encode())
    _write(root / "DEBIAN/control", about.encode())
    for name in SCRIPTS:
        _write(root / "DEBIAN" / name, (order.source / "packaging/deb" / name).read_bytes(), 0o755)
    (root / "DEBIAN").chmod(0o755)


def _write(path: Path, data: bytes, mode: int = 0o644) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    path.chmod(mode)


def _printed(*command: str) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except FileNotFoundError as error:
        raise NoPackage(
            f"{command[0]} is not here: a Debian package is made on Debian or one of its kin"
        ) from error
