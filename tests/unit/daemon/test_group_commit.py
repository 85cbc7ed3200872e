"""Many wishes, one commit: who shares which, who waits how long, and what an error or a quitter does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest

from maildesk.daemon.group_commit import GroupCommit


class Book:
    """Stands for the database: each commit takes until it is let through, and is written down."""

    def __init__(self) -> None:
        self.commits: list[list[str]] = []
        self.under_way = 0
        self.problem: Exception | None = None
        self.open = asyncio.Event()
        self.open.set()

    async def commit(self, wishes: Sequence[str]) -> int:
        self.under_way += 1
        assert self.under_way == 1, "two commits at once"
        self.commits.append(list(wishes))
        try:
            await self.open.wait()
            if self.problem:
                raise self.problem
        finally:
            self.under_way -= 1
        return len(self.commits)

    async def begun(self, commits: int) -> None:
        """Until so many commits have begun."""
        while len(self.commits) < commits:  # noqa: ASYNC110 - a few turns of the loop, under a timeout
            await asyncio.sleep(0)


@pytest.fixture
def book() -> Book:
    return Book()


@pytest.fixture
async def group(book: Book) -> AsyncIterator[GroupCommit[str, int]]:
    """A group over the book; no test takes longer than a minute, and nothing is left under way."""
    one = GroupCommit(book.commit)
    async with asyncio.timeout(120):
        yield one
        book.open.set()
        await one.finish()


async def test_who_asks_at_the_same_time_shares_a_commit(book: Book, group: GroupCommit[str, int]) -> None:
    assert await asyncio.gather(*(group.add(each) for each in "abc")) == [1, 1, 1]
    assert book.commits == [["a", "b", "c"]]


async def test_who_asks_during_a_commit_shares_the_next_in_order(
    book: Book, group: GroupCommit[str, int]
) -> None:
    book.open.clear()
    first = group.add("a")
    await book.begun(1)
    later = [group.add(each) for each in "bcd"]
    book.open.set()
    assert await asyncio.gather(first, *later) == [1, 2, 2, 2]
    assert book.commits == [["a"], ["b", "c", "d"]]


async def test_nothing_is_done_twice_or_forgotten_under_a_crowd(
    book: Book, group: GroupCommit[str, int]
) -> None:
    async def asker(name: str) -> None:
        for number in range(20):
            wish = f"{name}{number}"
            nth = await group.add(wish, within=(number % 3) / 1000)
            assert wish in book.commits[nth - 1]

    await asyncio.gather(*(asker(name) for name in "abcdefgh"))
    wishes = [wish for commit in book.commits for wish in commit]
    assert sorted(wishes) == sorted(f"{name}{number}" for name in "abcdefgh" for number in range(20))
    assert len(book.commits) < len(wishes)


async def test_a_patient_wish_waits_for_one_in_a_hurry(book: Book, group: GroupCommit[str, int]) -> None:
    patient = group.add("patient", within=3600)
    await asyncio.sleep(0)
    assert not book.commits
    assert [await group.add("hurried"), await patient] == [1, 1]
    assert book.commits == [["patient", "hurried"]]


async def test_a_patient_wish_waits_no_longer_than_the_least_patient(
    book: Book, group: GroupCommit[str, int]
) -> None:
    wishes = [group.add("a", within=3600), group.add("b", within=0.01), group.add("c", within=1800)]
    assert await asyncio.gather(*wishes) == [1, 1, 1]
    assert book.commits == [["a", "b", "c"]]


async def test_a_patient_wish_goes_by_itself_when_its_time_is_up(
    book: Book, group: GroupCommit[str, int]
) -> None:
    assert await group.add("a", within=0.001) == 1


async def test_a_patient_wish_whose_time_is_up_during_a_commit_has_the_next(
    book: Book, group: GroupCommit[str, int]
) -> None:
    book.open.clear()
    first = group.add("a")
    await book.begun(1)
    patient = group.add("b", within=0.001)
    await asyncio.sleep(0.02)
    assert book.commits == [["a"]]
    book.open.set()
    assert [await first, await patient] == [1, 2]


async def test_finishing_waits_for_what_waits_and_what_is_under_way(
    book: Book, group: GroupCommit[str, int]
) -> None:
    book.open.clear()
    wishes = [group.add("a")]
    await book.begun(1)
    wishes.append(group.add("b", within=3600))
    finishing = asyncio.create_task(group.finish())
    await asyncio.sleep(0.01)
    assert not finishing.done()
    book.open.set()
    await finishing
    assert book.commits == [["a"], ["b"]]
    assert await asyncio.gather(*wishes) == [1, 2]


async def test_finishing_without_a_wish_is_done_at_once(book: Book, group: GroupCommit[str, int]) -> None:
    await group.finish()
    assert book.commits == []


async def test_a_problem_is_everybodys_who_shared_it_and_nobody_elses(
    book: Book, group: GroupCommit[str, int]
) -> None:
    book.problem = RuntimeError("the disk is full")
    shared = await asyncio.gather(group.add("a"), group.add("b"), return_exceptions=True)
    assert [str(each) for each in shared] == ["the disk is full", "the disk is full"]
    book.problem = None
    assert await group.add("c") == 2


async def test_one_who_gives_up_takes_nobody_along(book: Book, group: GroupCommit[str, int]) -> None:
    book.open.clear()

    async def asker(wish: str) -> int:
        return await group.add(wish)

    quitter, other = asyncio.create_task(asker("a")), asyncio.create_task(asker("b"))
    await book.begun(1)
    quitter.cancel()
    await asyncio.sleep(0)
    book.open.set()
    assert await other == 1
    assert quitter.cancelled()
    assert book.commits == [["a", "b"]]
