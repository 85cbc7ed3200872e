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
        self._next: asyncio.Future[Result] | None = None
        self._working: asyncio.Task[None] | None = None

    def add(self, wish: Wish) -> asyncio.Future[Result]:
        """Wish for something; the future is done when the commit that holds it is."""
        self._waiting.append(wish)
        if self._next is None:
            self._next = asyncio.get_running_loop().create_future()
        if self._working is None or self._working.done():
            self._working = asyncio.create_task(self._work(), name="group-commit")
        return self._next

    async def finish(self) -> None:
        """Wait until nothing is under way."""
        while self._working and not self._working.done():
            await asyncio.wait({self._working})

    async def _work(self) -> None:
        while self._waiting:
            # One turn of the loop, so that everybody who is ready now shares this commit.
            await asyncio.sleep(0)
            wishes, self._waiting = self._waiting, []
            future, self._next = self._next, None
            assert future is not None  # made with the first wish
            try:
                result = await self._commit(wishes)
            except Exception as problem:  # noqa: BLE001 - handed to everybody who waits for it
                if not future.cancelled():
                    future.set_exception(problem)
            else:
                if not future.cancelled():
                    future.set_result(result)
