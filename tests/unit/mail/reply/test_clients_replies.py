"""Replies as the mail programs of many countries write them: the history goes, the words stay."""

from __future__ import annotations

import pytest

from maildesk.mail.reply.html_replies import new_words_of_html
from maildesk.mail.reply.reply_text import new_words, reply_parts

WORDS = "It is still broken.\nPlease help."
OLD = "We restarted it, please try again.\nThis is urgent to us.\n\nAcme Support"
QUOTED = "\n".join(f"> {line}".rstrip() for line in OLD.split("\n"))

# --- attributions above history that is not quoted with `>` ---------------------------------------

ATTRIBUTIONS = {
    "gmail-en": "On Mon, Jan 3, 2022 at 10:00 AM Acme Support <support@acme.example> wrote:",
    "gmail-en-gb": "On Mon, 3 Jan 2022 at 10:00, Acme Support <support@acme.example> wrote:",
    "apple-en": "On Jan 3, 2022, at 10:00 AM, Acme Support <support@acme.example> wrote:",
    "apple-no-mailbox": "On 3 Jan 2022, at 10:00, Acme Support wrote:",
    "yahoo": "On Monday, January 3, 2022, 10:00:00 AM GMT+1, Acme Support <support@acme.example> wrote:",
    "thunderbird-en": "On 1/3/22 10:00, Acme Support wrote:",
    "postbox": "Acme Support wrote on 1/3/22 10:00 AM:",
    "spark": "On 3 Jan 2022, 10:00 +0100, Acme Support <support@acme.example>, wrote:",
    "proton": "On Monday, January 3rd, 2022 at 10:00 AM, Acme Support <support@acme.example> wrote:",
    "fastmail": "On Mon, 3 Jan 2022, at 10:00 AM, Acme Support wrote:",
    "tutanota": "3 Jan 2022, 10:00 by support@acme.example:",
    "zoho": "---- On Mon, 03 Jan 2022 10:00:00 +0100 Acme Support <support@acme.example> wrote ----",
    "notes": "-----Acme Support/ACME wrote: -----",
    "rt": "On Mon Jan 03 10:00:00 2022, support@acme.example wrote:",
    "mutt": "On Mon, Jan 03, 2022 at 10:00:00AM +0100, Acme Support wrote:",
    "netease": 'At 2022-01-03 10:00:00, "Acme Support" <support@acme.example> wrote:',
    "gmail-de": "Am Mo., 3. Jan. 2022 um 10:00 Uhr schrieb Acme Support <support@acme.example>:",
    "apple-de": "Am 03.01.2022 um 10:00 schrieb Acme Support <support@acme.example>:",
    "outlook-mac-de": 'Am 03.01.22, 10:00 schrieb "Acme Support" <support@acme.example>:',
    "gmail-fr": "Le lun. 3 janv. 2022 à 10:00, Acme Support <support@acme.example> a écrit :",
    "apple-fr": "Le 3 janv. 2022 à 10:00, Acme Support <support@acme.example> a écrit\u00a0:",
    "gmail-es": "El lun, 3 ene 2022 a las 10:00, Acme Support (<support@acme.example>) escribió:",
    "gmail-pt": "Em seg., 3 de jan. de 2022 às 10:00, Acme Support <support@acme.example> escreveu:",
    "thunderbird-pt": "Em 03/01/2022 10:00, Acme Support escreveu:",
    "apple-pt": "No dia 03/01/2022, às 10:00, Acme Support <support@acme.example> escreveu:",
    "gmail-it": "Il giorno lun 3 gen 2022 alle ore 10:00 Acme Support <support@acme.example> ha scritto:",
    "apple-it": "Il giorno 3 gen 2022, alle ore 10:00, Acme Support <support@acme.example> ha scritto:",
    "thunderbird-it": "Il 03/01/22 10:00, Acme Support ha scritto:",
    "gmail-nl": "Op ma 3 jan. 2022 om 10:00 schreef Acme Support <support@acme.example>:",
    "apple-nl": "Op 3 jan. 2022, om 10:00 heeft Acme Support <support@acme.example> het volgende geschreven:",
    "gmail-sv": "Den mån 3 jan. 2022 kl 10:00 skrev Acme Support <support@acme.example>:",
    "apple-sv": "3 jan. 2022 kl. 10:00 skrev Acme Support <support@acme.example>:",
    "gmail-da": "Den man. 3. jan. 2022 kl. 10.00 skrev Acme Support <support@acme.example>:",
    "gmail-no": "man. 3. jan. 2022 kl. 10:00 skrev Acme Support <support@acme.example>:",
    "gmail-fi": "ma 3. tammik. 2022 klo 10.00 Acme Support (support@acme.example) kirjoitti:",
    "gmail-pl": "pon., 3 sty 2022 o 10:00 Acme Support <support@acme.example> napisał(a):",
    "wp-pl": "Dnia 3 stycznia 2022 10:00 Acme Support <support@acme.example> napisał(a):",
    "thunderbird-pl": "W dniu 3.01.2022 o 10:00, Acme Support pisze:",
    "gmail-cs": "po 3. 1. 2022 v 10:00 odesílatel Acme Support <support@acme.example> napsal:",
    "thunderbird-cs": "Dne 03. 01. 22 v 10:00 Acme Support napsal(a):",
    "gmail-sk": "po 3. 1. 2022 o 10:00 Acme Support <support@acme.example> napísal(a):",
    "gmail-ru": "пн, 3 янв. 2022 г. в 10:00, Acme Support <support@acme.example>:",
    "mail-ru": "Понедельник, 3 января 2022, 10:00 +03:00 от Acme Support <support@acme.example>:",
    "yandex": '03.01.2022, 10:00, "Acme Support" <support@acme.example>:',
    "thunderbird-ru": "03.01.2022 10:00, Acme Support пишет:",
    "gmail-uk": "пн, 3 січ. 2022 р. о 10:00 Acme Support <support@acme.example> пише:",
    "gmail-bg": "На пн, 3.01.2022 г. в 10:00 Acme Support <support@acme.example> написа:",
    "gmail-tr": "Acme Support <support@acme.example>, 3 Oca 2022 Pzt, 10:00 tarihinde şunu yazdı:",
    "gmail-el": "Στις Δευ 3 Ιαν 2022 στις 10:00 π.μ., ο χρήστης Acme Support <support@acme.example> έγραψε:",
    "gmail-hu": "Acme Support <support@acme.example> ezt írta (időpont: 2022. jan. 3., H, 10:00):",
    "gmail-ro": "În lun., 3 ian. 2022 la 10:00, Acme Support <support@acme.example> a scris:",
    "gmail-hr": "pon, 3. sij 2022. u 10:00 Acme Support <support@acme.example> napisao je:",
    "gmail-ja": "2022年1月3日(月) 10:00 Acme Support <support@acme.example>:",
    "apple-ja": "2022/01/03 10:00、Acme Support <support@acme.example>のメール:",
    "gmail-zh": "Acme Support <support@acme.example> 于2022年1月3日周一 10:00写道：",
    "apple-zh": "在 2022年1月3日，10:00，Acme Support <support@acme.example> 写道：",
    "gmail-tw": "Acme Support <support@acme.example> 於 2022年1月3日 週一 上午10:00寫道：",
    "gmail-ko": "2022년 1월 3일 (월) 오전 10:00, Acme Support <support@acme.example>님이 작성:",
    "gmail-ar": "في الاثنين، 3 يناير 2022 في 10:00 ص تمت كتابة ما يلي بواسطة ‪Acme‬‏ <‪support@acme.example‬‏>:",
    "gmail-he": "‫בתאריך יום ב׳, 3 בינו׳ 2022 ב-10:00 מאת ‪Acme Support‬‏ <‪support@acme.example‬‏>:‬",
    "gmail-vi": "Vào Th 2, 3 thg 1, 2022 vào lúc 10:00 Acme Support <support@acme.example> đã viết:",
    "gmail-id": "Pada tanggal Sen, 3 Jan 2022 pukul 10:00 Acme Support <support@acme.example> menulis:",
    "gmail-th": "ในวันที่ จ. 3 ม.ค. 2022 เวลา 10:00 Acme Support <support@acme.example> เขียนว่า:",
    "gmail-ca": "Missatge de Acme Support <support@acme.example> del dia dl., 3 de gen. 2022 a les 10:00:",
    "wrapped-gmail": "On Mon, Jan 3, 2022 at 10:00 AM Acme Customer Support\n<support@acme.example> wrote:",
    "wrapped-verb": "On Mon, Jan 3, 2022 at 10:00 AM Acme Support <support@acme.example>\nwrote:",
    "wrapped-fr": "Le lun. 3 janv. 2022 à 10:00, Acme Support <support@acme.example> a\nécrit :",
    "wrapped-pl": "pon., 3 sty 2022 o 10:00 Acme Support\n<support@acme.example> napisał(a):",
    "wrapped-thrice": "Am Montag, 3. Januar 2022,\n10:00 Uhr, schrieb Acme Support\n<support@acme.example>:",
}


@pytest.mark.parametrize("attribution", ATTRIBUTIONS.values(), ids=ATTRIBUTIONS)
class TestAttributions:
    def test_bare_history_below_it_goes(self, attribution: str) -> None:
        assert new_words(f"{WORDS}\n\n{attribution}\n\n{OLD}") == WORDS

    def test_quoted_history_below_it_goes(self, attribution: str) -> None:
        parts = reply_parts(f"{WORDS}\n\n{attribution}\n\n{QUOTED}\n")
        assert (parts.new, parts.sure) == (WORDS, True)
        assert "urgent" in parts.quoted

    def test_words_right_above_it_stay(self, attribution: str) -> None:
        assert new_words(f"{WORDS}\n{attribution}\n{QUOTED}") == WORDS

    def test_words_below_the_quoted_lines_stay(self, attribution: str) -> None:
        assert new_words(f"{attribution}\n{QUOTED}\n\n{WORDS}\n") == WORDS


# --- header lines ---------------------------------------------------------------------------------

HEADERS = {
    "en": ("From", "Sent", "To", "Subject"),
    "de": ("Von", "Gesendet", "An", "Betreff"),
    "fr": ("De\u00a0", "Envoyé\u00a0", "À\u00a0", "Objet\u00a0"),
    "es": ("De", "Enviado el", "Para", "Asunto"),
    "pt": ("De", "Enviada em", "Para", "Assunto"),
    "pt-pt": ("De", "Enviado", "Para", "Assunto"),
    "it": ("Da", "Inviato", "A", "Oggetto"),
    "nl": ("Van", "Verzonden", "Aan", "Onderwerp"),
    "sv": ("Från", "Skickat", "Till", "Ämne"),
    "da": ("Fra", "Sendt", "Til", "Emne"),
    "no": ("Fra", "Dato", "Til", "Emne"),
    "fi": ("Lähettäjä", "Lähetetty", "Vastaanottaja", "Aihe"),
    "pl": ("Od", "Wysłano", "Do", "Temat"),
    "cs": ("Od", "Odesláno", "Komu", "Předmět"),
    "sk": ("Od", "Odoslané", "Komu", "Predmet"),
    "hu": ("Feladó", "Elküldve", "Címzett", "Tárgy"),
    "ro": ("De la", "Trimis", "Către", "Subiect"),
    "ru": ("От", "Отправлено", "Кому", "Тема"),
    "uk": ("Від", "Надіслано", "Кому", "Тема"),
    "bg": ("От", "Изпратено", "До", "Относно"),
    "el": ("Από", "Στάλθηκε", "Προς", "Θέμα"),
    "tr": ("Kimden", "Gönderildi", "Kime", "Konu"),
    "sl": ("Od", "Poslano", "Za", "Zadeva"),
    "hr": ("Šalje", "Poslano", "Prima", "Predmet"),
    "et": ("Saatja", "Saadetud", "Adressaat", "Teema"),
    "lv": ("No", "Nosūtīts", "Kam", "Temats"),
    "lt": ("Nuo", "Išsiųsta", "Kam", "Tema"),
    "he": ("מאת", "נשלח", "אל", "נושא"),
    "ar": ("من", "تم الإرسال", "إلى", "الموضوع"),
    "zh": ("发件人", "发送时间", "收件人", "主题"),
    "zh-tw": ("寄件者", "寄件日期", "收件者", "主旨"),
    "ja": ("差出人", "送信日時", "宛先", "件名"),
    "ko": ("보낸 사람", "보낸 날짜", "받는 사람", "제목"),
    "vi": ("Từ", "Đã gửi", "Đến", "Chủ đề"),
    "th": ("จาก", "ส่ง", "ถึง", "เรื่อง"),
    "id": ("Dari", "Dikirim", "Kepada", "Subjek"),
    "ca": ("De", "Enviat el", "Per a", "Tema"),
}


@pytest.mark.parametrize("labels", HEADERS.values(), ids=HEADERS)
class TestHeaderLines:
    def test_of_outlook_with_a_mailbox(self, labels: tuple[str, ...]) -> None:
        author, sent, to, subject = labels
        block = (
            f"{author}: Acme Support <support@acme.example>\n{sent}: 3.1.2022 10:00\n{to}: Bo Lund\n"
            f"{subject}: Printer\n"
        )
        assert new_words(f"{WORDS}\n\n{block}\n{OLD}") == WORDS

    def test_of_exchange_with_names_only(self, labels: tuple[str, ...]) -> None:
        author, sent, to, subject = labels
        block = f"{author}: Acme\n{sent}: 3.1.2022 10:00\n{to}: Bo Lund; Cy\n{subject}: RE: Printer\n"
        assert new_words(f"{WORDS}\n\n{block}\n{OLD}") == WORDS

    def test_below_a_drawn_line_in_bold(self, labels: tuple[str, ...]) -> None:
        author, sent, to, subject = labels
        block = f"*{author}:* Acme\n*{sent}:* 2022-01-03 10:00\n*{to}:* Bo\n*{subject}:* Printer\n"
        assert new_words(f"{WORDS}\n\n{'_' * 32}\n{block}\n{OLD}") == WORDS

    def test_in_html(self, labels: tuple[str, ...]) -> None:
        author, sent, to, subject = labels
        html = (
            "<p>It is still broken.<br>Please help.</p><div><p><b>"
            f"{author}:</b> Acme &lt;support@acme.example&gt;<br><b>{sent}:</b> 3.1.2022 10:00<br>"
            f"<b>{to}:</b> Bo<br><b>{subject}:</b> Printer</p></div><p>This is urgent to us.</p>"
        )
        assert new_words_of_html(html) == WORDS


HISTORIES = {
    "outlook-2003": "-----Original Message-----\nFrom: Acme Support [mailto:support@acme.example]\n"
    "Sent: Monday, January 03, 2022 10:00 AM\nTo: Bo Lund\nSubject: RE: Printer",
    "outlook-2003-de": "-----Ursprüngliche Nachricht-----\nVon: Acme\nGesendet: Montag\nAn: "
    "Bo\nBetreff: AW: x",
    "outlook-fr": "-----Message d'origine-----\nDe : Acme\nEnvoyé : lundi 3 janvier 2022 10:00\nÀ : "
    "Bo\nObjet : x",
    "outlook-es": "-----Mensaje original-----\nDe: Acme\nEnviado el: lunes\nPara: Bo\nAsunto: x",
    "outlook-pt": "-----Mensagem original-----\nDe: Acme\nEnviada em: segunda-feira\nPara: Bo\nAssunto: x",
    "outlook-mobile": "________________________________\nFrom: Acme <support@acme.example>\nSent: Monday\n"
    "To: Bo <bo@client.example>\nSubject: Printer",
    "outlook-mac": "From: Acme Support <support@acme.example>\nDate: Monday, 3 January 2022 at 10:00\n"
    "To: Bo <bo@client.example>\nSubject: Printer",
    "samsung": "-------- Original message --------\nFrom: Acme Support <support@acme.example> \n"
    "Date: 03/01/2022  10:00  (GMT+01:00) \nTo: bo@client.example \nSubject: Printer ",
    "samsung-de": "-------- Ursprüngliche Nachricht --------\nVon: Acme <support@acme.example>\n"
    "Datum: 03.01.22 10:00 (GMT+01:00)\nAn: bo@client.example\nBetreff: Drucker",
    "huawei": "-------- Original Message --------\nSubject: Printer\nFrom: Acme\nTo: Bo\nCC: ",
    "blackberry": "  Original Message  \nFrom: Acme Support\nSent: Monday, January 3, 2022 10:00 AM\n"
    "To: Bo\nSubject: Printer",
    "gmx": 'Gesendet: Montag, 03. Januar 2022 um 10:00 Uhr\nVon: "Acme" <support@acme.example>\n'
    "An: bo@client.example\nBetreff: Drucker",
    "web-de": "--\nGesendet mit der WEB.DE Mail App\n\nAm 03.01.22, 10:00 schrieb Acme "
    "<support@acme.example>:",
    "t-online": "-----Original-Nachricht-----\nBetreff: Drucker\nDatum: 2022-01-03T10:00:00+0100\n"
    'Von: "Acme" <support@acme.example>\nAn: "Bo" <bo@client.example>',
    "orange": '> Message du 03/01/22 10:00\n> De : "Acme" <support@acme.example>\n> A : bo@client.example\n'
    "> Objet : x\n>",
    "libero": "----Messaggio originale----\nDa: support@acme.example\nData: 3-gen-2022 10.00\nA: Bo\nOgg: x",
    "seznam": "---------- Původní e-mail ----------\nOd: Acme <support@acme.example>\nKomu: "
    "bo@client.example\n"
    "Datum: 3. 1. 2022 10:00:00\nPředmět: Tiskárna",
    "qq": '------------------ 原始邮件 ------------------\n发件人: "Acme" <support@acme.example>;\n'
    '发送时间: 2022年1月3日(星期一) 上午10:00\n收件人: "Bo";\n主题: x',
    "netease": "---- 回复的原邮件 ----\n发件人 Acme<support@acme.example>\n日期 2022年1月3日 10:00",
    "naver": '-----Original Message-----\nFrom: "Acme"<support@acme.example>\nTo: "Bo"\nCc: \n'
    "Sent: 2022-01-03 (월) 10:00:00 (GMT+09:00)\nSubject: x",
    "notes-6": "Acme Support <support@acme.example>\n01/03/2022 10:00 AM\n\nTo\nBo Lund/Client@Client\ncc\n\n"
    "Subject\nPrinter\n",
    "notes-8": "From:        Acme Support <support@acme.example>\nTo:        Bo Lund\n"
    "Date:        01/03/2022 10:00 AM\nSubject:        Printer\n",
    "groupwise": '>>> "Acme Support" <support@acme.example> 1/3/2022 10:00 AM >>>',
    "em-client": '------ Original Message ------\nFrom: "Acme" <support@acme.example>\nTo: "Bo"\n'
    "Sent: 03/01/2022 10:00:00\nSubject: Printer",
    "proton-old": "‐‐‐‐‐‐‐ Original Message ‐‐‐‐‐‐‐\nOn Monday, 3 January 2022 10:00, Acme "
    "<support@acme.example> wrote:",
    "zimbra": '----- Original Message -----\nFrom: "Acme" <support@acme.example>\nTo: "Bo"\n'
    "Sent: Monday, 3 January, 2022 10:00:00\nSubject: x",
    "zendesk": "##- Please type your reply above this line -##",
    "jira": "—-—-—-—\nReply above this line.\n",
    "freescout": "-- Please reply above this line --",
    "other-desk-de": "=== Bitte antworten Sie oberhalb dieser Zeile ===",
    "other-desk-fr": "## Répondez au-dessus de cette ligne ##",
    "other-desk-pt": "--- Responda acima desta linha ---",
    "other-desk-es": "*** Por favor, escriba su respuesta por encima de esta línea ***",
    "attribution-and-mark": "On Mon, 3 Jan 2022 at 10:00, Acme <support@acme.example> wrote:\n\n"
    "> ##- Please type your reply above this line -##\n>",
}


@pytest.mark.parametrize("history", HISTORIES.values(), ids=HISTORIES)
def test_the_history_of_this_program_goes(history: str) -> None:
    parts = reply_parts(f"{WORDS}\n\n{history}\n\n{OLD}\n")
    assert parts.new == WORDS
    assert "urgent" in parts.quoted
    assert parts.sure


FORWARDS = {
    "gmail": "---------- Forwarded message ---------\nFrom: Cy <cy@client.example>\nDate: Mon, 3 Jan 2022\n",
    "apple": "Begin forwarded message:\n\nFrom: Cy <cy@client.example>\nSubject: x\n",
    "apple-de": "Anfang der weitergeleiteten Nachricht:\n\nVon: Cy <cy@client.example>\n",
    "thunderbird": "-------- Forwarded Message --------\nSubject: x\nDate: Mon, 3 Jan 2022 10:00:00 +0100\n",
    "thunderbird-de": "-------- Weitergeleitete Nachricht --------\nBetreff: x\nVon: Cy\n",
    "gmail-fr": "---------- Forwarded message ---------\nDe : Cy <cy@client.example>\n",
    "pt": "---------- Mensagem encaminhada ---------\nDe: Cy <cy@client.example>\n",
    "ru": "-------- Пересылаемое сообщение --------\n03.01.2022, 10:00, Cy <cy@client.example>:\n",
    "zh": "---------- 转发的邮件 ----------\n发件人: Cy\n",
    "notes": "----- Forwarded by Bo Lund/Client on 01/03/2022 10:00 AM -----\n",
}


@pytest.mark.parametrize("forward", FORWARDS.values(), ids=FORWARDS)
def test_a_forwarded_mail_stands_apart(forward: str) -> None:
    parts = reply_parts(f"{WORDS}\n\n{forward}\n{OLD}")
    assert parts.new == WORDS
    assert "urgent" in parts.forwarded
    assert not parts.quoted


HTML = {
    "gmail": '<div class="gmail_quote"><div dir="ltr" class="gmail_attr">Am 3. Jan. 2022, Acme:<br></div>'
    '<blockquote class="gmail_quote">{old}</blockquote></div>',
    "gmail-2012": '<div class="gmail_quote">On 3 Jan 2022 10:00, Acme &lt;<a '
    'href="mailto:support@acme.example">'
    'support@acme.example</a>&gt; wrote:<br><blockquote class="gmail_quote">{old}</blockquote></div>',
    "apple": '<div><br><blockquote type="cite"><div>On 3 Jan 2022, at 10:00, Acme wrote:</div>{old}'
    "</blockquote></div>",
    "apple-above": "<div>On 3 Jan 2022, at 10:00, Acme wrote:</div><br><blockquote "
    'type="cite">{old}</blockquote>',
    "thunderbird": '<div class="moz-cite-prefix">Am 03.01.22 schrieb Acme:<br></div>'
    '<blockquote type="cite" cite="mid:1@acme.example">{old}</blockquote>',
    "yahoo": '<div id="ydp12ab34cdyahoo_quoted_1" class="ydp12ab34cdyahoo_quoted"><div>Acme '
    "wrote:</div>{old}</div>",
    "outlook-web": '<hr style="width:98%"><div id="divRplyFwdMsg"><b>From:</b> Acme</div><div>{old}</div>',
    "outlook-web-again": '<hr><div id="x_x_divRplyFwdMsg"><b>From:</b> Acme</div><div>{old}</div>',
    "outlook-mobile": '<div id="mail-editor-reference-message-container"><div>{old}</div></div>',
    "outlook-2016": "<div><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'>"
    "<p><b>Gesendet:</b> Montag</p></div></div><p>{old}</p>",
    "outlook-rewritten": '<div style="border-width:1pt medium medium;border-style:solid none none;'
    'border-color:rgb(225,225,225) currentcolor currentcolor"><p><b>Von:</b> Acme</p></div><p>{old}</p>',
    "outlook-mac": '<span id="OLK_SRC_BODY_SECTION"><div><b>From: </b>Acme</div>{old}</span>',
    "proton": '<div class="protonmail_quote">------- Original Message -------<br>Acme wrote:<br>'
    "<blockquote>{old}</blockquote></div>",
    "zimbra": '<hr id="zwchr" data-marker="__DIVIDER__"><div data-marker="__HEADERS__">From: Acme</div>'
    '<div data-marker="__QUOTED_TEXT__">{old}</div>',
    "gmx": '<div name="quote" style="margin:10px"><div><b>Gesendet:</b> Montag<br><b>Von:</b> Acme</div>'
    '<div name="quoted-content">{old}</div></div>',
    "roundcube": '<p id="reply-intro">On 2022-01-03 10:00, Acme wrote:</p><blockquote '
    'type="cite">{old}</blockquote>',
    "freshdesk": '<div class="freshdesk_quote"><blockquote class="freshdesk_quote">{old}</blockquote></div>',
    "spark": '<div name="messageReplySection">On 3 Jan 2022, 10:00, Acme, wrote:<br>'
    '<blockquote type="cite" class="spark_quote">{old}</blockquote></div>',
    "mailspring": '<div class="gmail_quote nylas-quote">On Jan 3 2022, at 10:00, Acme wrote:<blockquote>{old}'
    "</blockquote></div>",
    "yandex": '<div>03.01.2022, 10:00, "Acme" '
    "&lt;support@acme.example&gt;:</div><blockquote><p>{old}</p></blockquote>",
    "mail-ru": '<blockquote style="border-left:1px solid #0857A6;margin:10px">Понедельник, 3 января '
    "2022, 10:00 "
    "от Acme &lt;support@acme.example&gt;:<div>{old}</div></blockquote>",
    "samsung": "<div>-------- Original message --------</div><div>From: Acme "
    "&lt;support@acme.example&gt;</div>"
    "<div>Date: 03/01/2022 10:00</div><div>Subject: x</div><div>{old}</div>",
    "notes": '<font size="1">From: </font><font>Acme '
    "&lt;support@acme.example&gt;</font><br><font>To: </font>Bo<br>"
    "<font>Date: </font>01/03/2022 10:00 AM<br><font>Subject: </font>x<hr noshade><br>{old}",
    "word-table": "<hr><table><tr><td>From:</td><td>Acme</td></tr><tr><td>Sent:</td><td>3 Jan 2022</td></tr>"
    "<tr><td>Subject:</td><td>x</td></tr></table>{old}",
}


@pytest.mark.parametrize("history", HTML.values(), ids=HTML)
class TestHtmlHistories:
    def test_it_goes(self, history: str) -> None:
        html = "<div>It is still broken.<br>Please help.</div>" + history
        assert new_words_of_html(html.replace("{old}", "<p>This is urgent.</p>")) == WORDS

    def test_it_goes_below_a_marked_signature(self, history: str) -> None:
        sign = '<div><br></div><div dir="ltr" class="gmail_signature">Bo Lund<br>Client Inc</div><br>'
        html = "<div>It is still broken.<br>Please help.</div>" + sign + history
        assert new_words_of_html(html.replace("{old}", "This is urgent.")) == WORDS
