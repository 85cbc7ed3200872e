"""The answer to a step in a customer's own words: a yes, a no or neither, where nothing else is said."""

from __future__ import annotations

from typing import Any

import pytest

from maildesk.desk.policy.questions import Answer, Question, Step
from maildesk.desk.policy.usual_questions import USUAL_WORDS
from maildesk.desk.policy.whole_words import WordList
from maildesk.desk.screening.answers_in_words import answer_in_words
from maildesk.desk.screening.short_replies import short_reply
from tests.unit.desk.matters import mail

ANSWERS = tuple(
    Answer(name, words=WordList((name, *USUAL_WORDS[name]))) for name in ("yes", "no", "cannot try")
)
STEP = Question("cannot reproduce: browser", "Does it exist there?", ANSWERS, step=Step("", "browser", "no"))


def said(text: str, **more: Any) -> str | None:
    reply = short_reply(mail(new_text=text, **more))
    found = answer_in_words(STEP, reply) if reply else None
    return found.answer.name if found else None


SAID = {
    "yes": [
        "Yes", "yes.", "Yes, it does.", "Yes, the issue exists there too.", "Ja",
        "Hello,\n\nyes, there too.\n\nThanks", "Ja, dort auch", "Sim", "yep",
    ],
    "no": [
        "No", "no!", "No, it does not.", "It does not exist there.", "No, the problem does not occur there.",
        "It doesn't happen there", "Nein", "Nein, dort nicht", "não", "Nope",
    ],
    "cannot try": [
        "cannot try", "I cannot try", "I cannot try that.", "Sorry, we can't try this", "We could not try it",
        "I don't know.", "No idea", "not sure", "Kann ich nicht ausprobieren.", "Das können wir nicht testen",
        "Ich kann das leider nicht prüfen.", "Weiß ich nicht.", "Keine Ahnung", "Não consigo testar isso.",
        "Não posso experimentar", "Infelizmente não temos como verificar isso aqui.", "Não sei dizer.",
        "nao consigo testar",
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "answer"), [(text, name) for name, texts in SAID.items() for text in texts], ids=ascii
)
def test_a_plain_answer_counts(text: str, answer: str) -> None:
    assert said(text) == answer


@pytest.mark.parametrize(
    "text",
    [
        "No change", "No difference, same error", "Yes and no", "Not always", "Which browser?", "No?",
        "I have no other browser", "I did not find another computer", "Yes, but only sometimes",
        "I will try tomorrow", "No, but now it is slow", "It works there", "cannot reach the server", "Hm",
        "No problem there.", "Never mind", "No, we closed the account", "Kann ich nicht finden",
        "Kann ich nicht vor Montag testen", "Not now", "Não consigo entrar", "Das geht nicht",
    ],
    ids=ascii,
)  # fmt: skip
def test_what_may_be_more_or_something_else_is_a_reply(text: str) -> None:
    assert said(text) is None
