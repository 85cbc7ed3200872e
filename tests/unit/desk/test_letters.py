"""Letters as bytes: who they come from, lead back to and follow, and whose words they hold."""

from __future__ import annotations

import email
import string
from dataclasses import replace
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from maildesk.desk.case import Case, PartyRole
from maildesk.desk.letters import LetterWriter, Occasion, Spoken
from maildesk.desk.notices import FORMS, Addressee, Audience, LetterKind, LetterOrder, addressees
from maildesk.desk.templates import LetterTemplates, TemplateProblem
from maildesk.mail.keys import KeyRing
from maildesk.mail.references import read_message_id, read_reply_address
from tests.unit.desk.matters import AGENT, BO, CASE, CY, DESK, DESK_ADDRESS, NOW, PEOPLE

FOLDER = Path(__file__).parents[3] / "templates"
SOURCES = {str(path.relative_to(FOLDER)): path.read_text() for path in FOLDER.glob("en/*.txt")}
KEYS = KeyRing.generate(b"k" * 32)
HELD = CASE.joined(CY, "Cy", PartyRole.CC).joined(AGENT, "Ana Agent", PartyRole.AGENT)
ODD = "{{7*7}} {% for x in y %}<script>alert(1)</script>%s${x}"
"""What a customer may say anywhere."""

EXTRA = dict.fromkeys(
    ("warning", "why", "recipients", "reason", "outcome", "escalated", "title", "text"), ODD
)
TO = {
    Audience.REQUESTER: Addressee(BO, "Bo Lund", PartyRole.REQUESTER),
    Audience.CUSTOMERS: Addressee(BO, "Bo Lund", PartyRole.REQUESTER),
}
KINDS = [kind for kind in LetterKind if kind is not LetterKind.ALARM]


def writer(sources: dict[str, str] | None = None) -> LetterWriter:
    return LetterWriter(DESK, LetterTemplates(sources or SOURCES, DESK.zone), KEYS)


def occasion(held: Case = HELD, cause: str = "mail 1") -> Occasion:
    said = Spoken(NOW, f"Bo <{BO}>", ODD, (ODD,))
    return Occasion(held, NOW, cause, said, ("2@client.example", "1@client.example"), (said,))


def order(kind: LetterKind) -> LetterOrder:
    return LetterOrder(kind, author=AGENT, text=f"Dear Bo,\n\n{ODD}\n", extra=EXTRA)


def written(kind: LetterKind, to: Addressee | None = None, held: Case = HELD) -> EmailMessage:
    someone = to or TO.get(FORMS[kind].audience, Addressee(AGENT, "Ana Agent", PartyRole.AGENT))
    (letter,) = writer().write(order(kind), occasion(held), [someone])
    return email.message_from_bytes(letter.content, policy=default)


def text_of(letter: EmailMessage) -> str:
    said = letter.get_body(("plain",))
    assert said
    return str(said.get_content())


@pytest.mark.parametrize("kind", KINDS)
def test_every_letter_has_the_headers_its_kind_asks_for(kind: LetterKind) -> None:
    """RFC 5322 §3.6, RFC 3834 §5."""
    letter = written(kind)
    assert letter["Auto-Submitted"] == FORMS[kind].automatic
    assert letter["From"].addresses[0].addr_spec == DESK_ADDRESS
    assert letter["Date"].datetime == NOW
    assert read_message_id(KEYS, letter["Message-ID"].strip("<>")) == HELD.ref
    token = read_reply_address(KEYS, letter["Reply-To"].addresses[0].addr_spec, DESK_ADDRESS, "+")
    party = HELD.party(letter["To"].addresses[0].addr_spec)
    assert token
    assert party
    assert (token.ref, token.party) == (HELD.ref, party.number)
    assert f"[Acme #{HELD.ref}]" in letter["Subject"]
    for name in letter.keys():  # noqa: SIM118 - a message is no mapping
        assert len(letter.get_all(name, [])) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_customers_words_are_never_a_template_nor_markup(kind: LetterKind) -> None:
    letter = written(kind, held=replace(HELD, subject=ODD))
    assert "49" not in f"{letter['Subject']}{text_of(letter)}"
    html = letter.get_body(("html",))
    assert html
    assert "<script" not in html.get_content()


def test_fixed_words_hold_nothing_that_the_sender_chose() -> None:
    held = replace(HELD, subject="MARK").joined("x@client.example", "MARK", PartyRole.CC)
    to = Addressee("x@client.example", "MARK", PartyRole.REQUESTER)
    (letter,) = writer().write(
        LetterOrder(LetterKind.ACKNOWLEDGEMENT_FIXED, extra={"escalated": "yes"}),
        replace(
            occasion(held),
            said=Spoken(NOW, "MARK", "MARK", ("MARK",)),
            follows=("1@c.example", "MARK@c.example"),
        ),
        [to],
    )
    assert b"MARK" not in letter.content


def test_letters_of_one_event_share_a_message_id_and_differ_where_they_lead_back() -> None:
    customers = addressees(order(LetterKind.ANSWER), HELD, PEOPLE)
    letters = writer().write(order(LetterKind.ANSWER), occasion(), customers)
    assert [letter.recipient for letter in letters] == [BO, CY]
    assert len({letter.message_id for letter in letters}) == 1
    assert len({letter.envelope_from for letter in letters}) == 2


def test_the_same_cause_gives_the_same_bytes_and_another_one_another_message_id() -> None:
    to = [Addressee(BO, "Bo", PartyRole.REQUESTER)]
    one, again = (writer().write(order(LetterKind.CLOSED), occasion(), to)[0] for _ in range(2))
    (other,) = writer().write(order(LetterKind.CLOSED), occasion(cause="mail 2"), to)
    assert one == again
    assert one.message_id != other.message_id


def test_a_letter_to_a_customer_follows_their_mail_and_a_notice_its_own_thread() -> None:
    letter = written(LetterKind.ANSWER)
    assert letter["In-Reply-To"] == "<2@client.example>"
    assert letter["References"].split() == ["<1@client.example>", "<2@client.example>"]
    notices = {written(kind)["In-Reply-To"] for kind in (LetterKind.OPENED_TEAM, LetterKind.OVERDUE)}
    assert len(notices) == 1
    assert notices.isdisjoint({"<1@client.example>", "<2@client.example>"})


def test_an_answer_is_the_agents_words_under_the_agents_name() -> None:
    letter = written(LetterKind.ANSWER)
    assert letter["From"].addresses[0].display_name == "Ana Agent (Acme Support)"
    assert text_of(letter).replace("\r\n", "\n") == f"Dear Bo,\n\n{ODD}\n"


def test_without_subaddresses_there_is_no_reply_to_and_the_envelope_is_the_mailbox() -> None:
    plain = replace(DESK, mailboxes={})
    bare = LetterWriter(plain, LetterTemplates(SOURCES, DESK.zone), KEYS)
    (letter,) = bare.write(order(LetterKind.CLOSED), occasion(), [Addressee(BO, "", PartyRole.REQUESTER)])
    assert letter.envelope_from == DESK_ADDRESS
    assert b"\r\nReply-To:" not in letter.content


def test_what_leadership_reads_is_cut_at_its_size_in_bytes() -> None:
    thread = [Spoken(NOW, BO, letter * 100, internal=False) for letter in string.ascii_lowercase + "é"]
    small = LetterWriter(DESK, LetterTemplates(SOURCES, DESK.zone), KEYS, thread_size=250)
    told = replace(occasion(), said=None, thread=thread)
    to = [Addressee(AGENT, "", PartyRole.LEADER)]
    (letter,) = small.write(order(LetterKind.ESCALATED_LEADERSHIP), told, to)
    assert "a" * 100 in letter.text
    assert "b" * 100 in letter.text
    assert "c" * 50 + "\n> [… cut here]" in letter.text
    assert "d" * 50 not in letter.text


def test_an_alarm_belongs_to_no_case_and_goes_to_every_operator() -> None:
    (letter,) = writer().alarm("held", "Letters are held", "Look at them.", NOW)
    assert letter.recipient == "ops@acme.example"
    assert letter.subject == "[Acme] Letters are held"
    again = writer().alarm("held", "Letters are held", "Look at them.", NOW)
    assert again == [letter]


def test_the_desk_never_writes_to_itself() -> None:
    to_self = HELD.joined(DESK_ADDRESS, "", PartyRole.CC).joined("support+x@acme.example", "", PartyRole.CC)
    reached = [one.address for one in addressees(order(LetterKind.ANSWER), to_self, PEOPLE)]
    assert reached == [BO, CY]


# --- the operator's own templates -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("No subject line\n\nHello", "first line must be `Subject: …`"),
        ("Subject: x\n\nHello {{ }}", "en/closed.txt:3"),
        ("Subject: x\n\n{% if %}", "en/closed.txt:3"),
    ],
)
def test_a_broken_template_is_named_with_its_line(source: str, words: str) -> None:
    with pytest.raises(TemplateProblem, match=words):
        LetterTemplates(SOURCES | {"en/closed.txt": source}, "UTC")


@pytest.mark.parametrize(
    "source",
    [
        "Subject: x\n\n{{ nobody.knows }}",
        "Subject: x\n\n{{ case.__class__.__mro__ }}",
        "Subject: x\n\n{{ ''.__class__.__base__.__subclasses__() }}",
    ],
    ids=["an unknown name", "a class", "every class"],
)
def test_a_template_can_neither_invent_nor_reach_out(source: str) -> None:
    odd = writer(SOURCES | {"en/closed.txt": source})
    with pytest.raises(TemplateProblem, match=r"en/closed\.txt"):
        odd.write(order(LetterKind.CLOSED), occasion(), [Addressee(BO, "", PartyRole.REQUESTER)])


def test_a_template_that_is_missing_is_named() -> None:
    with pytest.raises(TemplateProblem, match=r"en/closed\.txt is missing"):
        LetterTemplates({name: text for name, text in SOURCES.items() if name != "en/closed.txt"}, "UTC")
