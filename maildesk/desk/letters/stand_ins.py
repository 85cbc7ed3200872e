"""The packaged letters stand in where an operator's template fails on a case that no sample foresaw."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from maildesk.desk.case.letter_order import LetterKind
from maildesk.desk.letters.template_problem import TemplateProblem
from maildesk.desk.letters.templates import LetterTemplates, RenderedWords


class StandIns:
    """Our own letters, read and compiled when the first is needed, and the problems that called for them."""

    def __init__(self, sources: Callable[[], Mapping[str, str]], zone: str, languages: Sequence[str]) -> None:
        self._sources = sources
        self._zone = zone
        self._languages = languages
        self._ours: LetterTemplates | None = None
        self._problems: dict[str, TemplateProblem] = {}

    def render(
        self, problem: TemplateProblem, kind: LetterKind, values: Mapping[str, Any], own: str, language: str
    ) -> RenderedWords:
        """Write the letter as we ship it and remember why; `problem` is raised where ours fails as well."""
        if self._ours is None:
            self._ours = LetterTemplates(self._sources(), self._zone, self._languages)
        try:
            words = self._ours.render(kind, values, own, language)
        except TemplateProblem:
            raise problem from None
        self._problems[problem.message.partition(":")[0]] = problem
        return words

    @property
    def were_called(self) -> bool:
        """Tell whether a template failed since `problems` was asked last."""
        return bool(self._problems)

    def problems(self) -> dict[str, TemplateProblem]:
        """Give what failed since this was asked last, by the file, and forget it."""
        found, self._problems = self._problems, {}
        return found
