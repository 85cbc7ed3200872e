"""Mails that are an absence note and nothing else, told by their words where no field says so.

A note that is taken for a person's disturbs somebody; a person's mail that is taken for a note is lost. So
each sentence has to be one that notes consist of, down to its last word; notes in other languages are heard.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

_NOTE_CHARS: Final = 2000
_LINK: Final = re.compile(r"\bhttps?://\S*+", re.IGNORECASE)
_ADDRESS: Final = "@"
_ASKS: Final = re.compile(r"[?？]")
_WRAPPED_CHARS: Final = 50
_MOST_NAMES: Final = 5
_MOST_SIGNATURE: Final = 8


def _bag(*words: str) -> frozenset[str]:
    return frozenset(" ".join(words).split())


DATES: Final = _bag(
    "january february march april may june july august september october november december jan feb mar apr"
    " jun jul"
    " aug sep sept oct nov dec monday tuesday wednesday thursday friday saturday sunday mon tue wed thu"
    " fri",
    "januar jänner februar märz mai juni juli oktober dezember montag dienstag mittwoch donnerstag freitag"
    " samstag"
    " sonntag",
    "janvier février mars avril juin juillet août septembre octobre novembre décembre lundi mardi mercredi"
    " jeudi"
    " vendredi samedi dimanche",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre lunes martes"
    " miércoles jueves viernes sábado domingo",
    "janeiro fevereiro março maio junho julho setembro outubro novembro dezembro segunda-feira terça-feira"
    " quarta-feira quinta-feira sexta-feira",
    "gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre lunedì martedì mercoledì"
    " giovedì"
    " venerdì sabato domenica",
    "januari februari maart mei augustus maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
)
_AWAY_WORDS: Final = DATES | _bag(
    "i i'm i'll am will be currently presently out of the my office on annual sick parental maternity"
    " paternity"
    " medical leave vacation holiday holidays away from desk work a an ooo until till to through"
    " including inclusive and with without no only limited little intermittent access not have having read"
    " reading"
    " check checking answer reply respond return returning back in at next week as soon possible when once"
    " upon"
    " after your e-mail e-mails email emails mail mails message messages today tomorrow st nd rd th",
    "ich bin derzeit aktuell zurzeit zur zeit momentan ab vom bis zum zu einschließlich und abwesend nicht"
    " im büro"
    " haus in urlaub außer erreichbar elternzeit wieder am den dem der für sie da zurück werde nach meiner"
    " rückkehr"
    " antworten ihre ihnen nachricht nachrichten mails lesen gelesen kann keine mein meine",
    "je suis serai actuellement absent absente en congé congés vacances du au jusqu'au jusqu le la les et"
    " de retour"
    " bureau inclus à mon vous répondrai votre message",
    "estoy estaré me encuentro actualmente fuera de la oficina vacaciones ausente hasta el del al desde y"
    " a mi"
    " regreso vuelta responderé su tu correo mensaje",
    "estou estarei encontro-me atualmente férias fora do escritório até o dia ao e regresso responderei",
    "sono sarò attualmente assente ferie fuori sede ufficio fino dal alla il con rientro risponderò",
    "ik ben momenteel afwezig met vakantie verlof niet aanwezig op kantoor tot t/m van vanaf weer terug",
)
# Somebody says first that they are away; "we are out of paper" and "no access to e-mail" are a trouble.
_AWAY: Final = re.compile(
    r"\b(?:(?:i am|i['’]m|i will be|i['’]ll be|am) (?:currently |presently )?"
    r"(?:out of (?:the |my )?office|on (?:annual |sick |parental |maternity |paternity |medical )?"
    r"(?:leave|vacation|holidays?)|away|ooo)\b"
    r"|(?:ich bin|derzeit bin ich|zurzeit bin ich) (?:[\w.]{1,12} ){0,6}?"
    r"(?:abwesend|nicht im (?:büro|haus)|(?:im|in) urlaub|außer haus|nicht erreichbar|in elternzeit)\b"
    r"|je (?:suis|serai) (?:actuellement )?(?:absente?|en congés?|en vacances)\b"
    r"|(?:estoy|estaré|me encuentro) (?:actualmente )?(?:fuera de (?:la )?oficina|de vacaciones|ausente)\b"
    r"|(?:estou|estarei|encontro-me) (?:atualmente )?(?:ausente|de férias|fora do escritório)\b"
    r"|(?:sono|sarò) (?:attualmente )?(?:assente|in ferie|fuori (?:sede|ufficio))\b"
    r"|ik ben (?:momenteel )?(?:afwezig|met (?:vakantie|verlof)|niet (?:aanwezig|op kantoor))\b)",
    re.IGNORECASE,
)
_RETURNS: Final = re.compile(
    r"(?:and )?(?:(?:i will|i['’]ll|will) (?:be back|return|reply|respond|answer|read|only have|have)\b"
    r"|i return\b"
    r"|(?:i am|i['’]m) (?:back|returning|not (?:reading|checking))\b|(?:up)?on my return\b|back (?:on|in)\b"
    r"|i (?:only )?have (?:only )?(?:limited|no|little|intermittent) access\b|i do not (?:have access"
    r"|read)\b"
    r"|with (?:limited|no|little) access\b|ich werde\b|nach meiner rückkehr\b|ich bin (?:ab|am)\b"
    r"|à mon retour\b"
    r"|je (?:serai de retour|vous répondrai)\b|a mi (?:regreso|vuelta)\b|responderé\b|responderei\b"
    r"|al mio rientro\b)",
    re.IGNORECASE,
)
# When it ends, or that mail is hardly read: what a note says beside, and nobody who only mentions a holiday.
_UNTIL: Final = re.compile(
    r"\b(?:until|till|through|back|return(?:ing)?|(?:on|from) \d|(?:limited|little|intermittent) access"
    r"|reply|respond|answer|read(?:ing)?|checking)\b"
    r"|\b(?:bis|ab|rückkehr|jusqu|au|retour|hasta|regreso|vuelta|até|fino|rientro|tot|t/m)\b",
    re.IGNORECASE,
)
_ASK_WORDS: Final = _bag(
    "for any in if it is an your matter urgent urgency emergency emergencies case cases of matters"
    " requests request"
    " inquiries enquiries questions question issues immediate assistance help escalations escalation"
    " please contact"
    " call write to reach e-mail email mail my colleague colleagues deputy or and at on by phone the our"
    " you need"
    " require may can",
    "in dringenden fällen angelegenheiten bei dringendem wenden sie sich bitte an meine meinen kollegin"
    " kollegen"
    " frau herrn kontaktieren oder und",
    "en cas d'urgence pour toute urgence demande veuillez contacter vous adresser écrire à mon ma collègue"
    " ou et"
    " pouvez",
    "en caso de urgencia asuntos temas urgentes por favor contacte con póngase en contacto puede contactar a",
    "em caso de urgência para assuntos contactar contate o a contacto com",
    "in caso di urgenza per urgenze contattare rivolgersi il la mio mia collega",
    "in dringende gevallen voor zaken bij spoed kunt u contact opnemen met",
)
# Only where something is urgent: "please call Bo" alone may be what somebody wants of us.
_ASK: Final = re.compile(
    r"(?:for (?:any )?(?:urgent|immediate|emergenc|escalat)|in (?:urgent|(?:an |case of )?(?:urgen"
    r"|emergenc))"
    r"|if (?:it|this|your \w{1,12}) is urgent|in dringenden|bei dringend|en cas d['’]urgence"
    r"|pour toute urgence"
    r"|en caso de urgencia|(?:para|por) (?:asuntos|temas) urgentes|em caso de urgência"
    r"|para assuntos urgentes"
    r"|in caso di urgenza|per urgenze|in dringende|voor dringende|bij spoed)",
    re.IGNORECASE,
)
_BESIDE_WORDS: Final = _bag(
    "hello hi dear all everyone colleague colleagues sir madam or good morning day team thank thanks you"
    " for your"
    " e-mail email mail message note enquiry inquiry contacting writing me us this is an automatic"
    " automated"
    " auto-reply reply response will not be forwarded read sent",
    "hallo guten tag liebe lieber sehr geehrte geehrter damen und herren zusammen frau herr vielen dank"
    " für ihre"
    " nachricht anfrage sie wird nicht weitergeleitet dies ist eine automatische antwort es erfolgt keine"
    " weiterleitung mail",
    "bonjour madame monsieur merci de pour votre courriel ceci est un automatique",
    "hola buenos días gracias por su tu mensaje correo olá bom dia obrigado obrigada pelo pela sua mensagem"
    " buongiorno grazie per il la suo messaggio bedankt voor uw je bericht beste",
)
_BESIDE: Final = re.compile(
    r"(?:hello|hi|dear|good (?:morning|day)|thank|this is an auto[\w-]*|your (?:e-?mail|message) will not"
    r"|hallo|guten tag|liebe|sehr geehrte|vielen dank|dies ist|sie wird nicht|ihre (?:nachricht"
    r"|mail) wird nicht"
    r"|es erfolgt|bonjour"
    r"|merci|ceci est|hola|buenos|gracias|olá|bom dia|obrigad|buongiorno|grazie|bedankt|beste)\b",
    re.IGNORECASE,
)
_GREETS: Final = re.compile(
    r"(?:hello|hi|dear|good (?:morning|day)|hallo|guten tag|liebe|lieber|sehr geehrte|sehr geehrter"
    r"|bonjour|hola|olá"
    r"|buongiorno|beste)\b(?:[^,.!\n]{0,40}(,))?",
    re.IGNORECASE,
)
_CLOSES: Final = re.compile(
    r"(?:--|(?:(?:best|kind|warm|many) )?(?:regards|wishes)|thanks|cheers|sincerely|yours(?: sincerely)?"
    r"|(?:mit freundlichen|viele|beste|liebe|freundliche) grü(?:ß|ss)en?|cordialement|bien à vous"
    r"|saludos(?: cordiales)?"
    r"|atentamente|cumprimentos|atenciosamente|cordiali saluti|(?:met )?vriendelijke groet(?:en)?)[ ,.!]*",
    re.IGNORECASE,
)
# What gateways put above a mail from outside.
_BANNER_WORDS: Final = _bag(
    "ext external extern caution warning attention this mail e-mail email message comes came was sent"
    " originated"
    " originates from outside of your our the company organization organisation do not click on links link"
    " or open"
    " attachments attachment unless you know recognize recognise trust sender and content is safe what be"
    " careful",
    "achtung vorsicht diese nachricht kommt stammt von außerhalb ihrer der firma organisation externe"
    " externer absender",
) | {""}
_PARAGRAPH: Final = re.compile(r"\n[ \t]*+\n")
# Japanese puts no blanks between words: whole sentences.
_JAPANESE: Final = re.compile(
    r"(?:いつも)?お世話になって(?:おり|い)ます"
    r"|お急ぎの場合は[^、。\s]{1,20}まで(?:ご連絡(?:ください|願います))?"
)
_JAPANESE_AWAY: Final = re.compile(
    r"[\d年月日/～~から]{2,20}まで"
    r"(?:不在に(?:して(?:おり|い)ます|いたします)|休暇(?:中です|をいただきます))"
)

_ENDS: Final = re.compile(r"(?<!\b\d)(?<!\b\d\d)(?:[.!;](?:\s+|$)|[。！])|\n+")
_TOKEN: Final = re.compile(r"[^\s,;:!()\[\]\"“”„–—]+")
_FIGURE: Final = re.compile(r"[+\d][\d./:-]*(?:st|nd|rd|th|am|pm|h)?", re.IGNORECASE)
_SITE: Final = re.compile(r"www\.[\w.-]{1,80}", re.IGNORECASE)
_DRAWN: Final = re.compile(r"[\W_]+")
_NAME: Final = re.compile(r"[^\W\d_a-z][^\W\d_]{0,30}(?:[-'’][^\W\d_]{1,30})?")


_JOIN_NAMES: Final = _bag("of and und de di da van der für")


@dataclass(frozen=True, slots=True)
class _Sentence:
    """One of the sentences that notes consist of: how it begins, and the words that it may have."""

    begins: re.Pattern[str]
    words: frozenset[str]
    names: int = 0

    def is_in(self, text: str) -> bool:
        """Tell whether it stands there and nothing else does."""
        if not self.begins.match(text):
            return False
        said = (each for each in _tokens(text) if each.lower() not in self.words)
        left = [each for each in said if not _FIGURE.fullmatch(each)]
        return len(left) <= self.names and all(_is_name(each) for each in left)


_SAYS_AWAY: Final = _Sentence(_AWAY, _AWAY_WORDS)
_SENTENCES: Final = (
    _SAYS_AWAY,
    _Sentence(_RETURNS, _AWAY_WORDS),
    _Sentence(_ASK, _ASK_WORDS, _MOST_NAMES),
    _Sentence(_BESIDE, _BESIDE_WORDS),
    _Sentence(_GREETS, _BESIDE_WORDS, 2),
)


def is_absence_note(words: str) -> bool:
    """Tell whether words are an absence note and nothing else.

    Its author says first that they are away, and then until when, or whom to ask if something is urgent.
    """
    words = _LINK.sub(_ADDRESS, words[: 2 * _NOTE_CHARS])
    if len(words) > _NOTE_CHARS or not _may_say_away(words) or _ASKS.search(words):
        return False
    sentences = list(_sentences(_without_signature(_below_banner(words))))
    said = [each for each in sentences if not _is_beside(each)]
    if not said or not all(_is_of_notes(each) for each in sentences):
        return False
    if _JAPANESE_AWAY.fullmatch(said[0]):
        return True
    return _SAYS_AWAY.is_in(said[0]) and any(_UNTIL.search(each) or _ASK.match(each) for each in said)


def _may_say_away(words: str) -> bool:
    """Tell whether somebody is away anywhere in these words: most mails need no closer look."""
    line = " ".join(words.replace("’", "'").split())
    return bool(_AWAY.search(line) or ("まで" in line and _JAPANESE_AWAY.search(line)))


def _below_banner(words: str) -> str:
    """The words below what a gateway put above them, word by word."""
    paragraphs = _PARAGRAPH.split(words)
    for place, each in enumerate(paragraphs):
        if not all(token.lower().strip("*=-<>{}|#_") in _BANNER_WORDS for token in _tokens(each)):
            return "\n\n".join(paragraphs[place:])
    return ""


def _is_beside(sentence: str) -> bool:
    return bool(_BESIDE.match(sentence) or _GREETS.match(sentence) or _JAPANESE.fullmatch(sentence))


def _is_of_notes(sentence: str) -> bool:
    japanese = _JAPANESE.fullmatch(sentence) or _JAPANESE_AWAY.fullmatch(sentence)
    return bool(japanese) or any(each.is_in(sentence) for each in _SENTENCES)


def _sentences(words: str) -> Iterator[str]:
    words = _unwrapped(words)
    greeted = _GREETS.match(words.lstrip())
    if greeted and greeted[1]:
        words = words.replace(",", "\n", 1)
    for each in _ENDS.split(words):
        if _TOKEN.search(each):
            yield " ".join(each.replace("’", "'").split())


def _unwrapped(words: str) -> str:
    """The text with the line breaks taken out that a program put into a long sentence."""
    lines = [line.strip() for line in words.split("\n")]
    ends = (" " if len(line) >= _WRAPPED_CHARS and line[-1] not in ".!:" else "\n" for line in lines)
    return "".join(line + end for line, end in zip(lines, ends, strict=True))


def _without_signature(words: str) -> str:
    """The text above a signature: names, numbers and addresses below a line that closes, or a name alone."""
    lines = [line for line in words.split("\n") if line.strip()]
    for place, line in enumerate(lines):
        below = lines[place + 1 :]
        if place and _CLOSES.fullmatch(line.strip()) and len(below) <= _MOST_SIGNATURE and _are_names(below):
            return "\n".join(lines[:place])
    if len(lines) > 1 and _is_whole_name(lines[-1]):
        return words[: words.rindex(lines[-1])]
    return words


def _are_names(lines: Sequence[str]) -> bool:
    tokens = (each for line in lines for each in _tokens(line))
    return all(_is_name(each) or _FIGURE.fullmatch(each) or each in _JOIN_NAMES for each in tokens)


def _is_whole_name(line: str) -> bool:
    tokens = _tokens(line)
    return 0 < len(tokens) <= 3 and all(map(_NAME.fullmatch, tokens)) and not line.isupper()


def _tokens(text: str) -> list[str]:
    return [each for each in (found.strip(".'") for found in _TOKEN.findall(text)) if each]


def _is_name(token: str) -> bool:
    return _ADDRESS in token or any(each.fullmatch(token) for each in (_NAME, _SITE, _DRAWN))
