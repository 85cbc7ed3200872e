"""Whatever runs over a mail's words costs no more than their length; no pattern or function is forgotten."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable, Iterator
from itertools import islice
from types import ModuleType

import pytest

from bench.reading.desk_words import WordReader, functions, modules, patterns_of, readers, texts
from bench.reading.growth import Growth, grown
from bench.reading.structures import Structure

MOST = 8 * 2**10
"""Enough: what grows with the square of its size costs a hundred times what is linear here."""

TOLD = 3
"""How many texts are named that a reader is slow with: measuring what is slow takes long."""

BUILT_AT_RUN_TIME = {"PrivateAddresses": "PrivateAddresses.hide"}
"""Classes that make patterns of the configuration, with the reader that measures them."""


def growth_of(reader: WordReader, most: int = MOST) -> Iterator[Growth]:
    """What grows faster than the text; whatever seems to is asked a second time, as machines are shared."""
    for structure in texts(most):
        for _ in range(3):
            growth = grown(structure, reader.of_bytes, 0.0)
            if growth.linear:
                break
        else:
            yield growth


@pytest.mark.parametrize("reader", list(readers()), ids=lambda reader: reader.name)
def test_what_reads_words_costs_no_more_than_their_length(reader: WordReader) -> None:
    assert [each.structure.name for each in islice(growth_of(reader), TOLD)] == []


@pytest.mark.parametrize(
    ("pattern", "call"),
    [
        (re.compile(r"[\s\u00a0]+(?=[#]([^\W\d_]+))"), "finditer"),
        (re.compile(r"\W*end\W{1,4}of\W{1,4}this\W{1,4}notice\W*", re.IGNORECASE), "search"),
    ],
    ids=["blanks before a sign", "dashes before a foot"],
)
def test_the_patterns_that_froze_the_desk_are_found(pattern: re.Pattern[str], call: str) -> None:
    module = ModuleType("frozen")
    module.PATTERN = pattern  # type: ignore[attr-defined]  # a module has what it is given
    (reader,) = patterns_of(module, f"PATTERN.{call}(text)")
    assert any(growth_of(reader, MOST // 4))


@pytest.mark.parametrize(
    "read",
    [
        lambda text: [text[:at] for at in range(len(text))],
        lambda text: [text.find("no such word", at) for at in range(len(text))],
        lambda text: re.search(r" *a? *b", text[::8]),
        lambda text: re.search(r" *a? *b? *c", text[::40]),
    ],
    ids=["copies of all beginnings", "a fast search from each letter", "square", "cube of a small part"],
)
def test_whatever_grows_faster_is_found(read: Callable[[str], object]) -> None:
    """Also where little of it does: a copy in C is for most texts cheaper than what is linear in Python."""
    blanks = Structure("blanks", lambda size: b" " * size, MOST)
    assert not grown(blanks, WordReader("planted", read).of_bytes, 0.0).linear


def test_every_pattern_of_the_rooms_is_measured() -> None:
    """A pattern that is compiled stands on its module's top, where it is found, or is named above."""
    measured = {each.name for each in functions()}
    for module in modules():
        source = inspect.getsource(module)
        tree = ast.parse(source)
        kept = [each for each in tree.body if isinstance(each, ast.Assign | ast.AnnAssign)]
        others = [each for each in tree.body if each not in kept and compiled(each)]
        built = [each.name for each in others if isinstance(each, ast.ClassDef)]
        assert len(built) == len(others), module.__name__
        assert {BUILT_AT_RUN_TIME[each] for each in built} <= measured
        found = {each.name.rpartition(".")[0] for each in patterns_of(module, source)}
        assert len(found) == sum(map(bool, map(compiled, kept))), module.__name__
        assert not re.search(r"\bre\.(?!compile|escape|Pattern|Match|[A-Z]+\b)\w+\(", source), module.__name__


def compiled(tree: ast.AST) -> int:
    """How many patterns are compiled in it."""
    calls = (each for each in ast.walk(tree) if isinstance(each, ast.Call))
    return sum(ast.unparse(each.func) == "re.compile" for each in calls)
