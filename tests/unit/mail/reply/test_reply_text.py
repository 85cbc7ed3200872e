"""The author's new words, as mail programs and people leave them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maildesk.mail.our_marks import REPLY_MARK
from maildesk.mail.reply.html_replies import new_words_of_html
from maildesk.mail.reply.reply_text import new_words
from tests.cost import at_most

QUOTED = "> Dear Ana,\n> have you tried again?\n>\n> Acme Support\n"


@pytest.mark.parametrize(
    "attribution",
    [
        "On Mon, 3 Jan 2022 at 10:00, Acme Support <support@acme.example> wrote:",
        "On Mon, 3 Jan 2022 at 10:00, Acme Support\n<support@acme.example> wrote:",
        "On Mon, 3 Jan 2022,\nAcme Support\n<support@acme.example>\nwrote:",
        "On 3/1/22 10:00 AM, Acme Support wrote:",
        "Acme Support <support@acme.example> wrote on 3.1.2022 at 10:00:",
        "Am 03.01.22 um 10:00 schrieb Acme Support:",
        "Acme Support <support@acme.example> schrieb am Mo. 3. Jan. 2022 um 10:00:",
        "Le lun. 3 janv. 2022 à 10:00, Acme Support <support@acme.example> a écrit :",
        "El lun, 3 ene 2022 a las 10:00, Acme Support (<support@acme.example>) escribió:",
        "Il giorno lun 3 gen 2022 alle ore 10:00 Acme Support <support@acme.example> ha scritto:",
        "Em seg., 3 de jan. de 2022 às 10:00, Acme Support <support@acme.example> escreveu:",
        "Op ma 3 jan. 2022 om 10:00 schreef Acme Support <support@acme.example>:",
        "Den mån 3 jan. 2022 kl 10:00 skrev Acme Support <support@acme.example>:",
        "W dniu 3.01.2022 o 10:00, Acme Support pisze:",
        "pon., 3 sty 2022 o 10:00 Acme Support <support@acme.example> napisał(a):",
        "Dne 3. 1. 2022 v 10:00 Acme Support napsal(a):",
        "пн, 3 янв. 2022 г. в 10:00, Acme Support <support@acme.example>:",
        "03.01.2022 10:00, Acme Support пишет:",
        "ma 3. tammik. 2022 klo 10.00 Acme Support (support@acme.example) kirjoitti:",
        "2022年1月3日(月) 10:00 Acme Support <support@acme.example>:",
        "Acme Support <support@acme.example>, 3 Oca 2022 Pzt, 10:00 tarihinde şunu yazdı:",
        "in a language nobody taught us, 3 Xyz 2022, <support@acme.example> qwrtz:",
    ],
)
class TestAttributions:
    def test_the_line_above_quoted_lines_goes_with_them(self, attribution: str) -> None:
        assert new_words(f"Still broken.\n\n{attribution}\n\n{QUOTED}") == "Still broken."

    def test_words_below_the_quote_stay(self, attribution: str) -> None:
        assert new_words(f"{attribution}\n{QUOTED}\nStill broken.") == "Still broken."


@pytest.mark.parametrize(
    "history",
    [
        "On Mon, 3 Jan 2022 at 10:00, Acme Support <support@acme.example> wrote:\n\nDear Ana,\nplease wait.",
        "-----Original Message-----\nFrom: Acme Support\nSent: Monday\nTo: Ana\nSubject: Re: help\n\n"
        "Dear Ana,",
        "----- Ursprüngliche Nachricht -----\nVon: Acme Support\n\nDear Ana,",
        "________________________________\nFrom: Acme Support <support@acme.example>\n"
        "Sent: Monday, January 3, 2022\n"
        "To: Ana Souza\nSubject: Re: help\n\nDear Ana,",
        "Von: Acme Support <support@acme.example>\nGesendet: Montag, 3. Januar 2022 10:00\nAn: Ana\n"
        "Betreff: Hilfe\n\nx",
        "De : Acme Support\nEnvoyé : lundi 3 janvier 2022 10:00\nÀ : Ana\nObjet : Aide\n\nx",
        "*From:* Acme Support <support@acme.example>\n*Sent:* Monday, January 3, 2022 10:00\n*To:* Ana\n\nx",
        "发件人: Acme\n发送时间: 2022年1月3日 10:00\n收件人: Ana\n主题: help\n\nx",
        "Begin forwarded message:\n\nFrom: Bob\n\nhello",
        "---------- Forwarded message ---------\nFrom: Bob <bob@client.example>\nDate: Mon, 3 Jan 2022\n"
        "Subject: x\n\nhello",
        "---- On Mon, 03 Jan 2022 10:00:00 +0000 Acme Support <support@acme.example> wrote ----\n\nDear Ana,",
        f"{REPLY_MARK}\n\nDear Ana,\nplease wait, it is urgent to us.\n\nAcme Support",
        f"On Mon, 3 Jan 2022 at 10:00, Acme <support@acme.example> wrote:\n\n> {REPLY_MARK}\n>\n"
        f"> Dear Ana,\n",
    ],
)
def test_everything_below_the_start_of_the_history_goes(history: str) -> None:
    assert new_words(f"Still broken.\nPlease help.\n\n{history}") == "Still broken.\nPlease help."


@pytest.mark.parametrize(
    "signature",
    [
        "-- \nAna Souza\nClient Inc\nEmergency hotline: +1 555 0100",
        "--\nAna",
        "Best regards,\nAna Souza\nHead of Urgent Affairs",
        "Mit freundlichen Grüßen\nAna",
        "Cordialement,\n\nAna",
        "Sent from my iPhone",
        "Sent from Mail for Windows",
        "Get Outlook for iOS<https://aka.example/x>",
        "Von meinem iPhone gesendet",
        "Envoyé de mon iPad",
        "Enviado desde mi iPhone",
        "Gesendet mit der Proton Mail App",
        "Отправлено с iPhone",
        "iPhoneから送信",
        "This email and any attachments are confidential and intended solely for the addressee.\n"
        "Legal action may follow.",
        "CONFIDENTIALITY NOTICE: this message is privileged.",
    ],
)
def test_signatures_and_footers_go(signature: str) -> None:
    assert (
        new_words(f"Still broken.\n\n{signature}\n\nOn 3 Jan 2022, x@acme.example wrote:\n{QUOTED}")
        == "Still broken."
    )


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Just words.\n\nAnd more words.", id="no-reply-at-all"),
        pytest.param("On Monday I wrote:\nplease help", id="speaks-of-writing"),
        pytest.param("On the third try it said: error 5.\nWhat now?", id="a-colon"),
        pytest.param("From: the cellar\nit smells of smoke", id="one-label"),
        pytest.param("Steps:\n1. open\n2. wait\nResult: nothing", id="steps"),
        pytest.param("Windows version: 10\nDisk: full\nSent from where I sit\nPlease help", id="facts"),
        pytest.param("See the list:\n-- first\n-- second\n-- third\nThanks!", id="dashes-as-bullets"),
        pytest.param("Name     Age\n-------------\nAna      3\nBob      4", id="a-table"),
        pytest.param("Mit dem Windows Update geht nichts mehr.\nBitte helfen!", id="a-device-in-a-sentence"),
        pytest.param(
            "This email contains confidential data, please be careful.\nIt is broken.",
            id="confidential-first",
        ),
        pytest.param("--\nEverything stands below dashes.", id="dashes-first"),
        pytest.param("It broke.\n\nBest,\nAna\n\nPS: the server room is on fire", id="postscript"),
        pytest.param("a\n\n--\n\n" + "\n".join(f"line {n}" for n in range(30)), id="long-text-below-dashes"),
    ],
)
def test_when_unsure_everything_stays(text: str) -> None:
    assert new_words(text) == text


def test_answers_between_quotes_stay() -> None:
    text = "On 3 Jan 2022 at 10:00, x@acme.example wrote:\n> one?\n\nyes\n\n> two?\n\nno\n\n> bye"
    assert new_words(text) == "yes\n\nno"


def test_words_below_a_quoted_mark_stay_when_nothing_stands_above() -> None:
    assert new_words(f"> {REPLY_MARK}\n> Dear Ana,\n\nStill broken.") == "Still broken."


def test_a_reply_of_quotes_only_has_no_new_words() -> None:
    assert new_words(f"On 3 Jan 2022, x@acme.example wrote:\n{QUOTED}") == ""


def test_an_attribution_on_the_line_of_the_last_words_goes_alone() -> None:
    assert new_words(f"Still broken. On 3 Jan 2022, x@acme.example wrote:\n{QUOTED}") == "Still broken."


@pytest.mark.parametrize(
    "html",
    [
        pytest.param(
            '<div>Still broken.</div><div class="gmail_quote">'
            '<div class="gmail_attr">On 3 Jan, X wrote:<br></div>'
            "<blockquote>old</blockquote></div>",
            id="gmail",
        ),
        pytest.param(
            '<div>Still broken.</div><div class="gmail_quote">'
            '<div class="gmail_attr">---------- Forwarded message '
            "---------<br>From: <b>Bob</b> &lt;b@c.example&gt;<br>Date: 3 Jan 2022<br></div>old</div>",
            id="gmail-forward",
        ),
        pytest.param(
            '<p>Still broken.</p><hr><div id="divRplyFwdMsg"><b>From:</b> x<br><b>Sent:</b> y</div>'
            "<p>old</p>",
            id="outlook-web",
        ),
        pytest.param(
            "<p>Still broken.</p><div style='border:none;border-top:solid #E1E1E1 1.0pt'><p>"
            "<b>From:</b> x</p></div>old",
            id="outlook-windows",
        ),
        pytest.param(
            "<p>Still broken.</p><hr><p><b>From:</b> x@y.example<br><b>Sent:</b> Monday 3 Jan 2022<br><b>To:"
            "</b> Ana<br><b>Subject:</b> x</p><p>old</p>",
            id="outlook-unmarked",
        ),
        pytest.param(f"<p>Still broken.</p><p>{REPLY_MARK}</p><p>old</p>", id="our-mark"),
        pytest.param(
            "<p>Still broken.</p><div>Sent from my iPhone</div><blockquote>old</blockquote>", id="iphone"
        ),
    ],
)
def test_html_replies_lose_their_history(html: str) -> None:
    assert new_words_of_html(html) == "Still broken."


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("\n" * 20_000, id="blank-lines"),
        pytest.param(">\n" * 20_000, id="quoted-lines"),
        pytest.param("a\n> b\n" * 20_000, id="alternating"),
        pytest.param("On x wrote\n" * 20_000, id="attributions"),
        pytest.param("On 3 Jan 2022 x wrote:\n" * 20_000, id="dated-attributions"),
        pytest.param("From: a\nTo: b\nCc: c\nBcc: d\n" * 5_000, id="header-lines"),
        pytest.param("-----\nFrom: x\n" * 10_000, id="drawn-header-lines"),
        pytest.param("reply above this line\n" * 20_000, id="marks"),
        pytest.param(("1" * 390 + ":\n") * 2_500, id="digits"),
        pytest.param("a:\n" * 20_000, id="colons"),
        pytest.param("From: a\n" * 20_000, id="labels"),
        pytest.param("-- \n" * 20_000, id="dashes"),
        pytest.param("Sent from my\n" * 20_000, id="footers"),
        pytest.param("a@" * 200_000, id="one-long-line"),
        pytest.param((" " * 900 + "x\n") * 3000, id="indented"),
        pytest.param(("-" * 300 + "x\n") * 3000, id="drawn-lines"),
    ],
)
def test_hostile_text_costs_no_more_than_its_length(text: str) -> None:
    with at_most(120):  # some stripping libraries take more than a minute here
        new_words(text)


@given(
    st.lists(
        st.sampled_from(
            [
                "",
                "> q",
                "On 3 Jan 2022, a@b.example wrote:",
                "-- ",
                "text",
                "From: a",
                "Sent: b",
                "To: c",
                "-----Original Message-----",
                "Best regards",
                REPLY_MARK,
                "wrote:",
            ]
        )
    )
)
def test_new_words_are_always_lines_of_the_text(lines: list[str]) -> None:
    kept = new_words("\n".join(lines)).split("\n")
    assert set(map(str.strip, kept)) <= {*map(str.strip, lines), ""}


@pytest.mark.parametrize(
    "question",
    ["Also, can you reset my password?", "另外，可以退款吗？", "هل يمكنكم المساعدة؟"],
    ids=["en", "zh", "ar"],
)
def test_a_question_below_the_name_is_not_part_of_the_signature(question: str) -> None:
    text = f"It works again.\n\nBest regards\nBo Lund\n\n{question}"
    assert new_words(text) == text
    assert new_words("It works again.\n\nBest regards\nBo Lund") == "It works again."
