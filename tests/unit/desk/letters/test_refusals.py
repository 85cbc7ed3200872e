"""Refusals are said in the desk's language: no plain English stands in what the code raises at people."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.unit.desk.letters.words_of_code import TOP

RAISED = frozenset({"NotAllowed", "NotFound", "BadInput", "Ambiguous", "named", "named_several"})
SAYS = frozenset({"Phrase", "Text"})

ONLY_FILES = {
    "figures/week.py": "the week that an operator types",
    "promises/calendar.py": "hours of a policy's file, and what no code may ask",
    "promises/promised.py": "times to warn before, of a policy's file",
    "promises/spans.py": "spans of a policy's file; what people type is refused by typed_times",
}
"""Whose words are read at a terminal only, in English as everything there."""

DESK = TOP / "maildesk/desk"
Names = dict[str, list[ast.expr]]


def unsaid(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """The plain words in what is raised, with their lines; a name stands for all that it is given."""
    outer = _given(tree.body if isinstance(tree, ast.Module) else [])
    for scope in ast.walk(tree):
        if isinstance(scope, ast.FunctionDef):
            names = outer | _given(scope.body)
            for node in ast.walk(scope):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in RAISED:
                    # what is looked for, and among what, is not said by `named`, only what it is
                    first = 2 if node.func.id.startswith("named") else 0
                    for each in (*node.args[first:], *(word.value for word in node.keywords)):
                        yield from _plain(each, names)


def _given(body: list[ast.stmt]) -> Names:
    found: Names = {}
    for node in (inner for each in body for inner in ast.walk(each)):
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, ast.AnnAssign | ast.NamedExpr):
            targets = [node.target]
        else:
            continue
        for target in targets:
            if isinstance(target, ast.Name) and node.value:
                found.setdefault(target.id, []).append(node.value)
    return found


def _plain(node: ast.AST, names: Names) -> Iterator[tuple[int, str]]:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SAYS:
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        if any(each.isalpha() for each in node.value):
            yield node.lineno, node.value
    elif isinstance(node, ast.Name):
        others = {name: given for name, given in names.items() if name != node.id}
        for given in names.get(node.id, ()):
            yield from _plain(given, others)
    elif isinstance(node, ast.Dict):
        for value in node.values:
            yield from _plain(value, names)
    elif isinstance(node, ast.Subscript):
        yield from _plain(node.value, names)
    elif isinstance(node, ast.IfExp):
        yield from (*_plain(node.body, names), *_plain(node.orelse, names))
    else:
        for child in ast.iter_child_nodes(node):
            yield from _plain(child, names)


def test_what_people_are_refused_with_can_be_said_in_their_language() -> None:
    plain = {
        str(path.relative_to(DESK)): [*unsaid(ast.parse(path.read_text()))] for path in DESK.rglob("*.py")
    }
    found = {name: words for name, words in plain.items() if words}
    assert {name: words for name, words in found.items() if name not in ONLY_FILES} == {}, (
        "say it with Phrase"
    )
    assert set(found) == set(ONLY_FILES)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ('raise NotAllowed("no")', ["no"]),
        ('raise NotAllowed(Phrase("no {what}", what="a"), remedy=f"go to {place}")', ["go to "]),
        ('remedy = "wait" if x else ""\n    raise BadInput(Phrase("no"), remedy=remedy)', ["wait"]),
        ('raise NotFound(Phrase("no"), remedy=_OURS.get(x, ""))', ["ask"]),
        ('raise NotFound(Phrase("no"), remedy=_OURS[x])', ["ask"]),
        ('return named(known, "typed", "channel")', ["channel"]),
        ('raise NotAllowed(Joined(", ", (each, Phrase("no"))))', []),
        ('raise NotAllowed(problem.message, remedy=words(x))', []),
    ],
)  # fmt: skip
def test_plain_words_are_found(source: str, words: list[str]) -> None:
    module = f'_OURS = {{1: "ask"}}\n\ndef a(x):\n    {source}\n'
    assert [told for _, told in unsaid(ast.parse(module))] == words
