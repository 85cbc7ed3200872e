"""Setting a field that the policy defines: the event, or none where the value before it is kept."""

from __future__ import annotations

from maildesk.desk.case.case import Case
from maildesk.desk.case.change import Change
from maildesk.desk.case.events import EventKind
from maildesk.desk.case.told import Joined, Phrase
from maildesk.desk.case.transitions import apply
from maildesk.desk.decisions.actor import Actor
from maildesk.desk.policy.case_fields import CaseField, read_value
from maildesk.errors import BadInput


def set_field(case: Case, field: CaseField, typed: str, hand: Actor, zone: str, *, noted: bool) -> Change:
    """The case with the value that somebody means; no event where the field keeps the one it has.

    `noted`: a note comes with it.
    """
    wanted = read_value(field, typed, hand.now, zone)
    if wanted == field.note and not noted:
        remedy = Phrase("write #note and the words in the same mail, or --note at the command line")
        raise BadInput(
            Phrase("{field}: {wanted} wants a note with it", field=field.name, wanted=wanted), remedy=remedy
        )
    old = case.fields.get(field.name)
    new = field.kept(old, wanted)
    if new != wanted:
        return Change(case)
    event = hand.event(EventKind.FIELD_SET, field=field.name, old=old, new=new)
    return Change(apply(case, event), (event,))


def cleared(case: Case, field: CaseField, hand: Actor) -> Change:
    """The case without a value of the field; no event where it has none."""
    old = case.fields.get(field.name)
    if not old:
        return Change(case)
    event = hand.event(EventKind.FIELD_SET, field=field.name, old=old, new=None)
    return Change(apply(case, event), (event,))


def came_of(change: Change, typed: str) -> str:
    """Say what became of the field that somebody set."""
    if not change.events:
        return Phrase(
            "its {field} stays as it is, since that comes later in the list, of which the last is kept",
            field=typed,
        )
    set_ = [
        (each.kind, str(each.data["field"]), each.data["new"])
        for each in change.events
        if "field" in each.data
    ]
    told = ((Phrase(name) if kind is EventKind.CHANGED else name, str(new)) for kind, name, new in set_)
    return Joined("; ", (Phrase("its {field} is {value} now", field=name, value=new) for name, new in told))
