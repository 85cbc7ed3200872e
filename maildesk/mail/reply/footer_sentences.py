"""Footers of telephones that are whole sentences: what was sent from where, and whose typing it excuses."""

from __future__ import annotations

import re
from typing import Final

from maildesk.mail.reply.reply_phrases import any_of

# A line that holds one of `SENTENCE_WORDS` and a word of each of these is such a sentence, in whatever order,
# if it says nothing else besides. Beginnings of words, by language.
_HANDHELD: Final = any_of(
    r"i?phone|ipad|android|smart ?phone|cell\b|cellphone|mobile|tablet|handheld|blackberry|thumbs?\b|siri\b|"
    r"tiny keyboard|small screen|on the (?:go|move|road|run)|dictated",
    r"handy|telefon|unterwegs|mobil|téléphone|portable|móvil|celular|teléfono|telemóvel|telefone|cellulare|"
    r"telefoon|onderweg|puhelim|komórk|телефон|смартфон",
)
_SORRY: Final = any_of(
    r"sorry|apolog|excus|forgive|pardon|courtesy of|entschuldig|verzeih|désolé|disculp|perdon|desculp|scus",
    r"ursäkta|förlåt|beklager|undskyld|unnskyld|pahoittel|przepraszam|wybacz|omluv|promiň|prepáč|извин|прост|"
    r"вибач|elnézés|scuz",
)
_TYPOS: Final = any_of(
    r"typos?\b|brevity|terse|spelling|misspell|autocorrect|auto-correct|shortness|"
    r"(?:any|these|excuse|forgive|pardon) (?:errors?|mistakes)",
    r"tippfehler|kürze|rechtschreib|schreibfehler|fautes?\b|coquilles|brièveté|orthograph|erratas|brevedad|"
    r"ortogr|brevidade|brevità|refusi|errori\b|erros\b|faltas\b|errores\b",
    r"typefout|tikfout|spelfout|stavfel|skrivefe[ji]l|stavefe[ji]l|kirjoitusvirhe|literówk|błęd|překlep|"
    r"preklep|опечат|кратк|помилк|elütés|greșel",
)
_MY: Final = r"(?:(?:my|a|the|an) )?(?:[\w'’-]{1,16} ){0,2}"
_WITH: Final = (
    rf"(?: (?:from|on|with|via|using|while) {_MY}"
    r"(?:i?phone|ipad|android|smart ?phone|cell|cellphone|mobile|tablet|handheld|blackberry|thumbs?|"
    r"keyboard|go|move|road|run)\b(?: wireless)?(?: device| phone)?)"
)
GERMAN_DEVICE: Final = r"[\w-]{0,20}(?:handy|phones?|telefon|tablet|pad|gerät|android|laptop|galaxy)"
_A_MACHINE: Final = r"(?:[\w'’-]{1,16} ){0,2}"
# A telephone's make.
_ENDS: Final = r"(?-i: [A-Z0-9][\w-]{0,15}){0,3}\W{0,3}$"
# These excuse nothing, so that the whole line must be one.
_WHOLE: Final = any_of(
    rf"(?:(?:this )?(?:message|e-?mail|mail|note) (?:(?:was|has been|is) )?)?"
    rf"(?:sent|typed|written|composed|tapped out|swyped|dictated){_WITH}{{1,3}}\W{{0,3}}$",
    r"(?-i:From|Via|By) (?:my )?(?:iphone|ipad|android|mobile|blackberry|cell ?phone|smartphone)$",
    r"(?:diese (?:nachricht|e-?mail|mail) wurde )?"
    r"(?:mobil|(?:von )?unterwegs|(?:vom|am|auf dem) (?:handy|smartphone|tablet)|(?:von|auf|mit) meinem "
    rf"{_A_MACHINE}{GERMAN_DEVICE}) "
    r"(?:gesendet|geschickt|geschrieben|getippt|verfasst|versendet|verschickt)\W{0,3}$",
    r"(?:ce (?:message|mail|courriel) a été |message )?(?:envoyé|écrit|rédigé|tapé) "
    r"(?:de|depuis|sur|avec|à partir de) (?:mon|ma|un|une) "
    rf"(?:téléphone|portable|mobile|smartphone|iphone|ipad|tablette)\b{_ENDS}",
    r"(?:(?:este )?(?:mensaje|correo) (?:fue |ha sido )?)?(?:enviado|escrito) (?:desde|con|en) (?:mi|un) "
    rf"(?:móvil|celular|teléfono|smartphone|iphone|ipad|tableta?)\b{_ENDS}",
    r"(?:(?:esta )?mensagem (?:foi )?)?(?:enviad|escrit)[oa] (?:do|pelo|no|a partir do) (?:meu )?"
    rf"(?:telemóvel|celular|telefone|smartphone|iphone|ipad|tablet)\b{_ENDS}",
    r"(?:(?:questo )?messaggio (?:è stato )?)?(?:inviato|scritto) (?:dal|da|col|con il) (?:mio |un )?"
    rf"(?:cellulare|telefono|smartphone|iphone|ipad|tablet)\b{_ENDS}",
    r"(?:(?:dit|deze) (?:bericht|mail|e-mail) is )?(?:verzonden|verstuurd|getypt|geschreven) "
    rf"(?:vanaf|met|van|op|via) (?:mijn|een) (?:telefoon|mobiel|smartphone|iphone|ipad|tablet)\b{_ENDS}",
)
SENTENCE_WORDS: Final = frozenset(
    {
        "sent", "typed", "written", "wrote", "composed", "dictated", "swyped", "tapped", "iphone", "ipad",
        "android", "mobile", "blackberry", "phone", "cellphone", "smartphone", "courtesy", "gesendet",
        "geschickt", "geschrieben", "getippt", "verfasst", "versendet", "verschickt", "diktiert", "envoyé",
        "envoyée", "écrit", "écrite", "rédigé", "rédigée", "tapé", "tapée", "dicté", "dictée", "enviado",
        "enviada", "escrito", "escrita", "inviato", "inviata", "scritto", "scritta", "verzonden", "verstuurd",
        "getypt", "geschreven", "skickat", "skrivet", "sendt", "skrevet", "lähetetty", "kirjoitettu",
        "wysłano", "wysłane", "wysłana", "napisano", "napisane", "napisana", "odesláno", "odeslána",
        "odoslané", "psáno", "poslano", "poslana", "trimis", "elküldve", "küldve", "отправлено", "написано",
        "надіслано", "изпратено",
    }
)  # fmt: skip
"""A text or a line without any of these holds no such sentence."""

# The words of which such sentences are made besides, by language: whoever writes another says something.
_FILLERS: Final = frozenset(
    {
        "a", "an", "the", "this", "it", "was", "is", "has", "been", "so", "as", "and", "or", "for", "of",
        "from", "on", "with", "by", "via", "using", "while", "my", "i", "i'm", "any", "all", "these",
        "please", "kindly", "to", "due", "message", "e", "email", "mail", "note", "reply", "error",
        "errors", "mistake", "mistakes", "tiny", "small", "wireless", "device",
        "keyboard", "app", "secure", "two", "auto", "correct", "screen", "encrypted", "go", "move", "road",
        "run", "inbox",
        "diese", "dieses", "der", "die", "dem", "den", "ein", "eine", "einem", "einer", "wurde",
        "ist", "von", "vom", "mit", "per", "über", "auf", "am", "aus", "und", "oder", "bitte", "sie", "ich",
        "für", "meinem", "meiner", "mein", "etwaige", "mögliche", "eventuelle", "daher", "nachricht",
        "e-mail", "fehler", "gerät", "diensthandy", "kostenlosen",
        "ce", "cet", "cette", "été", "est", "de", "d", "du", "des", "depuis", "à", "partir", "avec", "sur",
        "par", "mon", "ma", "un", "une", "le", "la", "les", "l", "et", "merci", "veuillez", "mes", "pour",
        "éventuelles", "frappe", "courriel", "appareil", "application", "tablette", "ordiphone",
        "este", "esta", "fue", "ha", "sido", "desde", "do", "da", "dos", "con", "com", "en", "mi", "meu",
        "minha", "por", "favor", "las", "los", "el", "os", "y", "o", "mensaje", "mensagem", "correo", "foi",
        "pelo", "no", "dispositivo", "electrónico", "aplicación", "tableta", "aplicativo", "através",
        "questo", "messaggio", "è", "stato", "dal", "dalla", "col", "mio", "mia", "il", "gli", "di",
        "eventuali", "tramite",
        "dit", "deze", "bericht", "vanaf", "vanuit", "met", "van", "op", "mijn", "een", "voor", "mobiel",
        "apparaat", "mailapp",
        "från", "fra", "min", "mitt", "med", "för", "och", "og", "enhet", "laite", "puhelimesta",
        "puhelimestani", "älypuhelimesta", "laitteesta", "laitteestani",
        "z", "ze", "za", "zo", "mojego", "telefonu", "mobilu", "svého", "mého", "môjho", "aplikacji",
        "aplikace", "zařízení", "urządzenia", "wiadomość", "na", "w", "trimis", "pe", "din", "telefonul",
        "с", "со", "из", "моего", "моей", "за", "и", "в", "на", "по", "для", "мобильного", "мобильной",
        "устройства", "приложения", "почты", "пошти", "із", "з", "від", "мого", "мобільного", "пристрою",
        "програми", "през", "моя", "моето", "устройство", "от",
        "από", "το", "τη", "την", "του", "μου", "στάλθηκε", "εστάλη", "đã", "được", "gửi", "từ", "của",
        "tôi", "dikirim", "dari", "saya", "dihantar", "perangkat", "peranti",
    }
)  # fmt: skip
# Where such a sentence names a telephone, it is what the words were written with: "das Handy" is a thing.
_WRITTEN_WITH: Final = re.compile(
    r"\b(?:from|on|with|via|using|vom|von|mit|am|auf(?: dem)?|per|depuis|sur|avec|de(?= m)|desde|con|do|pelo|"
    r"no|dal|da|col|vanaf|vanuit|met|van(?= m)|of(?= m)|op|från|fra|z|ze|za|zo|с|со|з|із|от|από|din|pe|iz) "
    rf"(?:[\w-]+ ){{0,2}}(?:{_HANDHELD})|dictated|siri\b|thumbs|mobil\b|unterwegs|onderweg|on the |"
    r"tiny keyboard|small screen"
)
# A name and an article behind it are somebody's sentence: "Sent with Acme the phone".
_ABOUT_A_THING: Final = re.compile(
    r"(?<=\s)[A-Z][\w&.-]{0,40} (?:the|an?|das|die|den|les?|la|el|los|las|il|lo|het)\b"
)
_BARE_MEANS: Final = re.compile(
    r"\S{1,20} (?:by|via|vía|with|using|per|par|por|pelo|über|mit|tramite|con|door|met|med|przez|по) "
    r"(?:e-?mail|mail|app|phone|mobile|post|sms|fax|handy|telefon|telefone|teléfono|téléphone|telefono|почте)\W*",
    re.IGNORECASE,
)
_TELEPHONES: Final = frozenset(
    {"iphone", "ipad", "android", "mobile", "blackberry", "phone", "cellphone", "smartphone"}
)
_HANDHELD_WORD: Final = re.compile(rf"(?<![^\W\d_])(?:{_HANDHELD})")
_PARTS: Final = tuple(re.compile(rf"(?<![^\W\d_])(?:{each})") for each in (_HANDHELD, _SORRY, _TYPOS))
_SENTENCE: Final = re.compile(_WHOLE, re.IGNORECASE)
_WORD: Final = re.compile(r"[^\W\d_]+")
_KNOWN: Final = re.compile(any_of(_HANDHELD, _SORRY, _TYPOS))
_LINK_OR_UNREAD: Final = re.compile(r"[a-z<(]{1,20}://\S*|\bnot (?:proof-?)?read\b", re.IGNORECASE)
# How Samsung's footers end in America.
_MAKE: Final = re.compile(r"\s*an? \S{1,16} (?:[45]G|LTE)(?: LTE)? (?:smartphone|phone|tablet|device)\W*")
_SENTENCES: Final = re.compile(r"[.:;!](?:\s|$)|\s[-–—]+\s")
_BETWEEN: Final = " .\"'’“”„()[]*_<>/|+&-–—"


def is_footer_sentence(line: str) -> bool:
    """Tell whether a short line says in a sentence what it was written with, and nothing else."""
    small = line.lower()
    words = SENTENCE_WORDS.intersection(_WORD.findall(small))
    if not words or "?" in line:
        return False
    if _SENTENCE.match(line):
        return says_nothing_else(line, begins_so=True)
    found = words - _TELEPHONES and all(part.search(small) for part in (*_PARTS, _WRITTEN_WITH))
    return bool(found) and says_nothing_else(line)


def says_nothing_else(line: str, *, begins_so: bool = False) -> bool:
    """Tell whether a line holds the words of such a sentence alone, and names of what it was written with.

    Those stand in its first sentence, behind a telephone or, where the line `begins_so`, behind "Sent with".
    "Sent by mail" is an answer.
    """
    if _BARE_MEANS.fullmatch(line) or _ABOUT_A_THING.search(line):
        return False
    first, *more = _SENTENCES.split(_LINK_OR_UNREAD.sub(" ", line))
    clauses = first.split(",")
    named = [bool(_HANDHELD_WORD.search(each.lower())) for each in clauses]
    named[0] = named[0] or begins_so
    return all(map(_is_filled, clauses, named)) and all(_is_filled(each, named=False) for each in more)


def _is_filled(clause: str, named: bool) -> bool:
    """Tell whether each word of a clause is known, or a name where such may stand."""
    if _MAKE.fullmatch(clause):
        return True
    words = (word.strip(_BETWEEN) for word in clause.replace("'", " ").replace("’", " ").split())
    return all(
        word.lower() in _FILLERS
        or word.lower() in SENTENCE_WORDS
        or _KNOWN.match(word.lower()) is not None
        or (named and not (word.isalpha() and word.islower()))
        for word in words
        if word
    )
