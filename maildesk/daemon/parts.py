"""The parts that the daemon and the command line share: clock, desk and office.

Nothing here loads the wire: a command that only lists cases starts fast.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from maildesk.config import building, named_policy
from maildesk.config.packaged import packaged
from maildesk.config.settings import Settings, Subaddress
from maildesk.daemon.clock import SystemClock
from maildesk.desk.policy.desk import Desk, Mailbox, Subaddressing
from maildesk.errors import BadInput

if TYPE_CHECKING:  # loaded where letters are written
    from maildesk.casework.office import Office
    from maildesk.casework.weekly import ReportWish
    from maildesk.desk.letters.letter_limits import LetterLimits
    from maildesk.desk.letters.templates import LetterTemplates


def report_wish(settings: Settings) -> ReportWish | None:
    """The wishes for the weekly report, where the configuration has any: without them no letter goes."""
    from maildesk.casework.weekly import ReportWish
    from maildesk.config.reporting import Attached

    section = settings.report
    if section is None:
        return None
    attach = section.attach is Attached.HTML
    return ReportWish(attach, section.url or "", section.subjects, section.smallest_team)


def office_of(
    settings: Settings, environ: Mapping[str, str] = os.environ, *, try_at: datetime | None = None
) -> Office:
    """The desk, the writer of its letters and their limits.

    With `try_at` every letter is written with samples of that moment, and the first that fails is raised.
    """
    from maildesk.casework.office import Office
    from maildesk.config.letter_files import our_templates, read_templates
    from maildesk.desk.letters.letter_writer import LetterWriter
    from maildesk.desk.letters.sample import lost_words
    from maildesk.desk.letters.saved_replies import TemplateReplies
    from maildesk.desk.letters.stand_ins import StandIns
    from maildesk.desk.letters.templates import LetterTemplates

    desk = desk_of(settings)
    templates = LetterTemplates(read_templates(settings), desk.zone, desk.policy.languages)
    desk = replace(desk, language=templates.default)
    desk = replace(desk, replies=TemplateReplies(templates, desk))
    if problem := next(lost_words(desk, templates), None):
        raise problem  # an answer without its words would go out unseen
    if try_at:
        _try_letters(settings, desk, templates, try_at)
    stand_ins = StandIns(our_templates, desk.zone, desk.policy.languages)
    keys = building.keyring(settings, environ)
    size = settings.limits.escalation_size
    writer = LetterWriter(desk, templates.backed_by(stand_ins.render), keys, size)
    limits = limits_of(settings)
    return Office(desk, writer, limits, building.trust(settings).named, stand_ins)


def _try_letters(settings: Settings, desk: Desk, templates: LetterTemplates, now: datetime) -> None:
    """Write them all, where letters or policy are the operator's: ours about ours are tried by our tests."""
    from maildesk.config.letter_files import own_letters
    from maildesk.desk.letters.letter_trial import template_problems

    own_policy = named_policy.policy_path(settings).parent != packaged("policies")
    if (own_policy or own_letters(settings)) and (
        problem := next(template_problems(desk, templates, now), None)
    ):
        raise problem


def limits_of(settings: Settings) -> LetterLimits:
    """The limits of its letters."""
    from maildesk.desk.letters.letter_limits import LetterLimits

    section = settings.limits
    return LetterLimits(
        per_address_day=section.acks_per_address_day,
        per_case_hour=section.acks_per_case_hour,
        per_hour=section.acks_per_hour,
        per_domain_hour=section.acks_per_domain_hour,
        notices_per_agent_hour=section.notices_per_agent_hour,
        notices_at_once=section.notices_at_once,
        looks_per_agent_hour=section.looks_per_agent_hour,
        notice_files_hour=section.notice_files_hour,
    )


def desk_of(settings: Settings) -> Desk:
    """The desk as decisions see it."""
    mailboxes = {
        box.name: Mailbox(
            box.name, box.address, _SUBADDRESSING[box.subaddress], box.aliases, box.groups, box.channel
        )
        for box in settings.mailboxes
    }
    policy = named_policy.policy(settings)
    return Desk(
        name=settings.desk.name,
        address=settings.desk.address,
        tag=settings.desk.tag,
        zone=settings.desk.timezone,
        policy=policy,
        people=building.people(settings, policy.plans),
        mailboxes=mailboxes,
        ack_max_age=settings.limits.ack_max_age,
        answer_files=settings.limits.answer_files,
        notice_files=settings.limits.notice_files,
        parties_per_mail=settings.limits.parties_per_mail,
        splits_per_mail=settings.limits.splits_per_mail,
        stranger_files=settings.limits.stranger_files,
        morning_sheet=settings.desk.morning_sheet,
        answer_delay=settings.limits.answer_delay,
    )


def speaking_desk_of(settings: Settings) -> Desk:
    """The desk with the language of its own people, and without letters; raises TemplateProblem."""
    from maildesk.config.letter_files import words_written
    from maildesk.desk.letters.language_words import first_language

    desk = desk_of(settings)
    return replace(desk, language=first_language(words_written(settings), desk.policy.languages))


def clock_of(settings: Settings, environ: Mapping[str, str] = os.environ) -> SystemClock:
    """The machine's clock; with `testing: true` it may start at $MAILDESK_NOW."""
    start = environ.get("MAILDESK_NOW") if settings.testing else None
    if not start:
        return SystemClock()
    try:
        at = datetime.fromisoformat(start)
    except ValueError as problem:
        raise BadInput(f"MAILDESK_NOW={start} is no time", remedy="write 2026-11-22T08:30:00Z") from problem
    if at.tzinfo is None:
        raise BadInput(f"MAILDESK_NOW={start} has no time zone", remedy="write 2026-11-22T08:30:00Z")
    return SystemClock(at)


_SUBADDRESSING: Final[Mapping[Subaddress, Subaddressing]] = {
    Subaddress.NONE: "",
    Subaddress.PLUS: "+",
    Subaddress.DASH: "-",
}
