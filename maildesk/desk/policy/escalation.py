"""The policy's words for an escalation, and the fixed phrases that ask for none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from maildesk.desk.policy.whole_words import Folded, WordList, begins_word, ends_word, fold, places

DEFAULT_ESCALATION_WORDS = ("escalate", "escalation")

_BY_LANGUAGE: Final[Mapping[str, tuple[str, ...]]] = {
    "en": DEFAULT_ESCALATION_WORDS,
    "de": ("eskalieren", "eskaliere", "eskaliert", "Eskalation"),
    "es": ("escalar", "escalación", "escalamiento"),
    "fr": ("escalader", "escalade"),
    "pt": ("escalar", "escalonar", "escalação", "escalonamento"),
}


def usual_escalation_words(languages: Iterable[str]) -> tuple[str, ...]:
    """The words by which customers of a desk ask for more, where its policy does not say."""
    spoken = [_BY_LANGUAGE.get(each.partition("-")[0].lower(), ()) for each in languages]
    return tuple(dict.fromkeys(word for words in spoken for word in words)) or DEFAULT_ESCALATION_WORDS


# Fixed phrases only: a "not" nearby may be a complaint ("you did not escalate this as I asked"). {} is the
# policy's word; a phrase that begins with a full stop stands at the beginning of a sentence.
REFUSALS: Final = (
    # English
    "please do not {}", "please don't {}", "please dont {}", "pls do not {}", "pls don't {}",
    "kindly do not {}", "kindly don't {}", ". do not {}", ". don't {}", "do not {} please",
    "don't {} please", ". no {} please", "please no {}", "do not need an {}", "don't need an {}",
    "ask you not to {}", "ask that you do not {}", "do not {} this please", "don't {} this please",
    "do not {} it please", "don't {} it please", "no need to {}", "no need for {}", "no need for an {}",
    "no need of {}",
    "no reason to {}", "no reason for an {}", "not necessary to {}", "unnecessary to {}",
    "you do not need to {}", "you don't need to {}", "you need not {}", "you needn't {}",
    "you do not have to {}", "you don't have to {}", "no {} needed", "no {} necessary", "no {} required",
    "no {} is needed", "no {} is necessary", "no {} is required", "{} is not needed",
    "{} is not necessary", "{} is not required", "{} not needed", "{} not necessary", "{} not required",
    "this is not an {}", "this is not a {}", "not asking for an {}", "not asking you to {}",
    # German
    "bitte nicht {}", "bitte noch nicht {}", "bitte keine {}", "bitte das nicht {}", "bitte dies nicht {}",
    "bitte es nicht {}", "bitte diesen fall nicht {}", "bitte den fall nicht {}", "bitte {} sie nicht",
    "bitte {} sie das nicht", "bitte {} sie dies nicht", "bitte {} sie es nicht", "keine {} bitte",
    "bitte {} sie diesen fall nicht", "bitte {} sie den fall nicht", "bitte noch keine {}",
    "bitte nicht mehr {}", "nicht nötig das zu {}", "nicht nötig dies zu {}", "nicht noetig zu {}",
    "sie müssen nicht {}", "sie brauchen nicht zu {}",
    "kein grund zu {}", "kein grund zur {}", "keinen grund zu {}", "keinen grund zur {}",
    "kein anlass zur {}", "nicht nötig zu {}", "nicht notwendig zu {}", "nicht erforderlich zu {}",
    "keine {} nötig", "keine {} notwendig", "keine {} erforderlich", "{} ist nicht nötig",
    "{} ist nicht notwendig", "{} ist nicht erforderlich", "{} nicht nötig",
    "{} nicht notwendig", "{} nicht erforderlich",
    # French
    "merci de ne pas {}", "veuillez ne pas {}", "prière de ne pas {}", "s'il vous plaît ne pas {}",
    "inutile de {}", "inutile d'{}", "pas besoin de {}", "pas besoin d'{}", "pas besoin d'une {}",
    "pas la peine de {}", "pas la peine d'{}", "pas nécessaire de {}", "pas nécessaire d'{}",
    # Spanish
    "por favor no {}", "por favor no lo {}", "por favor no la {}", "favor de no {}", "favor no {}",
    "no es necesario {}", "no es necesaria una {}",
    "no hace falta {}", "no hay necesidad de {}", "sin necesidad de {}",
    # Portuguese
    "por favor não {}", "favor não {}", "não é necessário {}", "não é necessária uma {}",
    "não é preciso {}", "não há necessidade de {}", "sem necessidade de {}", "não precisa {}",
    "não precisa de {}", "não precisam de {}",
    # Italian
    "per favore non {}", "si prega di non {}", "vi prego di non {}", "la prego di non {}",
    "non è necessario {}", "non è necessaria un'{}", "non c'è bisogno di {}", "non serve {}",
    "non occorre {}",
    # Dutch
    "gelieve niet te {}", "graag niet {}", "alstublieft niet {}", "alsjeblieft niet {}",
    "niet nodig om te {}",    "geen reden om te {}", "geen {} nodig",
    # Swedish, Danish, Norwegian
    "vänligen {} inte", "ingen anledning att {}", "behöver inte {}", "venligst ikke {}",
    "undlad venligst at {}", "ingen grund til at {}", "vennligst ikke {}", "ingen grunn til å {}",
    # Polish, Czech
    "proszę nie {}", "nie ma potrzeby {}", "nie trzeba {}", "není třeba {}",
    # Japanese, Chinese, Korean
    "{}しないでください", "{}は不要", "{}不要", "{}の必要はありません", "{}は必要ありません",
    "请不要{}", "请勿{}", "無需{}", "无需{}", "不需要{}", "没有必要{}", "請不要{}", "請勿{}",
    "{} 필요 없습니다",
)  # fmt: skip

_SENTENCE_ENDS: Final = (".", "!", "?", "。", "！", "？")
_ENDS: Final = re.compile(r"[.!?。！？]")
_SENTENCE_CHARS: Final = 300
"""So far around a phrase its sentence is looked at."""
_FEW_CHARS: Final = 10
_MARKS: Final = " -–—•>("
_TYPED: Final = str.maketrans({**dict.fromkeys("’‘´`ʼ", "'"), **dict.fromkeys(',*"“”„«»', " ")})
_GREETING: Final = re.compile(
    r"\s*+(?:hi|hey|hello|dear|good (?:morning|afternoon|evening|day)|hallo|guten|moin|liebe[rs]?|sehr|"
    r"bonjour|bonsoir|salut|cher|chère|hola|buen[oa]s|estimad[oa]s?|olá|oi|bom|boa|prezad[oa]s?|ciao|"
    r"buongiorno|gentile|beste|geachte|hej|hei|dzień|dobrý)\b[^,.!?\n]{0,60}(?:[,.!]|\n|$)",
    re.IGNORECASE,
)
_OF_ANOTHER: Final = re.compile(
    r"\b(?:said|says?|saying|told|tells?|wrote|writes?|claim(?:s|ed)?|repl(?:y|ies|ied)|means?|meant|thinks?|"
    r"why|if|unless|whether|sagten?|sagst|sagt|sagen|schriebs?t?|schrieben|schreibt|schreiben|behaupten|"
    r"behauptet|meinten?|warum|wieso|weshalb|wenn|falls|ob|dit|dites|écrit|écrivez|pourquoi|si|dijo|dijeron|"
    r"dice|dicen|dijiste|disse|disseram|diz|dizem|porque|porquê|perché|dice|detto|scritto|se|zei|zegt|"
    r"schreef|waarom|als|sa|sade|säger|skrev|varför|om|hvorfor|hvis|dlaczego|jeśli|proč|pokud)\b|"
    r"なぜ|どうして|为什么|為什麼"
)
"""Words before a phrase by which it is somebody else's, a condition or a question."""
_TURNED: Final = ("では", "じゃ", "とは", "ですか", "でしょうか", "吗", "嗎")
"""Endings that turn a phrase of an unspaced script round."""


@dataclass(frozen=True, slots=True)
class EscalationWish:
    """The wish of one text: the policy's `word` that asks, or else the phrase that asks for none, if any."""

    word: str = ""
    refusal: str = ""

    def __bool__(self) -> bool:
        return bool(self.word or self.refusal)

    def otherwise(self, other: EscalationWish) -> EscalationWish:
        """Both texts as one: a word that asks counts before a phrase that refuses."""
        return EscalationWish(self.word or other.word, self.refusal or other.refusal)


NO_WISH = EscalationWish()


@dataclass(frozen=True, slots=True)
class _Refusal:
    """A phrase around the word: what stands before and after it; `opens` asks for a sentence's beginning."""

    before: str
    after: str
    opens: bool = False


@dataclass(frozen=True, slots=True)
class _Phrases:
    """Refusals by what stands before the word, so that a place costs one look for each length of that."""

    by_before: Mapping[str, tuple[_Refusal, ...]]
    lengths: tuple[int, ...]

    @classmethod
    def of(cls, phrases: Iterable[_Refusal]) -> _Phrases:
        found: dict[str, tuple[_Refusal, ...]] = {}
        for phrase in phrases:
            found[phrase.before] = (*found.get(phrase.before, ()), phrase)
        return cls(found, tuple(sorted({len(before) for before in found}, reverse=True)))

    def behind(self, text: str, start: int) -> Iterator[_Refusal]:
        """The phrases whose first part ends there, the longest first."""
        for length in self.lengths:
            if length <= start:
                yield from self.by_before.get(text[start - length : start], ())


@dataclass(frozen=True, slots=True)
class EscalationPolicy:
    """The words by which a customer asks for more attention, and `refusals` by which they ask for none.

    A refusal of the operator's is a whole phrase, with one of the words in it.
    """

    words: WordList = field(default_factory=lambda: WordList(DEFAULT_ESCALATION_WORDS))
    refusals: tuple[str, ...] = ()
    _phrases: _Phrases = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        own = (phrase for written in self.refusals for phrase in self._around(written))
        object.__setattr__(self, "_phrases", _Phrases.of((*_BUILT_IN, *own)))

    def refuses(self, phrase: str) -> bool:
        """Tell whether a refusal can ever be met: it holds one of the words."""
        return bool(self.words.all_in(phrase))

    def wish_in(self, text: str) -> EscalationWish:
        """Find what a text asks for. Linear: each place of a word is compared with phrases of a few words."""
        looked_through = _ready(text)
        refusal = ""
        for word in self.words.folded:
            for start, end in places(word.folded, looked_through):
                said = self._refusal_at(looked_through, start, end)
                if not said:
                    return EscalationWish(word.written)
                refusal = refusal or said
        return EscalationWish(refusal=refusal)

    def _refusal_at(self, text: str, start: int, end: int) -> str:
        """The phrase that stands around the word at this place; empty where none does."""
        for phrase in self._phrases.behind(text, start):
            first, last = start - len(phrase.before), end + len(phrase.after)
            whole = text.startswith(phrase.after, end) and begins_word(text, first) and ends_word(text, last)
            if whole and (not phrase.opens or _opens(text, first)) and _is_meant(text, first, last):
                return text[first:last]
        return ""

    def _around(self, written: str) -> Iterator[_Refusal]:
        phrase = _ready(written)
        for word in self.words.folded:
            for start, end in places(word.folded, phrase):
                yield _Refusal(phrase[:start], phrase[end:])


def _ready(text: str) -> Folded:
    """A text as phrases are compared with it: one apostrophe, no commas or stars; lines end as sentences do.

    An empty line ends a sentence, and so does a greeting.
    """
    greeting = _GREETING.match(text)
    at = greeting.end() if greeting else 0
    lines = (line if line.strip() else "." for line in text[at:].translate(_TYPED).split("\n"))
    return fold("\n".join([text[:at].translate(_TYPED), "."] * bool(at) + [*lines]))


def _is_meant(text: str, first: int, last: int) -> bool:
    """Tell whether the phrase at this place is what its author says: no question, and nobody else's words."""
    if text.startswith(_TURNED, last):
        return False
    end = _ENDS.search(text, last, last + _SENTENCE_CHARS)
    if end and end[0] in "?？":
        return False
    *_, sentence = _ENDS.split(text[max(0, first - _SENTENCE_CHARS) : first])
    return not _OF_ANOTHER.search(sentence)


def _opens(text: str, at: int) -> bool:
    """Tell whether a sentence, or a point of a list, begins there."""
    before = text[max(0, at - _FEW_CHARS) : at].rstrip(_MARKS)
    return not before or before.endswith(_SENTENCE_ENDS)


def _built_in(phrase: str) -> _Refusal:
    opens = phrase.startswith(". ")
    before, _, after = phrase.removeprefix(". ").partition("{}")
    return _Refusal(_side(before), _side(after), opens)


def _side(words: str) -> str:
    """One side of a phrase, folded, with the blank that parts it from the word."""
    return f"{' ' * words.startswith(' ')}{fold(words)}{' ' * words.endswith(' ')}"


_BUILT_IN: Final = tuple(map(_built_in, REFUSALS))
