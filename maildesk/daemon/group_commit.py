"""Many small wishes, one commit: whoever asks while a commit is under way shares the next one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Wish = TypeVar("Wish")
Result = TypeVar("Result")


class GroupCommit(Generic[Wish, Result]):
    """Collects wishes and hands them over together; each asker gets the result of the whole group.

    `commit` is never called while another call of it runs. What it raises, every asker of the group gets.
    """

    def __init__(self, commit: Callable[[Sequence[Wish]], Awaitable[Result]]) -> None:
        self._commit = commit
        self._waiting: list[Wish] = []
        self._due = False
        self._next: asyncio.Future[Result] | None = None
        self._working: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None

    def add(self, wish: Wish, *, within: float = 0) -> asyncio.Future[Result]:
        """Wish for something; the future is done when the commit that holds it is.

        It waits at most `within` seconds for others to share its commit, and no longer than any of them.
        """
        self._waiting.append(wish)
        if self._next is None:
            self._next = asyncio.get_running_loop().create_future()
        self._begin_within(within)
        # Each asker gets a future of its own: one that gives up must not take the others along.
        return asyncio.shield(self._next)

    async def finish(self) -> None:
        """Wait until nothing is waiting or under way."""
        while self._waiting or (self._working and not self._working.done()):
            self._begin()
            assert self._working is not None  # begun just now, or under way
            await asyncio.wait({self._working})

    def _begin_within(self, seconds: float) -> None:
        if seconds <= 0:
            self._begin()
            return
        loop = asyncio.get_running_loop()
        at = loop.time() + seconds
        if not self._due and (self._timer is None or at < self._timer.when()):
            self._calm()
            self._timer = loop.call_at(at, self._begin)

    def _begin(self) -> None:
        self._calm()
        self._due = bool(self._waiting)
        if self._due and (self._working is None or self._working.done()):
            self._working = asyncio.create_task(self._work(), name="group-commit")

    def _calm(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None

    async def _work(self) -> None:
        while self._due:
            # One turn of the loop, so that everybody who is ready now shares this commit.
            await asyncio.sleep(0)
            self._due = False
            self._calm()
            wishes, self._waiting = self._waiting, []
            future, self._next = self._next, None
            assert future is not None  # made with the first wish
            try:
                result = await self._commit(wishes)
            except Exception as problem:  # noqa: BLE001 - handed to everybody who waits for it
                future.set_exception(problem)
            else:
                future.set_result(result)
