"""What a person of the desk does by answering a notice: commands first, then the words, then a transcript."""

from __future__ import annotations

from dataclasses import replace

from maildesk.desk.case.change import Change
from maildesk.desk.case.commands import WordsBelow
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.case.verdicts import Verdict
from maildesk.desk.decisions import acts
from maildesk.desk.decisions.acts import Hand
from maildesk.desk.decisions.answering import why_no_answer
from maildesk.desk.decisions.command_actions import DOINGS, Doing, may_give, not_one_of_theirs
from maildesk.desk.decisions.decision import CaseEntry, ConfirmationStep, Decision
from maildesk.desk.decisions.enclosing import Enclosing, enclosing
from maildesk.desk.decisions.letting_in import letting_in
from maildesk.desk.decisions.opening import new_case
from maildesk.desk.decisions.parties import consult
from maildesk.desk.letters.letter_kinds import NOTICES
from maildesk.desk.policy.desk import Desk
from maildesk.desk.screening.command_lines import MOST_LINES, CommandLine, Said
from maildesk.desk.screening.heard import Heard
from maildesk.desk.screening.screening import Screened
from maildesk.desk.screening.situation import Situation
from maildesk.errors import MaildeskError, NotAllowed
from maildesk.mail.addr_spec import folded
from maildesk.mail.message import Addressing, Author, PassedOn, Standing


def act_by_mail(s: Situation, desk: Desk, screened: Screened) -> Decision:
    """The commands of a mail in their order, those that can be done, and then its words.

    `s.found` is the case; that the author may act on it was decided by `screening`.
    """
    assert s.found is not None  # screening lets nobody act on no case
    answered = letting_in(s, desk, screened)
    if answered:
        return answered
    said = s.heard.said
    hand = Hand(s.author, s.now, s.author)
    doing = Doing(s, desk, hand, s.found.case)
    for line in said.lines:
        _do(doing, line)
    if said.more:
        doing.undone.append(f"{said.more} more lines: one mail gives {MOST_LINES} commands at most")
    _meet_copied(doing, said)
    _speak(doing, said)
    return _decision(doing, said, screened)


def open_for_customer(s: Situation, desk: Desk, screened: Screened) -> Decision:
    """An agent passes on what a customer wrote: the customer's case, with the agent's words as a note.

    The customer hears our fixed words only: that the mail was theirs, nobody but the agent says.
    """
    passed = s.mail.body.passed_on
    assert passed is not None  # the row that leads here asks for it
    as_written = _as_the_customer_wrote(s, passed)
    new = new_case(as_written, desk)
    case, hand = new.case, Hand(s.author, s.now, s.author)
    doing = Doing(s, desk, hand, case, [replace(new.opened, actor=hand.actor)], internal=True)
    why_not = why_no_answer(as_written, desk, case)
    if not why_not:
        doing.letters.append(LetterOrder(LetterKind.ACKNOWLEDGEMENT_FIXED, extra={"escalated": ""}))
    doing.letters.append(LetterOrder(LetterKind.OPENED_TEAM, extra={"warning": ""}))
    doing.done.append(f"opened {case.ref} for {case.requester}")
    said = s.heard.said
    for line in said.lines:
        _do(doing, line)
    _speak(doing, said)
    decided = _decision(doing, said, screened)
    assert decided.change is not None  # there is a case
    transcript = () if said.lines or doing.undone else _transcript(doing)
    return replace(
        decided,
        verdict=Verdict.OPENED,
        note=f"opened {case.ref} for {case.requester}, passed on by {folded(hand.address)}",
        change=replace(decided.change, letters=(*decided.change.letters, *transcript)),
        entry=CaseEntry(True, passed.text, passed.author.address, doing.note),
    )


def _as_the_customer_wrote(s: Situation, passed: PassedOn) -> Situation:
    """The mail as it would have come from the customer; whom the agent wrote to is not of the case."""
    author = Author(passed.author, Standing.UNKNOWN, "passed on by a colleague", passed.author.name)
    mail = replace(
        s.mail,
        author=author,
        subject=passed.subject or s.mail.subject,
        body=replace(s.mail.body, text=passed.text, new_text=passed.text),
        addressing=Addressing(recipients=s.mail.addressing.recipients),
        automation=replace(s.mail.automation, reply_allowed=True),
    )
    return replace(s, mail=mail, heard=Heard(named=s.heard.passed_on))


def _do(doing: Doing, line: CommandLine) -> None:
    """One line: done, or reported with the reason and nothing changed."""
    shown = line.written if len(line.written) <= _SHOWN else line.written[:_SHOWN] + "…"
    command = line.command
    if command is None:
        meant = f"; did you mean #{line.nearest}?" if line.nearest else ""
        doing.undone.append(f"{shown}{_CAME_OF_IT}there is no such command{meant}")
        return
    if command.words is WordsBelow.INTERNAL:
        doing.internal = True  # whatever becomes of the line: these words were not meant for the customer
    try:
        if not may_give(doing.desk.people, doing.hand.address, command):
            raise NotAllowed(f"only {command.may} may do this")
        if command.needs_argument and not line.value:
            raise NotAllowed(f"say what: {command.usage}", remedy=f"for example {command.example}")
        sentence = DOINGS[command.word](doing, line.value)
    except MaildeskError as problem:
        doing.undone.append(f"{shown}{_CAME_OF_IT}{problem}")
    else:
        if sentence:
            doing.done.append(f"{shown}{_CAME_OF_IT}{sentence}")


_SHOWN = 80
"""So much of a line is repeated in the transcript."""

_CAME_OF_IT = " \u2192 "
"""Between a line and what came of it. No colon: people write colons and full stops in their lines."""


# --- the words --------------------------------------------------------------------------------------


def _speak(doing: Doing, said: Said) -> None:
    """Where the words go. In doubt they go nowhere, and their author gets them back."""
    words = "\n".join(filter(None, (doing.first_words, said.words)))
    files = enclosing(doing.s.mail, doing.s.at_hand.customers_files, doing.desk.answer_files)
    if doing.internal:
        _keep_inside(doing, words, files)
        if not words and any(line.command and line.command.word == "note" for line in said.lines):
            doing.undone.append("no note was kept: there are no words below #note")
    elif said.unknown or said.stray or said.more:
        _hold_back(doing, said)
    elif words and files.too_large:
        doing.undone += files.told
        doing.back = words
    elif words:
        _answer(doing, words, files)
    elif files.enclosed:
        doing.undone.append(
            "the attached files were not sent: there are no words above them (write a line to go with them)"
        )


def _keep_inside(doing: Doing, words: str, files: Enclosing) -> None:
    if words:
        doing.carry(acts.note(doing.case, words, doing.hand))
        doing.note = words
        doing.done.append("your words are kept as a note, for colleagues only")
    if doing.asked:
        asked = tuple(dict.fromkeys(doing.asked))
        doing.carry(acts.ask(doing.case, doing.hand, asked, words, files.enclosed))
        doing.done.append(f"your question goes to {', '.join(asked)}")
        doing.undone += files.told


def _hold_back(doing: Doing, said: Said) -> None:
    """Perhaps a command was mistyped or stands in the wrong place: no customer is to read it."""
    for line in said.stray:
        doing.undone.append(
            f"{line.written[:_SHOWN]}{_CAME_OF_IT}commands stand at the very top,"
            " and this line stands below your words"
        )
    unknown = [line.written for line in said.unknown]
    doing.back = "\n".join([*unknown, *([said.words] if said.words else [])])


def _answer(doing: Doing, words: str, files: Enclosing) -> None:
    case = doing.apart.case if doing.apart else doing.case
    if not case.customers:
        doing.undone.append(
            "your words were not sent: the case has no customer who can be written to"
            " (#add ADDRESS at the top lets somebody take part for the customer, who then gets them)"
        )
        doing.back = words
        return
    change = acts.answer(case, words, doing.hand, files.enclosed)
    if doing.apart:
        doing.apart = Change(
            change.case,
            doing.apart.events + change.events,
            change.letters + doing.apart.letters,
            doing.apart.takes,
        )
    else:
        doing.carry(change)
    doing.undone += files.told
    doing.answered = True
    doing.done.append(f"your answer goes to {', '.join(party.address for party in case.customers)}")


def _meet_copied(doing: Doing, said: Said) -> None:
    """Who was copied and does not take part. On a note they are asked; on an answer that is only reported.

    A copied address on an answer may be a slip: letting somebody in is asked for in so many words.
    """
    copied = (each.address for each in doing.s.mail.addressing.cc)
    strangers = [address for address in copied if not_one_of_theirs(doing, address)]
    if not strangers:
        return
    if any(line.command and line.command.word in ("note", "ask") for line in said.lines):
        most = doing.desk.parties_per_mail
        if strangers[most:]:
            rest = ", ".join(strangers[most:])
            doing.undone.append(f"not asked, since by one mail {most} people are asked at most: {rest}")
        for address in strangers[:most]:
            try:
                doing.carry(consult(doing.case, doing.desk, doing.hand, address))
                doing.asked.append(address)
            except MaildeskError as problem:
                doing.undone.append(f"{address}: {problem}")
    elif not doing.internal:
        doing.undone.append(
            f"{', '.join(strangers)}: copied, but not part of the case"
            " (#add lets somebody take part for the customer, #ask asks a colleague)"
        )


# --- the outcome ------------------------------------------------------------------------------------


def _decision(doing: Doing, said: Said, screened: Screened) -> Decision:
    letters = [*_with_note(doing), *_told(doing, said)]
    change = Change(doing.case, tuple(doing.events), tuple(letters), tuple(doing.takes))
    more = (*([doing.apart] if doing.apart else []), *doing.more)
    verdict = Verdict.NOTE if doing.note else Verdict.COMMAND
    return Decision(
        verdict,
        screened.reason,
        _in_a_line(doing, said),
        change,
        more,
        entry=CaseEntry(internal=True, words=doing.note or None),
        confirmation=ConfirmationStep.DONE,
    )


def _with_note(doing: Doing) -> list[LetterOrder]:
    """The letters; whom the same mail gives the case reads the note that was written for them."""
    letters = _once_each(doing.letters)
    if not doing.note:
        return letters
    note, author = doing.note, doing.hand.address
    return [replace(each, text=note, author=author) if _shows_note(each) else each for each in letters]


def _shows_note(order: LetterOrder) -> bool:
    notice = NOTICES.get(order.kind)
    return notice is not None and notice.shows_note


def _once_each(letters: list[LetterOrder]) -> list[LetterOrder]:
    """One letter of each kind (and part), the last that was ordered; the customers read the answer first."""
    last = {(order.kind, order.part): order for order in letters}
    return sorted(last.values(), key=lambda order: order.kind is not LetterKind.ANSWER)


def _told(doing: Doing, said: Said) -> list[LetterOrder]:
    """What the author hears: nothing about an answer that simply went."""
    if not (said.lines or doing.done or doing.undone):
        return _nothing_said(doing, "it held no words of yours and no command")
    if not (said.lines or doing.undone):
        return []
    if not (said.lines or said.words or doing.done):  # files alone, as some absence notes are
        return _nothing_said(doing, "; ".join(doing.undone))
    return _transcript(doing)


def _nothing_said(doing: Doing, why: str) -> list[LetterOrder]:
    if not doing.s.mail.automation.reply_allowed:
        return []
    return [LetterOrder(LetterKind.NOTE_KEPT, author=doing.hand.address, extra={"why": why})]


def _transcript(doing: Doing) -> list[LetterOrder]:
    extra = {
        "done": "\n".join(doing.done),
        "undone": "\n".join(doing.undone),
        "back": doing.back,
        "told": "\n\n".join(doing.told),
        "help": "yes" if doing.help else "",
    }
    return [LetterOrder(LetterKind.TRANSCRIPT, author=doing.hand.address, extra=extra)]


def _in_a_line(doing: Doing, said: Said) -> str:
    given = ", ".join(f"#{line.command.word}" for line in said.lines if line.command)
    words = "answered" if doing.answered else "a note" if doing.note else ""
    failed = f"{len(doing.undone)} not done" if doing.undone else ""
    what = "; ".join(filter(None, (words, given, failed))) or "nothing to do"
    return f"{folded(doing.hand.address)} on {doing.case.ref}: {what}"
