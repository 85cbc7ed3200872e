"""The answer to somebody of the desk who only asked to see something: one letter to them, on no case."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.case.told import Joined, Phrase
from maildesk.desk.case.verdicts import Verdict
from maildesk.desk.decisions.command_actions import may_give
from maildesk.desk.decisions.decision import INTERNAL, Decision
from maildesk.desk.decisions.enclosing import in_mails
from maildesk.desk.decisions.refusing import is_vouched
from maildesk.desk.decisions.seen_cases import seen
from maildesk.desk.policy.desk import Desk
from maildesk.desk.screening.command_lines import CommandLine
from maildesk.desk.screening.outcomes import ScreeningResult
from maildesk.desk.screening.situation import Situation

TOO_OFTEN: Final = "looked-too-often"
"""The reason of such a mail that is answered no more, since its author asked so often within the hour."""


def look(s: Situation, desk: Desk, screened: ScreeningResult) -> Decision:
    """Show what was asked for to the address that the configuration names, whatever the mail says.

    Nothing happens on a case. Whoever writes in somebody's name sends them some letters an hour, and no more.
    """
    lines = s.heard.looks
    what = ", ".join(f"#{line.command.word}" for line in lines if line.command) or "what is no command"
    if s.at_hand.looks_left <= 0:
        note = f"{s.author} asked to see {what}: not answered, limits.looks_per_agent_hour is reached"
        return Decision(Verdict.LOOKED, TOO_OFTEN, note, entry=INTERNAL)
    order = LetterOrder(
        LetterKind.LOOKED,
        author=s.author,
        extra={
            "about": _about(lines),
            "told": Joined("\n\n", [_told(line, s, desk) for line in lines[:_MOST]]),
            "find": "yes" if any(each.search for each in s.at_hand.looked) else "",
            "help": "yes" if any(line.command and line.command.word == "help" for line in lines) else "",
            "unused": "yes" if s.heard.said.words else "",
        },
        sure=is_vouched(s),
    )
    note = f"{s.author} asked to see {what}"
    return Decision(Verdict.LOOKED, screened.reason, note, apart=_with_files(order, s, desk), entry=INTERNAL)


def _about(lines: Sequence[CommandLine]) -> str:
    """Name what was asked for: the one line, else the commands, else what was typed in their place."""
    if len(lines) == 1:
        return " ".join(lines[0].written.split())[:80]
    known = [f"#{line.command.word}" for line in lines if line.command]
    return ", ".join(known or [line.written.split()[0][:20] for line in lines[:_MOST]])


_MOST: Final = 12
"""So many lines are answered; nobody asks for more at once."""


def _with_files(order: LetterOrder, s: Situation, desk: Desk) -> tuple[LetterOrder, ...]:
    """The letter with the files that were asked for; in several, where they are more than one may hold.

    Each counts: together they are no more than may be sent within the hour, and the last one says so.
    """
    mails, left_out = in_mails(s.at_hand.files, desk.answer_files, s.at_hand.looks_left)
    last = s.at_hand.looks_left
    told = Joined("\n\n", [order.extra["told"], *left_out])
    first = LetterOrder(
        order.kind,
        author=order.author,
        extra={**order.extra, "told": told, "last": "yes" if last == 1 else ""},
        enclosed=tuple(each.key for each in mails[0]) if mails else (),
        sure=order.sure,
    )
    more = (
        LetterOrder(
            order.kind,
            author=order.author,
            extra={
                **order.extra,
                "told": Phrase("Files, mail {number}:", number=number),
                "find": "",
                "help": "",
                "last": "yes" if last == number else "",
            },
            enclosed=tuple(each.key for each in some),
            part=number,
            sure=order.sure,
        )
        for number, some in enumerate(mails[1:], start=2)
    )
    return (first, *more)


def _told(line: CommandLine, s: Situation, desk: Desk) -> str:
    if line.command is None:
        meant = Phrase("; did you mean #{command}?", command=line.nearest) if line.nearest else ""
        return Joined("", (line.written[:80], " \u2192 ", Phrase("there is no such command"), meant))
    if not may_give(desk.people, s.author, line.command):
        only = Phrase("only {who} may do this", who=Phrase(line.command.may.value))
        return Joined("", (line.written[:80], " \u2192 ", only))
    if line.command.word == "help":
        return line.written[:80]
    found = next((each for each in s.at_hand.looked if each.line is line or each.line == line), None)
    if found is None:
        return Joined("", (line.written[:80], " \u2192 ", Phrase("too much was asked for in one mail")))
    return seen(found, desk, files=len(s.at_hand.files))
