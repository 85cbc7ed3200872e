"""`packaging/install.sh`, played below a root of its own: what it lays where, and that it may run again."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "packaging/install.sh"

FAKE_PYTHON = """\
#!/bin/sh
# A Python whose environments are empty: what its pip is told to do is written down.
if [ "$1 $2" = "-m venv" ]; then
    mkdir -p "$3/bin" "$3/lib/python3.11/site-packages/click-8.2.1.dist-info"
    printf '#!/bin/sh\\necho "$*" >>{log}; [ ! -e {log}.fails ]\\n' >"$3/bin/python"
    printf '#!/bin/sh\\nexec {python} -m maildesk "$@"\\n' >"$3/bin/maildesk"
    printf '#!%s/bin/python\\n' "$3" >"$3/bin/pip"
    echo "command = python3 -m venv $3" >"$3/pyvenv.cfg"
    chmod +x "$3"/bin/*
else
    exec {python} "$@"
fi
"""

pytestmark = [
    pytest.mark.skipif(os.geteuid() != 0, reason="files are given to the service by root alone"),
    pytest.mark.skipif(
        shutil.which("systemd-sysusers") is None or shutil.which("systemd-tmpfiles") is None,
        reason="systemd-sysusers is not installed: apt-get install --no-install-recommends systemd",
    ),
]


@dataclass(frozen=True, slots=True)
class Played:
    """A root below which the script plays, with a Python that installs nothing."""

    root: Path
    python: Path
    log: Path

    def install(self, **environ: str) -> subprocess.CompletedProcess[str]:
        given = {"DESTDIR": str(self.root), "PYTHON": str(self.python), "PYTHONPATH": str(ROOT)}
        return subprocess.run(
            ["sh", str(SCRIPT)],
            env={**os.environ, **given, **environ},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def maildesk(self, *words: str) -> str:
        program = self.root / "opt/maildesk/bin/maildesk"
        environ = {**os.environ, "PYTHONPATH": str(ROOT)}
        done = subprocess.run([program, *words], env=environ, capture_output=True, text=True, check=False)
        return done.stdout + done.stderr

    def mode_and_owner(self, path: str) -> tuple[int, int, int]:
        found = (self.root / path).stat()
        return stat.S_IMODE(found.st_mode), found.st_uid, found.st_gid

    @property
    def group(self) -> int:
        """The number of the service's group on that machine."""
        lines = (self.root / "etc/group").read_text().splitlines()
        (found,) = [line.split(":") for line in lines if line.startswith("maildesk:")]
        return int(found[2])

    def files(self) -> dict[str, tuple[int, int, int, str]]:
        return {
            str(path.relative_to(self.root)): (*self.mode_and_owner(str(path)), path.read_text())
            for path in sorted(self.root.rglob("*"))
            if path.is_file() and not path.is_symlink()
        }


@pytest.fixture
def played(tmp_path: Path) -> Played:
    """A machine on which /etc has none of systemd's folders, as on Debian 12 and 13."""
    root, log, python = tmp_path / "root", tmp_path / "log", tmp_path / "python"
    (root / "etc").mkdir(parents=True)
    for part in (tmp_path, root):
        part.chmod(0o755)
    python.write_text(FAKE_PYTHON.format(log=log, python=sys.executable))
    python.chmod(0o755)
    return Played(root, python, log)


def test_it_lays_program_user_folders_and_unit(played: Played) -> None:
    done = played.install()
    assert done.returncode == 0, done.stdout + done.stderr
    for name, place in (
        ("sysusers", "etc/sysusers.d/maildesk.conf"),
        ("tmpfiles", "etc/tmpfiles.d/maildesk.conf"),
        ("service", "etc/systemd/system/maildesk.service"),
    ):
        assert (played.root / place).read_text() == (ROOT / f"packaging/maildesk.{name}").read_text()
        assert played.mode_and_owner(place) == (0o644, 0, 0)
    assert played.mode_and_owner("etc/maildesk") == (0o750, 0, played.group)
    assert played.mode_and_owner("etc/maildesk/credentials") == (0o700, 0, 0)
    assert played.mode_and_owner("var/lib/maildesk")[0] == 0o700
    assert os.readlink(played.root / "usr/local/bin/maildesk") == "/opt/maildesk/bin/maildesk"


def test_the_packages_come_from_the_lock_by_their_hashes_and_the_program_from_a_copy(played: Played) -> None:
    played.install()
    lock, program = played.log.read_text().splitlines()
    assert lock.endswith("install --require-hashes -r packaging/runtime.lock")
    assert " install --no-deps --no-build-isolation /" in program
    assert str(ROOT) not in program


def test_it_says_what_comes_next_and_that_is_a_desk_that_lacks_only_its_password(played: Played) -> None:
    said = played.install().stdout
    assert "Next: sudo maildesk init --service" in said
    assert "systemctl enable --now maildesk" in said
    etc = played.root / "etc/maildesk"
    told = played.maildesk("init", "--service", str(etc), "--address", "help@gmail.com")
    assert f"{etc}/credentials/mail.secret: make this file" in told
    assert played.mode_and_owner("etc/maildesk/config.yaml") == (0o640, 0, played.group)
    assert played.mode_and_owner("etc/maildesk/templates") == (0o750, 0, played.group)
    assert played.mode_and_owner("etc/maildesk/credentials/secret.key") == (0o600, 0, 0)
    checked = played.maildesk("check", "--quick", "-c", str(etc / "config.yaml"))
    assert "ok   desk.secret: found, and private" in checked
    assert f"as root put it into {etc}/credentials/mail.secret, mode 0600" in checked


def test_it_may_run_again_and_changes_nothing_of_yours(played: Played) -> None:
    played.install()
    etc = played.root / "etc/maildesk"
    played.maildesk("init", "--service", str(etc), "--address", "help@gmail.com")
    before = played.files()
    again = played.install()
    assert again.returncode == 0, again.stderr
    assert "Next: sudo maildesk check" in again.stdout
    assert played.files() == before


def test_a_configuration_that_was_moved_there_becomes_the_daemons_to_read(played: Played) -> None:
    played.install()
    config = played.root / "etc/maildesk/config.yaml"
    config.touch(0o600)
    played.install()
    assert played.mode_and_owner("etc/maildesk/config.yaml") == (0o640, 0, played.group)


def test_a_python_that_is_too_old_is_refused_before_anything_is_laid(played: Played) -> None:
    played.python.write_text("#!/bin/sh\nexit 1\n")
    done = played.install()
    assert done.returncode == 1
    assert "Python 3.11 or newer is needed" in done.stderr
    assert [path.name for path in played.root.iterdir()] == ["etc"]


def test_what_is_below_another_root_works_where_that_root_will_be(played: Played) -> None:
    """The programs of an environment name their Python by its whole path."""
    played.install()
    home = played.root / "opt/maildesk"
    assert (home / "bin/pip").read_text() == "#!/opt/maildesk/bin/python\n"
    assert "-m venv /opt/maildesk\n" in (home / "pyvenv.cfg").read_text()
    assert [path.name for path in (played.root / "opt").iterdir()] == ["maildesk"]


def test_an_upgrade_that_fails_leaves_the_program_that_was_there(played: Played) -> None:
    played.install()
    before = played.files()
    Path(f"{played.log}.fails").touch()
    assert played.install().returncode == 1
    assert played.files() == before


def test_an_upgrade_leaves_nothing_of_the_old_program_and_names_the_packages_that_are_gone(
    played: Played,
) -> None:
    played.install()
    added = "opt/maildesk/lib/python3.11/site-packages/{}-1.0.dist-info"
    for name in ("py3langid", "maildesk", "Click"):
        (played.root / added.format(name)).mkdir()
    said = played.install().stdout
    assert "sudo /opt/maildesk/bin/pip install py3langid \n" in said
    assert not (played.root / added.format("py3langid")).exists()
    assert "pip install" not in played.install().stdout


def test_what_an_operator_keeps_beside_the_program_is_never_deleted(played: Played) -> None:
    played.install()
    desk = played.root / "opt/maildesk/desk"
    desk.mkdir()
    done = played.install()
    assert (done.returncode, f"{desk} is no part of the program" in done.stderr) == (1, True)
    assert desk.is_dir()


def test_a_unit_that_somebody_changed_is_kept_beside_the_new_one(played: Played) -> None:
    played.install()
    unit = played.root / "etc/systemd/system/maildesk.service"
    for words in ("mine", "mine again"):
        unit.write_text(words)
        assert f"the unit that was here is now {unit}.old" in played.install().stdout
    assert unit.read_text() == (ROOT / "packaging/maildesk.service").read_text()
    assert Path(f"{unit}.old").read_text() == "mine again"
    assert Path(f"{unit}.old.~1~").read_text() == "mine"


def test_the_page_shows_the_script_and_every_file_it_names_exists() -> None:
    page = (ROOT / "docs/operating.md").read_text()
    assert os.access(SCRIPT, os.X_OK)
    named = set(re.findall(r"packaging/[\w./]*\w", page))
    assert {"packaging/install.sh", "packaging/maildesk.service", "packaging/runtime.lock"} <= named
    assert [name for name in named if not (ROOT / name).exists()] == []
