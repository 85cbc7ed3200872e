"""A mail as filing takes it: its ledger row, what reading made of it, and what it points at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from maildesk.casework.filed_mail import cause_of
from maildesk.casework.returned_forms import ReturnedForm
from maildesk.desk.case.commands import CANCEL, SEARCHING
from maildesk.desk.decisions.enclosing import files_to_pass_on
from maildesk.desk.decisions.opening import is_form
from maildesk.desk.policy.desk import Desk
from maildesk.desk.screening.command_context import FileAtHand
from maildesk.desk.screening.command_lines import CommandLine
from maildesk.desk.screening.filled_forms import FormMail
from maildesk.desk.screening.form_mails import form_mail
from maildesk.desk.screening.heard import NOTHING_HEARD, HeardMail, UnreadMail, WordsFound
from maildesk.desk.screening.looked_up import LookedUp
from maildesk.desk.screening.origin import believed
from maildesk.desk.screening.persons_words import filled_in
from maildesk.desk.screening.shown_tokens import shows_tokens
from maildesk.desk.screening.signals import Signals, signals_of
from maildesk.mail.identity.keys import KeyRing
from maildesk.mail.identity.references import case_reference, read_message_id
from maildesk.mail.message import EnclosedFile, FileKey, IncomingMail, Standing
from maildesk.store.ledger import WaitingMail


@dataclass(frozen=True, slots=True)
class AskedFiles:
    """The files of the mail in that ledger row."""

    ledger_id: int
    files: Mapping[FileKey, EnclosedFile]

    @property
    def at_hand(self) -> tuple[FileAtHand, ...]:
        """The facts about them that deciding has to know."""
        return tuple(FileAtHand(key.name, len(each.content), key.sha256) for key, each in self.files.items())


@dataclass(frozen=True, slots=True)
class ReadMail:
    """One ledger row with what reading made of it and, for a readable mail, what it points at.

    `files` are those that letters may enclose; `heard` is what its words say; `asked` are the
    files of another mail that an agent's #files asks for, `form` is the form that it is, `returned` are
    those of its author that were sent back before; `looked` is what a person of the desk asks to see.
    `by_desk`: its From is a person's of the desk; `shows`: it shows its tokens to others.
    """

    row: WaitingMail
    reading: IncomingMail | UnreadMail
    signals: Signals | None = None
    ref: str = ""
    files: Mapping[FileKey, EnclosedFile] = field(default_factory=dict)
    heard: WordsFound = NOTHING_HEARD
    asked: AskedFiles | None = None
    form: FormMail | None = None
    returned: tuple[ReturnedForm, ...] = ()
    looked: tuple[LookedUp, ...] = ()
    by_desk: bool = False
    shows: bool = False

    @property
    def asks_for_files(self) -> bool:
        """Tell whether somebody of the desk seems to have written #files; who may act is decided later."""
        return any(
            line.command and line.command.word == "files"
            for line in (*self.heard.said.lines, *self.heard.looks)
        )

    @property
    def lines_to_look_up(self) -> tuple[CommandLine, ...]:
        """The lines by which somebody of the desk seems to ask to see cases; who may is decided later."""
        mail = self.reading
        if isinstance(mail, UnreadMail) or mail.by_machine or not self.by_desk:
            return ()
        if mail.author.standing is Standing.FAILED:
            return ()
        searched = (line for line in self.heard.said.lines if line.command and line.command.word in SEARCHING)
        return self.heard.looks or tuple(searched)


def files_wanted(heard: HeardMail, desk: Desk) -> frozenset[str]:
    """The files that letters may enclose, by sha256: a second look is taken for them alone."""
    return frozenset(files_to_pass_on(heard.mail, desk))


def before_what_takes_back(readings: Sequence[HeardMail | UnreadMail]) -> int:
    """Count the mails before the first that takes an answer back: what these say is written by then."""
    for at, each in enumerate(readings):
        lines = each.heard.said.lines if isinstance(each, HeardMail) else ()
        if at and any(line.command and line.command.word == CANCEL for line in lines):
            return at
    return len(readings)


def believe(row: WaitingMail, heard: HeardMail, desk: Desk, keys: KeyRing) -> HeardMail:
    """The mail with its author as far as we believe what it says of who wrote it; `keys` of this day.

    What a form that a rule names sends is a person's from here on.
    """
    mail = heard.mail
    # Forms are asked for where it makes a difference: the rules cost time, and most mails are people's.
    asked = (
        mail.automation.automatic or mail.automation.newsletter or desk.people.is_own(mail.author.addr_spec)
    )
    form = bool(asked) and is_form(mail, heard.heard, row.mailbox_name, desk)
    mail = filled_in(mail, desk.people) if form else mail
    ours = mail.ids.message_id is not None and read_message_id(keys, mail.ids.message_id) is not None
    as_believed = believed(mail, desk.people, ours=ours, form=form)
    return heard if as_believed is heard.mail else replace(heard, mail=as_believed)


def point(
    row: WaitingMail, heard: HeardMail, files: Mapping[FileKey, EnclosedFile], desk: Desk, keys: KeyRing
) -> ReadMail:
    """The mail with what it points at, and with the reference that a case of its own would have."""
    mail = heard.mail
    shows = shows_tokens(mail, desk.people)
    signals = signals_of(mail, keys, desk.addressed, desk.tag, shown=shows)
    form = form_mail(mail, heard.heard.forms, row.mailbox_name, signals, desk)
    if form:
        signals = replace(signals, formed=form.cases, tags=(*signals.tags, *form.cases))
    ref = case_reference(keys, cause=cause_of(row, mail), digest=mail.digests.content)
    by_desk = desk.people.is_desk_person(mail.author.addr_spec)
    return ReadMail(row, mail, signals, ref, files, heard.heard, form=form, by_desk=by_desk, shows=shows)
