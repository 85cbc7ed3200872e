"""Calls between the files of a package, traced in every thread while something is done.

An *entry* is the beginning of a function, lambda, comprehension, coroutine or generator of these files; going
on after an `await` or a `yield` is none, nor is the body of a module or of a class. Its caller is the nearest
function of these files above it on its own stack: libraries in between are looked through. What a task or a
thread begins with has no caller.
"""

from __future__ import annotations

import dis
import inspect
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import pairwise
from pathlib import Path
from types import CodeType, FrameType

ORDER = ("mail", "desk", "store", "casework", "daemon", "cli")
"""The rooms that stand on each other, the lowest first. The others stand beside them."""

_FROM_THE_BEGINNING = bytes([dis.opmap["RESUME"], 0])

Step = tuple[str, str]
"""From one file into another."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One beginning of a function; `callers` are the functions above it, the nearest last."""

    file: str
    name: str
    callers: tuple[Step, ...]

    def is_within(self, pattern: str) -> bool:
        """Whether it begins a function whose `file:name` fits, or was called on the way by one."""
        steps = ((self.file, self.name), *self.callers)
        return any(fnmatchcase(":".join(step), pattern) for step in steps)


@dataclass(frozen=True, slots=True)
class Trace:
    """What was entered, in order of time."""

    entries: Sequence[Entry]

    @property
    def files(self) -> list[str]:
        return sorted({each.file for each in self.entries})

    @property
    def hops(self) -> list[Step]:
        """Calls from one file to another."""
        calls = ((each.callers[-1][0], each.file) for each in self.entries if each.callers)
        return [each for each in calls if each[0] != each[1]]

    @property
    def steps(self) -> list[Step]:
        """Files as a reader who follows the calls meets them: the way back from a call is a step too."""
        return [each for each in pairwise(each.file for each in self.entries) if each[0] != each[1]]

    def within(self, patterns: Sequence[str]) -> Trace:
        """What was entered in functions that fit the first pattern which any fits, themselves too."""
        found = ([each for each in self.entries if each.is_within(pattern)] for pattern in patterns)
        return Trace(next(filter(None, found), []))


def room(file: str) -> str:
    """The folder of a file (`desk/case`); a file on top is a room of its own, but for the way into `cli`."""
    folder, _, name = file.rpartition("/")
    stem = name.removesuffix(".py")
    return folder or {"__main__": "cli"}.get(stem, stem)


def top_room(file: str) -> str:
    """`desk` of a file in `desk/case`."""
    return room(file).partition("/")[0]


def room_changes(steps: Sequence[Step], *, top: bool = False) -> list[Step]:
    """The steps between two rooms, by the names of the rooms."""
    named = top_room if top else room
    rooms = ((named(before), named(after)) for before, after in steps)
    return [each for each in rooms if each[0] != each[1]]


def climbs(steps: Sequence[Step]) -> list[Step]:
    """The steps into a room that stands higher than the one they leave."""
    height = {name: number for number, name in enumerate(ORDER)}
    changes = room_changes(steps, top=True)
    return [each for each in changes if set(each) <= height.keys() and height[each[0]] < height[each[1]]]


class Tracer:
    """Notes what is entered while it is asked to; made before the threads that it is to see."""

    def __init__(self, package: Path) -> None:
        self._below = f"{package}/"
        self._entries: list[Entry] | None = None
        threading.setprofile(self._heed)
        sys.setprofile(self._heed)

    @contextmanager
    def tracing(self) -> Iterator[list[Entry]]:
        """Fill the list with what is entered meanwhile."""
        entries: list[Entry] = []
        self._entries = entries
        try:
            yield entries
        finally:
            self._entries = None

    def close(self) -> None:
        """See nothing any more; threads that live on cost little."""
        threading.setprofile(None)
        sys.setprofile(None)

    def _heed(self, frame: FrameType, event: str, _: object) -> None:
        entries = self._entries
        if entries is None or event != "call" or not self._is_ours(frame.f_code) or not _begins(frame):
            return
        callers: list[Step] = []
        above = frame.f_back
        while above is not None:
            if self._is_ours(above.f_code):
                callers.append(self._step(above.f_code))
            above = above.f_back
        entries.append(Entry(*self._step(frame.f_code), tuple(reversed(callers))))

    def _is_ours(self, code: CodeType) -> bool:
        is_function = code.co_flags & inspect.CO_OPTIMIZED  # a module's or a class's body is none
        return bool(is_function) and code.co_filename.startswith(self._below)

    def _step(self, code: CodeType) -> Step:
        return code.co_filename.removeprefix(self._below), code.co_qualname


def _begins(frame: FrameType) -> bool:
    """Whether a frame begins: the argument of RESUME says after what it goes on, 0 is nothing."""
    return frame.f_code.co_code[frame.f_lasti : frame.f_lasti + 2] == _FROM_THE_BEGINNING
