"""The part of machines in a mail: whether one wrote it, what it brings back, whether one may answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from maildesk.mail.automatic import auto_replies, bounce
from maildesk.mail.automatic.absence_notes import is_absence_note
from maildesk.mail.automatic.calendar_replies import calendar_reply_in
from maildesk.mail.automatic.challenges import challenge_in
from maildesk.mail.automatic.out_of_office import away_until, is_absence_subject
from maildesk.mail.automatic.reactions import reaction_in
from maildesk.mail.identity.own_names import NO_NAMES, OwnNames
from maildesk.mail.message import Automatic, AutomaticKind, Automation, Body, Restraint
from maildesk.mail.mime.headers import Field
from maildesk.mail.mime.structure import Part


def judge(
    raw: bytes,
    fields: Sequence[Field],
    parts: Sequence[Part],
    subject: str,
    own_names: OwnNames = NO_NAMES,
    *,
    flufl: bool = True,
    through_group: bool = False,
) -> tuple[Automation, tuple[str, ...]]:
    """The word of header and reports, not of a person; and the names of fields that say so.

    `flufl` False leaves flufl.bounce unasked.
    """
    said = auto_replies.judge(fields, own_names, through_group=through_group)
    machine = said.automatic
    suspected = bounce.suspicion(said, fields, subject)
    returned = bounce.read_bounce(raw, fields, parts, suspected=suspected, flufl=flufl)
    if returned is not None and (machine is None or machine.kind is not AutomaticKind.BOUNCE):
        told = "a complaint" if returned.complaint else "a delivery report"
        machine = Automatic(AutomaticKind.BOUNCE, machine.rule if machine else told)
    allowed = machine is None and said.withheld is None
    return Automation(machine, returned, allowed, restraints=said.restraints), said.signs


def heard(
    judged: Automation,
    raw: bytes,
    fields: Sequence[Field],
    parts: Sequence[Part],
    subject: str,
    body: Body,
    sent: datetime | None,
) -> Automation:
    """Judge anew, knowing the mail's words: what no field says of a machine, and an absence note's day."""
    words = body.new_text
    judged = _challenging(judged, challenge_in(fields, subject, words, by_machine=not judged.reply_allowed))
    judged = _clicked(judged, _click_in(raw, fields, parts, subject, words))
    judged = replace(judged, away_until=_absence(judged, subject, words, sent))
    # Programs quote nothing below a note; people who say that they are away do.
    if judged.bounce or body.quotes or not is_absence_note(words):
        return judged
    return replace(judged, reply_allowed=False, restraints=judged.restraints | {Restraint.ABSENCE})


def _click_in(
    raw: bytes, fields: Sequence[Field], parts: Sequence[Part], subject: str, words: str
) -> Automatic | None:
    """The answer that a click sent. Where a person wrote beside it, a program passes their words on."""
    answers = any(field.name in ("in-reply-to", "references") for field in fields)
    found = reaction_in(raw, parts, words, answers=answers)
    if found is None and (reply := calendar_reply_in(raw, fields, parts, subject)):
        found = reply.named, reply.has_words(words)
    if found is None:
        return None
    name, worded = found
    return Automatic(AutomaticKind.GENERATED if worded else AutomaticKind.AUTO_REPLY, name, worded)


def _clicked(judged: Automation, found: Automatic | None) -> Automation:
    """A click by whatever passes it on, but for what came back or asks for a proof."""
    machine = judged.automatic
    others = (AutomaticKind.BOUNCE, AutomaticKind.LOOP, AutomaticKind.CHALLENGE)
    if found is None or judged.bounce or (machine is not None and machine.kind in others):
        return judged
    return replace(judged, automatic=found, reply_allowed=False)


def _challenging(judged: Automation, found: AutomaticKind | Restraint | None) -> Automation:
    """A challenge by the machine that seems to have written it, or by a mail that only sounds like one."""
    if judged.bounce or found is None:
        return judged
    if isinstance(found, Restraint):
        return replace(judged, reply_allowed=False, restraints=judged.restraints | {found})
    machine = judged.automatic
    others = (AutomaticKind.BOUNCE, AutomaticKind.LOOP, AutomaticKind.LIST)
    if judged.newsletter or (machine is not None and machine.kind in others):
        return judged
    return replace(judged, automatic=Automatic(found, "a challenge"), reply_allowed=False)


def _absence(judged: Automation, subject: str, words: str, sent: datetime | None) -> date | None:
    """Until when an absence note says that its author is away; None for any other mail."""
    if sent is None or judged.reply_allowed or judged.bounce:
        return None
    answers = judged.automatic is not None and judged.automatic.kind is AutomaticKind.AUTO_REPLY
    if not answers and not is_absence_subject(subject):
        return None
    return away_until(f"{subject}\n{words}", sent.date())
