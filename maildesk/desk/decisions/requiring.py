"""Cases and requirements: what would fulfil a case, and all its customers told when that is there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from maildesk.desk.case.case import Case, Phase
from maildesk.desk.case.change import Change
from maildesk.desk.case.events import EventKind
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.case.moves import possible
from maildesk.desk.case.requirement import Requirement, key_of
from maildesk.desk.case.told import Phrase
from maildesk.desk.case.transitions import apply
from maildesk.desk.decisions.actor import Actor
from maildesk.desk.decisions.moving import move
from maildesk.desk.letters.moments import moment
from maildesk.desk.policy.desk import Desk
from maildesk.desk.policy.names import comparable, named
from maildesk.desk.policy.requirements import alike, listed
from maildesk.desk.policy.typed_people import known_team, team_called
from maildesk.errors import BadInput, NotAllowed


def linked(case: Case, requirement: Requirement, hand: Actor) -> Change:
    """The case waits for this requirement from now on, and for no other."""
    if key_of(case.requirement) == requirement.key:
        raise NotAllowed(
            Phrase(
                "case {case} is linked to {requirement} already", case=case.ref, requirement=requirement.name
            )
        )
    return _linked_to(case, requirement.name, hand)


def unlinked(case: Case, hand: Actor) -> Change:
    """The case waits for no requirement any more."""
    if not case.requirement:
        raise NotAllowed(Phrase("case {case} is linked to no requirement", case=case.ref))
    return _linked_to(case, None, hand)


def _linked_to(case: Case, name: str | None, hand: Actor) -> Change:
    event = hand.event(EventKind.REQUIREMENT_LINKED, requirement=name, before=case.requirement or None)
    return Change(apply(case, event), (event,))


# --- a new one, and what is said of it --------------------------------------------------------------


def created(
    known: Sequence[Requirement], name: str, said: Mapping[str, str], desk: Desk, hand: Actor, *, anyway: bool
) -> Requirement:
    """A new requirement, in the policy's first status; those that may be the same thing are shown first.

    `anyway`: whoever makes it has seen these.
    """
    name = " ".join(name.split())
    if not comparable(name) or len(name) > _MOST_NAME or key_of(name) in _WORDS:
        remedy = Phrase(
            "write letters or digits, {most} characters at most; not {words}",
            most=_MOST_NAME,
            words=", ".join(_WORDS),
        )
        raise BadInput(
            Phrase("{typed} cannot be the name of a requirement", typed=repr(name[:60])), remedy=remedy
        )
    same = next((each for each in known if each.key == key_of(name)), None)
    if same:
        raise NotAllowed(
            Phrase("there is a requirement {requirement} already", requirement=same.name),
            remedy=Phrase("link the case to it"),
        )
    near = alike(known, name, said.get("summary", ""))
    if near and not anyway:
        remedy = Phrase("link the case to that one with `maildesk requirement link`; --anyway makes another")
        raise NotAllowed(Phrase("perhaps it is there already: {near}", near=listed(near)), remedy=remedy)
    terms = desk.policy.requirements
    new = Requirement(name, terms.statuses[0], hand.now, hand.actor, team=terms.team or "")
    for field, value in said.items():
        new = changed(new, field, value, desk)
    return new


_MOST_NAME: Final = 100
_WORDS: Final = ("new", "none", "ship")
"""Words behind #requirement that are no name."""


def changed(requirement: Requirement, field: str, value: str, desk: Desk) -> Requirement:
    """The requirement with another status, category, team, item, summary or description."""
    field = named(FIELDS, field, Phrase("field of a requirement"))
    if field == "description":
        return replace(requirement, description=value.strip())
    value = " ".join(value.split())
    if len(value) > _MOST_SAID:
        raise BadInput(
            Phrase("{field} has {most} characters at most", field=field, most=_MOST_SAID),
            remedy=Phrase("say the rest in the description"),
        )
    said = _MEANINGS[field](requirement, value, desk) if field in _MEANINGS and value else value
    return replace(requirement, **{field: said})  # type: ignore[arg-type]  # FIELDS are texts


def _category(requirement: Requirement, typed: str, desk: Desk) -> str:
    categories = desk.policy.requirements.categories
    return named(categories, typed, Phrase("category")) if categories else typed


def _team(requirement: Requirement, typed: str, desk: Desk) -> str:
    return known_team(desk.people, team_called(desk.people, typed) or typed[:60]).name


def _status(requirement: Requirement, typed: str, desk: Desk) -> str:
    statuses = desk.policy.requirements.statuses
    status = named(statuses, typed, Phrase("status of a requirement"))
    if requirement.shipped_at or status == statuses[-1]:
        has = Phrase("{requirement} has shipped", requirement=requirement.name)
        has_not = Phrase("{requirement} has not shipped", requirement=requirement.name)
        shipped = has if requirement.shipped_at else has_not
        raise NotAllowed(
            shipped, remedy=Phrase("`maildesk requirement ship` does that and tells its customers")
        )
    return status


_MEANINGS: Final[dict[str, Callable[[Requirement, str, Desk], str]]] = {
    "category": _category,
    "team": _team,
    "status": _status,
}

FIELDS: Final = ("summary", "description", "category", "team", "item", "status")
_MOST_SAID: Final = 998


# --- it is there ------------------------------------------------------------------------------------


def require_unshipped(requirement: Requirement, desk: Desk, held: int = 0) -> None:
    """Raise NotAllowed for what has shipped: its customers were told, but for letters that are `held`."""
    if requirement.shipped_at:
        when = moment(requirement.shipped_at, desk.zone)
        if not held:
            raise NotAllowed(
                Phrase(
                    "{requirement} shipped on {when}: its customers were told then, and nothing is done now",
                    requirement=requirement.name,
                    when=when,
                )
            )
        raise NotAllowed(
            Phrase(
                "{requirement} shipped on {when}, and nothing is done now; letters that are held: {held}",
                requirement=requirement.name,
                when=when,
                held=held,
            ),
            remedy=Phrase(
                "let them go with `maildesk outbox retry --held`; see `maildesk outbox list --state held`"
            ),
        )


def shipped(case: Case, requirement: Requirement, desk: Desk, hand: Actor, askers: Iterable[str]) -> Change:
    """Tell who asked for it that it is there; the case comes to the status that the policy says.

    `askers` are the requesters of cases that became a part of this one. A case that has ended, or that waits
    for another requirement, stays where it is.
    """
    event = hand.event(EventKind.SHIPPED, requirement=requirement.name)
    change = Change(apply(case, event), (event,))
    to = desk.policy.statuses.get(desk.policy.requirements.shipped or "")
    waits = not case.phase.ended and key_of(case.requirement) == requirement.key
    if to and waits and possible(case.phase, to.phase):
        change = change.then(move(change.case, desk, to, hand))
    everybody = change.case.phase is Phase.CLOSED and waits  # that it is closed all of them hear
    told = _told(requirement, () if everybody else (case.requester, *askers))
    return replace(change, letters=(told, *change.letters))


def shipped_again(case: Case, requirement: Requirement, hand: Actor, missed: Iterable[str]) -> Change:
    """Tell those customers whose letter went to nobody that it is there; the case stays as it has become."""
    event = hand.event(EventKind.SHIPPED, requirement=requirement.name)
    return Change(apply(case, event), (event,), (_told(requirement, missed),))


def _told(requirement: Requirement, to: Iterable[str]) -> LetterOrder:
    extra = {"requirement": requirement.name, "summary": requirement.summary}
    return LetterOrder(LetterKind.SHIPPED, extra=extra, to=tuple(filter(None, to)))


def cases_told(cases: Iterable[Case], living: dict[str, Case]) -> list[tuple[Case, tuple[str, ...]]]:
    """The cases that hear of it, each once: those that others became a part of for these too.

    `living` is, by its reference, what became of each. With each stand the requesters of those others.
    """
    askers: dict[str, list[str]] = {}
    for case in cases:
        now = living[case.ref]
        askers.setdefault(now.ref, []).extend([case.requester] if now.ref != case.ref else [])
    found = {case.ref: case for case in living.values()}
    return [(found[ref], tuple(theirs)) for ref, theirs in sorted(askers.items())]
