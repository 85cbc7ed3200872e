"""A form as a letter sends it back: filled in as far as it was understood, with blanks for the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from maildesk.desk.case.letter_order import LetterOrder
from maildesk.desk.case.told import said
from maildesk.desk.letters.language import Language
from maildesk.desk.letters.letter_kinds import holds_fixed_words
from maildesk.desk.policy.forms import Form, FormField, FormKind
from maildesk.desk.policy.policy import Policy


@dataclass(frozen=True, slots=True)
class ShownLine:
    """One line of a form; `unclear`: something stood there that we did not understand."""

    label: str
    kind: FormKind
    value: str
    choices: Mapping[str, str]
    unclear: bool = False
    required: bool = False


@dataclass(frozen=True, slots=True)
class ShownForm:
    """A form with its lines, `missing` those without a value; `subject` is by what we know it again."""

    name: str
    subject: str
    lines: tuple[ShownLine, ...]
    case_label: str

    @property
    def missing(self) -> tuple[ShownLine, ...]:
        """The lines to fill in."""
        return tuple(each for each in self.lines if not each.value)


_SAMPLE = Form(
    "Escalate My Case",
    (
        FormField("Case number", FormKind.CASE, required=True),
        FormField(
            "Business impact", FormKind.CHOICE, choices={"Limited": "Some work is slow.", "Critical": ""}
        ),
        FormField("Since", FormKind.DATE),
    ),
    subject="Escalate My Case",
)


def shown_form(order: LetterOrder, policy: Policy, language: Language) -> ShownForm | None:
    """The form that a letter sends back, made up where the policy has none; None where it sends none."""
    name = order.extra.get("form")
    if name is None:
        return None
    form = policy.forms.get(name, _SAMPLE)
    fixed = holds_fixed_words(order)
    unclear = order.extra.get("unclear", "").split("\n")
    lines = tuple(
        ShownLine(
            each.label,
            each.kind,
            "" if fixed else _in_one_piece(order.extra.get(value_key(each.label), "")),
            {name: said(means, language) for name, means in each.choices.items()},
            unclear=each.label in unclear,
            required=each.required,
        )
        for each in form.fields
    )
    return ShownForm(form.name, form.subject, lines, form.of_case.label)


def value_key(label: str) -> str:
    """The key of what an order brings along of a line."""
    return f"line {label}"


def _in_one_piece(value: str) -> str:
    """A value without empty lines: below one, who quotes it seems to say something else."""
    return "\n".join(filter(str.strip, value.split("\n")))
