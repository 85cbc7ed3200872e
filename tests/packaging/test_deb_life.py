"""The life of the package, told by dpkg itself below a folder that stands for the root of a machine."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from maildesk.mail.identity.keys import KeyRing

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0
    or any(shutil.which(each) is None for each in ("systemd-sysusers", "deb-systemd-helper")),
    reason="dpkg gives files to other users, which only root may, and asks systemd's programs to make them",
)

CONFIG = "etc/maildesk/config.yaml"
ENABLED = "etc/systemd/system/multi-user.target.wants/maildesk.service"
DESK = "var/lib/maildesk/desk.db"


@dataclass(frozen=True)
class Debian:
    """A root with nothing in it but dpkg's own lists."""

    root: Path
    package: Path

    def dpkg(self, *words: str) -> str:
        """What dpkg said; its scripts run outside of the root, which has no shell."""
        # Dependencies are not there either, and dpkg says so at length: on the other stream.
        free = ["--force-script-chrootless", "--force-depends", "--force-not-root", "--log=/dev/null"]
        done = subprocess.run(
            ["dpkg", f"--root={self.root}", *free, *words], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def install(self) -> str:
        return self.dpkg("--install", str(self.package))

    def run_again(self, script: str, *words: str) -> None:
        """The maintainer script as dpkg left it, once more."""
        place = self.root / f"var/lib/dpkg/info/maildesk.{script}"
        told = {**os.environ, "DPKG_ROOT": str(self.root), "DPKG_MAINTSCRIPT_PACKAGE": "maildesk"}
        subprocess.run([place, *words], env=told, check=True)

    def write(self, name: str, words: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(words)

    def has(self, name: str) -> bool:
        return os.path.lexists(self.root / name)

    def files(self) -> dict[str, str]:
        """What is there beside the lists of dpkg and of users: each file with its mode and its words."""
        return {
            path.relative_to(self.root).as_posix(): f"{path.lstat().st_mode:o} {self._words(path)}"
            for path in sorted(self.root.rglob("*"))
            if "dpkg" not in path.parts and (path.is_symlink() or not path.is_dir())
        }

    def _words(self, path: Path) -> str:
        return str(path.readlink()) if path.is_symlink() else repr(path.read_bytes())


@pytest.fixture
def debian(package: Path, tmp_path: Path) -> Debian:
    for name in ("info", "updates", "triggers"):
        (tmp_path / "var/lib/dpkg" / name).mkdir(parents=True)
    for name in ("status", "available"):
        (tmp_path / "var/lib/dpkg" / name).touch()
    (tmp_path / "etc").mkdir()
    return Debian(tmp_path, package)


def test_it_installs_its_user_its_folders_and_an_enabled_service_and_says_how_to_begin(
    debian: Debian,
) -> None:
    said = debian.install()
    assert "write /etc/maildesk/config.yaml, then: systemctl start maildesk" in said
    assert debian.has(ENABLED)
    (user,) = (debian.root / "etc/passwd").read_text().splitlines()
    name, _, uid, gid, *_ = user.split(":")
    assert name == "maildesk"
    folder, secrets = debian.root / "etc/maildesk", debian.root / "etc/maildesk/credentials"
    assert (folder.stat().st_uid, folder.stat().st_gid) == (0, int(gid))
    assert [f"{each.stat().st_mode & 0o7777:o}" for each in (folder, secrets)] == ["750", "700"]
    assert int(uid) < 1000


def test_each_script_can_run_twice(debian: Debian) -> None:
    debian.install()
    before = debian.files()
    debian.run_again("prerm", "upgrade", "9")
    debian.run_again("postinst", "configure", "")
    debian.run_again("postinst", "abort-upgrade", "9")
    debian.run_again("preinst", "install")  # dpkg knows the files: they are the package's own
    assert debian.files() == before
    debian.dpkg("--remove", "maildesk")
    removed = debian.files()
    debian.run_again("postrm", "remove")
    assert debian.files() == removed
    debian.run_again("postrm", "purge")
    debian.run_again("postrm", "purge")
    debian.dpkg("--purge", "maildesk")


def test_an_upgrade_keeps_configuration_database_and_what_the_administrator_switched_off(
    debian: Debian,
) -> None:
    debian.install()
    debian.write(CONFIG, "desk: ours")
    debian.write(DESK, "cases")
    (debian.root / ENABLED).unlink()
    before = debian.files()
    said = debian.install()
    assert debian.files() == before
    assert "How to begin" not in said


def test_a_removal_keeps_what_is_not_the_packages(debian: Debian) -> None:
    debian.install()
    debian.write(CONFIG, "desk: ours")
    debian.write(DESK, "cases")
    debian.dpkg("--remove", "maildesk")
    assert debian.has(CONFIG)
    assert debian.has(DESK)
    assert not debian.has("opt/maildesk")
    assert not debian.has("usr/bin/maildesk")


def test_installed_anew_after_a_removal_it_goes_on_with_what_was_there(debian: Debian) -> None:
    debian.install()
    debian.write(CONFIG, "desk: ours")
    before = debian.files()
    debian.dpkg("--remove", "maildesk")
    debian.install()
    assert debian.files() == before


def test_a_purge_of_a_desk_that_never_was_leaves_nothing(debian: Debian) -> None:
    debian.install()
    debian.write(CONFIG, "desk: ours")
    (debian.root / "var/lib/maildesk").mkdir(exist_ok=True)
    debian.dpkg("--purge", "maildesk")
    assert [name for name in debian.files() if name not in USERS] == []
    assert not any(debian.has(each) for each in ("opt/maildesk", "etc/maildesk", "var/lib/maildesk"))


USERS = {"etc/passwd", "etc/group", "etc/shadow", "etc/gshadow", "etc/.pwd.lock"}


KEYS = KeyRing.generate(bytes(32)).rotated(bytes(range(32)), datetime(2026, 11, 22, tzinfo=UTC))


@pytest.mark.parametrize(
    "key", ["secret.key", "credentials/secret.key", "credentials/desk", "keys/signing.txt"]
)
def test_a_purge_keeps_what_customers_wrote_and_the_key_it_needs_and_no_password(
    debian: Debian, key: str
) -> None:
    debian.install()
    debian.write(CONFIG, "password: opensesame")
    debian.write("etc/maildesk/credentials/imap.secret", "opensesame")
    debian.write(f"etc/maildesk/{key}", KEYS.render())
    debian.write(DESK, "cases")
    debian.write("var/lib/maildesk/tokens/support", "good for a login")
    said = debian.dpkg("--purge", "maildesk")
    assert "database and secret keys stay in /var/lib/maildesk" in said
    left = {name for name in debian.files() if name not in USERS}
    kept = f"var/lib/maildesk/kept/{Path(key).name}"
    assert left == {DESK, kept}
    assert KeyRing.parse((debian.root / kept).read_text()) == KEYS
    assert (debian.root / "var/lib/maildesk/kept").stat().st_mode & 0o777 == 0o700
    assert not debian.has("etc/maildesk")


def test_of_a_configuration_that_holds_the_key_itself_a_purge_keeps_the_key_alone(debian: Debian) -> None:
    debian.install()
    lines = "".join(f"    {line}\n" for line in KEYS.render().splitlines() if line[0] != "#")
    debian.write(CONFIG, f"smtp: {{password: opensesame}}\ndesk:\n  secret: |\n{lines}")
    debian.write(DESK, "cases")
    debian.dpkg("--purge", "maildesk")
    kept = debian.root / "var/lib/maildesk/kept/config.key"
    assert KeyRing.parse(kept.read_text()) == KEYS
    assert kept.stat().st_mode & 0o777 == 0o600


def test_a_state_folder_that_is_a_link_is_a_desk_too(debian: Debian) -> None:
    debian.install()
    debian.write("srv/desk/desk.db", "cases")
    debian.write("etc/maildesk/secret.key", "the key")
    (debian.root / "var/lib/maildesk").rmdir()
    (debian.root / "var/lib/maildesk").symlink_to(debian.root / "srv/desk")
    debian.dpkg("--purge", "maildesk")
    assert debian.has("srv/desk/desk.db")
    assert debian.has("srv/desk/kept/secret.key")


def test_a_purge_keeps_the_key_of_a_desk_whose_database_is_elsewhere(debian: Debian) -> None:
    debian.install()
    debian.write("etc/maildesk/.config.yaml.desk", "a PostgreSQL")
    debian.write("etc/maildesk/secret.key", "the key")
    debian.dpkg("--purge", "maildesk")
    assert debian.has("var/lib/maildesk/kept/secret.key")


def test_it_does_not_mix_with_an_environment_made_by_hand(debian: Debian) -> None:
    debian.write("opt/maildesk/pyvenv.cfg", "home = /usr/bin")
    with pytest.raises(AssertionError, match=r"stop the service, move it away"):
        debian.install()
    assert not debian.has("usr/bin/maildesk")


def test_an_old_copy_of_the_unit_is_named(debian: Debian) -> None:
    debian.write("etc/systemd/system/maildesk.service", "[Unit]")
    assert "/etc/systemd/system/maildesk.service stands before the unit of the package" in debian.install()
