"""The Debian package holds what it should, where Debian wants it, and nothing of where it was made."""

from __future__ import annotations

import dataclasses
import gzip
import hashlib
import re
import subprocess
from pathlib import Path

import pytest

from deb.building import SCRIPTS, Order, build, wrap
from deb.commands import commands
from deb.control import licence, release
from deb.environment import NoPackage, interpreter
from tests.packaging.test_lock import ROOT
from tests.world.wheels import lock_of

PLACES: tuple[str, ...] = (
    "./opt/maildesk/",
    "./usr/share/doc/maildesk/",
    "./usr/share/man/man1/",
    "./usr/bin/",
)
PLACES += ("./usr/lib/systemd/system/", "./usr/lib/sysusers.d/", "./usr/lib/tmpfiles.d/")
PLACES += ("./usr/share/bash-completion/completions/",)


@dataclasses.dataclass(frozen=True)
class Entry:
    """One line of the package's list of files."""

    mode: str
    owner: str
    path: str
    leads_to: str


@pytest.fixture(scope="module")
def entries(package: Path) -> list[Entry]:
    done = subprocess.run(["dpkg-deb", "--contents", package], capture_output=True, text=True, check=True)
    found = []
    for line in done.stdout.splitlines():
        mode, owner, _, _, _, path, *rest = line.split()
        found.append(Entry(mode, owner, path, rest[1] if rest else ""))
    return found


@pytest.fixture(scope="module")
def tree(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package, unpacked: its files, and its own folder DEBIAN."""
    folder = tmp_path_factory.mktemp("tree")
    subprocess.run(["dpkg-deb", "--raw-extract", package, folder], check=True)
    return folder


def field(package: Path, name: str) -> str:
    done = subprocess.run(["dpkg-deb", "--field", package, name], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_it_is_called_as_debian_calls_packages(package: Path) -> None:
    name, version, architecture = (field(package, each) for each in ("Package", "Version", "Architecture"))
    assert package.name == f"{name}_{version}_{architecture}.deb"
    assert version == release(ROOT, 0, {}).version + "-1"


def test_it_runs_on_debians_python_of_the_version_it_was_made_for(
    package: Path, order: Order, tree: Path
) -> None:
    major, minor, _ = order.python.version
    needs = field(package, "Depends").split(", ")
    assert f"python3 (>= {major}.{minor})" in needs
    assert f"python3 (<< {major}.{minor + 1})" in needs
    home = tree / "opt/maildesk"
    assert (home / "bin/python3").readlink() == Path(f"/usr/bin/python{major}.{minor}")
    assert (home / "bin/maildesk").read_text().splitlines()[0] == "#!/opt/maildesk/bin/python"
    assert "home = /usr/bin" in (home / "pyvenv.cfg").read_text().splitlines()


def test_its_description_is_written_as_debian_reads_it(package: Path) -> None:
    summary, *lines = field(package, "Description").splitlines()
    assert len(summary) < 60
    assert not summary.endswith(".")
    assert all(len(line) <= 80 for line in lines)
    assert " ." in lines


def test_every_file_is_roots_where_debian_expects_it_and_changed_by_nobody_else(entries: list[Entry]) -> None:
    files = [entry for entry in entries if not entry.path.endswith("/")]
    assert [entry for entry in files if not entry.path.startswith(PLACES)] == []
    assert {entry.owner for entry in entries} == {"root/root"}
    modes = {entry.mode for entry in files if entry.mode[0] != "l"}
    assert modes == {"-rw-r--r--", "-rwxr-xr-x"}
    assert [entry.path for entry in files if entry.mode == "-rwxr-xr-x"] == ["./opt/maildesk/bin/maildesk"]
    assert {entry.mode for entry in entries if entry.path.endswith("/")} == {"drwxr-xr-x"}


def test_the_unit_the_user_and_the_folders_are_those_of_the_source(tree: Path) -> None:
    for name, place in {
        "maildesk.service": "usr/lib/systemd/system/maildesk.service",
        "maildesk.sysusers": "usr/lib/sysusers.d/maildesk.conf",
        "maildesk.tmpfiles": "usr/lib/tmpfiles.d/maildesk.conf",
    }.items():
        assert (tree / place).read_text() == (ROOT / "packaging" / name).read_text()
    assert (tree / "usr/bin/maildesk").readlink() == Path("/opt/maildesk/bin/maildesk")


def test_nothing_below_etc_is_dpkgs_so_nothing_there_is_ever_overwritten(entries: list[Entry]) -> None:
    assert [entry for entry in entries if entry.path.startswith(("./etc/", "./var/"))] == []


def test_no_installer_and_no_program_but_ours_is_in_it(tree: Path, order: Order) -> None:
    assert {path.name for path in (tree / "opt/maildesk/bin").iterdir()} == {"maildesk", "python", "python3"}
    packages = {path.name for path in (tree / "opt/maildesk" / order.python.packages).iterdir()}
    assert not packages & {"pip", "setuptools", "pkg_resources"}


def test_nothing_in_it_tells_where_it_was_made(tree: Path, order: Order) -> None:
    told = [str(order.scratch).encode(), str(ROOT).encode() + b"/"]
    named = [path for path in tree.rglob("*") if path.is_file() and any(e in path.read_bytes() for e in told)]
    assert named == []
    assert list(tree.rglob("direct_url.json")) == []


def test_what_python_would_compile_at_the_first_start_is_compiled(tree: Path, order: Order) -> None:
    """The service may write nothing there, and what root's first command wrote dpkg would not know."""
    package = tree / "opt/maildesk" / order.python.packages / "maildesk"
    tag = f"cpython-{order.python.minor.replace('.', '')}"
    sources = [path for path in package.rglob("*.py") if "packaged" not in path.parts]
    assert len(sources) > 100
    lacking = [path for path in sources if not (path.parent / f"__pycache__/{path.stem}.{tag}.pyc").is_file()]
    assert lacking == []


def test_the_list_of_an_installed_library_is_true_of_its_files(tree: Path, order: Order) -> None:
    packages = tree / "opt/maildesk" / order.python.packages
    (record,) = packages.glob("maildesk_helpdesk-*.dist-info/RECORD")
    names = [line.split(",")[0] for line in record.read_text().splitlines()]
    assert "../../../bin/maildesk" in names
    assert [name for name in names if not (packages / name).exists()] == []


def test_every_file_has_its_sum(tree: Path) -> None:
    lines = [line.split("  ", 1) for line in (tree / "DEBIAN/md5sums").read_text().splitlines()]
    listed = {name: digest for digest, name in lines}
    files = {
        path.relative_to(tree).as_posix(): hashlib.md5(path.read_bytes()).hexdigest()
        for path in tree.rglob("*")
        if path.is_file() and not path.is_symlink() and "DEBIAN" not in path.relative_to(tree).parts[:1]
    }
    assert listed == files


def test_what_is_packed_again_says_nothing_of_when(tree: Path) -> None:
    zipped = list(tree.rglob("*.gz"))
    assert len(zipped) == 3
    assert [path.name for path in zipped if path.read_bytes()[4:8] != bytes(4)] == []


def test_its_pages_lead_to_each_other_as_in_the_source(tree: Path) -> None:
    doc = tree / "usr/share/doc/maildesk"
    assert {path.name for path in (doc / "docs").iterdir()} == {
        path.name for path in (ROOT / "docs").glob("*.md")
    }
    assert (doc / "examples/config.yaml").read_text() == (ROOT / "config.example.yaml").read_text()


def test_its_changelog_is_one_that_debians_tools_read(tree: Path) -> None:
    text = gzip.decompress((tree / "usr/share/doc/maildesk/changelog.Debian.gz").read_bytes()).decode()
    first, _, change, _, last = text.splitlines()
    assert re.fullmatch(r"maildesk \(\S+-\d+\) unstable; urgency=medium", first)
    assert change.startswith("  * ")
    assert re.fullmatch(r" -- maildesk <maildesk@localhost>  \w{3}, \d\d \w{3} 2026 [\d:]{8} \+0000", last)


def test_the_maintainer_is_who_debians_tools_are_told() -> None:
    told = {"DEBFULLNAME": "Ana Souza", "DEBEMAIL": "ana@acme.example"}
    assert release(ROOT, 0, told).maintainer == "Ana Souza <ana@acme.example>"


def test_its_copyright_names_every_library_that_comes_along(tree: Path, order: Order) -> None:
    text = (tree / "usr/share/doc/maildesk/copyright").read_text()
    assert text.startswith("Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n")
    assert "Copyright: 2026 the authors of maildesk\nLicense: GPL-3.0-or-later\n" in text
    libraries = [
        path.name
        for path in (tree / "opt/maildesk" / order.python.packages).glob("*.dist-info")
        if not path.name.startswith("maildesk")
    ]
    assert [name for name in libraries if f"{name}/*" not in text] == []
    fonts = f"opt/maildesk/{order.python.packages}/maildesk/pages/fonts"
    assert f"Files: {fonts}/*\nCopyright: 2003 Bitstream" in text
    assert (tree / fonts / "LICENSE").is_file()
    assert (tree / fonts / "DejaVuSans-subset.ttf").is_file()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"License-Expression": "MIT"}, "MIT"),
        ({"License": "BSD-3-Clause"}, "BSD-3-Clause"),
        ({"License": "A long\ntext", "Classifier": "License :: OSI Approved :: MIT License"}, "MIT License"),
        ({}, "as its files say"),
    ],
    ids=["expression", "short", "a whole text", "nothing"],
)
def test_a_librarys_licence_is_what_it_says_itself(fields: dict[str, str], said: str) -> None:
    from email.message import Message

    about = Message()
    for name, value in fields.items():
        about[name] = value
    assert licence(about) == said


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_of_the_package_is_a_shells_and_ends_at_its_first_failure(tree: Path, name: str) -> None:
    script = tree / "DEBIAN" / name
    lines = script.read_text().splitlines()
    assert lines[0] == "#!/bin/sh"
    assert "set -e" in lines
    assert script.stat().st_mode & 0o777 == 0o755
    subprocess.run(["sh", "-n", script], check=True)


def test_its_page_and_its_completion_are_there(tree: Path) -> None:
    page = gzip.decompress((tree / "usr/share/man/man1/maildesk.1.gz").read_bytes()).decode()
    words = (tree / "usr/share/bash-completion/completions/maildesk").read_text()
    assert page.startswith('.TH MAILDESK 1 "2026-')
    assert [each.name for each in commands() if f"[{each.name}]" not in words.replace("'", "")] == []


def test_what_nobody_asks_otherwise_is_pressed_together_as_debian_does(order: Order, tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / "DEBIAN").mkdir(parents=True, mode=0o755)
    (root / "usr").mkdir()
    fields = ("Package: small", "Version: 1", "Architecture: all", "Maintainer: Ana", "Description: small")
    (root / "DEBIAN/control").write_text("\n".join(fields) + "\n")
    usual = dataclasses.replace(order, output=tmp_path, compression=Order.compression)
    members = re.findall(rb"(?:control|data)\.tar[.\w]*", wrap(usual, root, "all").read_bytes())
    assert members == [b"control.tar.xz", b"data.tar.xz"]


@pytest.mark.long
def test_the_same_source_makes_the_same_package(order: Order, tmp_path: Path) -> None:
    """Byte for byte, from other folders."""
    sums = set()
    for name in ("here", "elsewhere"):
        wheels = tmp_path / name / "wheels"
        wheels.mkdir(parents=True)
        wanted = dataclasses.replace(
            order,
            lock=lock_of(["setuptools"], wheels),
            scratch=tmp_path / name / "build",
            output=tmp_path / name / "dist",
            compression=Order.compression,
        )
        sums.add(hashlib.sha256(build(wanted).read_bytes()).digest())
    assert len(sums) == 1


def test_a_python_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    old = tmp_path / "python3"
    old.write_text("#!/bin/sh\necho 3 9 2\n")
    old.chmod(0o755)
    with pytest.raises(NoPackage, match=r"is Python 3\.9; maildesk needs 3\.11"):
        interpreter(old)
    with pytest.raises(NoPackage, match=r"does not run; name Debian's own Python"):
        interpreter(tmp_path / "nowhere")
