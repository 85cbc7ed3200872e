"""The operator's letter templates: a readable file each: Subject and From, an empty line, the text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from traceback import extract_tb
from typing import Any, Final

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

from maildesk.desk.case.letter_order import LetterKind
from maildesk.desk.letters.moments import day, moment
from maildesk.desk.policy.names import comparable
from maildesk.errors import PermanentError

LANGUAGE = "en"
"""The language every letter exists in."""


class TemplateProblem(PermanentError):
    """A template that cannot be used; the message names file and line."""


_BETWEEN = "\0"
"""Stands between subject, title and text of a letter; no text of a mail holds a NUL (mail/message)."""

_NEWS: Final = f"{LANGUAGE}/news.txt"
"""The other news of one act for customers: it stands below an operator's template that does not name it."""

_PREFIX = "templates/"
"""The folder where operators find the files that errors name."""


@dataclass(frozen=True, slots=True)
class RenderedWords:
    """A rendered letter: its subject line and its text.

    `title` says what happened and stands beside the desk's name as the sender: Gmail and Outlook show mails
    as one thread only while their subjects are the same.
    """

    subject: str
    text: str
    title: str = ""


class _Sandbox(ImmutableSandboxedEnvironment):
    """The sandbox, which asks once whether templates may read a name of values of one type.

    Nothing but type and name decides it, and asking each time costs more than the rest of a card.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._safe: dict[tuple[type, str], bool] = {}

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        key = (type(obj), attr)
        if key not in self._safe:
            if len(self._safe) >= _MOST_NAMES:
                self._safe.clear()  # a template may make names up as it goes
            self._safe[key] = super().is_safe_attribute(obj, attr, value)
        return self._safe[key]


_MOST_NAMES = 4096


class LetterTemplates:
    """The compiled templates of a desk.

    `sources` maps file names such as `en/closed.txt` to their text. Files are the operator's own;
    what customers wrote comes in as values and is never compiled (CVE-2024-56326 and its kind).
    """

    def __init__(self, sources: Mapping[str, str], zone: str) -> None:
        self._sources = dict(sources)
        self._environment = _Sandbox(
            loader=jinja2.FunctionLoader(self._load),
            undefined=jinja2.StrictUndefined,
            autoescape=False,  # plain text; the HTML is made from it and escaped there
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,  # an included card ends its last line itself
        )
        self._environment.filters["moment"] = partial(moment, zone=zone)
        self._environment.filters["day"] = partial(day, zone=zone)
        self._environment.filters["indent_quote"] = indent_quote
        self._environment.filters["sentence"] = sentence
        self._compiled = {name: self._compile(name) for name in [*map(file_of, LetterKind), *self.own]}

    @property
    def own(self) -> tuple[str, ...]:
        """The files of letters that only the operator has, such as `en/outcome-solved.txt`."""
        ours = frozenset(map(file_of, LetterKind))
        letters = (name for name, text in self._sources.items() if text.startswith("Subject:"))
        return tuple(name for name in letters if name not in ours)

    def render(self, kind: LetterKind, values: Mapping[str, Any], own: str = "") -> RenderedWords:
        """The words of a letter, by the operator's template for what it is about (`own`), if there is one.

        Raises TemplateProblem naming file and line where the template fails.
        """
        return self._rendered(self.name_of(kind, own), values)

    def name_of(self, kind: LetterKind, own: str = "") -> str:
        """The file that a letter is made from."""
        name = own_file(kind, own)
        return name if own and name in self._compiled else file_of(kind)

    def _rendered(self, name: str, values: Mapping[str, Any]) -> RenderedWords:
        try:
            subject, title, text = self._compiled[name].render(values).split(_BETWEEN, 2)
            if values.get("news") and "news" not in self._sources[name]:
                text = f"{text.rstrip()}\n{self._environment.get_template(_NEWS).render(values)}"
        except Exception as problem:  # a template may go wrong in as many ways as a program
            raise problem_of(problem, name) from problem
        text = text.replace("\r", "").strip() + "\n"
        return RenderedWords(" ".join(subject.split()), text, " ".join(title.split()))

    def _compile(self, name: str) -> jinja2.Template:
        """Subject, title and text as one template: rendering is most of what a letter costs."""
        subject, title, text = _split(name, self._sources)
        try:
            # As many line ends as the file has, so that an error names its line.
            title = _BETWEEN if title is None else f"\n{title}{_BETWEEN}"
            whole = f"{subject}{_BETWEEN}{title}\n\n{text}"
            code = self._environment.compile(whole, name, _PREFIX + name)
        except jinja2.TemplateSyntaxError as problem:
            raise TemplateProblem(f"{_PREFIX}{name}:{problem.lineno}: {problem.message}") from problem
        values = self._environment.make_globals(None)
        return self._environment.template_class.from_code(self._environment, code, values)

    def _load(self, name: str) -> tuple[str, str, None] | None:
        """An included file, with the name that an error in it gives."""
        return (self._sources[name], _PREFIX + name, None) if name in self._sources else None


def problem_of(problem: Exception, name: str) -> TemplateProblem:
    """Name the place where the template of that name failed, and why."""
    where = _place(problem) or _PREFIX + name
    return TemplateProblem(f"{where}: {_what(problem)}", remedy="mend the template, then: maildesk check")


def _what(problem: Exception) -> str | None:
    """Take what jinja says, in the template's own words; another error may quote the customer's."""
    if isinstance(problem, jinja2.TemplateNotFound):
        return f"{_PREFIX}{problem.name} is missing"
    return problem.message if isinstance(problem, jinja2.TemplateError) else type(problem).__name__


def _place(problem: BaseException) -> str:
    """File and line of the template that failed; empty where the trace shows none.

    Jinja puts the template's own lines into the trace. A mistake in the syntax of an included file has no
    line there, since nothing of it ran.
    """
    if isinstance(problem, jinja2.TemplateSyntaxError):
        return f"{problem.filename}:{problem.lineno}"
    frames = (frame for frame in extract_tb(problem.__traceback__) if frame.filename.startswith(_PREFIX))
    return next((f"{frame.filename}:{frame.lineno}" for frame in reversed([*frames])), "")


def file_of(kind: LetterKind) -> str:
    """Say where the template of a letter stands below `templates/`."""
    return f"{LANGUAGE}/{kind}.txt"


def own_file(kind: LetterKind, name: str) -> str:
    """Say where an operator's template stands for letters of that kind about what has this name.

    The name is made safe: its words without accents, between hyphens. A letter of the operator's own bears
    its name alone.
    """
    if kind is LetterKind.OWN:
        return f"{LANGUAGE}/{name}.txt"
    return f"{LANGUAGE}/{kind}-{'-'.join(comparable(name))}.txt"


def indent_quote(text: str) -> str:
    """Somebody's words as a quotation: `> ` before every line."""
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


def sentence(text: str) -> str:
    """A sentence that ends in somebody's words: with a full stop, unless they brought their own end."""
    return text if text.rstrip(_CLOSING_MARKS).endswith(_SENTENCE_ENDS) else f"{text}."


_SENTENCE_ENDS: Final = (".", "!", "?", "…", "。", "！", "？", "؟", "।")
_CLOSING_MARKS: Final = "\"')]»”’"


def _split(name: str, sources: Mapping[str, str]) -> tuple[str, str | None, str]:
    """Subject, title (None: there is no such line) and text of a template."""
    if name not in sources:
        raise TemplateProblem(f"{_PREFIX}{name} is missing", remedy="put it back or reinstall maildesk")
    head, _, text = sources[name].replace("\r\n", "\n").partition("\n\n")
    if not head.startswith("Subject:"):
        raise TemplateProblem(
            f"{_PREFIX}{name}:1: the first line must be `Subject: …`",
            remedy="then perhaps `From: …` (it stands beside the desk's name), an empty line, the text",
        )
    subject, line, title = head.removeprefix("Subject:").partition("\nFrom:")
    return subject.strip(), title.strip() if line else None, text
