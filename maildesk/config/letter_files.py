"""The letter templates of a desk: the packaged ones, with the operator's own files in their place."""

from __future__ import annotations

from collections.abc import Collection
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


def own_letters(settings: Settings) -> list[str]:
    """The operator's own files, by their names below the folder."""
    own = template_folder(settings)
    return list(_read(own)) if own and own.is_dir() else []


def unused_letters(settings: Settings, of_policy: Collection[str] = ()) -> list[str]:
    """Own files that bear no letter's name and that no other own file mentions: misspelt, or misplaced.

    `of_policy` are those that it speaks of.
    """
    packed = packaged("templates")
    written = read_templates(settings)
    return [
        name
        for name in own_letters(settings)
        if not (packed / name).is_file()
        and name not in of_policy
        and not any(name in text for other, text in written.items() if other != name)
    ]


def copy_template(settings: Settings, name: str) -> Path:
    """Copy a packaged template, `closed` or `en/closed.txt`, into the operator's own; never over a file."""
    packed = packaged("templates")
    known = sorted(path.relative_to(packed).as_posix() for path in packed.rglob("*.*"))
    wanted = next((each for each in known if name in (each, Path(each).stem, Path(each).name)), None)
    if wanted is None:
        names = ", ".join(sorted({Path(each).stem for each in known}))
        raise BadInput(f"there is no packaged letter {name!r}", remedy=f"there is {names}")
    own = template_folder(settings)
    if own is None:
        raise BadInput(
            "the configuration names no folder for your own letters", remedy="add templates: templates"
        )
    target = own / wanted
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("x", encoding="utf-8") as opened:
            opened.write((packed / wanted).read_text(encoding="utf-8"))
    except FileExistsError:
        raise BadInput(f"{target} is there already", remedy="edit it, or move it away first") from None
    except OSError as error:
        raise BadInput(f"{target} cannot be written: {(error.strerror or 'error').lower()}") from error
    return target


def _read(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): text_of(path) for path in sorted(folder.rglob("*.txt"))}


def text_of(path: Path) -> str:
    """Read a template; raises BadInput where it is not UTF-8."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as problem:
        raise BadInput(f"{path} is not UTF-8: {problem.reason}", remedy="save it as UTF-8") from problem
