"""The answer that a form may go on as it is, in a reply of few words that says nothing else."""

from __future__ import annotations

from typing import Final

from maildesk.desk.policy.whole_words import fold
from maildesk.desk.screening.plain_yes import AGREEING, phrase_at
from maildesk.desk.screening.reply_words import COURTESIES, FILLERS, NO, PLEASE, Phrase
from maildesk.desk.screening.short_replies import MOST_WORDS, ShortReply


def confirms(reply: ShortReply | None) -> bool:
    """Tell whether a reply says yes, or that there is nothing to add, and no word besides."""
    if reply is None or reply.asks or reply.size > MOST_WORDS:
        return False
    said = [_says(clause) for clause in reply.clauses]
    return any(said) and all(each is not None for each in said)


def _says(clause: Phrase) -> bool | None:
    """Tell whether a clause of known words alone says it; None where a word of it is not known."""
    said, at = False, 0
    while at < len(clause):
        size = phrase_at(clause, at, _AS_IT_IS)
        said = said or size > 0 or clause[at] in AGREEING
        size = size or phrase_at(clause, at, _BESIDE)
        if not size and clause[at] not in _WORDS:
            return None
        at += size or 1
    return said


def _phrases(*lines: str) -> frozenset[Phrase]:
    return frozenset(tuple(fold(each).split()) for line in lines for each in line.split(","))


_AS_IT_IS: Final = _phrases(
    "as it is, as it stands, as is, like this, nothing to add, nothing else to add, nothing more to add",
    "nothing further to add, nothing else, nothing more, nothing further, go on, go ahead, continue, proceed",
    "that is all, that's all",
    "wie es ist, so lassen, nichts hinzuzufügen, nichts mehr hinzuzufügen, nichts weiter hinzuzufügen",
    "nichts zu ergänzen, nichts ergänzen, nichts mehr zu ergänzen, nichts weiter, keine ergänzungen",
    "weitermachen, fortfahren, das ist alles, das war's",
    "como está, assim mesmo, nada a acrescentar, nada mais a acrescentar, nada para acrescentar, nada mais",
    "acrescentar nada, pode continuar, podem continuar, pode seguir, podem seguir, prossiga, é tudo, só isso",
    "tel quel, rien à ajouter, nada que añadir, nada que agregar, tal como está, così com'è",
    "nulla da aggiungere, niente da aggiungere, niets toe te voegen",
)
_BESIDE: Final = COURTESIES | _phrases(
    "não tenho, não temos, não há, não quero, no tengo, no tenemos, je n'ai, non ho, por favor, per favore"
)
_WORDS: Final = (
    AGREEING
    | NO
    | FILLERS
    | PLEASE
    | frozenset(
        fold(
            "there there's just simply leave send form without from side es gibt möchte möchten formular "
            "ohne einfach nada tenho temos formulário deixe deixar sem heb"
        ).split()
    )
)
"""Words that say nothing else beside one of the phrases."""
