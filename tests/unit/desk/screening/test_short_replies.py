"""A yes or a no in words counts where nothing speaks against it; mere thanks are told from a new request."""

from __future__ import annotations

from typing import Any

import pytest

from maildesk.desk.policy.questions import Answer, Question
from maildesk.desk.policy.usual_questions import USUAL_QUESTIONS
from maildesk.desk.policy.whole_words import WordList
from maildesk.desk.screening.answers_in_words import answer_in_words
from maildesk.desk.screening.heard import WordsWanted, hear
from maildesk.desk.screening.short_replies import ShortReply, short_reply
from maildesk.mail.message import Attachment
from tests.unit.desk.matters import AGENT, PEOPLE, mail

SOLVED, AGREED = USUAL_QUESTIONS["solved"], USUAL_QUESTIONS["agreed"]
STAGING = Question(
    "staging",
    "Does the fix do what you need?",
    (Answer("yes", words=WordList(("passes", "pass"))), Answer("no", words=WordList(("fails", "fail")))),
)
COLOUR = Question("colour", "Which one?", (Answer("red"), Answer("dark blue", words=WordList(("navy",)))))
SURVEY = Question("survey", "How was it?", tuple(Answer(str(n)) for n in range(1, 6)), scale=5)


def read(text: str, **more: Any) -> ShortReply | None:
    return short_reply(mail(new_text=text, **more))


def said(question: Question, text: str) -> str | None:
    reply = read(text)
    found = answer_in_words(question, reply) if reply else None
    return found.answer.name if found else None


YES = [
    "Yes", "yes.", "YES!", "Yes, it works now, thank you!", "Yes, solved. Thank you!", "Solved.",
    "It works now.",
    "It is fixed", "Hi Ana,\n\nyes, that did the trick.\n\nBest regards\nBo", "Hello, yes",
    "Yes\n\nSome Name",
    "Yes, thanks for your quick help with the printer!", "Works again, thanks a lot", "\u201cYes\u201d",
    "*Yes*",
    "You can close the ticket.", "Yes 👍", "Thank you, yes.", "All solved, have a nice day!",
    "Ja", "Ja, danke!", "Ja, funktioniert wieder. Vielen Dank!",
    "Hallo Ana,\nes geht jetzt.\nViele Grüße\nBo",
    "Problem gelöst", "Ist erledigt, danke", "Klappt!", "Passt, danke schön",
    "Oui", "Oui, merci beaucoup", "C'est résolu", "Bonjour,\nça marche, merci.\nCordialement",
    "Ça fonctionne !",
    "Sí", "Sí, gracias", "Si", "Si, muchas gracias", "Ya funciona, gracias", "¡Está resuelto!",
    "Sim", "Sim, obrigado!", "Olá,\nfuncionou, muito obrigada", "Está resolvido.",
    "Sì, grazie", "Risolto!", "Adesso funziona, grazie mille", "Ja, het werkt weer, bedankt",
    "Opgelost, dank je wel", "The printer works now", "Yes, it is working again", "Jetzt geht es wieder",
    "Der Drucker geht wieder", "L'imprimante fonctionne", "La impresora funciona", "Please close the ticket",
    "It works for me", "Das Ticket kann geschlossen werden", "De printer werkt weer",
]  # fmt: skip

NO = [
    "No", "No.", "Nope", "No, it does not work", "It doesn't work", "It isn't solved", "not solved",
    "Not fixed",
    "It’s not working", "Hi Ana, no.", "Unfortunately it is not solved.", "No, it fails", "Still no.",
    "Nein", "Nein, geht nicht.", "Funktioniert nicht", "Das Problem ist nicht gelöst.",
    "Non", "Non, ça ne marche pas", "Ce n'est pas résolu", "No funciona", "No está resuelto",
    "Não", "Não funciona", "Não foi resolvido", "Non funziona", "No, non è risolto", "Nee", "Het werkt niet",
]  # fmt: skip

NEITHER = [
    "", "?", "yes?", "Yes?!", "Solved? No.", "Is it solved?", "Yes, but it fails again",
    "It is still not solved",
    "Yes, except for the second floor", "yes and no", "No, it works", "Yes, it does not work",
    "Yes, however slowly",
    "No problem, thanks", "Kein Problem, danke", "Pas de problème, merci", "Thanks", "Thank you!", "Perfect",
    "Works on my laptop", "We are working on it", "The first one is solved", "Yes, I will check tomorrow",
    "It needs to be fixed", "Maybe it works", "It only works once", "Almost solved",
    "Is this the right address",
    "Yes " + "it works and prints " * 4, "Yes, if you mean the printer", "Yes until Monday",
    "Yes, please call me when?",
    "Ja, aber es ist langsam", "Ja, noch ein Problem", "Es geht um den Drucker", "Ja?", "Ja, teilweise",
    "Oui, mais pas toujours", "Oui, sauf le deuxième", "Sí, pero falla", "Aún no", "Sí, aunque lento",
    "Sim, mas ainda falha", "Ainda não", "Sim, porém devagar", "Sì, ma non sempre", "Sì, però è lento",
    "Ja, maar langzaam", "Ja, behalve de tweede",  "I have another question",
    "Yes/No", "It broke.", "1", "👎", "Yes, the error is gone",
    "My data is gone", "Gone.", "It is gone again", "Closed.", "Working.", "Geht", "Es geht los",
    "Der Drucker geht an und aus", "Stopped working", "Hardly works", "I hope it works",
    "It worked yesterday",
    "Please fix it so that it works", "You closed it too early", "It works for Ana, Bo waits",
    "Ja, wieder kaputt", "Ja, wieder das Problem", "Yes, same thing again today", "Indeed it is dead",
    "Yes, again the problem", "Yes, I have a problem", "Yes I see the problem again", "Yes please",
    "Correct, not printing", "Sure, same as yesterday", "Works for now", "Works, I think",
    "Works for a minute",
    "The old printer works", "It was closed without my agreement", "Working from home today",
    "Oui, le problème", "Oui, en panne", "Sí, igual", "Sí, otra vez lo mismo", "Sí, el problema",
    "Sim, deu erro de novo", "Sim, o problema", "Sì, il problema", "Sì, di nuovo", "Ja, weer het probleem",
    "Ja, weer kapot",
]  # fmt: skip


@pytest.mark.parametrize("text", YES)
def test_a_yes_in_words(text: str) -> None:
    assert said(SOLVED, text) == "yes"


@pytest.mark.parametrize("text", [each for each in NO if each != "Still no." and "fortunately" not in each])
def test_a_no_in_words(text: str) -> None:
    assert said(SOLVED, text) == "no"


@pytest.mark.parametrize("text", [*NEITHER, "Still no."])
def test_what_is_neither_is_a_reply(text: str) -> None:
    assert said(SOLVED, text) is None


@pytest.mark.parametrize(
    ("question", "text", "answer"),
    [
        (AGREED, "OK", "yes"), (AGREED, "Okay, thanks", "yes"), (AGREED, "Agreed.", "yes"),
        (AGREED, "D'accord", "yes"),
        (AGREED, "Einverstanden", "yes"), (AGREED, "Nicht einverstanden", "no"),
        (AGREED, "I do not agree", "no"),
        (AGREED, "De acordo", "yes"), (AGREED, "Pas d'accord", "no"), (AGREED, "Yes, please close it", "yes"),
        (AGREED, "OK, but mend it later", None), (AGREED, "It works", None), (SOLVED, "OK", None),
        (AGREED, "Yes please", "yes"), (AGREED, "Ja, wieder kaputt", None),
        (AGREED, "Indeed it is dead", None),
        (AGREED, "Yes, same thing again today", None), (AGREED, "Closed too early", None),
        (STAGING, "passes", "yes"), (STAGING, "Yes, it does", "yes"),
        (STAGING, "Passes.", "yes"), (STAGING, "It fails.", "no"),
        (STAGING, "The test passes, thanks!", "yes"), (STAGING, "It does not pass", "no"),
        (STAGING, "Yes", "yes"),
        (STAGING, "Not failing: does not fail", None), (STAGING, "It works", None),
        (STAGING, "passes and fails", None),
        (STAGING, "Surpasses", None), (STAGING, "It passes?", None), (STAGING, "It passes but slowly", None),
        (COLOUR, "Red, please", "red"), (COLOUR, "The navy one", None), (COLOUR, "navy", "dark blue"),
        (COLOUR, "not red", None), (COLOUR, "yes", None), (COLOUR, "red or navy", None),
    ],
)  # fmt: skip
def test_a_question_has_words_of_its_own(question: Question, text: str, answer: str | None) -> None:
    assert said(question, text) == answer


@pytest.mark.parametrize(
    ("text", "score", "words"),
    [
        ("4", 4, ""), ("4 quick help", 4, "quick help"), ("5!", 5, ""), ("4/5", 4, ""),
        ("4 / 5 - quick help", 4, "quick help"),
        ("3 out of 5: too slow", 3, "too slow"), ("4 von 5", 4, ""),
        ("5\n\nThank you, Ana!", 5, "Thank you, Ana!"),
        ("2\n\nYou could answer the telephone, but nobody does, and I waited for an hour on Monday.", 2,
         "You could answer the telephone, but nobody does, and I waited for an hour on Monday."),
        ("Hi,\n4", None, ""), ("6", None, ""), ("0", None, ""), ("44", None, ""),
        ("4th floor", None, ""), ("4.5", None, ""),
        ("4:30 is fine", None, ""), ("4%", None, ""), ("4 printers still fail", None, ""),
        ("4 or 5?", None, ""),
        ("4 printers are broken", None, ""), ("It is back", None, ""), ("Thanks", None, ""),
        ("4 but it is slow", None, ""),
        ("3 printers are offline again", None, ""), ("2 users locked out", None, ""),
        ("1 hour ago it happened again", None, ""), ("2 please reopen", None, ""),
        ("5 licenses more please", None, ""), ("2. Stock", None, ""), ("3 help please", None, ""),
        ("1) printer down 2) scanner down", None, ""), ("1 the printer prints nothing", None, ""),
        ("2 not good 3 good", None, ""), ("4\nThe printer is offline again", None, ""),
        ("2 new laptops", None, ""), ("2 Drucker wieder offline", None, ""), ("3 not working", None, ""),
        ("4, quick help", 4, "quick help"), ("5 - great", 5, "great"), ("I give 4", 4, ""),
        ("1 slow and not helpful", 1, "slow and not helpful"), ("4 stars", 4, "stars"),
        ("5 sehr schnelle Hilfe", 5, "sehr schnelle Hilfe"), ("5, thanks Ana!", 5, "thanks Ana"),
        ("5 très rapide", 5, "très rapide"), ("5 muy amable", 5, "muy amable"),
        ("4 muito rápido", 4, "muito rápido"), ("4 molto gentile", 4, "molto gentile"),
        ("4 erg vriendelijk", 4, "erg vriendelijk"),
        ("4\nIt is broken", None, ""), ("4 " + "words " * 13, None, ""),
    ],
)  # fmt: skip
def test_a_score_begins_the_reply(text: str, score: int | None, words: str) -> None:
    reply = read(text)
    found = answer_in_words(SURVEY, reply) if reply else None
    assert (found and int(found.answer.name), found.words if found else "") == (score, words)


MERE = [
    "Thanks!", "Thank you", "Yes, solved. Thank you!", "Thanks Ana", "Thanks a lot, Ana!",
    "Thanks, Ana Agent",
    "Hi Ana,\n\nmany thanks for your quick help!\n\nBest regards\nSome Name", "👍", "🙏🏽", "Thanks 👍",
    "Great, thanks",
    "Perfect!", "Thank you very much, it works again.", "It works, thanks again for everything",
    "No problem, thanks",
    "Yes, it works now, thank you!", "Solved, thank you", "Thank you for the update.", "Much appreciated",
    "Have a nice weekend!", "Ok, thanks", "You can close the case, thanks.", "The problem is solved. Thanks!",
    "Danke!", "Vielen Dank für die schnelle Hilfe!", "Danke, funktioniert wieder", "Super, danke",
    "Alles klar, danke",
    "Kein Problem, danke", "Merci", "Merci beaucoup pour votre aide", "Parfait, merci !", "Encore merci",
    "Gracias", "Muchas gracias por la ayuda", "Perfecto, gracias", "Obrigado", "Muito obrigada pela ajuda!",
    "Ótimo, obrigado", "Muito obrigado mais uma vez", "Grazie mille", "Perfetto, grazie", "Bedankt!",
    "Dank je wel voor de hulp", "Thank you for everything", "Thanks for your time", "Merci de votre aide",
    "Thanks for the quick reply Ana", "Merci pour l'aide", "Grazie per l'aiuto", "Obrigado por tudo",
    "Thank you for your very quick help with the printer", "Vielen Dank für die schnelle Rückmeldung!",
]  # fmt: skip

MORE = [
    "", "thank you, but it fails again", "Thank you but it fails again", "Thanks, it fails again", "Thanks?",
    "Thanks, I have a problem", "Thanks in advance", "Danke im Voraus", "Merci d'avance",
    "Thanks, please call me",
    "Thanks for nothing, it is not solved", "Thanks for looking into the error",
    "Thanks, and a second question",
    "Thanks, what about the other one?", "Danke, aber es geht nicht", "Danke, geht nicht", "Merci mais non",
    "Gracias, no funciona", "Obrigado, mas ainda falha", "Grazie, ma non funziona",
    "Bedankt, maar het werkt niet",
    "It is back", "It is not solved", "No", "👎", "Thanks 👎", "I have it again", "It is all the issue",
    "Please",
    "Thanks. " + "The report of last month is wrong. " * 3, "Hello", "Thanks, 12", "Will do",
    "Thanks, see attached", "It works on one floor, thanks", "Thanks Not Solved",
    "Thank you for calling back tomorrow",
    "Merci de me rappeler", "Merci de relancer le serveur", "Bonjour,\nmerci de me rappeler.\nCordialement",
    "Gracias por enviarme la factura", "Obrigado por me ligar", "Grazie di richiamarmi",
    "Thank you for looking into it again", "Thanks for adding Mia", "Thank you for deleting my account",
    "Danke für schnelle Rückmeldung", "Danke für Rückruf", "Danke für die Freischaltung von Mia",
    "Thank you for the printer now the scanner", "Thank you for an early reply", "Bedankt voor het bellen",
    "Thanks for your help with adding Mia", "Thank you for your answer by tomorrow",
    "Thank you for your reply on Monday", "Thanks for your help, 3rd floor",
]  # fmt: skip


@pytest.mark.parametrize("text", MERE)
def test_mere_thanks(text: str) -> None:
    reply = read(text)
    assert reply
    assert reply.well


@pytest.mark.parametrize("text", MORE)
def test_more_than_thanks(text: str) -> None:
    reply = read(text)
    assert reply is None or not (reply.thanks or reply.well)


@pytest.mark.parametrize(
    ("text", "thanks"),
    [
        ("Thanks!", True), ("Hi Ana,\nthank you for your help, Ana", True),
        ("Danke!\n\nViele Grüße\nBo", True),
        ("Ok", False), ("Yes, thanks", False), ("Perfect, thanks", False), ("👍", False),
        ("It works, thanks", False),
    ],
)  # fmt: skip
def test_what_may_answer_an_agents_question_is_no_mere_thanks(text: str, thanks: bool) -> None:
    reply = read(text)
    assert reply
    assert (reply.thanks, reply.well) == (thanks, True)


def test_the_policy_adds_words_of_thanks() -> None:
    assert not (read("Kiitos") or ShortReply()).thanks
    reply = short_reply(mail(new_text="Kiitos paljon!"), WordList(("kiitos", "kiitos paljon")))
    assert reply
    assert reply.thanks


FILE = Attachment("photo.jpg", "image/jpeg", 10, "f" * 64)


@pytest.mark.parametrize("inline", [True, False])
def test_a_file_says_more_and_a_picture_in_the_signature_does_not(inline: bool) -> None:
    file = Attachment("photo.jpg", "image/jpeg", 10, "f" * 64, inline=inline)
    reply = read("Yes, thanks", attachments=(file,))
    assert reply
    assert (reply.well, answer_in_words(SOLVED, reply) is not None) == (inline, inline)


def test_words_that_may_be_anothers_are_no_short_reply() -> None:
    assert read("Yes", doubt="it may hold quoted words") is None
    assert read("Yes " * 400) is None


@pytest.mark.parametrize(
    ("more", "heard"),
    [
        ({"in_reply_to": ("1@acme.example",)}, True),
        ({"subject": "Re: [Acme #7K2Q-9F3M] Printer"}, True),
        ({}, False),
        ({"author": AGENT, "in_reply_to": ("1@acme.example",)}, False),
    ],
    ids=["it follows a letter", "its subject names a case", "it is about no case", "it is an agent's"],
)
def test_a_customers_mail_about_a_case_is_heard_as_a_reply(more: dict[str, Any], heard: bool) -> None:
    listening = WordsWanted(people=PEOPLE, thanks=WordList(("kiitos",)))
    reply = hear(mail(new_text="Kiitos!", **more), listening).reply
    assert (reply is not None and reply.thanks) is heard
