"""The words of absence notes, whatever their header and subject say: who is away, and whom to ask."""

from __future__ import annotations

import re
from typing import Final

from maildesk.mail.automatic.out_of_office import is_absence_subject

# What absence notes say of their author first; people who write to a customer rarely do.
_SAYS: Final = re.compile(
    r"\b(?:i am|i'm|i’m|i will be|i'll be|we are|currently|am)\b[^.\n]{0,30}?"
    r"\b(?:out of (?:the |my )?office|on (?:annual |sick |parental |maternity |paternity )?"
    r"(?:leave|vacation|holidays?)|away from (?:the |my )?(?:office|desk|mail|e-?mails?|work)|ooo)\b"
    r"|\bout of (?:the )?office\b|\b(?:limited|no) access to (?:my )?e-?mails?\b"
    r"|\bi am away (?:until|from|till)\b"
    r"|\bthis is an auto(?:matic|mated)? ?-?(?:reply|response|answer|message)\b"
    r"|\b(?:ich bin|derzeit|aktuell|zur ?zeit|momentan)\b[^.\n]{0,40}?"
    r"\b(?:abwesend|nicht im (?:büro|haus)|(?:im|in) urlaub|außer haus|nicht erreichbar|in elternzeit)\b"
    r"|\bautomatische (?:antwort|abwesenheits)"
    r"|\babwesenheitsnotiz|\bje suis\b[^.\n]{0,30}?\b(?:absente?|en congés?|en vacances)\b"
    r"|\bmessage automatique|\babsent(?:e)? du bureau|\bréponse automatique"
    r"|\b(?:estoy|estaré|me encuentro)\b[^.\n]{0,30}?\b(?:fuera de (?:la )?oficina|de vacaciones|ausente)\b"
    r"|\b(?:estou|estarei|encontro-me)\b[^.\n]{0,30}?\b(?:ausente|de férias|fora do escrit[óo]rio)\b"
    r"|\b(?:sono|sarò)\b[^.\n]{0,30}?\b(?:assente|in ferie|fuori (?:sede|ufficio))\b"
    r"|\b(?:ik ben|momenteel)\b[^.\n]{0,30}?"
    r"\b(?:afwezig|met (?:vakantie|verlof)|niet (?:aanwezig|op kantoor))\b"
    r"|\b(?:jag är|jeg er)\b[^.\n]{0,30}?\b(?:på semester|på ferie|bortrest|fraværende|ikke til stede)\b"
    r"|\b(?:jestem|przebywam)\b[^.\n]{0,30}?\b(?:na urlopie|poza biurem|nieobecn\w)\b"
    r"|\bя\b[^.\n]{0,30}?\b(?:в отпуске|отсутству\w{1,3}|вне офиса)\b"
    r"|不在(?:にして|です|とな)|休暇(?:中|をいただ|を頂)|外出して(?:おり|い)"
    r"|不在办公室|正在休假|外出休假|부재중|휴가 중",
    re.IGNORECASE,
)
# Fast to look for in every mail; what `_SAYS` finds has one of them.
_HINTS: Final = (
    "office", "leave", "vacation", "holiday", "away", "access to", "ooo", "auto", "abwesen", "büro", "haus",
    "urlaub", "erreichbar", "elternzeit", "absent", "congé", "vacances", "oficina", "vacaciones", "ausente",
    "férias", "escrit", "assente", "ferie", "fuori", "afwezig", "vakantie", "verlof", "aanwezig", "kantoor",
    "semester", "bortrest", "fravær", "til stede", "urlop", "biurem", "nieobecn", "отпуск", "отсутств",
    "офиса", "不在", "休暇", "休假", "外出", "부재", "휴가",
)  # fmt: skip
# The other sentences of a note: thanks for a mail it has not read, whom to ask, when an answer will come.
_SAYS_BESIDE: Final = re.compile(
    "|".join(
        (
            r"\bthank(?:s| you) for (?:your (?:e-?mail|message|mail|note|[ei]nquiry)|contacting|writing)\b",
            r"\b(?:limited|no|not have|without|little|intermittent) (?:or no )?access to (?:my )?e-?mails?\b",
            r"\bfor (?:any )?(?:urgent|immediate|escalat)",
            r"\bin (?:urgent|case of emergency|emergenc)",
            r"\burgent (?:matter|case|request|inquir|enquir|issue|question)",
            r"\bif (?:you (?:need|require)|(?:it|this|your \w+) is).{0,20}\b(?:urgent|immediate|assist)",
            r"\bplease (?:contact|call|write to|reach out|e-?mail|direct)\b",
            r"\b(?:will|['’]ll) (?:reply|respond|answer|get back|read|return|be back|come back|reach out)\b",
            r"\b(?:up)?on my return",
            r"\b(?:when|as soon as|once) i(?: am|['’]m)? (?:return|back)",
            r"\bauto(?:matic|mated)? ?-?(?:reply|response|message|answer)",
            r"\bnot be (?:forwarded|read|monitored)\b",
            r"\bnot (?:reading|checking|monitoring) (?:my )?e?-?mail",
            r"\bdank für ihre (?:nachricht|e-?mail|mail|anfrage)",
            r"\bin dringenden (?:fällen|angelegenheiten)",
            r"\bwenden sie sich\b",
            r"\bnicht weitergeleitet|\bkeine weiterleitung",
            r"\bnach meiner rückkehr",
            r"\bautomatische\b",
            r"\bmerci (?:de|pour) votre (?:message|e-?mail|mail|courriel)",
            r"\ben cas d['’]urgence|\bpour toute (?:urgence|demande)",
            r"\bà mon retour",
            r"\b(?:veuillez|merci de|vous pouvez) (?:contacter|vous adresser|écrire)",
            r"\bgracias por (?:su|tu) (?:mensaje|correo)",
            r"\ben caso de urgencia|\b(?:asuntos|temas) urgentes",
            r"\ba mi (?:regreso|vuelta)",
            r"\b(?:póngase en contacto|contacte|puede contactar|diríjase)\b",
            r"\bobrigad[oa] pel[oa]",
            r"\bem caso de urgência|\bassuntos urgentes",
            r"\b(?:contactar|contate|em contac?to)\b",
            r"\bgrazie per (?:il|la|aver)",
            r"\bin caso di urgenza|\bper urgenze",
            r"\b(?:contattare|rivolgersi)\b",
            r"\bal mio (?:rientro|ritorno)",
            r"\bbedankt voor (?:uw|je)",
            r"\b(?:in dringende|voor dringende|bij spoed)",
            r"\bcontact opnemen met\b",
            r"\bв (?:срочных случаях|случае срочности)",
            r"お急ぎ|緊急|ご連絡|紧急|如有急|급한|긴급",
        )
    ),
    re.IGNORECASE,
)
_SAYS_FIRST: Final = 300
_NOTE_CHARS: Final = 2000
_MOST_PARAGRAPHS: Final = 3
_PARAGRAPH: Final = re.compile(r"\n[ \t]*\n")
# What gateways put above a mail from outside.
_BANNER: Final = re.compile(
    r"[^\n]{0,200}\b(?:external|outside|caution|ext|extern(?:e|er|es|o|a)?|estern[oa]|au(?:ß|ss)erhalb)\b",
    re.IGNORECASE,
)
_LINK: Final = re.compile(r"\bhttps?://\S*+", re.IGNORECASE)
_ASKS: Final = re.compile(r"[?？]")
_SENTENCE: Final = re.compile(r"[.!。！\n](?:\s|$)|\n")
_WORDS_OF_A_SENTENCE: Final = 4


def reads_as_absence(words: str) -> bool:
    """Tell whether somebody's words begin as an absence note does, whatever its header says.

    That is a reason to ask its author, no proof: people write `I am on vacation` too.
    """
    begin = " ".join(_below_banner(words)[: 2 * _SAYS_FIRST].split())[:_SAYS_FIRST]
    lower = begin.lower()
    hinted = any(each in lower for each in _HINTS)
    return is_absence_subject(begin) or (hinted and _SAYS.search(begin) is not None)


def is_absence_note(words: str) -> bool:
    """Tell whether words are an absence note: they say so first, nothing else or what notes say beside it.

    Nobody asks anything in one.
    """
    if not reads_as_absence(words):
        return False
    words = _below_banner(words)[: _NOTE_CHARS + 1]
    if len(words) > _NOTE_CHARS or _ASKS.search(_LINK.sub("", words)):
        return False
    sentences = [each for each in _SENTENCE.split(words) if len(each.split()) >= _WORDS_OF_A_SENTENCE]
    return len(sentences) <= 1 or _SAYS_BESIDE.search(words) is not None


def _below_banner(words: str) -> str:
    """The words below what a gateway put above them."""
    for _ in range(_MOST_PARAGRAPHS):
        end = _PARAGRAPH.search(words[:_NOTE_CHARS])
        if end is None or not _BANNER.match(words[: end.start()]):
            break
        words = words[end.end() :]
    return words
