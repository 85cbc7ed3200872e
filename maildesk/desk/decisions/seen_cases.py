"""Cases as somebody of the desk reads them who asked to see them, each with where to write about it."""

from __future__ import annotations

from collections.abc import Sequence

from maildesk.desk.case.case import Case
from maildesk.desk.case.told import Joined, Phrase, problem_told
from maildesk.desk.decisions.colleagues import name_of
from maildesk.desk.letters.moments import moment
from maildesk.desk.policy.desk import Desk
from maildesk.desk.screening.looked_up import LookedUp, SeenCase
from maildesk.mail.identity.references import subject_tag


def seen(found: LookedUp, desk: Desk, files: int = 0) -> str:
    """Tell what one line asked for, as its author reads it."""
    line = found.line
    if found.problem:
        return Joined("", (line.written[:80], " \u2192 ", problem_told(found.problem)))
    word = line.command.word if line.command else ""
    heading = _heading(found, word, files)
    each = [_case(one, desk, whole=word == "status") for one in found.cases]
    more = [Phrase("There are more: only the first {count} are shown.", count=len(found.cases))] * found.more
    late = [Phrase("{count} mails are not looked through yet; ask again later.", count=found.waiting)] * bool(
        found.waiting
    )
    return Joined("\n\n", [heading, *each, *more, *late])


def _heading(found: LookedUp, word: str, files: int) -> str:
    count = len(found.cases)
    if word == "find" and found.search:
        words = ", ".join(" ".join(each.words) for each in found.search.asked)
        if not count:
            return Phrase("No case of yours or your teams' has a mail with all of: {words}", words=words)
        return Phrase("{count} cases have a mail with all of: {words}", count=count, words=words)
    if word == "customer":
        return Phrase("{count} cases of {who}:", count=count, who=found.line.value[:80])
    if word == "files":
        return (
            Phrase("{count} files, as they came: open what you would open from a stranger.", count=files)
            if files
            else Phrase("No mail of a customer with files is there.")
        )
    if word == "mine":
        return Phrase("Your open cases:") if count else Phrase("You have no open case.")
    if word == "queue":
        return Phrase("The queue, the next one first:") if count else Phrase("The queue is empty.")
    return found.line.written[:80]


def _case(one: SeenCase, desk: Desk, *, whole: bool) -> str:
    case, indent = one.case, "    "
    status = desk.policy.statuses.of_case(case).name
    owner = name_of(case.owner, desk.people) if case.owner else Phrase("nobody's yet")
    facts = [status, *([case.team] if case.team else []), owner, case.priority or Phrase("no priority yet")]
    lines: list[str] = [
        Joined("", (f"{case.ref}  ", Joined(", ", facts))),
        f"{indent}{_one_line(case.subject)}",
        Joined("", (indent, f"{case.requester or case.unconfirmed}, ", moment(case.opened_at, desk.zone))),
    ]
    if case.response_due:
        lines.append(Joined("", (indent, Phrase("answer by {at}", at=moment(case.response_due, desk.zone)))))
    if whole:
        lines += _people(case, indent)
    lines += [_mail(each.sender, each.words, moment(each.at, desk.zone), indent) for each in one.mails]
    lines.append(Joined("", (indent, _how_to_write(one, desk))))
    return Joined("\n", lines)


def _people(case: Case, indent: str) -> Sequence[str]:
    return [
        Joined(
            "",
            (indent, f"{_one_line(each.name) or each.address} <{each.address}>, ", Phrase(each.role.value)),
        )
        for each in case.parties
        if each.role.takes_part
    ]


def _mail(sender: str, words: str, at: str, indent: str) -> str:
    return Joined("", (indent, at, f", {sender}: \u201c{_one_line(words, 240)}\u201d"))


def _how_to_write(one: SeenCase, desk: Desk) -> str:
    if one.write_to:
        return Phrase("write to {address}", address=one.write_to)
    tag = subject_tag(desk.tag, one.case.ref)
    return Phrase("to write about it, copy {tag} into the subject of a new mail", tag=tag)


def _one_line(text: str, most: int = 80) -> str:
    return " ".join(text.split())[:most]
