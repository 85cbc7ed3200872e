"""The letter templates of a desk: the packaged ones, with the operator's own files in their place."""

from __future__ import annotations

from pathlib import Path

from maildesk.config.building import template_folder
from maildesk.config.packaged import packaged
from maildesk.config.settings import Settings
from maildesk.errors import BadInput


def read_templates(settings: Settings) -> dict[str, str]:
    """Every template by its name below `templates/`, such as `en/closed.txt`; ours unless theirs is there."""
    sources = _read(packaged("templates"))
    own = template_folder(settings)
    return sources | _read(own) if own and own.is_dir() else sources


def _read(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): _text(path) for path in sorted(folder.rglob("*.txt"))}


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as problem:
        raise BadInput(f"{path} is not UTF-8: {problem.reason}", remedy="save it as UTF-8") from problem
