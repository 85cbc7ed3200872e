"""The words of the package: what it needs, what changed, whose work is in it."""

from __future__ import annotations

import email
import gzip
import re
import textwrap
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from email.utils import format_datetime
from pathlib import Path

from deb.environment import HOME, Interpreter, compiled_against

NAME = "maildesk"
REVISION = "1"

_DESCRIPTION = """\
Customers write to an address such as support@acme.example and reply to threads. A daemon reads the mailbox
over IMAP, turns threads into cases, keeps the promises of a support policy (answers and solutions by plan,
type and priority, counted in business hours) and answers over SMTP. Agents need nothing but their mail
client or the command line; there is no web application.

The package brings its Python libraries along in /opt/maildesk. Its service starts once there is a
configuration.\
"""
_GLIBC = re.compile(rb"GLIBC_2\.(\d+)\b")
_SYSTEMS = {
    b"\0libgcc_s.so.1\0": "libgcc-s1",
    b"\0libstdc++.so.6\0": "libstdc++6",
    b"\0libz.so.1\0": "zlib1g",
}
_DOC = "/usr/share/doc"


@dataclass(frozen=True)
class Release:
    """The release that the package is made of."""

    version: str
    made: datetime
    maintainer: str

    @property
    def package_version(self) -> str:
        return f"{self.version}-{REVISION}"


def release(source: Path, made: int, environ: Mapping[str, str]) -> Release:
    """The release of a source, made at that second; its maintainer as Debian's tools are told."""
    project = tomllib.loads((source / "pyproject.toml").read_text())["project"]
    who, address = environ.get("DEBFULLNAME", "maildesk"), environ.get("DEBEMAIL", "maildesk@localhost")
    return Release(project["version"], datetime.fromtimestamp(made, UTC), f"{who} <{address}>")


def control(of: Release, architecture: str, size: int, python: Interpreter, root: Path) -> str:
    """The file `control`; the size is in KiB."""
    major, minor, _ = python.version
    needs = (
        *_libraries(root),
        # The libraries are compiled for this one: a later Python of Debian's wants a package made for it.
        f"python3 (>= {major}.{minor})",
        f"python3 (<< {major}.{minor + 1})",
        f"python{major}.{minor}",
        "init-system-helpers (>= 1.54)",
        "systemd (>= 252)",
    )
    fields = (
        ("Package", NAME),
        ("Version", of.package_version),
        ("Architecture", architecture),
        ("Maintainer", of.maintainer),
        ("Installed-Size", str(size)),
        ("Depends", ", ".join(needs)),
        ("Suggests", "postgresql"),
        ("Section", "mail"),
        ("Priority", "optional"),
        ("Description", f"help desk that is a mailbox\n{_extended(_DESCRIPTION)}"),
    )
    return "".join(f"{name}: {value}\n" for name, value in fields)


def _extended(text: str) -> str:
    """Paragraphs as the field Description holds them."""
    paragraphs = (textwrap.wrap(each, 76) for each in text.split("\n\n"))
    return "\n .\n".join("\n".join(f" {line}" for line in lines) for lines in paragraphs)


def _libraries(root: Path) -> Iterator[str]:
    """The packages whose libraries the machine code of the tree wants beside its own."""
    code = [file.read_bytes() for file in compiled_against(root)]
    newest = max((int(found) for each in code for found in _GLIBC.findall(each)), default=None)
    if newest is not None:
        yield f"libc6 (>= 2.{newest})"
    for library, package in _SYSTEMS.items():
        if any(library in each for each in code):
            yield package


def changelog(of: Release) -> bytes:
    """The changes of the package, whose own there are none: what changed in maildesk stands beside it."""
    text = (
        f"{NAME} ({of.package_version}) unstable; urgency=medium\n\n"
        f"  * maildesk {of.version}; its changes: {_DOC}/{NAME}/changelog.gz\n\n"
        f" -- {of.maintainer}  {format_datetime(of.made)}\n"
    )
    return zipped(text.encode())


def zipped(data: bytes) -> bytes:
    """The same as `gzip -9n`: nothing of when and where."""
    return gzip.compress(data, compresslevel=9, mtime=0)


# --- whose work it is -----------------------------------------------------------------------------


def copyright_file(root: Path, python: Interpreter, year: int) -> str:
    """Name the licence of maildesk and of each library that comes along (DEP 5)."""
    packages = root / HOME / python.packages
    parts = [
        "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n"
        f"Upstream-Name: {NAME}\n",
        f"Files: *\nCopyright: {year} the authors of {NAME}\nLicense: GPL-3.0-or-later\n"
        " On Debian systems the GNU General Public License, version 3, is the file\n"
        " /usr/share/common-licenses/GPL-3.\n",
        _font(f"{HOME}/{python.packages}/maildesk/pages/fonts"),
    ]
    for folder in sorted(packages.glob("*.dist-info")):
        about = email.message_from_string((folder / "METADATA").read_text(encoding="utf-8"))
        if not about["Name"].startswith(NAME):
            parts.append(_library(about, folder, f"{HOME}/{python.packages}"))
    return "\n".join(parts)


def _font(folder: str) -> str:
    """The paragraph of the font that the pictures of a letter are written in."""
    return (
        f"Files: {folder}/*\nCopyright: 2003 Bitstream, Inc.; 2006 Tavmjong Bah\nLicense: Bitstream-Vera\n"
        f" Its full text:\n /{folder}/LICENSE\n"
    )


def _library(about: Message, folder: Path, packages: str) -> str:
    """The paragraph of one library: its files are those that its own list names."""
    tops = {line.partition(",")[0].partition("/")[0] for line in (folder / "RECORD").read_text().splitlines()}
    files = " ".join(
        f"{packages}/{top}{'' if (folder.parent / top).is_file() else '/*'}"
        for top in sorted(tops)
        if top and top not in ("..", "__pycache__")
    )
    who = about["Author"] or about["Author-email"] or f"the authors of {about['Name']}"
    texts = sorted(
        path.relative_to(folder.parent).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and re.match(r"(?i)licen[cs]e|copying|notice|authors", path.name)
    )
    full = [" Its full text:", *(f" /{packages}/{each}" for each in texts)] if texts else []
    return (
        "\n".join((f"Files: {files}", f"Copyright: {_one_line(who)}", f"License: {licence(about)}", *full))
        + "\n"
    )


def licence(about: Message) -> str:
    """A library's licence as it says it itself, in one line."""
    said = about["License-Expression"] or about["License"] or ""
    if said and "\n" not in said.strip() and len(said) < 100:
        return _one_line(said)
    classes = [each for each in about.get_all("Classifier", []) if each.startswith("License ::")]
    return ", ".join(each.rpartition(" :: ")[2] for each in classes) or "as its files say"


def _one_line(text: str) -> str:
    return " ".join(str(text).split())
