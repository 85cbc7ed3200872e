"""Flaws of a policy that reads well: promises that cannot be kept, and lines that never come into use."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product

from maildesk.desk.policy import ways
from maildesk.desk.policy.policy import EVERYBODY, Policy
from maildesk.desk.policy.rules import DECIDED, Condition, Rule
from maildesk.desk.policy.statuses import Status
from maildesk.desk.policy.whole_words import WordList
from maildesk.desk.promises.calendar import BusinessCalendar
from maildesk.desk.promises.promised import CaseFacts, Promised, PromiseRow
from maildesk.desk.promises.spans import Span, SpanKind
from maildesk.mail.addr_spec import folded


@dataclass(frozen=True, slots=True)
class Flaw:
    """One flaw: the keys down to it, what is wrong, and what to do about it.

    `breaks`: a customer is promised what cannot come true; otherwise something is written in vain.
    """

    where: tuple[str | int, ...]
    message: str
    remedy: str
    breaks: bool = False


def flaws(policy: Policy, now: datetime) -> tuple[Flaw, ...]:
    """Every flaw of a policy as it would be kept from `now` on."""
    asked = (_statuses, _questions, _outcomes, _rows, _rules)
    timed = (_releases, _reminders, _targets)
    return (
        *(flaw for look in asked for flaw in look(policy)),
        *(flaw for measure in timed for flaw in measure(policy, now)),
    )


# --- the ways of a case -----------------------------------------------------------------------------


def _statuses(policy: Policy) -> Iterator[Flaw]:
    known = ways.reached(policy, ways.beginnings(policy))
    for status in policy.statuses:
        if status.name in known:
            continue
        if ways.by_customer_only(status):
            yield Flaw(
                ("statuses", status.name, "by"),
                "only the customer may move a case here, and no answer to a question leads here",
                "let an answer under questions lead here, or let agents move cases here too",
                breaks=True,
            )
        else:
            yield Flaw(
                ("statuses", status.name),
                "no case ever comes here: no next, type, rule, reply, answer or silence leads here",
                "name it in the next of a status before it, or take it out",
            )


def _questions(policy: Policy) -> Iterator[Flaw]:
    asked = ways.asked_questions(policy)
    for name, question in policy.questions.items():
        by_people = question.first or question.step or question.inside  # #question asks in steps
        if name not in asked and not by_people:
            yield Flaw(
                ("questions", name),
                "nobody asks this question",
                f"write `ask: {name}` in a status, an outcome or a rule, or take it out",
            )


def _outcomes(policy: Policy) -> Iterator[Flaw]:
    for outcome in policy.outcomes.values():
        if outcome.ask and not _any_ended(policy, ways.after_question(policy, outcome.ask)):
            yield Flaw(
                ("outcomes", outcome.name, "ask"),
                f"ends nowhere: no answer to {outcome.ask} leads to a status that is resolved or closed",
                f"give an answer under questions.{outcome.ask} such a status",
                breaks=True,
            )
        elif not _any_ended(policy, ways.reached(policy, [ways.place_of(policy, outcome)])):
            yield Flaw(
                ("outcomes", outcome.name, "status"),
                f"ends nowhere: no way leads on from {outcome.status} to a resolved or closed status",
                f"name one in the next of {outcome.status}",
                breaks=True,
            )


def _any_ended(policy: Policy, names: Iterator[str] | Collection[str]) -> bool:
    known = (policy.statuses.get(name) for name in names)
    return any(status.phase.ended for status in known if status)


# --- lines that never come into use -----------------------------------------------------------------


def _rows(policy: Policy) -> Iterator[Flaw]:
    """Rows that never make a promise, or one of theirs never: no case is such, or rows above made it."""
    cases = tuple(_every_case(policy))
    made = {(at, what) for facts in cases for what in Promised for at in _first(policy.promises, what, facts)}
    for at, row in enumerate(policy.promises):
        vain = [what for what in row.spans if (at, what) not in made]
        if not any(row.fits(facts) for facts in cases):
            remedy = "correct it: its type knows no such priority"
            yield Flaw(("promises", at), "promises nothing: no case is such", remedy)
        elif vain:
            place = ("promises", at) if len(vain) == len(row.spans) else ("promises", at, vain[0])
            names = " and ".join(vain)
            message = f"promises no {names}: rows above have promised it in every such case"
            yield Flaw(place, message, "put it above them, or take it out")


def _first(rows: tuple[PromiseRow, ...], what: Promised, facts: CaseFacts) -> list[int]:
    return [at for at, row in enumerate(rows) if what in row.spans and row.fits(facts)][:1]


def _every_case(policy: Policy) -> Iterator[CaseFacts]:
    """Every case that the rows of promises could tell from another; a name that none knows stands for all."""
    plans = {plan for row in policy.promises for plan in row.plan} | {*policy.plans, ""} - {EVERYBODY}
    accounts = {None, *(account for row in policy.promises for account in row.account)}
    types = (*policy.types, *(() if policy.default_type else (None,)))
    for kind, plan, account in product(types, plans, accounts):
        for priority in _priorities(policy, kind):
            yield CaseFacts(priority, kind, plan, account)


def _priorities(policy: Policy, kind: str | None) -> set[str]:
    scale = set(policy.types[kind].priorities) if kind else set()
    return (scale or {each.name for each in policy.priorities}) | {policy.default_priority or ""}


def _rules(policy: Policy) -> Iterator[Flaw]:
    """Rules that decide nothing, since rules above have decided it about every such mail."""
    for at, rule in enumerate(policy.rules):
        news = _decisions(rule)
        above = [each for each in policy.rules[:at] if _as_wide(each.when, rule.when)]
        if news and all(any(name in _decisions(each) for each in above) for name in news):
            names = ", ".join(dict.fromkeys(each.name for each in above if news & _decisions(each)))
            yield Flaw(
                ("rules", at),
                f"decides nothing: about each such mail it is decided above, by {names}",
                "put the exception first, or take it out",
            )


def _decisions(rule: Rule) -> set[str]:
    """The names of all that a rule decides; a note and who is told are never decided twice."""
    if rule.then.note or rule.then.tell:
        return set()
    return {name for name in (*DECIDED, "escalate") if getattr(rule.then, name)} | set(rule.then.fields)


def _as_wide(one: Condition, other: Condition) -> bool:
    """Tell whether `one` surely holds wherever `other` does; what rules decide may change between them."""
    if one.type or one.priority or one.fields or one.spam not in (None, other.spam):
        return False
    lists = ("sender", "domain", "account", "plan", "mailbox", "language")
    if not all(_covers(getattr(one, name), getattr(other, name)) for name in lists):
        return False
    in_subject, anywhere = _listed(other.subject), _listed(other.words)
    return _covers(_listed(one.subject), in_subject) and (
        _covers(_listed(one.words), anywhere) or _covers(_listed(one.words), in_subject)
    )


def _covers(wide: tuple[str, ...], narrow: tuple[str, ...]) -> bool:
    return not wide or (bool(narrow) and set(map(folded, narrow)) <= set(map(folded, wide)))


def _listed(words: WordList) -> tuple[str, ...]:
    return tuple(each.folded for each in words.folded)


# --- what time does to promises ---------------------------------------------------------------------


def _releases(policy: Policy, now: datetime) -> Iterator[Flaw]:
    for at, row in enumerate(policy.promises):
        for what, span in row.spans.items():
            if span and span.kind is SpanKind.RELEASES and policy.calendar.due(now, span) is None:
                yield Flaw(
                    ("promises", at, what),
                    f"promises nothing: calendar.releases names too few to come for {span}",
                    "add the next dates to calendar.releases",
                    breaks=True,
                )


def _reminders(policy: Policy, now: datetime) -> Iterator[Flaw]:
    for status in policy.statuses:
        for span in status.remind:
            late = _margins(policy.calendar, span, status.after, now) if status.after else []
            if late and min(late) >= timedelta(0):
                yield Flaw(
                    ("statuses", status.name, "remind"),
                    f"the reminder after {span} never goes: {status.after} of silence end this status before",
                    "remind earlier, or let `after` be longer",
                    breaks=True,
                )


def _targets(policy: Policy, now: datetime) -> Iterator[Flaw]:
    """Targets that may still run when silence has ended the case."""
    for status in policy.statuses:
        if status.phase.ended or not status.after or not _ends(policy, status):
            continue
        for at, row in enumerate(policy.promises):
            for what in (Promised.FIRST_RESPONSE, *((Promised.RESOLUTION,) if status.runs else ())):
                span = row.spans.get(what)
                late = _margins(policy.calendar, span, status.after, now) if span else []
                if late and max(late) > timedelta(0):
                    yield Flaw(
                        ("promises", at, what),
                        f"{span} may be longer than the {status.after} after which silence closes a case"
                        f" that is {status.name}",
                        f"promise it earlier, or let `after` of {status.name} be longer",
                        breaks=True,
                    )


def _ends(policy: Policy, status: Status) -> bool:
    then = policy.statuses.get(status.then.status) if status.then.status else None
    return then is not None and then.phase.ended


_HOURS_LOOKED_AT = range(0, 14 * 24, 6)


def _margins(calendar: BusinessCalendar, span: Span, other: Span, now: datetime) -> list[timedelta]:
    """Measure how much later a span ends than another, from many beginnings in the two weeks to come."""
    starts = [now + timedelta(hours=hours) for hours in _HOURS_LOOKED_AT]
    ends = ((calendar.due(start, span), calendar.due(start, other)) for start in starts)
    return [due - limit for due, limit in ends if due and limit]
