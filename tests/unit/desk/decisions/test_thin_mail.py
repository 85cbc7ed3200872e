"""What the receipt of a thin mail asks for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from maildesk.desk.case.letter_order import LetterKind
from maildesk.desk.decisions.deciding import decide
from maildesk.desk.decisions.thin_mail import lacking
from maildesk.desk.policy.policy import FirstLetter
from maildesk.mail.message import Attachment, Standing
from tests.unit.desk.matters import BO, DESK, POLICY, mail, situation

PIECES = {
    "occurred": "When did it first occur?",
    "screenshot": "A screenshot, if you can make one",
    "sistema": "O sistema operacional e o navegador",
    "imagens": "Imagens do erro",
}
ASKING = replace(
    POLICY, information=PIECES, first_letter=FirstLetter(("occurred", "screenshot"), when_under=5)
)
PICTURE = Attachment("error.png", "image/png", 50_000, "f" * 64)
LOG = Attachment("error.log", "text/plain", 50_000, "e" * 64)
OCCURRED, SCREENSHOT = PIECES["occurred"], PIECES["screenshot"]

MAILS = {
    "a thin mail": ({"new_text": "It burns."}, (OCCURRED, SCREENSHOT)),
    "no words at all": ({"new_text": ""}, (OCCURRED, SCREENSHOT)),
    "with a picture": ({"new_text": "It burns.", "attachments": (PICTURE,)}, (OCCURRED,)),
    "with a file that is none": ({"attachments": (LOG,)}, (OCCURRED, SCREENSHOT)),
    "a picture among the words": ({"attachments": (replace(PICTURE, inline=True),)}, (OCCURRED,)),
    "a logo": ({"attachments": (replace(PICTURE, inline=True, size=900),)}, (OCCURRED, SCREENSHOT)),
    "one word less than enough": ({"new_text": "a b c d"}, (OCCURRED, SCREENSHOT)),
    "enough words": ({"new_text": "a b\nc d e"}, ()),
    "enough words, and a picture": ({"new_text": "a b c d e", "attachments": (PICTURE,)}, ()),
    "words in the quotation do not count": ({"text": "a b c d e f", "new_text": "a"}, (OCCURRED, SCREENSHOT)),
}


@pytest.mark.parametrize(("content", "asked"), MAILS.values(), ids=MAILS)
def test_a_thin_mail_is_asked_for_what_it_lacks(content: dict[str, Any], asked: tuple[str, ...]) -> None:
    assert lacking(mail(**content), ASKING) == asked


def test_a_picture_is_known_by_its_name_in_other_languages() -> None:
    policy = replace(ASKING, first_letter=FirstLetter(("sistema", "imagens"), when_under=5))
    assert lacking(mail(attachments=(PICTURE,)), policy) == (PIECES["sistema"],)


def test_nothing_is_asked_where_the_policy_asks_nothing() -> None:
    assert lacking(mail(new_text="Hi"), POLICY) == ()


def test_the_receipt_in_words_asks_and_the_fixed_one_does_not() -> None:
    desk = replace(DESK, policy=ASKING)
    for standing, kind, asks in (
        (Standing.VOUCHED, LetterKind.ACKNOWLEDGEMENT, f"{OCCURRED}\n{SCREENSHOT}"),
        (Standing.UNKNOWN, LetterKind.ACKNOWLEDGEMENT_FIXED, None),
    ):
        change = decide(situation(mail(BO, standing), host_named=True), desk).change
        assert change is not None
        receipt = change.letters[0]
        assert (receipt.kind, receipt.extra.get("asks")) == (kind, asks)
