"""The answer of a person of the desk to a notice: commands first, then the words, then a transcript."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from maildesk.desk.case.change import Change
from maildesk.desk.case.commands import WordsBelow
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.case.told import Joined, Phrase, problem_told, said
from maildesk.desk.case.verdicts import Verdict
from maildesk.desk.decisions import acts
from maildesk.desk.decisions.actor import Actor
from maildesk.desk.decisions.colliding import held_back, told_of
from maildesk.desk.decisions.command_actions import ACTIONS, may_give, not_one_of_theirs
from maildesk.desk.decisions.command_questions import came_of
from maildesk.desk.decisions.command_run import CommandRun, MailWords
from maildesk.desk.decisions.command_saying import tell_unsaid, with_saved
from maildesk.desk.decisions.consulted import answer_told
from maildesk.desk.decisions.decision import CaseEntry, ConfirmationStep, Decision
from maildesk.desk.decisions.doubted_words import tell_doubted
from maildesk.desk.decisions.enclosing import EnclosedFiles, enclosing
from maildesk.desk.decisions.first_answers import too_little
from maildesk.desk.decisions.inside_answers import open_inside, said_inside
from maildesk.desk.decisions.late_words import TOO_LATE, answers_too_late
from maildesk.desk.decisions.letting_in import letting_in
from maildesk.desk.decisions.parties import consult
from maildesk.desk.letters.answer_readers import answer_readers, named_readers
from maildesk.desk.letters.letter_kinds import NOTICES
from maildesk.desk.policy.desk import Desk
from maildesk.desk.screening.command_lines import MOST_LINES, AgentMessage, CommandLine
from maildesk.desk.screening.outcomes import ScreeningResult
from maildesk.desk.screening.situation import Situation
from maildesk.errors import MaildeskError, NotAllowed
from maildesk.mail.addr_spec import folded
from maildesk.mail.message import RichWords
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
        do_line(run, line)
    if said.more:
        run.transcript.undone.append(
            Phrase(
                "{count} more lines: one mail gives {most} commands at most",
                count=said.more,
                most=MOST_LINES,
            )
        )
    _meet_copied(run, said)
    speak(run, said)
    decided = decision_of(run, said, screened)
    return held_back(s, desk, decided) or decided


def do_line(run: CommandRun, line: CommandLine) -> None:
    """One line: done, or reported with the reason and nothing changed."""
    shown = line.written if len(line.written) <= _SHOWN else line.written[:_SHOWN] + "…"
    command = line.command
    if command is None:
        meant = Phrase("; did you mean #{command}?", command=line.nearest) if line.nearest else ""
        run.transcript.undone.append(_became(shown, Phrase("there is no such command"), meant))
        return
    if command.words is WordsBelow.INTERNAL:
        run.words.internal = True  # whatever becomes of the line: these words were not meant for the customer
    try:
        if not may_give(run.desk.people, run.hand.address, command):
            raise NotAllowed(Phrase("only {who} may do this", who=Phrase(command.may.value)))
        if command.needs_argument and not line.value:
            raise NotAllowed(
                Phrase("say what: {usage}", usage=command.usage),
                remedy=Phrase("for example {example}", example=command.example),
            )
        sentence = ACTIONS[command.word](run, line.value)
    except MaildeskError as problem:
        run.transcript.undone.append(_became(shown, problem_told(problem)))
    else:
        if sentence:
            run.transcript.done.append(_became(shown, sentence))


def _became(line: str, *words: str) -> Joined:
    return Joined("", (line, _CAME_OF_IT, *words))


_SHOWN = 80
"""So much of a line is repeated in the transcript."""

_CAME_OF_IT = " \u2192 "
"""Between a line and what came of it. No colon: people write colons and full stops in their lines."""


# --- the words --------------------------------------------------------------------------------------


def speak(run: CommandRun, said: AgentMessage) -> None:
    """Send the words where they go. In doubt they go nowhere, and their author gets them back."""
    below = "" if run.words.planned else said.words
    words = "\n".join(filter(None, (run.words.first, below)))
    files = enclosing(run.s.mail, run.s.at_hand.customers_files, run.desk.answer_files)
    if run.words.internal:
        tell_unsaid(run)
        _keep_inside(run, words, files)
        if not words and any(line.command and line.command.word == "note" for line in said.lines):
            run.transcript.undone.append(Phrase("no note was kept: there are no words below #note"))
    elif said.unknown or said.stray or said.more or said.entering or run.words.unsaid:
        _hold_back(run, said)
    else:
        _say_to_customers(run, with_saved(run, words), files, () if run.words.saved else said.rich)
    tell_doubted(run)


def _say_to_customers(run: CommandRun, words: str, files: EnclosedFiles, rich: RichWords) -> None:
    if answers_too_late(run.s.at_hand.letter, words) and not run.s.inquiry.sent_anyway:
        run.transcript.undone.append(TOO_LATE)
        run.words.back = words
    elif words and files.too_large:
        run.transcript.undone += files.told
        run.words.back = words
    elif words:
        _answer(run, words, files, rich)
    elif files.enclosed:
        run.transcript.undone.append(
            Phrase(
                "the attached files were not sent: there are no words above them"
                " (write a line to go with them)"
            )
        )


def _keep_inside(run: CommandRun, words: str, files: EnclosedFiles) -> None:
    if words and _answers_inside(run, words):
        return
    if words:
        run.carry(acts.note(run.case, words, run.hand))
        run.words.kept = words
        run.transcript.done.append(Phrase("your words are kept as a note, for colleagues only"))
        if asked_by := run.s.inquiry.consultation:
            run.carry(Change(run.case, letters=(answer_told(asked_by, run.hand.address, words),)))
    if run.words.asked:
        asked = tuple(dict.fromkeys(run.words.asked))
        run.carry(acts.ask(run.case, run.hand, asked, words, files.enclosed))
        run.transcript.done.append(Phrase("your question goes to {who}", who=", ".join(asked)))
        run.transcript.undone += files.told


def _answers_inside(run: CommandRun, words: str) -> bool:
    """Take the words as the answer to what the letter asks the desk's own people, where they are one."""
    asks, heard = run.s.inquiry.consultation, run.s.heard
    if asks is None or heard.said.lines:
        return False
    change = said_inside(run.case, run.desk, run.hand, asks, heard.reply, words)
    if change is None:
        question = open_inside(run.case, run.desk) if asks.letter == LetterKind.QUESTION_TEAM else None
        if question:
            choice = Joined(Phrase(" or "), [f"#answer {each.name}" for each in question.answers])
            run.transcript.undone.append(
                Phrase(
                    "{question}: your words are no clear answer (write {choice})",
                    question=question.name,
                    choice=choice,
                )
            )
        return False
    run.carry(change)
    run.words.kept = words
    run.transcript.done.append(came_of(change))
    return True


def _hold_back(run: CommandRun, said: AgentMessage) -> None:
    """Perhaps a command was mistyped or stands in the wrong place: no customer is to read it."""
    tell_strays(run, said)
    unknown = [line.written for line in said.unknown]
    run.words.back = "\n".join([*unknown, *([said.words] if said.words else [])])


def tell_strays(run: CommandRun, said: AgentMessage) -> None:
    """Tell the author of commands among their words, which are none there."""
    for line in said.stray:
        why = Phrase("commands stand at the very top, and this line stands below your words")
        run.transcript.undone.append(_became(line.written[:_SHOWN], why))


def _answer(run: CommandRun, words: str, files: EnclosedFiles, rich: RichWords) -> None:
    case = run.apart.case if run.apart else run.case
    readers = answer_readers(case, run.desk.people)
    if not readers:
        run.transcript.undone.append(
            Phrase(
                "your words were not sent: the case has no customer who can be written to"
                " (#add {who} at the top lets them take part, and they get your words)",
                who=case.unconfirmed or Phrase("ADDRESS"),
            )
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
    goes = Phrase("your answer goes to {who}", who=named_readers(readers))
    unforeseen = [Phrase(", who are not those that the notice you answered named")] * run.words.unforeseen
    run.transcript.done.append(Joined("", (goes, *unforeseen)))


def _foreseen(run: CommandRun) -> bool:
    """Tell whether the notice named those whom the answer would reach without the commands above it."""
    assert run.s.found is not None
    notice, readers = run.s.at_hand.notice, answer_readers(run.s.found.case, run.desk.people)
    named, language = named_readers(readers), run.desk.language
    return not notice or (said(named, language) if language else named) in " ".join(notice.split())


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
            too_many = "not asked, since by one mail {most} people are asked at most: {who}"
            run.transcript.undone.append(Phrase(too_many, most=most, who=", ".join(strangers[most:])))
        for address in strangers[:most]:
            try:
                run.carry(consult(run.case, run.desk, run.hand, address))
                run.words.asked.append(address)
            except MaildeskError as problem:
                run.transcript.undone.append(Joined(": ", (address, problem_told(problem))))
    elif not run.words.internal:
        run.transcript.undone.append(
            Phrase(
                "{who}: copied, but not part of the case"
                " (#add lets somebody take part for the customer, #ask asks a colleague)",
                who=", ".join(strangers),
            )
        )


# --- the outcome ------------------------------------------------------------------------------------


def decision_of(run: CommandRun, said: AgentMessage, screened: ScreeningResult) -> Decision:
    change = replace(run.change, letters=(*_with_note(run), *_told(run, said)))
    more = (*([run.apart] if run.apart else []), *_with_owner(run), *run.more)
    verdict = Verdict.NOTE if run.words.kept else Verdict.COMMAND
    return Decision(
        verdict,
        screened.reason,
        _in_a_line(run, said),
        change,
        more,
        entry=CaseEntry(internal=True, words=run.words.kept or None),
        confirmation=ConfirmationStep.DONE,
        chooses=tuple(run.chosen),
        takes_back=run.taken_back,
    )


def _with_owner(run: CommandRun) -> list[Change]:
    """The cases of what the mail asks for: they stay with the owner whom the same mail gave this one."""
    before, case = run.s.found.case if run.s.found else run.case, run.case
    if before.owner or not case.owner:
        return run.requests

    def owned(new: Change) -> Change:
        if new.case.owner or new.case.phase.ended or new.case.team != case.team:
            return new
        given = acts.assign(new.case, run.desk, run.hand, case.owner, new.case.team)
        return new.then(replace(given, letters=()))  # the notice of the new case names its owner

    return [owned(each) for each in run.requests]


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
            run, _UNREADABLE.get(run.s.mail.seal, Phrase("it held no words of yours and no command"))
        )
    if not (said.lines or run.transcript.undone or run.transcript.shown or run.words.unforeseen):
        return []
    if not (said.lines or said.words or run.transcript.done):  # files alone, as some absence notes are
        return _nothing_said(run, Joined("; ", run.transcript.undone))
    return transcript_of(run)


_UNREADABLE: Final = {
    Seal.ENCRYPTED: Phrase("it is encrypted, and nothing of it can be read here"),
    Seal.UNREAD: Phrase(
        "its words are packed in a way that cannot be read here (S/MIME compressed, or rich text in"
        " winmail.dat)"
    ),
}


def _nothing_said(run: CommandRun, why: str) -> list[LetterOrder]:
    if not run.s.mail.automation.reply_allowed:
        return []
    return [LetterOrder(LetterKind.NOTE_KEPT, author=run.hand.address, extra={"why": why})]


def transcript_of(run: CommandRun) -> list[LetterOrder]:
    told = run.transcript
    extra = {
        "done": Joined("\n", told.done),
        "undone": Joined("\n", told.undone),
        "back": run.words.back,
        "told": Joined("\n\n", told.shown),
        "help": "yes" if told.help else "",
    }
    return [LetterOrder(LetterKind.TRANSCRIPT, author=run.hand.address, extra=extra)]


def _in_a_line(run: CommandRun, said: AgentMessage) -> str:
    given = ", ".join(f"#{line.command.word}" for line in said.lines if line.command)
    words = "answered" if run.words.answered else "a note" if run.words.kept else ""
    failed = f"{len(run.transcript.undone)} not done" if run.transcript.undone else ""
    what = "; ".join(filter(None, (words, given, failed))) or "nothing to do"
    return f"{folded(run.hand.address)} on {run.case.ref}: {what}"
