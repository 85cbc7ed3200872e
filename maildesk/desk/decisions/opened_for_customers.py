"""A case that an agent opens for a customer: their mail passed on, or what they said by telephone or chat."""

from __future__ import annotations

from dataclasses import dataclass, replace

from maildesk.desk.case.change import Change
from maildesk.desk.case.commands import WordsBelow
from maildesk.desk.case.letter_order import LetterKind, LetterOrder
from maildesk.desk.case.told import Phrase, problem_told
from maildesk.desk.case.verdicts import Verdict
from maildesk.desk.decisions.actor import Actor
from maildesk.desk.decisions.agent_mail import decision_of, do_line, speak, tell_strays, transcript_of
from maildesk.desk.decisions.answering import why_no_answer
from maildesk.desk.decisions.command_run import CommandRun, MailWords
from maildesk.desk.decisions.decision import CaseEntry, Decision
from maildesk.desk.decisions.entered_matter import read_entered
from maildesk.desk.decisions.opening import entered_team, new_case, ruled_on
from maildesk.desk.decisions.receipts import channels_told, heard_by
from maildesk.desk.decisions.refusing import refuse_line
from maildesk.desk.policy.desk import Desk
from maildesk.desk.screening.command_lines import AgentMessage
from maildesk.desk.screening.heard import WordsFound
from maildesk.desk.screening.outcomes import ScreeningResult
from maildesk.desk.screening.situation import Situation
from maildesk.errors import MaildeskError
from maildesk.mail.addr_spec import folded
from maildesk.mail.message import Addressing, Author, PassedOn, Standing


@dataclass(frozen=True, slots=True)
class _Matter:
    """A matter as an agent tells it for its customer: by which channel, and with which receipt, if any."""

    told: PassedOn
    channel: str
    receipt: LetterKind | None
    how: str


def open_for_customer(s: Situation, desk: Desk, screened: ScreeningResult) -> Decision:
    """An agent passes on what a customer wrote: the customer's case, with the agent's words as a note.

    The customer hears our fixed words only: that the mail was theirs, nobody but the agent says.
    """
    passed = s.mail.body.passed_on
    assert passed is not None  # the row that leads here asks for it
    channel = desk.channel_of(s.mailbox)
    matter = _Matter(passed, channel, LetterKind.ACKNOWLEDGEMENT_FIXED, "passed on")
    return _opened(s, desk, screened, matter, s.heard.said)


def open_entered(s: Situation, desk: Desk, screened: ScreeningResult) -> Decision:
    """An agent enters what a customer said by telephone or chat: their case, with the commands done.

    The words below the commands are the customer's, or the mail's that is passed on below them: then, and
    with #note alone, they are a note.
    """
    said = s.heard.said
    line = said.entering
    assert line is not None  # the row that leads here asks for it
    try:
        entered = read_entered(line.value, desk)
    except MaildeskError as problem:
        why = Phrase("#new cannot be done ({problem})", problem=problem_told(problem))
        return refuse_line(s, desk, screened, why=why)
    others = tuple(each for each in said.lines if each is not line)
    inside = any(
        each.command and each.command.words is WordsBelow.INTERNAL and not each.value for each in others
    )
    passed = s.mail.body.passed_on
    noted = said.words if passed or inside else ""
    words = passed.text if passed else "" if inside else said.words
    told = PassedOn(entered.customer, s.mail.subject, words)
    receipt = None if entered.quietly else LetterKind.ACKNOWLEDGEMENT
    matter = _Matter(told, entered.channel, receipt, "entered")
    return _opened(s, desk, screened, matter, replace(said, lines=others, words=noted))


def _opened(
    s: Situation, desk: Desk, screened: ScreeningResult, matter: _Matter, said: AgentMessage
) -> Decision:
    as_told = _as_the_customer_told(s, matter.told)
    new = new_case(as_told, desk, matter.channel)
    case, hand = new.case, Actor(s.author, s.now, s.author)
    letters = [entered_team(case, new.ruled, desk, hand)]
    receives = matter.receipt and not why_no_answer(as_told, desk, case)
    if matter.receipt and receives:
        entered = {"entered": "yes", **channels_told(case, matter.channel, desk)}
        extra = {"escalated": "", **(entered if matter.receipt is LetterKind.ACKNOWLEDGEMENT else {})}
        letters.insert(0, LetterOrder(matter.receipt, extra=extra))
    opened = Change(case, (replace(new.opened, actor=hand.actor),), tuple(letters))
    opened = opened.then(ruled_on(case, new.ruled, desk, s.now, heard_by(letters)))
    heard = replace(s.heard, said=said)  # no command takes the customer's words for its author's
    run = CommandRun(replace(s, heard=heard), desk, hand, opened, words=MailWords(internal=True))
    run.transcript.done.append(
        Phrase(
            "opened {case} for {who}" if receives else "opened {case} for {who}, who gets no receipt",
            case=case.ref,
            who=case.requester,
        )
    )
    for line in said.lines:
        do_line(run, line)
    speak(run, said)
    tell_strays(run, said)
    decided = decision_of(run, said, screened)
    assert decided.change is not None  # there is a case
    transcript = () if said.lines or run.transcript.undone else transcript_of(run)
    return replace(
        decided,
        verdict=Verdict.OPENED,
        note=f"opened {case.ref} for {case.requester}, {matter.how} by {folded(hand.address)}",
        change=replace(decided.change, letters=(*decided.change.letters, *transcript)),
        entry=CaseEntry(True, matter.told.text, matter.told.author.address, run.words.kept),
    )


def _as_the_customer_told(s: Situation, told: PassedOn) -> Situation:
    """The mail as it would have come from the customer; whom the agent wrote to is not of the case."""
    author = Author(told.author, Standing.UNKNOWN, "passed on by a colleague", told.author.name)
    mail = replace(
        s.mail,
        author=author,
        subject=told.subject or s.mail.subject,
        body=replace(s.mail.body, text=told.text, new_text=told.text),
        addressing=Addressing(recipients=s.mail.addressing.recipients),
        google=False,  # these two the agent's own program said
        language="",
        automation=replace(s.mail.automation, reply_allowed=True),
    )
    return replace(s, mail=mail, heard=WordsFound(named=s.heard.passed_on))
