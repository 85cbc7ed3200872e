"""Generated cases: who writes what to whom, with a word in everything that no customer may ever read."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP

from tests.privacy.desk import ANA, BEN, DESK, DEV, LEA, PrivateDesk, Sent
from tests.privacy.leaks import leaks_in, said_in_html_alone
from tests.privacy.programs import FORMS

FORBIDDEN = (
    "zqnote", "zqbcc", "zqprivate", "zqlaptop", "zqdev", "zqfield", "zqcommand", "zqsigned", "zqcopy",
    "of this notice", "#note", "#close", "#assign", "#priority", "#ask", "#status", "#wait", "Owner:",
)  # fmt: skip
"""Words of notes, of colleagues, of Bcc and other fields, private addresses, commands, feet of notices."""

NOTES = ("#note\nzqnote one of them\nand zqnote two", "#internal\n\nzqnote: he never pays")
ASKS = (f"#ask {DEV}\nzqnote what do you think?",)
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
    mails: int = 0

    @property
    def domain(self) -> str:
        return f"client{self.number}.example"

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

    def answers(self, who: str, said: Sequence[str]) -> list[bytes]:
        """Somebody of the desk answers the last notice they had of this case."""
        notice = self.notices.get(who)
        if notice is None:
            return []
        told = notice.mail
        mail = self._mail(
            f"Somebody <{who}>", str(told["Reply-To"] or told["From"]), f"Re: {told['Subject']}", notice
        )
        words = self.chance.choice(said).replace("{domain}", self.domain)
        self.chance.choice(FORMS)(mail, words, told, self.chance)
        if self.chance.random() < 0.3:
            mail["Cc"] = self.chance.choice((BEN, f"zqcopy <zqcopy{self.number}@acme.example>", LEA))
        mail["Bcc"] = f"zqbcc{self.number}@acme.example"
        mail["X-Originating-Host"] = "zqfield.acme.example"
        return [mail.as_bytes(policy=SMTP)]

    def _mail(self, sender: str, to: str, subject: str, after: Sent | None = None) -> EmailMessage:
        self.mails += 1
        inside = "@acme" in sender
        mail = EmailMessage()
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

    def reads(self, letter: Sent) -> bool:
        """Whether this letter is for somebody outside."""
        return letter.to.endswith(f"@{self.domain}")


@dataclass(frozen=True, slots=True)
class Told:
    """What many stories came to."""

    pairs: int
    answers: int
    files: int
    rich: int
    leaks: list[str]


async def tell(desk: PrivateDesk, seed: int, cases: int) -> Told:
    """So many cases from their first mail to their last, all at once."""
    chance = random.Random(seed)
    matters = [Matter(seed * 100_000 + each, random.Random(chance.random())) for each in range(cases)]
    start = len(desk.letters)
    by_ref: dict[str, Matter] = {}
    for mails in (
        lambda one: [one.opens()],
        lambda one: one.answers(ANA, ANSWERS),
        lambda one: one.replies(one.chance.choice(one.customers)),
        lambda one: one.answers(BEN, NOTES),
        lambda one: one.answers(ANA, ASKS),
        lambda one: one.answers(DEV, ("zqdev thinks it is the fuse",)),
        lambda one: one.replies(one.chance.choice(one.customers)),
        lambda one: one.answers(one.chance.choice((ANA, BEN)), ("#escalate zqcommand\n#note\nzqnote hurry",)),
        lambda one: one.answers(LEA, ANSWERS),
        lambda one: one.answers(one.chance.choice((ANA, BEN)), ANSWERS),
    ):
        news = await desk.takes([raw for one in matters for raw in mails(one)])
        for letter in news:
            customer = next((one for one in matters if one.reads(letter)), None)
            if customer and letter.ref:
                by_ref[letter.ref] = customer
        for ref, one in by_ref.items():
            one.hears([letter for letter in news if letter.ref == ref])
    return _told(desk.letters[start:], by_ref)


def _told(letters: Sequence[Sent], by_ref: dict[str, Matter]) -> Told:
    tokens: dict[str, dict[str, str]] = {}
    for letter in letters:
        token = letter.reply_to.rpartition("@")[0].partition("+")[2]
        if token and letter.ref:
            tokens.setdefault(letter.ref, {})[token] = letter.to
    theirs = [each for each in letters if each.ref in by_ref and by_ref[each.ref].reads(each)]
    leaks = []
    for letter in theirs:
        others = [token for token, to in tokens.get(letter.ref or "", {}).items() if to != letter.to]
        leaks += [
            f"{letter.kind} to {letter.to}: {each}"
            for each in leaks_in(letter.content, (*FORBIDDEN, *others))
        ]
    leaks += [
        f"{letter.kind} to {letter.to}: only the HTML says {alone}"
        for letter in theirs
        if (alone := said_in_html_alone(letter.mail))
    ]
    answers = [each for each in theirs if each.kind == "answer" and leaks_in(each.content, ["zqword"])]
    files = [each for each in answers if leaks_in(each.content, ["zqfile"])]
    rich = [each for each in answers if b'src=3D"cid:' in each.content or b'src="cid:' in each.content]
    return Told(len({(each.ref, each.to) for each in theirs}), len(answers), len(files), len(rich), leaks)
