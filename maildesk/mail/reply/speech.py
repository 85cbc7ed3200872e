"""The test of a short line for a message: below a closing a name or a company may stand, or a request."""

from __future__ import annotations

import re
from typing import Final

_MOST_CHARS: Final = 120
_ENDS: Final = ".!?…。！？؟।"
_AROUND: Final = ",;:!?…\"'()«»„“”*_"

# One of them asks for something, by language; each line in the order of the house's other tables.
_ASKING: Final = frozenset(
    {
        "please", "pls", "plz", "kindly", "urgent", "urgently", "asap", "bitte", "dringend", "eilig",
        "umgehend", "unbedingt", "svp", "stp", "veuillez", "urgence", "rappelez", "rappeler", "urgente",
        "urgentemente", "favor", "llámenme", "urgenza", "gelieve", "graag", "alstublieft", "vänligen",
        "snälla", "brådskande", "venligst", "vennligst", "haster", "kiireellinen", "proszę", "pilne",
        "pilnie", "pilny", "prosím", "prosim", "naléhavé", "molim", "срочно", "пожалуйста", "прошу",
        "помогите", "терміново", "допоможіть", "моля", "спешно", "kérem", "kérjük", "sürgős", "rog", "rugăm",
        "lütfen", "acil", "παρακαλώ", "επείγον", "أرجو", "يرجى", "عاجل", "فضلك", "לטפל", "בבקשה", "דחוף",
        "لطفا", "لطفاً", "gấp", "khẩn", "mohon", "tolong", "segera",
    }
)  # fmt: skip
# What sentences are made of, and titles, addresses and companies are not: pronouns, auxiliary verbs,
# negations, "today" and "tomorrow". In small letters only: Will and Can are names.
_SAYING: Final = frozenset(
    {
        "me", "my", "it", "is", "are", "was", "were", "has", "have", "had", "does", "did", "don't", "doesn't",
        "isn't", "can't", "cannot", "not", "need", "needs", "still", "will", "would", "should", "could",
        "must", "works", "you", "call", "tomorrow", "today", "again", "i'm", "it's",
        "ich", "mir", "mich", "ist", "sind", "war", "wird", "wurde", "nicht", "kein", "keine", "noch", "geht",
        "kann", "können", "könnte", "habe", "haben", "hat", "brauche", "brauchen", "muss", "müssen", "soll",
        "sollte", "wir", "es", "bin", "heute", "morgen", "funktioniert", "klappt", "schon", "fehlt",
        "je", "j'ai", "est", "sont", "pas", "ne", "n'est", "moi", "c'est", "faut", "peux", "peut", "avez",
        "avons", "toujours", "encore", "besoin", "marche", "fonctionne", "demain", "aujourd'hui", "reste",
        "está", "están", "necesito", "necesitamos", "puede", "pueden", "funciona", "todavía", "aún", "hoy",
        "mañana", "sigue", "tengo", "tenemos", "hay", "mi",
        "è", "sono", "non", "ho", "abbiamo", "funziona", "serve", "ancora", "domani", "oggi", "bisogno",
        "può", "potete",
        "é", "estão", "não", "preciso", "precisamos", "ainda", "amanhã", "hoje", "pode", "podem", "tenho",
        "temos", "isto",
        "ik", "niet", "heb", "moet", "mij", "werkt", "nog", "geen", "vandaag", "hebben",
        "är", "inte", "jag", "mig", "har", "måste", "behöver", "fungerar", "fortfarande", "morgon", "idag",
        "er", "ikke", "jeg", "skal", "virker", "stadig", "meg", "trenger", "ennå", "ei", "ole", "tarvitsen",
        "toimi", "huomenna", "tänään", "olen",
        "jest", "nie", "mnie", "mam", "działa", "muszę", "jutro", "dziś", "není", "mně", "mám", "nefunguje",
        "zítra", "dnes", "zajtra", "som", "nije", "treba", "sutra", "danas",
        "не", "мне", "я", "нет", "есть", "нужно", "надо", "завтра", "сегодня", "работает", "можете", "мені",
        "треба", "сьогодні", "працює", "немає", "трябва", "днес", "утре",
        "nem", "van", "kell", "holnap", "működik", "este", "nu", "mâine", "azi", "trebuie", "değil", "yok",
        "lazım", "yarın", "bugün", "çalışmıyor", "gerekiyor", "bana", "είναι", "δεν", "μου", "αύριο",
        "σήμερα", "πρέπει",
        "لا", "ليس", "لم", "غدا", "غدًا", "اليوم", "أحتاج", "الآن", "לא", "אני", "צריך", "מחר", "היום",
        "עדיין", "نیست", "است", "من", "فردا", "không", "tôi", "cần", "được", "saya", "tidak", "belum",
        "besok", "perlu", "harus",
    }
)  # fmt: skip
# Jan van den Berg, Pedro de la Cruz: within names some of these are none.
_IN_NAMES: Final = frozenset({"van", "es", "mi", "er", "non"})
# Scripts without spaces between words, and Korean, whose sentences end alike.
_UNSPACED: Final = re.compile(
    r"です|ます(?!だ)|ました|ません|ください|下さい|でしょうか|願います|たい[。！]?$|ない[。！]?$|至急|"
    r"请|請|麻烦|麻煩|尽快|盡快|儘快|我们|我們|我|你|您|吗|嗎|无法|無法|不能|还没|還沒|需要|明天|今天|紧急|緊急|"
    r"[가-힣]{2}(?:요|니다|니까|까요|세요|바람)[.!?]?$|주세요|부탁|내일|오늘|바랍니다|"
    r"ไม่|ช่วย|กรุณา|โปรด|ด่วน|พรุ่งนี้"
)
_HAS_UNSPACED: Final = re.compile("[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
# Words that join the parts of a title: "Head of sales and marketing".
_JOINING: Final = frozenset(
    {
        "of", "and", "for", "the", "in", "at", "und", "für", "der", "die", "des", "im", "de", "la", "le",
        "les", "du", "et", "y", "e", "del", "el", "los", "da", "do", "dos", "das", "di", "della", "van",
        "voor", "en", "het", "i", "och", "og", "för", "til", "w", "z", "ds", "v", "a", "pro", "по", "и",
        "для",
    }
)  # fmt: skip
_SHORT_FOR: Final = frozenset(
    {
        "inc", "ltd", "corp", "llc", "co", "gmbh", "bros", "dept", "str", "tel", "ext", "ing", "mbh",
        "dipl", "jr", "sr", "phd", "cie", "sarl", "srl", "spa", "oyj", "nv", "bv", "ca",
    }
)  # fmt: skip
# What people wish each other below their names.
_WISH: Final = re.compile(
    r"(?:have a|enjoy|take care|schön(?:en?|es)|bonne|bon|buon[ao]?|que teng?as?|feliz|fijne?|ha en|"
    r"miłego|hezký|хорошего|iyi)\b",
    re.IGNORECASE,
)


def speaks(line: str) -> bool:
    """Tell whether a line is a sentence or a request rather than a name, a title, a company or an address."""
    line = line[:_MOST_CHARS].strip()
    if not line.isascii():
        line = line.replace("’", "'")
        if _HAS_UNSPACED.search(line):
            return line[-1] in "?。！？" or bool(_UNSPACED.search(line))
    words = [word for each in line.split() if (word := each.strip(_AROUND))]
    if len(words) < 2:
        return False
    words[-1] = words[-1].rstrip(".")
    if line.isupper():
        words = [word.lower() for word in words]
    asks = words[0].lower() in _ASKING or not _ASKING.isdisjoint(words[1:]) or line[-1] in "?؟"
    said = asks or (len(words) >= 3 and (_says(words) or _is_sentence(words, line)))
    return said and not _WISH.match(line)


def _says(words: list[str]) -> bool:
    if words[0] == "I" or words[0].lower() in ("je", "ich", "ik", "jeg", "jag", "я"):
        return True
    found = _SAYING.intersection(words)
    return bool(found - _IN_NAMES) or len(found) >= 2


def _is_sentence(words: list[str], line: str) -> bool:
    """Tell whether it is a sentence: by its end, or by as many small words as no title has."""
    small = sum(word.islower() and word.isalpha() and word not in _JOINING for word in words)
    last = words[-1]
    if line[-1] in _ENDS:
        return small >= 1 and len(last) >= 3 and "." not in last and last.lower() not in _SHORT_FOR
    return len(words) >= 5 and small >= 4 and not any(mark in line for mark in "@|,:/0123456789")
