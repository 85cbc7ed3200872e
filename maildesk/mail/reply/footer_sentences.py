"""Footers of telephones that are whole sentences: what was sent from where, and whose typing it excuses."""

from __future__ import annotations

import re
from typing import Final

from maildesk.mail.reply.reply_phrases import any_of

# A line that holds one of `SENTENCE_WORDS` and a word of each of these is such a sentence, in whatever order:
# nobody asks a help desk for anything in these words. Beginnings of words, by language.
_HANDHELD: Final = any_of(
    r"i?phone|ipad|android|smart ?phone|cell\b|cellphone|mobile|tablet|handheld|blackberry|thumbs?\b|siri\b|"
    r"tiny keyboard|small screen|on the (?:go|move|road|run)|dictated",
    r"handy|telefon|unterwegs|mobil|téléphone|portable|móvil|celular|teléfono|telemóvel|telefone|cellulare|"
    r"telefoon|onderweg|puhelim|komórk|телефон|смартфон",
)
_SORRY: Final = any_of(
    r"sorry|apolog|excus|forgive|pardon|bear with|entschuldig|verzeih|désolé|disculp|perdon|desculp|scus",
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
    rf"(?: (?:from|on|with|by|via|using|in|while) {_MY}"
    r"(?:i?phone|ipad|android|smart ?phone|cell|cellphone|mobile|tablet|handheld|blackberry|thumbs?|"
    r"keyboard|go|move|road|run)\b(?: wireless)?(?: device| phone)?)"
)
_A_MACHINE: Final = r"(?:[\w'’-]{1,16} ){0,2}"
_ENDS: Final = r"[^!?,;:]{0,30}$"
# These excuse nothing, so that the whole line must be one.
_WHOLE: Final = any_of(
    rf"(?:(?:this )?(?:message|e-?mail|mail|note) (?:(?:was|has been|is) )?)?"
    rf"(?:sent|typed|written|composed|tapped out|swyped|dictated){_WITH}{{1,3}}\W{{0,3}}$",
    r"(?-i:From|Via|By) (?:my )?(?:iphone|ipad|android|mobile|blackberry|cell ?phone|smartphone)\W{0,3}$",
    r"(?:any |all )?(?:brevity|typos)\b[^!?]{0,30} courtesy of [^!?]{1,40}$",
    r"(?:diese (?:nachricht|e-?mail|mail) wurde )?"
    r"(?:mobil|(?:von )?unterwegs|(?:vom|am|auf dem) (?:handy|smartphone|tablet)|(?:von|auf|mit) meinem "
    rf"{_A_MACHINE}\w{{1,20}}) "
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

_PARTS: Final = tuple(re.compile(rf"(?<![^\W\d_])(?:{each})") for each in (_HANDHELD, _SORRY, _TYPOS))
_SENTENCE: Final = re.compile(_WHOLE, re.IGNORECASE)
_WORD: Final = re.compile(r"[^\W\d_]+")


def is_footer_sentence(line: str) -> bool:
    """Tell whether a short line says in a sentence what it was written with."""
    small = line.lower()
    if SENTENCE_WORDS.isdisjoint(_WORD.findall(small)):
        return False
    if _SENTENCE.match(line):
        return True
    return "?" not in line and all(part.search(small) for part in _PARTS)
