"""Short replies of customers, read where it can be stopped: thanks and no more, or an answer in words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from maildesk.desk.policy.whole_words import WordList, fold
from maildesk.desk.screening.plain_yes import AGREEING, CONTENT, phrase_at, plain_clause
from maildesk.desk.screening.reply_words import (
    AGAIN,
    AMISS,
    COURTESIES,
    FOR_THE,
    GIVEN,
    GIVEN_ALL,
    GIVEN_HOW,
    GREETINGS,
    LIMITS,
    NEGATORS,
    NO,
    PLEASING,
    THANKED_FOR,
    THANKS,
    THE,
    WITH,
    YES,
    Phrase,
)
from maildesk.mail.message import IncomingMail
from maildesk.mail.reply.closings import closes, signs

_NO_MORE: Final = WordList()

MOST_WORDS: Final = 12
"""The most words of an answer, greeting, thanks and signature apart."""

_MOST_CHARS: Final = 600
_MOST_TOLD: Final = 45
"""Words that a short reply has at most, with greeting, thanks and signature; below a score are more."""

_QUESTIONS: Final = frozenset("?¿\u037e\u055e\u061f\u203d\u2047\u2048\u2049\ufe56\uff1f")
_MOST_GREETING: Final = 4
_MOST_NAME: Final = 2
_CLAUSE: Final = re.compile(r"[^.,;:!?¡¿…()\n\u2013\u2014，。！？、/]+| - ")
_WORD: Final = re.compile(r"[^\W_]+(?:['-][^\W_]+)*|[^\w\s]")
_BEFORE_NAME: Final = re.compile(
    r",\s+(?=[^\W\d_a-zß-öø-ÿ][^\W\d_]*(?: [^\W\d_a-zß-öø-ÿ][^\W\d_]*)?\s*(?:[.!]|$))"
)
_DRESS: Final = re.compile(r"[\"“”„«»*_~`'‘’<>\[\]{}|=+-]")


@dataclass(frozen=True, slots=True)
class ShortReply:
    """A reply of few words: its clauses as folded words, greeting, thanks and signature apart.

    `thanks`: it thanks and says no more; `well`: it thanks, or says that all is well, which where somebody is
    asked may be an answer; `agrees`: it says yes, and not to what. `asks`: it holds a question mark;
    `limits`: a word that takes back or puts off; `files`: something is attached. `number` is the whole number
    that it begins with, `below` that nothing else stands in that line, `rest` the words after it.
    """

    clauses: tuple[Phrase, ...] = ()
    thanks: bool = False
    well: bool = False
    agrees: bool = False
    asks: bool = False
    limits: bool = False
    files: bool = False
    number: int | None = None
    below: bool = False
    rest: str = ""

    @property
    def plain(self) -> bool:
        """Tell whether it may be an answer: short, without a question, a but or a file."""
        return not (self.asks or self.limits or self.files) and self.size <= MOST_WORDS

    @property
    def size(self) -> int:
        return sum(map(len, self.clauses))

    @property
    def words(self) -> frozenset[str]:
        return frozenset(word for clause in self.clauses for word in clause)


def short_reply(mail: IncomingMail, thanks: WordList = _NO_MORE) -> ShortReply | None:
    """Read a reply; None where it is long, empty, or may be more than its author's words.

    `thanks` are words of the policy that are mere thanks too.
    """
    text = mail.body.new_text.strip()
    if not text or len(text) > _MOST_CHARS or mail.body.doubt:
        return None
    if len(text.split()) > _MOST_TOLD and not _NUMBER.match(text):
        return None
    name = mail.author.address.name if mail.author.address else ""
    lines = _unsigned(text.split("\n"), name)
    clauses = [found for line in lines for found in _clauses(line)]
    thanked, cheered, rest = _apart(clauses, thanks)
    number, below, after = _number(lines)
    left = tuple(tuple(map(fold, each)) for each in rest)
    reply = ShortReply(
        clauses=left,
        asks=not _QUESTIONS.isdisjoint(text),
        limits=any(word in LIMITS for clause in left for word in clause),
        files=any(not each.inline for each in mail.attachments),
        number=number,
        below=below,
        rest=after,
    )
    if not reply.plain:
        return reply
    said = [plain_clause(clause) for clause in left]
    well = all(each and each.well for each in said) and (thanked or cheered or bool(said))
    agrees = any(each and each.agrees for each in said) and not any(each and each.content for each in said)
    return replace(reply, thanks=thanked and not (cheered or left), well=well, agrees=agrees)


def is_negated(clause: Phrase) -> bool:
    """Tell whether a clause holds a not: `it is not solved`, `das geht nicht`, `n'est pas`."""
    return any(word in NEGATORS or word.endswith("n't") or word.startswith("n'") for word in clause)


# --- what stands apart ------------------------------------------------------------------------------


def _unsigned(lines: Sequence[str], name: str) -> list[str]:
    """The lines above a closing, without the author's name below them."""
    kept: list[str] = []
    for line in filter(None, map(str.strip, lines)):
        if kept and (closes(line) or signs(line)) and fold(line.strip(" ,.!")) not in _SAID_ALONE:
            break
        kept.append(line)
    named = set(fold(name).split())
    while len(kept) > 1 and named and set(fold(kept[-1].strip(" ,.-")).split()) <= named:
        kept.pop()
    return kept


_SAID_ALONE: Final = frozenset(" ".join(each) for each in THANKS | COURTESIES)
"""Lines that close a letter, and may be all that somebody says."""


def _clauses(line: str) -> list[list[str]]:
    said = _CLAUSE.findall(_BEFORE_NAME.sub(" ", line.replace("’", "'")))
    return list(filter(None, (_WORD.findall(_undressed(each)) for each in said)))


def _undressed(clause: str) -> str:
    """A clause without quote marks and emphasis; apostrophes inside a word stay."""
    return _DRESS.sub(lambda found: found[0] if _inside(clause, found) else " ", clause)


def _inside(clause: str, found: re.Match[str]) -> bool:
    before, after = clause[found.start() - 1 : found.start()], clause[found.end() : found.end() + 1]
    return found[0] in "'-" and before.isalnum() and after.isalnum()


def _apart(clauses: Sequence[list[str]], more: WordList) -> tuple[bool, bool, list[list[str]]]:
    """Take greeting, thanks and pictures away: whether there was thanks, a picture, and what is left."""
    own = frozenset(tuple(each.folded.split()) for each in more.folded)
    thanked = cheered = False
    left: list[list[str]] = []
    for number, clause in enumerate(clauses):
        greets = number == 0 and len(clause) <= _MOST_GREETING and fold(clause[0]) in GREETINGS
        if greets and not phrase_at(clause, 0, COURTESIES):
            continue
        words = [each for each in clause if each not in PLEASING]
        rest, polite = _without_thanks(words, own)
        thanked, cheered = thanked or polite, cheered or len(words) < len(clause)
        if rest:
            left.append(rest)
    return thanked, cheered, left


def _without_thanks(clause: list[str], own: frozenset[Phrase]) -> tuple[list[str], bool]:
    rest: list[str] = []
    at, thanked = 0, False
    while at < len(clause):
        if size := phrase_at(clause, at, _POLITE) or phrase_at(clause, at, own):
            thanked, at = True, at + size
            if _is_thanked_for(clause[at:]) or _is_name(clause[at:]):
                break
        else:
            rest.append(clause[at])
            at += 1
    return rest, thanked


_POLITE: Final = THANKS | {each for each in COURTESIES if not (NEGATORS | NO).isdisjoint(each)}
"""Phrases that say nothing else: thanks, and the no of `no problem`, which is none."""


def _is_thanked_for(after: Sequence[str]) -> bool:
    """Tell whether the words say for what given already somebody is thankful, and nothing else.

    `Merci de me rappeler` and `Thanks for adding Mia` are requests.
    """
    folded = fold(" ".join(after)).replace("l'", "l ").split()
    if not folded or folded[0] not in THANKED_FOR:
        return False
    the, given = folded[0] in FOR_THE, False
    for at, word in enumerate(folded[1:], 1):
        if word in GIVEN_ALL or (the and word in GIVEN):
            given = True
        elif given and (_is_name(after[at - len(folded) :]) or _is_with_what(folded[at:])):
            return True
        elif word not in GIVEN_HOW and word not in THE:
            return False
        the = the or word in THE
    return given


def _is_with_what(words: Sequence[str]) -> bool:
    """Tell whether the words name the matter of some help: `with the printer`."""
    return len(words) == 3 and words[0] in WITH and words[1] in THE and words[2] not in _NO_MATTER


_NO_MATTER: Final = THE | LIMITS | AMISS | AGAIN | NEGATORS | YES | NO


def _is_name(after: Sequence[str]) -> bool:
    """Tell whether the words are whom somebody thanks: `Thanks Ana`."""
    return 0 < len(after) <= _MOST_NAME and all(
        each[0].isupper() and fold(each) not in _NO_NAMES for each in after
    )


_NO_NAMES: Final = AGREEING | NO | NEGATORS | LIMITS | AMISS | {word for phrase in CONTENT for word in phrase}


# --- a number ---------------------------------------------------------------------------------------

_NUMBER: Final = re.compile(
    r"(?:(?:(?:I|we) give|ich gebe|wir geben|je donne|je mets|doy|dou|do|ik geef) (?:it |you )?)?"
    r"\W{0,3}(\d{1,2})(?:\s?/\s?\d{1,2}| (?:out of|von|sur|de|di|van) \d{1,2})?(?![\w%]|[.,:]\d)",
    re.IGNORECASE,
)


def _number(lines: Iterable[str]) -> tuple[int | None, bool, str]:
    """The number that the first line begins with, whether it stands alone there, and the words after it."""
    first, *others = [*lines] or [""]
    found = _NUMBER.match(first)
    if not found:
        return None, False, ""
    after = first[found.end() :].strip(" -–—:,.!/*")
    return int(found[1]), not after, "\n".join(filter(None, (after, *others)))
