"""The people of a test's story: customers with their own mail programs, agents at the desk's command line."""

from __future__ import annotations

import email.utils
import html
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from typing import TYPE_CHECKING, Any

from maildesk.casework.acting import noted
from maildesk.desk.case.case import Case
from maildesk.desk.case.change import Change
from maildesk.desk.decisions import acts, escalating, status_acts
from maildesk.desk.decisions.actor import Actor

if TYPE_CHECKING:
    from tests.world.desk import DeskWorld

BORDER = "mx.acme.example"
"""The host whose word about senders the desk takes, in stories that start with `trust=TRUSTING`."""


@dataclass(slots=True)
class Person:
    """Somebody with an address and a mail program that threads and quotes as they all do."""

    world: DeskWorld
    address: str
    name: str = ""
    read: int = 0

    # --- writing ----------------------------------------------------------------------------------

    async def writes(
        self,
        subject: str,
        text: str,
        *,
        mailbox: str = "support",
        border: str | None = None,
        received: datetime | None = None,
        **more: Any,
    ) -> EmailMessage:
        """A mail lies in the desk's mailbox, and the desk has looked.

        `border` is what our own mail server noted about the sender: dmarc=pass, dmarc=fail …
        """
        mail = self.composes(subject, text, **more)
        raw = border_lines(border, self.address) + mail.as_bytes(policy=SMTP)
        await self.world.arrives(raw, mailbox=mailbox, date=received)
        return mail

    def composes(
        self,
        subject: str,
        text: str,
        *,
        answering: EmailMessage | None = None,
        to: str | None = None,
        cc: Iterable[str] = (),
        headers: Mapping[str, str] | None = None,
        message_id: str | None = None,
        files: Mapping[str, bytes] | None = None,
    ) -> EmailMessage:
        """The mail without sending it."""
        mail = EmailMessage()
        mail["From"] = email.utils.formataddr((self.name, self.address))
        mail["To"] = to or (answering["Reply-To"] or answering["From"] if answering else self.world.address)
        if cc := list(cc):
            mail["Cc"] = ", ".join(cc)
        mail["Subject"] = subject
        mail["Date"] = email.utils.format_datetime(self.world.clock.now())
        mail["Message-ID"] = message_id or f"<{next(self.world.numbers)}.{self.address}>"
        if answering:
            mail["In-Reply-To"] = answering["Message-ID"]
            mail["References"] = f"{answering.get('References', '')} {answering['Message-ID']}".strip()
            text += quoted(answering)
        mail.set_content(text)
        for name, content in (files or {}).items():
            mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
        for name, value in (headers or {}).items():  # last: content takes its own headers along
            del mail[name]
            mail[name] = value
        return mail

    async def replies(self, letter: EmailMessage, text: str, **more: Any) -> EmailMessage:
        """An answer to a letter of the desk, subject and quotation as a mail program makes them."""
        return await self.writes(in_reply(letter), text, answering=letter, **more)

    async def adds(self, mail: EmailMessage, text: str, **more: Any) -> EmailMessage:
        """A second thought: an answer to one's own mail, sent to the desk again."""
        return await self.writes(in_reply(mail), text, answering=mail, to=self.world.address, **more)

    async def answers_notice(
        self,
        notice: EmailMessage,
        text: str,
        *,
        html: str | None = None,
        quote: str = "below",
        signature: str = "",
        border: str | None = "dmarc=pass",
        received: datetime | None = None,
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> EmailMessage:
        """A colleague answers a notice from their mail program, and the desk has looked.

        `quote` says where the notice stands: below the words, above them, between the first line and the
        rest, or nowhere. `html` is sent instead of the text, HTML alone, with the notice quoted below it.
        """
        threaded = {
            "In-Reply-To": str(notice["Message-ID"]),
            "References": f"{notice.get('References', '')} {notice['Message-ID']}".strip(),
        }
        body = _QUOTING[quote](text, quoted(notice)) + (f"\n-- \n{signature}\n" if signature else "")
        to = str(notice["Reply-To"] or notice["From"])
        mail = self.composes(in_reply(notice), body, to=to, headers=threaded | dict(headers or {}), **more)
        if html is not None:
            mail.set_content(html + quoted_html(notice), subtype="html")
        await self.sends(mail, border=border, received=received)
        return mail

    async def sends(
        self,
        mail: EmailMessage,
        *,
        mailbox: str = "support",
        border: str | None = "dmarc=pass",
        received: datetime | None = None,
    ) -> None:
        """This very mail lies in the desk's mailbox, and the desk has looked."""
        raw = border_lines(border, self.address) + mail.as_bytes(policy=SMTP)
        await self.world.arrives(raw, mailbox=mailbox, date=received)

    # --- hearing ----------------------------------------------------------------------------------

    def letters(self) -> list[EmailMessage]:
        """Every letter the desk ever sent here."""
        return self.world.relay.letters_to(self.address)

    def hears(self, *titles: str) -> EmailMessage:
        """The next letter, and no more than that one; its headline holds all of `titles`."""
        news = self.hears_all()
        assert len(news) == 1, f"{self.address} heard {subjects(news)}"
        missing = [title for title in titles if title not in headline(news[0])]
        assert not missing, f"{self.address} heard {subjects(news)}, nothing of {missing}"
        return news[0]

    def hears_all(self) -> list[EmailMessage]:
        """Every letter since the last time we looked."""
        letters = self.letters()
        news, self.read = letters[self.read :], len(letters)
        return news

    def hears_of(self, *titles: str) -> list[EmailMessage]:
        """One letter for each title since the last time we looked, and no others."""
        news = self.hears_all()
        assert len(news) == len(titles), f"{self.address} heard {subjects(news)}"
        found = [next((one for one in news if title in headline(one)), None) for title in titles]
        assert None not in found, f"{self.address} heard {subjects(news)}, not {titles}"
        return [one for one in found if one]

    def hears_nothing(self) -> None:
        news = self.hears_all()
        assert not news, f"{self.address} heard {subjects(news)}"

    # --- acting at the command line ---------------------------------------------------------------

    async def answers(self, text: str, ref: str | None = None) -> None:
        desk = self.world.office.desk
        await self._does(lambda case, hand: acts.answer(case, desk, text, hand), ref)

    async def notes(self, text: str, ref: str | None = None) -> None:
        act, keep = noted(text, self._hand)
        await self.world.acts(act, ref=ref, keep=keep)

    async def closes(self, outcome: str = "", ref: str | None = None) -> None:
        desk = self.world.office.desk
        await self._does(lambda case, hand: status_acts.close(case, desk, hand, outcome), ref)

    async def resolves(self, outcome: str = "", ref: str | None = None) -> None:
        desk = self.world.office.desk
        await self._does(lambda case, hand: status_acts.resolve(case, desk, hand, outcome), ref)

    async def waits(self, ref: str | None = None) -> None:
        desk = self.world.office.desk
        await self._does(lambda case, hand: status_acts.wait(case, desk, hand), ref)

    async def escalates(self, ref: str | None = None) -> None:
        desk = self.world.office.desk
        await self._does(lambda case, hand: escalating.escalate(case, desk, hand), ref)

    async def takes(self, ref: str | None = None) -> None:
        """The case is this agent's from now on."""
        desk = self.world.office.desk
        await self._does(lambda case, hand: acts.assign(case, desk, hand, self.address, case.team), ref)

    async def sets(self, field: str, value: str, ref: str | None = None) -> None:
        desk = self.world.office.desk
        await self._does(lambda case, hand: acts.change(case, desk, hand, field, value), ref)

    async def _does(self, act: Callable[[Case, Actor], Change], ref: str | None) -> None:
        """One act on one case (without a reference the only one), and the desk does what follows."""
        hand = self._hand
        await self.world.acts(lambda case: act(case, hand), ref=ref)

    @property
    def _hand(self) -> Actor:
        return Actor(self.address, self.world.clock.now(), self.address)


def in_reply(mail: EmailMessage) -> str:
    subject = str(mail["Subject"])
    return subject if subject.lower().startswith("re:") else f"Re: {subject}"


def words(letter: EmailMessage) -> str:
    """What a letter says in plain text."""
    said = letter.get_body(("plain",))
    assert said is not None
    return str(said.get_content())


def quoted(letter: EmailMessage) -> str:
    """A letter as mail programs put it below the answer."""
    lines = "\n".join(f"> {line}" for line in words(letter).splitlines())
    return f"\n\nOn Mon, 24 Nov 2025 at 10:00, {letter['From']} wrote:\n\n{lines}\n"


def quoted_html(letter: EmailMessage) -> str:
    """A letter as Gmail puts it below an answer."""
    lines = "<br>".join(html.escape(line) for line in words(letter).splitlines())
    sender = html.escape(str(letter["From"]))
    return (
        '<br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">'
        f"On Mon, 24 Nov 2025 at 10:00, {sender} wrote:<br></div>"
        f'<blockquote class="gmail_quote" style="margin:0 0 0 .8ex">{lines}</blockquote></div>'
    )


def _between(text: str, quotation: str) -> str:
    first, _, rest = text.partition("\n")
    return f"{first}{quotation}\n{rest}"


_QUOTING: dict[str, Callable[[str, str], str]] = {
    "below": lambda text, quotation: text + quotation,
    "above": lambda text, quotation: f"{quotation.strip()}\n\n{text}\n",
    "between": _between,
    "nowhere": lambda text, quotation: text + "\n",
}
"""Where mail programs and people put the mail that they answer."""


def border_lines(result: str | None, address: str) -> bytes:
    """The lines our own mail server puts on top of a mail it takes in."""
    if result is None:
        return b""
    domain = address.rpartition("@")[2]
    return (
        f"Authentication-Results: {BORDER}; {result} header.from={domain}\r\n"
        f"Received: from mail.{domain} by {BORDER}; Mon, 24 Nov 2025 09:30:00 +0000\r\n"
    ).encode()


def headline(letter: EmailMessage) -> str:
    """Subject and sender in one line: `[Acme #7K2Q-9F3M] Reply: Printer`, where they say so."""
    subject = str(letter["Subject"])
    name = email.utils.parseaddr(str(letter["From"]))[0]
    told = re.fullmatch(r"[^()]+ \(([^()]+)\)", name)
    tag, bracket, rest = subject.partition("] ")
    if told is None or not subject.startswith("["):
        return subject
    return f"{tag}{bracket}{told[1]}{' ' if told[1].endswith('?') else ': '}{rest}"


def subjects(letters: Iterable[EmailMessage]) -> list[str]:
    return [headline(letter) for letter in letters]
