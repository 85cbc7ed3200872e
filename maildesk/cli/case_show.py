"""`maildesk case show`: one case as a person reads it, or as JSON."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from maildesk.cli.desks import opened, policy_of, reference
from maildesk.cli.invocation import command, settings
from maildesk.cli.output import cell, print_json, short_time
from maildesk.cli.words import one_line, safe
from maildesk.cli.wrapping import echo

if TYPE_CHECKING:
    from maildesk.desk.policy.policy import Policy

_ROLES = {"requester": "Customer", "cc": "Customer"}
"""Names for the parties of a case; the others as their role is."""


@command("show", "maildesk case show 7K2Q-9F3M\nmaildesk case show 7k2q --save-attachments /tmp")
@click.argument("ref")
@click.option("--full", is_flag=True, help="Show quoted text, signatures and notices too.")
@click.option(
    "--save-attachments",
    "folder",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="Save the attachments of the mails that came in.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def show(ref: str, full: bool, folder: Path | None, as_json: bool) -> None:
    """One case with its people, its mails and its history."""
    from maildesk.store.case_views import case_show

    desk = settings()
    policy = policy_of(desk)
    with opened(desk) as store:
        found = store.read_now(lambda conn: case_show(conn, reference(conn, ref), policy))
        if folder is not None:
            _save(store, found["ref"], folder)
    if as_json:
        print_json(found)
        return
    zone = desk.desk.timezone
    echo(click.style(f"{found['ref']}  {one_line(found['subject'])}", bold=True))
    card = list(_card(found, policy, zone))
    width = max(11, *(len(name) + 1 for name, _ in card))
    for name, value in card:
        echo(f"{one_line(name):<{width}}{cell(value)}", hang=width)
    numbers = itertools.count(1)
    for mail in found["mails"]:
        _print_mail(mail, zone, next(numbers) if _counts(mail) else None, full=full)
    echo(click.style(f"\nHistory ({zone})", bold=True))
    for event in found["events"]:
        echo(f"{short_time(event['at'], zone)}  {event['kind']:<20} {_told(event, zone)}", hang=_TOLD_AT)


_TOLD_AT = 39
"""The column at which the history tells more."""


def _card(found: Mapping[str, Any], policy: Policy, zone: str) -> Iterator[tuple[str, Any]]:
    yield "Status", found["status"]
    yield policy.label("priority"), found["priority"]
    yield policy.label("type"), found["type"]
    for party in found["parties"]:
        role = _ROLES.get(party["role"], party["role"].capitalize())
        lost = " (letters come back)" if party["unreachable"] else ""
        yield role, f"{party['name']} <{party['address']}>{lost}".strip()
    yield "Account", found["account"]
    yield "Owner", found["owner"]
    yield "Team", found["team"]
    yield "Opened", short_time(found["opened_at"], zone)
    if found["due"]["response"]:
        yield "Answer by", short_time(found["due"]["response"], zone)
    if found["due"]["resolution"]:
        yield policy.labels.get("resolution", "Resolve by"), short_time(found["due"]["resolution"], zone)
    if found["escalation"]:
        active = found["escalation"]
        state = f"level {active['level']} since" if active["level"] else "waits for approval since"
        yield "Escalated", f"{state} {short_time(active['since'], zone)}"
        for label, value in active["particulars"].items():
            wrote = active["unclear"].get(label)
            yield label, value or (f"not said; wrote “{wrote}”" if wrote else "not said")
        if active["plan"]:
            yield f"Plan{' (shared)' if active['plan_shared_at'] else ''}", active["plan"]
    if found["closed_at"]:
        yield "Closed", short_time(found["closed_at"], zone)
    if found["outcome"]:
        yield "Outcome", found["outcome"]
    if found["requirement"]:
        yield "Requirement", found["requirement"]
    if found["linked"]:
        yield "Linked", ", ".join(found["linked"])
    for name, value in found["fields"].items():
        if value is not None:
            yield policy.label(name), value


def _counts(mail: Mapping[str, Any]) -> bool:
    """Tell whether a mail has a number, by which it can be split off (`casework.command_context`)."""
    return not _is_notice(mail) and not (mail["direction"] == "in" and mail["verdict"] == "command")


def _print_mail(mail: Mapping[str, Any], zone: str, number: int | None, *, full: bool) -> None:
    to = f" to {', '.join(mail['to'])}" if mail["to"] else ""
    place = f"{number}. " if number else ""
    unsure = ", not confirmed" if mail.get("unconfirmed") else ""
    unsent = ", taken back: sent to nobody" if mail.get("taken_back") else ""
    verdict = f"{mail['verdict']}{unsure}{unsent}"
    heading = f"{place}{short_time(mail['at'], zone)}  {mail['direction']}  {mail['from']}{to}  ({verdict})"
    echo("\n" + click.style(one_line(heading), bold=True))
    if full or not _is_notice(mail):
        text = mail["text"] if full else mail.get("in_context") or mail["new_text"] or mail["text"]
        echo(safe(text).strip("\n"), hang=0)
    for file in mail["attachments"]:
        echo(file_line(file))


_SEALS = {"signed": ", signed: nobody checked it", "encrypted": ", encrypted: not readable here"}


def file_line(file: Mapping[str, Any]) -> str:
    """A file of a mail on one line."""
    seal = _SEALS.get(file.get("seal", ""), "")
    return f"[{one_line(str(file['name']))}, {one_line(str(file['type']))}, {file['size']} bytes{seal}]"


def _is_notice(mail: Mapping[str, Any]) -> bool:
    """A letter to agents about the case: who reads the case knows what it says."""
    from maildesk.desk.letters.letter_kinds import FORMS

    form = FORMS.get(mail["verdict"]) if mail["direction"] == "out" else None
    return form is not None and not form.audience.of_customers


_MOMENTS = frozenset(
    {
        "until", "due", "written", "first_answer", "met", "away_until", "since", "promised_from",
        "first_response", "next_response", "resolution", "update", "wait", "remind", "after", "quiet",
        "acknowledge", "next_level",
    }
)  # fmt: skip
"""Keys under which an event remembers a time; events hold UTC, people read the desk's own zone."""

_OF_CLOCKS = ("_began", "_warn", "_left", "_told", "_more", "_said", "_met", "_paused", "_paused_at")
"""Ends of the keys by which an event keeps a clock whole; people read when it is due, and of what span."""

_IN_HEAD = frozenset({"subject", "mailbox", "phase"})
"""Keys of what the head of the case says."""


def _told(event: Mapping[str, Any], zone: str) -> str:
    return one_line(f"{event['actor']}  {' '.join(facts(event['data'], zone))}").strip()


def facts(data: Mapping[str, Any], zone: str) -> list[str]:
    """The things that an event remembers, as people read them."""
    return list(filter(None, (_fact(key, value, zone) for key, value in data.items())))


def _fact(key: str, value: Any, zone: str) -> str:
    """One thing that an event remembers: `until=2026-03-09 08:00`; of what is so, the word alone."""
    if value in (None, "") or value is False or key in _IN_HEAD or key.endswith(_OF_CLOCKS):
        return ""
    if value is True:
        return key
    moment = key in _MOMENTS and value != "stopped"
    return f"{key}={short_time(value, zone) if moment else value}"


def _save(store: Any, ref: str, folder: Path) -> None:
    from maildesk.cli.attachments import save_attachments

    for path in save_attachments(store, ref, folder):
        echo(f"saved {one_line(str(path))}", err=True)
