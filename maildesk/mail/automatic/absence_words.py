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
    r"|\b(?:i am|i'm|i’m|i will be|i'll be|i’ll be) away (?:until|from|till|next|this|on|for)\b"
    r"|\bthis is an auto(?:matic|mated)? ?-?(?:reply|response|answer|message)\b"
    r"|\b(?:ich bin|derzeit|aktuell|zur ?zeit|momentan)\b(?:[^.\n]|(?<=\d)\.){0,40}?"
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
_SAYS_FIRST: Final = 300
_NOTE_CHARS: Final = 2000
_MOST_PARAGRAPHS: Final = 3
_PARAGRAPH: Final = re.compile(r"\n[ \t]*\n")
# What gateways put above a mail from outside.
_BANNER: Final = re.compile(
    r"[^\n]{0,200}\b(?:external|outside|caution|ext|extern(?:e|er|es|o|a)?|estern[oa]|au(?:ß|ss)erhalb)\b",
    re.IGNORECASE,
)


def reads_as_absence(words: str) -> bool:
    """Tell whether somebody's words begin as an absence note does, whatever its header says.

    That is a reason to ask its author, no proof: people write `I am on vacation` too.
    """
    begin = " ".join(_below_banner(words)[: 2 * _SAYS_FIRST].split())[:_SAYS_FIRST]
    lower = begin.lower()
    hinted = any(each in lower for each in _HINTS)
    return is_absence_subject(begin) or (hinted and _SAYS.search(begin) is not None)


def _below_banner(words: str) -> str:
    """The words below what a gateway put above them."""
    for _ in range(_MOST_PARAGRAPHS):
        end = _PARAGRAPH.search(words[:_NOTE_CHARS])
        if end is None or not _BANNER.match(words[: end.start()]):
            break
        words = words[end.end() :]
    return words
