"""A wheel of a library that is installed here, so that a test installs it without asking anybody for it."""

from __future__ import annotations

import hashlib
import zipfile
from importlib.metadata import distribution
from pathlib import Path


def wheel_of(name: str, folder: Path) -> Path:
    """Put the files of an installed library of pure Python together again."""
    library = distribution(name)
    wheel = folder / f"{name.replace('-', '_')}-{library.version}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for file in library.files or ():
            place = Path(str(library.locate_file(file)))
            if ".." not in file.parts and file.suffix != ".pyc" and place.is_file():
                archive.write(place, file.as_posix())
    return wheel


def lock_of(names: list[str], folder: Path) -> Path:
    """A lock of these libraries alone, each by its hash, with wheels beside it and no index."""
    wheels = {name: wheel_of(name, folder) for name in names}
    pins = [
        f"{name}=={distribution(name).version} --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"
        for name, path in wheels.items()
    ]
    lock = folder / "runtime.lock"
    lock.write_text("\n".join(["--no-index", f"--find-links {folder}", *pins]) + "\n")
    return lock
