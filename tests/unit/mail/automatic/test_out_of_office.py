"""Absence notes: their subjects, and the day their author is back."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maildesk.mail.automatic.out_of_office import away_until, is_absence_subject
from maildesk.mail.identity.authenticity import Trust
from maildesk.mail.reading import read_mail
from tests.cost import at_most

SUBJECTS = [
    "Automatic reply: your case",
    "Out of Office: back soon",
    "Automatische Antwort: Ihre Anfrage",
    "Abwesenheitsnotiz: Ihre Anfrage",
    "Réponse automatique : votre demande",
    "Respuesta automática: su caso",
    "Fuera de la oficina",
    "Resposta automática: o seu caso",
    "Risposta automatica: il suo caso",
    "Automatisch antwoord: uw zaak",
    "Autosvar: ditt ärende",
    "Automatisk svar: din sag",
    "Automaattinen vastaus: asiasi",
    "Odpowiedź automatyczna: sprawa",
    "Automatická odpověď: věc",
    "Автоматический ответ: вопрос",
    "Otomatik yanıt: konu",
    "Automatikus válasz: ügy",
    "自動応答: お問い合わせ",
    "自动回复: 您好",
    "자동 회신: 문의",
    "I'm out until Monday",
    "On vacation: your request",
    "On parental leave until May",
    "Im Urlaub bis 30.11.",
    "Absence du 3 au 10 mars",
    "Absente jusqu'au 10 mars : votre demande",
    "En congés du 3 au 10 mars",
    "Ausente hasta el lunes",
    "Ausente: su solicitud",
    "Ausência até 10 de março",
    "Assenza dal 3 al 10 marzo",
    "Poissa: asiasi",
    "Отсутствую до 10 марта",
    "Отсутствие на рабочем месте",
    "Вне офиса: вопрос",
]


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_programs_subject_is_known(subject: str) -> None:
    assert is_absence_subject(subject)


@pytest.mark.parametrize(
    "subject",
    [
        "Re: Out of office",
        "The automatic reply is broken",
        "Office move",
        "Urlaub",
        "Absender falsch",
        "I'm on the wrong plan",
        "I am out of credits",
        "On leave request form I get an error",
        "On vacation my card was blocked",
        "Im Urlaub funktioniert die App nicht",
        "Absence de réponse à ma demande",
        "Absence de connexion internet",
        "Absent de la liste",
        "En vacances, la carte ne marche pas",
        "De vacaciones sin roaming",
        "Ausente el número de factura",
        "Ausência de sinal",
        "Assenza di segnale",
        "Fraværende data i rapporten",
        "Poissa käytöstä: tulostin",
        "Отсутствует подключение к интернету",
        "Отсутствие ответа на заявку",
        "Вне офиса не работает VPN",
    ],
)
def test_a_persons_subject_is_not_taken_for_one(subject: str) -> None:
    assert not is_absence_subject(subject)


SENT = date(2026, 11, 22)
LAST = date(2026, 11, 30)

NOTES = {
    "I will be back on 30 November.": LAST,
    "I am away until Monday, November 30th, with no access to mail.": LAST,
    "I return on 11/30/2026.": LAST,
    "Out from Nov 23 until Nov 30, back on Dec 1.": date(2026, 12, 1),
    "Away until 2026-11-30": LAST,
    "I will return to the office on Monday the 30th of November": LAST,
    "Ich bin bis zum 30.11. nicht im Büro.": LAST,
    "Ab dem 1. Dezember 2026 bin ich wieder erreichbar.": date(2026, 12, 1),
    "Ich kehre am 30.11.2026 zurück.": LAST,
    "Je suis absente jusqu'au 30 novembre inclus.": LAST,
    "Je serai de retour le lundi 30 novembre 2026.": LAST,
    "Estaré fuera hasta el 30 de noviembre.": LAST,
    "Estou de férias até 30 de novembro de 2026.": LAST,
    "Volto no dia 30/11/2026.": LAST,
    "Sarò assente fino al 30 novembre.": LAST,
    "Ik ben afwezig tot en met 30 november.": LAST,
    "Jag är tillbaka den 30 november.": LAST,
    "Jestem na urlopie do 30 listopada.": LAST,
    "Вернусь 30 ноября.": LAST,
    "11月30日まで休暇をいただいております。": LAST,
    "我将于2026年11月30日返回。": LAST,
    "11월 30일까지 휴가입니다.": LAST,
    "I am back on 5 January": date(2027, 1, 5),
    # not to be read, or not in one way only
    "I will be back on 03/04.": None,
    "I am away until further notice.": None,
    "Back on Monday!": None,
    "I was back on 3 March 2020.": None,
    "Back on 30 November, or back on 2 December.": None,
    "Room 30.11. is closed.": None,
    "I return on 31 February.": None,
    "Back on 30 November 2099": None,
}


@pytest.mark.parametrize("note", NOTES)
def test_the_day_of_the_return(note: str) -> None:
    assert away_until(note, SENT) == NOTES[note]


def test_without_the_day_of_the_note_none_is_told() -> None:
    assert away_until("I will be back on 30 November 2026", None) is None


def test_only_an_absence_note_names_a_return() -> None:
    text = "From: ana@client.example\nDate: Sun, 22 Nov 2026 10:00:00 +0000\n{}\n\nBack on 30 November.\n"

    def read(line: str) -> date | None:
        return read_mail(text.format(line).encode(), trust=Trust()).automation.away_until

    assert read("Auto-Submitted: auto-replied") == LAST
    assert read("Subject: Out of office") == LAST
    assert read("Subject: Contract") is None
    assert read("Auto-Submitted: auto-generated") is None
    assert read("Date: x") is None


def test_the_time_zone_of_the_note_does_not_matter_much() -> None:
    sent = datetime(2026, 11, 22, 23, 59, tzinfo=UTC).date()
    assert away_until("back on 22 November", sent) == date(2026, 11, 22)


@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    away_until(f"back on {text} until {text}", SENT)


@pytest.mark.parametrize("piece", ["back on ", "until ", "1.1.", "11月", "Mon, ", "30 November ", "a "])
def test_a_hostile_note_costs_little(piece: str) -> None:
    with at_most(40):
        away_until(piece * 100_000, SENT)
