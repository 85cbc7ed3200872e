"""The files of an agent's mail that go along with the answer to the customers, and those that do not."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from maildesk.desk.case.told import Phrase
from maildesk.desk.policy.desk import Desk
from maildesk.desk.screening.command_context import FileAtHand
from maildesk.mail.message import Attachment, FileKey, IncomingMail, Standing
from maildesk.mail.seals import Seal


@dataclass(frozen=True, slots=True)
class EnclosedFiles:
    """The files sent along (`LetterOrder.enclosed`), and a sentence for each that is not.

    `too_large` says that the answer's files are over the limit together: then none goes.
    """

    enclosed: tuple[FileKey, ...] = ()
    told: tuple[str, ...] = ()
    too_large: bool = False


# Made by mail programs, not chosen by a person; most name the author's own address.
_WRAPPINGS = frozenset({
    "application/ms-tnef", "application/vnd.ms-tnef", "application/pgp-signature", "application/pgp-keys",
    "application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-encrypted",
    "text/vcard", "text/x-vcard", "text/directory",
})  # fmt: skip
_MAILS = ("message/", "application/vnd.ms-outlook")
_MAIL_NAMES = (".eml", ".msg", ".mbox", ".emlx")
# A mail signed or encrypted as a whole (RFC 8551 §3.2).
_CLOSED_MAILS = ("application/pkcs7-mime", "application/x-pkcs7-mime")


def enclosing(mail: IncomingMail, known: Collection[FileKey], limit: int) -> EnclosedFiles:
    """The files of an answer. `known` are those that the customers sent: they have them already.

    A mail that is passed on is never sent: it may be a notice of ours, with all that agents said.
    """
    pictures = {key.sha256 for key in known}
    wanted = {
        each.key: each
        for each in mail.attachments
        if each.key not in known
        and (_is_attached_closed(each, mail) or not _is_wrapping(each))
        and not _is_quoted(each, pictures)
    }
    mails = [each for each in wanted.values() if _is_mail(each)]
    told = [
        Phrase(
            "{file} was not sent: it is a mail, which may hold what colleagues wrote (copy from it what the"
            " customer should have)",
            file=each.name,
        )
        for each in mails
    ]
    files = [each for each in wanted.values() if not _is_mail(each)]
    size = sum(each.size for each in files)
    if size > limit:
        sentence = Phrase(
            "nothing was sent to the customer: the attached files hold {size} MiB together, an answer may"
            " hold {limit} MiB (limits.answer_files); send smaller ones, or a link",
            size=f"{size / 2**20:.1f}",
            limit=f"{limit / 2**20:g}",
        )
        return EnclosedFiles(told=(*told, sentence), too_large=True)
    return EnclosedFiles(tuple(each.key for each in files), tuple(told))


def may_be_enclosed(mail: IncomingMail, desk: Desk, *, host_named: bool, proven: bool) -> bool:
    """Tell whether notices hold this customer's files, or name them: nobody unknown makes us send megabytes.

    Where the host that vouches for senders is named it is its word that counts, else whether the address ever
    returned a token of ours; a little goes along all the same then.
    """
    standing = mail.author.standing
    if host_named or standing is not Standing.UNKNOWN:
        return standing is Standing.VOUCHED
    return proven or sum(each.size for each in mail.attachments) <= desk.stranger_files


_MOST_MAILS = 10
"""Mails in which the files of one mail come to an agent."""


def in_mails(
    files: Sequence[FileAtHand], limit: int, most: int = _MOST_MAILS
) -> tuple[list[list[FileAtHand]], list[str]]:
    """Files in `most` mails of at most `limit` bytes each, and a sentence for each that fits into none."""
    mails: list[list[FileAtHand]] = []
    left_out: list[str] = []
    room = 0
    for each in files:
        if each.size > limit:
            left_out.append(
                Phrase(
                    "{file} was not sent: it holds {size} MiB, a mail may hold {limit} MiB"
                    " (limits.answer_files)",
                    file=each.name,
                    size=f"{each.size / 2**20:.1f}",
                    limit=f"{limit / 2**20:g}",
                )
            )
        elif mails and each.size <= room:
            mails[-1].append(each)
            room -= each.size
        elif len(mails) >= min(most, _MOST_MAILS):
            left_out.append(
                Phrase(
                    "{file} was not sent: {count} mails are full",
                    file=each.name,
                    count=min(most, _MOST_MAILS),
                )
            )
        else:
            mails.append([each])
            room = limit - each.size
    return mails, left_out


def files_to_pass_on(mail: IncomingMail, desk: Desk) -> frozenset[str]:
    """The files, by sha256, that a letter about this mail may hold: an answer, or a notice to agents.

    What an agent sends is weighed when the customers' own files are known; what is too much for a notice
    is not even looked at.
    """
    if mail.by_machine or not mail.attachments:
        return frozenset()
    author = mail.author.address
    if author is not None and desk.people.is_desk_person(author.address):
        passed_on = (each for each in mail.attachments if not (_is_wrapping(each) or _is_mail(each)))
        return frozenset(each.sha256 for each in passed_on)
    if not desk.people.anybody:
        return frozenset()  # nobody reads notices
    files = {each.key: each.size for each in mail.attachments}
    fits = sum(files.values()) <= desk.notice_files
    return frozenset(key.sha256 for key in files) if fits else frozenset()


def _is_quoted(file: Attachment, pictures: Collection[str]) -> bool:
    """Tell whether it is a picture of the customers' own text, which programs rename as they quote it."""
    return file.inline and file.size > 0 and file.sha256 in pictures


def _is_wrapping(file: Attachment) -> bool:
    named = file.name.lower() in ("winmail.dat", "smime.p7s")
    return named or bool(file.seal) or file.content_type in _WRAPPINGS


def _is_mail(file: Attachment) -> bool:
    named = file.name.lower().endswith(_MAIL_NAMES)
    return file.ours or named or file.content_type.startswith(_MAILS) or _is_closed_mail(file)


def _is_closed_mail(file: Attachment) -> bool:
    """Tell whether it is a mail in a container, and no file that somebody signed ("contract.pdf.p7m")."""
    stem = file.name.lower().removesuffix(".p7m")
    return stem == "smime" or (file.content_type in _CLOSED_MAILS and "." not in stem)


def _is_attached_closed(file: Attachment, mail: IncomingMail) -> bool:
    """Tell whether it is a mail in a container beside the words of this one, which nobody opened."""
    closed = file.seal in (Seal.ENCRYPTED, Seal.UNREAD)
    return _is_closed_mail(file) and closed and bool(mail.body.own_text)
