"""The section of the weekly report: whether leadership gets it, and what goes along."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from maildesk.config.section import Section
from maildesk.config.values import Count, Line


class Attached(StrEnum):
    """The form in which the whole report goes along with its letter, if it does."""

    HTML = "html"
    NONE = "none"


class ReportSection(Section):
    """The weekly report: with this section leadership gets a letter when the week's first day opens."""

    attach: Attached = Field(
        default=Attached.HTML,
        description="html | none: the whole report as a page; some gateways stop letters with one",
    )
    url: Line | None = Field(
        default=None, description="where the page can be read instead, told in the letter"
    )
    subjects: bool = Field(default=False, description="whether subjects of late cases stand in it")
    smallest_team: Count = Field(
        default=3, ge=2, description="teams of fewer people are shown together: no figure is of one person"
    )
