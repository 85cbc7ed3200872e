"""The customers' help page of a desk: its policy and its configuration, in the operator's words or ours."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from maildesk.config.building import template_folder
from maildesk.config.letter_files import text_of
from maildesk.config.packaged import packaged
from maildesk.config.settings import Settings
from maildesk.desk.letters.help_page_forms import TEMPLATE, markdown_of
from maildesk.desk.policy.help_page import DeskFacts, help_page
from maildesk.desk.policy.policy import Policy


def explained(policy: Policy, settings: Settings | None, now: datetime) -> str:
    """The page as Markdown; without a configuration it leaves out what only that knows."""
    own = own_page(settings) if settings else None
    template = text_of(own or packaged("templates") / TEMPLATE)
    return markdown_of(template, help_page(policy, _facts(settings) if settings else DeskFacts(), now))


def own_page(settings: Settings) -> Path | None:
    """The operator's own template of the page, if there is one."""
    folder = template_folder(settings)
    return folder / TEMPLATE if folder and (folder / TEMPLATE).is_file() else None


def _facts(settings: Settings) -> DeskFacts:
    return DeskFacts(
        address=settings.desk.address,
        poll=max((box.poll for box in settings.mailboxes if box.watched), default=None),
        leadership=bool(settings.people.leadership),
    )
