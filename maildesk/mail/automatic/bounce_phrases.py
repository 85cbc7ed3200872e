"""Phrases of mail servers about a mail that did not arrive, by language: tables for `bounce_letter`.

Each phrase is what a server, a gateway or a provider prints, seldom what a person writes. White space in them
stands for any white space, a line end too: servers wrap their sentences where they like.
"""

from __future__ import annotations

import re
from typing import Final

_SPACE: Final = re.compile(r" ")


def _any_of(*phrases: str) -> re.Pattern[str]:
    return re.compile("|".join(_SPACE.sub(r"\\s{1,4}", each) for each in phrases), re.IGNORECASE)


# --- it did not arrive ----------------------------------------------------------------------------

NOT_DELIVERED: Final = _any_of(
    # English: sendmail, Exim, qmail, Postfix, Courier, Exchange, Domino, GroupWise, MDaemon, IMail …
    r"(?:could not|couldn['’]?t|cannot|can['’]?t|can not|(?:were|was) (?:un|not )able to|unable to"
    r"|wasn['’]?t able to|not possible to|was not|were not|wasn['’]?t|has not been|did not|not"
    r"|failed to|failure to|failed|error while|trouble|problems?(?: encountered)?(?: while)?"
    r"|errors? (?:occurred )?)"
    r" (?:be )?(?:yet been )?(?:deliver|sent\b|send\b|reach|accepted\b|transmitt|transferr|processed\b)",
    r"undeliver",
    r"non-?deliver",
    r"not? deliverable",
    r"deliver(?:y|ing) (?:of|to|attempt|has|was|is|status|fail|error|problem|report|delay)",
    r"(?:e-?mail|mail|message|delivery|transmission) (?:delivery )?(?:has )?(?:failed|failure|error"
    r"|problem|bounced|delayed)",
    r"had (?:permanent|transient|delivery|fatal)",
    r"returned (?:e-?mail|message|to (?:the )?sender)",
    r"returning (?:your )?message",
    r"(?:mail|message) (?:is being |has been |was )?returned",
    r"failure notice",
    r"fail(?:ed|ure) delivery",
    r"failed (?:recipients?|mail)\b",
    r"undelivered",
    r"permanent(?:ly)? (?:error|fail)",
    r"no such (?:user|recipient|mailbox|address)",
    r"(?:user|recipient|mailbox|address|account) (?:is |was )?(?:unknown|unavailable|disabled|rejected"
    r"|not found|full)",
    r"unknown (?:user|recipient|local)",
    r"(?:is |was |were )?(?:automatically )?(?:rejected|refused)(?: by| mail|:|\.)",
    r"over ?quota",
    r"quota (?:exceeded|violation)",
    r"invalid (?:recipient|address|final delivery)",
    r"does(?: not|n['’]t) (?:exist|have an?)",
    r"address not found",
    r"message blocked",
    r"message rejected",
    r"(?:gave|given|giving) up",
    r"rejected recipient",
    r"mail system error",
    r"processing error",
    # German: Exchange, GMX, web.de, T-Online, 1&1
    r"nicht (?:an .{1,60} )?(?:zugestellt|übermittelt|ausgeliefert|gesendet|erreicht|zustellbar)",
    r"unzustellbar",
    r"(?:zustellung|übermittlung|auslieferung) .{0,60}(?:fehlgeschlagen|gescheitert|nicht möglich)",
    r"zustell(?:fehler|ungs(?:benachrichtigung|fehler))",
    r"empfänger (?:ist )?unbekannt",
    # French: Exchange, Orange, Free, La Poste
    r"n['’]a (?:pas )?pu (?:pas )?(?:être |etre )?(?:délivr|delivr|remis|distribu|livr|envoy|transmi"
    r"|achemin)",
    r"n['’]a pas été (?:remis|délivré|distribué|livré)",
    r"(?:échec|echec) (?:de (?:la )?)?(?:remise|livraison|distribution|transmission)",
    r"non remis",
    r"non distribu",
    r"impossible de (?:remettre|délivrer|distribuer|livrer)",
    # Spanish and Portuguese: Exchange, Terra, Telefónica, UOL, Locaweb
    r"no (?:se |ha |pudo |puede |fue |ha podido |se ha podido |se pudo |se puede "
    r"|ha sido )+(?:posible )?(?:ser )?(?:entreg|envi)",
    r"no entregad",
    r"(?:error|fallo|fallido|falla) (?:en |de |al )(?:la )?(?:entreg|envi)",
    r"entrega (?:ha )?fall",
    r"n[ãa]o (?:p[ôo]de|pode|foi|foi poss[íi]vel|puderam|p[ôo]de ser|foram) (?:ser )?(?:entreg|envi)",
    r"(?:falha|erro|problemas?) (?:na|de|ao|no) (?:entreg|envi)",
    r"n[ãa]o entregue",
    # Italian: Exchange, Libero, Aruba, Tiscali
    r"non (?:è |e' |può |ha |è stato |è stata |è stato possibile |può essere "
    r"|ha potuto )+(?:essere )?(?:consegna|recapita|invia)",
    r"mancat[ao] (?:consegna|recapito)",
    r"(?:consegna|recapito) (?:non riuscit|fallit)",
    r"non recapitabile",
    # Dutch, the Scandinavians, Finnish
    r"(?:kon|kan|is|werd|kunnen) niet (?:worden )?(?:bezorgd|afgeleverd|verzonden|besteld)",
    r"onbestelbaar",
    r"niet bezorgd",
    r"(?:kunde|kunne|kan|kunde) (?:inte|ikke|ej) (?:bli )?lever",
    r"(?:inte|ikke) lever",
    r"olevererbar|kan ej levereras",
    r"ei (?:voitu|voida|voinut) toimit",
    r"toimitus (?:epäonnistui|ei)",
    r"toimittaminen epäonnistui",
    # Polish, Czech, Hungarian, Romanian, Turkish, Greek
    r"nie (?:mo[gż]\w{1,6} |uda[łl]o si[ęe] |zosta[łl]\w? |by[łl]\w? )+(?:by[ćc] )?(?:dor[ęe]cz|dostarcz)",
    r"niedostarcz|niedor[ęe]cz",
    r"nelze doru[čc]it|nemohla b[ýy]t doru[čc]ena|nedoru[čc]iteln",
    r"k[ée]zbes[íi]thetetlen|nem (?:siker[üu]lt )?k[ée]zbes",
    r"nu a putut fi (?:livrat|trimis)|nelivrat",
    r"teslim edilemedi|iletilemedi|ula[şs]t[ıi]r[ıi]lamad[ıi]",
    r"δεν (?:ήταν δυνατή η )?παρ[αά]δ",
    # Russian, Ukrainian, Bulgarian: mail.ru, Yandex, Rambler
    r"не (?:может быть |может |было |удалось |удается |была |смогло быть |могло быть )*достав",
    r"недостав",
    r"не достав",
    r"адресат .{0,20}не (?:найден|существует)",
    r"невозможно доставить",
    r"не може бути доставлен",
    # Japanese, Chinese, Korean: docomo, au, So-net, 163, QQ, Sina, Naver
    "(?:配信|配送|配達|送信|送達|転送|お?届け)(?:することが|することは|は|が)?(?:でき(?:ません|ない)|不能|不可)",
    "(?:配信|配送|配達|送信|送達|転送)(?:に|が|は|を)?(?:失敗|エラー|されません|中止)",
    "届け(?:られ|ることができ)ません",
    "エラーメール",
    "未配信",
    "不達",
    "(?:アドレス|宛先|あて先|受信者|ユーザー?)(?:は|が|を)?(?:見つか(?:りません|らない)|不明|無効)",
    "存在しません",
    "无法投递",
    "無法投遞",
    "投递失败",
    "投遞失敗",
    "无法送达",
    "無法送達",
    "未能?送达",
    "发送失败",
    "發送失敗",
    "退信",
    "邮件发送失败",
    "无法传递",
    "無法傳遞",
    "전달되지",
    "배달되지",
    "전송하지 못",
    "반송",
    "보낼 수 없",
    "전송 실패",
)

# --- it is still being tried ----------------------------------------------------------------------

DELAYED: Final = _any_of(
    # English: sendmail, Postfix, Exim, qmail, Courier, Exchange, Gmail
    r"\bdelay(?:ed)?\b(?! for more than .{1,40}(?:returned|failed))",
    r"^warning: ",
    r"\bwarning message only",
    r"will (?:be (?:retried|attempted)|retry|keep (?:on )?trying|continue (?:to (?:try|be)|trying)"
    r"|try (?:again|to (?:re)?deliver))",
    r"attempts? (?:to deliver )?(?:the message |your message )?will (?:be )?continue",
    r"still (?:being )?(?:trying|retried|tried|queued|in (?:the )?(?:mail )?queue)",
    r"not yet been delivered",
    r"has been (?:postponed|deferred)",
    r"temporarily (?:postponed|deferred|delayed)",
    r"no action is required on your part",
    r"do(?: not|n['’]t) need to resend",
    # German, French, Spanish, Portuguese, Italian, Dutch, the Scandinavians
    r"verz[öo]gert",
    r"wird weiter(?:hin)? versuch",
    r"retard(?:é|ée|ement)\b",
    r"a été différé",
    r"nouvelles? tentatives?",
    r"se ha retrasado|retraso en la entrega|se seguirá intentando",
    r"entrega (?:foi )?atrasad|continuar[áã]o? (?:a )?tentando",
    r"in ritardo|è stata ritardata|ulteriori tentativi",
    r"vertraagd",
    r"försenad|forsinket|fördröjd",
    # Polish, Russian, Japanese, Chinese, Korean
    r"op[óo][źz]ni",
    r"задерж|отложен",
    "遅延",
    "遅れて",
    "再送",
    "まだ(?:配信|送信|お?届け)",
    "延迟",
    "延遲",
    "지연",
)

# Says so after the event: with these the trying is over, whatever else the letter says of delays.
GIVEN_UP: Final = _any_of(
    r"not going to try again",
    r"(?:i['’]ve |have |has )?(?:given|gave|giving) (?:up|it up)",
    r"permanent(?:ly)?(?: and)?(?: fatal)? (?:error|fail)",
    r"(?:was|has been) aborted",
    r"(?:has|have) been removed from the (?:mail )?queue",
    r"failed permanently",
    r"fatal error",
    r"in the queue too long",
    r"retry (?:time|timeout) (?:not reached|exceeded)",
    r"will not be (?:retried|delivered)",
    r"maximum (?:number of )?(?:delivery )?(?:attempts|retries)",
    r"after \d+ attempt",
    r"delivery time expired",
    r"this is a permanent",
)

# --- where the mail that came back begins -----------------------------------------------------------

_RETURNED_WORDS: Final = (
    r"original|originally|returned mail|returned message|undelivered message|unsent|copy\b|header"
    r"|message (?:text|body|contents?)"
    r"|source|ursprüngliche|originalnachricht|kopie|mensaje original|mensagem original"
    r"|messaggio originale|message d['’]origine"
    r"|исходно|копия|исходного|元の|原文|原始|원본"
)
RETURNED_BELOW: Final = re.compile(
    rf"^[ \t>]{{0,8}}[-=_*#+]{{2,80}}[^\n]{{0,60}}?(?:{_RETURNED_WORDS})[^\n]{{0,80}}$"
    r"|^[ \t>]{0,8}(?:(?:the )?(?:original|returned|undelivered|unsent|attached|source)[ \t](?:mail"
    r"|message|e-?mail)"
    r"(?:[ \t](?:text|headers?|body|details))?(?:[ \t](?:as received|is|as|attached|follows?|below"
    r"|included))*[ \t]*[:.(-]?"
    r"(?:[ \t]*\(max[^\n]{0,20}\))?[ \t]*$"
    r"|(?:below|here|following|included|attached|this)[ \t][^\n]{0,40}\b(?:a[ \t]copy|your[ \t]returned)\b"
    r"|a[ \t]copy[ \t]of[ \t](?:the|your)[ \t](?:original[ \t])?(?:message|mail)"
    r"|your[ \t]message[ \t](?:reads|begins)|message[ \t](?:headers?|text"
    r"|contents?)(?:[ \t]follows?)?:?[ \t]*$"
    r"|the[ \t](?:first[ \t]\d+[ \t]lines|headers?)\b[^\n]{0,60}\bfollows?"
    r")|^(?:received|return-path|message-id|mime-version|x-[a-z-]{2,40}):[ \t]",
    re.IGNORECASE | re.MULTILINE,
)

# --- words for a status -----------------------------------------------------------------------------

# RFC 3463 codes for the words of servers that give none.
STATUS_WORDS: Final = tuple(
    (_any_of(*phrases), status)
    for status, phrases in (
        (
            "5.2.2",
            (
                r"quota",
                r"mail ?box (?:is |was )?full",
                r"mail ?folder is full",
                r"full mail ?box",
                r"box space not enough",
                r"storage (?:limit|exceeded)",
                r"disk full",
                r"postfach (?:ist )?voll",
                r"boîte .{0,20}pleine",
                r"buz[óo]n lleno",
                r"caixa .{0,20}cheia",
                r"casella .{0,20}piena",
                "メールボックス.{0,12}(?:一杯|いっぱい|満杯|超)",
                "容量.{0,12}(?:超|オーバー|不足|制限|一杯|いっぱい)",
                "邮箱已满",
                "空间不足",
            ),
        ),
        (
            "5.1.2",
            (
                r"(?:host|domain|server)(?: name)? (?:is )?(?:unknown|not found|does(?: not"
                r"|n['’]t) exist|invalid)",
                r"unknown (?:host|domain)",
                r"no such (?:host|domain)",
                r"could(?: not|n['’]t) find (?:any|a) (?:host|gateway|mail)",
                r"unrouteable",
            ),
        ),
        (
            "5.2.1",
            (
                r"(?:account|mailbox|user) (?:is |has been |was )?(?:disabled|inactive|suspended"
                r"|deactivated|locked)",
            ),
        ),
        ("5.4.6", (r"too many hops", r"mail loop", r"message looping", r"hop count exceeded")),
        ("5.3.4", (r"(?:message|mail) (?:size )?(?:is )?(?:too (?:large|big)|exceeds)",)),
        (
            "5.7.1",
            (
                r"spam",
                r"blacklist",
                r"block ?list",
                r"blocked",
                r"relay(?:ing)? (?:access )?(?:denied|not permitted)",
                r"not accepting mail from",
                r"denied by policy",
                r"virus",
                "受信(?:を|が)?拒否",
            ),
        ),
        (
            "5.1.1",
            (
                r"(?:user|recipient|addressee|mailbox|address|alias|account)(?: name)? (?:is "
                r"|was )?(?:not recognized|unknown|not known|not found|unavailable|not listed|invalid"
                r"|not local|not valid)",
                r"no such (?:user|recipient|mailbox|address|person)",
                r"unknown (?:user|recipient|local|address)",
                r"invalid (?:user|recipient|mailbox|address|final delivery)",
                r"no (?:user|mailbox) (?:by|here|with)",
                r"not listed in",
                r"does(?: not|n['’]t) (?:exist|have an?)",
                r"address not found",
                r"not a valid (?:user|recipient|address|mailbox)",
                r"no valid recipient",
                r"(?:benutzer|empfänger|adresse) .{0,20}(?:unbekannt|nicht gefunden|existiert nicht)",
                r"n['’]existe pas",
                r"destinataire inconnu",
                r"no existe",
                r"usuario desconocido",
                r"n[ãa]o existe",
                r"usu[áa]rio desconhecido",
                r"non esiste",
                r"utente sconosciuto",
                r"onbekende gebruiker",
                r"bestaat niet",
                r"finns inte|findes ikke|finnes ikke",
                r"nie istnieje",
                r"не (?:существует|найден)",
                "存在しません",
                "(?:宛先|あて先|ユーザー?|受信者|アドレス)(?:は|が|を)?(?:不明|見つか|無効)",
                "不存在",
                "존재하지",
            ),
        ),
        (
            "4.4.1",
            (
                r"timed? ?out",
                r"connection (?:was )?(?:refused|reset)",
                r"establish an? (?:smtp )?connection",
                r"no route to host",
                r"(?:server|host) (?:is )?(?:unavailable|busy|down|not responding)",
            ),
        ),
    )
)
