"""The policy language of earlier releases: where a file still speaks it, and how the same is said now."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from maildesk.config.problems import Problem
from maildesk.config.yaml_file import Document
from maildesk.desk.case.case import Phase

_PROMISED = ("first_response", "resolution", "warn_before")
_SPECIAL = re.compile(r": |:$| #|^[\W_]")


def renewed(document: Document) -> tuple[Document, list[Problem]]:
    """The file with what it says in the old language said in ours, so that the rest is checked too."""
    data, problems = dict(document.data), []
    priorities, statuses = data.get("priorities"), data.get("statuses")
    if isinstance(priorities, list) and all(_old_priority(each) for each in priorities):
        problems += list(_priorities(document, priorities))
        data["priorities"] = {each["name"]: str(each.get("means") or "") or "?" for each in priorities}
    if isinstance(statuses, dict) and any(_old_status(*each) for each in statuses.items()):
        old = {phase: name for phase, name in statuses.items() if _old_status(phase, name)}
        problems += list(_statuses(document, old))
        others = {name: section for name, section in statuses.items() if name not in old}
        data["statuses"] = others | {name: {"phase": phase} for phase, name in old.items()}
    return replace(document, data=data), problems


def _old_priority(entry: Any) -> bool:
    return isinstance(entry, dict) and isinstance(entry.get("name"), str)


def _old_status(phase: Any, name: Any) -> bool:
    return phase in set(Phase) and isinstance(name, str)


def _priorities(document: Document, entries: list[dict[str, Any]]) -> Iterator[Problem]:
    for at, entry in enumerate(entries):
        name = _written(entry["name"])
        remedy = f"write `{name}: {_written(str(entry.get('means') or 'what it means'))}` under priorities"
        promised = [f"{key}: {entry[key]}" for key in _PROMISED if key in entry]
        if promised:
            remedy += f", and `- {{priority: {name}, {', '.join(promised)}}}` under promises"
        message = "priorities are names with their meanings, and promises have a table of their own"
        yield document.problem(("priorities", at), message, remedy)


def _statuses(document: Document, old: dict[str, str]) -> Iterator[Problem]:
    for phase, name in old.items():
        remedy = f"write `{_written(name)}: {{phase: {phase}}}`"
        yield document.problem(("statuses", phase), "a status is named first, and has a phase", remedy)


def _written(text: str) -> str:
    """The text as a plain YAML value, in quotes where it needs them."""
    return json.dumps(text, ensure_ascii=False) if _SPECIAL.search(text) else text
