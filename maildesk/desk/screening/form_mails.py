"""The mails that are a form of the policy: by the mailbox, by what they answer, or by their subject."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from maildesk.desk.case.case import Case
from maildesk.desk.policy.desk import Desk
from maildesk.desk.policy.forms import Form
from maildesk.desk.policy.names import comparable
from maildesk.desk.screening.filled_forms import FilledForm, FormMail
from maildesk.desk.screening.signals import Signals
from maildesk.mail.addr_spec import Addresses, without_detail
from maildesk.mail.identity.form_tokens import form_code
from maildesk.mail.identity.references import bare_subject
from maildesk.mail.message import IncomingMail


def form_mail(
    mail: IncomingMail, filled: Iterable[FilledForm], mailbox: str, signals: Signals, desk: Desk
) -> FormMail | None:
    """The form that a customer's mail is, if it is one; a person of the desk fills none in.

    A mail comes to each mailbox that it is to. Whichever of its copies this is, to the mailbox of a form it
    is one where it holds a line of it, or where it is to no other mailbox of ours.
    """
    forms = desk.policy.forms.values()
    if not forms or desk.people.is_desk_person(mail.author.addr_spec):
        return None
    read = {each.name: each for each in filled}
    beside = _beside_forms(mail, mailbox, desk)
    lines = [each for each in forms if (one := read.get(each.name)) and (one.said or one.own)]
    addressed = [each for each in forms if each.mailbox and _is_to(each.mailbox, mail, mailbox, desk)]
    by_mailbox = (each for each in addressed if not beside or each in lines)
    returned = (each for each in forms if form_code(each.name) in signals.forms)
    sure = next(itertools.chain(by_mailbox, returned), None)
    found = sure or _by_subject(forms, mail, desk.tag)
    if found is None:
        return None
    one = read.get(found.name, FilledForm(found.name))
    return FormMail(found, one.said, one.own, sure is None, found in addressed, signals.sent_back)


def mailbox_meant(mail: IncomingMail, mailbox: str, form: FormMail | None, desk: Desk) -> str:
    """The mailbox of ours that a mail is for, whichever of its copies this is: of a form the form's own,
    else another before that of a form.
    """
    if form and form.addressed:
        return form.form.mailbox
    of_forms = {each.mailbox for each in desk.policy.forms.values()}
    return next(iter(_beside_forms(mail, mailbox, desk)), mailbox) if mailbox in of_forms else mailbox


def _beside_forms(mail: IncomingMail, mailbox: str, desk: Desk) -> list[str]:
    """The mailboxes that this mail is to and that are of no form."""
    of_forms = {each.mailbox for each in desk.policy.forms.values()}
    return [each for each in desk.mailboxes if each not in of_forms and _is_to(each, mail, mailbox, desk)]


def _is_to(name: str, mail: IncomingMail, mailbox: str, desk: Desk) -> bool:
    """Tell whether a mail that came to `mailbox` is to the one of that name, too."""
    box = desk.mailboxes.get(name)
    named = Addresses(map(without_detail, mail.addressing.recipients))
    return name == mailbox or (box is not None and bool(named & Addresses(box.addresses)))


def _by_subject(forms: Iterable[Form], mail: IncomingMail, tag: str) -> Form | None:
    subject = comparable(bare_subject(mail.subject, tag))
    begins = (each for each in forms if subject[: len(comparable(each.subject))] == comparable(each.subject))
    return next(begins, None)


def belongs_to(form: FormMail, mail: IncomingMail, case: Case, tag: str) -> bool:
    """Tell whether it is a form about that case: a reply carries the subject of an old case along unread."""
    same = bare_subject(mail.subject, tag).casefold() == bare_subject(case.subject, tag).casefold()
    return not (form.by_subject and same)
