"""The words that open a signature, a footer or a legal notice, by language."""

from __future__ import annotations

from typing import Final

from maildesk.mail.reply.footer_sentences import GERMAN_DEVICE
from maildesk.mail.reply.reply_phrases import any_of

# --- "Sent from my phone" -------------------------------------------------------------------------

# Whole words or their beginnings: "lg" is no device in "Olga". "Mail" and "app" are what the line ends in, or
# an app for something: people also tell what they sent by mail.
_DEVICES: Final = (
    r"(?<![^\W\d_])(?:iphone|ipad|ipod|android|samsung|galaxy|blackberry|windows|nokia|huawei|honor|xiaomi|"
    r"redmi|oppo|vivo|oneplus|"
    r"pixel|motorola|moto|htc|lg|sony|xperia|realme|zte|outlook|yahoo|gmail|aol|proton|spark|sparrow|"
    r"mobile|handy|"
    r"smartphone|phone|tablet|workspace|thunderbird|spike|airmail|mailspring|mailbird|mailbox|newton|"
    r"superhuman|"
    r"bluemail|blue mail|k-9|fairemail|aquamail|aqua mail|em client|tutanota|tuta|posteo|gmx|web\.de|"
    r"t-online|"
    r"orange|laposte|zimbra|roundcube|fairphone|телефон|мобильн|почт|пошт|desktop|mac\b|macbook|surface|"
    r"(?<!-)(?:mail|app)(?=\W*$|[ -](?:app|for|für|pour|para|per|voor|för|til|dla|mobil|on|\()|\.))"
)
# What no footer says, but a sentence about something sent: "…, but nobody answered".
_TELLS: Final = (
    r"(?![^!?]{0,140}(?:\b(?:but|never|nobody|aber|niemand|mais|toujours|jamais|aucune?|pero|nunca|nadie|"
    r"nessun[oa]?|ninguém|maar|niemand|nooit|zonder|aldrig|ingen|nikt|nikdo|никто)\b|"
    r"[,;.]\s?(?:(?:no|not) (?:answer|reply|reaction|yet)|and|und|ohne|et|sans|sin|y|ma|mai|senza|mas|sem|"
    r"men|utan|uden|ale|но|без)\b))"
)
# Participle and preposition, as in `Sent from my …`: a sentence that merely names a device is no footer.
_SENT_WITH: Final = any_of(
    r"sent (?:from|with|via|using|by)",
    r"(?:gesendet|geschickt|verschickt|versandt) (?:von|mit|über|via|aus)",
    r"envoyée? (?:de|depuis|à partir d(?:e|u|['’])|avec|par|via|sur)",
    r"envia(?:do|t|da) (?:desde|do|da|de|des|con|com|a partir|através|pelo|por|usando|vía|via)",
    r"inviat[oa] (?:da|dal|con|tramite)",
    r"(?:verzonden|verstuurd|gestuurd) (?:vanaf|van|vanuit|met|via|door)",
    r"(?:skickat|skickades|skickad|sendt|sent) (?:från|fra|med|via)|lähetetty",
    r"wysłan[eoay] (?:z|za|przy)|odeslán[oaá] (?:z|ze)|odoslané (?:z|zo|cez)|poslano (?:z|s|iz|sa)|послато "
    r"са|trimis (?:de|din|cu)",
    r"отправлено (?:с|из|через|от)|надіслано (?:з|із|через)|изпратено от",
    r"στάλθηκε από|εστάλη από|dikirim dari|dihantar dari|đã gửi từ|được gửi từ|gửi từ",
)
# What Outlook is offered for, with the link of the offer.
_SYSTEMS: Final = r"(?:ios|android|mac|macos|windows|iphone|ipad|mobile)\b\W{0,3}(?:https?:\S{1,200})?\W{0,3}"
_CJK_DEVICES: Final = (
    r"(?:iphone|ipad|android|galaxy|samsung|huawei|outlook|windows|갤럭시|삼성|아이폰|아이패드|안드로이드|"
    r"휴대폰|핸드폰|스마트폰|모바일|메일|手机|手機|平板|邮箱|郵箱|电脑|華為|华为|小米|三星|荣耀|网易|qq|foxmail|新浪|vivo|oppo)"
)
# Names of programs and makes of telephones stand in these lines, or what they excuse; one that says anything
# else is no footer.
OPEN_FOOTERS: Final = any_of(
    rf"[\"*_(\[<-]*+\s*+(?:{_SENT_WITH})\b{_TELLS}[^!?]{{0,50}}{_DEVICES}[^!?]{{0,80}}$",
    r"(?:sent from my|envoyée? (?:de|depuis) mon)\b[^!?,;]{1,40}$",
    rf"gesendet (?:von|mit) meine[mr]\b(?=.{{0,40}}(?:{_DEVICES}|{GERMAN_DEVICE}))[^!?,;]{{1,40}}$",
    r"(?:enviado (?:desde|do|de) (?:mi|meu|minha)|inviato (?:da|dal) (?:mio|mia))\b[^!?,;]{1,40}$",
    r"(?:(?:verzonden|verstuurd) (?:vanaf|met) mijn|skickat från min|sendt fra min)\b[^!?,;]{1,40}$",
    rf"von meine[mr]\b(?=.{{0,40}}(?:{_DEVICES}|{GERMAN_DEVICE})) .{{1,40}} (?:gesendet|geschickt)\.?$",
    rf"diese (?:nachricht|e-?mail|mail) wurde (?:von|mit)\b(?=.{{0,40}}(?:{_DEVICES}|{GERMAN_DEVICE})) "
    r".{1,80} (?:gesendet|verschickt)\.?$",
    r"sent (?:on the go|on the move)\b.{0,80}$",
    r"(?:this message was )?sent from a mobile\b.{0,80}$",
    r"(?:please )?(?:excuse|forgive|pardon) (?:(?:any |my |the )?(?:typos|brevity|terseness)|"
    r"any (?:spelling|mistakes))\b.{0,100}$",
)
FOOTERS: Final = any_of(
    r"sent from [^\s@]{0,40}(?:https?://[^\s@]{1,120}|(?:app|mail)\W{0,3})$",
    r"(?:get|download|obtenez|obtenir|téléchargez|télécharger|scarica|ottieni|obter|baixar|baixe|obtén|"
    r"obtener|"
    r"descarga|descargar|holen sie sich|laden sie|hämta|skaffa|hent|få|hanki|pobierz|uzyskaj|ophalen|"
    r"stáhnout|stáhněte si|získejte|скачать|загрузить|отримати|obțineți|获取|下载|下載|取得) "
    r"(?:o |program |aplikaci |приложение )?outlook"
    r"(?:(?: (?:for|für|pour|para|per|voor|för|til|dla|do|pro|для|pentru|on))?(?: systém\w?| system\w?)? "
    rf"{_SYSTEMS}|\W?)$",
    r"outlook (?:für|voor|for|для) .{1,20} (?:beziehen|herunterladen|downloaden|ophalen|を入手)$|"
    r"outlook for .{1,20}를? ?(?:다운로드|を入手|を取得|얻기).{0,10}$|(?:ios|android) 版 outlook .{0,10}$",
    r"(?:私の)?\S{0,40}(?:iphone|ipad|android)\S{0,20}(?:から|에서)(?:\s?(?:送信(?!でき)|보냄).{0,20})?$|"
    rf"(?:发自|發自|发送自|寄自)(?:我的.{{1,40}}|.{{0,20}}{_CJK_DEVICES}.{{0,20}})$",
    r"(?:来自|來自).{0,30}(?:iphone|ipad|android|outlook|windows|"
    r"手机|手機|平板|邮箱|郵箱|版邮件|版郵件|邮件应用|华为|華為|小米|三星)\W*$|(?:從|从)我的.{0,40}(?:傳送|发送|傳送的郵件)$|"
    r"나의 .{0,20}에서 보냄$",
    rf"(?=.{{1,20}}에서 [보전]).{{0,20}}{_CJK_DEVICES}.{{0,12}}에서 (?:보냄|전송된 메일입니다\.?)$",
    r".{0,20}(?:iphone|ipad|android|samsung|huawei).{0,20}(?:dan|den) gönderildi\.?$|"
    r"(?:elküldve|küldve):? .{0,30}(?:iphone|ipad|android|outlook|windows|samsung|huawei|telefon|mobil|"
    r"tablet|gmail|posta alk).{0,30}$|.{0,20}iphone-omról küldve$",
    r"lähetetty (?:\S{1,20} )?\S{0,30}(?:puhelime|laittee|tableti)(?:sta|lla)\S{0,3}\.?$|"
    r"lähetetty \S{1,30}(?:sta|stä)\.?$",
    r"(?:sent|odeslán\w) .{0,20}iphonu\.?$",
    r"(?:أرسلت من|أُرسلت من|مرسل من|נשלח מ|ส่งจาก|ارسال شده از|ارسال از).{1,50}$",
)
# A line is looked at only in a text that holds one of these words; of the scripts without spaces between
# words some letters stand here.
FOOTER_WORDS: Final = frozenset(
    {
        "sent", "gesendet", "geschickt", "verschickt", "versandt", "envoyé", "envoyée", "enviado",
        "enviada", "enviat", "inviato", "inviata", "verzonden", "verstuurd", "gestuurd", "skickat",
        "skickades", "skickad", "sendt", "lähetetty", "wysłano", "wysłane", "wysłana", "wysłany",
        "odesláno", "odeslána", "odesláne", "odoslané", "poslano", "послато", "trimis", "отправлено",
        "надіслано", "изпратено", "στάλθηκε", "εστάλη", "dikirim", "dihantar", "gửi", "outlook", "typos",
        "brevity", "spelling", "mistakes", "terseness", "gönderildi", "küldve", "elküldve", "ارسال",
        "أرسلت", "أُرسلت", "مرسل", "נשלח", "自", "我", "送", "에", "ส",
    }
)  # fmt: skip

# --- "Best regards" -------------------------------------------------------------------------------

# Whole lines, in small letters and without the punctuation around them.
CLOSINGS: Final = frozenset(
    {
        # English
        "regards", "best regards", "kind regards", "kindest regards", "warm regards", "warmest regards",
        "with best regards", "best", "cheers", "with kind regards", "many regards", "sincere regards",
        "with regards", "my best", "my best regards", "best wishes", "warm wishes", "with best wishes",
        "sincerely", "yours sincerely", "sincerely yours", "yours faithfully", "yours truly", "faithfully",
        "respectfully", "yours respectfully", "respectfully yours", "all the best", "rgds", "br", "kr",
        "cordially", "yours", "thanks and regards", "thanks & regards", "thanks and best regards",
        "thanks and kind regards", "thanks & best regards", "many thanks and kind regards",
        "many thanks and best regards", "best rgds",
        # German
        "mit freundlichen grüßen", "mit freundlichen grüssen", "mit freundlichen gruessen",
        "mit freundlichem gruß", "mit freundlichem gruss", "freundliche grüße", "freundliche grüsse",
        "freundliche gruesse", "mit besten grüßen", "mit besten grüssen", "beste grüße", "beste grüsse",
        "beste gruesse", "viele grüße", "viele grüsse", "viele gruesse", "mit vielen grüßen", "liebe grüße",
        "liebe grüsse", "herzliche grüße", "herzliche grüsse", "mit herzlichen grüßen", "schöne grüße",
        "schöne grüsse", "grüße", "grüsse", "gruß", "gruss", "lg", "vg", "mfg", "bg", "hochachtungsvoll",
        "mit lieben grüßen", "mit bestem gruß", "besten gruß", "freundlichen gruß", "freundlicher gruß",
        "freundlichst", "einen schönen gruß",
        # French
        "cordialement", "bien cordialement", "très cordialement", "amicalement", "bien amicalement",
        "bien à vous", "bien à toi", "cdlt", "respectueusement", "sincères salutations",
        "meilleures salutations", "salutations", "salutations distinguées", "salutations cordiales",
        "sincèrement", "avec mes salutations", "cordiales salutations", "bonne journée",
        # Spanish, Catalan, Galician
        "saludos", "un saludo", "saludos cordiales", "un cordial saludo", "cordial saludo", "cordialmente",
        "atentamente", "atte", "muy atentamente", "le saluda atentamente", "salutacions", "atentament",
        "cordialment", "saúdos", "reciba un cordial saludo",
        # Portuguese
        "atenciosamente", "att", "cumprimentos", "com os melhores cumprimentos", "melhores cumprimentos",
        "os melhores cumprimentos", "com os meus cumprimentos", "cordiais cumprimentos", "respeitosamente",
        "abraço", "abraços", "um abraço", "saudações", "cumps", "obrigado e cumprimentos",
        "obrigada e cumprimentos",
        # Italian
        "cordiali saluti", "distinti saluti", "saluti", "un saluto", "un cordiale saluto", "cordialità",
        "saluti cordiali",
        # Dutch, Afrikaans
        "met vriendelijke groet", "met vriendelijke groeten", "vriendelijke groet", "vriendelijke groeten",
        "mvg", "groet", "groeten", "groetjes", "hartelijke groet", "hartelijke groeten",
        "met hartelijke groet", "vriendelike groete",
        # Swedish, Danish, Norwegian, Icelandic
        "med vänlig hälsning", "med vänliga hälsningar", "vänliga hälsningar", "vänlig hälsning",
        "bästa hälsningar", "hälsningar", "mvh", "hälsning", "med venlig hilsen", "venlig hilsen",
        "venlige hilsner", "de bedste hilsner", "bedste hilsner", "hilsen", "med vennlig hilsen",
        "vennlig hilsen", "vennlige hilsener", "beste hilsen", "bestu kveðjur", "kveðja",
        "med venlige hilsner",
        # Finnish, Estonian, Latvian, Lithuanian
        "ystävällisin terveisin", "parhain terveisin", "terveisin", "yst terv", "t", "lugupidamisega",
        "parimate soovidega", "ar cieņu", "pagarbiai", "su pagarba",
        # Polish, Czech, Slovak, Slovene, Croatian, Serbian
        "pozdrawiam", "pozdrawiam serdecznie", "z poważaniem", "z wyrazami szacunku",
        "serdecznie pozdrawiam", "pozdrowienia", "z pozdrowieniami", "pzdr", "s pozdravem", "s pozdravom",
        "s přátelským pozdravem", "zdravím", "pozdrav", "lep pozdrav", "lijep pozdrav", "s poštovanjem",
        "srdačan pozdrav", "s spoštovanjem", "lp", "с поштовањем", "hezký den",
        # Russian, Ukrainian, Bulgarian
        "с уважением", "с наилучшими пожеланиями", "всего доброго", "всего наилучшего", "з повагою",
        "з найкращими побажаннями", "с уважение", "поздрави", "искренне ваш", "искренне",
        # Hungarian, Romanian, Greek, Turkish
        "üdvözlettel", "tisztelettel", "üdv", "köszönettel", "cu stimă", "cu stima", "cu respect",
        "o zi bună", "cu drag", "με εκτίμηση", "φιλικά", "με φιλικούς χαιρετισμούς", "χαιρετισμούς",
        "saygılarımla", "saygılarımızla", "saygılar", "iyi çalışmalar", "iyi günler", "sevgiler",
        # Arabic, Persian, Hebrew, Vietnamese, Indonesian, Thai
        "مع أطيب التحيات", "مع التحية", "تحياتي", "أطيب التحيات", "مع خالص التحية",
        "وتفضلوا بقبول فائق الاحترام", "با احترام", "بברכה", "בברכה", "בכבוד רב", "trân trọng", "thân mến",
        "kính thư", "trân trọng kính chào", "hormat saya", "salam", "salam hormat",
        "terima kasih dan salam", "ขอแสดงความนับถือ", "ด้วยความเคารพ",
        # Chinese, Japanese, Korean
        "此致", "此致敬礼", "敬礼", "敬禮", "祝好", "顺祝商祺", "順頌商祺", "祝商祺", "谨启", "敬上",
        "敬具", "以上", "よろしくお願いします", "よろしくお願いいたします", "よろしくお願い致します",
        "宜しくお願いします", "宜しくお願い致します", "どうぞよろしくお願いいたします", "감사합니다",
        "감사합니다 드림", "드림", "올림",
    }
)  # fmt: skip
# "Regards from Lisbon", "Grüße aus Berlin".
CLOSINGS_FROM: Final = any_of(
    r"(?:(?:kind|best|warm) )?(?:regards|greetings) from .{2,30}",
    r"(?:(?:mit )?(?:freundlichen?|besten?|vielen?|lieben?|schönen?|herzlichen?) )?gr(?:ü|ue)(?:ß|ss)en? "
    r"aus .{2,30}",
    r"(?:veuillez|je vous prie) .{0,80}salutations.{0,30}|salutations de .{2,30}|saludos desde .{2,30}|"
    r"groeten uit .{2,30}",
)

# --- legal notices --------------------------------------------------------------------------------

DISCLAIMER_WORDS: Final = frozenset(
    {
        "confidential", "confidentiality", "privileged", "disclaimer", "addressee", "intended",
        "environment", "privacy", "legal", "vertraulich", "vertrauliche", "vertraulichen",
        "vertraulichkeitshinweis", "haftungsausschluss", "hinweis", "bestimmt", "umwelt", "ausdruck",
        "confidentiel", "confidentielle", "confidentielles", "confidentiels", "confidentialité",
        "destinataire", "destinataires", "destiné", "destinés", "destinée", "environnement", "confidencial",
        "confidenciales", "confidencialidad", "confidencialidade", "confidenciais", "privilegiada",
        "destinatario", "destinatarios", "destinatário", "destinatários", "destina", "destinado", "aviso",
        "sigilo", "sigilosas", "ambiente", "riservate", "riservata", "riservato", "riservatezza",
        "confidenziale", "confidenziali", "destinatari", "avvertenza", "vertrouwelijk", "vertrouwelijke",
        "konfidentiell", "konfidentiellt", "konfidentiel", "fortrolig", "fortrolige", "fortroligt",
        "luottamuksellinen", "luottamuksellisia", "poufna", "poufne", "poufny", "poufności", "důvěrná",
        "důvěrné", "důvěrný", "důverná", "dôverná", "dôverné", "конфиденциальную", "конфиденциальной",
        "конфиденциальна", "конфиденциально", "конфиденциальное", "конфіденційну", "конфіденційна",
        "конфіденційною", "gizli", "gizlidir", "bizalmas", "机", "機", "保", "기",
    }
)  # fmt: skip
DISCLAIMER_TITLES: Final = any_of(
    r"[*_\[(]*+(?:confidentiality|privacy|legal|important) (?:notice|note|disclaimer|warning)\b",
    r"[*_\[(]*+(?:e-?mail )?(?:disclaimer|legal notice|haftungsausschluss|rechtlicher hinweis|"
    r"vertraulichkeitshinweis|"
    r"avis de confidentialité|aviso legal|aviso de confidencialidad|aviso de confidencialidade|nota legal|"
    r"avviso di riservatezza|avvertenza|klauzula poufności)\s*[:.*]",
)
DISCLAIMERS: Final = any_of(
    DISCLAIMER_TITLES,
    r"(?:the (?:information|contents?) (?:contained |transmitted )?(?:in|by)|this) (?:this )?(?:e-?mail|"
    r"message|"
    r"communication|electronic message|transmission)\b.{0,120}\b(?:confidential|privileged|intended|"
    r"addressee)",
    r"if you are not the (?:intended|named) (?:recipient|addressee)",
    r"(?:diese|der inhalt dieser|die informationen in dieser) (?:e-?mail|nachricht).{0,100}(?:vertraulich|"
    r"bestimmt)",
    r"(?:ce|cet|les informations contenues dans ce) (?:message|courriel|e-?mail|mail|courrier)\b.{0,120}"
    r"(?:confidentiel|destinat)",
    r"(?:este|la información contenida en este|a informação contida nesta) (?:mensaje|correo|e-?mail|"
    r"mensagem)\b"
    r".{0,120}(?:confidencia|destinat|privilegiad)|est[ea] (?:mensagem|comunicação|comunicación)\b.{0,120}"
    r"(?:confidencia|destinat|sigilo)",
    r"(?:questo|il presente|le informazioni contenute in questo|la presente) (?:messaggio|e-?mail|"
    r"comunicazione)\b"
    r".{0,120}(?:riservat|confidenzial|destinat)",
    r"(?:dit|deze|de informatie in (?:dit|deze)) (?:e-?mail)?\s?(?:bericht)?\b.{0,100}vertrouwelijk",
    r"(?:detta|denne|tämä) (?:e-?post|meddelande|e-?mail|besked|melding|viesti|sähköposti)\w*\b.{0,100}"
    r"(?:konfidenti|fortrolig|luottamuksel)",
    r"(?:ta|niniejsza|tato|táto|toto) (?:wiadomość|zpráva|správa|e-?mail)\b.{0,100}(?:poufn|důvěrn|dôvern)",
    r"(?:это|данное|настоящее|це|дане) (?:сообщение|письмо|электронное|повідомлення|електронне).{0,100}"
    r"(?:конфиденц|конфіденц)",
    r"bu (?:e-?posta|ileti|mesaj).{0,100}gizli|ez az? (?:e-?mail|üzenet).{0,100}bizalmas|"
    r"(?:本邮件|本郵件|本电子邮件|本電子郵件|本信件|このメール|本メール|본 메일|본 이메일).{0,60}(?:机密|"
    r"機密|保密|기밀)",
    r"(?:\W{0,3})(?:please )?(?:consider|think (?:of|about)) the environment before",
    r"(?:\W{0,3})(?:bitte )?(?:denken sie|prüfen sie|bedenken sie).{0,60}(?:umwelt|ausdruck)|"
    r"(?:\W{0,3})(?:antes de imprimir|pense (?:no|en el) (?:meio|medio)).{0,60}ambiente|"
    r"(?:\W{0,3})(?:pensez à|avant d'imprimer).{0,60}environnement",
)
# What legal notices go on about: a paragraph that holds two of these is part of one.
LEGAL_WORDS: Final = any_of(
    r"confiden\w+|privileged|(?:intended )?recipients?|addressee|unauthori[sz]ed|disclos\w+|liab\w+|"
    r"virus\w*|registered|"
    r"prohibited|disseminat\w+|in error|delete|sender|attachments?|views",
    r"vertraulich\w*|empfänger\w*|haft\w+|unbefugt\w*|irrtümlich\w*|registergericht|amtsgericht|"
    r"geschäftsführ\w+|"
    r"handelsregister|anhäng\w*|vernicht\w+|lösch\w+",
    r"confiden[tcz]\w+|destinat\w+|erreur|diffusion|utilisation|expéditeur|responsab\w+|usage|"
    r"interdit\w*|"
    r"prohibid\w+|proibid\w+|remitente|remetente|riservat\w+|mittente|vietat\w+|errore|eliminar\w*",
    r"vertrouwelijk\w*|geadresseerde|afzender|aansprakelijk\w*|poufn\w+|adresat\w*|nadawc\w+|důvěrn\w+|"
    r"adresát\w*|"
    r"конфиденц\w+|получател\w+|адресат\w*|конфіденц\w+|отправител\w+|konfidenti\w+|fortrolig\w*|"
    r"mottagare\w*|modtager\w*|absender\w*|informier\w+|geschützt\w*|rechtlich\w*|solely|strictly|copying|"
    r"informatie|bestemd|"
    r"exclusiv\w+|únic\w+|uso|exclusif|strictement|tiltänkt\w*|avsedd\w*|przeznaczon\w+|určen\w+|"
    r"предназнач\w+",
)
# The same in scripts without spaces between words.
LEGAL_UNSPACED: Final = (
    r"机密|機密|保密|收件人|接收|误|誤|删除|刪除|削除|転送|转发|破棄|責任|责任|泄露|洩|漏|宛先|受信|기밀|비밀|"
    r"수신|삭제|공개|책임"
)
# How a mail begins.
GREETINGS: Final = any_of(
    r"(?:hi|hello|dear|hey|good (?:morning|day|afternoon)|hallo|guten|sehr geehrte|liebe|moin|grüezi|bonjour|"
    r"bonsoir|hola|buen[oa]s?|estimad|ciao|salve|gentil|olá|bom dia|boa|prezad|beste|geachte|goede|hej|hei|"
    r"bästa|kære|dzień|szanown|cześć|dobrý|vážen|ahoj|здравствуйте|добр|уважаем|привет|вітаю|шановн|"
    r"tisztelt|jó|bună|stimat|merhaba|sayın|γεια|αγαπητ|مرحبا|السلام|שלום|xin chào|kính|yth|selamat)"
    r"(?!\S{12})[^.?]{0,50}$",
    r"(?:您好|你好|尊敬的|お世話|こんにちは|拝啓|안녕|สวัสดี).{0,40}$",
)
