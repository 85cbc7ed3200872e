"""What `maildesk init` writes, and what an installed maildesk carries."""

from __future__ import annotations

import stat
import tomllib
from pathlib import Path

import pytest

import maildesk
from maildesk.config import building, loading, named_policy
from maildesk.config.packaged import NAMES, packaged
from maildesk.config.starting import write_starter
from maildesk.errors import BadInput, PermanentError

PACKAGE = Path(maildesk.__file__).resolve().parent


def test_a_new_desk_has_a_configuration_a_key_and_a_place_for_letters(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "desk"
    written = write_starter(folder)
    assert [path.relative_to(folder).as_posix() for path in (written.config, written.key, *written.also)] == [
        "config.yaml",
        "secret.key",
        "templates",
    ]
    assert list((folder / "templates").iterdir()) == []
    settings = loading.load(folder / "config.yaml")
    assert building.keyring(settings, {}).keys
    assert named_policy.policy(settings).name == "Default"


def test_what_was_written_is_private(tmp_path: Path) -> None:
    written = write_starter(tmp_path)
    assert {stat.S_IMODE(path.stat().st_mode) for path in (written.config, written.key)} == {0o600}


def test_every_desk_has_a_key_of_its_own(tmp_path: Path) -> None:
    keys = {write_starter(tmp_path / name).key.read_text() for name in ("a", "b")}
    assert len(keys) == 2


@pytest.mark.parametrize("name", ["config.yaml", "secret.key"])
def test_nothing_is_overwritten_and_then_nothing_is_written(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine")
    with pytest.raises(BadInput) as told:
        write_starter(tmp_path)
    assert str(told.value) == f"{tmp_path / name} is there already (choose another folder, or move it away)"
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text() == "mine"


def test_a_dangling_link_is_something_too(tmp_path: Path) -> None:
    (tmp_path / "secret.key").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(BadInput, match="is there already"):
        write_starter(tmp_path)


def test_own_letters_that_are_there_already_stay(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "mine.txt").write_text("x")
    write_starter(tmp_path)
    assert (tmp_path / "templates" / "mine.txt").read_text() == "x"


def test_a_folder_that_cannot_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(BadInput, match="cannot be written: not a directory"):
        write_starter(tmp_path / "file" / "desk")


@pytest.mark.parametrize("name", NAMES)
def test_what_comes_with_maildesk_is_found(name: str) -> None:
    assert packaged(name).exists()


def test_what_does_not_come_with_maildesk_is_told() -> None:
    with pytest.raises(PermanentError, match="maildesk's own recipes is missing"):
        packaged("recipes")


@pytest.mark.skipif(
    not (PACKAGE.parent / "pyproject.toml").exists(), reason="an installed maildesk, no checkout"
)
def test_the_wheel_names_every_package() -> None:
    """Setuptools cannot both find packages and map folders into one, so the list is kept by hand."""
    project = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text())
    listed = {
        name for name in project["tool"]["setuptools"]["packages"] if not name.startswith("maildesk.packaged")
    }
    there = {path.parent for path in PACKAGE.rglob("*.py")}
    assert listed == {".".join(("maildesk", *path.relative_to(PACKAGE).parts)) for path in there}
