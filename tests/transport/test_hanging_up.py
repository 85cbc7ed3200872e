"""Hanging up ends a connection, and is at peace with one that has ended already."""

from __future__ import annotations

import asyncio

from maildesk.transport.security import hang_up


class Line(asyncio.WriteTransport):
    """A transport that notes its end; `ended` beforehand behaves as an encrypted one of Python 3.11.2."""

    def __init__(self, *, ended: bool = False) -> None:
        super().__init__()
        self.ended = ended

    def abort(self) -> None:
        if self.ended:
            raise AttributeError("'NoneType' object has no attribute '_abort'")
        self.ended = True


def test_hanging_up_ends_the_connection() -> None:
    line = Line()
    hang_up(line)
    assert line.ended


def test_hanging_up_twice_is_no_trouble() -> None:
    line = Line(ended=True)
    hang_up(line)
    assert line.ended
