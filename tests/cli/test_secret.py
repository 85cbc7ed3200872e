"""`maildesk secret rotate`: another key signs, the old ones are believed for a while, nothing is lost."""

from __future__ import annotations

import os
import resource
import stat
from datetime import timedelta
from pathlib import Path

import pytest

from maildesk.config.key_file import rotate
from maildesk.errors import BadInput, MaildeskError
from maildesk.mail.identity.keys import HONOURED, KeyRing
from tests.cli.conftest import NOW, CommandedDesk


def ring_of(path: Path) -> KeyRing:
    return KeyRing.parse(path.read_text())


def test_a_new_key_signs_and_the_old_one_makes_references_still(desk: CommandedDesk) -> None:
    key = desk.folder / "secret.key"
    before = ring_of(key)
    said = desk.run("secret", "rotate")
    after = ring_of(key)
    assert after.root.secret == before.root.secret
    assert [each.kid for each in after.keys] == ["a", "b"]
    assert after.root.retired is not None
    assert after.root.honoured_until == after.root.retired + HONOURED
    assert "key b signs from now on" in said
    assert f"believed until {after.root.honoured_until:%Y-%m-%d}" in said
    assert "making case references" in said
    assert "A running daemon takes it up" in said
    for each in after.keys:
        assert each.secret.hex() not in said


def test_the_file_stays_private_and_nothing_lies_beside_it(desk: CommandedDesk) -> None:
    key = desk.folder / "secret.key"
    there = set(os.listdir(desk.folder))
    desk.run("secret", "rotate")
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert set(os.listdir(desk.folder)) == there


def test_a_link_stays_a_link(desk: CommandedDesk, tmp_path: Path) -> None:
    key, real = desk.folder / "secret.key", tmp_path / "vault.key"
    key.rename(real)
    key.symlink_to(real)
    desk.run("secret", "rotate")
    assert key.is_symlink()
    assert len(ring_of(real).keys) == 2


def test_a_named_file_is_rotated_for_a_daemon_that_gets_it_as_a_credential(
    desk: CommandedDesk, tmp_path: Path
) -> None:
    key = tmp_path / "etc.key"
    (desk.folder / "secret.key").rename(key)
    desk.change("secret: {file: secret.key}", "secret: {credential: secret.key}")
    assert "Restart the daemon" in desk.run("secret", "rotate", str(key))
    assert len(ring_of(key).keys) == 2


def test_without_a_name_the_key_of_a_credential_is_the_one_that_root_keeps(desk: CommandedDesk) -> None:
    key = desk.folder / "credentials" / "secret.key"
    key.parent.mkdir()
    (desk.folder / "secret.key").rename(key)
    desk.change("secret: {file: secret.key}", "secret: {credential: secret.key}")
    assert "Restart the daemon" in desk.run("secret", "rotate")
    assert len(ring_of(key).keys) == 2


def test_a_key_in_the_environment_cannot_be_rotated_and_it_says_what_to_do(desk: CommandedDesk) -> None:
    desk.change("secret: {file: secret.key}", 'secret: "${DESK_SECRET}"')
    refused = desk.try_("secret", "rotate")
    assert refused.exit_code == 1
    assert "a file of its own" in refused.output


@pytest.mark.parametrize("text", ["", "a 0123", "nonsense"])
def test_a_broken_key_file_is_left_as_it_is(desk: CommandedDesk, text: str) -> None:
    key = desk.folder / "secret.key"
    key.write_text(text)
    assert desk.try_("secret", "rotate").exit_code == 1
    assert key.read_text() == text


def test_a_file_that_others_can_read_is_refused(desk: CommandedDesk) -> None:
    key = desk.folder / "secret.key"
    key.chmod(0o644)
    refused = desk.try_("secret", "rotate")
    assert refused.exit_code == 1
    assert "chmod 600" in refused.output
    assert len(ring_of(key).keys) == 1


def test_a_key_that_cannot_be_written_changes_nothing(desk: CommandedDesk) -> None:
    key = desk.folder / "secret.key"
    before, files = key.read_bytes(), sorted(desk.folder.iterdir())
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))  # as on a full disk; it holds for root too
    try:
        with pytest.raises(BadInput, match="nothing was changed"):
            rotate(key, NOW)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert (key.read_bytes(), sorted(desk.folder.iterdir())) == (before, files)


def test_a_file_that_is_not_there_is_told(desk: CommandedDesk, tmp_path: Path) -> None:
    for path in (tmp_path / "none.key", tmp_path / "no" / "folder.key"):
        with pytest.raises(MaildeskError, match="cannot be read"):
            rotate(path, NOW)


# --- check ------------------------------------------------------------------------------------------


def checked(desk: CommandedDesk, days: float) -> list[str]:
    """What `maildesk check` says about keys when the first was retired so long ago."""
    key = desk.folder / "secret.key"
    ring = KeyRing.parse(key.read_text()).rotated(b"n" * 32, NOW - timedelta(days=days))
    key.write_text(ring.render())
    lines = desk.try_("check", "--quick").stdout.splitlines()
    return [line for line in lines if "desk.secret" in line]


@pytest.mark.parametrize(("days", "warned"), [(0, False), (75, False), (77, True), (89, True), (91, False)])
def test_check_names_a_key_that_expires_soon(desk: CommandedDesk, days: float, warned: bool) -> None:
    lines = checked(desk, days)
    assert lines[0].startswith("ok")
    assert [line.split()[0] for line in lines[1:]] == ["warn"] * warned
    if warned:
        assert "key a" in lines[1]


def test_check_names_a_key_whose_retirement_nobody_noted(desk: CommandedDesk) -> None:
    key = desk.folder / "secret.key"
    key.write_text(f"{key.read_text()}b {'11' * 32}\n")
    lines = [line for line in desk.try_("check", "--quick").stdout.splitlines() if "desk.secret" in line]
    assert "believed for ever" in lines[1]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_whoever_is_not_root_is_told_to_rotate_roots_key_as_root(tmp_path: Path) -> None:
    kept = tmp_path / "credentials"
    kept.mkdir(mode=0o700)
    os.seteuid(65534)
    try:
        with pytest.raises(BadInput) as told:
            rotate(kept / "secret.key", NOW)
    finally:
        os.seteuid(0)
    assert str(told.value).endswith("permission denied (type it as root: sudo, and the same words)")
