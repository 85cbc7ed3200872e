"""Which mails form a thread, in any order and through mails that never came."""

from __future__ import annotations

import itertools
import tracemalloc
from collections.abc import Iterable

import pytest

from maildesk.desk.case.threads import Threads
from tests.cost import at_most

Mail = tuple[str | None, tuple[str, ...]]

THREADS: dict[str, list[list[Mail]]] = {
    "a question and its answers": [[("1", ()), ("2", ("1",)), ("3", ("2", "1"))]],
    "an answer to an answer that never came": [[("1", ()), ("3", ("2", "1"))]],
    "two answers to a mail that never came": [[("2", ("1",)), ("3", ("1",))]],
    "a mail that both name who never named each other": [
        [("1", ()), ("2", ("1",)), ("3", ("1",))],
        [("4", ())],
    ],
    "mails without a Message-ID": [[("1", ()), (None, ("1",))], [(None, ())], [(None, ())], [("", ())]],
    "a Message-ID used twice": [[("1", ()), ("1", ())]],
    "mails that name each other": [[("1", ("2",)), ("2", ("1",))]],
    "a mail that names itself": [[("1", ("1",))], [("2", ())]],
    "an id that looks like a number": [[(None, ("x",)), ("x", ())], [("0", ())], [("1", ())]],
}


def thread(mails: Iterable[Mail]) -> list[int]:
    """The number of each mail's thread."""
    threads = Threads()
    for own, named in mails:
        threads.add(own, named)
    return threads.numbers()


@pytest.mark.parametrize("groups", THREADS.values(), ids=THREADS.keys())
def test_mails_that_name_one_another_form_a_thread_in_whatever_order(groups: list[list[Mail]]) -> None:
    marked = [(number, mail) for number, group in enumerate(groups) for mail in group]
    for order in itertools.permutations(marked):
        found = thread(mail for _, mail in order)
        assert found[0] == 0
        told = dict.fromkeys(zip((number for number, _ in order), found, strict=True))
        assert len(told) == len(groups) == len({each for _, each in told})


def test_a_long_thread_costs_no_more_for_each_mail_than_a_short_one() -> None:
    for chain in (
        [(str(n), (str(n - 1),)) for n in range(50_000)],
        [(str(n), (str(n - 1),)) for n in reversed(range(50_000))],
    ):
        with at_most(200):
            assert set(thread(chain)) == {0}


def test_of_a_long_thread_whose_every_mail_names_all_before_it_little_is_kept() -> None:
    """Its ids once, however often they are named."""
    count = 300
    threads, ids = Threads(), [f"{number}@client.example" for number in range(count)]
    tracemalloc.start()
    for number, own in enumerate(ids):
        threads.add(own, [f"{each}@client.example" for each in range(number)])
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert set(threads.numbers()) == {0}
    assert kept < count * 500
