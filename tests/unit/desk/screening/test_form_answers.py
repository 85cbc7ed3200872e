"""Replies that say that a form may go on as it is, and those that may say something else."""

from __future__ import annotations

import pytest

from maildesk.desk.screening.form_answers import confirms
from maildesk.desk.screening.short_replies import short_reply
from tests.unit.desk.matters import mail

GO_ON = (
    "As it is",
    "as it is.",
    "Please leave it as it is, thanks.",
    "I have nothing to add.",
    "Hello,\n\nnothing to add, thank you.\n\nKind regards\nBo",
    "No, nothing else.",
    "Yes, please go on without.",
    "Yes",
    "wie es ist",
    "Es gibt nichts hinzuzufügen, vielen Dank.",
    "Ich möchte nichts ergänzen.",
    "como está",
    "Não tenho nada a acrescentar, obrigado.",
)
NOT_THAT = (
    "Please do not escalate it any more, it was solved by your colleague.",
    "Nothing to add, please stop it.",
    "Nothing to add, but when do you come?",
    "As it is solved, forget it.",
    "No",
    "No, thank you.",
    "Thanks",
    "Nothing works.",
    "We cannot go on like this.",
    "Bitte nicht eskalieren, es geht wieder.",
    "Não precisa mais.",
    "Critical",
)


@pytest.mark.parametrize("text", GO_ON)
def test_a_reply_that_says_to_go_on_and_no_more_confirms(text: str) -> None:
    assert confirms(short_reply(mail(new_text=text)))


@pytest.mark.parametrize("text", NOT_THAT)
def test_what_may_say_something_else_does_not(text: str) -> None:
    assert not confirms(short_reply(mail(new_text=text)))
