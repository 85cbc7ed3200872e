"""A file beside the configuration remembers that a desk has existed: its database is then never made anew.

An unmounted disk or a mistyped name looks like a fresh start, and would swallow what comes meanwhile.
"""

from __future__ import annotations

import os

from maildesk.config.settings import Settings
from maildesk.errors import StoreUnusable


class DeskMarker:
    """`.config.yaml.desk` beside `config.yaml`. An empty one, as installers lay, says nothing yet."""

    def __init__(self, settings: Settings) -> None:
        self.config = settings.folder / settings.file.name
        self.path = settings.folder / f".{settings.file.name}.desk"

    @property
    def stands(self) -> bool:
        """Tell whether a desk has existed here."""
        try:
            return self.path.stat().st_size > 0
        except FileNotFoundError:
            return False
        except OSError as error:
            reason = (error.strerror or "error").lower()
            raise StoreUnusable(f"whether there was a desk is not known: {self.path}: {reason}") from error

    @property
    def can_be_set(self) -> bool:
        """Tell whether we could remember a new desk; nothing is written to find that out."""
        there = self.path if os.path.lexists(self.path) else self.path.parent
        return os.access(there, os.W_OK)

    def set(self, shown: str) -> bool:
        """Remember; `shown` names the database without its password. False where that cannot be written."""
        text = (
            f"A maildesk desk works with {shown}.\n"
            "Where that is gone it is not made anew, so that no mail is lost: bring it back, or begin again\n"
            "with `maildesk db upgrade --new`.\n"
        )
        try:
            with self.path.open("w", encoding="utf-8") as opened:
                opened.write(text)
                opened.flush()
                os.fsync(opened.fileno())
        except OSError:
            return False
        return True

    # --- what is refused --------------------------------------------------------------------------

    def lost(self, what: str) -> StoreUnusable:
        """The database of a desk that existed is gone; `what` says of which and how."""
        return StoreUnusable(
            f"{what}, though this desk has had a database",
            remedy="is its disk mounted, and store.url right? Bring it back or restore a backup; "
            "to begin again with an empty one: maildesk db upgrade --new",
        )

    def forgetful(self, what: str) -> StoreUnusable:
        """There is no database, and we could not remember one that we make."""
        return StoreUnusable(
            f"{what}, and beside {self.config} nothing can be written to remember one by",
            remedy="make it yourself, as the user the desk runs as: maildesk db upgrade --new",
        )
