"""Texts of a policy in several languages: each is one that the policy speaks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from pydantic import BaseModel

from maildesk.config.policy_shape import PolicyFile
from maildesk.config.problems import Problem
from maildesk.config.validating import BrokenLaw, Law
from maildesk.config.yaml_file import Location, read_yaml
from maildesk.desk.case.told import Text, best
from maildesk.desk.policy.suggestions import suggestion


def _spoken(file: PolicyFile) -> Iterator[BrokenLaw]:
    """A text in a language of which no letter is written would never be read."""
    for here, text in _texts(file, ()):
        for tag in text.by_language:
            if tag not in file.languages:
                near = suggestion(file.languages, tag, alike=0.4)
                remedy = near or f"write languages: [{', '.join((*file.languages, tag))}], or take it out"
                yield BrokenLaw((*here, tag), f"{tag} is no language of this policy", remedy)


def _texts(value: object, here: Location) -> Iterator[tuple[Location, Text]]:
    """Every text in several languages, and where it stands."""
    if isinstance(value, Text):
        yield here, value
    elif isinstance(value, BaseModel):
        for name in sorted(value.model_fields_set):
            yield from _texts(getattr(value, name), (*here, name))
    elif isinstance(value, dict):
        for name, each in value.items():
            yield from _texts(each, (*here, name))
    elif isinstance(value, tuple):
        for at, each in enumerate(value):
            yield from _texts(each, (*here, at))


def unwritten(path: Path, languages: Iterable[str], letters: Iterable[str]) -> Iterator[Problem]:
    """Name each language of the policy of that file of which there is no letter: nothing that stops a desk.

    `letters` are by their names, such as `en/closed.txt`.
    """
    folders, document = {each.partition("/")[0] for each in letters}, read_yaml(path)
    for at, tag in enumerate(languages):
        if best(tag, folders) is None:
            message = f"no letter is written in {tag}: whoever writes in it reads the next language"
            remedy = "docs/languages.md says how a language is added"
            yield document.problem(("languages", at), message, remedy)


LANGUAGE_LAWS: tuple[Law[PolicyFile], ...] = (Law(("languages",), _spoken),)
