"""A writer to whom one kind of letter cannot be written, as nobody foresaw."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from maildesk.casework.office import Office
from maildesk.desk.case.case import Case
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.letters.letter_context import LetterContext
from maildesk.desk.letters.letter_writer import LetterWriter, WrittenLetter


class FailingWriter:
    """Writes all letters but those of a `kind` about cases that are `such`."""

    def __init__(self, writer: LetterWriter, kind: LetterKind, such: Callable[[Case], bool]) -> None:
        self._writer, self._kind, self._such = writer, kind, such

    def __getattr__(self, name: str) -> object:
        return getattr(self._writer, name)

    def write(self, order: LetterOrder, occasion: LetterContext, to: Sequence[Any]) -> list[WrittenLetter]:
        if order.kind is self._kind and self._such(occasion.case):
            raise ValueError("a letter that cannot be written")
        return self._writer.write(order, occasion, to)


def failing_at(office: Office, kind: LetterKind, such: Callable[[Case], bool] = lambda case: True) -> Office:
    """The same office with such a writer."""
    return replace(office, writer=FailingWriter(office.writer, kind, such))  # type: ignore[arg-type]  # a LetterWriter in all that is asked of it
