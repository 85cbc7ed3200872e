"""Small mails of every shape that mail programs, servers and attackers write, to be damaged at will."""

from __future__ import annotations

import base64
import quopri

from tests.containers import body_attribute, in_pieces, streamed_signed_data, winmail

TOP = (
    "From: Bo Lind <bo@client.example>\nTo: Acme Support <support@acme.example>\n"
    "Subject: Printer\nDate: Mon, 23 Nov 2026 09:15:00 +0100\nMessage-ID: <1@client.example>\n"
)
REPLY = TOP.replace("Printer", "Re: [Acme #7K2Q-9F3M] Printer").replace(
    "\nMessage-ID",
    "\nIn-Reply-To: <a@acme.example>\nReferences: <0@client.example> <a@acme.example>\nMessage-ID",
)


def mail(head: str, body: str | bytes, more: str = "", charset: str = "utf-8") -> bytes:
    header = (head + more + "\n").replace("\n", "\r\n").encode(charset)
    return header + (body.replace("\n", "\r\n").encode(charset) if isinstance(body, str) else body)


def multipart(kind: str, *parts: str | bytes, border: str = "=_b1") -> str:
    """The last field of a header with the body after it, as `mail` takes them for a body."""
    lines = [f'Content-Type: multipart/{kind}; boundary="{border}"', ""]
    for part in parts:
        text = part if isinstance(part, str) else part.decode("ascii").replace("\r\n", "\n")
        lines += [f"--{border}", text]
    return "\n".join([*lines, f"--{border}--", ""])


def whole(head: str, body: str) -> bytes:
    return (head + body).replace("\n", "\r\n").encode()


def plain(text: str, charset: str = "utf-8", more: str = "") -> str:
    return f"Content-Type: text/plain; charset={charset}{more}\n\n{text}\n"


def rich(html: str) -> str:
    return f'Content-Type: text/html; charset="utf-8"\nContent-Transfer-Encoding: 8bit\n\n{html}\n'


def file(name: str, kind: str, data: bytes, disposition: str = "attachment") -> str:
    return (
        f'Content-Type: {kind}; name="{name}"\nContent-Transfer-Encoding: base64\n'
        f'Content-Disposition: {disposition}; filename="{name}"\n\n{base64.encodebytes(data).decode()}'
    )


PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(64))
GMAIL_QUOTE = (
    '<div dir="ltr">It works now.</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">'
    "On Mon, 23 Nov 2026 at 09:00, Acme Support &lt;support@acme.example&gt; wrote:<br></div>"
    '<blockquote class="gmail_quote" style="margin:0 0 0 .8ex">Try again.</blockquote></div>'
)
OUTLOOK_HTML = (
    '<html><head><style>p.MsoNormal{margin:0cm}</style></head><body lang=PT><div class="WordSection1">'
    '<p class="MsoNormal">Obrigado.<o:p></o:p></p><div style="border:none;border-top:solid #E1E1E1 1.0pt">'
    "<p><b>De:</b> Acme &lt;support@acme.example&gt;<br><b>Enviado:</b> segunda-feira<br><b>Para:</b> Bo<br>"
    "<b>Assunto:</b> Printer</p></div><p>Tente outra vez.</p></div></body></html>"
)
DSN = multipart(
    'report; report-type="delivery-status"',
    plain("Your message could not be delivered to eva@client.example."),
    "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.client.example\n\n"
    "Final-Recipient: rfc822; eva@client.example\nAction: failed\nStatus: 5.1.1\n"
    "Diagnostic-Code: smtp; 550 5.1.1 no such user\n",
    "Content-Type: message/rfc822\n\nFrom: support@acme.example\nTo: eva@client.example\n"
    "Message-ID: <7k2q.1.n.m@acme.example>\nSubject: Re: Printer\n\nHello.\n",
)

SEEDS: dict[str, bytes] = {
    # What people write with.
    "plain": mail(TOP, "Hello,\n\nit does not print.\n\n-- \nBo\n"),
    "reply-below": mail(REPLY, "On Mon, 23 Nov 2026, Acme Support wrote:\n> Try again.\n\nIt works now.\n"),
    "reply-above": mail(
        REPLY, "It works.\n\nAm 23.11.2026 um 09:00 schrieb Acme Support:\n> Try\n>> again\n"
    ),
    "reply-between": mail(
        REPLY, "Acme wrote:\n> Which model?\n\nThe small one.\n\n> Since when?\n\nToday.\n"
    ),
    "gmail": whole(
        REPLY,
        multipart("alternative", plain("It works now.\n\nOn Mon wrote:\n> Try again."), rich(GMAIL_QUOTE)),
    ),
    "outlook-html": whole(REPLY, rich(OUTLOOK_HTML)),
    "outlook-text": mail(
        REPLY,
        "Danke!\n\n________________________________\nVon: Acme <support@acme.example>\n"
        "Gesendet: Montag\nAn: Bo\nBetreff: Printer\n\nBitte nochmal.\n",
    ),
    "apple": whole(
        TOP, multipart("mixed", plain("See:"), file("a.png", "image/png", PNG, "inline"), plain("and this."))
    ),
    "apple-related": whole(
        TOP,
        multipart(
            "alternative",
            plain("See."),
            multipart(
                "related",
                rich("<p>See <img src='cid:1'></p>"),
                file("a.png", "image/png", PNG, "inline").replace("\n\n", "\nContent-ID: <1>\n\n", 1),
                border="=_b2",
            ),
        ),
    ),
    "phone": mail(REPLY, "Yes.\n\nSent from my phone\n", "X-Mailer: Phone Mail (1.0)\n"),
    "flowed": mail(
        TOP,
        "This is one long \nparagraph.\n> quoted \n> text\n-- \nBo\n",
        "Content-Type: text/plain; format=flowed; delsp=no\n",
    ),
    "flowed-delsp": mail(TOP, "一つの長い \n段落\n", "Content-Type: text/plain; format=flowed; delsp=yes\n"),
    "forward": whole(
        TOP,
        multipart(
            "mixed", plain("Please look."), "Content-Type: message/rfc822\n\n" + TOP + "\nInner words.\n"
        ),
    ),
    "digest": whole(TOP, multipart("digest", "\n" + TOP + "\nOne.\n", "\n" + TOP + "\nTwo.\n")),
    "attachments": whole(
        TOP,
        multipart(
            "mixed",
            plain("Two files."),
            file("log.txt", "text/plain", b"x\n" * 50),
            file("scan.pdf", "application/pdf", b"%PDF-1.7\n" + PNG),
        ),
    ),
    "signed-pgp": whole(
        TOP,
        multipart(
            'signed; micalg=pgp-sha256; protocol="application/pgp-signature"',
            plain("Signed."),
            file("signature.asc", "application/pgp-signature", PNG),
        ),
    ),
    "encrypted-pgp": whole(
        TOP,
        multipart(
            'encrypted; protocol="application/pgp-encrypted"',
            "Content-Type: application/pgp-encrypted\n\nVersion: 1\n",
            "Content-Type: application/octet-stream; name=encrypted.asc\n\n-----BEGIN PGP MESSAGE-----\n",
        ),
    ),
    "s-mime": mail(
        TOP,
        base64.encodebytes(PNG * 5),
        "Content-Type: application/pkcs7-mime; name=smime.p7m\nContent-Transfer-Encoding: base64\n",
    ),
    "calendar": whole(
        TOP,
        multipart(
            "alternative",
            plain("Meeting"),
            "Content-Type: text/calendar; method=REQUEST\n\n"
            "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Talk\nEND:VEVENT\nEND:VCALENDAR\n",
        ),
    ),
    "winmail": whole(
        TOP,
        multipart(
            "mixed",
            plain("Rich text."),
            file(
                "winmail.dat",
                "application/ms-tnef",
                b"\x78\x9f\x3e\x22\x01\x00\x01\x06\x90\x08\x00\x04\x00" + bytes(40),
            ),
        ),
    ),
    "signed": whole(
        TOP,
        file(
            "smime.p7m",
            "application/pkcs7-mime",
            streamed_signed_data(in_pieces([b"Content-Type: text/pl", b"ain\r\n\r\nIt drips.\r\n"])),
        ),
    ),
    "winmail with the words": whole(
        TOP, file("winmail.dat", "application/ms-tnef", winmail(body_attribute("It drips.")))
    ),
    "uuencoded": mail(TOP, "Here it is:\n\nbegin 644 a.txt\n+:&5L;&\\@=V]R;&0\n`\nend\n\nBo\n"),
    "amp": whole(
        TOP,
        multipart(
            "alternative",
            plain("News"),
            "Content-Type: text/x-amp-html\n\n<html ⚡4email>\n",
            rich("<p>News</p>"),
        ),
    ),
    # Machines.
    "dsn": whole(
        "Return-Path: <>\nAuto-Submitted: auto-replied\n"
        + TOP.replace("bo@client", "mailer-daemon@mx.client"),
        DSN,
    ),
    "dsn-qmail": mail(
        "Return-Path: <>\n" + TOP,
        "Hi. This is the qmail-send program at mx.client.example.\n\n"
        "<eva@client.example>:\nno mailbox here by that name (#5.1.1)\n",
    ),
    "vacation": mail(
        "Auto-Submitted: auto-replied (vacation)\nPrecedence: bulk\n" + REPLY,
        "I am away until 1 December 2026.\n",
    ),
    "absence-outlook": mail(
        "X-Auto-Response-Suppress: All\n" + TOP.replace("Printer", "Automatic reply: Printer"),
        "Out of office.\n",
    ),
    "list": mail(
        "List-Id: <users.lists.example>\nList-Unsubscribe: <https://lists.example/u?1>\n" + TOP, "News.\n"
    ),
    "report": whole(
        TOP,
        multipart(
            "report; report-type=feedback-report",
            plain("Abuse."),
            "Content-Type: message/feedback-report\n\nFeedback-Type: abuse\nVersion: 1\n",
            "Content-Type: text/rfc822-headers\n\n" + TOP,
        ),
    ),
    "read-receipt": whole(
        TOP,
        multipart(
            "report; report-type=disposition-notification",
            plain("Read."),
            "Content-Type: message/disposition-notification\n\nOriginal-Message-ID: <a@acme.example>\n"
            "Disposition: manual-action/MDN-sent-manually; displayed\n",
        ),
    ),
    "authenticated": mail(
        "Authentication-Results: mx.acme.example; spf=pass smtp.mailfrom=client.example;\n"
        " dkim=pass header.d=client.example; dmarc=pass header.from=client.example\n"
        "Received: from mx.client.example by mx.acme.example; Mon, 23 Nov 2026 08:15:00 +0000\n" + TOP,
        "Hello\n",
    ),
    "monitor": mail(
        "From: root@host.client.example (Cron Daemon)\nTo: support@acme.example\nSubject: backup failed\n",
        "disk full\n",
    ),
    # Scripts and charsets.
    "encoded-words": mail(
        TOP.replace(
            "Printer", "=?utf-8?q?Dr=C3=BCcker?= =?iso-8859-1?b?Z2Vo9nJ0?=\n =?utf-8?b?4pyT?="
        ).replace("Bo Lind", "=?koi8-r?b?89TFzsE=?="),
        "Grüße\n",
    ),
    "latin-1": mail(TOP.replace("Printer", "Drucker gehört"), "Grüße aus Köln\n", charset="latin-1"),
    "koi8-r": mail(
        TOP.replace("Printer", "Принтер"),
        "Не работает принтер.\n",
        "Content-Type: text/plain; charset=koi8-r\n",
        "koi8-r",
    ),
    "shift-jis": mail(
        TOP, "印刷できません。\n".encode("cp932"), "Content-Type: text/plain; charset=shift_jis\n"
    ),
    "iso-2022-jp": mail(
        TOP, "印刷できません。\n".encode("iso2022_jp"), "Content-Type: text/plain; charset=ISO-2022-JP\n"
    ),
    "gb2312": mail(
        TOP, "打印机坏了，谢谢。\n".encode("gb18030"), "Content-Type: text/plain; charset=gb2312\n"
    ),
    "utf-16": mail(
        TOP,
        base64.encodebytes("Hello ✓".encode("utf-16")),
        "Content-Type: text/plain; charset=utf-16\nContent-Transfer-Encoding: base64\n",
    ),
    "utf-7": mail(TOP, "Hi +AOk-t+AOk-\n", "Content-Type: text/plain; charset=utf-7\n"),
    "unknown-charset": mail(TOP, "Grüße\n", "Content-Type: text/plain; charset=x-nobody-knows\n"),
    "quoted-printable": mail(
        TOP,
        quopri.encodestring("Grüße, ein langer Satz. ".encode() * 8),
        "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n",
    ),
    "right-to-left": mail(TOP.replace("Printer", "\u202eהדפסה"), "לא עובד \u200f✓\n"),
    "idn": mail(TOP.replace("client.example", "xn--bcher-kva.example"), "Hello\n"),
    "file-name-2231": whole(
        TOP,
        multipart(
            "mixed",
            plain("x"),
            "Content-Type: text/plain\nContent-Disposition: attachment;\n"
            " filename*0*=utf-8''r%C3%A9su; filename*1=\"m\"; filename*2*=%C3%A9.txt\n\nx\n",
        ),
    ),
    # Broken and hostile.
    "no-header": b"\r\nonly a body\r\n",
    "no-body": b"From: bo@client.example\r\nSubject: s",
    "empty": b"",
    "no-blank-line": b"From: bo@client.example\nHello there, this is text\n",
    "bare-lf": mail(TOP, "One\nTwo\n").replace(b"\r\n", b"\n"),
    "bare-cr": mail(TOP, "One\nTwo\n").replace(b"\r\n", b"\r"),
    "mbox-line": b"From bo@client.example Mon Nov 23 09:15:00 2026\n" + mail(TOP, "Hello\n"),
    "border-missing": whole(TOP, multipart("mixed", plain("a"), plain("b")).replace("--=_b1", "--other")),
    "border-not-closed": whole(TOP, multipart("mixed", plain("a"), plain("b"))[:-8]),
    "border-of-outer": whole(TOP, multipart("mixed", multipart("mixed", plain("a")), plain("b"))),
    "two-froms": mail("From: ana@acme.example\n" + TOP, "Hello\n"),
    "from-tricks": mail(TOP.replace("Bo Lind", '"ana@acme.example" (ana@acme.example)'), "Hello\n"),
    "from-group": mail(TOP.replace("Bo Lind <bo@client.example>", "staff: ana@acme.example;"), "Hello\n"),
    "header-tricks": mail(TOP + "X-Maildesk-Case: 7K2Q-9F3M\nSubject : again\n\tfolded\n :x\n", "Hello\n"),
    "injection": mail(TOP.replace("Printer", "=?utf-8?q?x=0D=0ABcc:_eva=40client.example=00?="), "Hello\n"),
    "bad-base64": mail(TOP, "SGVsbG8*=*gd29y\nbGQ====\nx", "Content-Transfer-Encoding: base64\n"),
    "bad-quoted-printable": mail(TOP, "a=zz=C3=\n=\n=3D=3", "Content-Transfer-Encoding: quoted-printable\n"),
    "nulls": mail(TOP, "a\0b\0\n" * 5, "Content-Type: text/html\0\nX-N\0: y\n"),
    "hostile-html": whole(
        TOP, rich('<svg><style><img src=x onerror=bad()></style><p title="</style>"><![CDATA[<b>')
    ),
    "deep": whole(TOP, "".join(multipart("mixed", "", border=f"b{n}")[:-8] for n in range(9))),
}
