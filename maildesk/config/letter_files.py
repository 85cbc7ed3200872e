"""The letter templates of a desk: the packaged ones, with the operator's own files in their place."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache
from pathlib import Path

from maildesk.config.building import template_folder
from maildesk.config.named_policy import policy
from maildesk.config.own_copies import copy_to_edit
from maildesk.config.packaged import packaged
from maildesk.config.problems import ConfigError
from maildesk.config.settings import Settings
from maildesk.desk.case.told import best
from maildesk.desk.policy.suggestions import suggestion
from maildesk.errors import BadInput


def read_templates(settings: Settings | None) -> dict[str, str]:
    """Every template by its name below `templates/`, such as `en/closed.txt`; ours unless theirs is there."""
    sources = our_templates()
    own = template_folder(settings) if settings else None
    return sources | _read(own) if own and own.is_dir() else sources


def our_templates() -> dict[str, str]:
    """The packaged templates, by their names below `templates/`."""
    return dict(_packaged_templates())


@cache
def _packaged_templates() -> dict[str, str]:
    return _read(packaged("templates"))


def letters_written(settings: Settings | None) -> list[str]:
    """The names of all templates; without a configuration those that we ship."""
    return list(read_templates(settings))


def words_written(settings: Settings) -> dict[str, str]:
    """The words of each language that letters are written in, by the names of their files; no letters."""
    found: dict[str, str] = {}
    for folder in filter(None, (packaged("templates"), template_folder(settings))):
        for each in sorted(folder.iterdir()) if folder.is_dir() else ():
            file, name = each / "words.yaml", f"{each.name}/words.yaml"
            if file.is_file():
                found[name] = text_of(file)
            elif each.is_dir() and any(each.rglob("*.txt")):
                found.setdefault(name, "")
    return found


def own_letters(settings: Settings) -> list[str]:
    """The operator's own files, by their names below the folder."""
    own = template_folder(settings)
    return list(_read(own)) if own and own.is_dir() else []


def unused_letters(
    settings: Settings, of_policy: Collection[str] = (), languages: Collection[str] = ("en",)
) -> list[str]:
    """Own files that bear no letter's name and that no other own file mentions: misspelt, or misplaced.

    `of_policy` are the names of those that it speaks of, and `languages` are its own.
    """
    packed = packaged("templates") / "en"
    written = read_templates(settings)
    own = own_letters(settings)
    folders = dict.fromkeys(name.partition("/")[0] for name in written)
    spoken = {"en", *(best(each, folders) for each in languages)}
    return [
        name
        for name in own
        for folder, _, file in [name.rpartition("/")]
        if not (folder.removesuffix("/say") in spoken and folder.endswith("/say"))
        if not (folder in spoken and (file in of_policy or (packed / file).is_file()))
        and not any(_names(text, file) for other, text in written.items() if other != name)
    ]


def _names(text: str, file: str) -> bool:
    """Tell whether a template speaks of a file, and not of one whose name only ends or begins like it."""
    return re.search(rf"(?<![\w.-]){re.escape(file)}(?![\w-])", text) is not None


def copy_template(settings: Settings, name: str) -> Path:
    """Copy a packaged template, `closed` or `en/closed.txt`, into the operator's own; never over a file.

    Of a bare name it is that of the desk's own language, else the English one.
    """
    packed = packaged("templates")
    files = [path.relative_to(packed).as_posix() for path in packed.rglob("*.*")]
    own_first = (_own_folder(settings, {each.partition("/")[0] for each in files}), "en")
    known = sorted(files, key=lambda file: (*(not file.startswith(f"{each}/") for each in own_first), file))
    wanted = next((each for each in known if name in (each, Path(each).stem, Path(each).name)), None)
    if wanted is None:
        names = sorted({Path(each).stem for each in known})
        remedy = suggestion([*names, *known], name, f"there is {', '.join(names)}")
        raise BadInput(f"there is no packaged letter {name!r}", remedy=remedy)
    own = template_folder(settings)
    if own is None:
        raise BadInput(
            "the configuration names no folder for your own letters", remedy="add templates: templates"
        )
    return copy_to_edit(packed / wanted, own / wanted)


def _own_folder(settings: Settings, folders: Collection[str]) -> str:
    """The folder of the first language of the policy; English where that cannot be read."""
    try:
        languages = policy(settings).languages
    except ConfigError:
        return "en"
    return best(languages[0], folders) or "en"


def _read(folder: Path) -> dict[str, str]:
    files = sorted([*folder.rglob("*.txt"), *folder.rglob("words.yaml")])
    return {path.relative_to(folder).as_posix(): text_of(path) for path in files}


def text_of(path: Path) -> str:
    """Read a template; raises BadInput where it is not UTF-8."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as problem:
        raise BadInput(f"{path} is not UTF-8: {problem.reason}", remedy="save it as UTF-8") from problem
