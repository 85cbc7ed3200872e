"""The people of a generated case and what they write, with a word in everything that no customer may read."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP

from tests.privacy.desk import ANA, BEN, BORDER, DESK, DEV, LEA, Sent
from tests.privacy.programs import FORMS, SIGNATURE, said_in

FORBIDDEN = (
    "zqnote", "zqblind", "zqprivate", "zqlaptop", "zqbuilder", "zqfield", "zqcommand", "zqsigned", "zqcopy",
    "zqasked", "zqinside", "zqscope", "zqisp", "zqregion", "zqafter", "zqsum", "zqteam", "zqfirst", "zqdoing",
    "zqlast", "zqops", "#answer", "#approve", "#decline", "#requirement", "#set", "#new",
    "of this notice", "#plan", "#note", "#close", "#assign", "#priority", "#ask", "#status", "#wait",
    "Owner:",
)  # fmt: skip
"""Words of notes, of questions inside, of colleagues, of Bcc and other fields, commands, feet of notices."""

NOTES = (
    "#note\nzqnote one of them\nand zqnote two",
    "#internal\n\nzqnote: he never pays",
    "#requirement new Wish {number}: zqword in the dark\n#note\nzqnote everybody wants that",
    "#set zqsum=zqsummed up\n#note\nzqnote to be counted",
)
STEPS = ("#question look closer: zqisp\n#note\nzqnote ask around", "#question look closer: zqregion")
INSIDE = (
    "#answer yes\nzqinside: two of them",
    "zqinside, I do not know yet",
    "No\n\nzqinside: nobody I asked",
    "zqisp, zqregion: cannot try",
)
ENDS = ("#close\nzqword, done.",)
AFTERWARDS = ("zqafter: a call on the first day",)
ASKS = (f"#ask {DEV}\nzqnote what do you think?",)
REVIEWS = (
    "#approve\n#note\nzqnote gladly",
    "#decline zqword: it is mended on Friday\n#note\nzqnote he is never content",
    "#plan zqnote at once\n#approve",
)
PLANS = (
    "#plan zqnote today\nand zqnote tomorrow",
    "#plan zqnote: he waits",
    "#plan zqnote\n#approve zqcommand",
)
ENTERS = (
    "#new phone bo@{domain}\n\nIt burns, he said.",
    "#new quietly chat cy@{domain}\n#set zqsum=zqsummed\n#note\nzqnote he shouted",
    "#new chat di@{domain}\n#priority urgent\n#note\nzqnote she laughed",
)
SHARED = ("#plan zqword, a new one\n#plan share", "#plan share zqcommand", "#decline\n#note\nzqnote not yet")
ANSWERS = (
    "zqword: have you tried zqword water?",
    "#assign me\nzqword: have you tried zqword water?",
    "#priority zqcommand\n#wait 3d\n\nzqword, please wait.",
    "#status\n#take\n\nzqword\nwith two lines\n\nand a paragraph.",
    "#close\n\nzqword, done. Write to me at zqprivate-ana@acme.example",
    "#escalate zqcommand\nzqword, our leaders know.",
    "#add fay@{domain}\nzqword, Fay hears of it too.",
    "#remove cy@{domain}\nzqword, Cy hears no more of it.",
    "#split\nzqword, this goes on elsewhere.",
    "zqword\n#close zqcommand stands in the wrong place",
    "#clsoe zqcommand\n#nonsense\nzqcommand: these words come back",
)


@dataclass
class Matter:
    """One case and its people."""

    number: int
    chance: random.Random
    notices: dict[str, Sent] = field(default_factory=dict)
    heard: dict[str, Sent] = field(default_factory=dict)
    asked: dict[str, Sent] = field(default_factory=dict)
    forms: dict[str, Sent] = field(default_factory=dict)
    ref: str = ""
    mails: int = 0

    @property
    def domain(self) -> str:
        return f"client{self.number}.example"

    @property
    def wish(self) -> str:
        """The requirement that their case may wait for."""
        return f"Wish {self.number}"

    @property
    def customers(self) -> list[str]:
        return [f"{name}@{self.domain}" for name in ("bo", "cy", "di")]

    def opens(self) -> bytes:
        mail = self._mail(f"Bo Lund <bo@{self.domain}>", DESK, f"Printer {self.number}")
        copied = [*self.customers[1:], *self.chance.sample((ANA, BEN), self.chance.randint(0, 2))]
        mail["Cc"] = ", ".join(copied)
        mail.set_content(f"It burns. I am customer {self.number}.\n\n#close it please\n")
        mail.add_attachment(b"theirs" * 50, maintype="image", subtype="png", filename="burns.png")
        return mail.as_bytes(policy=SMTP)

    def replies(self, customer: str) -> list[bytes]:
        letter = self.heard.get(customer)
        if letter is None:
            return []
        mail = self._mail(customer, str(letter.mail["Reply-To"]), f"Re: {letter.mail['Subject']}", letter)
        mail.set_content("It still burns.\n")
        return [mail.as_bytes(policy=SMTP)]

    def fills_in(self, another: str) -> list[bytes]:
        """Somebody escalates by a form: whole, half filled, without a case, with another's reference."""
        who = self.chance.choice(self.customers)
        word = f"zqform{self.number}{who.partition('@')[0]}x"
        kind = self.number % 4
        ref = "" if kind == 2 else another if kind == 3 else self.ref
        impact = word if kind == 1 else "critical!!"
        mail = self._mail(who, DESK, "Escalate My Case")
        mail.set_content(
            f"Case number: {ref}\nBusiness impact: {impact}\n"
            f"Reason for the escalation: {word} and nobody comes\n\n{word}\n"
        )
        mail.add_attachment(word.encode() * 20, maintype="image", subtype="png", filename=f"{word}.png")
        return [mail.as_bytes(policy=SMTP)]

    def fills_in_the_rest(self) -> list[bytes]:
        """Who got the form back writes into its quotation what lacked."""
        mails = []
        for who, letter in self.forms.items():
            quoted = "\n".join(f"> {line}" for line in said_in(letter.mail).split("\n"))
            for label, value in (("Case number", self.ref), ("Business impact", "1")):
                quoted = re.sub(rf"(?m)^> {label}:.*$", f"> {label}: {value}", quoted)
            mail = self._mail(who, letter.reply_to, f"Re: {letter.mail['Subject']}", letter)
            mail.set_content(f"{quoted}\n")
            mails.append(mail.as_bytes(policy=SMTP))
        return mails

    def enters(self, who: str) -> list[bytes]:
        """Somebody of the desk enters what a customer said by telephone or chat."""
        mail = self._mail(f"Somebody <{who}>", DESK, f"Call of customer {self.number}")
        words = ENTERS[self.number % len(ENTERS)].replace("{domain}", self.domain)
        mail.set_content(f"{words}\n\n{SIGNATURE}\n")
        return [mail.as_bytes(policy=SMTP)]

    def answers(self, who: str, said: Sequence[str], asked: Sent | None = None) -> list[bytes]:
        """Somebody of the desk answers the last notice they had of this case, or what they were asked."""
        notice = asked or self.notices.get(who)
        if notice is None:
            return []
        told = notice.mail
        mail = self._mail(
            f"Somebody <{who}>", str(told["Reply-To"] or told["From"]), f"Re: {told['Subject']}", notice
        )
        words = (
            self.chance.choice(said).replace("{domain}", self.domain).replace("{number}", str(self.number))
        )
        self.chance.choice(FORMS)(mail, words, told, self.chance)
        if self.chance.random() < 0.3:
            mail["Cc"] = self.chance.choice((BEN, f"zqcopy <zqcopy{self.number}@acme.example>", LEA))
        mail["Bcc"] = f"zqblind{self.number}@acme.example"
        mail["X-Originating-Host"] = "zqfield.acme.example"
        return [mail.as_bytes(policy=SMTP)]

    def answers_inside(self, said: Sequence[str]) -> list[bytes]:
        """Somebody of the desk answers what the policy asks them."""
        who = self.chance.choice([*self.asked, ""])
        return self.answers(who, said, self.asked.pop(who)) if who else []

    def _mail(self, sender: str, to: str, subject: str, after: Sent | None = None) -> EmailMessage:
        self.mails += 1
        inside = "@acme" in sender
        mail = EmailMessage()
        if self.chance.random() < 0.9:
            domain = sender.rpartition("@")[2].rstrip(">")
            mail["Authentication-Results"] = f"{BORDER}; dmarc=pass header.from={domain}"
            mail["Received"] = f"from mail.{domain} by {BORDER}; Mon, 24 Nov 2025 09:30:00 +0000"
        mail["From"], mail["To"], mail["Subject"] = sender, to, subject
        mail["Date"] = "Mon, 24 Nov 2025 10:00:00 +0000"
        host = "zqlaptop.acme.example" if inside else self.domain
        mail["Message-ID"] = f"<{self.number}.{self.mails}@{host}>"
        if after:
            mail["In-Reply-To"] = mail["References"] = str(after.mail["Message-ID"])
        return mail

    def hears(self, letters: Sequence[Sent]) -> None:
        for letter in letters:
            (self.heard if self.reads(letter) else self.notices)[letter.to] = letter
            if letter.kind in ("question-team", "afterwards"):
                self.asked[letter.to] = letter
            if letter.kind in ("form-asked", "form-returned", "form-fixed"):
                self.forms[letter.to] = letter

    def concerns(self, letter: Sent) -> bool:
        """Whether this letter is for one of its people, or tells the desk of it."""
        return self.reads(letter) or f"customer {self.number}" in str(letter.mail["Subject"])

    def reads(self, letter: Sent) -> bool:
        """Whether this letter is for somebody outside."""
        return letter.to.endswith(f"@{self.domain}")
