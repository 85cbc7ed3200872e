"""The customers' help page of a desk: its policy and its configuration, in the operator's words or ours."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from maildesk.config.building import template_folder
from maildesk.config.letter_files import read_templates, text_of
from maildesk.config.packaged import packaged
from maildesk.config.settings import Settings
from maildesk.desk.case.told import best
from maildesk.desk.letters.help_page_forms import TEMPLATE, markdown_of
from maildesk.desk.letters.language import ENGLISH
from maildesk.desk.letters.language_words import WORDS, language_of
from maildesk.desk.policy.help_page import DeskFacts, help_page
from maildesk.desk.policy.policy import Policy
from maildesk.errors import BadInput


def explained(policy: Policy, settings: Settings | None, now: datetime, language: str) -> str:
    """The page as Markdown; without a configuration it leaves out what only that knows."""
    pages = _pages(settings)
    folder = best(language, pages) or ENGLISH.tag
    words = f"{folder}/{WORDS}"
    return markdown_of(
        text_of(pages[folder]),
        help_page(policy, _facts(settings) if settings else DeskFacts(), now),
        language_of(language, read_templates(settings).get(words, ""), words),
        TEMPLATE.format(folder=folder),
    )


def page_language(policy: Policy, settings: Settings | None, wanted: str | None = None) -> str:
    """The language of the page: the wanted one, else the first of the policy's that there is a page in."""
    pages = _pages(settings)
    if wanted and not best(wanted, pages):
        remedy = f"there is one in {', '.join(sorted(pages))}; docs/languages.md says how a language is added"
        raise BadInput(f"no help page is written in {wanted}", remedy=remedy)
    return wanted or next((each for each in policy.languages if best(each, pages)), ENGLISH.tag)


def own_pages(settings: Settings) -> dict[str, Path]:
    """The operator's own templates of the page, by their folders."""
    folder = template_folder(settings)
    return _found(folder) if folder else {}


def _pages(settings: Settings | None) -> dict[str, Path]:
    return _found(packaged("templates")) | (own_pages(settings) if settings else {})


def _found(folder: Path) -> dict[str, Path]:
    return {path.parent.name: path for path in sorted(folder.glob(TEMPLATE.format(folder="*")))}


def _facts(settings: Settings) -> DeskFacts:
    return DeskFacts(
        address=settings.desk.address,
        poll=max((box.poll for box in settings.mailboxes if box.watched), default=None),
        leadership=bool(settings.people.leadership),
    )
