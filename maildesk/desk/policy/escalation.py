"""The policy's words for an escalation, and the fixed phrases that ask for none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from maildesk.desk.policy.whole_words import Folded, WordList, begins_word, ends_word, fold, places

DEFAULT_ESCALATION_WORDS = ("escalate", "escalation")

# Fixed phrases only: a "not" nearby may be a complaint ("you did not escalate this as I asked"). {} is the
# policy's word; a phrase that begins with a full stop stands at the beginning of a sentence.
REFUSALS: Final = (
    # English
    "please do not {}", "please don't {}", "please dont {}", "pls do not {}", "pls don't {}",
    "kindly do not {}", "kindly don't {}", ". do not {}", ". don't {}", "do not {} please",
    "don't {} please", "do not {} this please", "don't {} this please", "do not {} it please",
    "don't {} it please", "no need to {}", "no need for {}", "no need for an {}", "no need of {}",
    "no reason to {}", "no reason for an {}", "not necessary to {}", "unnecessary to {}",
    "you do not need to {}", "you don't need to {}", "you need not {}", "you needn't {}",
    "you do not have to {}", "you don't have to {}", "no {} needed", "no {} necessary", "no {} required",
    "no {} is needed", "no {} is necessary", "no {} is required", "{} is not needed",
    "{} is not necessary", "{} is not required", "{} not needed", "{} not necessary", "{} not required",
    "this is not an {}", "not asking for an {}", "not asking you to {}",
    # German
    "bitte nicht {}", "bitte noch nicht {}", "bitte keine {}", "bitte das nicht {}", "bitte dies nicht {}",
    "kein grund zu {}", "kein grund zur {}", "keinen grund zu {}", "keinen grund zur {}",
    "kein anlass zur {}", "nicht nötig zu {}", "nicht notwendig zu {}", "nicht erforderlich zu {}",
    "keine {} nötig", "keine {} notwendig", "keine {} erforderlich", "{} ist nicht nötig",
    "{} ist nicht notwendig", "{} nicht nötig", "{} nicht notwendig", "{} nicht erforderlich",
    # French
    "merci de ne pas {}", "veuillez ne pas {}", "prière de ne pas {}", "s'il vous plaît ne pas {}",
    "inutile de {}", "inutile d'{}", "pas besoin de {}", "pas besoin d'{}", "pas besoin d'une {}",
    "pas la peine de {}", "pas la peine d'{}", "pas nécessaire de {}", "pas nécessaire d'{}",
    # Spanish
    "por favor no {}", "favor de no {}", "favor no {}", "no es necesario {}", "no es necesaria una {}",
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
    "gelieve niet te {}", "graag niet {}", "alstublieft niet {}", "niet nodig om te {}",
    "geen reden om te {}", "geen {} nodig",
    # Swedish, Danish, Norwegian
    "vänligen {} inte", "ingen anledning att {}", "behöver inte {}", "venligst ikke {}",
    "undlad venligst at {}", "ingen grund til at {}", "vennligst ikke {}", "ingen grunn til å {}",
    # Polish, Czech
    "proszę nie {}", "nie ma potrzeby {}", "nie trzeba {}", "prosím ne{}", "není třeba {}",
    # Japanese, Chinese, Korean
    "{}しないでください", "{}は不要", "{}不要", "{}の必要はありません", "{}は必要ありません",
    "请不要{}", "请勿{}", "無需{}", "无需{}", "不需要{}", "没有必要{}", "請不要{}", "請勿{}",
    "{}하지 마세요", "{} 필요 없습니다",
)  # fmt: skip

_SENTENCE_ENDS: Final = (".", "!", "?", "。", "！", "？")


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
            if whole and (not phrase.opens or _opens(text, first)):
                return text[first:last]
        return ""

    def _around(self, written: str) -> Iterator[_Refusal]:
        phrase = _ready(written)
        for word in self.words.folded:
            for start, end in places(word.folded, phrase):
                yield _Refusal(phrase[:start], phrase[end:])


def _ready(text: str) -> Folded:
    """A text as phrases are compared with it: one apostrophe, no commas, an empty line ends a sentence."""
    if "’" in text or "," in text:
        text = text.replace("’", "'").replace(",", " ")
    lines = (line if line.strip() else "." for line in text.split("\n"))
    return fold("\n".join(lines))


def _opens(text: str, at: int) -> bool:
    return not text[:at].strip() if at < 2 else text[at - 2 : at].rstrip().endswith(_SENTENCE_ENDS)


def _built_in(phrase: str) -> _Refusal:
    opens = phrase.startswith(". ")
    before, _, after = phrase.removeprefix(". ").partition("{}")
    return _Refusal(_side(before), _side(after), opens)


def _side(words: str) -> str:
    """One side of a phrase, folded, with the blank that parts it from the word."""
    return f"{' ' * words.startswith(' ')}{fold(words)}{' ' * words.endswith(' ')}"


_BUILT_IN: Final = tuple(map(_built_in, REFUSALS))
