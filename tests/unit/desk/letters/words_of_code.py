"""The sentences that code and not a template says; run, it writes them to `templates/en/words.yaml`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import yaml

from maildesk.desk.case.case import PartyRole, Phase
from maildesk.desk.case.commands import COMMANDS, May
from maildesk.desk.case.escalation import PARTS
from maildesk.desk.case.transitions import CHANGEABLE
from maildesk.desk.letters.case_history import SENTENCES
from maildesk.desk.letters.letter_kinds import NOTICES
from maildesk.desk.letters.shown_question import REVIEWS
from maildesk.desk.policy.usual_questions import AFTERWARDS, CANNOT_TRY, USUAL_OUTCOMES, USUAL_QUESTIONS

TOP = Path(__file__).parents[4]
TEMPLATES = TOP / "templates"
_SAYS = re.compile(r"""\bsay\(\s*"([^"]+)\"""")
_SAYERS = frozenset({"Phrase", "say"})


def words_of_code() -> list[str]:
    """Every sentence of ours beside the templates, each once, as it is found."""
    return list(dict.fromkeys(filter(None, (*_in_code(), *_in_tables(), *_in_templates()))))


def _in_code() -> Iterator[str]:
    for path in sorted((TOP / "maildesk").rglob("*.py")):
        source = path.read_text()
        if "Phrase(" in source:
            for node in ast.walk(ast.parse(source)):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
                    yield from _literals(node.args[0]) if node.func.id in _SAYERS else ()
                elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
                    yield from _named(node, source)


def _named(node: ast.Assign, source: str) -> Iterator[str]:
    """A sentence that has a name of its own, which is then said."""
    for target in node.targets:
        if isinstance(target, ast.Name) and re.search(rf"\bPhrase\(\s*{target.id}\b", source):
            yield from _literals(node.value)


def _literals(node: ast.expr) -> Iterator[str]:
    """A sentence, or both of `"one" if … else "other"`."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from (*_literals(node.body), *_literals(node.orelse))


def _in_tables() -> Iterator[str]:
    yield from SENTENCES
    for form in NOTICES.values():
        yield from (form.also, form.title)
    for question in USUAL_QUESTIONS.values():
        yield question.text
        yield from (each.name for each in question.answers if not each.name.isdigit())
    yield from (each.means for each in USUAL_OUTCOMES.values())
    yield from (
        "Priority",
        "yes",
        "no",
        *CHANGEABLE,
        "resolution",
        "spam",
        *(each.value for each in PartyRole),
        *(each.value for each in Phase),
        *(each.value for each in May),
        *PARTS,
        *USUAL_QUESTIONS,
        AFTERWARDS,
        CANNOT_TRY,
        *REVIEWS,
    )
    yield from (each.help for each in COMMANDS)


def _in_templates() -> Iterator[str]:
    for path in sorted((TEMPLATES / "en").glob("*.txt")):
        yield from _SAYS.findall(path.read_text())


HEAD = """\
# What code and not a template says, by its English. A translation of this folder gives each its words; one
# that is left empty is said in English. What stands in braces is put in: it may stand elsewhere in a
# translation, and bears the same name. Where {count} is a number, a sentence may have a form for each plural
# of the language (one, few, many, other). `dates` is the tag by which CLDR knows how dates are written.
dates: en-150
words:
"""

NOTICES_IN_ONE = "{count} notices in one mail"
FILES_SENT = "{count} files sent to you"
_OF_ONE = {
    "{count} cases have a mail with all of: {words}": "{count} case has a mail with all of: {words}",
    "{count} cases of {who}:": "{count} case of {who}:",
    "{count} mails are not looked through yet; ask again later.": (
        "{count} mail is not looked through yet; ask again later."
    ),
    "{count} files, as they came: open what you would open from a stranger.": (
        "{count} file, as it came: open what you would open from a stranger."
    ),
}
PLURALS = {
    **{several: {"one": one, "other": several} for several, one in _OF_ONE.items()},
    NOTICES_IN_ONE: {"one": "{count} notice in one mail", "other": NOTICES_IN_ONE},
    FILES_SENT: {"one": "{count} file sent to you", "other": FILES_SENT},
}


def page(known: dict[str, object]) -> str:
    """The file, with the words that are `known` already."""
    lines = []
    for english in words_of_code():
        told = {english: known.get(english) or PLURALS.get(english)}
        line = yaml.safe_dump(told, allow_unicode=True, width=1000)
        lines += [f"  {each}" for each in line.replace(": null", ":").splitlines()]
    return HEAD + "\n".join(lines) + "\n"


if __name__ == "__main__":
    file = TEMPLATES / "en/words.yaml"
    there = yaml.safe_load(file.read_text())["words"] if file.exists() else {}
    file.write_text(page(there))
