"""A person of the desk answers a question of ours: one word says yes, and only that."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from typing import Final

from maildesk.desk.screening.blanks import BLANK


class Answer(StrEnum):
    """The answer in somebody's own words to a question that is answered by yes or no."""

    YES = "yes"
    NO = "no"
    UNCLEAR = "unclear"


# The desk's letters may be translated, and people answer in the language they were asked in. A word that
# means something else elsewhere is no yes: `si` is if, `da` is there, `tak` is thanks; `ok` and `mine` begin
# other sentences, and a letter alone may be a slip.
YES: Final = frozenset({
    "yes", "yep",  # English
    "ja", "jep",  # German, Dutch, Scandinavian
    "oui", "sí", "sì", "sim",  # French; Spanish and Catalan; Italian; Portuguese
    "ano", "áno", "да", "ναι", "evet", "igen", "kyllä", "taip",  # Czech, Slovak … Finnish, Lithuanian
    "はい", "ハイ", "是", "是的", "네", "예", "نعم", "כן",
})  # fmt: skip

NO: Final = frozenset({
    "no", "not", "nope", "never", "stop", "cancel", "reject", "decline", "spam",  # English
    "nein", "nicht", "kein", "keine", "non", "não", "nao", "nee", "niet", "nej", "nei", "ei", "nie", "ne",
    "nem", "нет", "не", "ні", "όχι", "hayır", "hayir",
    "いいえ", "不", "不是", "否", "아니요", "아니오", "لا", "לא",
})  # fmt: skip

_BUT: Final = frozenset({"but", "aber", "mais", "pero", "mas", "ma", "maar", "men", "ale", "но"})
"""The words that take a yes back on the very next line."""

_NOT_THERE: Final = re.compile(
    r"""
      not\ (?:currently\ )?(?:in\ (?:the\ office|my\ office|today)|at\ (?:my\ desk|work)|available|here)\b
    | no\ longer\ (?:with|at|works?|working|employed|reachable|available)\b
    | no\ access\ to\b | no\ (?:reply|answer)\ (?:before|until|will)\b
    | nicht\ (?:im\ (?:büro|haus)|mehr\ (?:bei|für|im)|am\ (?:arbeits)?platz|da|erreichbar|anwesend)\b
    | kein\ zugriff\b | ne\ (?:suis|serai)\ (?:pas|plus)\ (?:au|en|chez|là|joignable|disponible|présente?)\b
    | non\ (?:disponible|joignable)\b | no\ (?:estoy|estaré|me\ encuentro)\ (?:en|disponible|localizable)\b
    | n[ãa]o\ (?:estou|estarei|me\ encontro)\ (?:no|na|em|dispon[íi]vel|contact[áa]vel)\b
    | non\ (?:sono|sarò)\ (?:in|disponibile|raggiungibile|presente)\b
    | niet\ (?:op\ kantoor|bereikbaar|aanwezig|beschikbaar)\b
    | ei\ paikalla\b | nie\ (?:ma\ mnie|(?:jestem|będę)\ (?:w|dostępn\w|obecn\w))\b
    | nem\ (?:vagyok|leszek)\ (?:az?\ )?(?:irodában|bent|elérhető)\b | (?:нет|не)\ на\ (?:рабочем\ )?месте\b
    """,
    re.VERBOSE,
)
"""The beginning of an absence note that says where its author is not: a machine may have written it."""

_UNSPACED_NO: Final = ("いいえ", "不是")
"""The words of no that no space ends: the sentence that begins with one says the same."""

_READ: Final = 200
"""Characters of a line that are looked at: a yes is shorter."""

_QUOTES: Final = ">\uff1e"
_DRESS: Final = "`´<>"
"""Signs that stand around a word as punctuation does, and are none to Unicode."""

_SPEAKING: Final = "#@%&/\\"
"""Punctuation to Unicode that says something beside a word."""


def answer_in(own_text: str) -> Answer:
    """Read what an author's own words (`Body.own_text`) say: the one function for every question.

    Yes is a first line that holds one word of `YES`, and punctuation; the line right below must not take it
    back. No is a first word of `NO`, unless the line says that its author is not there, as an absence note
    does. A line that asks says nothing, nor does anything else.
    """
    lines = iter(own_text.split("\n"))
    line = next((each.strip(BLANK) for each in lines if each.strip(BLANK + _QUOTES)), "")
    below = next(lines, "")
    if line[:1] in tuple(_QUOTES):
        return Answer.UNCLEAR
    before, word, after = _first_word(line)
    alone = len(line) <= _READ and all(map(_dresses, before + after))
    if word in YES and alone and not _asks(line, word):
        return Answer.UNCLEAR if _takes_back(below) else Answer.YES
    if (word in NO or word.startswith(_UNSPACED_NO)) and not _asks(after.lstrip(BLANK)[:1], word):
        return Answer.UNCLEAR if _NOT_THERE.match(word + after) else Answer.NO
    return Answer.UNCLEAR


def _first_word(line: str) -> tuple[str, str, str]:
    """Split a line before and after its first word, which is given as `YES` and `NO` spell it."""
    line = unicodedata.normalize("NFKC", line[:_READ]).casefold()
    line = "".join(each for each in unicodedata.normalize("NFC", line) if unicodedata.category(each) != "Cf")
    start = next((at for at, each in enumerate(line) if _is_letter(each)), len(line))
    end = next((at for at in range(start, len(line)) if not _is_letter(line[at])), len(line))
    return line[:start], line[start:end], line[end:]


def _is_letter(character: str) -> bool:
    """Letters, digits, and the marks that belong to a letter."""
    return unicodedata.category(character)[0] in "LNM"


def _dresses(character: str) -> bool:
    """Tell whether a character says nothing by itself: white space, punctuation, quotes, emphasis."""
    if character in _SPEAKING:
        return False
    return character in _DRESS or character in BLANK or unicodedata.category(character)[0] in "PZ"


def _asks(text: str, word: str) -> bool:
    """Tell whether a question mark of any script stands in a text; in Greek a semicolon is one."""
    greek = "GREEK" in unicodedata.name(word[:1], "")
    return any((greek and each == ";") or _is_question_mark(each) for each in text)


def _is_question_mark(character: str) -> bool:
    name = unicodedata.name(character, "")
    return "QUESTION" in name or "INTERROBANG" in name


def _takes_back(below: str) -> bool:
    """Tell whether the very next line goes on with a no or a but. Below an empty line is something else."""
    return _first_word(below)[1] in NO | _BUT
