"""A text taken apart: signatures stand apart, answers keep their context, and nothing is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maildesk.mail.our_marks import REPLY_MARK
from maildesk.mail.reply.history import Doubt
from maildesk.mail.reply.html_replies import new_words_of_html
from maildesk.mail.reply.reply_text import new_words, reply_parts

WORDS = "It is still broken.\nPlease help."
HISTORY = "On Mon, 3 Jan 2022 at 10:00, Acme <support@acme.example> wrote:\n> old"

# --- signatures -----------------------------------------------------------------------------------

SIGNATURES = [
    "-- \nAna\n+1 555 0100",
    "—\nAna Souza\nDirector",
    "Best regards,\nAna Souza\nHead of Ops\nClient Inc. | +1 555 0100\nwww.client.example",
    "Mit freundlichen Grüßen\n\ni. A. Ana Souza\n\nClient GmbH\nHauptstraße 1\n12345 Berlin\nTel.: 0100",
    "Cordialement,\nAna",
    "Atenciosamente,\n\nAna Souza",
    "Met vriendelijke groet,\n\nAna",
    "Med vänliga hälsningar\nAna",
    "С уважением,\nАнна",
    "よろしくお願いいたします。\n山田",
    "此致\n敬礼\n王",
    "Saygılarımla,\nAli",
    "Pozdrawiam\nAnna",
    "Üdvözlettel,\nAnna",
    "בברכה,\nדנה",
    "مع أطيب التحيات،\nأحمد",
    "Sent from my iPhone",
    "Enviado do meu iPhone",
    "Inviato da iPhone",
    "Verstuurd vanaf mijn iPhone",
    "Lähetetty iPhonesta",
    "Wysłane z iPhone'a",
    "Odesláno z iPhonu",
    "Отправлено с iPhone",
    "iPhone'umdan gönderildi",
    "发自我的iPhone",
    "나의 iPhone에서 보냄",
    "נשלח מה-iPhone שלי",
    "أرسلت من الـ iPhone",
    "Đã gửi từ iPhone của tôi",
    "ส่งจาก iPhone ของฉัน",
    "Στάλθηκε από το iPhone μου",
    "Outlook für iOS beziehen",
    "Obter o Outlook para iOS",
    "Sent via the Samsung Galaxy, an example 5G smartphone",
    "Von meinem Samsung Galaxy Smartphone gesendet.",
    "Envoyé depuis mon téléphone Huawei",
    "Sent from Mail for Windows",
    "Sent from Yahoo Mail on Android",
    "Sent with Proton Mail secure email.",
    "Sent from my phone. Please excuse typos, not proofread",
    "Gesendet mit der Telekom Mail App",
    "Von meinem Diensthandy gesendet",
    "Envoyé depuis l'application Mail Orange",
    "Envoyé de ma tablette",
    "Verzonden vanuit Mail voor Windows",
    "Lähetetty puhelimesta",
    "Elküldve az iPhone-omról",
    "来自 Windows 版邮件",
    "来自我的华为手机",
    "CONFIDENTIALITY NOTICE: This e-mail is for its recipient only. If it reached you in error, delete it.",
    "Diese E-Mail enthält vertrauliche Angaben. Wer nicht der Adressat ist, vernichte sie bitte.",
    "Ce message et ses pièces jointes sont confidentiels et réservés à leurs destinataires.",
    "Esta mensagem contém informação confidencial e destina-se apenas ao seu destinatário.",
    "Please consider the environment before printing this e-mail.",
]


@pytest.mark.parametrize("signature", SIGNATURES)
class TestSignatures:
    def test_one_at_the_end_stands_apart(self, signature: str) -> None:
        parts = reply_parts(f"{WORDS}\n\n{signature}\n")
        assert (parts.new, parts.signature) == (WORDS, signature)
        assert parts.signed == f"{WORDS}\n\n{signature}"

    def test_one_above_the_history_stands_apart(self, signature: str) -> None:
        parts = reply_parts(f"{WORDS}\n\n{signature}\n\n{HISTORY}\n")
        assert (parts.new, parts.signature, parts.quoted) == (WORDS, signature, HISTORY)


@pytest.mark.parametrize(
    "tag",
    [
        '<div class="gmail_signature">',
        '<div id="Signature">',
        '<div id="x_Signature">',
        '<div class="moz-signature">',
        '<div id="ms-outlook-mobile-signature">',
        '<div class="ydp12ab34cdsignature">',
        '<div class="protonmail_signature_block">',
        '<div id="composer_signature">',
    ],
)
def test_a_signature_marked_in_html_stands_apart(tag: str) -> None:
    html = f"<p>It burns.</p>{tag}Bo Lund<br>Client Inc</div><blockquote>old</blockquote>"
    assert new_words_of_html(html) == "It burns."


# --- answers between quoted lines -----------------------------------------------------------------


def test_answers_between_quoted_lines_keep_their_context() -> None:
    text = f"{HISTORY}\n> one?\n\nyes\n\n> two?\n\nno\n\n> bye"
    parts = reply_parts(text)
    assert parts.new == "yes\n\nno"
    assert parts.in_context == f"{HISTORY}\n> one?\n\nyes\n\n> two?\n\nno"


def test_answers_below_a_telephones_footer_stay() -> None:
    text = (
        f"See below.\n\nSent from my iPhone\n\n{HISTORY.replace('On', '> On')}\nYes, it burns.\n> two?\nNo."
    )
    parts = reply_parts(text)
    assert (parts.new, parts.signature) == ("See below.\n\nYes, it burns.\n\nNo.", "Sent from my iPhone")


def test_questions_are_shown_with_their_answers_alone() -> None:
    text = f"Hi,\n\n{HISTORY}\n> one?\n\nyes\n\n> two?\n\nno\n\nBest regards\nAna\n\n> bye"
    parts = reply_parts(text)
    assert parts.in_context == f"Hi,\n\n{HISTORY}\n> one?\n\nyes\n\n> two?\n\nno"


def test_of_a_long_quotation_the_last_lines_are_the_question() -> None:
    quoted = [f"> {number}" for number in range(50)]
    parts = reply_parts("\n".join(["Hi,", "", HISTORY, *quoted, "", "yes"]))
    assert parts.in_context == "\n".join(["Hi,", "", *quoted[-12:], "", "yes"])


def test_answers_on_the_lines_below_their_questions_need_no_blank_ones() -> None:
    text = f"{HISTORY}\n> one?\nyes\n> two?\nno"
    assert reply_parts(text).in_context == text


def test_a_forwarded_mail_and_a_signature_are_no_question() -> None:
    text = (
        f"{HISTORY}\n\nyes\n\n-- \nAna\n\n---------- Forwarded message ---------\nFrom: bo@client.example\n"
    )
    assert reply_parts(text).in_context == f"{HISTORY}\n\nyes"


def test_a_reply_above_its_history_needs_no_context() -> None:
    parts = reply_parts(f"{WORDS}\n\n{HISTORY}")
    assert parts.in_context == WORDS


def test_a_link_that_was_broken_inside_a_quote_is_quoted() -> None:
    text = f"{WORDS}\n\n{HISTORY}\n> see (https://acme.example/\npath?case=1)\n> bye"
    assert new_words(text) == WORDS


def test_words_on_the_line_of_the_attribution_are_told_apart() -> None:
    parts = reply_parts("Noch kaputt. Am 03.01.2022 um 10:00 schrieb Acme <support@acme.example>:\n> alt")
    assert (parts.new, parts.quoted[:2]) == ("Noch kaputt.", "Am")


# --- words that stay ------------------------------------------------------------------------------

STAY = {
    "travel": "Please book:\n\nFrom: Lisbon\nTo: Porto\nDate: 3 Jan 2022 10:00\nSeats: 3\n\nIt is urgent.",
    "web-form": "From: Ana Souza <ana@client.example>\nSubject: Printer\n\nMessage Body:\nThe printer burns.",
    "web-form-dated": "New request:\n\nFrom: Ana <ana@client.example>\nDate: 2022-01-03 10:00\nSubject: x\n"
    "Message:\nThe printer burns.\n\nIt is urgent.",
    "ticket": "It says:\n\nOpened by: Ana <ana@client.example>\nOpened: 3 Jan 2022 10:00\nState: new\n\nWhy?",
    "told": "On Monday 3 January 2022 at 10:30 your technician wrote:\nplease wait.\nI did, it burns.",
    "told-de": "Am 3. Januar 2022 um 10:30 schrieb mir Ihr Kollege:\nbitte neu starten.\nDas half nicht.",
    "told-of-oneself": "Hallo,\n\nam 3.3.2025 um 10:30 Uhr schrieb ich Ihnen:\n\nmein Drucker brennt.",
    "told-da": "Hej,\n\nDen 3. marts 2025 kl. 10.30 skrev jeg til jer:\nIntet svar.\nHvad nu?",
    "log": "The log of 3.1.2022 10:00 says:\nerror 5: disk full\n\nWhat now?",
    "framed-log": "----- error message -----\nCannot open file\n-------------------------\nplease help",
    "more-than": "Since today:\n>100 users cannot log in.\nIt is urgent.",
    "arrows": "Look:\n>>> the printer burns <<<\nnow!",
    "cheers": "Cheers\n\nThe server has been burning since nine and nobody answers our calls at all.",
    "rule": "First part\n\n---\n\nSecond part, which matters.\n\nThanks",
    "footer-like": "Sent from my office yesterday, and no answer yet!\nPlease help.",
    "sent-by-email": "It is wrong.\nSent by email last week, but nobody answered.\nPlease call me on Monday.",
    "sent-from-an-app": "My form is lost.\nSent from the app twice, it never arrived.\nWhat can I do?",
    "sent-from-somebody": "The file is lost.\nSent from ana@client.example\nPlease look for it.",
    "sent-by-somebody": "Brakuje pliku.\nWysłane przez Olga w poniedziałek\nProszę sprawdzić.",
    "sent-fr": "Elle est fausse.\nEnvoyé par mail le 12 mars, toujours pas de réponse.\nMerci d'avance.",
    "sent-es": "No tengo factura.\nEnviado por mail el lunes, sin respuesta.\nEspero su llamada.",
    "sent-it": "Manca la fattura.\nInviato tramite app il 3 marzo senza risposta.\nCosa devo fare?",
    "sent-fi": "Lasku on väärä.\nLähetetty lasku on väärällä tilillä\nVoitteko korjata sen?",
    "sent-hu": "Nem jött meg.\nElküldve a csomag két hete\nMit tegyek?",
    "sent-zh": "订单有问题。\n来自上海的客户说没有收到货\n请帮忙看看是什么原因。",
    "outlook": "My Outlook on iOS crashes since the update.\nGet Outlook to work again, please",
    "prompt": "I typed:\n\nSQL> select 1;\n\nand nothing came.",
    "mark-in-words": "I will write above this line what I mean:\nthe printer burns",
    "confidential": "Hello,\n\nThis e-mail is confidential? Our users ask why it says so.\n\nIt is urgent.",
    "source-of-a-mail": "Lost:\n\nReceived: from x\nFrom: ana@client.example\nTo: bo@client.example\n"
    "Date: Mon, 3 Jan 2022 10:00:00 +0100\nSubject: lost\n\nWhere is it?",
    "bullets-on-their-own-lines": "-\nFirst thing\n-\nSecond thing",
    "a-label": "To\nwhom it may concern,\nthe printer burns.",
}


@pytest.mark.parametrize("text", STAY.values(), ids=STAY)
def test_an_authors_words_stay_though_they_look_like_history(text: str) -> None:
    assert new_words(text) == text


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        pytest.param("Hello.\nIt burns.", None, id="plain"),
        pytest.param(f"{WORDS}\n\n{HISTORY}", None, id="reply"),
        pytest.param(HISTORY, Doubt.ONLY_HISTORY, id="only-history"),
        pytest.param(STAY["told"], Doubt.LIKE_HISTORY, id="told"),
        pytest.param("It burns.\n> why?\nno idea", Doubt.UNINTRODUCED, id="unintroduced"),
        pytest.param(f"{WORDS}\n\nSent from my iPad\n\nIs it new?", Doubt.BELOW_FOOTER, id="footer"),
    ],
)
def test_doubt_is_told(text: str, doubt: Doubt | None) -> None:
    parts = reply_parts(text)
    assert parts.doubt is doubt
    assert parts.sure == (doubt is None)


# --- properties -----------------------------------------------------------------------------------

LINES = st.lists(
    st.sampled_from(
        [
            "", "> q", ">> r", ">", "text", "more text.",
            "On 3 Jan 2022 10:00, A <a@b.example> wrote:", "wrote:",
            "Done. On 3 Jan 2022 10:00, A <a@b.example> wrote:", "Am 03.01.22 schrieb A:", "-- ", "----",
            "From: a@b.example",
            "Sent: 3 Jan 2022 10:00", "To: c", "Subject: s", "-----Original Message-----", "Bo",
            "Best regards",
            "Sent from my iPhone", "This e-mail is confidential and intended for its addressee.", REPLY_MARK,
            "---------- Forwarded message ---------", "\u200eОт: х", "   indented", "Kind regards, Bo",
        ]
    )
)  # fmt: skip


def words_in(*texts: str) -> list[str]:
    return sorted(word for text in texts for word in text.split())


@given(LINES)
def test_nothing_is_lost(lines: list[str]) -> None:
    text = "\n".join(lines)
    parts = reply_parts(text)
    assert words_in(parts.new, parts.signature, parts.quoted, parts.forwarded) == words_in(text)


@given(LINES)
def test_new_words_stand_in_their_order(lines: list[str]) -> None:
    text = "\n".join(lines)
    parts = reply_parts(text)
    for part in (parts.new, parts.signed, parts.in_context):
        rest = iter(text.split())
        assert all(word in rest for word in part.split())


@given(LINES)
def test_new_words_hold_no_quoted_line_that_was_introduced(lines: list[str]) -> None:
    text = "\n".join([WORDS, "", HISTORY, "> end", *lines])
    assert "> old" not in new_words(text)
    assert new_words(text).startswith(WORDS)


@given(st.text())
def test_any_text_is_taken_apart(text: str) -> None:
    parts = reply_parts(text)
    assert words_in(parts.new, parts.signature, parts.quoted, parts.forwarded) == words_in(text)
