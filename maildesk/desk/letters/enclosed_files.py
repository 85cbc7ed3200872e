"""Files that go along with a letter, under the names that they go out by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from maildesk.desk.case.letter_order import LetterOrder
from maildesk.desk.letters.letter_context import LetterContext
from maildesk.desk.letters.letter_kinds import FORMS
from maildesk.mail.message import EnclosedFile, FileKey


def renamed(text: str, names: Mapping[FileKey, str]) -> str:
    """Words that tell of files by name, `[cable.png]`, tell of them by their new ones."""
    for key, name in names.items():
        text = text if name == key.name else text.replace(key.name, name)
    return text


def enclosed_in(
    order: LetterOrder,
    occasion: LetterContext,
    ids: Mapping[FileKey, str],
    names: Mapping[FileKey, str],
) -> tuple[EnclosedFile, ...]:
    """The files that go along. What a customer's mail says of its files' types is not said on."""
    keys = [each for each in dict.fromkeys(order.enclosed) if each in occasion.files]
    files = [replace(occasion.files[each], name=names[each], content_id=ids.get(each, "")) for each in keys]
    return tuple(files) if FORMS[order.kind].audience.of_customers else tuple(map(_untyped, files))


def files_for_desk(order: LetterOrder, files: Mapping[FileKey, EnclosedFile]) -> tuple[EnclosedFile, ...]:
    """The files that go along with a letter of no case to somebody of the desk."""
    return tuple(_untyped(files[each]) for each in dict.fromkeys(order.enclosed) if each in files)


def _untyped(file: EnclosedFile) -> EnclosedFile:
    return replace(file, content_type="application/octet-stream")
