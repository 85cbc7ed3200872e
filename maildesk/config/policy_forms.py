"""The forms of a policy, built from its file, and the laws about them."""

from __future__ import annotations

from collections.abc import Iterator

from maildesk.config.policy_names import twins
from maildesk.config.policy_shape import PolicyFile
from maildesk.config.policy_shape_forms import FormLineSection, FormSection
from maildesk.config.policy_statuses import follows
from maildesk.config.validating import BrokenLaw, Law
from maildesk.desk.policy.forms import Form, FormField, FormKind
from maildesk.desk.policy.names import comparable


def forms(file: PolicyFile) -> dict[str, Form]:
    """The forms, in the order of the file."""
    return {
        name: Form(
            name,
            tuple(_field(label, line) for label, line in section.fields.items()),
            subject=section.subject or name,
            mailbox=section.mailbox or "",
            then=follows(section.then, file),
        )
        for name, section in file.forms.items()
    }


def _field(label: str, line: FormLineSection) -> FormField:
    kind = FormKind(line.kind.value) if line.kind else FormKind.CHOICE
    return FormField(label, kind, line.required, {name: means or "" for name, means in line.choices.items()})


def _lines(file: PolicyFile) -> Iterator[BrokenLaw]:
    """A form is about one case, which one line names; no two lines or choices are the same to who writes."""
    for name, section in file.forms.items():
        here = ("forms", name, "fields")
        named = [line for line in section.fields.values() if line.kind and line.kind.value == FormKind.CASE]
        if len(named) != 1:
            what = "no line names its case" if not named else "several lines name a case"
            yield BrokenLaw(here, what, "give it one, such as `Case number: required case`")
        yield from twins(here, "line", section.fields)
        for label, line in section.fields.items():
            yield from twins((*here, label), "choice", line.choices)


def _one_form(file: PolicyFile) -> Iterator[BrokenLaw]:
    """A mail is one form: no two have one mailbox, nor subjects of which one begins the other."""
    boxes: dict[str, str] = {}
    subjects: dict[tuple[str, ...], str] = {}
    for name, section in file.forms.items():
        other = boxes.setdefault(section.mailbox or name, name)
        if section.mailbox and other != name:
            remedy = "give each form a mailbox of its own"
            yield BrokenLaw(("forms", name, "mailbox"), f"is that of {other}", remedy)
        words = comparable(section.subject or name)
        for before, other in subjects.items():
            size = min(len(before), len(words))
            if before[:size] == words[:size]:
                yield _same_subject(name, section, other)
        subjects[words] = name


def _same_subject(name: str, section: FormSection, other: str) -> BrokenLaw:
    where = ("forms", name, "subject") if section.subject else ("forms", name)
    remedy = "give each a subject that no other begins with"
    return BrokenLaw(where, f"a mail with its subject may be {other} too", remedy)


FORM_LAWS: tuple[Law[PolicyFile], ...] = (Law(("forms",), _lines), Law(("forms",), _one_form))
