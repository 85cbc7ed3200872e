"""The trial of all letters before a customer waits: each is written with made-up data and a made-up key."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from maildesk.desk.letters.cause import Cause
from maildesk.desk.letters.letter_kinds import FORMS
from maildesk.desk.letters.letter_writer import LetterWriter
from maildesk.desk.letters.sample import (
    CUSTOMER,
    lost_words,
    occasions,
    sample_digest,
    sample_form_letters,
    sample_letters,
    sample_orders_apart,
    sample_sheets,
    sample_suggestions,
    sample_summary,
    sample_weekly,
)
from maildesk.desk.letters.saved_replies import TemplateReplies, reply_problems
from maildesk.desk.letters.template_problem import TemplateProblem
from maildesk.desk.letters.templates import LetterTemplates
from maildesk.desk.policy.desk import Desk
from maildesk.mail.identity.keys import SECRET_BYTES, KeyRing


def template_problems(desk: Desk, templates: LetterTemplates, now: datetime) -> Iterator[TemplateProblem]:
    """Find what goes wrong when every letter is written with sample data, each template's first mistake."""
    writer = LetterWriter(desk, templates, KeyRing.generate(bytes(SECRET_BYTES)))
    told: set[str] = set()
    own, *_ = desk.policy.languages
    for language in desk.policy.languages:
        for order, occasion in sample_letters(desk, now, language):
            if language != own and not FORMS[order.kind].audience.of_customers:
                continue  # the desk's people read their own language, whatever the customer's is
            try:
                writer.write(order, occasion, [CUSTOMER])
            except TemplateProblem as problem:
                name = templates.name_of(order.kind, order.own, language)
                if name not in told:
                    told.add(name)
                    yield problem
    yield from lost_words(desk, templates)
    for order in (*sample_orders_apart(desk), *sample_form_letters(desk)):
        try:
            writer.apart(order, Cause("sample"), now)
        except TemplateProblem as problem:
            if templates.name_of(order.kind) not in told:
                told.add(templates.name_of(order.kind))
                yield problem
    author = desk.people.agents[0].address if desk.people.agents else ""
    cases = [each.case for language in desk.policy.languages for each in occasions(desk, now, language)]
    yield from reply_problems(TemplateReplies(templates, desk), cases, author, now)
    of_no_case = (
        lambda: writer.alarm("sample", "A sample", "Nothing is wrong.", now),
        lambda: writer.digest(CUSTOMER.address, sample_digest(desk, now), "sample", now),
        lambda: sample_summary(writer, desk, now),
        lambda: sample_weekly(writer, now),
        lambda: sample_sheets(writer, desk, now),
        lambda: sample_suggestions(writer, now),
    )
    for write in of_no_case:
        try:
            write()
        except TemplateProblem as problem:
            yield problem
