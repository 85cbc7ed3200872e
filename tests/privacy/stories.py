"""Generated stories: many cases at once from their first mail to their last, and what customers read."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from tests.privacy.desk import ANA, BEN, DEV, LEA, SAM, PrivateDesk, Sent
from tests.privacy.leaks import leaks_in, said_in_html_alone
from tests.privacy.matters import (
    AFTERWARDS,
    ANSWERS,
    ASKS,
    ENDS,
    FORBIDDEN,
    INSIDE,
    NOTES,
    PLANS,
    REVIEWS,
    SHARED,
    STEPS,
    Matter,
)

Step = Callable[[Matter, Matter], list[bytes]]
"""The mails that the people of one case write; the other is another customer's."""

STORY: Final[tuple[Step | timedelta, ...]] = (
    timedelta(),
    lambda one, _: [one.opens()],
    lambda one, _: one.answers(ANA, ANSWERS),
    lambda one, _: one.replies(one.chance.choice(one.customers)),
    lambda one, _: one.answers(BEN, NOTES),
    lambda one, _: one.answers(ANA, STEPS),
    lambda one, _: one.answers_inside(INSIDE),
    lambda one, _: one.answers_inside(INSIDE),
    lambda one, _: one.answers(ANA, ASKS),
    lambda one, _: one.answers(DEV, ("zqbuilder thinks it is the fuse",)),
    lambda one, _: one.replies(one.chance.choice(one.customers)),
    lambda one, another: one.fills_in(another.ref),
    lambda one, _: one.fills_in_the_rest() if one.chance.random() < 0.7 else [],
    lambda one, _: one.answers(one.chance.choice((ANA, BEN)), ("#escalate zqcommand\n#note\nzqnote hurry",)),
    lambda one, _: one.answers(LEA, REVIEWS),
    lambda one, _: one.answers(LEA, PLANS),
    lambda one, _: one.answers(one.chance.choice((ANA, LEA)), SHARED),
    lambda one, _: one.answers(LEA, ANSWERS),
    timedelta(days=3),
    lambda one, _: one.answers(one.chance.choice((ANA, SAM)), PLANS),
    lambda one, _: one.answers(one.chance.choice((ANA, BEN)), ANSWERS),
    lambda one, _: one.answers(one.chance.choice((ANA, BEN)), ENDS),
    lambda one, _: one.answers_inside(AFTERWARDS),
    lambda one, _: one.enters(ANA),
    lambda one, _: one.answers(BEN, ANSWERS),
    timedelta(days=1),
)
"""Each step by mails of every case, or by time that passes."""


@dataclass(frozen=True, slots=True)
class Told:
    """What many stories came to."""

    pairs: int
    answers: int
    files: int
    rich: int
    leaks: list[str]


async def tell(desk: PrivateDesk, seed: int, cases: int) -> Told:
    """So many cases from their first mail to their last, all at once."""
    chance = random.Random(seed)
    matters = [Matter(seed * 100_000 + each, random.Random(chance.random())) for each in range(cases)]
    start = len(desk.letters)
    by_ref: dict[str, Matter] = {}
    for step in STORY:
        if isinstance(step, timedelta):
            news = await desk.waits(step)
        else:
            pairs = zip(matters, [*matters[1:], matters[0]], strict=True)
            news = await desk.takes([raw for one, another in pairs for raw in step(one, another)])
        _hear(news, matters, by_ref)
    for one in matters:
        if await desk.knows(one.wish) and one.chance.random() < 0.8:
            await desk.ships(one.wish)
    return _told(desk.letters[start:], matters)


def _hear(news: Sequence[Sent], matters: Sequence[Matter], by_ref: dict[str, Matter]) -> None:
    """Everybody reads what is for them, or of their case."""
    for letter in news:
        one = by_ref.get(letter.ref or "") or next((each for each in matters if each.concerns(letter)), None)
        if one is None:
            continue
        if letter.ref:
            by_ref[letter.ref] = one
            one.ref = one.ref or letter.ref
        one.hears([letter])


def _told(letters: Sequence[Sent], matters: Sequence[Matter]) -> Told:
    tokens: dict[str, dict[str, str]] = {}
    for letter in letters:
        token = letter.reply_to.rpartition("@")[0].partition("+")[2]
        if token and letter.ref:
            tokens.setdefault(letter.ref, {})[token] = letter.to
    by_domain = {one.domain: one for one in matters}
    theirs = [each for each in letters if each.to.rpartition("@")[2] in by_domain]
    leaks = []
    for letter in theirs:
        others = [token for token, to in tokens.get(letter.ref or "", {}).items() if to != letter.to]
        one = by_domain[letter.to.rpartition("@")[2]]
        found = (*leaks_in(letter.everything, (*FORBIDDEN, *others)), *_of_others(letter, one))
        leaks += [f"{letter.kind} to {letter.to}: {each}" for each in found]
    leaks += [
        f"{letter.kind} to {letter.to}: only the HTML says {alone}"
        for letter in theirs
        if (alone := said_in_html_alone(letter.mail))
    ]
    answers = [each for each in theirs if each.kind == "answer" and leaks_in(each.everything, ["zqword"])]
    files = [each for each in answers if leaks_in(each.everything, ["zqfile"])]
    rich = [each for each in answers if b'src=3D"cid:' in each.content or b'src="cid:' in each.content]
    return Told(len({(each.ref, each.to) for each in theirs}), len(answers), len(files), len(rich), leaks)


_FORM: Final = re.compile(r"zqform(\d+[a-z]+)x")
# Quoted-printable, whose bytes are looked at too, breaks a long line by "=", be it within a number.
_NUMBERED: Final = re.compile(r"\b(?:printer|customer|wish) (\d{6,})(?![\d=])")


def _of_others(letter: Sent, one: Matter) -> Iterator[str]:
    """What this letter tells of the form of somebody else, or of the matter of another customer."""
    name = letter.to.partition("@")[0]
    yield from (each for each in set(_FORM.findall(letter.everything)) if each != f"{one.number}{name}")
    yield from (each for each in set(_NUMBERED.findall(letter.everything)) if each != str(one.number))
