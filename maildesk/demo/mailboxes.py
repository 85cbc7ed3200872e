"""A person's mail program: reads their INBOX over IMAP, writes over SMTP, threads and quotes as all do."""

from __future__ import annotations

import email
import email.policy
import email.utils
import imaplib
import re
import smtplib
from email.message import EmailMessage
from urllib.parse import parse_qs, unquote, urlsplit

from maildesk.demo.story import DESK, Clicks, StoryPerson, Writes

_FIRST_WORDS = 140
_LINK = re.compile(r"mailto:[^\s<>]+")


class MailProgram:
    """One person's. `letters` is what lies in the INBOX, as read from the server."""

    def __init__(self, who: StoryPerson, host: str, imap_port: int, smtp_port: int, password: str) -> None:
        self.who = who
        self.letters: list[EmailMessage] = []
        self._smtp = (host, smtp_port)
        self._imap = imaplib.IMAP4(host, imap_port, timeout=30)
        self._imap.login(who.address, password)
        self._uid = 0

    def look(self, folder: str = "INBOX") -> list[EmailMessage]:
        """Read what is new; everything read so far."""
        status, _ = self._imap.select(folder, readonly=True)
        if status != "OK":
            return self.letters  # it does not exist yet
        _, (coming,) = self._imap.response("UIDNEXT")
        if coming is not None and int(coming) <= self._uid + 1:
            return self.letters
        _, answer = self._imap.uid("FETCH", f"{self._uid + 1}:*", "(UID BODY.PEEK[])")
        for part in answer:
            if isinstance(part, tuple):
                uid = int(part[0].partition(b"UID ")[2].split()[0])
                if uid > self._uid:  # n:* always names the last one (RFC 3501 §6.4.8)
                    self._uid = uid
                    self.letters.append(email.message_from_bytes(part[1], policy=email.policy.default))
        return self.letters

    def send(self, act: Writes, ref: str) -> EmailMessage:
        """Write a mail to the desk and hand it to the server."""
        return self._sent(self._composed(act, ref))

    def click(self, act: Clicks) -> EmailMessage:
        """Send the mail that the link of an answer makes (RFC 6068)."""
        links = map(urlsplit, _LINK.findall(words(self.letters[-1])))
        by_subject = {parse_qs(each.query)["subject"][0]: unquote(each.path) for each in links}
        subject = next(each for each in by_subject if each.startswith(f"{act.answer}:"))
        mail = self._begun(by_subject[subject], subject)
        mail.set_content(f"{act.text}\n")
        return self._sent(mail)

    def _sent(self, mail: EmailMessage) -> EmailMessage:
        with smtplib.SMTP(*self._smtp, timeout=30) as smtp:
            address = email.utils.parseaddr(str(mail["To"]))[1]
            smtp.sendmail(self.who.address, [address], mail.as_bytes(policy=email.policy.SMTP))
        return mail

    def close(self) -> None:
        """Hang up. No LOGOUT: the demo may end in the middle of an answer, when nothing can be said."""
        self._imap.shutdown()

    def _begun(self, to: str, subject: str) -> EmailMessage:
        mail = EmailMessage()
        mail["From"] = email.utils.formataddr((self.who.name, self.who.address))
        mail["To"] = to
        mail["Subject"] = subject
        mail["Date"] = email.utils.localtime()
        mail["Message-ID"] = email.utils.make_msgid(domain=self.who.address.rpartition("@")[2])
        return mail

    def _composed(self, act: Writes, ref: str) -> EmailMessage:
        mail, text = self._begun(DESK.address, act.subject.format(ref=ref)), act.text
        if act.replying:
            text += _answering(mail, self.letters[-1])
        if act.automatic:
            mail["Auto-Submitted"] = "auto-replied"  # RFC 3834 §5
        mail.set_content(text + "\n")
        return mail


def _answering(mail: EmailMessage, letter: EmailMessage) -> str:
    """Address, subject and thread of an answer; the quotation that goes below it."""
    del mail["To"], mail["Subject"]
    mail["To"] = str(letter["Reply-To"] or letter["From"])
    subject = str(letter["Subject"])
    mail["Subject"] = subject if subject.lower().startswith("re:") else f"Re: {subject}"
    mail["In-Reply-To"] = str(letter["Message-ID"])
    mail["References"] = f"{letter.get('References', '')} {letter['Message-ID']}".strip()
    quoted = "\n".join(f"> {line}".rstrip() for line in words(letter).splitlines())
    return f"\n\nOn {letter['Date']}, {letter['From']} wrote:\n\n{quoted}"


def words(letter: EmailMessage) -> str:
    """Read what a letter says in plain text."""
    said = letter.get_body(("plain",))
    return str(said.get_content()) if said else ""


def first_words(letter: EmailMessage) -> str:
    """The beginning of what a letter says, without the marker line, as one line."""
    lines = (line.strip() for line in words(letter).splitlines())
    text = " ".join(" ".join(line for line in lines if line and not line.startswith("---")).split())
    return text if len(text) <= _FIRST_WORDS else f"{text[:_FIRST_WORDS].rpartition(' ')[0]} …"
