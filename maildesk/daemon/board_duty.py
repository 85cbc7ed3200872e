"""The board that the daemon keeps written: anew when something changed, or when it is a minute old."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from maildesk.casework.board import board_of
from maildesk.config.settings import Settings
from maildesk.daemon.clock import Clock
from maildesk.daemon.written_file import WrittenFile
from maildesk.desk.policy.desk import Desk
from maildesk.errors import MaildeskError
from maildesk.pages.board import Board, board_page
from maildesk.pages.board_wish import BoardWish
from maildesk.store.database import Database

_log = logging.getLogger(__name__)

OLD = timedelta(minutes=1)
"""The age at which a page is written anew although it says nothing new but the time."""


@dataclass(frozen=True, slots=True)
class BoardPlace:
    """The place of a board, how it is wanted, and how often the cases are looked at."""

    file: WrittenFile
    wish: BoardWish
    every: timedelta


def wish_of(settings: Settings) -> BoardWish:
    """The wish of the configuration; the usual one where it says nothing of a board."""
    section = settings.board
    if section is None:
        return BoardWish()
    again = int(section.refresh.total_seconds()) if section.refresh else 0
    return BoardWish(section.shows, section.rows, again)


def board_place(settings: Settings) -> BoardPlace | None:
    """The place that the configuration has for a board, if it has one."""
    section = settings.board
    if section is None:
        return None
    file = WrittenFile(settings.at(section.file), section.group)
    return BoardPlace(file, wish_of(settings), section.every)


class BoardDuty:
    """Writes the board until it is called off. What keeps it from that is no trouble of the desk's."""

    def __init__(self, place: BoardPlace, store: Database, desk: Desk, clock: Clock) -> None:
        self._place = place
        self._store = store
        self._desk = desk
        self._clock = clock
        self._written: Board | None = None
        self._problem = ""

    async def serve(self, stop: asyncio.Event) -> None:
        """Look again and again until `stop`."""
        await asyncio.to_thread(self._place.file.tidy, self._clock.now().timestamp())
        while not stop.is_set():
            await self.look(self._clock.now())
            await self._clock.pause(self._place.every.total_seconds(), until=stop)

    async def look(self, now: datetime) -> None:
        """Write the page if it would say anything new; say once in the log why it cannot be written."""
        try:
            board = await self._store.read(partial(board_of, desk=self._desk, wish=self._place.wish, now=now))
            if not self._is_due(board):
                return
            await asyncio.to_thread(self._write, board)
        except MaildeskError as problem:
            self._written = None
            if str(problem) != self._problem:
                self._problem = str(problem)
                _log.error("no board problem=%r", self._problem)
            return
        if self._problem:
            _log.info("the board is written again file=%s", self._place.file.path)
        self._written, self._problem = board, ""

    def _is_due(self, board: Board) -> bool:
        before = self._written
        if before is None or not before.at <= board.at < before.at + OLD:
            return True
        return not board.says_the_same(before)

    def _write(self, board: Board) -> None:
        self._place.file.write(board_page(board))
