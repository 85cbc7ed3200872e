"""Attributions that name nothing but a person and perhaps a day: "On Monday, Ana Souza wrote:"."""

from __future__ import annotations

import re
from typing import Final

from maildesk.mail.reply.reply_phrases import ATTRIBUTION_VERBS

_MOST_CHARS: Final = 80
_MOST_WORDS: Final = 10
# What stands between names and the verb in small letters: prepositions, parts of names and of verbs, days.
_BETWEEN: Final = frozenset(
    {
        "on", "via", "from", "of", "at", "by", "the", "following", "has", "have", "am", "von", "vom", "hat",
        "van", "der", "den", "de", "la", "le", "du", "di", "da", "del", "della", "dos", "das", "al", "el",
        "il", "bin", "ibn", "zu", "zur", "ten", "ter", "y", "e", "and", "und", "a", "à", "ha", "op",
        "heeft", "het", "volgende", "d", "w", "dnia", "dne", "в", "от", "lundi", "mardi", "mercredi",
        "jeudi", "vendredi", "samedi", "dimanche", "lunes", "martes", "miércoles", "jueves", "viernes",
        "sábado", "domingo", "lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato", "domenica",
        "segunda-feira", "terça-feira", "quarta-feira", "quinta-feira", "sexta-feira", "maandag", "dinsdag",
        "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag", "måndag", "tisdag", "onsdag", "torsdag",
        "fredag", "lördag", "söndag", "mandag", "tirsdag", "lørdag", "søndag", "hier", "ayer", "ieri",
        "ontem", "gisteren", "igår", "i", "går", "понедельник", "вторник", "среду", "четверг", "пятницу",
        "субботу", "воскресенье", "вчера", "пользователь",
    }
)  # fmt: skip
# Who speaks of themselves or of us is no mail program.
_PERSONS: Final = frozenset(
    {
        "i", "you", "we", "he", "she", "they", "it", "this", "that", "what", "as", "who", "ich", "du",
        "sie", "wir", "er", "ihr", "man", "es", "je", "tu", "il", "elle", "nous", "vous", "ils", "on", "yo",
        "usted", "nosotros", "ellos", "io", "lei", "noi", "loro", "eu", "você", "nós", "eles", "ik", "jij",
        "wij", "zij", "jag", "vi", "ni", "jeg", "de", "ja", "my", "ty", "wy", "я", "мы", "вы", "он", "она",
        "они",
    }
)  # fmt: skip
_OPENS: Final = frozenset({"on", "le", "il", "de"})  # an opening as well as a person, by language
_ASIDE: Final = re.compile(r"\([^()]{1,40}\)")
_LEADING: Final = re.compile(r"[\s>*•-]+")
_PART: Final = re.compile(r"[\w.'’-]+")
_USER: Final = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)+")
_UNSPACED: Final = re.compile(
    r"\S{1,30}(?:\s\S{1,30}){0,3}?\s?(?:写道|寫道|写到|さんは書きました|님이 작성)\s?:"
)


def names_and_verb(text: str) -> bool:
    """Tell whether a line says who wrote and nothing else: it names somebody, with a program's verb."""
    if len(text) > _MOST_CHARS or text[-1:] != ":":
        return False
    text = _LEADING.sub("", text, count=1) if text[0] in " >*•-" else text
    if not text.isascii() and _UNSPACED.fullmatch(text):
        return True
    parts = [part for each in _PART.findall(_ASIDE.sub(" ", text)) if (part := each.strip(".'’-"))]
    if not 2 <= len(parts) <= _MOST_WORDS or parts[0].lower() in _PERSONS - _OPENS:
        return False
    verbs = sum(part.lower() in ATTRIBUTION_VERBS for part in parts)
    names = [part for part in parts if _is_name(part)]
    return verbs == 1 and bool(names) and all(map(_may_stand, parts)) and _PERSONS.isdisjoint(names)


def _is_name(part: str) -> bool:
    if part.lower() in ATTRIBUTION_VERBS or part.lower() in _BETWEEN:
        return False
    return not (part[0].islower() or part[0].isdigit()) or bool(_USER.fullmatch(part))


def _may_stand(part: str) -> bool:
    small = part.lower()
    return small in ATTRIBUTION_VERBS or small in _BETWEEN or _is_name(part)
