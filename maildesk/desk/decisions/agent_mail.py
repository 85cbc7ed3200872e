"""The answer of a person of the desk to a notice: commands first, then the words, then a transcript."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from maildesk.desk.case.change import Change
from maildesk.desk.case.commands import WordsBelow
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.case.verdicts import Verdict
from maildesk.desk.decisions import acts
from maildesk.desk.decisions.actor import Actor
from maildesk.desk.decisions.answering import why_no_answer
from maildesk.desk.decisions.colliding import held_back, told_of
from maildesk.desk.decisions.command_actions import ACTIONS, may_give, not_one_of_theirs
from maildesk.desk.decisions.command_run import CommandRun, MailWords
from maildesk.desk.decisions.consulted import answer_told
from maildesk.desk.decisions.decision import CaseEntry, ConfirmationStep, Decision
from maildesk.desk.decisions.enclosing import EnclosedFiles, enclosing
from maildesk.desk.decisions.first_answers import too_little
from maildesk.desk.decisions.late_words import TOO_LATE, answers_too_late
from maildesk.desk.decisions.letting_in import letting_in
from maildesk.desk.decisions.opening import new_case, opened_team, ruled_on
from maildesk.desk.decisions.parties import consult
from maildesk.desk.letters.answer_readers import answer_readers, named_readers
from maildesk.desk.letters.letter_kinds import NOTICES
from maildesk.desk.policy.desk import Desk
from maildesk.desk.screening.command_lines import MOST_LINES, AgentMessage, CommandLine
from maildesk.desk.screening.heard import WordsFound
from maildesk.desk.screening.outcomes import ScreeningResult
from maildesk.desk.screening.situation import Situation
from maildesk.errors import MaildeskError, NotAllowed
from maildesk.mail.addr_spec import folded
from maildesk.mail.message import Addressing, Author, PassedOn, RichWords, Standing
from maildesk.mail.reply.history import Doubt
from maildesk.mail.seals import Seal


def act_by_mail(s: Situation, desk: Desk, screened: ScreeningResult) -> Decision:
    """The commands of a mail in their order, those that can be done, and then its words.

    `s.found` is the case; that the author may act on it was decided by `screening`.
    """
    assert s.found is not None  # screening lets nobody act on no case
    answered = letting_in(s, desk, screened)
    if answered:
        return answered
    said = s.heard.said
    hand = Actor(s.author, s.now, s.author)
    # Both questions say that what answers them goes to no customer, commands above it or none.
    inside = s.inquiry.consultation is not None or s.inquiry.question is not None
    run = CommandRun(s, desk, hand, Change(s.found.case), words=MailWords(internal=inside))
    for line in said.lines:
        _do(run, line)
    if said.more:
        run.transcript.undone.append(f"{said.more} more lines: one mail gives {MOST_LINES} commands at most")
    _meet_copied(run, said)
    _speak(run, said)
    decided = _decision(run, said, screened)
    return held_back(s, desk, decided) or decided


def open_for_customer(s: Situation, desk: Desk, screened: ScreeningResult) -> Decision:
    """An agent passes on what a customer wrote: the customer's case, with the agent's words as a note.

    The customer hears our fixed words only: that the mail was theirs, nobody but the agent says.
    """
    passed = s.mail.body.passed_on
    assert passed is not None  # the row that leads here asks for it
    as_written = _as_the_customer_wrote(s, passed)
    new = new_case(as_written, desk)
    case, hand = new.case, Actor(s.author, s.now, s.author)
    letters = [opened_team(case, new.ruled, desk, warning="")]
    if not why_no_answer(as_written, desk, case):
        letters.insert(0, LetterOrder(LetterKind.ACKNOWLEDGEMENT_FIXED, extra={"escalated": ""}))
    opened = Change(case, (replace(new.opened, actor=hand.actor),), tuple(letters))
    opened = opened.then(ruled_on(case, new.ruled, desk, s.now))
    run = CommandRun(s, desk, hand, opened, words=MailWords(internal=True))
    run.transcript.done.append(f"opened {case.ref} for {case.requester}")
    said = s.heard.said
    for line in said.lines:
        _do(run, line)
    _speak(run, said)
    decided = _decision(run, said, screened)
    assert decided.change is not None  # there is a case
    transcript = () if said.lines or run.transcript.undone else _transcript(run)
    return replace(
        decided,
        verdict=Verdict.OPENED,
        note=f"opened {case.ref} for {case.requester}, passed on by {folded(hand.address)}",
        change=replace(decided.change, letters=(*decided.change.letters, *transcript)),
        entry=CaseEntry(True, passed.text, passed.author.address, run.words.kept),
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
    return replace(s, mail=mail, heard=WordsFound(named=s.heard.passed_on))


def _do(run: CommandRun, line: CommandLine) -> None:
    """One line: done, or reported with the reason and nothing changed."""
    shown = line.written if len(line.written) <= _SHOWN else line.written[:_SHOWN] + "…"
    command = line.command
    if command is None:
        meant = f"; did you mean #{line.nearest}?" if line.nearest else ""
        run.transcript.undone.append(f"{shown}{_CAME_OF_IT}there is no such command{meant}")
        return
    if command.words is WordsBelow.INTERNAL:
        run.words.internal = True  # whatever becomes of the line: these words were not meant for the customer
    try:
        if not may_give(run.desk.people, run.hand.address, command):
            raise NotAllowed(f"only {command.may} may do this")
        if command.needs_argument and not line.value:
            raise NotAllowed(f"say what: {command.usage}", remedy=f"for example {command.example}")
        sentence = ACTIONS[command.word](run, line.value)
    except MaildeskError as problem:
        run.transcript.undone.append(f"{shown}{_CAME_OF_IT}{problem}")
    else:
        if sentence:
            run.transcript.done.append(f"{shown}{_CAME_OF_IT}{sentence}")


_SHOWN = 80
"""So much of a line is repeated in the transcript."""

_CAME_OF_IT = " \u2192 "
"""Between a line and what came of it. No colon: people write colons and full stops in their lines."""


# --- the words --------------------------------------------------------------------------------------


def _speak(run: CommandRun, said: AgentMessage) -> None:
    """Send the words where they go. In doubt they go nowhere, and their author gets them back."""
    words = "\n".join(filter(None, (run.words.first, said.words)))
    files = enclosing(run.s.mail, run.s.at_hand.customers_files, run.desk.answer_files)
    if run.words.internal:
        _keep_inside(run, words, files)
        if not words and any(line.command and line.command.word == "note" for line in said.lines):
            run.transcript.undone.append("no note was kept: there are no words below #note")
    elif said.unknown or said.stray or said.more:
        _hold_back(run, said)
    elif answers_too_late(run.s.at_hand.letter, words) and not run.s.inquiry.sent_anyway:
        run.transcript.undone.append(TOO_LATE)
        run.words.back = words
    elif words and files.too_large:
        run.transcript.undone += files.told
        run.words.back = words
    elif words:
        _answer(run, words, files, said.rich)
    elif files.enclosed:
        run.transcript.undone.append(
            "the attached files were not sent: there are no words above them (write a line to go with them)"
        )
    _tell_unsaid(run)


# Words may be another's there, and whose they are only their author can say.
_UNSAID = {
    str(Doubt.BELOW_INTRODUCTION): ("below the line that introduces another mail", "write them above it"),
    str(Doubt.BELOW_FOOTER): ("below the footer of your telephone", "write them above it"),
    str(Doubt.IN_A_FILE): ("in a file (smime.p7m, winmail.dat)", "write them as the text of your mail"),
}


def _tell_unsaid(run: CommandRun) -> None:
    """Tell the author of words that may be quoted, so that they are said on in nobody's name."""
    body = run.s.mail.body
    if body.doubt not in _UNSAID or not body.new_text:
        return
    where, instead = _UNSAID[body.doubt]
    run.transcript.undone.append(
        f"your words {where} were not used, as they may be somebody else's ({instead})"
    )
    if not run.words.back:
        run.words.back = body.new_text.removeprefix(body.own_text).strip()


def _keep_inside(run: CommandRun, words: str, files: EnclosedFiles) -> None:
    if words:
        run.carry(acts.note(run.case, words, run.hand))
        run.words.kept = words
        run.transcript.done.append("your words are kept as a note, for colleagues only")
        if asked_by := run.s.inquiry.consultation:
            run.carry(Change(run.case, letters=(answer_told(asked_by, run.hand.address, words),)))
    if run.words.asked:
        asked = tuple(dict.fromkeys(run.words.asked))
        run.carry(acts.ask(run.case, run.hand, asked, words, files.enclosed))
        run.transcript.done.append(f"your question goes to {', '.join(asked)}")
        run.transcript.undone += files.told


def _hold_back(run: CommandRun, said: AgentMessage) -> None:
    """Perhaps a command was mistyped or stands in the wrong place: no customer is to read it."""
    for line in said.stray:
        run.transcript.undone.append(
            f"{line.written[:_SHOWN]}{_CAME_OF_IT}commands stand at the very top,"
            " and this line stands below your words"
        )
    unknown = [line.written for line in said.unknown]
    run.words.back = "\n".join([*unknown, *([said.words] if said.words else [])])


def _answer(run: CommandRun, words: str, files: EnclosedFiles, rich: RichWords) -> None:
    case = run.apart.case if run.apart else run.case
    readers = answer_readers(case, run.desk.people)
    if not readers:
        run.transcript.undone.append(
            "your words were not sent: the case has no customer who can be written to"
            f" (#add {case.unconfirmed or 'ADDRESS'} at the top lets them take part, and they get your words)"
        )
        run.words.back = words
        return
    change = acts.answer(case, run.desk, words, run.hand, files.enclosed, rich)
    if lacks := too_little(case, run.desk):
        run.transcript.undone.append(lacks)
    if run.apart:
        run.apart = replace(run.apart.then(change), letters=change.letters + run.apart.letters)
    else:
        run.carry(change)
    run.transcript.undone += files.told
    run.words.answered = True
    other = run.s.at_hand.meanwhile if run.s.inquiry.sent_anyway else None
    if other:
        run.transcript.shown.append(told_of(other, run.desk))
    run.words.unforeseen = not run.apart and not _foreseen(run)
    changed = ", who are not those that the notice you answered named" if run.words.unforeseen else ""
    run.transcript.done.append(f"your answer goes to {named_readers(readers)}{changed}")


def _foreseen(run: CommandRun) -> bool:
    """Tell whether the notice named those whom the answer would reach without the commands above it."""
    assert run.s.found is not None
    notice, readers = run.s.at_hand.notice, answer_readers(run.s.found.case, run.desk.people)
    return not notice or named_readers(readers) in " ".join(notice.split())


def _meet_copied(run: CommandRun, said: AgentMessage) -> None:
    """Meet those copied who do not take part. On a note they are asked; on an answer they are reported.

    A copied address on an answer may be a slip: letting somebody in is asked for in so many words.
    """
    copied = (each.address for each in run.s.mail.addressing.cc)
    strangers = [address for address in copied if not_one_of_theirs(run, address)]
    if not strangers:
        return
    if any(line.command and line.command.word in ("note", "ask") for line in said.lines):
        most = run.desk.parties_per_mail
        if strangers[most:]:
            why = f"not asked, since by one mail {most} people are asked at most"
            run.transcript.undone.append(f"{why}: {', '.join(strangers[most:])}")
        for address in strangers[:most]:
            try:
                run.carry(consult(run.case, run.desk, run.hand, address))
                run.words.asked.append(address)
            except MaildeskError as problem:
                run.transcript.undone.append(f"{address}: {problem}")
    elif not run.words.internal:
        run.transcript.undone.append(
            f"{', '.join(strangers)}: copied, but not part of the case"
            " (#add lets somebody take part for the customer, #ask asks a colleague)"
        )


# --- the outcome ------------------------------------------------------------------------------------


def _decision(run: CommandRun, said: AgentMessage, screened: ScreeningResult) -> Decision:
    change = replace(run.change, letters=(*_with_note(run), *_told(run, said)))
    more = (*([run.apart] if run.apart else []), *run.more)
    verdict = Verdict.NOTE if run.words.kept else Verdict.COMMAND
    return Decision(
        verdict,
        screened.reason,
        _in_a_line(run, said),
        change,
        more,
        entry=CaseEntry(internal=True, words=run.words.kept or None),
        confirmation=ConfirmationStep.DONE,
    )


def _with_note(run: CommandRun) -> list[LetterOrder]:
    """The letters; whom the same mail gives the case reads the note that was written for them."""
    letters = _once_each(run.change.letters)
    if not run.words.kept:
        return letters
    note, author = run.words.kept, run.hand.address
    return [replace(each, text=note, author=author) if _shows_note(each) else each for each in letters]


def _shows_note(order: LetterOrder) -> bool:
    notice = NOTICES.get(order.kind)
    return notice is not None and notice.shows_note


def _once_each(letters: Sequence[LetterOrder]) -> list[LetterOrder]:
    """One letter of each kind (and part), the last that was ordered; the customers read the answer first."""
    last = {(order.kind, order.part): order for order in letters}
    return sorted(last.values(), key=lambda order: order.kind is not LetterKind.ANSWER)


def _told(run: CommandRun, said: AgentMessage) -> list[LetterOrder]:
    """Write what the author hears: nothing about an answer that simply went to whom the notice named."""
    if not (said.lines or run.transcript.done or run.transcript.undone):
        return _nothing_said(
            run, _UNREADABLE.get(run.s.mail.seal, "it held no words of yours and no command")
        )
    if not (said.lines or run.transcript.undone or run.transcript.shown or run.words.unforeseen):
        return []
    if not (said.lines or said.words or run.transcript.done):  # files alone, as some absence notes are
        return _nothing_said(run, "; ".join(run.transcript.undone))
    return _transcript(run)


_UNREADABLE: Final = {
    Seal.ENCRYPTED: "it is encrypted, and nothing of it can be read here",
    Seal.UNREAD: (
        "its words are packed in a way that cannot be read here (S/MIME compressed, or rich text in"
        " winmail.dat)"
    ),
}


def _nothing_said(run: CommandRun, why: str) -> list[LetterOrder]:
    if not run.s.mail.automation.reply_allowed:
        return []
    return [LetterOrder(LetterKind.NOTE_KEPT, author=run.hand.address, extra={"why": why})]


def _transcript(run: CommandRun) -> list[LetterOrder]:
    told = run.transcript
    extra = {
        "done": "\n".join(told.done),
        "undone": "\n".join(told.undone),
        "back": run.words.back,
        "told": "\n\n".join(told.shown),
        "help": "yes" if told.help else "",
    }
    return [LetterOrder(LetterKind.TRANSCRIPT, author=run.hand.address, extra=extra)]


def _in_a_line(run: CommandRun, said: AgentMessage) -> str:
    given = ", ".join(f"#{line.command.word}" for line in said.lines if line.command)
    words = "answered" if run.words.answered else "a note" if run.words.kept else ""
    failed = f"{len(run.transcript.undone)} not done" if run.transcript.undone else ""
    what = "; ".join(filter(None, (words, given, failed))) or "nothing to do"
    return f"{folded(run.hand.address)} on {run.case.ref}: {what}"
