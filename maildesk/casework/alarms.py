"""Alarms: one mail a day to the operators about each thing that wants a person."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from traceback import extract_tb

from maildesk.casework.outbox_letters import HELD_FOR, owed
from maildesk.desk.case.told import Joined, Phrase, Told
from maildesk.desk.letters.letter_kinds import FORMS
from maildesk.desk.letters.letter_writer import LetterWriter
from maildesk.desk.letters.moments import moment
from maildesk.desk.letters.stand_ins import StandIns
from maildesk.desk.letters.template_problem import PREFIX
from maildesk.desk.policy.desk import Desk
from maildesk.store import alarms
from maildesk.store.database import Connection
from maildesk.store.outbox import OPERATORS, LetterState, OutboxLetter

_log = logging.getLogger(__name__)

ONCE_IN = timedelta(days=1)

_LISTED = 20
"""The lines of letters that an alarm lists."""

_LONGEST_KIND = 200
"""The characters by which alarms are told apart, whatever names they carry."""


@dataclass(frozen=True, slots=True)
class _Alarm:
    """One thing that operators hear: its title, and what to do, a line each; None is the detail."""

    title: Phrase
    lines: tuple[Phrase | None, ...]

    def text(self, detail: str) -> Joined:
        return Joined("\n", (detail if each is None else each for each in self.lines))


def _see(command: str) -> Phrase:
    return Phrase("See them: {command}", command=f"maildesk {command}")


def _see_it(command: str) -> Phrase:
    return Phrase("See it: {command}", command=f"maildesk {command}")


_QUARANTINED = "inbox list --verdict quarantined"
_RETRY = Phrase("Try again: {command}", command="maildesk inbox retry ID")
_CHECK = Phrase("Find out why: {command}", command="maildesk check")
_HELD = _see("outbox list --state held")

_ALARMS = {
    "held": _Alarm(
        Phrase("Letters are being held"),
        (
            Phrase("Automatic letters have reached a limit and are held:"),
            None,
            Phrase(
                "Others of the next 24 hours are held in the same way, without another alarm. What customers "
                "wrote is kept and on its case, as ever."
            ),
            _HELD,
            Phrase("Let them go: {command}", command="maildesk outbox retry --held"),
        ),
    ),
    "quarantined": _Alarm(
        Phrase("A mail is in quarantine"),
        (
            Phrase("A mail could not be filed and waits for somebody to look."),
            _see_it(_QUARANTINED),
            _RETRY,
        ),
    ),
    "old-mail": _Alarm(
        Phrase("Mail from before the desk is filed"),
        (
            Phrase(
                "Mail that lay in a mailbox before its first start became cases. No answer to it is "
                "promised, and none of these cases becomes overdue: look through them."
            ),
            _see("case list"),
        ),
    ),
    "too-large": _Alarm(
        Phrase("A mail is too large"),
        (
            Phrase("A mail is larger than limits.store_size. It stays on the server; its header is kept."),
            _see_it(_QUARANTINED),
        ),
    ),
    "unfetchable": _Alarm(
        Phrase("A mail cannot be fetched"),
        (
            Phrase("The server lists a mail and does not hand it out. It stays on the server."),
            _see_it(_QUARANTINED),
            _RETRY,
        ),
    ),
    "mailbox": _Alarm(
        Phrase("A mailbox cannot be read"),
        (Phrase("A mailbox cannot be read; the desk goes on trying."), None, _CHECK),
    ),
    "heard": _Alarm(
        Phrase("A mailbox is heard again"), (None, Phrase("Mail that came meanwhile is being taken in."))
    ),
    "uids": _Alarm(
        Phrase("A mail server gave out numbers again"),
        (
            Phrase("A mailbox was put back to an older state, from a copy it seems."),
            None,
            Phrase(
                "The desk compares every mail with what it has: what is new is taken in, nothing unread was "
                "moved. What came after that copy was made is gone from the server; what the desk had stored "
                "is not lost."
            ),
            _see_it("inbox list"),
        ),
    ),
    "neighbour": _Alarm(
        Phrase("Another desk works here"),
        (
            Phrase(
                "Mail was filed in a mailbox of this desk that this desk did not file: another desk works "
                "here, it seems, with a database of its own. Then customers are answered twice: stop one."
            ),
            None,
            Phrase("If a person moved the mail there by hand, nothing is wrong."),
            Phrase(
                "If this database was restored from a backup, move the mail back to where new mail comes in."
            ),
        ),
    ),
    "relay": _Alarm(
        Phrase("A mail relay cannot be reached"),
        (
            Phrase("Letters wait for a relay that is out of reach; the desk goes on trying."),
            None,
            _CHECK,
        ),
    ),
    "login": _Alarm(
        Phrase("A login has stopped working"),
        (
            Phrase("The desk can get no more tokens to log in with; it goes on trying."),
            None,
            Phrase("Customers' mail stays on its server and is taken in afterwards."),
            _CHECK,
        ),
    ),
    "login-ends": _Alarm(
        Phrase("A login is about to end"),
        (
            None,
            Phrase("Then the desk can read no mail and send none. Renew it before."),
            _CHECK,
        ),
    ),
    "broken": _Alarm(
        Phrase("A part of the desk is broken"),
        (
            Phrase("The desk goes on without it and tries again."),
            None,
            Phrase(
                "Its log says more, in the lines with ERROR. Templates and policy: {command}",
                command="maildesk check",
            ),
        ),
    ),
    "letter": _Alarm(
        Phrase("A letter template fails"),
        (
            Phrase("A letter could not be written with your template. It was written with ours instead:"),
            None,
            Phrase("Mend the template, then: {command}", command="maildesk check"),
            Phrase(
                "The desk takes it up when it is reloaded: {command}", command="systemctl reload maildesk"
            ),
        ),
    ),
    "unread": _Alarm(
        Phrase("A summary has no reader"),
        (
            Phrase("A summary was due and was not sent:"),
            None,
            Phrase("Name its people in the configuration, or others under its `tells`."),
            _see_it("policy check -c config.yaml"),
        ),
    ),
    "restored": _Alarm(
        Phrase("The desk goes on from a backup"),
        (
            None,
            Phrase("Mails that are read again promise nothing: look through the cases that they open."),
            _HELD,
            Phrase(
                "Let them go: {command}, or {held} for all of them",
                command="maildesk outbox retry ID",
                held="--held",
            ),
            Phrase("Or never: {command}, or {held}", command="maildesk outbox drop ID", held="--held"),
        ),
    ),
    "uncertain": _Alarm(
        Phrase("A letter may not have been sent"),
        (
            Phrase(
                "The connection, the desk or its database stopped when the relay may have had it already. "
                "An automatic letter to a customer is not repeated; everything else goes again by itself."
            ),
            _see("outbox list --state uncertain"),
            Phrase("Send one: {command}", command="maildesk outbox retry ID"),
        ),
    ),
    "clock": _Alarm(
        Phrase("The clock was set"),
        (None, Phrase("See the date of this machine, and how it keeps the time (timedatectl).")),
    ),
    "intake": _Alarm(
        Phrase("The desk takes no mail in"),
        (
            Phrase("Mail waits on the server until this is mended; the desk then goes on by itself."),
            None,
            _CHECK,
        ),
    ),
    "disk": _Alarm(
        Phrase("The disk is nearly full"),
        (
            Phrase("The desk takes no more mail in until there is room. Mail waits on the server."),
            None,
        ),
    ),
}
"""Every alarm there is."""


class AlarmWriter:
    """Writes alarms. With no operators configured there is nobody to write to.

    `stand_ins` know of templates that failed.
    """

    def __init__(self, desk: Desk, writer: LetterWriter, stand_ins: StandIns | None = None) -> None:
        self._desk = desk
        self._writer = writer
        self._stand_ins = stand_ins

    @property
    def zone(self) -> str:
        """The time zone in which operators read."""
        return self._desk.zone

    def raised(
        self, conn: Connection, kind: str, now: datetime, detail: str = "", *, once: timedelta = ONCE_IN
    ) -> list[OutboxLetter]:
        """The letters of an alarm, unless it was raised within `once`, a day; remembers that it was.

        `kind` may name what it is about after a colon: `mailbox:support` is not `mailbox:sales`.
        """
        alarm = _ALARMS[kind.partition(":")[0]]
        try:
            letters = self._writer.alarm(kind, alarm.title, alarm.text(detail), now)
        except Exception:  # noqa: BLE001 - an alarm comes beside the work; no broken template undoes that
            _log.exception("an alarm could not be written kind=%s", kind)
            return []
        if not alarms.due(conn, kind[:_LONGEST_KIND], now, once):
            return []
        return [replace(owed(letter, now, self._desk), mailbox=OPERATORS) for letter in letters]

    @property
    def are_owed(self) -> bool:
        """Tell whether a template failed and nobody was told yet."""
        return self._stand_ins is not None and self._stand_ins.were_called

    def of_templates(self, conn: Connection, now: datetime) -> list[OutboxLetter]:
        """The alarms of templates that failed since this was asked last, each once a day.

        The template of alarms may be one of them: it fails again while it is told of.
        """
        letters: list[OutboxLetter] = []
        told: set[str] = set()
        while self._stand_ins and (failed := self._stand_ins.problems()):
            for file in failed.keys() - told:
                _log.error("our own letter stands in for a template that fails: %s", failed[file])
                kind = f"letter:{file.removeprefix(PREFIX)}"
                letters += self.raised(conn, kind, now, str(failed[file]))
            told |= failed.keys()
        return letters


def held_letters(letters: Iterable[OutboxLetter], desk: Desk) -> Told:
    """Say which limit holds which letters, how many to whom and about which case, and until when."""
    held = [each for each in letters if each.state is LetterState.HELD and "limits." in (each.reason or "")]
    found = Counter((str(each.reason).split()[0], each.case_ref or "", each.recipient) for each in held)
    lines = [_held_line(*which, count) for which, count in found.most_common(_LISTED)]
    if more := len(found) - len(lines):
        lines.append(Phrase("- and {count} more such lines", count=more))
    dropped = [each.created_at for each in held if each.limited and not FORMS[each.kind].lasts]
    if dropped:
        let_go = Phrase(
            "Unless somebody lets them go before, they are dropped, and their cases say so: {until}.",
            until=moment(max(dropped) + HELD_FOR, desk.zone),
        )
        lines.append(let_go)
    return Joined("\n", lines)


def _held_line(limit: str, ref: str, to: str, count: int) -> Phrase:
    about = Phrase("case {case}", case=ref) if ref else Phrase("about no case")
    letters = Phrase("{count} letter" if count == 1 else "{count} letters", count=count)
    return Phrase(
        "- {limit} is reached: {letters} to {to}, {case}", limit=limit, letters=letters, to=to, case=about
    )


def place_of(problem: BaseException) -> str:
    """Name the kind of problem and where it arose; what it says may be somebody's words."""
    frames = extract_tb(problem.__traceback__)
    where = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(problem).__name__}{where}"
