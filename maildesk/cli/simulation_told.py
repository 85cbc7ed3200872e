"""The words of `maildesk policy simulate`: a summary, a list of cases, one case event by event, JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from maildesk.cli.case_show import facts
from maildesk.cli.output import print_json, print_table
from maildesk.cli.words import one_line
from maildesk.cli.wrapping import echo
from maildesk.simulating.differences import Difference, Found
from maildesk.simulating.replaying import Entry
from maildesk.simulating.summary import Kept, Summary
from maildesk.store.shown import shown_moment


@dataclass(frozen=True, slots=True)
class Names:
    """The names of both policy files, and the zone in which times are told."""

    policy: str
    today: str
    zone: ZoneInfo


CLOSER: Final = 5
"""So many cases of a kind are named in the summary; `--show` lists them all."""


def print_summary(summary: Summary, names: Names) -> None:
    """Print everything in short, with references to look at."""
    echo(one_line(_heading(summary, names)))
    if summary.cases:
        _print_found(summary, names)
    for line in _left_out(summary):
        echo(one_line(line), err=True)


def _print_found(summary: Summary, names: Names) -> None:
    echo()
    _print_kept(summary, names)
    echo("\nwould have been different")
    lines = list(_different(summary))
    for number, what, detail in lines:
        many, _, noun = number.partition(" ")
        echo(one_line(f"{many:>6} {noun:<8} {what:<28} {detail}").rstrip())
    if not lines:
        echo("  nothing")
    if _same_escalated(summary):
        number = _number(summary.of(Difference.ESCALATED), "case")
        echo(f"\nescalated: {number}, the same as now")
    echo(f"nights: {_nights(summary)}")
    closer = list(_closer(summary, names))
    if closer:
        echo("\nlook closer")
        for line in closer:
            echo(f"  {one_line(line)}")


def _heading(summary: Summary, names: Names) -> str:
    if not summary.cases:
        return f"there is no case to read through {names.policy} (now: {names.today})"
    opened = _count(summary.cases, "case")
    if summary.first_opened and summary.last_opened:
        first, last = (_date(at, names.zone) for at in (summary.first_opened, summary.last_opened))
        opened += f" opened between {first} and {last}" if first != last else f" opened on {first}"
    return f"{opened}, read through {names.policy} (now: {names.today})"


def _print_kept(summary: Summary, names: Names) -> None:
    rows = [*summary.by_priority.items(), (f"now ({names.today})", summary.today)]
    shown = [(name or "no priority", each) for name, each in rows]
    width = max(17, *(2 + len(name) for name, _ in shown))
    waits = any(each.waits for _, each in shown)
    head = f"{'first response':<{width}}  promised   kept  missed{'  to come' if waits else ''}  worst"
    echo(one_line(head))
    for name, each in shown:
        to_come = f"  {each.waits:>7}" if waits else ""
        worst = f"{each.worst}  {duration(each.over)} over" if each.worst else ""
        line = (
            f"  {name:<{width - 2}}  {each.promised:>8}  {each.kept:>5}  {each.missed:>6}{to_come}  {worst}"
        )
        echo(one_line(line).rstrip())


# --- what would have been different -------------------------------------------------------------------


def _different(summary: Summary) -> Iterator[tuple[str, str, str]]:
    for kind in Difference:
        found = summary.of(kind)
        telling = _TELLING.get(kind)
        if kind is Difference.ESCALATED and _same_escalated(summary):
            continue
        if found and telling:
            yield _number(found, telling.noun), telling.what, telling.detail(found, summary)
        if kind is Difference.PRIORITY:
            yield from _letters(summary)


def _letters(summary: Summary) -> Iterator[tuple[str, str, str]]:
    for sign, what in ((1, "more to customers"), (-1, "fewer to customers")):
        by_kind = {
            kind: sign * each for kind, each in summary.letters.most_common()[::sign] if sign * each > 0
        }
        if by_kind:
            detail = ", ".join(f"{each} {kind.value}" for kind, each in by_kind.items())
            yield _count(sum(by_kind.values()), "letter"), what, detail


@dataclass(frozen=True, slots=True)
class _Telling:
    noun: str
    what: str
    detail: Callable[[Sequence[Found], Summary], str]


def _nothing(found: Sequence[Found], summary: Summary) -> str:
    return ""


def _by_rule(found: Sequence[Found], summary: Summary) -> str:
    rules = Counter(each.sort for each in found).most_common()
    named = [f'"{rule}" {number}' for rule, number in rules if rule]
    others = sum(number for rule, number in rules if not rule)
    told = [f"rule {', '.join(named)}"] if named else []
    return "; ".join([*told, *([f"without a rule {others}"] if others else [])])


def _closed_by(found: Sequence[Found], summary: Summary) -> str:
    return "the customer is asked instead; only they may close"


def _later(found: Sequence[Found], summary: Summary) -> str:
    later = sum(each.later is not None for each in found)
    wrote = f"{later} of them were answered later (list: --show silence)" if later else ""
    spans = dict.fromkeys(str(each.after) for each in summary.policy.statuses if each.after)
    return "; ".join(filter(None, (f"after {' or '.join(spans)}" if spans else "", wrote)))


def _answers(found: Sequence[Found], summary: Summary) -> str:
    by = Counter(each.sort for each in found)
    answers = f"{_count(by['answer'], 'answer')} to a question" if by["answer"] else ""
    thanks = f"{by['thanks']} mere thanks" if by["thanks"] else ""
    others = _count(by["other"], "other") if by["other"] else ""
    return ", ".join(filter(None, (answers, thanks, others)))


def _escalated(found: Sequence[Found], summary: Summary) -> str:
    new = sum(each.sort == "new" for each in found)
    return f"{new} of them not now" if new else f"now {summary.escalated_today}"


def _same_escalated(summary: Summary) -> bool:
    """Tell whether cases would have been escalated, and these are as today."""
    found = summary.of(Difference.ESCALATED)
    return len(found) == summary.escalated_today > 0 and not any(each.sort == "new" for each in found)


def _reasons(found: Sequence[Found], summary: Summary) -> str:
    (reason, number), *others = Counter(each.sort for each in found).most_common()
    more = f"; {_count(len(others), 'other reason')}" if others else ""
    return f"{reason}{f' ({number})' if others else ''}{more}"


_TELLING: Final[dict[Difference, _Telling]] = {
    Difference.UNOPENED: _Telling("case", "would not have been opened", _nothing),
    Difference.PRIORITY: _Telling("case", "another priority", _by_rule),
    Difference.CLOSING: _Telling("case", "closed by an agent now", _closed_by),
    Difference.SILENCE: _Telling("case", "closed for silence", _later),
    Difference.UNREOPENED: _Telling("reply", "would not reopen", _answers),
    Difference.REOPENED: _Telling("reply", "would reopen", _nothing),
    Difference.ESCALATED: _Telling("case", "escalated", _escalated),
    Difference.UNESCALATED: _Telling("case", "not escalated", _nothing),
    Difference.REFUSED: _Telling("act", "not allowed", _reasons),
}


def _number(found: Sequence[Found], noun: str) -> str:
    return _count(len({each.ref for each in found}) if noun == "case" else len(found), noun)


def _nights(summary: Summary) -> str:
    letters = _count(summary.at_night, "letter") if summary.at_night else "no letter"
    itself = "themselves" if summary.at_night > 1 else "itself"
    return f"{letters} to customers would have gone out by {itself} while you are closed"


# --- what to look at ----------------------------------------------------------------------------------


def _closer(summary: Summary, names: Names) -> Iterator[str]:
    for kind in (Difference.SILENCE, Difference.MISSED, Difference.REFUSED, Difference.UNOPENED):
        found = [each for each in summary.of(kind) if kind is not Difference.SILENCE or each.later]
        for each in found[:CLOSER]:
            yield f"{each.ref}  {told(each, summary, names.zone)}"
        if len(found) > CLOSER:
            yield f"{len(found) - CLOSER} more: --show {kind}"


def told(found: Found, summary: Summary, zone: ZoneInfo) -> str:
    """One difference in words."""
    subject = f' ("{summary.subjects[found.ref]}")' if summary.subjects.get(found.ref) else ""
    at, later = (_when(each, zone) if each else "" for each in (found.at, found.later))
    match found.kind:
        case Difference.SILENCE:
            wrote = f"; the customer wrote on {later}" if later else ""
            return f"closed for silence on {at}{wrote}{subject}"
        case Difference.MISSED:
            answered = f"answered {later}" if later else "not answered"
            return f"{found.sort or 'no priority'}{subject}: {answered}, due {at}"
        case Difference.PRIORITY:
            rule = f' by "{found.sort}"' if found.sort else " without a rule"
            return f"{found.detail}{rule}{subject}"
        case Difference.REFUSED:
            return found.detail
        case Difference.UNOPENED:
            return f"would not have been opened{subject}{f': {found.detail}' if found.detail else ''}"
    more = ": ".join(filter(None, (found.detail or found.sort, at)))
    return f"{found.kind}{f' {more}' if more else ''}{subject}"


def _left_out(summary: Summary) -> Iterator[str]:
    for why, number in Counter(each.why for each in summary.left_out).most_common():
        yield f"{_count(number, 'case')} not replayed: {why}"


# --- other forms --------------------------------------------------------------------------------------


def print_kind(summary: Summary, kind: str, zone: ZoneInfo) -> None:
    """Print all cases that are different in one way."""
    rows = [{"case": each.ref, "what": told(each, summary, zone)} for each in summary.of(Difference(kind))]
    print_table(rows, (("case", "CASE"), ("what", "WHAT")), none="There is none.")


def print_case(entries: Sequence[Entry], zone: ZoneInfo, *, as_json: bool) -> None:
    """Print what would have happened to one case, event by event."""
    if as_json:
        print_json([_entry_json(each) for each in entries])
        return
    for entry in entries:
        for event in entry.events:
            said = " ".join(facts(event.data, zone.key))
            line = f"{_moment(entry.at, zone)}  {event.kind:<20} {event.actor}  {said}"
            echo(one_line(line).rstrip())
        for kind in entry.letters:
            echo(f"{_moment(entry.at, zone)}  {'letter':<20} to the customer: {kind.value}")
        for why in entry.refused:
            echo(one_line(f"{_moment(entry.at, zone)}  {'not allowed':<20} {why}"))
        if entry.case is None:
            echo(f"{_moment(entry.at, zone)}  {'no case':<20} {entry.verdict}: {entry.reason}")


def _entry_json(entry: Entry) -> dict[str, Any]:
    return {
        "at": shown_moment(entry.at),
        "through": entry.through,
        "case": entry.case.ref if entry.case else None,
        "events": [
            {"kind": each.kind, "actor": each.actor, "data": dict(each.data)} for each in entry.events
        ],
        "letters": list(entry.letters),
        "refused": list(entry.refused),
    }


def as_json(summary: Summary, names: Names) -> dict[str, Any]:
    """Everything that was found, for machines."""
    return {
        "policy": names.policy,
        "now": names.today,
        "cases": summary.cases,
        "opened": {"first": shown_moment(summary.first_opened), "last": shown_moment(summary.last_opened)},
        "first_response": [{"priority": name, **_kept(each)} for name, each in summary.by_priority.items()],
        "first_response_now": _kept(summary.today),
        "letters": {kind.value: number for kind, number in sorted(summary.letters.items()) if number},
        "differences": [_found(each) for each in summary.found],
        "at_night": summary.at_night,
        "left_out": [asdict(each) for each in summary.left_out],
    }


def _kept(kept: Kept) -> dict[str, Any]:
    worst = {"case": kept.worst, "over_seconds": int(kept.over.total_seconds())} if kept.worst else None
    counted = {"promised": kept.promised, "kept": kept.kept, "missed": kept.missed, "to_come": kept.waits}
    return {**counted, "worst": worst}


def _found(found: Found) -> dict[str, Any]:
    moments = {"at": shown_moment(found.at), "later": shown_moment(found.later)}
    return {"kind": found.kind, "case": found.ref, **moments, "sort": found.sort, "detail": found.detail}


# --- small pieces -------------------------------------------------------------------------------------


def _count(number: int, noun: str) -> str:
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{number} {noun if number == 1 else plural}"


def _date(at: datetime, zone: ZoneInfo) -> str:
    local = at.astimezone(zone)
    return f"{local.day} {local:%B} {local.year}"


def _when(at: datetime, zone: ZoneInfo) -> str:
    local = at.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b %H:%M}"


def _moment(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M")


def duration(span: timedelta) -> str:
    """A span as people say how late something was: in hours and minutes, from two days on in days."""
    minutes = max(int(span.total_seconds()) // 60, 1)
    hours, rest = divmod(minutes, 60)
    if hours >= 48:
        days, hours = divmod(hours, 24)
        return f"{days}d {hours}h" if hours else f"{days}d"
    return " ".join([*([f"{hours}h"] if hours else []), *([f"{rest}m"] if rest else [])])
