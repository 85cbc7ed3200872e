"""`packaging/install.sh`, and the steps by hand, on a machine of its own under a real systemd."""

from __future__ import annotations

import io
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from deb.environment import Interpreter
from tests.packaging.test_deb_machine import AS_SERVICE, CONFIG, FOUNDED, LISTED, MAIL, make_older, reload
from tests.packaging.test_lock import ROOT
from tests.world.container import let_through
from tests.world.machine import Machine, missing

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(missing() is not None, reason=str(missing())),
]

OFFLINE = "cd /usr/src/maildesk && export PIP_NO_INDEX=1 PIP_FIND_LINKS=/usr/src/wheels &&"
SCRIPT = f"{OFFLINE} packaging/install.sh"


@pytest.fixture(scope="module")
def sent(debians_python: Interpreter, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The source, and the packages of the lock for a machine that has no network: an archive."""
    wheels = tmp_path_factory.mktemp("wheels")
    wanted = ["--require-hashes", "-r", str(ROOT / "packaging/runtime.lock"), "-d", str(wheels)]
    version = ["--only-binary=:all:", "--python-version", debians_python.minor]
    subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", *wanted, *version], check=True)
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        for name in {*let_through(ROOT), "packaging"}:
            tar.add(ROOT / name, f"maildesk/{name}", filter=_source)
        tar.add(wheels, "wheels")
    return archive.getvalue()


def _source(entry: tarfile.TarInfo) -> tarfile.TarInfo | None:
    return None if "__pycache__" in entry.name else entry


@pytest.fixture
def machine(sent: bytes, tmp_path: Path) -> Iterator[Machine]:
    machine = Machine.start(tmp_path, also="python3-venv")
    machine.must("tar --extract --no-same-owner --directory /usr/src --file -", sent)
    yield machine
    machine.stop()


def found(machine: Machine) -> None:
    """Write the configuration of a desk that takes mail by a pipe."""
    machine.must(f"maildesk init --service {FOUNDED}")
    machine.must("cat >/etc/maildesk/config.yaml", CONFIG.encode())


def begin(machine: Machine) -> None:
    """Start it and have a case."""
    assert "FAIL" not in machine.must("maildesk check --quick")
    machine.must("systemctl enable --now maildesk")
    machine.must(f"{AS_SERVICE} deliver -c /etc/maildesk/config.yaml", MAIL.encode())
    machine.must(f"until {LISTED} | grep -q door; do sleep 0.2; done")


def by_hand() -> list[str]:
    """The steps of the page, as one types them where nobody asks back."""
    page = (ROOT / "docs/operating.md").read_text()
    block = page.partition("By hand it is this, as root:\n\n```sh\n")[2].partition("```")[0]
    lines = [line.partition("  #")[0].strip() for line in block.splitlines()]
    assert lines[-1] == "maildesk init --service"
    return [*lines[:-1], f"{lines[-1]} {FOUNDED}"]


def test_the_script_installs_and_upgrades_and_a_failing_one_stops_nothing(machine: Machine) -> None:
    assert "Next: sudo maildesk init --service" in machine.must(SCRIPT)
    found(machine)
    begin(machine)
    reload(machine)

    first = machine.must("systemctl show -P MainPID maildesk")
    failed = machine.run(f"{OFFLINE} PIP_FIND_LINKS=/nowhere packaging/install.sh")
    assert failed.status == 1
    assert machine.must("systemctl show -P MainPID maildesk") == first
    assert machine.must("ls /opt").split() == ["maildesk"]

    make_older(machine)
    said = machine.must(SCRIPT)
    assert "before-" in said
    assert "installed, and started again" in said
    assert machine.must("systemctl is-active maildesk").strip() == "active"
    assert "The door does not open" in machine.must(LISTED)
    assert machine.must("cat /etc/maildesk/config.yaml") == CONFIG
    assert machine.must("systemctl is-system-running").strip() == "running"


def test_nobody_but_root_and_the_service_reads_what_is_theirs(machine: Machine) -> None:
    machine.must(SCRIPT)
    found(machine)
    begin(machine)
    for name in (
        "etc/maildesk/config.yaml",
        "etc/maildesk/credentials/secret.key",
        "var/lib/maildesk/desk.db",
    ):
        machine.must(f"test -f /{name}")
        assert machine.run(f"runuser -u nobody -- cat /{name}").status != 0, name
    assert machine.run("runuser -u maildesk -- cat /etc/maildesk/credentials/secret.key").status != 0
    told = machine.run("cd / && runuser -u nobody -- maildesk case list")
    assert (told.status, "type it as root, with sudo" in told.out) == (1, True)
    (case,) = [line.split()[0] for line in machine.must(LISTED).splitlines() if "door" in line]
    told = machine.run(f"cd / && echo Hi | {AS_SERVICE} case reply {case} -")
    assert (told.status, "type it as root: sudo" in told.out) == (1, True)
    machine.must(f"cd / && echo Try the other key. | maildesk case reply {case} -")


def test_the_steps_by_hand_work_as_they_are_written(machine: Machine) -> None:
    machine.must(f"{OFFLINE} set -e\n" + "\n".join(by_hand()))
    assert machine.must("stat -c '%U %G %a' /etc/maildesk/config.yaml").strip() == "root maildesk 640"
    machine.must("cat >/etc/maildesk/config.yaml", CONFIG.encode())
    begin(machine)
    assert "is no part" not in machine.must(SCRIPT)  # and from then on the script
    assert machine.must("systemctl is-active maildesk").strip() == "active"
