"""The desk itself in the report: its mails, its letters, and when it heard nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from maildesk.desk.case.told import Joined, Phrase
from maildesk.desk.case.verdicts import Verdict
from maildesk.desk.figures.report import Report
from maildesk.desk.letters.moments import InShort
from maildesk.pages.report_words import NOTHING
from maildesk.pages.times import span

VERDICTS: Final[Mapping[str, Phrase]] = {
    Verdict.OPENED: Phrase("new case"),
    Verdict.APPENDED: Phrase("on a case"),
    Verdict.REOPENED: Phrase("case reopened"),
    Verdict.COMMAND: Phrase("command"),
    Verdict.NOTE: Phrase("note"),
    Verdict.THIRD_PARTY: Phrase("from somebody else"),
    Verdict.AUTOMATIC: Phrase("automatic"),
    Verdict.BOUNCE: Phrase("came back undelivered"),
    Verdict.DUPLICATE: Phrase("duplicate"),
    Verdict.SEEN: Phrase("seen before"),
    Verdict.LEFT: Phrase("left where it was"),
    Verdict.UNVERIFIED: Phrase("not verified"),
    Verdict.FORM_RETURNED: Phrase("form returned"),
    Verdict.IMPORTED: Phrase("imported"),
    Verdict.LOOKED: Phrase("look-up"),
    Verdict.QUARANTINED: Phrase("quarantined"),
    Verdict.ERASED: Phrase("erased"),
}
"""The fate of a mail, in words."""

ENDS: Final[Mapping[str, Phrase]] = {
    "sent": Phrase("sent"),
    "failed": Phrase("failed"),
    "uncertain": Phrase("uncertain"),
    "dropped": Phrase("dropped"),
}
"""The end of a letter, in words."""


def machine(report: Report) -> list[tuple[Phrase, str, str]]:
    """The desk itself: what, how many, and a remark."""
    found = report.machine
    heard: str = Phrase("shorter than what counts as an outage")
    if found.silence and found.silent_since:
        heard = Phrase("since {moment}", moment=InShort(found.silent_since, report.zone))
    return [
        (Phrase("Mails in"), str(sum(found.mails.values())), _counts(found.mails, VERDICTS)),
        (Phrase("In quarantine"), str(found.quarantine), "maildesk inbox list" if found.quarantine else ""),
        (Phrase("Letters that ended"), str(sum(found.letters.values())), _counts(found.letters, ENDS)),
        (
            Phrase("Longest time without hearing from a mailbox"),
            span(found.silence) if found.silence else NOTHING,
            heard,
        ),
    ]


def _counts(counts: Mapping[str, int], names: Mapping[str, Phrase]) -> Joined:
    parts = (Joined(": ", (names.get(name, name), str(count))) for name, count in sorted(counts.items()))
    return Joined(", ", parts)
