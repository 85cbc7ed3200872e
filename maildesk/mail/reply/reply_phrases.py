"""The words mail programs put around history, by language: as sets, or as parts of larger patterns."""

from __future__ import annotations

from typing import Final


def any_of(*phrases: str) -> str:
    return "|".join(phrases)


# --- "On …, … wrote:" -----------------------------------------------------------------------------

# The word that ends the verb, in small letters: of "a écrit" only "écrit". Gmail, Apple Mail, Thunderbird and
# Yahoo write these; the last lines are Horde's and K-9's "Quoting …:" and "Zitat von …:".
ATTRIBUTION_VERBS: Final = frozenset(
    {
        "wrote", "writes", "schrieb", "geschrieben", "schreibt", "écrit", "ecrit", "écrivait", "escribió",
        "escribio", "escrit", "escriure", "escribiu", "scritto", "scrisse", "scriveva", "escreveu",
        "schreef", "geschreven", "geskryf", "skrev", "skreiv", "skrifaði", "kirjoitti", "napisał",
        "napisała", "napisal", "napisala", "pisze", "napsal", "napsala", "napísal", "napísala", "píše",
        "pise", "писал", "писала", "писали", "написал", "написала", "написали", "пишет", "пише", "написав",
        "написа", "напісаў", "написао", "írta", "scris", "napisao", "пишете", "yazdı", "yazdi", "έγραψε",
        "έγραψες", "viết", "menulis", "sumulat", "idatzi", "kirjutas", "rakstīja", "rašė", "parašė",
        "shkroi", "quoting", "zitat", "zitiere", "citando", "citat", "citerar", "quoto", "cytowanie",
        "cytat", "lainaus", "idézet", "цитирую", "цитата", "citation", "missatge",
    }
)  # fmt: skip
# Scripts that set no space before it, and verbs that stand far from the colon.
VERBS_WITHIN_WORDS: Final = any_of(
    r"כתב|كتب|نوشت|เขียน|लिखा",  # Hebrew, Arabic, Persian, Thai, Hindi
    # Chinese, Japanese, Korean
    r"写道|寫道|写到|撰寫|のメッセージ|のメール|書きました|さんは書|wrote|님이 작성|님이 쓴|"
    r"작성:",
)
# How they open, before a day or a date.
ATTRIBUTION_OPENINGS: Final = any_of(
    r"on|at|am|le|el|il(?: giorno)?|em|op|den|de|den|dne|dňa|dana|w dniu|dnia|på|pe|în|la|tor|fre|lör|sön|"
    r"mån|tis|"
    r"ons|ma|ti|ke|to|pe|su|el dia|il dì|a|στις|в|у|вс|пн|вт|ср|чт|пт|сб|нд|vào|pada|tarihinde|à|kl|klo|"
    r"mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so|lun|mar|mer|jeu|ven|sam|dim|gio|sab|dom|mié|jue|vie|"
    r"seg|ter|qua|qui|sex|sáb|ma|wo|vr|za|zo|man|tir|søn|lør|pon|wt|śr|czw|sob|niedz|po|út|st|čt|pá|ne",
    r"在|于|於",
)

# --- dividers -------------------------------------------------------------------------------------

# What stands between drawn lines, or alone above a block of header lines, in small letters.
HISTORY_WORDS: Final = any_of(
    r"original (?:message|appointment|e-?mail)|repl(?:y|ied) (?:message|separator)|quoted (?:message|text)",
    r"urspr(?:ü|ue)ngliche(?:s)? (?:nachricht|e-?mail|mail)|original-?\s?(?:nachricht|mail|e-mail)|"
    r"antwort(?:\s|-)?nachricht|orginalnachricht",
    r"message (?:d'origine|d’origine|original|initial|de réponse)|mail original|courriel original",
    r"mensaje original|mensaje de respuesta|missatge original|mensaxe orixinal",
    r"messaggio originale|messaggio di risposta",
    r"mensagem original|mensagem de resposta",
    r"oorspronkelijk(?:e)? (?:bericht|e-mail)|origineel bericht",
    r"original(?:meddelelse|meddelande|melding|besked)|oprindelig (?:meddelelse|besked)|opprinnelig melding|"
    r"ursprungligt (?:meddelande|mejl)|den opprinnelige meldingen|upphafleg skilaboð",
    r"alkuperäinen viesti",
    r"(?:oryginalna wiadomość|wiadomość oryginalna|treść oryginalna)|pierwotna wiadomość",
    r"původní (?:zpráva|e-mail)|originální zpráva|pôvodná správa|izvorna poruka|originalna poruka|izvirno "
    r"sporočilo|"
    r"prvotno sporočilo|изворна порука|оригинална порука",
    r"исходное (?:сообщение|письмо)|оригинальное (?:сообщение|письмо)|первоначальное сообщение|"
    r"(?:вихідне|оригінальне|початкове) повідомлення|оригинално съобщение",
    r"eredeti üzenet|mesaj(?:ul)? (?:original|ini[tț]ial)|orijinal (?:mesaj|ileti)|özgün (?:ileti|mesaj)|"
    r"αρχικό (?:μήνυμα|μήνημα)|πρωτότυπο μήνυμα|algne kiri|originalus laiškas|sākotnējais ziņojums",
    r"原始邮件|原始郵件|回复的原邮件|原邮件|邮件原件|原始信件|原始訊息|元のメッセージ|オリジナルメッセージ|"
    r"원본 ?메시지|원본 ?메일|원본 ?이메일",
    r"הודעה מקורית|ההודעה המקורית|الرسالة الأصلية|رسالة أصلية|پیام اصلی|thư gốc|tin nhắn gốc|ข้อความต้นฉบับ|"
    r"pesan asli|mesej asal|मूल संदेश",
)
FORWARD_WORDS: Final = any_of(
    r"forwarded (?:message|by|mail|e-?mail|letter)|begin forwarded|fwd message",
    r"weitergeleitete (?:nachricht|e-?mail|mail)|weitergeleitet von",
    r"message (?:transféré|transmis|réexpédié)|courriel (?:transféré|réacheminé)",
    r"mensaje reenviado|missatge reenviat|messaggio inoltrato|mensagem (?:re)?encaminhada",
    r"doorgestuurd bericht|doorgestuurde e-mail|vidarebefordrat (?:meddelande|mejl|brev)|videresendt",
    r"välitetty viesti|edelleen lähetetty viesti|(?:wiadomość przekazana|przekazana wiadomość|przekazywana "
    r"wiadomość)",
    r"přeposlan[áý] (?:zpráva|e-mail)|preposlaná správa|proslijeđena poruka|posredovano sporočilo|"
    r"прослеђена порука",
    r"пересылаемое (?:сообщение|письмо)|пересланное (?:сообщение|письмо)|переслане повідомлення|"
    r"препратено съобщение",
    r"továbbított (?:üzenet|levél)|mesaj redirecționat|mesaj retransmis|iletilen mesaj|yönlendirilen "
    r"(?:mesaj|ileti)|"
    r"προωθημένο μήνυμα",
    r"转发(?:的)?邮件|轉寄(?:的)?(?:郵件|信件|訊息)|已转发邮件|転送(?:された)?メッセージ|전달된 ?(?:메시지|"
    r"메일)|"
    r"הודעה שהועברה|رسالة معاد توجيهها|الرسالة المعاد توجيهها|thư được chuyển tiếp|tin nhắn đã chuyển tiếp|"
    r"pesan terusan|diteruskan",
)
# What programs write before and after these words between the drawn lines: "Begin Original Message",
# "Original Message from Bo Lund", "Forwarded by Bo Lund on 01/03/2022". "… was never sent" is a sentence.
BEFORE_TITLE: Final = any_of(
    r"(?:(?:begin|beginning|start|end|copy)(?: of)?)?(?: ?(?:the|this|your|quoted|first))?",
    r"(?:(?:anfang|beginn|ende|start)(?: der)?)?|(?:début|debut|fin)(?: du)?|"
    r"(?:inicio|fin|início|fim)(?: d[eo]l?)?",
    r"(?:inizio|fine)(?: del)?|(?:begin|einde)(?: van(?: het)?)?|(?:start|början)(?: på| av)?|"
    r"początek|koniec|začátek|konec|начало|конец|початок|кінець|以下|開始|开始",
)
_BY: Final = (
    r"(?:from|by|to|of|for|von|vom|am|an|de|du|del|da|do|di|le|el|il|van|op|från|fra|av|af|den|od|z|dne|от|"
    r"від|с|из|από)"
)
AFTER_TITLE: Final = any_of(
    r"\W*$",
    rf"\s*[\"'(\[<:,]*\s*{_BY}:?\s+[\"'(\[<*]*(?:\d|[^\W\d_a-zà-öø-ÿа-я])",
    rf"\W*(?i:follows|processed by|begins|starts|ends|below|body|text|header|{_BY})\W*$|"
    r"\s+(?i:processed by)\s",
)

# Apple's line, whole and without its colon, in small letters.
FORWARD_LINES: Final = frozenset(
    {
        "begin forwarded message", "anfang der weitergeleiteten nachricht",
        "anfang der weitergeleiteten e-mail",
        "début du message réexpédié", "début du message transféré", "début du courriel réacheminé",
        "inicio del mensaje reenviado", "início da mensagem reencaminhada", "início da mensagem encaminhada",
        "inizio messaggio inoltrato", "begin doorgestuurd bericht", "vidarebefordrat brev",
        "vidarebefordrat mejl", "start på videresendt melding", "videresendt besked",
        "start på videresendt besked", "videresendt melding", "välitetty viesti alkaa",
        "początek przekazywanej wiadomości", "początek przekazanej wiadomości", "začátek přeposílané zprávy",
        "začátek přeposlané zprávy", "začiatok preposlanej správy", "начало переадресованного сообщения",
        "начало пересылаемого сообщения", "початок листа, що пересилається", "továbbított levél kezdete",
        "începutul mesajului redirecționat", "iletilen ileti başlangıcı", "αρχή προωθημένου μηνύματος",
        "以下は転送されたメールです", "転送されたメッセージ", "开始转发的邮件", "下面是被转发的邮件",
        "開始轉寄郵件",
        "전달된 메시지 시작", "תחילת ההודעה שהועברה", "بدء الرسالة المعاد توجيهها",
        "bắt đầu thư được chuyển tiếp",
    }
)  # fmt: skip

# --- "reply above this line" ----------------------------------------------------------------------

# What help desks write above their letters so that the answer can be told apart, in small letters.
MARK_HINTS: Final = (
    "above this line", "below this line", "above the line", "oberhalb dieser", "über dieser", "unter dieser",
    "au-dessus de cette", "ci-dessus de cette", "encima de esta", "arriba de esta", "acima desta",
    "acima dessa",
    "sopra questa", "sopra di questa", "boven deze", "ovanför denna", "ovanför den här", "over denne",
    "over denna", "yläpuolelle", "powyżej tej", "nad tento", "nad touto", "nad tuto", "выше этой", "над этой",
    "вище цієї", "над цією", "deasupra acestei", "e sor fölé", "bu satırın üst", "πάνω από αυτή",
    "この行より上",
    "この線より上", "此行上方", "此线上方", "此行之上", "此線上方", "이 줄 위", "이 선 위", "מעל שורה זו",
    "מעל הקו",
    "فوق هذا السطر", "trên dòng này", "di atas baris ini",
)  # fmt: skip
# A text without any of these holds no such line; scripts without spaces between words have "line" instead.
MARK_WORDS: Final = frozenset(
    {
        "above", "below", "oberhalb", "über", "unter", "dessus", "encima", "arriba", "acima", "sopra",
        "boven", "ovanför", "over", "yläpuolelle", "powyżej", "nad", "выше", "над", "вище", "deasupra",
        "fölé", "satırın", "πάνω", "이", "מעל", "فوق", "trên", "atas", "行", "線", "线",
    }
)  # fmt: skip
MARK_POLITE: Final = any_of(
    r"please|bitte|merci de|veuillez|por favor|per favore|si prega di|gelieve|vänligen|venligst|vennligst|"
    r"proszę|prosím|пожалуйста|будь ласка|vă rugăm|kérjük|lütfen|παρακαλώ|请|請|vui lòng|silakan|mohon|in "
    r"replies|"
    r"s'il vous plaît|alstublieft|you can|to"
)
MARK_VERBS: Final = any_of(
    r"repl(?:y|ies|ying)|respon[ds]|write|type|answer|respond|antwort|schreib|répon|ecri|écri|respond|"
    r"respuesta|"
    r"escrib|contest|respost|escrev|respon|rispo|scriv|rispost|antwoord|reageer|schrijf|typ|svar|skriv|vasta|"
    r"kirjoita|odpowie|odpowiedz|pisz|odpov|piš|odpis|ответ|пиш|відпов|răspun|scri|válasz|írj|yanıt|cevap|"
    r"yaz|"
    r"απαντ|返信|記入|回复|回覆|答复|답장|회신|입력|השב|הגב|תגובה|رد|trả lời|balas|do not|nicht|ne pas|no "
    r"escrib|não"
)
# What may follow such a mark on its line; else it is somebody's sentence about a line.
AFTER_MARK: Final = any_of(
    r"\W*(?:[^\W\d_]+\W*)?",
    r"\W*(?:to|in order|when|if|and|or|so|for|is|will|um|damit|wenn|und|ein|ihre|eine|pour|afin|votre|et|"
    r"para|su|sua|y|e|per|la|om|voor|uw|för|for|ditt|din|at|og|och|aby|żeby|swoją|pro|a|чтобы|ваш|для|ve|için|"
    r"trả|untuk|bitte|please)\b.*",
    r"[^a-z]*",
)
