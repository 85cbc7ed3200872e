"""Files that `maildesk init` writes: a commented configuration, a new secret key, a place for own letters."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from maildesk.config.packaged import packaged
from maildesk.errors import BadInput
from maildesk.mail.identity.keys import SECRET_BYTES, KeyRing

_CONFIG = "config.yaml"
_KEY = "secret.key"
_TEMPLATES = "templates"


def write_starter(folder: Path) -> list[Path]:
    """Write the files of a new desk and name them; raises BadInput and writes nothing if one is there."""
    config, key, templates = folder / _CONFIG, folder / _KEY, folder / _TEMPLATES
    for path in (config, key):
        if path.exists() or path.is_symlink():
            raise BadInput(f"{path} is there already", remedy="choose another folder, or move it away")
    text = packaged("config.example.yaml").read_text(encoding="utf-8")
    try:
        templates.mkdir(parents=True, exist_ok=True)
        # The configuration may come to hold passwords: it begins as private as the key.
        _create(key, KeyRing.generate(secrets.token_bytes(SECRET_BYTES)).render())
        _create(config, text)
    except OSError as error:
        reason = (error.strerror or "error").lower()
        raise BadInput(f"{error.filename or folder} cannot be written: {reason}") from error
    return [config, key, templates]


def _create(path: Path, text: str) -> None:
    """A new file that only its owner can read; never one that exists."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
        opened.write(text)
        opened.flush()
        os.fsync(opened.fileno())
