"""Words in opaque containers are read like any others, and what is encrypted says so."""

from __future__ import annotations

import base64

import pytest

from maildesk.mail.identity.authenticity import Trust
from maildesk.mail.message import Automatic, AutomaticKind, IncomingMail
from maildesk.mail.reading import attachments_of, bodies_of, read_mail
from maildesk.mail.seals import Seal
from tests.containers import (
    COMPRESSED,
    ENVELOPED,
    body_attribute,
    cms,
    in_pieces,
    properties,
    sealed_mail,
    signed_data,
    streamed_signed_data,
    winmail,
)

SAID = "Nobody can open the door."
TEXT = f"Content-Type: text/plain; charset=utf-8\r\n\r\n{SAID}\r\n".encode()
WITH_FILE = (
    b"Content-Type: multipart/mixed; boundary=i\r\n\r\n--i\r\n" + TEXT + b"--i\r\n"
    b"Content-Type: application/pdf; name=key.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    b"JVBERg==\r\n--i--\r\n"
)
FOOTER = b"--o\r\nContent-Type: text/plain\r\n\r\nSent through the list.\r\n--o--\r\n"


def read(raw: bytes) -> IncomingMail:
    return read_mail(raw, trust=Trust())


@pytest.mark.parametrize(
    "kind",
    [
        "application/pkcs7-mime; smime-type=signed-data",
        "application/x-pkcs7-mime",
        "Application/PKCS7-MIME",
        "application/octet-stream",
    ],
)
@pytest.mark.parametrize(
    "form", [signed_data, lambda inner: streamed_signed_data(in_pieces([inner[:50], inner[50:]]))]
)
def test_a_mail_signed_opaquely_shows_its_words_and_files(kind: str, form: object) -> None:
    assert callable(form)
    raw = sealed_mail(form(WITH_FILE), kind)
    mail = read(raw)
    assert mail.body.new_text == SAID
    assert [(each.name, each.seal) for each in mail.attachments] == [
        ("smime.p7m", Seal.SIGNED),
        ("key.pdf", ""),
    ]
    assert (mail.seal, mail.defects) == (Seal.SIGNED, ())
    assert attachments_of(raw)[1][1] == b"%PDF"
    assert [text for _, text in bodies_of(raw)] == [SAID]


def test_what_was_signed_changes_nothing_of_who_wrote_what() -> None:
    lies = (
        b"From: boss@acme.example\r\nSubject: Pay\r\nAuto-Submitted: auto-replied\r\n"
        b"Message-ID: <x@y.example>\r\n"
    )
    one, other = read(sealed_mail(signed_data(lies + TEXT))), read(sealed_mail(signed_data(TEXT)))
    assert (one.author, one.subject, one.ids, one.automation) == (
        other.author, other.subject, other.ids, other.automation
    )  # fmt: skip
    assert one.body == other.body
    assert one.digests.content != other.digests.content


def test_the_digest_is_of_the_mail_as_it_came() -> None:
    whole = read(sealed_mail(signed_data(TEXT)))
    file = read(sealed_mail(signed_data(TEXT), "application/zip"))
    assert whole.digests.raw != file.digests.raw
    assert (file.body.text, file.seal) == ("", Seal.NONE)


def test_a_signature_inside_a_lists_mail_is_opened() -> None:
    inner = base64.encodebytes(signed_data(TEXT)).decode()
    part = (
        f"Content-Type: application/pkcs7-mime; name=smime.p7m\nContent-Transfer-Encoding: base64\n\n{inner}"
    )
    head = b"From: carla@client.example\nContent-Type: multipart/mixed; boundary=o\n\n--o\n"
    assert read(head + part.encode() + FOOTER).body.text == f"{SAID}\n\nSent through the list."


def beside(text: str, data: bytes, kind: str = "application/pkcs7-mime; name=smime.p7m") -> bytes:
    """A text with a container below it."""
    return (
        "From: carla@client.example\nContent-Type: multipart/mixed; boundary=o\n\n"
        f"--o\nContent-Type: text/plain; charset=utf-8\n\n{text}\n--o\nContent-Type: {kind}\n"
        "Content-Disposition: attachment\nContent-Transfer-Encoding: base64\n\n"
        f"{base64.encodebytes(data).decode()}--o--\n"
    ).encode()


LIST_FOOTER = "_______________\nIT mailing list\nit@client.example"
ADDED = [
    pytest.param("", id="blank"),
    pytest.param(LIST_FOOTER, id="footer"),
    pytest.param("--------------------\nTo leave write to it-leave@client.example", id="footer-drawn"),
    pytest.param("[EXTERNAL] This mail comes from outside.", id="label"),
    pytest.param("CAUTION: This email originated from outside of Acme. Do not click links.", id="caution"),
    pytest.param("ACHTUNG: Diese E-Mail stammt von außerhalb. Öffnen Sie nichts.", id="achtung"),
    pytest.param("*** EXTERN *** Vorsicht bei Anhängen", id="extern"),
]
SAYS = [
    "Please see the attached.",
    "Please see the attached.\n\n-- \nCarla Nunes",
    "-- \nCarla Nunes",
    "Important: the external monitor burns.\n\n" + "Please come at once.\n" * 30,
    "Our mailing list is attached.",
    "Fine.\n\nOn Monday Acme wrote:\n> It is shut.\n",
]


@pytest.mark.parametrize("text", SAYS)
@pytest.mark.parametrize("kind", ["application/pkcs7-mime", "application/octet-stream"])
def test_a_signed_mail_that_somebody_attached_stays_a_file(text: str, kind: str) -> None:
    mail = read(beside(text, signed_data(WITH_FILE), f"{kind}; name=smime.p7m"))
    assert SAID not in mail.body.text
    assert [(each.name, each.seal) for each in mail.attachments] == [("smime.p7m", Seal.NONE)]
    assert mail.seal is Seal.NONE


@pytest.mark.parametrize("text", ADDED)
def test_below_what_a_list_or_a_gateway_added_it_is_the_mail_but_nobody_answers_by_it(text: str) -> None:
    mail = read(beside(text, signed_data(WITH_FILE)))
    assert SAID in mail.body.text
    assert (mail.body.own_text, mail.seal) == ("", Seal.SIGNED)
    assert read(sealed_mail(signed_data(TEXT))).body.own_text == SAID


def test_a_signed_mail_attached_inside_a_signed_one_stays_a_file() -> None:
    inner = beside("See this.", signed_data(TEXT)).partition(b"\n")[2]
    mail = read(sealed_mail(signed_data(inner)))
    assert (mail.body.text, mail.body.own_text) == ("See this.", "See this.")


def test_two_containers_are_files() -> None:
    raw = beside("", signed_data(TEXT))
    part = raw[raw.rindex(b"--o\nContent-Type") : -len(b"--o--\n")]
    assert SAID not in read(raw.replace(part, part + part)).body.text


def test_a_signed_mail_is_opened_a_few_times_and_no_more() -> None:
    inner = TEXT
    for level in range(6):
        inner = (
            b"Content-Type: application/pkcs7-mime; name=smime.p7m\r\n"
            b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(signed_data(inner))
        )
        mail = read(b"From: carla@client.example\r\n" + inner)
        assert (SAID in mail.body.text) == (level < 3)
        assert ("signed-unopened" in mail.defects) == (level >= 3)


@pytest.mark.parametrize("kept", [b"%PDF-1.4 a contract", b"", b"Dear Carla,\n\nthis is a letter.\n"])
def test_a_signed_file_stays_a_file(kept: bytes) -> None:
    mail = read(sealed_mail(signed_data(kept), "application/octet-stream"))
    assert (mail.body.text, [each.seal for each in mail.attachments]) == ("", [Seal.NONE])


ARMOUR = b"-----BEGIN PGP MESSAGE-----\r\n\r\nhQEMA8x\r\n=u4fd\r\n-----END PGP MESSAGE-----\r\n"


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(sealed_mail(cms(ENVELOPED, b"\2\1\0")), id="smime"),
        pytest.param(sealed_mail(cms(ENVELOPED, b"\2\1\0"), "application/octet-stream"), id="smime-octets"),
        pytest.param(
            sealed_mail(b"cut", "application/pkcs7-mime; smime-type=enveloped-data"), id="smime-declared"
        ),
        pytest.param(
            b"From: carla@client.example\nContent-Type: multipart/encrypted; boundary=o\n\n--o\n"
            b"Content-Type: application/pgp-encrypted\n\nVersion: 1\n--o\n"
            b"Content-Type: application/octet-stream\n\n" + ARMOUR + b"--o--\n",
            id="pgp-mime",
        ),
        pytest.param(b"From: carla@client.example\n\n" + ARMOUR, id="pgp-inline"),
        pytest.param(
            b"From: carla@client.example\n\nSecret:\n\n" + ARMOUR + b"Carla\n", id="pgp-below-words"
        ),
        pytest.param(
            sealed_mail(
                signed_data(
                    b"Content-Type: application/pkcs7-mime; name=smime.p7m\r\n\r\n"
                    + cms(ENVELOPED, b"\2\1\0")
                )
            ),
            id="signed-around-encrypted",
        ),
    ],
)
def test_an_encrypted_mail_says_so(raw: bytes) -> None:
    assert read(raw).seal is Seal.ENCRYPTED


@pytest.mark.parametrize(
    "text", [b"My key says -----BEGIN PGP MESSAGE-----", b"-----BEGIN PGP SIGNED MESSAGE-----\n\nHi", b"Hi"]
)
def test_words_about_encryption_are_in_clear(text: bytes) -> None:
    assert read(b"From: carla@client.example\n\n" + text).seal is Seal.NONE


# --- what a click sends ---------------------------------------------------------------------------

STATED = "Carla has accepted the invitation"
REPLY = (
    b"Content-Type: multipart/alternative; boundary=i\r\n\r\n--i\r\nContent-Type: text/plain\r\n\r\n"
    + STATED.encode()
    + b"\r\n--i\r\nContent-Type: text/calendar; method=REPLY\r\n\r\nBEGIN:VCALENDAR\r\nMETHOD:REPLY\r\n"
    b"BEGIN:VEVENT\r\nATTENDEE;PARTSTAT=ACCEPTED:mailto:carla@client.example\r\n%bEND:VEVENT\r\n--i--\r\n"
)
REACTION = (
    b"Content-Type: multipart/alternative; boundary=i\r\n\r\n--i\r\nContent-Type: text/plain; charset=utf-8"
    b"\r\n\r\n\xf0\x9f\x91\x8d\r\n--i\r\nContent-Type: text/vnd.google.email-reaction+json\r\n\r\n"
    b'{"emoji": "\xf0\x9f\x91\x8d", "version": 1}\r\n--i--\r\n'
)


@pytest.mark.parametrize(
    ("inner", "machine", "told"),
    [
        pytest.param(
            REPLY % b"",
            Automatic(AutomaticKind.AUTO_REPLY, "a calendar reply: accepted"),
            STATED,
            id="calendar",
        ),
        pytest.param(
            REPLY % b"COMMENT:The gate is shut.\r\n",
            Automatic(AutomaticKind.GENERATED, "a calendar reply: accepted", worded=True),
            f"The gate is shut.\n\n{STATED}",
            id="comment",
        ),
        pytest.param(REACTION, Automatic(AutomaticKind.AUTO_REPLY, "a reaction: 👍"), "👍", id="reaction"),
    ],
)
def test_a_click_inside_a_signed_mail_is_known_as_one(inner: bytes, machine: Automatic, told: str) -> None:
    mail = read(sealed_mail(signed_data(inner)))
    assert mail.automation.automatic == machine
    assert mail.body.text == told
    assert mail.author == read(sealed_mail(signed_data(TEXT))).author


def test_a_calendars_reply_in_a_signed_mail_that_is_attached_says_nothing() -> None:
    mail = read(beside("Please see the attached.", signed_data(REPLY % b"")))
    assert mail.automation.automatic is None


# --- winmail.dat ----------------------------------------------------------------------------------

ODD = "Die Tür klemmt, 5 € für den Schlüssel."
PAGE = f"<html><body><p>{ODD}</p></body></html>"


@pytest.mark.parametrize(
    "attributes",
    [
        pytest.param([body_attribute(ODD)], id="attBody"),
        pytest.param([properties((0x1000001F, (ODD + "\0").encode("utf-16-le")))], id="unicode-body"),
        pytest.param([properties((0x1000001E, ODD.encode("cp1252") + b"\0"))], id="body-in-code-page"),
        pytest.param(
            [properties((0x10130102, PAGE.encode()), (0x3FDE0003, (65001).to_bytes(4, "little")))], id="html"
        ),
        pytest.param([properties((0x1013001F, (PAGE + "\0").encode("utf-16-le")))], id="unicode-html"),
        pytest.param(
            [body_attribute("  "), properties((0x1013001F, PAGE.encode("utf-16-le")))], id="blank-body"
        ),
        pytest.param([body_attribute(ODD), properties((0x1013001F, PAGE.encode("utf-16-le")))], id="both"),
        pytest.param([body_attribute(ODD), b"\1\0\0"], id="cut-off"),
    ],
)
@pytest.mark.parametrize("kind", ["application/ms-tnef", "application/vnd.ms-tnef"])
def test_the_words_in_a_winmail_are_read(attributes: list[bytes], kind: str) -> None:
    mail = read(sealed_mail(winmail(*attributes), kind))
    assert mail.body.new_text == ODD


def test_words_beside_a_winmail_stay_the_words() -> None:
    inner = base64.encodebytes(winmail(body_attribute(ODD))).decode()
    head = "From: carla@client.example\nContent-Type: multipart/mixed; boundary=o\n\n--o\n\n"
    part = f"\n--o\nContent-Type: application/ms-tnef\nContent-Transfer-Encoding: base64\n\n{inner}--o--\n"
    assert read(f"{head}{SAID}{part}".encode()).body.text == SAID
    assert read(f"{head} \n{part}".encode()).body.text.strip() == ODD


@pytest.mark.parametrize("text", ADDED)
def test_the_words_in_a_winmail_show_where_a_list_or_a_gateway_added_a_text(text: str) -> None:
    mail = read(beside(text, winmail(body_attribute(SAID)), "application/ms-tnef; name=winmail.dat"))
    assert SAID in mail.body.told
    assert mail.body.own_text == ""


@pytest.mark.parametrize("text", SAYS)
def test_the_words_in_a_winmail_below_somebodys_text_stay_there(text: str) -> None:
    mail = read(beside(text, winmail(body_attribute(SAID)), "application/ms-tnef; name=winmail.dat"))
    assert SAID not in mail.body.text


def test_a_winmail_that_is_the_mail_is_its_authors() -> None:
    assert read(sealed_mail(winmail(body_attribute(SAID)), "application/ms-tnef")).body.own_text == SAID


RTF = properties((0x10090102, b"{\\rtf1 Our copier smokes.}"))
TNEF = "application/ms-tnef; name=winmail.dat"


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(sealed_mail(winmail(RTF), "application/ms-tnef"), id="rtf"),
        pytest.param(beside("", winmail(RTF, body_attribute(" ")), TNEF), id="rtf-below-blank"),
        pytest.param(beside(LIST_FOOTER, winmail(RTF), TNEF), id="rtf-below-footer"),
        pytest.param(sealed_mail(cms(COMPRESSED, b"\2\1\0")), id="compressed"),
        pytest.param(
            sealed_mail(b"cut", "application/pkcs7-mime; smime-type=compressed-data"),
            id="compressed-declared",
        ),
    ],
)
def test_words_that_are_packed_away_are_told_of(raw: bytes) -> None:
    mail = read(raw)
    assert (mail.seal, mail.attachments[0].seal) == (Seal.UNREAD, Seal.UNREAD)


@pytest.mark.parametrize(
    "raw",
    [
        beside(SAID, winmail(RTF), TNEF),
        sealed_mail(winmail(RTF, body_attribute(SAID)), "application/ms-tnef"),
        sealed_mail(winmail(), "application/ms-tnef"),
    ],
)
def test_rich_text_beside_words_is_nothing_to_be_told(raw: bytes) -> None:
    assert read(raw).seal is Seal.NONE
