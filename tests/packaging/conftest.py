"""The Debian package, made once for the tests of a run: everything of it but the libraries."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from deb.building import Order, build
from deb.control import release
from deb.environment import Interpreter, NoPackage, interpreter
from tests.packaging.test_lock import ROOT
from tests.world.once import folder_of_run, made_once
from tests.world.wheels import lock_of

MADE = 1_790_000_000
DEBIANS_OWN = Path("/usr/bin/python3")


@pytest.fixture(scope="session")
def debians_python() -> Interpreter:
    for program in ("dpkg", "dpkg-deb"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed: a Debian package is made on Debian or one of its kin")
    try:
        return interpreter(DEBIANS_OWN)
    except NoPackage as problem:
        pytest.skip(str(problem))


@pytest.fixture(scope="session")
def order(debians_python: Interpreter, tmp_path_factory: pytest.TempPathFactory) -> Order:
    """The package without its libraries: what they are, the lock says, and `make deb` asks pip for them.

    It is read and installed where it was made, so nothing is pressed together.
    """
    folder = folder_of_run(tmp_path_factory) / "deb"
    wheels = tmp_path_factory.mktemp("wheels")
    return Order(
        source=ROOT,
        lock=lock_of(["setuptools"], wheels),
        python=debians_python,
        release=release(ROOT, MADE, {}),
        scratch=folder / "build",
        output=folder / "dist",
        compression="none",
    )


@pytest.fixture(scope="session")
def package(order: Order, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_once(folder_of_run(tmp_path_factory) / "package", lambda: build(order))
