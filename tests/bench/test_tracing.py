"""What is counted as a hop, a room change and a climb, in a house of four files."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bench.tracing import Trace, Tracer, climbs, room, room_changes, top_room

HOUSE = {
    "mail/mime/words.py": """
def parsed(raw):
    return raw.split()
""",
    "desk/case/law.py": """
class Case:
    def weight(self):
        return len(self.words)

def judged(raw):
    case = Case()
    case.words = parsed(raw)
    return case

def heaviest(cases):
    return nlargest(1, cases, key=weight_of)

def weight_of(case):
    return case.weight()
""",
    "store/book.py": """
def rows(raws):
    for raw in raws:
        yield judged(raw)

def loaded(raws, asked):
    return [asked(each) for each in rows(raws)]
""",
    "daemon/filing.py": """
from heapq import nlargest

def filed(raws):
    return heaviest(loaded(raws, lambda case: case))

async def waits():
    await pause()

async def pause():
    for _ in range(3):
        await sleep(0)

class Filer:
    def in_a_thread(self):
        thread = Thread(target=parsed, args=("a",))
        thread.start()
        thread.join()
""",
}

Doing = Callable[[Callable[[dict[str, Any]], object]], Trace]


@pytest.fixture
def traced(tmp_path: Path) -> Iterator[Doing]:
    """What is entered in the house while something is done there."""
    names: dict[str, Any] = {"sleep": asyncio.sleep, "Thread": threading.Thread}
    with closing(Tracer(tmp_path)) as tracer:
        for file, source in HOUSE.items():
            exec(compile(source, f"{tmp_path}/{file}", "exec"), names)

        def doing(work: Callable[[dict[str, Any]], object]) -> Trace:
            with tracer.tracing() as entries:
                work(names)
            work(names)  # this is not seen
            return Trace(entries)

        yield doing


def test_a_call_into_another_file_is_a_hop_and_libraries_between_are_looked_through(traced: Doing) -> None:
    trace = traced(lambda house: house["heaviest"]([house["judged"]("a b")]))
    assert [each.name for each in trace.entries] == [
        "judged",
        "parsed",
        "heaviest",
        "weight_of",
        "Case.weight",
    ]
    assert trace.entries[3].callers == (("desk/case/law.py", "heaviest"),)  # through heapq
    assert trace.hops == [("desk/case/law.py", "mail/mime/words.py")]
    assert trace.steps == [
        ("desk/case/law.py", "mail/mime/words.py"),
        ("mail/mime/words.py", "desk/case/law.py"),
    ]


def test_a_function_that_was_handed_down_is_a_climb(traced: Doing) -> None:
    trace = traced(lambda house: house["filed"](["a b", "c"]))
    assert trace.files == sorted(HOUSE)
    assert climbs(trace.hops) == [("store", "daemon")] * 2
    assert room_changes(trace.hops).count(("store", "desk/case")) == 2
    assert room_changes(trace.hops, top=True).count(("desk", "mail")) == 2


def test_a_generator_begins_once(traced: Doing) -> None:
    trace = traced(lambda house: list(house["rows"](["a", "b", "c"])))
    assert [each.name for each in trace.entries].count("rows") == 1


def test_a_coroutine_begins_once_however_often_it_waits(traced: Doing) -> None:
    trace = traced(lambda house: asyncio.run(house["waits"]()))
    assert [each.name for each in trace.entries] == ["waits", "pause"]


def test_what_a_thread_begins_with_was_called_by_nobody(traced: Doing) -> None:
    trace = traced(lambda house: house["Filer"]().in_a_thread())
    assert [each.name for each in trace.entries] == ["Filer.in_a_thread", "parsed"]
    assert trace.hops == []


def test_a_part_is_what_was_entered_within_the_first_pattern_that_is_found(traced: Doing) -> None:
    trace = traced(lambda house: house["filed"](["a b"]))
    part = trace.within(["*:Court.judged", "desk/*:judged", "*:filed"])
    assert [each.name for each in part.entries] == ["judged", "parsed"]
    assert not trace.within(["mail/*:judged"]).entries


def test_the_body_of_a_module_or_a_class_is_no_entry(tmp_path: Path) -> None:
    with closing(Tracer(tmp_path)) as tracer, tracer.tracing() as entries:
        exec(compile(HOUSE["desk/case/law.py"], f"{tmp_path}/desk/case/law.py", "exec"), {})
    assert entries == []


@pytest.mark.parametrize(
    ("file", "fine", "top"),
    [
        ("desk/case/law.py", "desk/case", "desk"),
        ("daemon/filing.py", "daemon", "daemon"),
        ("errors.py", "errors", "errors"),
        ("__main__.py", "cli", "cli"),
    ],
)
def test_a_room_is_a_folder(file: str, fine: str, top: str) -> None:
    assert (room(file), top_room(file)) == (fine, top)
