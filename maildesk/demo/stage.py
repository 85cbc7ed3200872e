"""The stage: plays the steps of a story on real servers and looks for what must be seen."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path
from typing import Any, Protocol, TypeVar

from maildesk.demo.desk import PATIENCE, DemoFailed, RealDesk
from maildesk.demo.mailboxes import MailProgram, first_words, words
from maildesk.demo.story import (
    Act,
    Clicks,
    KeptCopy,
    NoLetter,
    Receives,
    Shows,
    Sight,
    Step,
    StoryPerson,
    Writes,
)

T = TypeVar("T")

PROCESSED = "Processed"
_LOOK_AGAIN = 0.05


class Teller(Protocol):
    """The narrator who tells the audience what happens."""

    def scene(self, number: int, step: Step) -> None: ...

    def does(self, who: StoryPerson, what: str, words: str) -> None: ...

    def seen(self, where: str, what: str, more: str = "") -> None: ...


class Stage:
    """A desk, everybody's mail programs, and the one case that the story is about."""

    def __init__(
        self,
        desk: RealDesk,
        programs: Mapping[StoryPerson, MailProgram],
        filed: MailProgram,
        teller: Teller,
        patience: float = PATIENCE,
    ) -> None:
        """`filed` reads the folder to which the desk moves what it has filed."""
        self.ref = ""
        self._desk = desk
        self._programs = programs
        self._filed = filed
        self._teller = teller
        self._patience = patience
        self._taken: dict[StoryPerson, int] = {}
        self._owed: list[int] = []
        self._mail: EmailMessage | None = None

    def play(self, story: Sequence[Step], pause: Callable[[], None]) -> None:
        """Every step in turn, with a pause after each; DemoFailed at the first thing that does not happen."""
        for number, step in enumerate(story, 1):
            self._teller.scene(number, step)
            if any(isinstance(sight, NoLetter) for sight in step.sights):
                self._owed = self._letters()
            self._do(step.act)
            for sight in step.sights:
                self._see(sight)
            pause()

    def history(self) -> list[dict[str, Any]]:
        """The events of the case."""
        events: list[dict[str, Any]] = self._case()["events"]
        return events

    def pages(self, folder: Path, now: datetime) -> list[Path]:
        """Write the board and this week's report into that folder."""
        folder.mkdir(parents=True, exist_ok=True)
        board, report, week = folder / "board.html", folder / "report.html", f"{now:%G-W%V}"
        self._desk.run("board", str(board))
        self._desk.run("report", "--week", week, "--html", str(report))
        return [board, report]

    # --- doing ------------------------------------------------------------------------------------

    def _do(self, act: Act) -> None:
        if isinstance(act, Clicks):
            self._mail = self._programs[act.who].click(act)
            self._teller.does(act.who, f" clicks: {self._mail['Subject']}", act.text)
            return
        if isinstance(act, Writes):
            self._mail = self._programs[act.who].send(act, self.ref)
            how = "'s mail program writes" if act.automatic else " writes"
            self._teller.does(act.who, f"{how}: {self._mail['Subject']}", act.text)
            return
        command = [word.format(ref=self.ref) for word in act.words]
        self._teller.does(act.who, f" runs: maildesk {' '.join(map(_shown, command))}", "")
        said = self._desk.run(*command, "--as", act.who.address)
        self._teller.seen("the command", said.strip())

    # --- seeing -----------------------------------------------------------------------------------

    def _see(self, sight: Sight) -> None:
        match sight:
            case Receives():
                self._see_letter(sight)
            case KeptCopy():
                self._see_kept(sight)
            case NoLetter():
                self._see_no_letter(sight)
            case Shows():
                self._see_case(sight)

    def _see_letter(self, sight: Receives) -> None:
        program = self._programs[sight.who]

        def look() -> EmailMessage | None:
            news = program.look()[self._taken.get(sight.who, 0) :]
            fits = (one for one in news if sight.subject in _headline(one) and sight.says in _flat(one))
            return next(fits, None)

        letter = self._until(look, lambda: self._missed(sight, program))
        for word in sight.hides:
            if word in _flat(letter):
                raise DemoFailed(f"the letter to {sight.who.name} about {sight.subject!r} says {word!r}")
        self._taken[sight.who] = program.letters.index(letter) + 1
        self._teller.seen(f"{sight.who.name}'s INBOX", _headline(letter), first_words(letter))

    def _missed(self, sight: Receives, program: MailProgram) -> str:
        news = program.letters[self._taken.get(sight.who, 0) :]
        heard = "; ".join(f"{_headline(one)}: {first_words(one)}" for one in news) or "nothing"
        saying = f" saying {sight.says!r}" if sight.says else ""
        return f"{sight.who.name} received no letter about {sight.subject!r}{saying}, but {heard}"

    def _see_kept(self, sight: KeptCopy) -> None:
        assert self._mail is not None  # a story lets somebody write before it asks how that was filed
        ident = str(self._mail["Message-ID"])
        self._until(
            lambda: any(str(one["Message-ID"]) == ident for one in self._filed.look(PROCESSED)),
            lambda: f"the mail {self._mail and self._mail['Subject']!r} was not filed",
        )
        newest = self._desk.json("inbox", "list")[-1]
        verdict, ref = newest["verdict"], newest["case"]
        self.ref = self.ref or ref
        where = "case" if ref == self.ref else "another case,"
        if verdict != sight.verdict or (ref != self.ref) is not sight.elsewhere:
            raise DemoFailed(f"the mail was filed as {verdict} on {where} {ref}, not as {sight.verdict}")
        self._teller.seen(f"the folder {PROCESSED}", f"filed as {verdict}, on {where} {ref}")

    def _see_no_letter(self, sight: NoLetter) -> None:
        """The verdict and the letters of a mail are one commit, so what is not owed now never will be."""
        addresses = {one.address for one in sight.to}
        new = [row for row in self._desk.json("outbox", "list") if row["id"] not in self._owed]
        for row in new:
            if row["to"] in addresses:
                raise DemoFailed(f"a letter went to {row['to']}: {row['subject']}")
        names = " and ".join(one.name for one in sight.to)
        self._teller.seen("the outbox", f"no letter to {names}")

    def _see_case(self, sight: Shows) -> None:
        found: list[Any] = []

        def look() -> bool:
            found[:] = [self._case()[sight.key]]
            return bool(found[0] == sight.value)

        self._until(look, lambda: f"the case's {sight.key} is {found[0]}, not {sight.value}")
        self._teller.seen(f"case show {self.ref}", f"{sight.key}: {found[0]}")

    def _until(self, look: Callable[[], T | None], otherwise: Callable[[], str]) -> T:
        """Look until there is something to see, or patience ends."""
        give_up = time.monotonic() + self._patience
        while not (found := look()):
            self._desk.require_alive()
            if time.monotonic() > give_up:
                raise DemoFailed(f"{otherwise()} (within {self._patience:.0f} seconds)")
            time.sleep(_LOOK_AGAIN)
        return found

    # --- asking the desk --------------------------------------------------------------------------

    def _case(self) -> dict[str, Any]:
        case: dict[str, Any] = self._desk.json("case", "show", self.ref)
        return case

    def _letters(self) -> list[int]:
        return [row["id"] for row in self._desk.json("outbox", "list")]


def _headline(letter: EmailMessage) -> str:
    """Write what a list of mails shows of one: its sender's name and its subject."""
    return f"{parseaddr(str(letter['From']))[0]}: {letter['Subject']}"


def _flat(letter: EmailMessage) -> str:
    """A letter's words without line ends, which may fall anywhere."""
    return " ".join(words(letter).split())


def _shown(word: str) -> str:
    return f"'{word}'" if " " in word else word
