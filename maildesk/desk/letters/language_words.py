"""The words of a language: the file in its folder that says what code and not a template says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from string import Formatter
from typing import Any, Final

import yaml

from maildesk.desk.case.told import best
from maildesk.desk.letters.language import ENGLISH, Language, Words
from maildesk.desk.letters.template_problem import PREFIX, TemplateProblem

WORDS: Final = "words.yaml"
"""Its name in each folder: `dates`, how CLDR calls the language, and `words`, each by its English."""


def folders_of(names: Iterable[str], languages: Iterable[str]) -> dict[str, str]:
    """The languages of which there are files of these names, with their folders; English at last."""
    folders = dict.fromkeys(name.partition("/")[0] for name in names)
    found = {each: folder for each in languages if (folder := best(each, folders))}
    return found if ENGLISH.tag in found.values() else found | {ENGLISH.tag: ENGLISH.tag}


def first_language(sources: Mapping[str, str], languages: Iterable[str]) -> Language:
    """The language of the desk's own people, without its letters; raises TemplateProblem."""
    tag, folder = next(iter(folders_of(sources, languages).items()))
    file = f"{folder}/{WORDS}"
    return language_of(tag, sources.get(file, ""), file)


def language_of(tag: str, text: str, file: str = "") -> Language:
    """The language with the words of its file; raises TemplateProblem where that says something else."""
    said = _read(text, file)
    words = said.get("words") or {}
    if not (isinstance(words, dict) and all(map(_are_words, words.values()))):
        raise TemplateProblem(
            f"{PREFIX}{file}: words should be lines of the form English: translation",
            remedy="look how templates/de/words.yaml is written",
        )
    known: Words = {str(english): each for english, each in words.items() if each}
    for english, each in known.items():
        for told in (each,) if isinstance(each, str) else each.values():
            _require_its_values(english, told, file)
    dates = str(said.get("dates") or (ENGLISH.dates if tag == ENGLISH.tag else ""))
    its_own = tag == file.partition("/")[0] or "-" not in tag  # en-US has the words of `en`, not its dates
    return Language(tag, known, dates if its_own else "")


@lru_cache(maxsize=32)  # a desk reads the words of each language for its letters and for their stand-ins
def _read(text: str, file: str) -> Mapping[str, Any]:
    try:
        said = yaml.load(text, _LOADER) if text else {}  # noqa: S506 - a safe loader, in C where there is one
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        raise TemplateProblem(
            f"{PREFIX}{file}{line}: {getattr(problem, 'problem', 'cannot be read')}"
        ) from None
    if not isinstance(said or {}, dict):
        raise TemplateProblem(f"{PREFIX}{file}: should hold dates and words")
    return said or {}


_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _require_its_values(english: str, told: str, file: str) -> None:
    """Raise TemplateProblem for a translation that asks for what its sentence does not give."""
    try:
        asked = _values(told) - _values(english)
    except ValueError:  # a brace without its other half
        asked = {"{"}
    if asked:
        raise TemplateProblem(
            f"{PREFIX}{file}: {told!r} holds {', '.join(sorted(asked))}, which {english!r} does not",
            remedy="write in braces what stands in braces in the English",
        )


def _values(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


def _are_words(value: object) -> bool:
    """Tell whether it is a translation, one for each plural, or none yet."""
    if isinstance(value, dict):
        return all(isinstance(each, str) for each in value.values())
    return value is None or isinstance(value, str)
