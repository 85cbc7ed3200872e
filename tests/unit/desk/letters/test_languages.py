"""The languages of our letters: every folder says what the English one says, with the same names."""

from __future__ import annotations

import ast
import copy
import pickle
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import jinja2
import pytest
import yaml
from jinja2 import nodes

from maildesk.desk.case.case_name import NO_SUBJECT, in_full
from maildesk.desk.case.escalation import level_named
from maildesk.desk.case.events import DESK as DESK_ITSELF
from maildesk.desk.case.events import Event, EventKind
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.case.told import Joined, Phrase, Text, best, in_words, problem_told, said
from maildesk.desk.decisions.colleagues import name_of
from maildesk.desk.letters.case_history import in_short
from maildesk.desk.letters.digest import DigestItem
from maildesk.desk.letters.language import ENGLISH, Language
from maildesk.desk.letters.language_words import language_of
from maildesk.desk.letters.letter_context import LetterContext, QuotedMail, cut, quoted
from maildesk.desk.letters.letter_kinds import FORMS
from maildesk.desk.letters.letter_trial import template_problems
from maildesk.desk.letters.letter_writer import LetterWriter
from maildesk.desk.letters.moments import moment
from maildesk.desk.letters.shown_question import review_links
from maildesk.desk.letters.template_problem import TemplateProblem
from maildesk.desk.letters.templates import LetterTemplates
from maildesk.desk.policy.names import named
from maildesk.desk.policy.usual_questions import USUAL_QUESTIONS
from maildesk.errors import NotFound
from tests.unit.desk.letter_matters import KEYS, TO_ANA, TO_BO
from tests.unit.desk.letters.words_of_code import TEMPLATES, words_of_code
from tests.unit.desk.matters import AGENT, BO, CASE, DESK, NOW, POLICY

OURS = sorted(each.name for each in TEMPLATES.iterdir() if each.is_dir() and each.name != "en")
LETTERS = sorted(each.name for each in (TEMPLATES / "en").glob("*.txt"))
NOTICES = {"one": "{count} aviso", "other": "{count} avisos"}
PORTUGUESE = Language("pt-BR", {"{who} waits": "{who} aguarda", "{count} notices": NOTICES})
GERMAN = Language("de")
_FIELD = re.compile(r"\{(\w*)\}")


def _dotted(node: nodes.Node) -> str:
    if isinstance(node, nodes.Getattr):
        return f"{_dotted(node.node)}.{node.attr}"
    if isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const):
        return f"{_dotted(node.node)}.{node.arg.value}"
    return node.name if isinstance(node, nodes.Name) else "…"


def _names(text: str) -> set[str]:
    """The values that a template shows or asks for."""
    tree = jinja2.Environment().parse(text)
    found = tree.find_all((nodes.Name, nodes.Getattr, nodes.Getitem))
    loops = {
        str(each.target.name) for each in tree.find_all(nodes.For) if isinstance(each.target, nodes.Name)
    }
    shown = {name for each in found if (name := _dotted(each)) and "…" not in name and name not in loops}
    return shown.union(*map(_asked, tree.find_all(nodes.Call)))


def _asked(call: nodes.Call) -> Iterator[str]:
    """The name in `values.get("name")`."""
    if isinstance(call.node, nodes.Getattr) and call.node.attr == "get":
        yield from (
            f"{_dotted(call.node.node)}.{each.value}"
            for each in call.args[:1]
            if isinstance(each, nodes.Const)
        )


def _read(folder: str, name: str) -> str:
    return (TEMPLATES / folder / name).read_text()


def _head(text: str) -> list[str]:
    return [each for each in ("Subject:", "From:") if f"\n{each}" in "\n" + text.partition("\n\n")[0]]


PAGES = [each.name for each in (TEMPLATES / "en").glob("*.md")]
TRANSLATIONS = [
    (folder, name)
    for folder in OURS
    for name in [*sorted(each.name for each in (TEMPLATES / folder).glob("*.txt")), *PAGES]
]


@pytest.mark.parametrize(("folder", "name"), TRANSLATIONS)
def test_a_translation_shows_the_same_values(folder: str, name: str) -> None:
    assert name in (*LETTERS, *PAGES)
    assert _names(_read(folder, name)) == _names(_read("en", name))
    assert _head(_read(folder, name)) == _head(_read("en", name))


@pytest.mark.parametrize("folder", ["en", *OURS])
def test_a_folder_includes_its_own_files(folder: str) -> None:
    for path in (TEMPLATES / folder).glob("*.txt"):
        for name in re.findall(r'include "([^"]+)"', path.read_text()):
            assert name in LETTERS, (path, name)


def test_every_sentence_of_the_code_can_be_translated() -> None:
    assert set(yaml.safe_load(_read("en", "words.yaml"))["words"]) == set(words_of_code()), (
        "python -m tests.unit.desk.letters.words_of_code"
    )


@pytest.mark.parametrize("folder", OURS)
def test_a_translated_sentence_has_the_same_values(folder: str) -> None:
    words = yaml.safe_load(_read(folder, "words.yaml"))["words"]
    assert set(words) == set(words_of_code())
    for english, told in words.items():
        assert told, english
        for each in told.values() if isinstance(told, dict) else (told,):
            assert sorted(_FIELD.findall(each)) == sorted(_FIELD.findall(english)), english


@pytest.mark.parametrize("folder", ["en", *OURS])
def test_every_letter_is_written_in_each_language(folder: str) -> None:
    sources = {f"{each}/{path.name}": path.read_text() for each in ("en", folder) for path in _files(each)}
    desk = replace(DESK, policy=replace(DESK.policy, languages=(folder,)))
    templates = LetterTemplates(sources, desk.zone, desk.policy.languages)
    assert templates.lacking(folder) == []
    assert [*template_problems(desk, templates, NOW)] == []


def _files(folder: str) -> list[Path]:
    return [*(TEMPLATES / folder).glob("*.txt"), TEMPLATES / folder / "words.yaml"]


# --- what a language does ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("pt-BR", "pt-BR"), ("PT-br", "pt-BR"), ("pt", "pt-BR"), ("pt-PT", "pt-BR"), ("en-US", "en"),
        ("de-AT-1996", "de"), ("fr", None), ("", None), ("p", None),
    ],
)  # fmt: skip
def test_the_nearest_language_is_found(wanted: str, found: str | None) -> None:
    assert best(wanted, ["pt-BR", "en", "de"]) == found


def test_the_more_precise_of_two_is_found() -> None:
    assert best("pt-PT", ["pt-BR", "pt-PT"]) == "pt-PT"
    assert best("pt-AO", ["pt-BR", "pt"]) == "pt"
    assert best("pt", ["pt-PT", "pt-BR"]) == "pt-PT"


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (ENGLISH, "Tuesday, 25 November 2025, 10:30 (Lisbon)"),
        (PORTUGUESE, "terça-feira, 25 de novembro de 2025, 10:30 (Lisboa)"),
        (GERMAN, "Dienstag, 25. November 2025, 10:30 (Lissabon)"),
        (Language("en-US"), "Tuesday, November 25, 2025, 10:30 (Lisbon)"),
        (Language("xx-YY"), "Tuesday, 25 November 2025, 10:30 (Lisbon)"),
    ],
    ids=["English", "Portuguese", "German", "American", "one that nobody knows"],
)
def test_a_time_is_told_as_its_language_does(language: Language, told: str) -> None:
    at = datetime(2025, 11, 25, 10, 30, tzinfo=UTC)
    assert said(moment(at, "Europe/Lisbon"), language) == told


@pytest.mark.parametrize(
    ("language", "told"),
    [(ENGLISH, "25 Nov, 10:30"), (PORTUGUESE, "25 de nov., 10:30"), (GERMAN, "25. Nov., 10:30")],
)
def test_a_day_in_short(language: Language, told: str) -> None:
    assert language.day(datetime(2025, 11, 25, 10, 30, tzinfo=UTC), "Europe/Lisbon") == told


@pytest.mark.parametrize(
    ("tag", "folder", "dates"),
    [("es-MX", "es-MX", "es-419"), ("en", "en", "en-150"), ("en-US", "en", ""), ("pt", "pt-BR", "pt-PT")],
)
def test_a_folder_says_how_its_dates_are_written_not_those_of_a_language_that_borrows_its_words(
    tag: str, folder: str, dates: str
) -> None:
    text = f"dates: {dates}\n" if dates else "dates: en-150\n"
    assert language_of(tag, text, f"{folder}/words.yaml").dates == dates


@pytest.mark.parametrize(
    "told",
    ["{wo} wartet", "{who wartet", "{} wartet", "{who.name} wartet", {"one": "{who}", "other": "{what}"}],
)
def test_a_translation_that_asks_for_what_is_not_there_is_refused_before_any_letter_needs_it(
    told: object,
) -> None:
    text = yaml.safe_dump({"words": {"{who} waits": told}})
    with pytest.raises(TemplateProblem, match=r"^templates/de/words.yaml: .* which '{who} waits' does not"):
        language_of("de", text, "de/words.yaml")


@pytest.mark.parametrize("zone", ["UTC", "Etc/GMT+3", "America/Argentina/Buenos_Aires"])
def test_each_zone_has_a_name(zone: str) -> None:
    told = ENGLISH.moment(datetime(2025, 11, 25, 10, 30, tzinfo=UTC), zone)
    assert told.endswith({"UTC": "(UTC)", "Etc/GMT+3": "(GMT+3)"}.get(zone, "(Buenos Aires)"))


def test_lists_are_joined_as_people_do() -> None:
    listed = in_words(["a", "b", "c"])
    assert (listed, said(listed, PORTUGUESE), said(listed, GERMAN)) == (
        "a, b and c",
        "a, b e c",
        "a, b und c",
    )
    assert GERMAN.listed(["ja", "nein"], any_one=True) == "ja oder nein"


def test_a_sentence_takes_its_values_along() -> None:
    waits = Phrase("{who} waits", who=in_words(["Ana", "Bo"]))
    assert (waits, said(waits, PORTUGUESE)) == ("Ana and Bo waits", "Ana e Bo aguarda")
    assert said(Joined("; ", (waits, "x")), PORTUGUESE) == "Ana e Bo aguarda; x"
    assert said("{who} waits", PORTUGUESE) == "{who} waits", "somebody's own words stay as they are"


def _ours(folder: str) -> Language:
    return language_of(folder, _read(folder, "words.yaml"), f"{folder}/words.yaml")


@pytest.mark.parametrize(
    ("folder", "told"),
    [
        ("en", "the policy knows no information 'foo' (use one of log, screenshot)"),
        ("de", "die Richtlinie kennt nicht: Angabe 'foo' (möglich: log, screenshot)"),
        ("pt-BR", "a política não conhece: informação 'foo' (possíveis: log, screenshot)"),
    ],
)
def test_what_a_command_cannot_do_is_told_in_the_desks_language(folder: str, told: str) -> None:
    with pytest.raises(NotFound) as problem:
        named(["log", "screenshot"], "foo", Phrase("information"))
    assert said(problem_told(problem.value), _ours(folder)) == told
    assert str(problem.value).startswith("the policy knows no information 'foo' (")


WITHOUT_SUBJECT = replace(CASE, subject=NO_SUBJECT)


@pytest.mark.parametrize(
    ("folder", "none", "cut_here"),
    [
        ("en", "(no subject)", "[… cut here]"),
        ("de", "(kein Betreff)", "[… hier gekürzt]"),
        ("pt-BR", "(sem assunto)", "[… cortado aqui]"),
    ],
)
def test_what_stands_for_words_that_are_not_there_is_in_the_letters_language(
    folder: str, none: str, cut_here: str
) -> None:
    language = _ours(folder)
    assert said(cut("abcd", 3), language) == f"abc\n{cut_here}"
    assert said(quoted("a\nb cd", 3), language) == f"> a\n> b\n> {cut_here}"
    assert said(in_full(WITHOUT_SUBJECT), language) == f"{CASE.ref} {none}"
    templates = LetterTemplates(_all_files(), DESK.zone, (folder,))
    writer = LetterWriter(replace(DESK, policy=replace(POLICY, languages=(folder,))), templates, KEYS, 3)
    told = LetterContext(WITHOUT_SUBJECT, NOW, "mail 1", QuotedMail(NOW, BO, "abcd"))
    for kind in (LetterKind.ACKNOWLEDGEMENT, LetterKind.OPENED_TEAM):
        order = LetterOrder(kind, extra=dict(FORMS[kind].example))
        (letter,) = writer.write(order, told, [TO_BO if kind is LetterKind.ACKNOWLEDGEMENT else TO_ANA])
        assert letter.subject.endswith(none)
    assert f"abc\n> {cut_here}" in letter.text
    digest = writer.digest(AGENT, [DigestItem(LetterKind.OPENED_TEAM, WITHOUT_SUBJECT, NOW)], "x", NOW)
    assert none in digest.text


def _all_files() -> dict[str, str]:
    return {
        str(path.relative_to(TEMPLATES)): path.read_text()
        for path in TEMPLATES.rglob("*.*")
        if path.suffix in (".txt", ".yaml")
    }


_PROBLEMS = re.compile(
    r"(?:raise (?:NotAllowed|BadInput|NotFound|Ambiguous)|transcript\.\w+\.append)\(\s*f?\""
)


@pytest.mark.parametrize("room", ["decisions", "policy", "case"])
def test_whatever_a_command_came_to_is_a_sentence_that_can_be_translated(room: str) -> None:
    for path in (TEMPLATES.parent / "maildesk/desk" / room).glob("*.py"):
        assert not _PROBLEMS.findall(path.read_text()), path


LOGGED = {
    "nothing to do", "an answer that was neither yes nor no", "an answer to a settled question",
    "its author answers for it", "its author sends this answer too", "none is its author's",
    "its author takes this answer back; nothing in it was done",
    "some may be its author's, who is asked about each",
    "the address never answered a letter of ours, so it may not be theirs", "it may not be its author's",
    "there is no address to answer to", "the sender asked for no automatic answer",
    "a server on its way called the mail spam", "the mail is too old to be acknowledged",
    "the mail is too old to be answered", "a machine wrote it", "it comes from an address of the desk itself",
    "a colleague who was asked answered", "passed on", "passed on by a colleague",
    "written to by a colleague", "nobody is sent it twice", "the same mail was delivered before",
    "the same delivery was filed before", "what is no command",
}  # fmt: skip
"""Reasons that stand in the ledger and in `case show` alone, which speak English."""

DATA = {"screen shot", "#plan share"}
"""Words that are looked for, and a command."""


def test_whatever_the_desk_says_of_a_decision_is_a_sentence_that_can_be_translated() -> None:
    known = {*words_of_code(), *LOGGED, *DATA}
    found = {
        f"{path.name}: {each}"
        for path in (TEMPLATES.parent / "maildesk/desk/decisions").glob("*.py")
        if path.name != "escalation_words.py"
        for each in _plain(ast.parse(path.read_text()))
        if re.search(r"[a-z]{2,} [a-z]{2,}", each) and each not in known
    }
    assert found == set(), "make it a Phrase, or list it as one that is only logged"


def _plain(tree: ast.AST) -> Iterator[str]:
    """The texts of code that know no other language; what an f-string puts together goes into logs alone."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.JoinedStr) or (
            isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        ):
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Phrase"):
            yield from _plain(node)


@pytest.mark.parametrize("folder", OURS)
def test_what_the_desk_asks_and_does_by_itself_is_told_in_its_language(folder: str) -> None:
    language = _ours(folder)
    asked = [each.text for each in USUAL_QUESTIONS.values()]
    missed = Event(NOW, EventKind.ESCALATED, DESK_ITSELF, {"why": "a promise was missed"})
    typed = replace(missed, actor="cy@customer.example")
    (ours,), (theirs,) = (in_short([each], DESK.people, language) for each in (missed, typed))
    for told in (*asked, name_of("", DESK.people)):
        assert said(told, language) != told
    assert "a promise was missed" not in ours.text
    assert "a promise was missed" in theirs.text, "somebody's own words stay as they are"


@pytest.mark.parametrize(
    ("folder", "told"),
    [
        ("en", "owner and the customer are told"),
        ("de", "benachrichtigt: die zuständige Person und der Kunde"),
        ("pt-BR", "avisados: o responsável e o cliente"),
    ],
)
def test_a_level_is_called_as_colleagues_of_each_language_do(folder: str, told: str) -> None:
    who = level_named("owner")
    assert said(Phrase("{who} and the customer are told", who=who), _ours(folder)) == told
    assert said(level_named("Owner"), _ours(folder)) == "Owner", "a team"


@pytest.mark.parametrize(("count", "told"), [(0, "0 aviso"), (1, "1 aviso"), (2, "2 avisos")])
def test_a_plural_is_that_of_the_language(count: int, told: str) -> None:
    assert PORTUGUESE.say("{count} notices", {"count": count}) == told


@pytest.mark.parametrize("passes", [copy.deepcopy, lambda told: pickle.loads(pickle.dumps(told))])
@pytest.mark.parametrize(
    "told",
    [
        Text({"en": "Pictures", "pt-BR": "Imagens"}),
        Phrase("{who} waits", who=in_words(["Ana", "Bo"])),
        Joined("; ", [Phrase("{who} waits", who="Ana"), "x"]),
        in_words(["a", "b", "c"]),
        moment(datetime(2025, 11, 25, 10, 30, tzinfo=UTC), "Europe/Lisbon"),
    ],
    ids=["text", "phrase", "joined", "list", "moment"],
)
def test_words_are_copied_and_handed_to_another_process_with_all_that_they_know(
    told: str, passes: Callable[[str], str]
) -> None:
    other = passes(told)
    assert (type(other), other) == (type(told), told)
    for language in (ENGLISH, PORTUGUESE, GERMAN):
        assert said(other, language) == said(told, language)


def test_who_reviews_an_escalation_clicks_words_of_their_language() -> None:
    german = language_of("de", _read("de", "words.yaml"), "de/words.yaml")
    links = review_links("support+x@acme.example", CASE, DESK, german)
    assert [each.name for each in links] == ["Genehmigen", "Ablehnen"]
    assert [each.href.rpartition("&body=")[2] for each in links] == ["%23approve", "%23decline%20"]


def test_a_text_of_the_policy_is_in_the_nearest_language() -> None:
    text = Text({"pt-BR": "Imagens", "en": "Pictures"})
    assert (text, said(text, ENGLISH), said(text, GERMAN)) == ("Imagens", "Pictures", "Imagens")
    assert said(text, Language("pt-PT")) == "Imagens"
