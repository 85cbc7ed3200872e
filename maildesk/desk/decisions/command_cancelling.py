"""The action of `#cancel`: an answer that waits is taken back before it goes."""

from __future__ import annotations

from maildesk.desk.case.events import EventKind
from maildesk.desk.case.letter_order import LetterKind
from maildesk.desk.case.told import Joined, Phrase, in_words
from maildesk.desk.decisions.command_run import CommandRun
from maildesk.desk.decisions.letter_fates import LetterFate, told
from maildesk.desk.screening.command_context import WaitingAnswer
from maildesk.errors import NotFound


def cancel(run: CommandRun, value: str) -> str:
    """Take the author's last answer back, as far as it waits: they hear who has it, and get its words."""
    waiting = run.s.at_hand.waiting
    if waiting is None or run.taken_back:
        remedy = Phrase("answers wait for {minutes} minutes", minutes=_minutes(run))
        remedy = remedy if run.desk.answer_delay else Phrase("answers wait where limits.answer_delay is set")
        raise NotFound(Phrase("no answer of yours waits on this case"), remedy=remedy)
    for recipient in waiting.recipients:
        fate = LetterFate(EventKind.LETTER_DROPPED, LetterKind.ANSWER, recipient, by=run.hand.actor)
        run.carry(told(run.case, fate, waiting.first, run.hand.now, {}, waiting.met))
    run.taken_back = waiting.ids
    run.words.back = waiting.text
    return _said(waiting)


def _said(waiting: WaitingAnswer) -> str:
    """Say who gets it and who does not."""
    if not (waiting.gone or waiting.unsure):
        return Phrase("your last answer is taken back, and nobody gets it; what its commands did stays")
    stopped = [each for each in waiting.recipients if each not in waiting.unsure]
    parts: list[str] = []
    if waiting.gone:
        parts.append(Phrase("it has gone out to {names}", names=in_words(waiting.gone)))
    if waiting.unsure:
        parts.append(Phrase("it may have reached {names}", names=in_words(waiting.unsure)))
    if stopped:
        parts.append(Phrase("{names} will not get it", names=in_words(stopped)))
    return Joined("; ", [Phrase("your last answer is taken back as far as it waited"), *parts])


def _minutes(run: CommandRun) -> int:
    return int(run.desk.answer_delay.total_seconds() // 60)
