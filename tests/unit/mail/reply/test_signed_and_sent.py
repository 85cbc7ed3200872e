"""Footers of telephones that are sentences, signatures marked with little, attributions that name no date."""

from __future__ import annotations

import pytest

from maildesk.mail.reply.history import Doubt
from maildesk.mail.reply.own_words import own_words
from maildesk.mail.reply.reply_text import new_words, reply_parts

WORDS = "It is still broken.\nPlease help."
HISTORY = "On Mon, 3 Jan 2022 at 10:00, Acme <support@acme.example> wrote:\n> old"

FOOTERS = [
    "Sent from my phone, so please excuse any typos.",
    "Please excuse my brevity, this was typed on my phone.",
    "Typed on my phone with two thumbs.",
    "This message was written on my mobile device; please forgive typos.",
    "I wrote this on my phone, so please forgive any typos.",
    "Written on the go, please excuse typos",
    "Sent while on the move, apologies for typos.",
    "Sent on the road from my iPhone.",
    "Sorry for typos, sent from my phone.",
    "Apologies for the brevity: sent from my mobile.",
    "This e-mail was sent from a phone, please excuse errors.",
    "Dictated with Siri; please excuse errors.",
    "Dictated, not read: please excuse mistakes.",
    "Typed with thumbs on a tiny keyboard.",
    "Brevity and typos courtesy of my phone",
    "Message sent from my mobile phone.",
    "From my iPhone",
    "Via mobile",
    "This message has been sent from my BlackBerry wireless device.",
    "Diese Nachricht wurde auf meinem Smartphone getippt.",
    "Von unterwegs gesendet, bitte Tippfehler entschuldigen.",
    "Mobil gesendet, bitte entschuldigen Sie Tippfehler.",
    "Bitte entschuldigen Sie Tippfehler, vom Handy gesendet.",
    "Unterwegs gesendet",
    "Envoyé de mon téléphone, merci d'excuser les fautes de frappe.",
    "Ce message a été envoyé depuis mon téléphone.",
    "Disculpe la brevedad, enviado desde mi móvil.",
    "Este mensaje fue enviado desde mi celular.",
    "Enviado do meu telemóvel, desculpe os erros.",
    "Inviato dal mio cellulare, scusate gli errori.",
    "Messaggio inviato dal mio telefono.",
    "Verzonden vanaf mijn telefoon, excuses voor typefouten.",
    "Dit bericht is verzonden vanaf mijn telefoon.",
    "Skickat från min telefon, ursäkta stavfel.",
    "Sendt fra min telefon, beklager skrivefejl.",
    "Wysłano z telefonu, przepraszam za literówki.",
    "Odesláno z mobilu, omluvte překlepy.",
    "Отправлено с телефона, извините за опечатки.",
]
MARKED = [
    "--",
    "--\nBo Lund",
    "--\nBo\n\nSent from my iPhone",
    "-- Bo Lund",
    "— Bo",
    "/Bo",
    "/ Bo Lund",
    "//Bo",
    "/BO",
    "/Åsa Öberg",
    "/Bo Lund\nClient AB\nwww.client.example",
    "Mvh /Bo",
    "Mvh\n/Bo",
    "\u1427",
    "Best regards,\nBo\n\u1427",
]


@pytest.mark.parametrize("footer", [*FOOTERS, *MARKED])
def test_it_is_no_word_at_the_end_or_above_the_history(footer: str) -> None:
    assert new_words(f"{WORDS}\n\n{footer}\n") == WORDS
    assert new_words(f"{WORDS}\n{footer}\n") == WORDS
    assert new_words(f"{WORDS}\n\n{footer}\n\n{HISTORY}\n") == WORDS


SAID = {
    "sent": "I have sent you the photo from my phone twice.\nIt never arrived.",
    "sent, the last line": "I typed the code on my phone and it is refused.",
    "sent, with a comma": "The app fails.\nSent from my phone yesterday, but nobody answered.",
    "sorry": "Sorry for the mistakes in the order I wrote on my phone.",
    "asked": "Sorry, was that typed on a phone? There are typos in your manual",
    "wrapped": "I sent the pictures\nfrom my phone.",
    "paths": "Which of these?\n\n/Documents\n/Pictures",
    "a path": "It ends in:\n\n/Reports",
    "a folder": "The disk is full.\n\n/Users",
    "a small path": "It is full.\n\n/var/log\n/home",
    "bullets": "I need two.\n\n- Milk\n- Bread",
    "a log": "It says.\n-- Error 17\n-- Error 18",
    "a dash": "It says one thing:\n— Error in line five of the file",
    "dashes within": "One.\n--\nIt still burns, and nobody comes.",
    "a typo": "Hello Bo,\n\nsorry for the typo in your phone number. The contract is on its way.\nSign it.",
    "a typo, alone": "Sorry for the spelling of your phone number, it is right now.",
    "a line that goes on": "Sorry for typos, I wrote this on my phone: the tray is jammed. Please escalate.",
    "a line that goes on, in German": "Tippfehler bitte entschuldigen, vom Handy. Auftrag 12 stornieren.",
    "a line that goes on, in French": "Bonjour,\n\nEnvoyé de mon téléphone hier, sans effet.",
    "a line that goes on, in Spanish": "Hola,\n\nEnviado desde mi móvil el pedido, disculpe los errores.",
    "a line that goes on, in Italian": "Ciao,\n\nInviato dal mio telefono il modulo, scusate gli errori.",
    "a line that goes on, in Dutch": "Dag,\n\nVerzonden vanaf mijn telefoon maandag, excuses.",
    "a line that goes on, in Russian": "Привет,\n\nОтправлено с телефона вчера, ответа всё нет.",
    "what a box says": "Excuse me, the spelling on the iPhone box is wrong.",
    "what an app sent": "Your android app sent a mail with spelling errors, excuse me but that is bad.",
    "what was sent": "Hi.\n\nSent from my phone, the invoice has a wrong number.",
    "by whom": "Hi.\n\nSent by courier to the phone shop.",
    "an order": "Yes.\n\nSent from my iPhone. Order 4711.",
    "an excuse": "Hi.\n\nPlease excuse my typos, the invoice is 4711 and not 4712.",
    "mistakes": "Please excuse the mistakes in the order: five, not six.",
    "how": "How do you log in?\nVia mobile.",
    "how, without a full stop": "How do you log in?\n\nVia mobile",
    "where from": "From my iPhone",
    "an app": "It fails.\n\nThe mobile app has typos, sorry.",
    "a telephone that was sent": "Tippfehler bitte entschuldigen, das Handy wurde verschickt.",
    "the same, in Dutch": "Excuses voor de typefouten, de telefoon is verzonden.",
    "by whom it was sent": "Hi.\n\nSent with Acme the phone.",
    "by mail": "How did it go out?\n\nSent via mail",
    "by phone": "How did you order it?\n\nSent by phone.",
    "from where": "Where was it sent from?\n\nSent from Lisbon",
    "from whom": "Von wem kam es?\n\nGesendet von meiner Kollegin",
    "from an account": "Welches Konto war es?\n\nVon meinem Konto gesendet",
    "brevity": "Hi.\n\nSorry for the brevity on the phone.",
    "from what": "Sent from my phone, not from the app.",
    "what a screen says": "The error is:\n\nSent from my iPhone",
    "in a sentence": "Is a mail\nsent from my iPhone\nshown twice?",
    "an order below a footer": "Mend it.\n\nSent from my iPhone\n\nPS: its number is 42-17.",
    "words below a footer": "Mend it.\nSent from my iPhone\nEscalate",
    "an archive": "Please delete the folder.\n/Archive",
    "an archive, in German": "Bitte den Ordner leeren.\n\n/Archiv",
    "an archive, whatever is said above": "Please empty it.\n/Archive",
    "a command": "He typed it twice.\n/Stop",
    "more below a name": "Yes.\n/Bo\nbut wait, tomorrow",
}


@pytest.mark.parametrize("text", SAID.values(), ids=SAID)
def test_what_only_looks_like_one_stays(text: str) -> None:
    assert new_words(text) == text


BELOW_FOOTER = {
    "a name and place": "Bo Lund\n+45 12 34 56 78",
    "a closing": "\nBest regards\nBo",
    "dashes": "-- \nBo",
    "a second footer": "Get Outlook for iOS",
    "a letter": "\nHi Bo,\nwhich one burns?\nAna",
}


@pytest.mark.parametrize("below", BELOW_FOOTER.values(), ids=BELOW_FOOTER)
def test_a_signature_or_a_letter_below_a_footer_goes_with_it(below: str) -> None:
    assert new_words(f"{WORDS}\n\nSent from my iPhone\n{below}") == WORDS


def test_other_words_below_a_footer_are_said_on_in_nobodys_name() -> None:
    text = f"{WORDS}\n\nSent from my iPhone\n\nThe tray is jammed."
    parts = reply_parts(text)
    assert (parts.new, parts.doubt) == (text, Doubt.BELOW_FOOTER)
    assert own_words(text, parts).text == WORDS


def test_the_dot_that_watches_readers_is_nobodys_signature() -> None:
    text = f"{WORDS}\n\n\u1427\n\n{HISTORY}"
    found = own_words(text, reply_parts(text))
    assert (found.text, found.signature) == (WORDS, "")


# --- attributions -----------------------------------------------------------------------------------

UNDATED = [
    "Ana Souza <support@acme.example> wrote:",
    "Ana Souza (support@acme.example) a écrit :",
    "On Monday Ana Souza <support@acme.example> wrote:",
    "Ana Souza via Acme Forum <forum@acme.example> wrote:",
    "Acme Support [mailto:support@acme.example] wrote:",
    "Quoting Ana Souza <support@acme.example>:",
    "Zitat von Ana Souza <support@acme.example>:",
    "Ana Souza <support@acme.example> schrieb:",
    "Ana Souza <support@acme.example> writes:",
]
ABOVE_QUOTES = [
    "* Ana Souza wrote:",
    "Ana wrote:",
    "On Monday, Ana Souza wrote:",
    "Acme Support via Forum wrote:",
    "Zitat von Ana Souza:",
    "Ana Souza a écrit :",
    "Ana Souza ha scritto:",
    "Ana Souza hat geschrieben:",
    "Ana Souza napisał(a):",
    "Am Montag schrieb Ana Souza:",
    "Le lundi, Ana Souza a écrit :",
    "Op maandag schreef Ana Souza:",
    "Acme Support wrote the following on Monday:",
    "Ana Souza (Acme Support) wrote:",
    "Ana Souza, Acme Support, wrote:",
    "ana.souza wrote:",
    "acme_support wrote:",
    "Ana Souza <support@acme.example>:",
    "李明 写道：",
]


@pytest.mark.parametrize("line", [*UNDATED, *ABOVE_QUOTES])
def test_an_attribution_without_a_date_belongs_to_the_quoted_lines(line: str) -> None:
    assert new_words(f"{WORDS}\n\n{line}\n> old\n> words") == WORDS
    assert new_words(f"{WORDS}\n\n{line}\n\n> old\n> words") == WORDS


@pytest.mark.parametrize("line", UNDATED)
def test_with_an_address_it_leads_to_history_that_is_not_marked(line: str) -> None:
    assert new_words(f"{WORDS}\n\n{line}\n\nold\nwords") == WORDS
    assert new_words(f"{line}\n\n{WORDS}") == WORDS


TOLD = {
    "i": "I wrote:",
    "you": "As you wrote:",
    "your log": "In your log it writes:",
    "the server": "The server in the cellar wrote:",
    "somebody": "John from accounting wrote:",
    "to whom": "I asked Bo <bo@client.example>, he wrote:",
    "several": "Bo <bo@client.example> and Cy <cy@client.example> wrote:",
}


@pytest.mark.parametrize("line", TOLD.values(), ids=TOLD)
def test_what_people_tell_of_others_stays(line: str) -> None:
    text = f"{WORDS}\n\n{line}\n\nIt burns."
    assert new_words(text) == text


# --- header lines -----------------------------------------------------------------------------------

BLOCKS = {
    "below the author": "From: Ana Souza <support@acme.example>\nReply: Ana Souza <support@acme.example>\n"
    "Date: Monday, January 3, 2022 at 10:00\nTo: Bo <bo@client.example>\nSubject: Printer",
    "without addresses": "From: Ana Souza\nReply: Acme Support\nTo: Bo Lund\n"
    "Date: Monday, January 3, 2022 at 10:00\nSubject: Printer",
    "on top": "Reply: Ana Souza <support@acme.example>\nFrom: Ana Souza <support@acme.example>\n"
    "Date: Monday, January 3, 2022 at 10:00\nTo: Bo\nSubject: Printer",
    "in bold": "*From:* Ana Souza\n*Reply:* Ana Souza <support@acme.example>\n"
    "*Date:* Monday, January 3, 2022 at 10:00\n*To:* Bo\n*Subject:* Printer",
}


@pytest.mark.parametrize("block", BLOCKS.values(), ids=BLOCKS)
def test_a_line_for_answers_is_one_of_a_header(block: str) -> None:
    assert new_words(f"{WORDS}\n\n{block}\n\nold words") == WORDS
    quoted = "\n".join(f"> {line}" for line in block.split("\n"))
    assert new_words(f"{WORDS}\n\n{quoted}\n\n> old words") == WORDS


def test_words_that_begin_like_such_a_line_stay() -> None:
    block = BLOCKS["without addresses"].replace("Reply: Acme Support\n", "")
    assert new_words(f"Reply: yes, at once.\n\n{block}\n\nold") == "Reply: yes, at once."
    assert new_words(f"{block}\nReply: yes, at once.") == "Reply: yes, at once."
