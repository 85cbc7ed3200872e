"""Absence notes: the subjects that mail programs give them, and the day their author names for the return.

What they say is read by `absence_words`.

A day is told only when the note can be read in one way: with a word for returning or for the end of the
absence right before it, in the near future of the mail. Otherwise it is None.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final

from maildesk.mail.automatic.subject_marks import without_marks

# --- subjects -------------------------------------------------------------------------------------


def _note(words: str, follows: str) -> str:
    """Words that also begin what people write of other things, by what stands behind them in a note.

    A colon, a bracket, a dash, the end; or when and where from. "Absence de réponse" is no absence note.
    """
    return rf"(?:{words})(?=\s*[:\uff1a(–—-]|\W*(?:$|{follows}))"


# As the programs write them, in the language of the mailbox: Outlook and Exchange ("Automatic reply: …"),
# Gmail, Notes, GroupWise, Zimbra, Open-Xchange, cPanel; and what people call their note.
_SUBJECTS: Final = (
    r"out of (?:the )?office",
    r"(?:auto(?:matic|mated)?|vacation)[ -]?(?:reply|response|responder|answer|message)",
    _note(r"on (?:vacation|holidays?|(?:\w{1,12} )?leave)", r"until|till|from|through|in\b|\d"),
    r"(?:i am|i'm) (?:away\b|on (?:vacation|holidays?|(?:\w{1,12} )?leave|pto|a (?:business )?trip)\b"
    r"|out\b(?:\W*$| (?:of (?:the |my )?(?:office|town)|until|till|from|today|this week|on)\b))",
    r"away from (?:my )?(?:office|mail|desk)",
    r"ooo\b(?!\w)",
    r"(?:automatische|auto-?) ?antwort",
    r"abwesen(?:d|heit)",
    r"nicht im (?:büro|haus)",
    _note(r"im urlaub", r"bis\b|vom\b|ab\b|von\b|\d"),  # German
    r"réponse automatique",
    r"reponse automatique",
    r"absence (?:du (?:bureau|\d)|automatique|pour (?:cause de )?cong|jusqu|temporaire|prolongée)",
    _note(r"absence", r"\d"),
    r"absente? (?:du|de (?:mon|mes|l['’]agence)|jusqu|pour)\b",
    r"message d['’]absence",
    _note(r"en (?:congés?|vacances)", r"(?:de )?mat|parental|maladie|du\b|jusqu|à partir|depuis|\d"),
    r"respuesta autom[áa]tica",
    r"fuera de (?:la )?oficina",
    _note(r"de vacaciones", r"del?\b|hasta|desde|por\b|\d"),
    _note(r"ausente", r"del?\b|d[oa]\b|hasta|até|por\b|\d"),  # French, Spanish
    r"resposta autom[áa]tica",
    r"fora do escrit[óo]rio",
    _note(r"ausência", r"d[eo] escrit|até|tempor|por\b|autom|no per[íi]odo|\d"),
    _note(r"de férias", r"até|de \d|a partir|\d"),  # Portuguese
    r"risposta automatica",
    r"fuori (?:sede|ufficio)",
    _note(r"assenza", r"dal|fino|per\b|autom|tempor|da \d|\d"),
    r"in ferie",  # Italian
    r"automatisch(?:e)? (?:antwoord|beantwoord)",
    r"afwezig",
    r"niet aanwezig",
    r"met vakantie",  # Dutch
    r"auto(?:matisk(?:t)?)?[ -]?svar",
    r"frånvaro",
    _note(r"fraværende", r"fra\b|til\b|i perioden|\d"),
    r"fravær\b|ikke til stede|på ferie",
    r"på semester",  # Scandinavian
    r"automaattinen vastaus|lomalla\b",
    r"poissa(?:oloilmoitus\b|\b(?! käytöstä| päältä| toiminnasta))",  # Finnish
    r"autoodpowied[źz]|odpowied[źz] automatyczna|automatyczna odpowied[źz]|poza biurem"
    r"|nieobecno[śs][ćc]|na urlopie",  # Polish
    r"automatick[áa] odpov[ěe][ďd]|automatická odpoveď|mimo kancel[áa][řr]"
    r"|nep[řr][íi]tomnost",  # Czech, Slovak
    r"автоответ|автоматический ответ|в отпуске|автоматична відповідь",
    _note(r"вне офиса|отсутствую|отсутствие", r"на рабоч|на работе|в офисе|сотрудника|до\b|с \d|по \d|\d"),
    # Russian, Ukrainian
    r"r[ăa]spuns automat|automatikus v[áa]lasz|házon kívül|otomatik (?:yan[ıi]t|cevap)"
    r"|ofis d[ıi][şs][ıi]nda",  # Romanian, Hungarian, Turkish
    r"αυτόματη απάντηση|εκτός γραφείου|automatski odgovor|samodejni odgovor"
    r"|автоматичен отговор",  # Greek, Croatian, Slovenian, Bulgarian
    r"自动回复|自動回覆|自動応答|自動返信|不在通知|不在のお知らせ|外出中|休暇中"
    r"|我不在|休假|자동 ?(?:회신|응답)|부재중",
    r"מענה אוטומטי|תשובה אוטומטית|رد تلقائي|خارج المكتب|trả lời tự động|balasan otomatis|ตอบกลับอัตโนมัติ",
)
_OUT_OF_OFFICE: Final = re.compile("|".join(_SUBJECTS))


def is_absence_subject(subject: str) -> bool:
    """Tell whether a subject is one that absence notes bear, and people's mails do not begin with."""
    return _OUT_OF_OFFICE.match(without_marks(subject.lower())) is not None


# What programs write behind their own words: nothing, or a colon and the subject that they answer.
_FIXED: Final = re.compile(r"(?:[ -]*auto[ -]?(?:reply|response)|\w{0,20})\s*(?:[:\uff1a]|\W*$)")


def is_fixed_absence_subject(subject: str) -> bool:
    """Tell whether a subject is in the form that programs give it, which leaves no doubt."""
    lower = without_marks(subject.lower())
    begin = _OUT_OF_OFFICE.match(lower)
    return begin is not None and _FIXED.match(lower, begin.end()) is not None


# --- the day --------------------------------------------------------------------------------------

# January to December by the letters that tell each apart, in the languages of the notes above.
_MONTHS: Final = tuple(
    re.compile(rf"(?:{names})\w{{0,8}}\.?$", re.IGNORECASE)
    for names in (
        "jan|jän|ene|gen|janv|sty|led|янв|tammi|ιαν|oca",
        "feb|fév|fev|fév|lut|úno|фев|helmi|φεβ|şub",
        r"mar|mär|maa(?!j)|mrt|mär|bře|мар|maalis|μαρ",
        "apr|avr|abr|kwi|dub|апр|huhti|απρ|nis",
        "may|mai|mei|maj|mag|mayo|кве|май|мая|touko|μαΐ|μαϊ",
        r"jun|juin|giu|czer|červn|červen(?!e?c)|июн|kesä|ιουν|haz",
        r"jul|juil|lug|lip|červenec|července|июл|heinä|ιουλ|tem",
        "aug|août|aout|ago|sie|srp|авг|elo|αυγ|ağu",
        "sep|sett|set|wrz|zář|сен|syys|σεπ|eyl",
        "oct|okt|out|ott|paź|říj|окт|loka|οκτ|eki",
        "nov|lis|ноя|marras|νοε|kas",
        "dec|dez|dic|déc|des|gru|pro|дек|joulu|δεκ|ara",
    )
)
_MONTH_WORD: Final = r"([^\W\d_]{3,12}\.?)"
_YEAR: Final = r"(\d{4})"
_WEEKDAY: Final = r"(?:[^\W\d_]{2,12}\.?,?\s{1,3}){0,3}?"
_DATES: Final = (
    (re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)"), "ymd"),
    (re.compile(r"(\d{4})[年년]\s?(\d{1,2})[月월]\s?(\d{1,2})[日일]"), "ymd"),
    (re.compile(r"(\d{1,2})[月월]\s?(\d{1,2})[日일]"), "md"),
    (re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4}|\d{2})?(?!\d)"), "dmy"),
    (re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4}|\d{2})(?!\d)"), "?"),
    (re.compile(r"(\d{1,2})/(\d{1,2})(?![\d/])"), "?"),
    (
        re.compile(
            rf"{_WEEKDAY}(?:the\s)?(\d{{1,2}})(?:st|nd|rd|th|er|º|°|ª|\.|:e|-го)?\s{{1,3}}(?:of\s|de\s"
            rf"|d['’])?{_MONTH_WORD}"
            rf"(?:,?\s{{1,3}}(?:de(?:l)?\s)?{_YEAR}(?!\d))?"
        ),
        "dMy",
    ),
    (
        re.compile(
            rf"{_WEEKDAY}{_MONTH_WORD}\s{{1,3}}(\d{{1,2}})(?:st|nd|rd"
            rf"|th)?(?![\d:])(?:,?\s{{1,3}}{_YEAR}(?!\d))?"
        ),
        "Mdy",
    ),
)

# What stands before the day of the return; then what stands before the end of the absence.
_BACK: Final = re.compile(
    r"(?:\bback(?: (?:in|at|to) (?:the |my |our )?(?:office|work|desk))?"
    r"|\breturn(?:ing)?(?: to (?:the |my )?(?:office|work))?|\bavailable again"
    r"|\bwieder (?:im (?:büro|haus|dienst)|erreichbar|da|für sie da|zurück)(?: sein)?|\bzurück"
    r"|\bkehren?(?: (?:ich|wir))?|\bab dem|de retour(?: au bureau)?|\bmon retour|je reviens"
    r"|je serai de retour"
    r"|\bregres(?:o|aré|aremos|ando)(?: a la oficina)?|\bvuel(?:vo|ta)|\breincorpor\w{1,6}"
    r"|\bretorn(?:o|arei|aremos|ando)|\bvolt(?:o|arei|aremos)|\brientr(?:o|erò|ando)|\btorn(?:o|erò)"
    r"|\b(?:ben ik )?(?:weer )?(?:terug|bereikbaar|aanwezig)|\btillbaka|\båter\b|\btilbage|\btilbake"
    r"|\bpalaan|\btakaisin|\bwracam|\bpowr[oó]t|\bwróc\w{1,3}"
    r"|\bb[ęe]d[ęe] (?:ponownie )?(?:dost[ęe]pn\w|w biurze)"
    r"|\bвернусь|\bвыйду|\bвозвращаюсь|\bс возвращением)[^\S\n]{0,2}(?:\w{2,10}[^\S\n]){0,2}?(?:on|am"
    r"|dem|den|le|el|em|no dia|dia|il|op|den|d\.|dnia|od|ab|from|de|a partir (?:de|del)|à partir du"
    r"|the|:)?[^\S\n]{0,3}",
    re.IGNORECASE,
)
_UNTIL: Final = re.compile(
    r"(?:\buntil|\btill?\b|\bthrough\b|\bbis(?: (?:zum|einschließlich|inklusive|inkl\.))?"
    r"|jusqu['’](?:au|à|en)|\bhasta(?: el(?: d[íi]a)?)?|\baté(?: (?:o|ao))?(?: dia)?|\bfino (?:al|a|alle)"
    r"|\btot(?: en met| aan)?|\bt/m|\bt\.?o\.?m\.?|\btill och med|\btil og med|\btil\b|\bdo(?: dnia)?"
    r"|\bпо\b|\bдо|\basti\b|\bkadar)[^\S\n]{0,3}(?:(?:and including|including|le|den|the|il|el|dia|day"
    r"|o)[^\S\n])?",
    re.IGNORECASE,
)
# Where the word stands behind the day: 11月30日まで, 11월 30일까지.
_AFTER: Final = re.compile(
    r"\s?(?:\([^)]{1,4}\))?\s?(?:まで|から出|に(?:戻|復帰|出社)|より出|返回|回来|回到"
    r"|까지|에? ?복귀|tarihine kadar)"
)
_READ_CHARS: Final = 4000
_AHEAD: Final = 48
_MOST: Final = 40
_FAR: Final = timedelta(days=400)


def away_until(text: str, sent: date | None) -> date | None:
    """The day on which, or until which, an absence note says that its author is back; None when unsure.

    `sent` is the day of the note: it supplies a missing year, and nothing before it can be meant.
    """
    if sent is None:
        return None
    text = text[:_READ_CHARS]
    for days in (_days_after(_BACK, text, sent), _days_before(text, sent), _days_after(_UNTIL, text, sent)):
        if days:
            return days.pop() if len(days) == 1 else None
    return None


def _days_after(word: re.Pattern[str], text: str, sent: date) -> set[date]:
    found: set[date] = set()
    for number, each in enumerate(word.finditer(text)):
        if number >= _MOST:
            break
        day = _day_at(text, each.end(), sent)
        if day:
            found.add(day)
    return found


def _days_before(text: str, sent: date) -> set[date]:
    found: set[date] = set()
    for pattern, form in _DATES[:3]:
        for number, each in enumerate(pattern.finditer(text)):
            if number < _MOST and _AFTER.match(text, each.end()):
                day = _day(each.groups(), form, sent)
                found.update((day,) if day else ())
    return found


def _day_at(text: str, position: int, sent: date) -> date | None:
    ahead = text[position : position + _AHEAD]
    for pattern, form in _DATES:
        found = pattern.match(ahead) or (pattern.match(ahead, _gap(ahead)) if _gap(ahead) else None)
        day = _day(found.groups(), form, sent) if found else None
        if day:
            return day
    return None


_WORDS_BETWEEN: Final = re.compile(r"(?:[^\W\d_]{2,12}[.,]?\s){1,2}")


def _gap(ahead: str) -> int:
    """Past a weekday or article that stands before the figures."""
    found = _WORDS_BETWEEN.match(ahead)
    return found.end() if found else 0


def _day(said: tuple[str | None, ...], form: str, sent: date) -> date | None:
    first, second = said[0] or "", said[1] or ""
    third = said[2] if len(said) > 2 else None
    if form == "ymd":
        return _sure(int(first), int(second), int(third or 0), sent)
    if form == "md":
        return _sure(None, int(first), int(second), sent)
    year = None if not third else int(third) + (2000 if len(third) == 2 else 0)
    if form == "dMy":
        return _sure(year, _month(second), int(first), sent)
    if form == "Mdy":
        return _sure(year, _month(first), int(second), sent)
    if form == "dmy":
        return _sure(year, int(second), int(first), sent)
    # 03/04: the day stands first in most of the world, the month in America; only one may make a date.
    either = {_sure(year, int(second), int(first), sent), _sure(year, int(first), int(second), sent)} - {None}
    return either.pop() if len(either) == 1 else None


def _month(word: str) -> int:
    return next((number for number, names in enumerate(_MONTHS, 1) if names.match(word)), 0)


def _sure(year: int | None, month: int, day: int, sent: date) -> date | None:
    """The day, if there is one within reach of the note; without a year, the next that comes."""
    for each in (year,) if year else (sent.year, sent.year + 1):
        try:
            found = date(each, month, day)
        except ValueError:
            continue
        if sent <= found <= sent + _FAR and (year or found <= sent + timedelta(days=300)):
            return found
    return None
