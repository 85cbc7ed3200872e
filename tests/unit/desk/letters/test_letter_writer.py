"""Letters as mails: their headers, whom they come from, what they lead back to and follow."""

from __future__ import annotations

from dataclasses import replace
from email.message import EmailMessage

import pytest

from maildesk.desk.case.case import PartyRole
from maildesk.desk.case.letter_order import LetterKind
from maildesk.desk.letters.audiences import Addressee, addressees
from maildesk.desk.letters.letter_kinds import FORMS
from maildesk.desk.policy.desk import Mailbox, Subaddressing
from maildesk.mail.identity.references import Token, read_confirmations, read_message_id, read_reply_address
from maildesk.mail.message import EnclosedFile, FileKey
from tests.unit.desk.letter_matters import (
    HELD,
    KEYS,
    KINDS,
    TO_BO,
    WRITER,
    occasion,
    order,
    read,
    text_of,
    writer,
    written,
)
from tests.unit.desk.matters import AGENT, BO, CY, DESK, DESK_ADDRESS, NOW, PEOPLE


@pytest.mark.parametrize("kind", KINDS)
def test_every_letter_has_the_headers_its_kind_asks_for(kind: LetterKind) -> None:
    """RFC 5322 §3.6, RFC 3834 §5."""
    letter = written(kind)
    assert letter["Auto-Submitted"] == FORMS[kind].automatic
    assert letter["From"].addresses[0].addr_spec == DESK_ADDRESS
    assert letter["Date"].datetime == NOW
    ident, back = letter["Message-ID"].strip("<>"), letter["Reply-To"].addresses[0].addr_spec
    if FORMS[kind].confirms:  # it bears the token of one mail, not of the case
        (by_id,) = read_confirmations((ident,), (), DESK_ADDRESS)
        (by_address,) = read_confirmations((), (back,), DESK_ADDRESS)
        assert by_id == by_address
    else:
        assert read_message_id(KEYS, ident) == HELD.ref
        token = read_reply_address(KEYS, back, DESK_ADDRESS)
        party = HELD.party(letter["To"].addresses[0].addr_spec)
        assert token
        assert party
        assert (token.ref, token.party) == (HELD.ref, party.number)
    assert f"[Acme #{HELD.ref}]" in letter["Subject"]
    for name in letter.keys():  # noqa: SIM118 - a message is no mapping
        assert len(letter.get_all(name, [])) == 1


def test_letters_of_one_event_share_a_message_id_and_differ_where_they_lead_back() -> None:
    customers = addressees(order(LetterKind.ANSWER), HELD, PEOPLE)
    letters = WRITER.write(order(LetterKind.ANSWER), occasion(), customers)
    assert [letter.recipient for letter in letters] == [BO, CY]
    assert len({letter.message_id for letter in letters}) == 1
    assert len({letter.envelope_from for letter in letters}) == 2


def test_the_same_cause_gives_the_same_bytes_and_another_one_another_message_id() -> None:
    to = [TO_BO]
    one, again = (WRITER.write(order(LetterKind.CLOSED), occasion(), to)[0] for _ in range(2))
    (other,) = WRITER.write(order(LetterKind.CLOSED), occasion(cause="mail 2"), to)
    assert one == again
    assert one.message_id != other.message_id


def test_a_letter_to_a_customer_follows_their_mail_and_a_notice_its_own_thread() -> None:
    letter = written(LetterKind.ANSWER)
    assert letter["In-Reply-To"] == "<2@client.example>"
    assert letter["References"].split() == ["<1@client.example>", "<2@client.example>"]
    notices = {written(kind)["In-Reply-To"] for kind in (LetterKind.OPENED_TEAM, LetterKind.OVERDUE)}
    assert len(notices) == 1
    assert notices.isdisjoint({"<1@client.example>", "<2@client.example>"})


@pytest.mark.parametrize("separator", ["+", "-", ""], ids=["plus", "minus", "no subaddresses"])
def test_each_recipient_has_an_address_of_their_own_to_answer_to(separator: Subaddressing) -> None:
    boxes = {"support": Mailbox("support", DESK_ADDRESS, separator)}
    desk_writer = writer(replace(DESK, mailboxes=boxes))
    ordered = order(LetterKind.ANSWER)
    for letter in desk_writer.write(ordered, occasion(), addressees(ordered, HELD, PEOPLE)):
        reply_to = read(letter)["Reply-To"]
        if not separator:
            assert (letter.envelope_from, reply_to) == (DESK_ADDRESS, None)
            continue
        (back,) = reply_to.addresses
        party = HELD.party(letter.recipient)
        assert party
        token = read_reply_address(KEYS, back.addr_spec, DESK_ADDRESS)
        assert token == Token(HELD.ref, party.number)
        assert letter.envelope_from == back.addr_spec
        assert len(back.username) <= 64


def test_a_mailbox_without_room_for_a_token_is_answered_at_its_plain_address() -> None:
    long = "s" * 27 + "@acme.example"
    wordy = writer(replace(DESK, mailboxes={"support": Mailbox("support", long, "+")}))
    held = replace(HELD, mailbox=long)
    (letter,) = wordy.write(order(LetterKind.CLOSED), replace(occasion(), case=held), [TO_BO])
    assert letter.envelope_from == long
    assert b"\r\nReply-To:" not in letter.content


def test_a_case_of_a_mailbox_that_is_no_more_is_answered_by_the_desk() -> None:
    bare = writer(replace(DESK, mailboxes={}))
    (letter,) = bare.write(order(LetterKind.CLOSED), occasion(), [TO_BO])
    assert letter.envelope_from == DESK_ADDRESS
    assert b"\r\nReply-To:" not in letter.content


def test_somebody_who_is_no_party_gets_no_address_that_acts_for_one() -> None:
    (letter,) = WRITER.write(order(LetterKind.CLOSED), occasion(), [Addressee("no@party.example", "", None)])
    assert letter.envelope_from == DESK_ADDRESS
    assert b"\r\nReply-To:" not in letter.content


NAMED = FileKey("a" * 64, f"shot_{AGENT}.png")


def _with_a_picture(kind: LetterKind, reader: Addressee) -> EmailMessage:
    about = replace(
        order(kind),
        text=f"Pull it: [{NAMED.name}]",
        enclosed=(NAMED,),
        rich=("<p>Pull it: ", NAMED, "</p>"),
    )
    at_hand = {NAMED: EnclosedFile(NAMED.name, "image/png", b"cable")}
    (letter,) = WRITER.write(about, replace(occasion(), files=at_hand), [reader])
    return read(letter)


def test_a_customer_reads_no_agents_address_in_the_name_of_a_file() -> None:
    letter = _with_a_picture(LetterKind.ANSWER, TO_BO)
    assert [each.get_filename() for each in letter.walk() if each.get_filename()] == [
        f"shot_{DESK_ADDRESS}.png"
    ]
    assert AGENT not in "".join(str(each.get_content()) for each in letter.walk() if not each.is_multipart())
    assert f"[shot_{DESK_ADDRESS}.png]" in text_of(letter)


def test_a_picture_whose_name_is_changed_stands_where_it_stood() -> None:
    about = replace(order(LetterKind.ANSWER), text="Pull it:", enclosed=(NAMED,))
    about = replace(about, rich=("<p><b>Pull</b> it: ", NAMED, "</p>"))
    at_hand = {NAMED: EnclosedFile(NAMED.name, "image/png", b"cable")}
    (letter,) = WRITER.write(about, replace(occasion(), files=at_hand), [TO_BO])
    page = read(letter).get_body(("html",))
    assert page
    assert "<b>Pull</b> it: <img src=" in page.get_content()
    assert f'alt="shot_{DESK_ADDRESS}.png"' in page.get_content()


def test_an_alarm_belongs_to_no_case_and_goes_to_every_operator() -> None:
    (letter,) = WRITER.alarm("held", "Letters are held", "Look at them.", NOW)
    assert letter.recipient == "ops@acme.example"
    assert letter.subject == "[Acme] Letters are held"
    again = WRITER.alarm("held", "Letters are held", "Look at them.", NOW)
    assert again == [letter]


def test_the_desk_never_writes_to_itself() -> None:
    to_self = HELD.joined(DESK_ADDRESS, "", PartyRole.CC).joined("support+x@acme.example", "", PartyRole.CC)
    reached = [one.address for one in addressees(order(LetterKind.ANSWER), to_self, PEOPLE)]
    assert reached == [BO, CY]
