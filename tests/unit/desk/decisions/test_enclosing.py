"""Which files of a colleague's mail go along with an answer, and what is said of the others."""

from __future__ import annotations

from dataclasses import replace

import pytest

from maildesk.desk.decisions.enclosing import enclosing, files_to_pass_on, in_mails, may_be_enclosed
from maildesk.desk.letters.answer_text import PrivateAddresses, signature_of
from maildesk.desk.policy.people import Person
from maildesk.desk.screening.command_context import FileAtHand
from maildesk.mail.message import Attachment, Automatic, AutomaticKind, Standing
from maildesk.mail.seals import Seal
from tests.unit.desk.matters import AGENT, BO, DESK, DESK_ADDRESS, LEADER, OWN_DETAIL, mail

MANUAL = Attachment("manual.pdf", "application/pdf", 1000, "a" * 64)
PICTURE = Attachment("cable.png", "image/png", 500, "b" * 64, inline=True)
THEIRS = Attachment("burns.png", "image/png", 700, "c" * 64, inline=True)


def test_files_and_pictures_in_the_text_go_along() -> None:
    found = enclosing(mail(attachments=(MANUAL, PICTURE)), (), 1500)
    assert found.enclosed == (MANUAL.key, PICTURE.key)
    assert (found.told, found.too_large) == ((), False)


def test_what_the_customer_sent_does_not_come_back() -> None:
    assert enclosing(mail(attachments=(THEIRS, MANUAL)), {THEIRS.key}, 1000).enclosed == (MANUAL.key,)


AGAIN = replace(MANUAL, name="again.pdf")
EMPTY = Attachment("empty.txt", "text/plain", 0, "e" * 64)
RENAMED = replace(THEIRS, name="image001.png")


@pytest.mark.parametrize(
    ("files", "known", "sent"),
    [
        pytest.param((MANUAL, AGAIN), (), (MANUAL, AGAIN), id="equal bytes under two names"),
        pytest.param((MANUAL, MANUAL), (), (MANUAL,), id="the same file twice"),
        pytest.param((EMPTY,), (), (EMPTY,), id="an empty file"),
        pytest.param(
            (EMPTY, replace(EMPTY, name="b.txt")), (), (EMPTY, replace(EMPTY, name="b.txt")), id="two of them"
        ),
        pytest.param((EMPTY,), (replace(EMPTY, name="b.txt"),), (EMPTY,), id="the customer sent another"),
        pytest.param((EMPTY,), (EMPTY,), (), id="the customer sent this empty one"),
        pytest.param((AGAIN,), (MANUAL,), (AGAIN,), id="the customer's under a name of the agent's"),
        pytest.param((RENAMED,), (THEIRS,), (), id="the customer's picture as the agent's program names it"),
    ],
)
def test_a_file_is_its_bytes_and_its_name(
    files: tuple[Attachment, ...], known: tuple[Attachment, ...], sent: tuple[Attachment, ...]
) -> None:
    found = enclosing(mail(attachments=files), {each.key for each in known}, 10_000)
    assert found.enclosed == tuple(each.key for each in sent)


def test_what_is_sent_under_two_names_is_weighed_twice() -> None:
    assert enclosing(mail(attachments=(MANUAL, AGAIN)), (), 1999).too_large


def test_too_much_is_not_sent_at_all_and_told() -> None:
    found = enclosing(mail(attachments=(MANUAL, PICTURE)), (), 1499)
    assert (found.enclosed, found.too_large) == ((), True)
    assert "limits.answer_files" in found.told[0]


MAILS = {
    "a forwarded mail": Attachment("Re: x.eml", "message/rfc822", 900, "d" * 64),
    "a mail as a file": Attachment("x.EML", "application/octet-stream", 900, "d" * 64),
    "Outlook's own form": Attachment("x", "application/vnd.ms-outlook", 900, "d" * 64),
    "a page of our notice": Attachment("notice.html", "text/html", 900, "d" * 64, ours=True),
}


@pytest.mark.parametrize("file", [pytest.param(file, id=name) for name, file in MAILS.items()])
def test_a_mail_that_is_passed_on_stays_inside_and_its_sender_is_told(file: Attachment) -> None:
    found = enclosing(mail(attachments=(file, MANUAL)), (), 10_000)
    assert found.enclosed == (MANUAL.key,)
    assert found.told[0].startswith(f"{file.name} was not sent")
    assert file.sha256 not in files_to_pass_on(mail(AGENT, attachments=(file, MANUAL)), DESK)


@pytest.mark.parametrize(
    "file",
    [
        Attachment("winmail.dat", "application/ms-tnef", 10, "e" * 64),
        Attachment("smime.p7s", "application/octet-stream", 10, "e" * 64),
        Attachment("smime.p7m", "application/octet-stream", 10, "e" * 64, seal=Seal.SIGNED),
        Attachment("words.p7m", "application/pkcs7-mime", 10, "e" * 64, seal=Seal.SIGNED),
        Attachment("signature.asc", "application/pgp-signature", 10, "e" * 64),
        Attachment("ana.vcf", "text/vcard", 10, "e" * 64),
    ],
    ids=lambda file: file.name,
)
def test_what_the_mail_program_added_is_left_out_without_a_word(file: Attachment) -> None:
    assert enclosing(mail(attachments=(file,)), (), 1000).enclosed == ()
    assert enclosing(mail(attachments=(file,)), (), 1000).told == ()


@pytest.mark.parametrize(
    "file",
    [
        Attachment("smime.p7m", "application/octet-stream", 10, "e" * 64),
        Attachment("smime.p7m", "application/pkcs7-mime", 10, "e" * 64, seal=Seal.ENCRYPTED),
        Attachment("note.p7m", "application/x-pkcs7-mime", 10, "e" * 64),
    ],
)
def test_a_mail_in_a_container_is_withheld_as_any_attached_mail(file: Attachment) -> None:
    found = enclosing(mail(own_text="See this.", attachments=(file,)), (), 1000)
    assert found.enclosed == ()
    assert f"{file.name} was not sent: it is a mail" in found.told[0]


def test_a_file_that_somebody_signed_goes_along() -> None:
    contract = Attachment("contract.pdf.p7m", "application/pkcs7-mime", 10, "e" * 64)
    assert enclosing(mail(attachments=(contract,)), (), 1000).enclosed == (contract.key,)


@pytest.mark.parametrize(
    ("author", "size", "passed"),
    [(AGENT, 6 * 2**20, True), (BO, 5 * 2**20, True), (BO, 5 * 2**20 + 1, False)],
    ids=["an agent's", "a customer's", "more than a notice holds"],
)
def test_files_are_fetched_where_a_letter_may_hold_them(author: str, size: int, *, passed: bool) -> None:
    large = replace(MANUAL, size=size)
    assert files_to_pass_on(mail(author, attachments=(large,)), DESK) == (
        {MANUAL.sha256} if passed else set()
    )


def test_a_notice_weighs_each_name_and_holds_empty_files_too() -> None:
    half = replace(MANUAL, size=DESK.notice_files // 2 + 1)
    twice = (half, replace(half, name="again.pdf"))
    assert not files_to_pass_on(mail(attachments=twice), DESK)
    assert files_to_pass_on(mail(attachments=(half, EMPTY)), DESK) == {half.sha256, EMPTY.sha256}


def test_no_letter_holds_a_machines_files() -> None:
    machine = Automatic(AutomaticKind.GENERATED, "Auto-Submitted")
    assert not files_to_pass_on(mail(AGENT, attachments=(MANUAL,), automatic=machine), DESK)


ANA = Person("Ana Souza", AGENT)


@pytest.mark.parametrize(
    ("person", "text", "cut", "signature"),
    [
        (replace(ANA, signature="Ana\nAcme"), "Hello", "-- \nfrom the mail", "-- \nAna\nAcme"),
        (replace(ANA, signature="-- \nAna"), "Hello", "", "-- \nAna"),
        (ANA, "Hello", "Best regards,\nAna", "Best regards,\nAna"),
        (ANA, "Hello", "", "Ana Souza"),
        (ANA, "Hello\n\nAna", "", ""),
        (ANA, "Ask Ana about what we said yesterday", "", "Ana Souza"),
        (ANA, "Hello\n\nAna Souza,\nHead of support\nAcme", "", ""),
        (ANA, "Ana Souza\ncomes tomorrow.\nShe brings\nthe cable\nand a lamp.", "", "Ana Souza"),
    ],
    ids=[
        "configured",
        "configured with dashes",
        "of the mail",
        "name",
        "signed",
        "named",
        "with a post",
        "above",
    ],
)
def test_an_answer_is_signed(person: Person, text: str, cut: str, signature: str) -> None:
    assert signature_of(person, text, cut) == signature


@pytest.mark.parametrize(
    ("text", "read"),
    [
        (f"Write to {AGENT}.", f"Write to {DESK_ADDRESS}."),
        (f"<mailto:{AGENT.upper()}>", f"<mailto:{DESK_ADDRESS}>"),
        (f"{LEADER}, ops@acme.example", f"{DESK_ADDRESS}, {DESK_ADDRESS}"),
        (f"To: {OWN_DETAIL}", f"To: {DESK_ADDRESS}"),
        (f"big{AGENT}", f"big{AGENT}"),
        (f"{BO} and {DESK_ADDRESS}", f"{BO} and {DESK_ADDRESS}"),
    ],
    ids=["an agent's", "in capitals", "others'", "with a token", "another's", "not private"],
)
def test_customers_read_no_private_address(text: str, read: str) -> None:
    assert PrivateAddresses(DESK).hide(text, DESK_ADDRESS) == read


@pytest.mark.parametrize(
    ("name", "read"),
    [
        (f"{AGENT}.png", f"{DESK_ADDRESS}.png"),
        (f"Mail to {AGENT.upper()} (2).tar.gz", f"Mail to {DESK_ADDRESS} (2).tar.gz"),
        (f"shot_{AGENT}_2.png", f"shot_{DESK_ADDRESS}_2.png"),
        (f"shot-{LEADER}-2.png", f"shot-{DESK_ADDRESS}-2.png"),
        (f"{OWN_DETAIL}.eml.txt", f"{DESK_ADDRESS}.eml.txt"),
        (f"{AGENT}", DESK_ADDRESS),
        (f"big{AGENT}.png", f"big{AGENT}.png"),
        (f"{BO}, {DESK_ADDRESS}.png", f"{BO}, {DESK_ADDRESS}.png"),
        ("cable.png", "cable.png"),
    ],
    ids=[
        *("an agent's", "among words", "between underscores", "between dashes", "with a token"),
        *("no extension", "another's", "not private", "no address"),
    ],
)
def test_customers_read_no_private_address_in_a_files_name(name: str, read: str) -> None:
    assert PrivateAddresses(DESK).hide_in_name(name, DESK_ADDRESS) == read


# --- of whom a notice holds files ---------------------------------------------------------------------

SMALL, LARGE = (
    (replace(PICTURE, size=DESK.stranger_files),),
    (replace(PICTURE, size=DESK.stranger_files + 1),),
)


@pytest.mark.parametrize("files", [SMALL, LARGE], ids=["a little", "more"])
@pytest.mark.parametrize("proven", [False, True])
@pytest.mark.parametrize("host_named", [False, True])
@pytest.mark.parametrize("standing", Standing)
def test_whose_files_stand_in_a_notice(
    standing: Standing, host_named: bool, proven: bool, files: tuple[Attachment, ...]
) -> None:
    theirs = mail(attachments=files)
    theirs = replace(theirs, author=replace(theirs.author, standing=standing))
    if standing is Standing.UNKNOWN and not host_named:
        expected = proven or files is SMALL
    else:
        expected = standing is Standing.VOUCHED
    assert may_be_enclosed(theirs, DESK, host_named=host_named, proven=proven) is expected


def at_hand(*sizes: int) -> list[FileAtHand]:
    return [FileAtHand(f"{n}.bin", size, str(n)) for n, size in enumerate(sizes)]


@pytest.mark.parametrize(
    ("sizes", "mails", "left_out"),
    [
        pytest.param((), [], 0, id="nothing"),
        pytest.param((100,), [[100]], 0, id="just fits"),
        pytest.param((60, 40, 1), [[60, 40], [1]], 0, id="a second mail"),
        pytest.param((101, 5), [[5]], 1, id="one that fits nowhere"),
        pytest.param((0, 100, 0), [[0, 100, 0]], 0, id="empty files"),
        pytest.param((90,) * 12, [[90]] * 10, 2, id="no flood"),
    ],
)
def test_files_go_in_as_many_mails_as_it_takes(
    sizes: tuple[int, ...], mails: list[list[int]], left_out: int
) -> None:
    found, told = in_mails(at_hand(*sizes), 100)
    assert [[each.size for each in mail] for mail in found] == mails
    assert len(told) == left_out
