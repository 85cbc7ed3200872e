"""What we hand to an operator is closed down as far as it says: the systemd unit, its user, its folders."""

from __future__ import annotations

import configparser
import shutil
import subprocess
from pathlib import Path

import pytest

from maildesk.config.secrets import Secret, SecretKind

PACKAGING = Path(__file__).parents[2] / "packaging"
UNIT = PACKAGING / "maildesk.service"
THRESHOLD = "20"  # tenths: 2.0 of 10, where 10 is a service that may do anything


@pytest.fixture(scope="module")
def service() -> configparser.SectionProxy:
    # Not strict: systemd lets a key stand twice. Then the last is seen, and no test here asks for such a key.
    parser = configparser.ConfigParser(
        strict=False, interpolation=None, delimiters="=", comment_prefixes="#;"
    )
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # systemd's keys have capitals
    parser.read_string(UNIT.read_text())
    return parser["Service"]


@pytest.mark.skipif(
    shutil.which("systemd-analyze") is None,
    reason="systemd-analyze is not installed: apt-get install --no-install-recommends systemd",
)
def test_systemd_rates_the_unit_as_little_exposed() -> None:
    command = ["systemd-analyze", "security", "--offline=true", f"--threshold={THRESHOLD}", str(UNIT)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout[-400:] + done.stderr


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("Type", "notify"),
        ("WatchdogSec", "60"),
        ("RestartPreventExitStatus", "78"),
        ("User", "maildesk"),
        ("ProtectSystem", "strict"),
        ("NoNewPrivileges", "yes"),
        ("CapabilityBoundingSet", ""),
        ("StateDirectory", "maildesk"),
        ("StateDirectoryMode", "0700"),
    ],
)
def test_the_unit_promises_the_operator(service: configparser.SectionProxy, key: str, value: str) -> None:
    assert service[key] == value


def test_the_unit_waits_for_the_configuration_that_it_starts_with(service: configparser.SectionProxy) -> None:
    unit = service.parser["Unit"]
    assert unit["ConditionPathExists"] == service["ExecStart"].rpartition(" ")[2]


def test_the_unit_starts_the_command_of_the_contract(service: configparser.SectionProxy) -> None:
    assert service["ExecStart"] == "/opt/maildesk/bin/maildesk run -c /etc/maildesk/config.yaml"


def test_the_unit_gives_a_stop_more_than_the_thirty_seconds_that_the_daemon_takes_at_most(
    service: configparser.SectionProxy,
) -> None:
    assert int(service["TimeoutStopSec"].removesuffix("s")) > 30


def test_no_secret_stands_in_the_unit_or_on_its_command_line(service: configparser.SectionProxy) -> None:
    text = " ".join(service.values()).lower()
    assert not [word for word in ("password", "secret", "token") if word in text]


def test_the_unit_hands_over_whatever_root_keeps_and_names_no_single_file(
    service: configparser.SectionProxy, tmp_path: Path
) -> None:
    """A line for a single file would end the start with status 243 where that file is missing.

    The folder is there: maildesk.tmpfiles makes it at each boot.
    """
    name, _, folder = service["LoadCredential"].partition(":")
    assert folder == "/etc/maildesk/credentials"
    assert UNIT.read_text().count("Credential=") == 1
    (tmp_path / f"{name}_m365.secret").write_text("hunter2")  # as systemd names a file of a whole folder
    handed = {"CREDENTIALS_DIRECTORY": str(tmp_path)}
    assert Secret(SecretKind.CREDENTIAL, "m365.secret").resolve(Path("/nowhere"), handed) == "hunter2"


def test_the_units_user_and_folders_are_made_by_the_files_beside_it(
    service: configparser.SectionProxy,
) -> None:
    users = [line.split()[1] for line in _lines("maildesk.sysusers") if line.startswith("u ")]
    folders = {line.split()[1]: line.split()[2:5] for line in _lines("maildesk.tmpfiles")}
    assert users == [service["User"]]
    assert folders["/etc/maildesk"] == ["0750", "root", service["Group"]]
    assert folders["/etc/maildesk/credentials"] == ["0700", "root", "root"]
    state = f"/var/lib/{service['StateDirectory']}"
    assert folders[state] == [service["StateDirectoryMode"], service["User"], service["Group"]]


def _lines(name: str) -> list[str]:
    lines = (PACKAGING / name).read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]
