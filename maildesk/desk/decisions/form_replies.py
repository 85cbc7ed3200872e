"""The difference between a mere reply and a form that somebody filled in: its lines make it."""

from __future__ import annotations

from maildesk.desk.decisions.form_values import understood
from maildesk.desk.policy.desk import Desk
from maildesk.desk.policy.forms import FormKind
from maildesk.desk.screening.filled_forms import FormMail, alone, cases_named
from maildesk.desk.screening.form_answers import confirms
from maildesk.desk.screening.situation import Link, Situation


def is_reply(s: Situation, desk: Desk) -> bool:
    """Tell whether a mail that looks like a form answers a mail of its case, and fills in no line.

    What the quotation brings back as it was, nobody filled in. Who was asked for what lacks may name the one
    choice, or say that the form is to go on as it is.
    """
    form, found = s.form, s.found
    if form is None or found is None or form.own:
        return False
    if form.before is None and found.link not in (Link.TOKEN, Link.THREAD):
        return False
    if _changed(form, found.case.ref, s, desk):
        return False
    return form.before is None or not (_names_choice(form, s, desk) or confirms(s.heard.reply))


def _changed(form: FormMail, case: str, s: Situation, desk: Desk) -> bool:
    """Tell whether a quoted line says something else than the newest form about the case did."""
    read = understood(form.form, form.said, case, s.now, desk.zone)
    for each in form.form.fields:
        written, last = form.said.get(each.label, ""), form.last.get(each.label, "")
        if each.kind is FormKind.CASE:
            named = cases_named(written)
            same = not named or case in named
        else:
            words, was = written.split(), last.split()
            cut = each.kind is FormKind.TEXT and words == was[: len(words)]  # programs cut what they quote
            same = cut or words in ([], was) or (bool(last) and read.values.get(each.label) == last)
        if not same:
            return True
    return False


def _names_choice(form: FormMail, s: Situation, desk: Desk) -> bool:
    before = understood(form.form, form.before or {}, "", s.now, desk.zone)
    return alone(before.missing, s.mail.body.new_text) is not None
