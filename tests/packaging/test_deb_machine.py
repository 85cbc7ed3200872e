"""The package on a machine of its own, under a real systemd: it installs, starts, upgrades and goes."""

from __future__ import annotations

import dataclasses
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from deb.building import Order, build
from tests.packaging.test_lock import ROOT
from tests.world.machine import Machine, missing

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(missing() is not None, reason=str(missing())),
]

CONFIG = """\
desk: {name: Acme Support, address: support@desk.example.org, tag: Acme, secret: {credential: secret.key}}
store: {url: "sqlite:////var/lib/maildesk/desk.db"}
mailboxes: [{name: support, address: support@desk.example.org, source: pipe}]
smtp: {host: 127.0.0.1, port: 25, security: none}
people: {operators: [ops@desk.example.org]}
"""
FOUNDED = "--address support@desk.example.org --imap mail.desk.example.org --smtp mail.desk.example.org"
MAIL = """\
From: Carla Nunes <carla@client.example>
To: support@desk.example.org
Subject: The door does not open
Message-ID: <door@client.example>

Good morning, it is stuck.
"""
AS_SERVICE = "runuser -u maildesk -- maildesk"
LISTED = f"{AS_SERVICE} case list -c /etc/maildesk/config.yaml"
OLDER = """\
from maildesk.config.packaged import packaged
from maildesk.store.database import Database
from maildesk.store.migrations import downgrade, status

store = Database.open("sqlite:////var/lib/maildesk/desk.db")
downgrade(store, packaged("migrations"), f"{int(status(store, packaged('migrations')).newest) - 1:04}")
store.close_now()
"""
OF_SYSTEM = re.compile(
    r"/(?:dev|proc|sys|run|tmp)/|/var/(?:log|cache|lib/(?:dpkg|apt|systemd/(?!deb-systemd)))/"
    r"|/etc/(?:passwd|group|shadow|gshadow|subuid|subgid|\.pwd\.lock)"
)


@pytest.fixture(scope="module")
def whole(order: Order, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package as `make deb` makes it, with all its libraries."""
    folder = tmp_path_factory.mktemp("whole")
    lock = ROOT / "packaging/runtime.lock"
    wanted = dataclasses.replace(order, lock=lock, scratch=folder / "build", output=folder)
    return build(dataclasses.replace(wanted, compression="gzip"))


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    machine = Machine.start(tmp_path)
    yield machine
    machine.stop()


def next_version(package: Path, folder: Path) -> Path:
    """The same package, one revision later."""
    tree = folder / "tree"
    subprocess.run(["dpkg-deb", "--raw-extract", package, tree], check=True)
    control = tree / "DEBIAN/control"
    control.write_text(re.sub(r"^(Version: .*-)1$", r"\g<1>2", control.read_text(), flags=re.MULTILINE))
    later = folder / "later.deb"
    subprocess.run(["dpkg-deb", "--root-owner-group", "-Zgzip", "-z1", "--build", tree, later], check=True)
    return later


def reload(machine: Machine) -> None:
    """Change the configuration and have the daemon take it up: by systemd's words, in the same process."""
    before = machine.must("systemctl show -P MainPID maildesk")
    machine.must("sed -i 's/Acme Support/Acme Help/' /etc/maildesk/config.yaml")
    machine.must("systemctl reload maildesk")
    machine.must("until journalctl -u maildesk | grep -q 'configuration taken up'; do sleep 0.2; done")
    machine.must("sed -i 's/Acme Help/Acme Support/' /etc/maildesk/config.yaml")
    assert machine.must("systemctl show -P MainPID maildesk") == before


def make_older(machine: Machine) -> None:
    """Take the database back to the tables of the program before, as one that is upgraded finds it."""
    machine.must("systemctl stop maildesk")
    machine.must("runuser -u maildesk -- /opt/maildesk/bin/python -", OLDER.encode())
    machine.must("systemctl reset-failed maildesk; systemctl start --no-block maildesk")


def files(machine: Machine) -> set[str]:
    """Every file of the machine that no program of the system writes by itself."""
    return {name for name in machine.must("find / -xdev ! -type d").splitlines() if not OF_SYSTEM.match(name)}


def steps_to_begin() -> list[str]:
    """The commands of README.Debian that make a configuration, as one types them where nobody asks back."""
    lines = (ROOT / "packaging/deb/README.Debian").read_text().splitlines()
    commands = [line.strip() for line in lines if re.match(r"    [a-z]+ ", line)]
    ends = {"maildesk check", "systemctl start maildesk"}
    steps = commands[: min(at for at, each in enumerate(commands) if each in ends)]
    assert steps[0].startswith("maildesk init")
    return [re.sub(r"^maildesk init --service$", rf"\g<0> {FOUNDED}", each) for each in steps]


def test_it_installs_starts_upgrades_and_goes(whole: Path, machine: Machine, tmp_path: Path) -> None:
    before = files(machine)
    machine.send(whole, "/tmp/maildesk.deb")

    said = machine.must("apt-get install -y /tmp/maildesk.deb")
    assert "How to begin stands in" in said
    assert machine.must("systemctl is-enabled maildesk").strip() == "enabled"
    assert machine.run("systemctl is-active maildesk").out.strip() == "inactive"
    machine.must("systemctl start maildesk")  # as the next boot does: it waits for its configuration
    assert machine.must("systemctl is-system-running").strip() == "running"
    assert re.fullmatch(r"maildesk \d+\.\d+\.\d+", machine.must("maildesk --version").strip())

    for step in steps_to_begin():
        machine.must(step)
    machine.must("cat >/etc/maildesk/config.yaml", CONFIG.encode())
    assert "FAIL" not in machine.must("maildesk check --quick -c /etc/maildesk/config.yaml")  # as root
    machine.must("systemctl start maildesk")
    assert machine.must("systemctl is-active maildesk").strip() == "active"
    machine.must(f"{AS_SERVICE} deliver -c /etc/maildesk/config.yaml", MAIL.encode())
    machine.must(f"until {LISTED} | grep -q door; do sleep 0.2; done")
    reload(machine)

    make_older(machine)
    first = machine.must("systemctl show -P MainPID maildesk")
    machine.send(next_version(whole, tmp_path), "/tmp/later.deb")
    machine.must("apt-get install -y /tmp/later.deb")
    assert machine.must("systemctl is-active maildesk").strip() == "active"
    assert machine.must("systemctl show -P MainPID maildesk") != first
    assert machine.must("cat /etc/maildesk/config.yaml") == CONFIG
    assert "The door does not open" in machine.must(LISTED)
    assert machine.must("stat -c '%U %a' /var/backups/maildesk/before-*.db").strip() == "root 600"

    machine.must("apt-get remove -y maildesk")
    assert machine.run("systemctl is-active maildesk").out.strip() == "inactive"
    assert machine.must("cat /etc/maildesk/config.yaml") == CONFIG
    assert machine.run("test -e /opt/maildesk").status == 1

    said = machine.must("apt-get purge -y maildesk")
    assert "database and secret keys stay in /var/lib/maildesk" in said
    left = files(machine) - before
    assert {"/var/lib/maildesk/desk.db", "/var/lib/maildesk/kept/secret.key"} <= left
    kept = ("/var/lib/maildesk/", "/var/backups/maildesk/")
    assert [name for name in left if not name.startswith(kept)] == []
    assert before - files(machine) == set()
    assert machine.must("systemctl is-system-running").strip() == "running"
