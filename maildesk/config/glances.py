"""Sections of what is to be looked at: the board for people, the answers for monitors."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field

from maildesk.config.section import Section
from maildesk.config.values import Count, Duration, Host, Port, Slug, read_duration
from maildesk.pages.board_wish import ROWS, Shown
from maildesk.transport.security import is_loopback

_Refresh = Annotated[timedelta, Field(ge=timedelta(seconds=15)), BeforeValidator(read_duration)]


class BoardSection(Section):
    """The page of all open cases that the daemon keeps written."""

    file: Path = Field(description="where it is written; in a folder of its own")
    every: Duration = Field(
        default=timedelta(seconds=60),
        ge=timedelta(seconds=5),
        le=timedelta(hours=1),
        description="how often the cases are looked at",
    )
    shows: tuple[Shown, ...] = Field(
        default=(Shown.SUBJECT,), description="subject, customer: what of customers it shows"
    )
    rows: Count = Field(default=ROWS, description="so many cases have a row; the others are counted")
    group: Slug | None = Field(
        default=None, description="the group that may read it, such as www-data; else the folder's"
    )
    refresh: _Refresh | None = Field(
        default=None,
        description="a browser reads it anew after so long: for a screen on a wall only",
    )


class MonitorSection(Section):
    """The places where monitors read whether the desk lives and is healthy, and its numbers."""

    host: Host = Field(default="127.0.0.1", description="the address it is served on, which anybody may read")
    port: Port | None = Field(
        default=None, description="the port of http://HOST:PORT/healthz, /livez and /metrics"
    )
    socket: Path | None = Field(default=None, description="a socket that answers the same, for our group")
    textfile: Path | None = Field(
        default=None, description="a file of the metrics, for a collector that reads a folder"
    )

    @property
    def is_private(self) -> bool:
        """Tell whether only this machine reaches the port."""
        return is_loopback(self.host)
