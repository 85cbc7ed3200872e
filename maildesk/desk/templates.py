"""The operator's letter templates: one readable file each, a Subject line, an empty line, the text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

from maildesk.desk.notices import LetterKind
from maildesk.errors import PermanentError

LANGUAGE = "en"
"""The language every letter exists in."""


class TemplateProblem(PermanentError):
    """A template that cannot be used; the message names file and line."""


_BETWEEN = "\0"
"""Stands between subject and text of a rendered letter; no text of a mail holds a NUL (mail/message)."""


@dataclass(frozen=True, slots=True)
class Words:
    """A rendered letter: its subject line and its text."""

    subject: str
    text: str


class LetterTemplates:
    """The compiled templates of a desk.

    `sources` maps file names such as `en/closed.txt` to their text. Files are the operator's own;
    what customers wrote comes in as values and is never compiled (CVE-2024-56326 and its kind).
    """

    def __init__(self, sources: Mapping[str, str], zone: str) -> None:
        self._sources = dict(sources)
        self._environment = ImmutableSandboxedEnvironment(
            loader=jinja2.DictLoader(self._sources),
            undefined=jinja2.StrictUndefined,
            autoescape=False,  # plain text; the HTML is made from it and escaped there
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,  # an included card ends its last line itself
        )
        self._environment.filters["moment"] = _moment_in(ZoneInfo(zone))
        self._environment.filters["indent_quote"] = indent_quote
        self._compiled = {kind: self._compile(kind) for kind in LetterKind}

    def render(self, kind: LetterKind, values: Mapping[str, Any]) -> Words:
        """The words of a letter; raises TemplateProblem naming the file where the template fails."""
        try:
            subject, _, text = self._compiled[kind].render(values).partition(_BETWEEN)
        except jinja2.TemplateError as problem:
            raise TemplateProblem(
                f"templates/{file_of(kind)}: {problem}", remedy="mend the template, then: maildesk check"
            ) from problem
        return Words(" ".join(subject.split()), text.replace("\r", "").strip() + "\n")

    def _compile(self, kind: LetterKind) -> jinja2.Template:
        """Subject and text as one template: rendering is most of what a letter costs."""
        name = file_of(kind)
        subject, text = _split(name, self._sources)
        try:
            # As many line ends as the file has, so that an error names its line.
            return self._environment.from_string(f"{subject}{_BETWEEN}\n\n{text}")
        except jinja2.TemplateSyntaxError as problem:
            raise TemplateProblem(f"templates/{name}:{problem.lineno}: {problem.message}") from problem


def file_of(kind: LetterKind) -> str:
    """Where the template of a letter stands below `templates/`."""
    return f"{LANGUAGE}/{kind}.txt"


def indent_quote(text: str) -> str:
    """Somebody's words as a quotation: `> ` before every line."""
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


def _split(name: str, sources: Mapping[str, str]) -> tuple[str, str]:
    if name not in sources:
        raise TemplateProblem(f"templates/{name} is missing", remedy="put it back or reinstall maildesk")
    head, _, text = sources[name].replace("\r\n", "\n").partition("\n\n")
    if not head.startswith("Subject:"):
        raise TemplateProblem(
            f"templates/{name}:1: the first line must be `Subject: …`",
            remedy="then an empty line, then the text",
        )
    return head.removeprefix("Subject:").strip(), text


def _moment_in(zone: ZoneInfo) -> Callable[[datetime], str]:
    """A time as a customer reads it: `Monday, 23 November 2026, 09:30 WET`."""

    def moment(at: datetime) -> str:
        local = at.astimezone(zone)
        day = _WEEKDAYS[local.weekday()]
        return f"{day}, {local.day} {_MONTHS[local.month - 1]} {local.year}, {local:%H:%M} {local.tzname()}"

    return moment


# strftime speaks the machine's language; letters speak that of their template.
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
