"""The words mail programs put around history and signatures, by language, as parts of larger patterns."""

from __future__ import annotations

from typing import Final


def _any(*phrases: str) -> str:
    return "|".join(phrases)


ATTRIBUTION_VERBS: Final = _any(
    r"\b(?:wrote|writes|said)\b",  # English
    r"\b(?:schrieb|hat geschrieben|geschrieben)\b",  # German
    r"\b(?:a|à) [ée]crit\b|\bécrivait\b",  # French
    r"\bescribi[óo]\b|\bha escrit\b",  # Spanish, Catalan
    r"\b(?:ha scritto|scrisse|scriveva)\b",  # Italian
    r"\bescreveu\b",  # Portuguese
    r"\b(?:schreef|geschreven)\b|\bhet volgende geschreven\b",  # Dutch
    r"\bskrev\b|\bskreiv\b",  # Danish, Norwegian, Swedish
    r"\bkirjoitti\b",  # Finnish
    r"\bnapisa[łl]\(?a?\)?|\bpisze\b",  # Polish
    r"\bnapsal\(?a?\)?|\bnapísal\(?a?\)?|\bp[íi][šs]e\b",  # Czech, Slovak
    r"\bнаписал|\bписал|\bпишет\b|\bпише\b|\bнаписа\b",  # Russian, Ukrainian, Bulgarian
    r"\b[íi]rta\b",  # Hungarian
    r"\ba scris\b",  # Romanian
    r"\bnapisao\b|\bje napisal",  # Croatian, Slovene
    r"\byazdı\b|\bşunu yazdı\b",  # Turkish
    r"\bέγραψε\b",  # Greek
    r"\bđã viết\b",  # Vietnamese
    r"\bmenulis\b",  # Indonesian
    r"כתב|مايلي|كتب",  # Hebrew, Arabic
    r"写道|寫道|在.{0,80}写|のメッセージ|は書きました|님이 작성|작성",  # Chinese, Japanese, Korean
)

# Those of them that may end an attribution without a colon.
ENDING_VERBS: Final = frozenset(
    {"wrote", "schrieb", "geschrieben", "écrit", "escribió", "scritto", "escreveu", "schreef",
     "geschreven", "skrev", "kirjoitti", "napisał", "napisał(a)", "napsal",
     "napsal(a)", "написал", "írta", "scris", "yazdı", "写道", "寫道"}
)  # fmt: skip

# From, Sent, To, Cc, Subject, Date as Outlook and its like translate them.
HEADER_LABELS: Final = _any(
    r"from|sent|to|cc|bcc|subject|date|reply[- ]to|importance|attachments?",
    r"von|gesendet(?: am)?|an|kopie|betreff|datum|antwort an",
    r"de|envoyé(?: le)?|message du|à|a|objet|sujet|copie(?: à)?|date d'envoi|pièces jointes",
    r"enviado(?: el| em)?|para|asunto|fecha|assunto|data|enviada(?: em)?|responder a",
    r"da|inviato|oggetto|per|rispondi a",
    r"van|verzonden|aan|onderwerp|verstuurd",
    r"fra|från|frå|skickat|sendt|til|till|ämne|emne|dato|skickades",
    r"lähettäjä|lähetetty|vastaanottaja|aihe|päivämäärä|päiväys",
    r"od|wysłano|do|temat|odesláno|předmět|komu|odoslané|predmet|dátum|wysłane|kopia|kopie",
    r"от|отправлено|кому|тема|дата|копия|від|надіслано|дата отправки",
    r"feladó|elküldve|címzett|tárgy|dátum",
    r"de la|trimis|către|subiect|dată",
    r"kimden|gönderildi|gönderme tarihi|kime|konu|tarih|gönderen|bilgi",
    r"从|发件人|发送时间|收件人|主题|抄送|日期|寄件者|寄件日期|收件者|主旨|發件人|收件人",
    r"差出人|送信日時|宛先|件名|日時|보낸 사람|보낸 날짜|받는 사람|제목|날짜",
    r"מאת|נשלח|אל|נושא|من|تاريخ الإرسال|إلى|الموضوع",
)

SEPARATOR_WORDS: Final = _any(
    r"original message|forwarded (?:message|by)|original appointment|reply message|reply separator|"
    r"begin forwarded",
    r"urspr(?:ü|ue)ngliche (?:nachricht|e-?mail|mail)|original-nachricht|originalnachricht|"
    r"weitergeleitete nachricht",
    r"message (?:d'origine|original|initial|transféré|transmis)|mail original|courriel original",
    r"mensaje original|mensaje reenviado|missatge original",
    r"messaggio (?:originale|inoltrato)",
    r"mensagem (?:original|encaminhada)",
    r"oorspronkelijk bericht|origineel bericht|doorgestuurd bericht",
    r"original(?:meddelelse|meddelande|melding)|oprindelig meddelelse|opprinnelig melding|"
    r"ursprungligt meddelande",
    r"vidarebefordrat meddelande|videresendt",
    r"alkuperäinen viesti",
    r"(?:oryginalna )?wiadomość (?:oryginalna|przekazana)?|wiadomość oryginalna|treść oryginalna",
    r"původní (?:zpráva|e-mail)|pôvodná správa",
    r"исходное сообщение|пересылаемое сообщение|оригинальное сообщение|переслане повідомлення",
    r"eredeti üzenet|mesaj original|orijinal mesaj|özgün ileti",
    r"原始邮件|原始郵件|转发邮件|元のメッセージ|転送メッセージ|원본 메시지|원본 메일|הודעה מקורית",
)

FORWARD_LINES: Final = _any(
    r"begin forwarded message\s*:",
    r"anfang der weitergeleiteten (?:nachricht|e-mail)\s*:",
    r"début du (?:message (?:réexpédié|transféré)|courriel réacheminé)\s*:",
    r"inicio del mensaje reenviado\s*:|início da mensagem (?:re)?encaminhada\s*:",
    r"inizio messaggio inoltrato\s*:|begin doorgestuurd bericht\s*:",
    r"vidarebefordrat (?:brev|mejl)\s*:|start på videresendt melding\s*:|videresendt besked\s*:",
    r"początek przekazywanej wiadomości\s*:|начало переадресованного сообщения\s*:|"
    r"以下は転送されたメールです\s*[:：]",
)

_DEVICES: Final = (
    r"(?:iphone|ipad|ipod|android|samsung|galaxy|blackberry|windows|nokia|huawei|xiaomi|oneplus|pixel|"
    r"motorola|htc|lg|sony|"
    r"xperia|outlook|mail\b|yahoo|gmail|aol|proton|spark|mobile|handy|smartphone|phone|tablet|workspace|"
    r"thunderbird|"
    r"spike|airmail|mailspring|fairphone|телефон|мобильн|desktop|mac\b|macbook|surface)"
)

# Participle and preposition, as in `Sent from my …`: a sentence that merely names a device is no footer.
_SENT_WITH: Final = _any(
    r"sent (?:from|with|via|using|by)",
    r"gesendet (?:von|mit|über|via)",
    r"envoyée? (?:de|depuis|à partir de|avec|par)",
    r"enviado (?:desde|do|da|de|con|com|a partir)|enviat des",
    r"inviato (?:da|dal|con|tramite)",
    r"(?:verzonden|verstuurd) (?:vanaf|van|vanuit|met|via)",
    r"(?:skickat|skickades|sendt) (?:från|fra|med|via)|lähetetty",
    r"wysłan[eo] (?:z|za)|odesláno (?:z|ze)|odoslané (?:z|zo)|trimis de",
    r"отправлено (?:с|из|через)|надіслано (?:з|із)",
)
FOOTERS: Final = _any(
    rf"[\"*_(\[<-]*+\s*+(?:{_SENT_WITH})\b[^!?]{{0,50}}{_DEVICES}[^!?]{{0,80}}$",
    r"(?:sent from my|envoyée? (?:de|depuis) mon|gesendet (?:von|mit) meine[mr])\b.{1,60}$",
    r"(?:enviado (?:desde|do|de) (?:mi|meu|minha)|inviato (?:da|dal) (?:mio|mia))\b.{1,60}$",
    r"(?:(?:verzonden|verstuurd) (?:vanaf|met) mijn|skickat från min|sendt fra min)\b.{1,60}$",
    r"von meine[mr] .{1,40} (?:gesendet|geschickt)\.?$",
    r"sent from \S{1,120}$",
    r"(?:get|download|obtenez|obtenir|scarica|obter|obtén|holen sie sich|laden sie|télécharger?|"
    r"descargar|hämta|hent|pobierz) "
    r"outlook\b.{0,80}$",
    r"\S{0,40}(?:iphone|ipad)\S{0,20}(?:から|에서)\S*(?:送信|보냄)?.{0,20}$|发自我的.{0,40}$|從我的.{0,40}傳送$|"
    r"寄自.{0,40}$|나의 .{0,20}에서 보냄$",
    r".{0,20}iphone['’]?(?:um)?dan gönderildi\.?$|iphone-omról küldve$|.{0,30}iphonesta\.?$|"
    r".{0,30}iphonu\.?$",
    r"sent (?:on the go|on the move)\b.{0,80}$",
    r"(?:this message was )?sent from a mobile\b.{0,80}$",
    r"(?:please )?excuse (?:any |my |the )?(?:typos|brevity|spelling|mistakes)\b.{0,100}$",
)

CLOSINGS: Final = _any(
    r"(?:(?:with|my) )?(?:best|kind|kindest|warm|warmest|many|sincere|good)?\s*(?:regards|wishes)|"
    r"regards,? .{0,20}",
    r"(?:yours )?(?:sincerely|faithfully|truly|respectfully)(?: yours)?|sincerely|cheers|best|"
    r"all the best|rgds|br|kr",
    r"thanks (?:and|&) (?:best |kind )?regards|many thanks (?:and|&) (?:best |kind )?regards|cordially",
    r"(?:mit )?(?:freundliche[nm]?|besten?|viele[nm]?|liebe[nm]?|herzliche[nm]?|schöne[nm]?) (?:gr(?:ü|"
    r"ue)(?:ß|ss)en?)(?: aus .{1,30})?",
    r"(?:gruß|gruss|grüße|mfg|lg|vg|hochachtungsvoll|beste gr(?:ü|ue)(?:ß|ss)e)",
    r"(?:bien )?(?:cordialement|amicalement)|(?:bien|sincères) (?:à vous|salutations)|cdlt|"
    r"respectueusement|salutations(?: .{1,20})?",
    r"(?:un )?(?:saludos?|cordial saludo|atentamente|saludos cordiales|un saludo|atte)",
    r"cordiali saluti|distinti saluti|(?:un )?saluti?|cordialmente",
    r"(?:atenciosamente|com os melhores cumprimentos|(?:melhores )?cumprimentos|atentamente|abraços?|"
    r"att|obrigad[oa] e cumprimentos)",
    r"(?:met )?(?:vriendelijke|hartelijke) (?:groet(?:en|jes)?)|mvg|groet(?:en|jes)?",
    r"(?:med )?(?:vänliga?|venlig|vennlig|bästa) (?:hälsning(?:ar)?|hilsen)|mvh|hälsningar|hilsen|"
    r"(?:de )?bedste hilsner",
    r"(?:parhain|ystävällisin) terveisin|terveisin|t\.",
    r"(?:z )?(?:poważaniem|pozdrowieniami)|pozdrawiam(?: serdecznie)?|s pozdravem|s pozdravom",
    r"с уважением|з повагою|с наилучшими пожеланиями|üdvözlettel|cu stima|saygılarımla|iyi çalışmalar",
    r"此致|敬具|よろしくお願い(?:いた)?します。?|以上",
)

DISCLAIMERS: Final = _any(
    r"[*_\[(]*+(?:confidentiality|privacy|legal) (?:notice|note|disclaimer|warning)\b",
    r"[*_\[(]*+(?:disclaimer|legal notice|haftungsausschluss|avis de confidentialité|aviso legal|"
    r"aviso de confidencialidade)\s*[:.]",
    r"(?:the (?:information|contents?) (?:contained )?in|this) (?:this )?(?:e-?mail|message|"
    r"communication|electronic message)\b"
    r".{0,80}\b(?:confidential|privileged|intended (?:solely|only)|addressee)",
    r"diese (?:e-?mail|nachricht) (?:enthält|ist|kann|und).{0,60}vertraulich",
    r"ce (?:message|courriel|mail|courrier)\b.{0,80}(?:confidentiel|destinataire)",
    r"este (?:mensaje|correo|e-?mail|mensagem)\b.{0,80}confidencia",
    r"(?:questo|il presente) (?:messaggio|e-?mail)\b.{0,80}(?:riservat|confidenzial)",
    r"dit (?:e-?mail)?bericht\b.{0,60}vertrouwelijk|please consider the environment before printing",
)
