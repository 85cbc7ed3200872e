"""The questions that every policy has, and the words by which customers answer yes or no."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from maildesk.desk.case.case import Phase
from maildesk.desk.case.told import Phrase
from maildesk.desk.policy.questions import Answer, Outcome, Question
from maildesk.desk.policy.whole_words import WordList

SOLVED: Final = "solved"
AGREED: Final = "agreed"
SURVEY: Final = "survey"
YES: Final = "yes"
NO: Final = "no"
CANNOT_TRY: Final = "cannot try"
AFTERWARDS: Final = "afterwards"
"""The question to the team once an escalation is over, under which its answers are listed."""

YES_OR_NO: Final = (SOLVED, AGREED)
LEADS: Final[Mapping[str, Phase]] = {YES: Phase.CLOSED, NO: Phase.OPEN}
"""The phase to whose first status an answer to solved or agreed leads, where the policy says nothing."""

# One list for all languages: an answer counts only where a text has words of exactly one of them.
_YES: Final = (
    "yes", "yep", "yeah", "sure", "correct", "indeed",
    "ja", "jawohl", "genau", "gerne", "oui", "sí", "sim", "sì", "ano", "joo", "kyllä",
    "はい", "是的", "네",
)  # fmt: skip
_NO: Final = (
    "no", "nope", "not", "nein", "nicht", "non", "não", "nee", "niet", "nej", "nei", "nie", "ne", "ei",
    "いいえ", "不是", "아니요",
)  # fmt: skip
_SOLVED: Final = (
    "solved", "resolved", "fixed", "works", "worked", "works for me", "works for us", "is working",
    "it's working", "working again", "working now", "working fine", "sorted", "it is fine", "all good",
    "all fine", "close", "can be closed", "did the trick",
    "gelöst", "erledigt", "behoben", "geklärt", "funktioniert", "es geht", "geht es", "geht wieder",
    "geht jetzt", "jetzt geht", "alles geht", "läuft", "klappt", "geklappt", "passt",
    "kann geschlossen werden",
    "résolu", "résolue", "réglé", "réglée", "fonctionne", "marche",
    "resuelto", "resuelta", "solucionado", "solucionada", "funciona", "arreglado", "listo",
    "resolvido", "resolvida", "resolveu", "corrigido", "funcionando", "funcionou", "solucionou",
    "risolto", "risolta", "funziona", "sistemato", "opgelost", "werkt", "gelukt",
    "verholpen", "löst", "fungerar", "løst", "virker", "fungerer",
    "rozwiązane", "działa", "vyřešeno", "funguje",
    "解決しました", "解决了", "해결되었습니다",
)  # fmt: skip
_UNSOLVED: Final = (
    "unsolved", "unresolved", "not solved", "not resolved", "not fixed", "not working", "does not work",
    "doesn't work", "didn't work", "fail", "fails", "failed", "failing", "broken", "error",
    "nicht gelöst", "ungelöst", "funktioniert nicht", "geht nicht",
    "ne fonctionne pas", "ne marche pas", "pas résolu", "pas réglé",
    "no funciona", "no está resuelto", "sin resolver", "não funciona", "não funcionou", "não resolvido",
    "non funziona", "non risolto", "werkt niet", "niet opgelost", "fungerar inte", "virker ikke",
    "nie działa", "nefunguje",
    "解決していません", "没有解决",
)  # fmt: skip
_AGREED: Final = (
    "agreed", "agree", "ok", "okay", "go ahead", "please close", "einverstanden", "in ordnung",
    "d'accord", "de acuerdo", "de acordo", "concordo", "d'accordo", "akkoord", "zgoda",
)  # fmt: skip
_REFUSED: Final = (
    "disagree", "do not agree", "don't agree", "do not close", "don't close", "keep it open",
    "nicht einverstanden", "pas d'accord", "no estoy de acuerdo", "não concordo", "non sono d'accordo",
)  # fmt: skip

_CANNOT_TRY: Final = (
    "can't try", "can not try", "cant try", "could not try", "couldn't try", "unable to try",
    "not able to try", "cannot test", "can't test", "cannot say", "can't say", "do not know", "don't know",
    "no idea", "not sure",
    "weiß ich nicht", "wissen wir nicht", "keine ahnung",
    *(f"{cannot} {test}"
      for cannot in ("kann ich nicht", "können wir nicht")
      for test in ("testen", "versuchen", "ausprobieren", "probieren", "prüfen", "sagen")),
    *(f"{no} {each}" for no in ("não", "nao") for each in (
        "sei", "sei dizer", "sabemos", "faço ideia",
        *(f"{can} {test}"
          for can in ("consigo", "conseguimos", "posso", "podemos", "tenho como", "temos como", "dá para")
          for test in ("testar", "tentar", "experimentar", "verificar", "dizer")),
    )),
)  # fmt: skip

USUAL_WORDS: Final[Mapping[str, tuple[str, ...]]] = {YES: _YES, NO: _NO, CANNOT_TRY: _CANNOT_TRY}
"""Words for an answer called yes or no, to any question, and for a step that somebody cannot take."""


def _yes_or_no(name: str, text: str, yes: tuple[str, ...], no: tuple[str, ...]) -> Question:
    answers = (
        Answer(YES, words=WordList((*USUAL_WORDS[YES], *yes))),
        Answer(NO, words=WordList((*USUAL_WORDS[NO], *no))),
    )
    return Question(name, text, answers)


def scale_answers(most: int) -> tuple[Answer, ...]:
    """The answers 1 to `most`."""
    return tuple(Answer(str(each), words=WordList((str(each),))) for each in range(1, most + 1))


USUAL_QUESTIONS: Final[Mapping[str, Question]] = {
    each.name: each
    for each in (
        _yes_or_no(SOLVED, Phrase("Is it solved?"), _SOLVED, _UNSOLVED),
        _yes_or_no(AGREED, Phrase("May we close this case without a solution?"), _AGREED, _REFUSED),
        Question(
            SURVEY,
            Phrase("How satisfied are you with our support in this case?"),
            scale_answers(5),
            scale=5,
            once=True,
        ),
    )
}
"""They lead nowhere yet: where to is for each policy's own statuses to say."""


def question_named(name: str) -> str:
    """The name of a question as people read it: ours in their language, the policy's as it writes it."""
    return Phrase(name) if name in USUAL_QUESTIONS or name == AFTERWARDS else name


def answer_named(name: str) -> str:
    """The name of an answer as people read it: where they may answer by our words for it, in theirs."""
    return Phrase(name) if name in USUAL_WORDS else name


USUAL_OUTCOMES: Final[Mapping[str, Outcome]] = {
    each.name: each
    for each in (
        Outcome("solved", Phrase("We have done what you asked for.")),
        Outcome("no answer", Phrase("We asked you and heard nothing."), survey=False),
    )
}
"""The outcomes of a policy that names none."""
