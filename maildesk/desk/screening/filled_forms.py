"""Forms as people fill them in: what stands on each line, and what of it can be understood."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from maildesk.desk.policy.forms import Form, FormField, FormKind
from maildesk.desk.policy.names import comparable
from maildesk.desk.screening.reply_words import NEGATORS
from maildesk.mail.identity.references import SYMBOLS, normal_reference
from maildesk.mail.reply.form_lines import FormLine, form_lines

_FEW_WORDS: Final = 12
"""An answer of so many words may be the one line that was asked for, without its label."""
_MOST_CHOICE: Final = 300
_MOST_CASES: Final = 8


@dataclass(frozen=True, slots=True)
class FilledForm:
    """A form as a mail has it: by label what somebody wrote behind it, as it stands there.

    `own` are the labels that stand in its author's own words, filled in or not.
    """

    name: str
    said: Mapping[str, str] = field(default_factory=dict)
    own: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class FormMail:
    """A mail that is a form: what its lines say, by label, as it stands there.

    `own` are the labels that stand in its author's own words. `by_subject`: nothing but its subject says so;
    `addressed`: it is to the form's mailbox. `sent_back` counts the letters by which we sent it back before.
    `before` is what its author said about the case when it was; None: it was not yet. `last` is what the
    newest form about the case said, whoever wrote that.
    """

    form: Form
    said: Mapping[str, str] = field(default_factory=dict)
    own: frozenset[str] = frozenset()
    by_subject: bool = False
    addressed: bool = False
    sent_back: int = 0
    before: Mapping[str, str] | None = None
    last: Mapping[str, str] = field(default_factory=dict)

    @property
    def cases(self) -> tuple[str, ...]:
        """The references that stand on the line of its case."""
        return cases_named(self.said.get(self.form.of_case.label, ""))


def read_forms(text: str, forms: Iterable[Form]) -> tuple[FilledForm, ...]:
    """Each form of which a text holds a line, whether filled in or not. Linear in the text."""
    read = ((form, form_lines(text, form.labels)) for form in forms)
    return tuple(_filled(form, lines) for form, lines in read if lines)


def _filled(form: Form, lines: Sequence[FormLine]) -> FilledForm:
    """The value that counts for each label: the author's last own one, else the nearest that is quoted.

    A history has its newest mail above, so of lines quoted alike the first counts.
    """
    fields = {each.label: each for each in form.fields}
    surely = any(each.sure for each in lines)
    filled = [each for each in lines if each.value and _is_line(fields[each.label], each, surely)]
    blank = (each for each in lines if not each.value and each.sure)
    nearest = sorted(filled, key=lambda each: each.quoted)
    said: dict[str, str] = {}
    for line in nearest:
        if not line.quoted or line.label not in said:
            said[line.label] = line.value
    return FilledForm(form.name, said, frozenset(e.label for e in (*filled, *blank) if not e.quoted))


def _is_line(field: FormField, line: FormLine, surely: bool) -> bool:
    """Tell whether words behind a label are its value where nothing parts the two, as in a table.

    `surely`: other lines of the form stand there. Who quotes our letter may have it wrapped before a label.
    """
    if line.sure:
        return True
    readable = READERS.get(field.kind)
    return bool(readable(field, line.value)) if readable else surely and not line.quoted


# --- what can be read -----------------------------------------------------------------------------


def alone(missing: Sequence[FormField], words: str) -> tuple[str, str] | None:
    """The one line that still lacked, as a short answer gives it without its label."""
    choices = [each for each in missing if each.kind is FormKind.CHOICE]
    if len(choices) != 1 or len(words.split()) > _FEW_WORDS:
        return None
    found = choice(choices[0], words)
    return (choices[0].label, found) if found else None


def choice(field: FormField, written: str) -> str | None:
    """The choice that somebody means: its name in any spelling, its beginning, its number in the list.

    Where they go on (`Critical - we cannot work`), the one that their words name, unless they deny it.
    """
    written = _ticked(written[:_MOST_CHOICE])
    first = comparable(written.strip().split("\n")[0])
    every = {name: comparable(name) for name in field.choices}
    for means in (_is, _begins):
        found = [name for name, words in every.items() if first and means(words, first)]
        if len(found) == 1:
            return found[0]
    head, *more = _GOES_ON.split(written.strip(" ([\n"), maxsplit=1)
    if more and (begun := comparable(head)) != first:
        return choice(field, head) if begun else None
    if first and first[0].isdecimal() and len(first) == 1:
        at = int(first[0][:3])
        return list(field.choices)[at - 1] if 0 < at <= len(field.choices) else None
    said = comparable(written)
    named = [name for name, words in every.items() if _stands_in(words, said)]
    return named[0] if len(named) == 1 and not NEGATORS.intersection(said) else None


_GOES_ON: Final = re.compile(r"[\n:(]|[.)!](?=\s)|\s[-–—]")
"""Marks behind which somebody explains their choice."""


_TICKED: Final = re.compile(r"(?:[\[(]\s?[xX✓✔✗]\s?[\])]|[☑☒✓✔✅])\s{0,4}([^\[\]()☐☑☒✓✔✅\n]{1,100})")


def _ticked(written: str) -> str:
    """The words behind the one box of several that is ticked."""
    ticks = _TICKED.findall(written)
    return ticks[0] if len(ticks) == 1 else written


def _is(words: tuple[str, ...], said: tuple[str, ...]) -> bool:
    return words == said


def _begins(words: tuple[str, ...], said: tuple[str, ...]) -> bool:
    last = len(said) - 1
    return words[:last] == said[:last] and len(words) > last and words[last].startswith(said[last])


def _stands_in(words: tuple[str, ...], said: tuple[str, ...]) -> bool:
    size = len(words)
    return any(said[at : at + size] == words for at in range(len(said) - size + 1))


def cases_named(written: str) -> tuple[str, ...]:
    """The references that a line may hold, however they are written: `[Acme #7K2Q-9F3M]`, `7k2q 9f3m`."""
    line = written.strip().split("\n")[0][:_MOST_CHOICE]
    pieces = [each.strip(",.;:!?()<>\"'") for each in line.split()]
    pairs = (f"{one} {other}" for one, other in itertools.pairwise(pieces))
    read = (normal_reference(each) for each in (line, *pieces, *pairs))
    return tuple(dict.fromkeys(each for each in read if each and len(each) > SYMBOLS))[:_MOST_CASES]


def _case(field: FormField, written: str) -> str | None:
    return next(iter(cases_named(written)), None)


_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,15}(?:[.,][0-9]{1,6})?(?=\D|$)", re.ASCII)
_GROUPED: Final = re.compile(r"(?<=[0-9])[ ',.](?=[0-9]{3}(?:[^0-9]|$))", re.ASCII)


def _number(field: FormField, written: str) -> str | None:
    line = _GROUPED.sub("", written.strip().split("\n")[0][:_MOST_CHOICE])
    found = _NUMBER.findall(line)
    return found[0].replace(",", ".").lstrip("+") if len(found) == 1 else None


def _date(field: FormField, written: str) -> str | None:
    return written if any(map(str.isdigit, written)) else None


READERS: Final[Mapping[FormKind, Callable[[FormField, str], str | None]]] = {
    FormKind.CASE: _case,
    FormKind.NUMBER: _number,
    FormKind.DATE: _date,
    FormKind.CHOICE: choice,
}
"""The kinds whose values can be told from other words; which day is meant depends on the moment."""
