"""The report for programs: every figure by name, times in seconds and moments in UTC."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

from maildesk.desk.figures.measures import Share, Spread
from maildesk.desk.figures.report import DeskWeek, Group, Report
from maildesk.desk.figures.tally import AGES, PACES, Tally, Waiting
from maildesk.pages.report_rows import team_name


def as_json(report: Report) -> dict[str, Any]:
    """The whole report as plain values."""
    return {
        "desk": report.desk,
        "policy": report.policy,
        "timezone": report.zone,
        "week": str(report.week),
        "begins": _plain(report.begins),
        "ends": _plain(report.ends),
        "as_of": _plain(report.as_of),
        "weeks": [{"week": str(each.week), **_tally(each.tally)} for each in report.weeks],
        "priorities": [{**_group(each), "promised": each.note or None} for each in report.priorities],
        "teams": [{**_group(each), "name": team_name(each)} for each in report.teams],
        "sources": [{"name": each.name, "days": list(each.days)} for each in report.sources],
        "summaries": [
            {
                "name": each.name,
                "values": [{"value": one.name, "days": list(one.days)} for one in each.values],
            }
            for each in report.summaries
        ],
        "late": [
            {"ref": each.ref, "subject": each.subject or None, "team": each.team, "due": _plain(each.due)}
            for each in report.late
        ],
        "escalations": [
            {
                "ref": each.ref,
                "team": each.team,
                "since": _plain(each.since),
                "by_customer": each.by_customer,
                "active": each.lasts,
            }
            for each in report.escalations
        ],
        "lessons": [{"at": _plain(each.at), "ref": each.ref, "words": each.words} for each in report.lessons],
        "busy_hours": [list(day) for day in report.busy],
        "busy_weeks": len(report.weeks),
        "machine": _machine(report.machine),
    }


def _group(group: Group) -> dict[str, Any]:
    return {"name": group.name, **_tally(group.tally)}


def _tally(tally: Tally) -> dict[str, Any]:
    said = {each.name: _plain(getattr(tally, each.name)) for each in fields(tally)}
    names = (*(f"under_{limit}d" for limit in AGES), f"over_{AGES[-1]}d")
    said["ages"] = dict(zip(names, said["ages"], strict=True))
    paces = (*(f"within_{limit}" for limit in PACES), f"over_{PACES[-1]}")
    return said | {"paces": dict(zip(paces, said["paces"], strict=True))}


def _machine(machine: DeskWeek) -> dict[str, Any]:
    return {each.name: _plain(getattr(machine, each.name)) for each in fields(machine)}


def _plain(value: object) -> Any:
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Share | Spread | Waiting):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, tuple):
        return list(map(_plain, value))
    return dict(value) if isinstance(value, dict) else value
