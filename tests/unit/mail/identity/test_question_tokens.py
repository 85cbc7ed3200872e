"""Tokens of answers: what we signed is read, whatever a mail program does to it, and nothing else is."""

from __future__ import annotations

from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from maildesk.mail.addr_spec import LOCAL_OCTETS
from maildesk.mail.identity.question_tokens import (
    AnswerToken,
    answer_code,
    answer_link,
    answer_token,
    read_answer_tokens,
)
from maildesk.mail.identity.references import KeyRing, is_token_detail, read_reply_address, reply_address

KEYS = KeyRing.generate(b"k" * 32)
BOX = "support@acme.example"
YES = AnswerToken("7K2Q-9F3M", 1, "00000")
SUBJECT = "Yes: Printer & toner, 50 % [Acme #7K2Q-9F3M]"


def clicked(link: str) -> tuple[str, str]:
    """The address and the subject of the mail that a program makes of a link."""
    split = urlsplit(link)
    return unquote(split.path), parse_qs(split.query)["subject"][0]


@pytest.mark.parametrize("answer", ["00000", "12345", "zzzzz"])
@pytest.mark.parametrize("number", [1, 9, 10, 999])
@pytest.mark.parametrize("separator", ["+", "-", None])
def test_a_click_says_which_case_which_asking_and_which_answer(
    answer: str, number: int, separator: str | None
) -> None:
    token = AnswerToken("7K2Q-9F3MA", number, answer)
    address, subject = clicked(answer_link(KEYS, token, BOX, separator, SUBJECT))  # type: ignore[arg-type]  # parametrized
    assert len(address.partition("@")[0]) <= LOCAL_OCTETS
    assert address == address.lower()
    assert subject.startswith(SUBJECT)
    assert (address == BOX) is (separator is None)
    assert read_answer_tokens(KEYS, [address], subject, BOX) == (token,)
    assert read_answer_tokens(KEYS, [address.upper()], subject.upper(), BOX.upper()) == (token,)


def test_a_link_is_one_word_of_ascii_whatever_the_subject_holds() -> None:
    link = answer_link(KEYS, YES, BOX, "+", 'Sí: <Drucker> "Ä" ?&=# \u202e + 火 [Acme]')
    assert link.isascii()
    assert not set(" <>\"'&#+\n") & set(link)
    assert clicked(link)[1].startswith("Sí: <Drucker>")


def test_a_mailbox_without_room_for_a_token_has_it_in_the_subject() -> None:
    long = "a-very-long-name-of-a-mailbox@acme.example"
    address, subject = clicked(answer_link(KEYS, YES, long, "+", SUBJECT))
    assert address == long
    assert read_answer_tokens(KEYS, [address], subject, long) == (YES,)


WRITTEN = answer_token(KEYS, YES)


@pytest.mark.parametrize(
    "text",
    [
        WRITTEN.replace("q000001", "q100001"), WRITTEN.replace("q000001", "q000002"),
        WRITTEN[:-1] + "0", WRITTEN[:-1],
        WRITTEN + "0", "x" + WRITTEN, WRITTEN.replace(".a", ".b"), WRITTEN.replace("7k", "8k"),
        WRITTEN.replace("k", "\u212a"), "", "7k2q9f3m.aq000001",
    ],
)  # fmt: skip
def test_what_we_did_not_sign_is_no_click(text: str) -> None:
    assert read_answer_tokens(KEYS, [f"support+{text}@acme.example"], f"Yes ({text})", BOX) == ()


def test_a_click_counts_at_our_own_mailbox_alone_and_by_our_own_key() -> None:
    assert read_answer_tokens(KEYS, [f"other+{WRITTEN}@acme.example"], "", BOX) == ()
    assert read_answer_tokens(KeyRing.generate(b"j" * 32), [f"support+{WRITTEN}@acme.example"], "", BOX) == ()


def test_one_kind_of_token_is_never_the_other() -> None:
    reply = reply_address(KEYS, BOX, "+", "7K2Q-9F3M", 1)
    assert read_answer_tokens(KEYS, [reply], reply, BOX) == ()
    assert read_reply_address(KEYS, f"support+{WRITTEN}@acme.example", BOX) is None
    assert is_token_detail(WRITTEN)


def test_a_mail_may_hold_two_clicks_the_address_first() -> None:
    no = AnswerToken("7K2Q-9F3M", 1, "00001")
    subject = f"No ({answer_token(KEYS, no)})"
    assert read_answer_tokens(KEYS, [f"support+{WRITTEN}@acme.example"], subject, BOX) == (YES, no)


def test_an_answer_is_known_by_its_name_and_its_questions() -> None:
    names = [("solved", "yes"), ("solved", "no"), ("agreed", "yes"), ("solvedy", "es")]
    assert len({answer_code(*each) for each in names}) == len(names)
    assert answer_code("Solved", "YES") == answer_code("solved", "yes")
