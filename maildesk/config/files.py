"""Files that the configuration names and others read."""

from __future__ import annotations

from pathlib import Path

from maildesk.config.settings import Settings
from maildesk.errors import PermanentError


def existing_file(settings: Settings, path: Path | None, key: str) -> str | None:
    """The file's whole path, if one is named; `key` is how the configuration calls it."""
    if path is None:
        return None
    found = settings.at(path)
    if not found.is_file():
        raise PermanentError(f"{key}: there is no file {found}", remedy="correct the path")
    return str(found)
