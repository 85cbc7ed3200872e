"""The words of a board as its page holds them: in the language of the desk's people, and escaped."""

from __future__ import annotations

from datetime import datetime, timedelta
from html import escape
from typing import Final

from maildesk.desk.case.told import Phrase, Speech, said
from maildesk.pages.page import words
from maildesk.pages.times import span

PLACE: Final = "\0"
"""Stands in a sentence where something else will; no words of anybody's hold a NUL."""
_WHAT: Final = "\1"

_MINUTE: Final = timedelta(minutes=1)


class BoardWords:
    """The words of one board. What ten thousand rows say again and again is made once."""

    def __init__(self, language: Speech, zone: str) -> None:
        self._language = language
        self._zone = zone
        self._spans: dict[int, str] = {}
        self._names: dict[str, str] = {}
        self._over = self.say(Phrase("{what}, {time} over", what=_WHAT, time=PLACE))
        self._left = self.say(Phrase("{what}, {time} left", what=_WHAT, time=PLACE))

    def say(self, sentence: str) -> str:
        """A sentence of ours."""
        return escape(said(sentence, self._language))

    def plainly(self, sentence: str) -> str:
        """A sentence of ours as text that is no markup yet."""
        return said(sentence, self._language)

    def around(self, sentence: Phrase) -> tuple[str, str]:
        """The words on both sides of the place that a sentence of ours has."""
        before, after = self.sides(sentence)
        return escape(before), escape(after)

    def sides(self, sentence: Phrase) -> tuple[str, str]:
        """The same as text that is no markup."""
        before, _, after = self.plainly(sentence).partition(PLACE)
        return before, after

    def name(self, text: str) -> str:
        """Words of the operator's that stand in many rows."""
        known = self._names.get(text)
        if known is None:
            known = self._names[text] = words(said(text, self._language))
        return known

    def moment(self, at: datetime) -> str:
        """A moment by the desk's clock."""
        return escape(self._language.in_short(at, self._zone))

    def span(self, time: timedelta) -> str:
        """A time that goes by."""
        minutes = time // _MINUTE
        known = self._spans.get(minutes)
        if known is None:
            known = self._spans[minutes] = self.say(span(time))
        return known

    def over(self, what: str, time: timedelta) -> str:
        """Something was due so long ago."""
        return self._over.replace(_WHAT, self.name(what)).replace(PLACE, self.span(time))

    def left(self, what: str, time: timedelta) -> str:
        """Something is due in so long."""
        return self._left.replace(_WHAT, self.name(what)).replace(PLACE, self.span(time))
