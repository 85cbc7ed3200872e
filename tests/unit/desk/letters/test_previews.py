"""The words by which lists of mails show a letter: what it is about, in each of our languages."""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from dataclasses import replace
from email.policy import default

import pytest

from maildesk.desk.case.case import PartyRole
from maildesk.desk.case.letter_order import LetterKind
from maildesk.desk.letters.audiences import Addressee
from maildesk.desk.letters.cause import Cause
from maildesk.desk.letters.letter_writer import LetterWriter, WrittenLetter
from maildesk.desk.letters.sample import (
    sample_digest,
    sample_form_letters,
    sample_letters,
    sample_orders_apart,
    sample_sheets,
    sample_suggestions,
    sample_summary,
    sample_weekly,
)
from maildesk.desk.letters.templates import LetterTemplates
from maildesk.mail.html.text import html_to_text
from maildesk.mail.our_marks import REPLY_MARK
from tests.unit.desk.letter_matters import KEYS
from tests.unit.desk.letters.words_of_code import TEMPLATES
from tests.unit.desk.matters import DESK, NOW

FOLDERS = sorted(each.name for each in TEMPLATES.iterdir() if each.is_dir())
_UNSEEN = re.compile("[\u200b-\u200d]")


def letters(folder: str) -> Iterator[WrittenLetter]:
    """Every letter that there is, with as much to say as may be and with as little."""
    paths = [path for each in {"en", folder} for path in (TEMPLATES / each).glob("*.*")]
    desk = replace(DESK, policy=replace(DESK.policy, languages=(folder,)))
    sources = {f"{path.parent.name}/{path.name}": path.read_text() for path in paths}
    writer = LetterWriter(desk, LetterTemplates(sources, desk.zone, (folder,)), KEYS)
    to = [Addressee("sam@customer.example", "Sam Sample", PartyRole.REQUESTER)]
    for order, occasion in sample_letters(desk, NOW, folder):
        yield from writer.write(order, occasion, to)
    for order in (*sample_orders_apart(desk), *sample_form_letters(desk)):
        yield from writer.apart(order, Cause("mail 1", None, ("1@client.example",)), NOW)
    yield writer.digest("ana@acme.example", sample_digest(desk, NOW), "mail 1", NOW)
    yield from sample_summary(writer, desk, NOW)
    yield from sample_sheets(writer, desk, NOW)
    yield from sample_suggestions(writer, NOW)
    yield sample_weekly(writer, NOW)


def previews(letter: WrittenLetter) -> Iterator[str]:
    """The first words that a mail program shows, of the text and of the HTML."""
    mail = email.message_from_bytes(letter.content, policy=default)
    for form in ("plain", "html"):
        if part := mail.get_body((form,)):
            text = str(part.get_content())
            shown = html_to_text(text)[0] if form == "html" else text
            yield " ".join(_UNSEEN.sub("", shown).split())[:140]


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_letter_begins_with_what_it_is_about(folder: str) -> None:
    """No mark, no rule, no command, and nothing that stands in every letter alike."""
    alike = (_read(folder, "card.txt").split()[0], DESK.name)
    told = dict[LetterKind, list[str]]()
    for letter in letters(folder):
        begins = told.setdefault(letter.kind, [*previews(letter)])  # the first has everything to say
        assert not any(REPLY_MARK.strip("- ") in each.casefold() for each in (*begins, *previews(letter)))
    assert set(told) == {*LetterKind} - {LetterKind.ALARM}
    for kind, begins in told.items():
        for each in begins:
            assert each[0].isalpha() or each[0] in '"“„', (kind, each)
            assert len(re.findall(r"\w+", each)) > 4, (kind, each)
            assert not each.startswith(alike), (kind, each)


def _read(folder: str, name: str) -> str:
    return (TEMPLATES / folder / name).read_text()


FIRST_WORDS = {
    ("en", LetterKind.ACKNOWLEDGEMENT): "Hello Sam Sample, thank you for getting in touch with Acme Support.",
    ("en", LetterKind.CLOSED): "Hello Sam Sample, we have closed your case 7K2Q-9F3M",
    ("en", LetterKind.OPENED_TEAM): "Sam Sample wrote: > It does not print. > What now?",
    ("en", LetterKind.WAIT_OVER): "This case waited as long as it was told to; it is open again.",
    ("de", LetterKind.ACKNOWLEDGEMENT): "Guten Tag Sam Sample, vielen Dank, dass Sie sich an Acme Support",
    ("de", LetterKind.CLOSED): "Guten Tag Sam Sample, wir haben Ihren Fall 7K2Q-9F3M geschlossen",
    ("de", LetterKind.OPENED_TEAM): "Sam Sample schrieb: > It does not print. > What now?",
    ("pt-BR", LetterKind.ACKNOWLEDGEMENT): "Olá, Sam Sample! Agradecemos o seu contato com Acme Support.",
    ("pt-BR", LetterKind.CLOSED): "Olá, Sam Sample! Encerramos o seu chamado 7K2Q-9F3M",
    ("pt-BR", LetterKind.OPENED_TEAM): "Sam Sample escreveu: > It does not print. > What now?",
}


@pytest.mark.parametrize(("folder", "kind"), FIRST_WORDS)
def test_the_first_words_are_the_news(folder: str, kind: LetterKind) -> None:
    words = FIRST_WORDS[folder, kind]
    first = next(letter for letter in letters(folder) if letter.kind is kind)
    assert [each[: len(words)] for each in previews(first)] == [words, words]
