"""What desks have alike is made once for a process: nearly every desk of the tests has the same policy.

Reading the policy, making its letters ready and looking whether they hold the words of who writes are a third
of what it takes to start a desk. What was found wrong is looked at again each time, and told as ever.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from maildesk.config import named_policy
from maildesk.config.policy_file import load_policy
from maildesk.config.policy_laws import NamedInConfig
from maildesk.desk.letters import sample
from maildesk.desk.letters.language import ENGLISH
from maildesk.desk.letters.sample import lost_words
from maildesk.desk.letters.template_problem import TemplateProblem
from maildesk.desk.letters.templates import LetterTemplates
from maildesk.desk.policy.desk import Desk
from maildesk.desk.policy.policy import Policy

_POLICIES: dict[tuple[Any, ...], Policy] = {}
_LETTERS: dict[tuple[Any, ...], Mapping[str, Any]] = {}
_WITH_THEIR_WORDS: dict[tuple[Any, ...], object] = {}
_make_ready = LetterTemplates.__init__


def _load_policy(path: Path, *, timezone: str = "UTC", known: NamedInConfig | None = None) -> Policy:
    names = known or NamedInConfig()
    key = (
        *(path.read_bytes() if path.is_file() else path, timezone, known is None),
        *(names.teams, frozenset(names.agents), names.mailboxes, names.letters, names.roles),
        tuple(sorted(names.channels.items())),
    )
    if key not in _POLICIES:
        _POLICIES[key] = load_policy(path, timezone=timezone, known=known)
    return _POLICIES[key]


def _ready(
    self: LetterTemplates, sources: Mapping[str, str], zone: str, languages: Sequence[str] = (ENGLISH.tag,)
) -> None:
    key = (zone, tuple(languages), *sorted(sources.items()))
    if key not in _LETTERS:
        _make_ready(self, sources, zone, languages)
        _LETTERS[key] = dict(vars(self))
    vars(self).update(_LETTERS[key])


def _lost_words(desk: Desk, templates: LetterTemplates) -> Iterator[TemplateProblem]:
    agents = tuple(each.address for each in desk.people.agents[:1])
    parts = templates._voices, desk.policy
    key = (*map(id, parts), desk.name, desk.address, desk.zone, *agents)
    if key in _WITH_THEIR_WORDS:
        return
    found = [*lost_words(desk, templates)]
    if not found:
        _WITH_THEIR_WORDS[key] = parts  # which are kept, so that no others have their ids
    yield from found


def remember() -> None:
    """From now on no desk of this process reads a policy or makes letters ready that another has."""
    vars(named_policy)["load_policy"] = _load_policy
    LetterTemplates.__init__ = _ready  # type: ignore[method-assign]
    sample.lost_words = _lost_words
