"""Header lines that mail programs copy above the mail they quote: "From: … Sent: … To: … Subject: …"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final


class LabelRole(Enum):
    """The meaning of a header line."""

    FROM = auto()
    DATE = auto()
    SENT = auto()  # a date under a label that only mail programs write
    TO = auto()
    CC = auto()
    SUBJECT = auto()
    OTHER = auto()


# By language as Outlook translates them, with what Apple Mail, Thunderbird, Gmail's forwards, Notes and the
# big web mails (GMX, Orange, Libero, Seznam, QQ, Naver …) write where it differs.
_LABELS: Final = (
    # from                         sent or date, | before those used outside mail, too
    ("from", "sent|date", "to", "cc,bcc", "subject"),  # English
    ("von,absender", "gesendet,gesendet am|datum", "an,empfänger", "kopie", "betreff"),  # German
    ("de,expéditeur", "envoyé,envoyé le,envoyée,message du,date d'envoi,date de|", "à,a,destinataire",
     "copie,copie à,cci", "objet,sujet"),  # French
    ("de,remitente", "enviado,enviado el,enviado a las,fecha de envío|fecha", "para,a,destinatario", "cco",
     "asunto"),  # Spanish
    ("de", "enviat,enviat el|data", "per a,a", "", "tema,assumpte"),  # Catalan
    ("de,remetente", "enviado,enviada,enviado em,enviada em,enviado a,data de envio|data", "para", "cco",
     "assunto"),  # Portuguese
    ("da,mittente", "inviato,inviato il,data invio,inviata|data", "a,destinatario,per", "ccn",
     "oggetto,ogg"),  # Italian
    ("van,afzender", "verzonden,verzonden op,verstuurd|datum", "aan,naar", "", "onderwerp"),  # Dutch
    ("från", "skickat,skickades|datum", "till", "kopia", "ämne"),  # Swedish
    ("fra,frå", "sendt|dato", "til", "kopi", "emne"),  # Danish, Norwegian
    ("frá", "dags,dags.|", "til", "afrit", "efni"),  # Icelandic
    ("lähettäjä", "lähetetty|päivämäärä,päiväys,pvm", "vastaanottaja,kenelle", "kopio", "aihe,otsikko"),
    ("od,nadawca", "wysłano,wysłane,data wysłania|data", "do,adresat,odbiorca", "dw,udw,kopia", "temat"),
    ("od", "odesláno,posláno|datum", "komu,pro", "kopie,skrytá", "předmět"),  # Czech
    ("od", "odoslané,odoslaná|dátum", "komu", "kópia", "predmet"),  # Slovak
    ("od,šalje,pošiljatelj", "poslano,poslato|datum", "za,prima,prejemnik", "kopija,kp", "predmet,zadeva"),
    ("од,шаље", "послато|датум", "за,прима", "копија", "предмет,наслов"),  # Serbian
    ("feladó,küldő", "elküldve,küldve|dátum", "címzett", "másolat,másolatot kap", "tárgy"),  # Hungarian
    ("de la,expeditor", "trimis|data,dată", "către,catre", "", "subiect"),  # Romanian
    ("от", "изпратено|дата", "до", "копие", "относно,тема"),  # Bulgarian
    ("от,от кого", "отправлено,дата отправки,отправлен|дата", "кому", "копия", "тема"),  # Russian
    ("від,від кого", "надіслано,відправлено|дата", "кому", "копія", "тема"),  # Ukrainian
    ("από", "στάλθηκε,εστάλη,απεστάλη|ημερομηνία", "προς", "κοιν.,κοινοποίηση", "θέμα"),  # Greek
    ("kimden,gönderen", "gönderildi,gönderme tarihi,gönderilme tarihi|tarih", "kime,alıcı", "bilgi", "konu"),
    ("מאת", "נשלח|תאריך", "אל", "עותק", "נושא,הנושא"),  # Hebrew
    ("من,المرسل", "تم الإرسال,تاريخ الإرسال,أرسلت,أُرسلت|التاريخ", "إلى,الى", "نسخة,نسخة إلى", "الموضوع"),
    ("از,فرستنده", "ارسال شده,ارسال‌شده|تاریخ", "به,گیرنده", "", "موضوع"),  # Persian
    ("发件人", "发送时间,发送日期|日期,时间", "收件人", "抄送", "主题"),  # Chinese, simplified
    ("寄件者,寄件人,發件人", "寄件日期,傳送時間,發送時間|日期", "收件者,收件人", "副本", "主旨,主題"),
    ("差出人,送信者", "送信日時|日時,日付", "宛先", "", "件名"),  # Japanese
    ("보낸 사람,보낸사람,보내는 사람", "보낸 날짜,보낸날짜|날짜", "받는 사람,받는사람", "참조", "제목"),
    ("từ,người gửi", "đã gửi,ngày gửi|ngày,gửi", "đến,tới,người nhận", "", "chủ đề,tiêu đề"),  # Vietnamese
    ("จาก", "ส่ง,ส่งเมื่อ|วันที่", "ถึง", "สำเนา", "เรื่อง,หัวเรื่อง"),  # Thai
    ("dari", "terkirim,dikirim,dihantar|tanggal,tarikh", "kepada,ke", "", "subjek,perihal"),  # Malay
    ("saatja,kellelt", "saadetud|kuupäev", "adressaat,kellele,saaja", "koopia", "teema"),  # Estonian
    ("sūtītājs,no", "nosūtīts|datums", "kam,adresāts", "", "temats,tēma"),  # Latvian
    ("nuo,siuntėjas", "išsiųsta|data", "kam,gavėjas", "kopija", "tema"),  # Lithuanian
    ("प्रेषक", "भेजा गया|दिनांक", "प्रति,प्रेषिती", "", "विषय"),  # Hindi
)  # fmt: skip
_OTHER: Final = (
    "reply-to,reply to,reply,importance,priority,attachments,attachment,sensitivity,organization,x-mailer,"
    "antwort an,répondre à,anlagen,anlage,wichtigkeit,priorität,importance,pièces jointes,responder a,"
    "importancia,importância,datos adjuntos,anexos,prioridade,rispondi a,priorità,allegati,bijlagen,"
    "urgentie,bilagor,prioritet,"
    "załączniki,přílohy,prílohy,важность,вложения,附件,重要性,添付ファイル,mensaje de,cc,bcc"
)


def _roles() -> dict[str, LabelRole]:
    found = dict.fromkeys(_OTHER.split(","), LabelRole.OTHER)
    order = (LabelRole.CC, LabelRole.SUBJECT, LabelRole.TO, LabelRole.DATE, LabelRole.SENT, LabelRole.FROM)
    for language in _LABELS:
        author, when, to, copy, subject = language
        sent, _, date = when.partition("|")
        for role, names in zip(order, (copy, subject, to, date, sent, author), strict=True):
            found.update(dict.fromkeys(filter(None, names.split(",")), role))
    return found


ROLES: Final = _roles()
_ANSWERS: Final = frozenset(
    {"reply", "reply to", "reply-to", "antwort an", "responder a", "rispondi a", "répondre à"}
)
_LABEL_CHARS: Final = 40
_BLOCK_LINES: Final = 14
_FOLDED_LINES: Final = 3  # a long list of recipients goes on below its label
_MOMENT: Final = re.compile(
    r"\d{1,2}[:.h]\d{2}|\b(?:19|20|25)\d{2}\b|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{1,2}\s*[月월]|[٠-٩۰-۹]{4}"
)
_CLOCK: Final = re.compile(r"\d[:.h時点點시时]\s?\d{2}(?![.\d])|\d\s?[ap]\.?m\b", re.IGNORECASE)
_STAMP: Final = re.compile(r"\d:\d{2}(?::\d{2})?\s*(?:[+-]\d{4}|GMT|UTC)")  # RFC 5322 §3.3
_ANOTHER_LABEL: Final = re.compile(r"(?:[\w\"')>\]*]|^)\s+\**([^\W\d_]{2,12})\**\s?:(?=\s)")
# Under a header of these, too, stand words of their own: a web form that writes like a mail program.
_FORM_LABELS: Final = frozenset(
    [
        "message",
        "message body",
        "your message",
        "comment",
        "comments",
        "question",
        "description",
        "enquiry",
        "inquiry",
        "nachricht",
        "kommentar",
        "anfrage",
        "frage",
        "beschreibung",
        "commentaire",
        "question",
        "demande",
        "mensaje",
        "comentario",
        "comentarios",
        "consulta",
        "mensagem",
        "comentário",
        "descrição",
        "messaggio",
        "richiesta",
        "bericht",
        "vraag",
        "opmerking",
        "meddelande",
        "besked",
        "melding",
        "viesti",
        "wiadomość",
        "zpráva",
        "сообщение",
        "повідомлення",
        "mesaj",
        "phone",
        "telephone",
        "telefon",
        "téléphone",
        "teléfono",
        "telefone",
        "telefono",
        "email",
        "e-mail",
        "name",
        "留言",
        "内容",
        "お問い合わせ内容",
        "내용",
    ]
)
# Above header lines these show that somebody pasted the source of a mail, to ask about it.
_RAW_LABELS: Final = frozenset(
    [
        "received",
        "return-path",
        "delivered-to",
        "message-id",
        "mime-version",
        "content-type",
        "dkim-signature",
        "x-spam-status",
        "authentication-results",
        "received-spf",
        "arc-seal",
        "x-originating-ip",
        "references",
        "in-reply-to",
    ]
)


@dataclass(slots=True)
class Block:
    """Header lines that stand together, and what they hold."""

    roles: set[LabelRole]
    end: int
    told: int = 0  # where those end that are surely a mail's; words may begin like a label
    moment: bool = False
    clock: bool = False
    stamp: bool = False
    mailbox: bool = False
    form: bool = False
    unknown: int = 0  # how many labels, known or not
    foreign: int = 0  # how many of them are no mail's

    @property
    def dated(self) -> bool:
        return LabelRole.DATE in self.roles or LabelRole.SENT in self.roles

    @property
    def certain(self) -> bool:
        """Only a mail's header: travellers, too, write "From: … To: … Date: …"."""
        roles = self.roles
        if LabelRole.FROM not in roles or not self.dated or self.form:
            return False
        told = (LabelRole.SUBJECT in roles and self.clock and not self.foreign) or self.mailbox
        told = told or LabelRole.SENT in roles
        return told and len(roles) >= 3 and (self.moment or self.mailbox or len(roles) >= 4)

    @property
    def brief(self) -> bool:
        """Two lines only, but with a moment as only machines write it; below an author's words."""
        return self.dated and self.stamp and self.mailbox and len(self.roles) >= 2 and not self.form

    @property
    def likely(self) -> bool:
        """Enough where a drawn line stands above."""
        if LabelRole.FROM in self.roles and not self.form:
            return self.mailbox or (self.dated and (self.moment or len(self.roles) >= 3))
        return self.dated and self.moment and len(self.roles) >= 2 and not self.form

    @property
    def by_shape(self) -> bool:
        """A header in a language that nobody taught us, below a drawn line."""
        return self.unknown >= 3 and self.moment and self.mailbox and not self.form


def is_raw_header(line: str) -> bool:
    """Tell whether a line is from the header of a mail as it travels: somebody shows us one."""
    return label_of(line) in _RAW_LABELS


def label_of(line: str) -> str:
    """Return the bare words before the first colon, in small letters; empty if they cannot be a label."""
    colon = line.find(":", 0, _LABEL_CHARS)
    label = line[:colon].strip("*_ \t").lower() if colon > 0 else ""
    return "message du" if label.startswith("message du ") else label  # Orange sets no colon there


def answers_go_to(line: str) -> bool:
    """Tell whether a header line names an address for answers: "Reply: …"; words may begin alike."""
    return "@" in line and label_of(line) in _ANSWERS


def role_of(line: str) -> LabelRole | None:
    return ROLES.get(label_of(line))


def block_at(lines: Sequence[str], number: int) -> Block:
    """The header lines from here on; blank lines between them are allowed once two were found."""
    block, labels, folded, blank = Block(set(), number), 0, 0, False
    for at in range(number, min(number + 2 * _BLOCK_LINES, len(lines))):
        line = lines[at][:500]
        if not line:
            blank = True
            if labels >= 2 and not _goes_on(lines, at):
                break
            continue
        label = label_of(line)
        role = ROLES.get(label)
        if role in block.roles and role not in (LabelRole.CC, LabelRole.OTHER):
            break  # the next header begins, or it never was one
        if role is None and label in _FORM_LABELS:
            block.form = True
            break
        if role is None and not _like_label(line, label):
            folded += 1
            if not labels or blank or folded > _FOLDED_LINES:
                break
            continue
        labels, folded, blank = labels + 1, 0, False
        if labels > _BLOCK_LINES:
            break
        _note(block, role, line, at)
    return block


def _note(block: Block, role: LabelRole | None, line: str, at: int) -> None:
    block.end = at + 1
    block.unknown += 1
    block.foreign += role is None
    if role is not None:
        if role is not LabelRole.OTHER or answers_go_to(line) or label_of(line) != "reply":
            block.told = at + 1
        block.roles.add(role)
        for other in _ANOTHER_LABEL.findall(line[:300]) if role in (LabelRole.FROM, LabelRole.DATE) else ():
            if other.lower() in ROLES:  # HTML read as text may hold the whole header on one line
                block.roles.add(ROLES[other.lower()])
    block.mailbox = block.mailbox or "@" in line
    block.moment = block.moment or bool(_MOMENT.search(line))
    block.clock = block.clock or bool(_CLOCK.search(line))
    block.stamp = block.stamp or bool(_STAMP.search(line))


def _like_label(line: str, label: str) -> bool:
    return (
        bool(label) and len(label) <= 24 and not label[0].isdigit() and line[len(label) + 1 :].strip() != ""
    )


def _goes_on(lines: Sequence[str], blank: int) -> bool:
    """Tell whether the header goes on below a blank line, as in paragraphs of HTML."""
    return blank + 1 < len(lines) and role_of(lines[blank + 1]) is not None
