"""The form that a mail is, with what its author's earlier mails about the same case said in it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Protocol

from maildesk.casework.read_mail import ReadMail
from maildesk.desk.case.case import Case
from maildesk.desk.case.events import Event, EventKind
from maildesk.desk.decisions.form_values import said_by
from maildesk.desk.policy.desk import Desk
from maildesk.desk.screening.filled_forms import FormMail
from maildesk.desk.screening.form_mails import belongs_to
from maildesk.mail.addr_spec import same_address
from maildesk.mail.message import IncomingMail


class KnowsEvents(Protocol):
    """Knows the newest events of cases, as a book of cases does."""

    def newest_events(
        self, refs: Collection[str], kinds: Collection[EventKind], most: int
    ) -> dict[str, list[Event]]:
        """The newest events of these kinds of each case, the oldest first."""


def form_of(
    one: ReadMail, mail: IncomingMail, case: Case | None, book: KnowsEvents, desk: Desk
) -> FormMail | None:
    """The form that this mail about `case` is. Lines of one that was sent back to its author are it too."""
    form = one.form
    if form and case and not belongs_to(form, mail, case, desk.tag):
        form = None
    if case is None or not (form or one.heard.forms):
        return form
    newest = book.newest_events({case.ref}, {EventKind.FORM_ASKED, EventKind.FORM_FILLED}, 1).get(case.ref)
    last = newest[-1] if newest else None
    asked = last is not None and last.kind is EventKind.FORM_ASKED
    theirs = asked and last is not None and same_address(last.actor, mail.author.addr_spec)
    if form is None and last and theirs:
        known = desk.policy.forms.get(str(last.data.get("form")))
        read = next((each for each in one.heard.forms if known and each.name == known.name), None)
        form = FormMail(known, read.said, read.own) if known and read else None
    if form is None or last is None or last.data.get("form") != form.form.name:
        return form
    said = said_by(last)
    return replace(form, last=said, before=said if theirs else None)
