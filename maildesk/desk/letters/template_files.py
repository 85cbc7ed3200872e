"""Template files in one language: found, compiled, filled in; an error names file and line."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping, Sequence
from functools import partial
from traceback import extract_tb
from types import CodeType
from typing import Any, Final, NamedTuple

import jinja2
from jinja2 import meta
from jinja2.sandbox import ImmutableSandboxedEnvironment

from maildesk.desk.case.escalation import level_named
from maildesk.desk.case.told import said
from maildesk.desk.letters.language import Language
from maildesk.desk.letters.template_problem import PREFIX, TemplateProblem
from maildesk.desk.policy.usual_questions import answer_named

BETWEEN: Final = "\0"
"""Stands between subject, title and text of a letter; no text of a mail holds a NUL (mail/message)."""

NEWS: Final = "news.txt"
"""The other news of one act for customers: it stands below an operator's template that does not name it."""


class _Sandbox(ImmutableSandboxedEnvironment):
    """The sandbox, which asks once whether templates may read a name of values of one type.

    Nothing but type and name decides it, and asking each time costs more than the rest of a card.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._safe: dict[tuple[type, str], bool] = {}

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Give a template what all know in one piece: each letter goes through it several times."""
        return self.globals if d is None else super().make_globals(d)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        key = (type(obj), attr)
        if key not in self._safe:
            if len(self._safe) >= _MOST_NAMES:
                self._safe.clear()  # a template may make names up as it goes
            self._safe[key] = super().is_safe_attribute(obj, attr, value)
        return self._safe[key]


_MOST_NAMES = 4096


class _Asked(NamedTuple):
    """The names of values in one file, without those of the files that it includes."""

    names: frozenset[str]
    includes: Sequence[str]


class Voice:
    """The template files as one language speaks them: those of its folder first, then those of others.

    `folders` are in that order; an included file is looked for in them by its bare name, whatever folder it
    is named with.
    """

    def __init__(
        self, sources: Mapping[str, str], language: Language, folders: Sequence[str], zone: str
    ) -> None:
        self.language = language
        self.folder = folders[0]
        self._sources = sources
        self._folders = folders
        self._environment = _Sandbox(
            loader=jinja2.FunctionLoader(self._load),
            undefined=jinja2.StrictUndefined,
            autoescape=False,  # plain text; the HTML is made from it and escaped there
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,  # an included card ends its last line itself
        )
        self._environment.filters |= {
            "moment": partial(language.moment, zone=zone),
            "day": partial(language.day, zone=zone),
            "date": partial(language.date_of, zone=zone),
            "calendar_day": language.calendar_day,
            "weekday": partial(language.weekday, zone=zone),
            "words": language.word,
            "level": lambda level: said(level_named(level), language),
            "answer": lambda answer: said(answer_named(answer), language),
            "indent_quote": indent_quote,
            "columns": columns,
            "sentence": sentence,
        }
        self._environment.globals["say"] = _Saying(language)
        self._compiled: dict[str, jinja2.Template] = {}
        self._names: dict[str, frozenset[str] | None] = {}
        self._asked_for: dict[str, _Asked | None] = {}

    def file(self, name: str) -> str:
        """The place of one of its files below `templates/`, whether it is there or not."""
        return f"{self.folder}/{name}"

    def has(self, name: str) -> bool:
        """Tell whether a letter is written in this language."""
        return self.file(name) in self._sources

    def render(self, name: str, values: Mapping[str, Any]) -> list[str]:
        """Subject, title and text of one of its letters; raises TemplateProblem where the template fails."""
        file = self.file(name)
        try:
            parts = self._compiled[name].render(self._asked(file, values)).split(BETWEEN, 2)
            if "news" not in self._sources[file] and values.get("news"):
                news = self._environment.get_template(NEWS).render(self._asked(NEWS, values))
                parts[2] = f"{parts[2].rstrip()}\n{news}"
        except Exception as problem:  # a template may go wrong in as many ways as a program
            raise problem_of(problem, file) from problem
        return parts

    def say(self, name: str, values: Mapping[str, Any]) -> str:
        """The text of a file of its that is no letter; raises TemplateProblem where the template fails."""
        file = self.file(name)
        try:
            if name not in self._compiled:
                code = self._environment.compile(self._sources[file], file, PREFIX + file)
                self._compiled[name] = self._template(code)
            return self._compiled[name].render(self._asked(file, values))
        except Exception as problem:  # a template may go wrong in as many ways as a program
            raise problem_of(problem, file) from problem

    def compile(self, name: str) -> None:
        """Subject, title and text as one template: rendering is most of what a letter costs."""
        file = self.file(name)
        subject, title, text = _split(file, self._sources)
        try:
            # As many line ends as the file has, so that an error names its line.
            title = BETWEEN if title is None else f"\n{title}{BETWEEN}"
            whole = f"{subject}{BETWEEN}{title}\n\n{text}"
            code = self._environment.compile(whole, file, PREFIX + file)
        except jinja2.TemplateSyntaxError as problem:
            raise TemplateProblem(f"{PREFIX}{file}:{problem.lineno}: {problem.message}") from problem
        self._compiled[name] = self._template(code)

    def _template(self, code: CodeType) -> jinja2.Template:
        """The template of this code, which knows what all of the language know."""
        known = self._environment.make_globals(None)
        return self._environment.template_class.from_code(self._environment, code, known)

    def _asked(self, name: str, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """The values that a file asks for, itself or in what it includes; no other one is made."""
        if name not in self._names:
            self._names[name] = self._names_in(name)
        names = self._names[name]
        return values if names is None else {each: values[each] for each in values.keys() & names}

    def _names_in(self, name: str) -> frozenset[str] | None:
        """The names of values in a file and all that it includes; None where the files cannot tell."""
        names, files = set[str](), [name]
        for file in files:  # which grows by what each includes
            asked = self._asked_by(file)
            if asked is None:
                return None
            names |= asked.names
            files += [each for each in asked.includes if each not in files]
        return frozenset(names)

    def _asked_by(self, file: str) -> _Asked | None:
        """Find out once what a file asks for, whichever letters include it."""
        if file not in self._asked_for:
            self._asked_for[file] = self._found_in((self._load(file) or ("",))[0])
        return self._asked_for[file]

    def _found_in(self, source: str) -> _Asked | None:
        try:
            tree = self._environment.parse(source)
            names = frozenset(meta.find_undeclared_variables(tree))
        except jinja2.TemplateSyntaxError:  # told where it is included
            return None
        includes = [each or "" for each in meta.find_referenced_templates(tree)]
        return _Asked(names, includes) if all(includes) else None  # where it is named by a value

    def _load(self, name: str) -> tuple[str, str, None] | None:
        """An included file, with the name that an error in it gives."""
        bare = name.rpartition("/")[2]
        named = [name] if name.partition("/")[0] not in self._folders[1:] else []
        files = (*named, *(f"{folder}/{bare}" for folder in self._folders))
        return next(
            ((self._sources[each], PREFIX + each, None) for each in files if each in self._sources), None
        )


class _Saying:
    """`say("{count} notices", count=3)` of a template: a sentence with a plural."""

    def __init__(self, language: Language) -> None:
        self._language = language

    def __call__(self, english: str, **values: object) -> str:
        return self._language.say(english, values)


def problem_of(problem: Exception, name: str) -> TemplateProblem:
    """Name the place where the template of that name failed, and why."""
    where = _place(problem) or PREFIX + name
    return TemplateProblem(f"{where}: {_what(problem)}", remedy="mend the template, then: maildesk check")


def _what(problem: Exception) -> str | None:
    """Take what jinja says, in the template's own words; another error may quote the customer's."""
    if isinstance(problem, jinja2.TemplateNotFound):
        return f"{PREFIX}{problem.name} is missing"
    return problem.message if isinstance(problem, jinja2.TemplateError) else type(problem).__name__


def _place(problem: BaseException) -> str:
    """File and line of the template that failed; empty where the trace shows none.

    Jinja puts the template's own lines into the trace. A mistake in the syntax of an included file has no
    line there, since nothing of it ran.
    """
    if isinstance(problem, jinja2.TemplateSyntaxError):
        return f"{problem.filename}:{problem.lineno}"
    frames = (frame for frame in extract_tb(problem.__traceback__) if frame.filename.startswith(PREFIX))
    return next((f"{frame.filename}:{frame.lineno}" for frame in reversed([*frames])), "")


def indent_quote(text: str) -> str:
    """Somebody's words as a quotation: `> ` before every line."""
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


def columns(text: str) -> str:
    """Lines `label: | value` in two columns, the first as wide as its longest label, or as a short one."""
    lines = [line.partition("|") for line in text.split("\n")]
    width = max((_LABEL, *(len(label.rstrip()) for label, bar, _ in lines if bar)))
    told = (
        f"{label.rstrip():<{width}} {value.removeprefix(' ')}".rstrip() if bar else label
        for label, bar, value in lines
    )
    return "\n".join(told)


_LABEL: Final = 10
"""The characters of the label that a card seldom lacks, `Answer by:`: two cards in a row look alike."""


def sentence(text: str) -> str:
    """A sentence that ends in somebody's words: with a full stop, unless they brought their own end."""
    return text if text.rstrip(_CLOSING_MARKS).endswith(_SENTENCE_ENDS) else f"{text}."


_SENTENCE_ENDS: Final = (".", "!", "?", "…", "。", "！", "？", "؟", "।")
_CLOSING_MARKS: Final = "\"')]»”’"


def _split(name: str, sources: Mapping[str, str]) -> tuple[str, str | None, str]:
    """Subject, title (None: there is no such line) and text of a template."""
    if name not in sources:
        raise TemplateProblem(f"{PREFIX}{name} is missing", remedy="put it back or reinstall maildesk")
    head, _, text = sources[name].replace("\r\n", "\n").partition("\n\n")
    if not head.startswith("Subject:"):
        raise TemplateProblem(
            f"{PREFIX}{name}:1: the first line must be `Subject: …`",
            remedy="then perhaps `From: …` (it stands beside the desk's name), an empty line, the text",
        )
    subject, line, title = head.removeprefix("Subject:").partition("\nFrom:")
    return subject.strip(), title.strip() if line else None, text
