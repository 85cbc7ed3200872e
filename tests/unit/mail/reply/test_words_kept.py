"""Words that stand where signatures, history and marks do: they stay, or the doubt is told."""

from __future__ import annotations

import pytest

from maildesk.mail.html.text import html_to_text
from maildesk.mail.identity.authenticity import Trust
from maildesk.mail.reading import read_mail
from maildesk.mail.reply.history import Doubt
from maildesk.mail.reply.own_words import own_words
from maildesk.mail.reply.reply_text import new_words, reply_parts

BELOW_A_CLOSING = {
    "de": "Das Gerät ist aus.\n\nGruß\nBitte bis morgen lösen\nAnna",
    "de-below-the-name": "Der Drucker klemmt.\n\nViele Grüße\nAnna Kern\nEs ist dringend",
    "en": "The scanner stopped.\n\nBest regards\nBo\nIt is urgent now",
    "en-call": "The scanner stopped.\n\nThanks and regards,\nBo Lund\nCall me tomorrow",
    "en-sentence": "The scanner stopped.\n\nCheers\nThe red lamp blinks again.\nBo",
    "fr": "L'écran reste noir.\n\nCordialement\nMerci de me rappeler demain\nLuc",
    "fr-below": "L'écran reste noir.\n\nCordialement,\nLuc Petit\nJe pars ce soir.",
    "es": "La factura está mal.\n\nSaludos\nPor favor llámenme hoy\nInés",
    "it": "La fattura è sbagliata.\n\nSaluti\nNon funziona ancora\nPaolo",
    "pt": "A fatura veio errada.\n\nCumprimentos\nPreciso disto amanhã\nRui",
    "nl": "De factuur klopt niet.\n\nGroet\nGraag vandaag nog terugbellen\nJan",
    "sv": "Fakturan är fel.\n\nMvh\nRing mig i morgon\nEva",
    "da": "Fakturaen er forkert.\n\nMed venlig hilsen\nBo Holm\nVarerne er stadig ikke kommet",
    "pl": "Faktura jest błędna.\n\nPozdrawiam\nProszę o pilny kontakt\nEwa",
    "cs": "Faktura je chybná.\n\nS pozdravem\nProsím vyřešit dnes\nJan",
    "ru": "Принтер сломался.\n\nС уважением\nОтветьте мне срочно\nАнна",
    "tr": "Yazıcı bozuldu.\n\nSaygılarımla\nLütfen bugün arayın\nAli",
    "ja": "プリンターが壊れました。\n\n以上\n明日までに直してください\n山田",
    "ja-thanks": "プリンターが壊れました。\n\nよろしくお願いします\n型番はA-100です。\n電源は入ります。",
    "zh": "打印机坏了。\n\n祝好\n请明天之前解决\n王明",
    "ko": "프린터가 고장났습니다.\n\n감사합니다\n내일까지 처리해 주세요\n김민수",
    "vi": "Máy in hỏng.\n\nTrân trọng\nTôi cần hôm nay\nLan",
    "ar": "الطابعة معطلة.\n\nمع التحية\nأرجو الرد اليوم\nسامي",
}


@pytest.mark.parametrize("text", BELOW_A_CLOSING.values(), ids=BELOW_A_CLOSING)
class TestBelowAClosing:
    def test_a_sentence_or_a_request_stays(self, text: str) -> None:
        parts = reply_parts(text)
        assert (parts.new, parts.doubt) == (text, Doubt.BELOW_CLOSING)

    def test_a_colleagues_reply_says_on_less(self, text: str) -> None:
        assert own_words(text, reply_parts(text)).text == text.split("\n")[0]


SIGNED = {
    "title": "Best regards,\nBo Lund\nHead of sales and marketing\nClient Inc.",
    "title-fr": "Cordialement,\nLuc Petit\nDirecteur de la communication interne\nTél. : 01 00 00 00 00",
    "title-pl": "Pozdrawiam\nEwa Lis\nKierownik działu obsługi klienta\nKlient Sp. z o.o.",
    "company-de": "Mit freundlichen Grüßen\ni. A. Anna Kern\nLeiterin Vertrieb und Einkauf\nKunde GmbH & Co.",
    "company-ja": "よろしくお願いいたします。\n株式会社山田製作所\n営業部 山田太郎",
    "company-zh": "此致\n敬礼\n客户有限公司 采购部\n王明",
    "company-ko": "감사합니다.\n김민수 드림\n고객주식회사 구매팀",
    "address": "Met vriendelijke groet,\nJan de Vries\nKade 1\n1000 AA Amsterdam\nTel. 020 000 0000",
    "wish": "Best regards\nBo\nHave a nice day!",
    "name-like-a-verb": "Kind regards,\nWill Can May",
    "hours": "Best regards\nBo Lund\nMon-Fri 9:00-17:00",
    "ru": "С уважением,\nАнна Белова\nМенеджер по закупкам\nООО «Клиент»",
}


@pytest.mark.parametrize("signature", SIGNED.values(), ids=SIGNED)
def test_names_titles_and_companies_below_a_closing_are_its_signature(signature: str) -> None:
    parts = reply_parts(f"It broke.\n\n{signature}")
    assert (parts.new, parts.signature, parts.doubt) == ("It broke.", signature, None)


DASHES = {
    "log": "It says:\n12:10:01 error one\n--\n12:14:07 error two\n12:14:09 stopped",
    "search": "I found:\n3: listen 80\n--\n9: listen 81\nWhy both",
    "table": "Wir haben:\nNr\n--\n17\n23",
    "request": "Premier point : la facture.\n--\nMerci de me rappeler demain",
    "second-part": "Erstens klemmt der Drucker.\n\n--\n\nZweitens fehlt mir noch die Rechnung.",
    "es": "La primera impresora no va.\n--\nLa segunda tampoco funciona desde ayer.",
}


@pytest.mark.parametrize("text", DASHES.values(), ids=DASHES)
def test_dashes_within_what_somebody_writes_hide_nothing(text: str) -> None:
    parts = reply_parts(text)
    assert (parts.new, parts.doubt) == (text, Doubt.BELOW_DASHES)


def test_a_signature_drawn_as_the_standard_says_may_hold_a_motto() -> None:
    assert new_words("It broke.\n\n-- \nBo Lund\nWe print what you think.") == "It broke."


STAY = {
    "git": "I ran:\ngit checkout -- file.txt\nand it said: no such file\nBo",
    "frame-en": "See:\n--- the original message was never sent ---\nI know nothing.",
    "frame-de": "Im Protokoll:\n--- die ursprüngliche Nachricht fehlt seit gestern ---\nWas nun?",
    "frame-fr": "Le journal dit :\n--- le message original a été perdu ---\nQue faire ?",
    "frame-es": "Dice:\n--- el mensaje original no existe ---\n¿Qué hago?",
    "frame-it": "Dice:\n--- il messaggio originale non esiste ---\nChe faccio?",
    "frame-ru": "Пишет:\n--- исходное сообщение не найдено ---\nЧто делать?",
    "mark-en": "Hello,\nplease write above the line what you need from me\nand below it my number.",
    "mark-de": "Hallo,\nbitte schreiben Sie über dieser Tabelle noch meinen Namen hin\nDanke sehr.",
    "mark-fr": "Bonjour,\nécrivez au-dessus de cette case le nom de ma société\nMerci.",
    "mark-es": "Hola,\nescriban encima de esta tabla mi nombre completo\nGracias.",
    "legal-en": "Hello Bo,\n\nThis message is confidential, the sender asks: your technician was rude.",
    "legal-de": "Diese E-Mail ist für die Buchhaltung bestimmt: die Rechnung 17 ist falsch.",
    "legal-de-greeted": "Guten Tag,\n\nDiese E-Mail ist für die Buchhaltung bestimmt: es fehlt ein Beleg.",
    "legal-fr": "Bonjour,\n\nCe message est confidentiel : votre technicien a insulté ma collègue.",
    "legal-es": "Hola,\n\nEste mensaje es confidencial: su técnico llegó borracho.",
    "legal-it": "Salve,\n\nQuesto messaggio è riservato: il vostro tecnico era ubriaco.",
    "legal-ru": "Добрый день!\n\nЭто сообщение конфиденциально: ваш мастер нагрубил мне.",
    "legal-zh": "您好：\n\n本邮件请保密：你们的技术员态度很差。",
    "travel-de": "Von: Berlin\nNach: Lissabon\nDatum: 3. März 2025\nBetreff: Dienstreise\n\nBitte buchen.",
    "travel-en": "From: Berlin\nTo: Lisbon\nDate: 3 March 2025\nSubject: conference\n\nTwo seats.",
    "travel-fr": "De : Lyon\nVers : Lille\nDate : 3 mars 2025\nObjet : salon\n\nDeux places.",
    "travel-it": "Da: Roma\nPer: Bari\nData: 3 marzo 2025\nOggetto: fiera\n\nDue posti.",
    "travel-es": "De: Madrid\nHasta: Cádiz\nFecha: 3 de marzo de 2025\nAsunto: feria\n\nDos plazas.",
    "outlook-en": "Two things:\nGet Outlook on my laptop working first\nThen the printer.",
    "outlook-de": "Zwei Dinge:\nHolen Sie sich Outlook für die Kollegen auf Lizenz\nDann den Drucker.",
    "outlook-fr": "Deux choses :\nInstaller ou obtenir Outlook pour mes collègues\nPuis l'imprimante.",
    "outlook-es": "Dos cosas:\nDescargar Outlook para mi jefe\nLuego la impresora.",
    "footer-ko": "오류가 있습니다\n서버에서 보냄\n확인해 주세요",
    "footer-ja": "困っています\niPhoneから送信できません\n助けてください",
    "footer-zh": "有问题\n发自上海的包裹没有到\n请查一下",
}


@pytest.mark.parametrize("text", STAY.values(), ids=STAY)
def test_words_that_look_like_a_programs_stay(text: str) -> None:
    assert new_words(text) == text


SEPARATORS = [
    "----- Original Message Follows -----",
    "--- Begin Original Message ---",
    "----- Original Message from Acme Support -----",
    "---- Forwarded by Bo Lund/Client on 01/03/2022 10:00 AM ----",
    "-----Ursprüngliche Nachricht-----",
    "---------- Weitergeleitete Nachricht von Acme Support ----------",
    "-------- Message transféré --------",
    "-------- Mensaje original --------",
    "Start of forwarded message".join(("------- ", " -------")),
    "------------------ 原始邮件 ------------------",
    "----- Пересылаемое сообщение -----",
    "--- 원본 메시지 ---",
]


@pytest.mark.parametrize("separator", SEPARATORS)
def test_what_programs_frame_still_begins_the_history(separator: str) -> None:
    assert new_words(f"Still broken.\n\n{separator}\n\nDear Ana,\nplease wait.") == "Still broken."


MARKS = [
    "Please type your reply above this line",
    "##- Please type your reply above this line -##",
    "Reply above this line to add a comment",
    "Bitte antworten Sie oberhalb dieser Linie",
    "--- Bitte oberhalb dieser Zeile antworten ---",
    "Por favor, escriba su respuesta encima de esta línea",
    "Merci de répondre au-dessus de cette ligne",
    "Rispondi sopra questa riga",
    "--- この行より上に返信してください ---",
]


@pytest.mark.parametrize("mark", MARKS)
def test_a_help_desks_mark_still_begins_the_history(mark: str) -> None:
    assert new_words(f"Still broken.\n\n{mark}\n\nDear Ana,\nplease wait.") == "Still broken."


FOOTERS = [
    "Get Outlook for iOS",
    "Get Outlook for Android<https://aka.example/x>",
    "Obtenir Outlook pour iOS (https://aka.example/x)",
    "Holen Sie sich Outlook für Android",
    "Pobierz program Outlook dla systemu Android",
    "Скачать Outlook для iOS",
    "下载 Outlook for iOS",
    "네이버 메일 앱에서 보냄",
    "Galaxy에서 보냄",
    "iPhoneから送信",
    "发自我的小米手机",
    "发自华为手机",
]


@pytest.mark.parametrize("footer", FOOTERS)
def test_a_programs_footer_still_goes(footer: str) -> None:
    assert new_words(f"Still broken.\n\n{footer}") == "Still broken."


TABLES = {
    "empty-within": (
        "<table><tr><th>Order<th>Qty<th>Price<tr><td>A-1<td><td>5,00 €</table>",
        "Order Qty Price\nA-1 | | 5,00 €",
    ),
    "empty-first": (
        "<table><tr><td>Nr<td>Menge<td>Preis</tr><tr><td>&nbsp;</td><td><p>&nbsp;</p></td>"
        "<td>7</td></tr></table>",
        "Nr Menge Preis\n| | 7",
    ),
    "empty-last": (
        "<table><tr><td>Réf<td>Qté<td>Prix<tr><td>B<td>2<td></table>",
        "Réf Qté Prix\nB 2",
    ),
    "wide": (
        "<table><tr><td>品番<td>数量<td>価格<tr><td colspan=2>計<td>9<tr><td>C<td><br><td>4</table>",
        "品番 数量 価格\n計 9\nC | | 4",
    ),
    "spacer": (
        "<table><tr><td>logo<td width=20>&nbsp;<td>Ana Souza<tr><td><td><td>Client Inc</table>",
        "logo   Ana Souza\nClient Inc",
    ),
    "layout": ("<table><tr><td><td><p>Hola<td></tr><tr><td><td>Adiós<td></table>", "Hola\nAdiós"),
    "table-within": (
        "<table><tr><td>a<td>b<tr><td><table><tr><td>x<td>y<tr><td><td>z</table><td>d</table>",
        "a b\n\nx y\nz\n\nd",
    ),
    "tall": (
        "<table><tr><td rowspan=2>a<td>b<td>c<tr><td><td>d</table>",
        "a b c\nd",
    ),
}


@pytest.mark.parametrize(("html", "text"), TABLES.values(), ids=TABLES)
def test_an_empty_cell_keeps_its_columns_place(html: str, text: str) -> None:
    assert html_to_text(html)[0] == text


FILE = "--b\nContent-Type: image/png; name=a.png\nContent-Disposition: attachment\n\npng\n--b--\n"
ONLY_A_FILE = {
    "nothing": ("", ""),
    "history": ("On 3 Jan 2022 at 10:00, Acme <s@acme.example> wrote:\n> old", Doubt.ONLY_HISTORY),
    "history-de": ("Am 03.01.22 um 10:00 schrieb Acme Support:\n> alt", Doubt.ONLY_HISTORY),
    "telephone": ("Envoyé de mon iPhone", Doubt.ONLY_SIGNATURE),
    "telephone-and-history": (
        "发自我的iPhone\n\nOn 3 Jan 2022 at 10:00, Acme <s@acme.example> wrote:\n> old",
        Doubt.ONLY_SIGNATURE,
    ),
    "signature": ("-- \nInés Gil\nCliente SA", Doubt.ONLY_SIGNATURE),
}


@pytest.mark.parametrize(("text", "doubt"), ONLY_A_FILE.values(), ids=ONLY_A_FILE)
def test_a_reply_of_a_file_alone_has_no_new_words_and_says_so(text: str, doubt: str) -> None:
    raw = (
        "From: ana@client.example\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"
        f"--b\nContent-Type: text/plain; charset=utf-8\n\n{text}\n{FILE}"
    )
    mail = read_mail(raw.encode(), trust=Trust())
    assert (mail.body.new_text, mail.body.doubt) == ("", str(doubt))
    assert [each.name for each in mail.attachments] == ["a.png"]


@pytest.mark.parametrize(
    "text",
    [
        "Please wait.\n\n--- their original message said ---\n\ntheir words",
        "Please wait.\n\n--- the original message was this ---\n\ntheir words",
        "Please wait.\n\nFrom: Acme\nTo: Bo\nDate: 3 March 2025\nSubject: x\n\ntheir words",
    ],
)
def test_what_may_be_history_after_all_is_not_said_on(text: str) -> None:
    parts = reply_parts(text)
    assert parts.doubt is Doubt.LIKE_HISTORY
    assert own_words(text, parts).text == "Please wait."
