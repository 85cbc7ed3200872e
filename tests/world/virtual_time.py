"""An event loop on which hours pass in milliseconds: where nothing is ready, its clock jumps to what is next.

Sockets are real ones. Both ends of a conversation must live on the loop, or the clock would not wait for the
other end; threads that the loop started are waited for.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

GLANCE = 0.05
"""Real seconds that the kernel has to carry bytes from one end of a socket to the other."""


def in_virtual_time(story: Coroutine[Any, Any, T]) -> T:
    """Play a story to its end on a loop of its own."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(story)


class VirtualLoop(asyncio.SelectorEventLoop):
    """`time()` is real time and all that was jumped over."""

    def __init__(self) -> None:
        self._jumped = 0.0
        self._in_threads = 0
        super().__init__(_Jumping(self._may_jump, self._jump))

    def time(self) -> float:
        return super().time() + self._jumped

    # typeshed's overloads say more than an override that only counts can repeat
    def run_in_executor(self, *words: Any) -> asyncio.Future[Any]:  # type: ignore[override]
        work = super().run_in_executor(*words)
        self._in_threads += 1
        work.add_done_callback(self._came_back)
        return work

    def _came_back(self, _: asyncio.Future[Any]) -> None:
        self._in_threads -= 1

    def _may_jump(self) -> bool:
        return self._in_threads == 0

    def _jump(self, seconds: float) -> None:
        self._jumped += seconds


class _Jumping(selectors.DefaultSelector):
    """Waits for descriptors as ever, but for a timer never longer than a glance."""

    def __init__(self, may_jump: Callable[[], bool], jump: Callable[[float], None]) -> None:
        super().__init__()
        self._may_jump = may_jump
        self._jump = jump

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None or timeout <= 0:
            return super().select(timeout)
        ready = super().select(min(timeout, GLANCE))
        if not ready and self._may_jump():
            self._jump(timeout)
        return ready
