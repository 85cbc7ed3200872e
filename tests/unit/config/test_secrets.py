"""Secrets: where they may stand, when they are refused, and that they are never shown."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from maildesk.config.problems import WrongValue
from maildesk.config.secrets import Secret, read_secret
from maildesk.errors import PermanentError


@pytest.fixture
def secret_file(tmp_path: Path) -> Path:
    path = tmp_path / "smtp.secret"
    path.write_text("hunter2\n")
    path.chmod(0o600)
    return path


def refusal(secret: Secret, folder: Path, environ: dict[str, str] | None = None) -> str:
    with pytest.raises(PermanentError) as told:
        secret.resolve(folder, environ or {}, "smtp.password")
    assert "hunter2" not in str(told.value)
    return str(told.value)


@pytest.mark.parametrize(
    ("written", "environ", "resolved"),
    [
        ("hunter2", {}, "hunter2"),
        ("${PASSWORD}", {"PASSWORD": "hunter2"}, "hunter2"),
        ("postgresql://u:${PASSWORD}@h/${NAME}", {"PASSWORD": "p", "NAME": "n"}, "postgresql://u:p@h/n"),
        ("${PASSWORD}", {"PASSWORD": "${OTHER}", "OTHER": "x"}, "${OTHER}"),
        ("$PASSWORD {x} ${1} $$", {}, "$PASSWORD {x} ${1} $$"),
    ],
)
def test_a_secret_in_the_file_or_the_environment(
    tmp_path: Path, written: str, environ: dict[str, str], resolved: str
) -> None:
    assert read_secret(written).resolve(tmp_path, environ) == resolved


def test_a_variable_that_is_not_set_is_named(tmp_path: Path) -> None:
    assert refusal(read_secret("hunter2${SMTP_PASSWORD}"), tmp_path) == (
        "smtp.password: the environment variable SMTP_PASSWORD is not set (set SMTP_PASSWORD)"
    )


def test_a_secret_file_is_read_from_the_folder_of_the_configuration(secret_file: Path) -> None:
    assert read_secret({"file": "smtp.secret"}).resolve(secret_file.parent, {}) == "hunter2"
    assert read_secret({"file": str(secret_file)}).resolve(Path("/nowhere"), {}) == "hunter2"


@pytest.mark.parametrize(
    ("content", "resolved"),
    [(" pass word \n", " pass word "), ("a\r\n", "a"), ("a\nb\n", "a\nb"), ("ä", "ä")],
)
def test_only_the_last_line_end_is_cut(secret_file: Path, content: str, resolved: str) -> None:
    secret_file.write_bytes(content.encode())
    assert read_secret({"file": "smtp.secret"}).resolve(secret_file.parent, {}) == resolved


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660, 0o601])
def test_a_file_that_others_can_open_is_refused_with_what_to_type(secret_file: Path, mode: int) -> None:
    secret_file.chmod(mode)
    assert refusal(read_secret({"file": "smtp.secret"}), secret_file.parent) == (
        f"smtp.password: others can read {secret_file} (mode {mode:04o}) (chmod 600 {secret_file})"
    )


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_file_that_only_its_owner_can_read_is_taken(secret_file: Path, mode: int) -> None:
    secret_file.chmod(mode)
    assert read_secret({"file": "smtp.secret"}).resolve(secret_file.parent, {}) == "hunter2"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
@pytest.mark.parametrize(
    ("owner", "remedy"),
    [(65534, "type it as that user: runuser -u nobody -- and the same words"), (4711, "chown root {}")],
    ids=["somebody", "nobody knows"],
)
def test_a_file_of_another_user_is_refused_and_left_to_whose_it_is(
    secret_file: Path, owner: int, remedy: str
) -> None:
    os.chown(secret_file, owner, -1)
    assert refusal(read_secret({"file": "smtp.secret"}), secret_file.parent) == (
        f"smtp.password: {secret_file} belongs to another user ({remedy.format(secret_file)})"
    )


def test_what_is_no_secret_file_is_told(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    (tmp_path / "empty").touch(0o600)
    (tmp_path / "binary").touch(0o600)
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    (tmp_path / "huge").touch(0o600)
    (tmp_path / "huge").write_bytes(b"x" * 100_000)
    said = {
        name: refusal(read_secret({"file": name}), tmp_path)
        for name in ("pipe", "empty", "binary", "huge", "no")
    }
    where = "put the file there, readable by its owner alone, or correct the path"
    assert said == {
        "pipe": f"smtp.password: {tmp_path}/pipe is not a file",
        "empty": f"smtp.password: {tmp_path}/empty is empty ({where})",
        "binary": f"smtp.password: {tmp_path}/binary is not UTF-8 text",
        "huge": f"smtp.password: {tmp_path}/huge is too large for a secret ({where})",
        "no": f"smtp.password: {tmp_path}/no cannot be read: no such file or directory ({where})",
    }


def test_a_credential_is_read_from_the_folder_systemd_names(tmp_path: Path) -> None:
    """Its mode is systemd's business: an ACL shows as a group that can read."""
    (tmp_path / "imap").write_text("hunter2")
    (tmp_path / "imap").chmod(0o440)
    environ = {"CREDENTIALS_DIRECTORY": str(tmp_path)}
    assert read_secret({"credential": "imap"}).resolve(Path("/nowhere"), environ) == "hunter2"


def test_a_credential_is_found_by_the_name_that_the_unit_gives_a_whole_folder(tmp_path: Path) -> None:
    """LoadCredential=maildesk:FOLDER hands over each file as maildesk_FILE."""
    (tmp_path / "maildesk_imap").write_text("hunter2")
    environ = {"CREDENTIALS_DIRECTORY": str(tmp_path)}
    assert read_secret({"credential": "imap"}).resolve(Path("/nowhere"), environ) == "hunter2"


def test_at_the_shell_a_credential_is_read_where_root_keeps_it(tmp_path: Path) -> None:
    kept = tmp_path / "credentials"
    kept.mkdir()
    (kept / "imap").touch(0o600)
    (kept / "imap").write_text("hunter2\n")
    assert read_secret({"credential": "imap"}).resolve(tmp_path, {}) == "hunter2"
    (kept / "imap").chmod(0o644)
    assert "others can read" in refusal(read_secret({"credential": "imap"}), tmp_path)


def test_a_credential_that_is_nowhere_says_where_it_belongs(tmp_path: Path) -> None:
    kept = tmp_path / "credentials" / "imap"
    put = f"as root put it into {kept}, mode 0600"
    assert refusal(read_secret({"credential": "imap"}), tmp_path) == (
        f"smtp.password: {kept} cannot be read: no such file or directory ({put})"
    )


@pytest.mark.parametrize(("name", "fault"), [("imap", "is empty"), ("other", "cannot be read: no such file")])
def test_a_credential_that_the_service_lacks_says_where_it_belongs(
    tmp_path: Path, name: str, fault: str
) -> None:
    (tmp_path / name).write_text("\n")
    with pytest.raises(PermanentError) as told:
        read_secret({"credential": "imap"}).resolve(
            Path("/etc/maildesk"), {"CREDENTIALS_DIRECTORY": str(tmp_path)}
        )
    assert fault in str(told.value)
    assert told.value.remedy == (
        "as root put it into /etc/maildesk/credentials/imap, mode 0600, and restart the service"
    )


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_whoever_is_not_root_is_told_to_type_it_as_root(tmp_path: Path) -> None:
    kept = tmp_path / "credentials"
    kept.mkdir(mode=0o700)
    (kept / "imap").touch(0o600)
    os.seteuid(65534)
    try:
        said = refusal(read_secret({"credential": "imap"}), tmp_path)
    finally:
        os.seteuid(0)
    assert said == (
        "smtp.password: credential imap is the service's, and at the shell root's alone "
        "(type it as root: sudo, and the same words)"
    )


@pytest.mark.parametrize(
    "value",
    [None, "", 7, True, [], {}, {"file": ""}, {"file": 3}, {"vault": "x"}, {"file": "a", "credential": "b"},
     {"credential": "../x"}, {"credential": "a/b"}, {"credential": "."}],
)  # fmt: skip
def test_anything_else_is_no_secret(value: object) -> None:
    with pytest.raises(WrongValue, match="should be a secret"):
        read_secret(value)


def test_a_secret_shows_nothing_of_itself() -> None:
    secret = read_secret("hunter2")
    assert "hunter2" not in f"{secret} {secret!r} {[secret]}"
