"""The packaged letters of the desk of these stories, written about Bo's printer."""

from __future__ import annotations

import email
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from maildesk.desk.case.case import Case, PartyRole
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.letters.audiences import Addressee
from maildesk.desk.letters.letter_context import LetterContext, QuotedMail
from maildesk.desk.letters.letter_kinds import FORMS
from maildesk.desk.letters.letter_writer import LetterWriter, WrittenLetter
from maildesk.desk.letters.sample import sample_letters
from maildesk.desk.letters.templates import LetterTemplates
from maildesk.desk.policy.desk import Desk
from maildesk.mail.identity.keys import KeyRing
from maildesk.mail.our_marks import LETTER_BEGIN
from tests.unit.desk.matters import AGENT, BO, CASE, CY, DESK, NOW

FOLDER = Path(__file__).parents[3] / "templates"
SOURCES = {str(path.relative_to(FOLDER)): path.read_text() for path in FOLDER.glob("en/*.txt")}
KEYS = KeyRing.generate(b"k" * 32)
HELD = CASE.joined(CY, "Cy", PartyRole.CC).joined(AGENT, "Ana Agent", PartyRole.AGENT)
ODD = "{{7*7}} {% for x in y %}<script>alert(1)</script>%s${x}"
"""What a customer may say anywhere."""

EXTRA = dict.fromkeys({name for order, _ in sample_letters(DESK, NOW) for name in order.extra}, ODD)
TO_BO = Addressee(BO, "Bo Lund", PartyRole.REQUESTER)
TO_ANA = Addressee(AGENT, "Ana Agent", PartyRole.AGENT)
KINDS = [kind for kind in LetterKind if FORMS[kind].of_case]
NO_EXTRA = dict.fromkeys(EXTRA, "")


def writer(desk: Desk) -> LetterWriter:
    return LetterWriter(desk, LetterTemplates(SOURCES, desk.zone), KEYS)


WRITER = writer(DESK)


def occasion(held: Case = HELD, cause: str = "mail 1") -> LetterContext:
    """A customer's mail of odd words, and its thread."""
    said = QuotedMail(NOW, f"Bo <{BO}>", ODD, (ODD,))
    return LetterContext(held, NOW, cause, said, ("2@client.example", "1@client.example"), (said,))


def order(kind: LetterKind) -> LetterOrder:
    """A letter of Ana's, with odd words wherever its template shows some."""
    return LetterOrder(kind, author=AGENT, text=f"Dear Bo,\n\n{ODD}\n", extra=EXTRA)


def addressee(kind: LetterKind) -> Addressee:
    """Somebody this kind of letter may be for."""
    return TO_BO if FORMS[kind].audience.of_customers else TO_ANA


def read(letter: WrittenLetter) -> EmailMessage:
    """The letter as a mail program reads it."""
    return email.message_from_bytes(letter.content, policy=default)


def written(kind: LetterKind, held: Case = HELD) -> EmailMessage:
    (letter,) = WRITER.write(order(kind), occasion(held), [addressee(kind)])
    return read(letter)


def text_of(letter: EmailMessage) -> str:
    """What its reader sees."""
    said = letter.get_body(("plain",))
    assert said
    return str(said.get_content()).removeprefix(LETTER_BEGIN)
