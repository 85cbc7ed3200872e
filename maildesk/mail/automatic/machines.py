"""The part of machines in a mail: whether one wrote it, what it brings back, whether one may answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from maildesk.mail.automatic import auto_replies, bounce
from maildesk.mail.automatic.out_of_office import away_until, is_absence_subject
from maildesk.mail.identity.own_names import NO_NAMES, OwnNames
from maildesk.mail.message import Automatic, AutomaticKind, Automation
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
    """All but the day of return, from the header where that is enough; and the names of fields that say so.

    `flufl` False leaves flufl.bounce unasked.
    """
    said = auto_replies.judge(fields, own_names, through_group=through_group)
    machine = said.automatic
    suspected = bounce.suspicion(said, fields, subject)
    returned = bounce.read_bounce(raw, fields, parts, suspected=suspected, flufl=flufl)
    if returned is not None and (machine is None or machine.kind is not AutomaticKind.BOUNCE):
        machine = Automatic(AutomaticKind.BOUNCE, machine.rule if machine else "a delivery report")
    return Automation(machine, returned, machine is None and said.withheld is None), said.signs


def absence(judged: Automation, subject: str, words: str, sent: datetime | None) -> date | None:
    """Until when an absence note says that its author is away; None for any other mail."""
    if sent is None or judged.reply_allowed or judged.bounce:
        return None
    answers = judged.automatic is not None and judged.automatic.kind is AutomaticKind.AUTO_REPLY
    if not answers and not is_absence_subject(subject):
        return None
    return away_until(f"{subject}\n{words}", sent.date())
