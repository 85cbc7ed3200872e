"""The operator's templates: what a mistake says, what they can reach, and that ours give way to theirs."""

from __future__ import annotations

from collections import UserDict
from datetime import UTC, datetime
from typing import Any

import pytest

from maildesk.desk.case.letter_order import LetterKind
from maildesk.desk.letters.template_files import columns, indent_quote
from maildesk.desk.letters.template_problem import TemplateProblem
from maildesk.desk.letters.templates import LetterTemplates, file_of
from tests.unit.desk.matters import CASE

ALL = {file_of(kind): "Subject: s\n\nt\n" for kind in LetterKind}
CARD = "First line\n{{ subject | int + 'x' }}\n"


def templates(closed: str, zone: str = "UTC", **more: str) -> LetterTemplates:
    """Templates of which all but some are as short as can be."""
    own = {f"en/{name}.txt": source for name, source in {"closed": closed, **more}.items()}
    return LetterTemplates(ALL | own, zone)


def rendered(closed: str, zone: str = "UTC", **values: Any) -> tuple[str, str]:
    words = templates(closed, zone).render(LetterKind.CLOSED, values)
    return words.subject, words.text


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("Hello", "en/closed.txt:1: the first line must be `Subject: …`"),
        ("", "en/closed.txt:1: the first line must be `Subject: …`"),
        ("\nSubject: x\n\nHello", "en/closed.txt:1: the first line must be `Subject: …`"),
        ("Subject: {{\n\nHello", "en/closed.txt:1: "),
        ("Subject: x\n\nHello\n\n{{ }}", "en/closed.txt:5: "),
        ("Subject: x\r\n\r\nHello\r\n\r\n{{ }}", "en/closed.txt:5: "),
        ("Subject: x\n\n{% if a %}\nHello", "en/closed.txt:4: "),
        ("Subject: x\n\n{{ a | shout }}", "en/closed.txt:3: No filter named 'shout'"),
    ],
    ids=[
        "no subject line",
        "empty",
        "an empty line first",
        "the subject unfinished",
        "nothing to show",
        "lines of another system",
        "an if without end",
        "a filter nobody knows",
    ],
)
def test_a_template_that_cannot_be_read_is_named_with_its_line(source: str, words: str) -> None:
    with pytest.raises(TemplateProblem) as told:
        templates(source)
    assert str(told.value).startswith(f"templates/{words}")


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("Subject: {{ nobody }}\n\nHello", "en/closed.txt:1: 'nobody' is undefined"),
        ("Subject: x\n\nHello\n{{ nobody }}", "en/closed.txt:4: 'nobody' is undefined"),
        ("Subject: x\n\nHello\n{{ case.nothing }}", "en/closed.txt:4: "),
        ("Subject: x\n\nHello\n\n{{ case.closed_at | moment }}", "en/closed.txt:5: AttributeError"),
        ("Subject: x\n\n{{ 1 / 0 }}", "en/closed.txt:3: ZeroDivisionError"),
        ("Subject: x\n\n{% include 'en/card.txt' %}", "en/card.txt:2: TypeError"),
        ("Subject: x\n\n{% include 'en/half.txt' %}", "en/half.txt:1: "),
        ("Subject: x\n\n{% include 'en/none.txt' %}", "en/closed.txt:3: templates/en/none.txt is missing"),
        ("Subject: x\n\n{% include '../../secret.key' %}", "en/closed.txt:3: "),
    ],
    ids=[
        "in the subject",
        "an unknown name",
        "an unknown field",
        "a time that is not there",
        "arithmetic",
        "in an included file",
        "an included file that cannot be read",
        "an included file that is missing",
        "a file elsewhere",
    ],
)
def test_a_template_that_fails_is_named_with_its_line(source: str, words: str) -> None:
    odd = templates(source, card=CARD, half="{% if")
    with pytest.raises(TemplateProblem) as told:
        odd.render(LetterKind.CLOSED, {"case": CASE, "subject": "1"})
    assert str(told.value).startswith(f"templates/{words}")
    assert "maildesk check" in str(told.value)


def test_what_a_customer_wrote_never_stands_in_the_error() -> None:
    odd = templates("Subject: x\n\n{{ moment_of[subject] }}{{ subject.join(1) }}")
    with pytest.raises(TemplateProblem) as told:
        odd.render(LetterKind.CLOSED, {"moment_of": {"my password": "x"}, "subject": "my password"})
    assert "my password" not in str(told.value)


@pytest.mark.parametrize(
    "expression",
    [
        "case.__class__",
        "case.__class__.__mro__",
        "''.__class__.__base__.__subclasses__()",
        "''['__cla' ~ 'ss__']",
        "(''|attr('__class__'))",
        "''.format.__self__",
        "'{0.__class__}'.format(case)",
        "self.__init__.__globals__",
        "lines.append('x')",
        "lines.clear()",
    ],
)
def test_a_template_reaches_nothing_but_its_values(expression: str) -> None:
    odd = templates("Subject: x\n\n{{ " + expression + " }}")
    with pytest.raises(TemplateProblem, match=r"templates/en/closed\.txt:3"):
        odd.render(LetterKind.CLOSED, {"case": CASE, "lines": ["a"]})


def test_values_are_never_read_as_a_template() -> None:
    odd = "{{ 7 * 7 }} {% raw %} {# gone? #} %(case)s {0} ${x}"
    assert rendered("Subject: {{ said }}\n\n{{ said }}", said=odd) == (odd, f"{odd}\n")


def test_a_subject_is_one_line_whatever_is_in_it() -> None:
    subject, text = rendered("Subject: Re: {{ a }}\n\n{{ a }}", a="one\r\nBcc: two@evil.example\n\nthree")
    assert subject == "Re: one Bcc: two@evil.example three"
    assert "\r" not in text


def test_a_template_in_lines_of_another_system_gives_the_same_letter() -> None:
    source = "Subject: x\n\nHello\n\n{% if a %}\nyes\n{% endif %}\nBye\n"
    assert rendered(source, a=1) == ("x", "Hello\n\nyes\nBye\n")
    assert rendered(source.replace("\n", "\r\n"), a=1) == rendered(source, a=1)


def test_only_the_file_that_is_replaced_changes() -> None:
    own = templates("Subject: Done: {{ subject }}\n\nIt is done.\n")
    closed = own.render(LetterKind.CLOSED, {"subject": "Printer"})
    assert (closed.subject, closed.text) == ("Done: Printer", "It is done.\n")
    assert own.render(LetterKind.ANSWER, {}).text == "t\n"


NEWS = '\n{% if "closed" in news %}Case closed.\n{% endif %}\n'


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("Subject: s\n\nOwn words.\n", "Own words.\n\nCase closed.\n"),
        ('Subject: s\n\nOwn words.\n{% include "en/news.txt" %}\nBye', "Own words.\n\nCase closed.\nBye\n"),
    ],
    ids=["a template from before", "one that says where the news stands"],
)
def test_what_else_happened_stands_in_the_operators_own_letters_too(source: str, text: str) -> None:
    own = templates("Subject: s\n\nt\n", answer=source, news=NEWS)
    assert own.render(LetterKind.ANSWER, {"news": {"closed": {}}}).text == text
    assert "closed" not in own.render(LetterKind.ANSWER, {"news": {}}).text


class Made(UserDict[str, str]):
    """Values that remember which of them were asked for."""

    def __init__(self, **values: str) -> None:
        super().__init__(values)
        self.asked = set[str]()

    def __getitem__(self, name: str) -> str:
        self.asked.add(name)
        return super().__getitem__(name)


@pytest.mark.parametrize(
    ("body", "asked"),
    [
        ("{{ a }}", {"a"}),
        ("{% if a %}{{ b }}{% endif %}", {"a", "b"}),
        ("{% include 'en/card.txt' %}", {"a", "b"}),
        ("{% include 'card.txt' %}{% include 'card.txt' %}", {"a", "b"}),
        ("{% set b = a %}{{ b }}", {"a"}),
        ("{% include file %}", {"a", "b", "c", "file"}),
    ],
    ids=["one", "where another says so", "what is included", "twice", "its own name", "any file"],
)
def test_no_value_is_made_but_those_that_a_letter_asks_for(body: str, asked: set[str]) -> None:
    values = Made(a="1", b="2", c="3", file="card.txt")
    ours = templates(f"Subject: s\n\n{body}", card="{{ a }}{{ b }}")
    assert ours.render(LetterKind.CLOSED, values).text
    assert values.asked - {"news"} == asked


@pytest.mark.parametrize("kind", list(LetterKind))
def test_every_letter_needs_its_file(kind: LetterKind) -> None:
    with pytest.raises(TemplateProblem, match=f"templates/{file_of(kind)} is missing"):
        LetterTemplates({name: text for name, text in ALL.items() if name != file_of(kind)}, "UTC")


@pytest.mark.parametrize(
    ("zone", "shown"),
    [
        ("UTC", "Monday, 30 March 2026, 00:30 (UTC)"),
        ("Europe/Lisbon", "Monday, 30 March 2026, 01:30 (Lisbon)"),
        ("America/New_York", "Sunday, 29 March 2026, 20:30 (New York)"),
        ("Asia/Kathmandu", "Monday, 30 March 2026, 06:15 (Kathmandu)"),
    ],
)
def test_a_moment_is_told_in_the_customers_zone(zone: str, shown: str) -> None:
    at = datetime(2026, 3, 30, 0, 30, tzinfo=UTC)
    assert rendered("Subject: x\n\n{{ at | moment }}", zone, at=at) == ("x", f"{shown}\n")


@pytest.mark.parametrize(
    ("text", "quoted"),
    [("one\n\ntwo", "> one\n>\n> two"), ("> one", "> > one"), ("", ""), ("one\u2028two", "> one\n> two")],
    ids=["lines", "a quotation in it", "nothing", "a line separator"],
)
def test_a_quotation_marks_every_line(text: str, quoted: str) -> None:
    assert indent_quote(text) == quoted


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("Subject: x\nFrom: {{ said }}", "Reply"),
        ("Subject: x\r\nFrom:  {{ said }} \r", "Reply"),
        ("Subject: x\nFrom:", ""),
        ("Subject: x", ""),
    ],
    ids=["given", "typed on Windows", "empty", "left out"],
)
def test_what_stands_beside_the_sender_is_the_second_line(head: str, title: str) -> None:
    words = templates(f"{head}\n\nHello").render(LetterKind.CLOSED, {"said": "Reply"})
    assert (words.subject, words.title, words.text) == ("x", title, "Hello\n")


def test_a_mistake_below_a_line_for_the_sender_is_named_where_it_stands() -> None:
    with pytest.raises(TemplateProblem, match=r"en/closed\.txt:2: 'nobody' is undefined"):
        templates("Subject: x\nFrom: {{ nobody }}\n\nHello").render(LetterKind.CLOSED, {})
    with pytest.raises(TemplateProblem, match=r"en/closed\.txt:5: 'nobody' is undefined"):
        templates("Subject: x\nFrom: y\n\nHello\n{{ nobody }}").render(LetterKind.CLOSED, {})


def test_a_card_is_as_wide_as_its_longest_label() -> None:
    assert columns("Case: | 7K2Q (a | b)\nOwner: | x\n | more | of it\n") == (
        "Case:      7K2Q (a | b)\nOwner:     x\n           more | of it\n"
    )
    assert columns("Case: | 7K2Q\nChat outcome: | 2\nPlan: | one\n| \n| two\nno label\n\n") == (
        "Case:         7K2Q\nChat outcome: 2\nPlan:         one\n\n              two\nno label\n\n"
    )
    assert columns("") == ""
